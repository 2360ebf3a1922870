"""Where play stands when a deal has lapsed: public states of the game with the deal, read in the game without it."""

from collections.abc import Iterator

import numpy as np

from sim.arrays import IntArray, sealed
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.rules import Rules
from sim.games.treaty.situation import OPENNESS, Agenda, Environment, Phase, Situation


def lapsed_states(graph: TreatyGraph, base: TreatyGraph, situations: IntArray) -> IntArray:
    """Return the public state of `base` that each public state of `graph` becomes when the deal lapses.

    What only the deal knows is gone: an accession, a suspension or an openness that the rules of `base` do not have,
    time on a clock beyond its length, sanctions where it has none. What is standing stays: phase, evidence, climate.

    Parameters
    ----------
    situations [N] : which situations of `graph` are asked for

    Returns
    -------
    states : int array [N X], X environments of `graph`; -1 where `base` can reach nothing like it
    """
    number = {situation: k for k, situation in enumerate(base.situations)}
    place = {environment: k for k, environment in enumerate(base.environments)}
    places = [place.get(_environment(each, base.rules), -1) for each in graph.environments]
    found = np.full((len(situations), len(places)), -1, dtype=np.int64)
    for row, k in enumerate(situations.tolist()):
        then = next((each for each in _likely(graph.situations[k], base.rules) if each in number), None)
        if then is not None:
            found[row] = [number[then] * base.num_environments + x if x >= 0 else -1 for x in places]
    return sealed(found.reshape(-1), np.int64)


def _likely(here: Situation, rules: Rules) -> Iterator[Situation]:
    """Yield what `here` may be without the deal, the closest first: a clock that was cut is at its beginning."""
    then = _situation(here, rules)
    yield then
    yield then._replace(agenda=Agenda.FORCED)
    yield then._replace(agenda=Agenda.QUIET)
    if then.clock > 1:
        yield then._replace(clock=then.clock - 1, agenda=Agenda.QUIET)


def _situation(here: Situation, rules: Rules) -> Situation:
    clock = here.clock
    if here.phase is Phase.ULTIMATUM:
        clock = min(clock, rules.ultimatum_periods)
    elif here.phase is Phase.NOTICE:
        clock = min(clock, rules.notice_periods)
    suspended = here.suspended if rules.suspension or here.phase is Phase.NOTICE else 0
    agenda = here.agenda
    unknown = any(agenda is offer and not able for offer, able in zip(OPENNESS, rules.openness, strict=True))
    if unknown or (agenda is Agenda.INVITATION and not rules.invitation):
        agenda = Agenda.FORCED
    first, second = (min(*pair) for pair in zip(here.evidence, rules.evidence_levels, strict=True))
    sanctioned = (
        here.sanctioned
        if rules.sanctions
        else int(rules.start.sanctioned[0]) + 2 * int(rules.start.sanctioned[1])
    )
    return here._replace(
        clock=clock,
        suspended=suspended,
        agenda=agenda,
        evidence=(first, second),
        sanctioned=sanctioned,
        bound=here.bound if rules.invitation else int(rules.start.outsider_bound),
    )


def _environment(here: Environment, rules: Rules) -> Environment:
    return Environment(
        toxic=here.toxic if rules.climate else int(rules.start.toxic),
        near=here.near if rules.review else int(rules.start.review_near),
        level=min(here.level, rules.outsider_levels),
    )
