"""The public state in which an ultimatum stands, and what a deal that is struck there is worth.

An agreement switches play to the game under the deal, from the same public state but for what the deal itself
settles: evidence, sanctions, an accession. The ultimatum stands until its issuer takes it back or lets it lapse; where
the deal leaves no evidence that it could be about, it has been met.
"""

from dataclasses import replace

from sim.engine.exact import exact_outcomes
from sim.engine.quantised import quantised
from sim.errors import ParameterError
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.rules import PARTIES, Rules, other_party
from sim.games.treaty.situation import Agenda, Environment, Phase, Situation
from sim.study.bargaining.worlds import SolvedWorld
from sim.study.profiles import equilibrium_profile

Place = tuple[Situation, Environment]


def crisis_of(graph: TreatyGraph, issuer: int) -> Place:
    """Return the public state right after `issuer` has put an ultimatum to the other party, all else as at the start.

    Raises
    ------
    ParameterError
        If no ultimatum can be put there.
    """
    start = graph.situations[graph.start[0]]
    environment = graph.environments[graph.start[1]]
    if start.phase is Phase.ULTIMATUM:
        return start, environment
    known = [
        each
        for each in graph.situations
        if each.phase is Phase.ULTIMATUM
        and each.who == 1 << issuer
        and each.evidence == start.evidence
        and each.sanctioned == start.sanctioned
        and each.bound == start.bound
        and each.agenda in (Agenda.QUIET, Agenda.FORCED)
    ]
    if not known:
        raise ParameterError(
            "offers are exchanged while an ultimatum stands, and from the start of this scenario none can be issued"
        )
    return max(known, key=lambda each: (each.clock, each.agenda is Agenda.FORCED)), environment


def under_deal(place: Place, base: Rules, rules: Rules) -> Place:
    """Return `place` with what the deal's start says otherwise than that of the game without it.

    Examples
    --------
    >>> from sim.games.treaty.rules import Start
    >>> here = Situation(phase=Phase.ULTIMATUM, who=1, clock=2, evidence=(0, 1)), Environment()
    >>> under_deal(here, Rules(start=Start(evidence=(0, 1))), Rules(start=Start())) [0].phase.name
    'IN_FORCE'
    """
    situation, environment = place
    old, new = base.start, rules.start
    first, second = (
        new.evidence[k] if new.evidence[k] != old.evidence[k] else situation.evidence[k] for k in PARTIES
    )
    sanctioned = sum(
        int(new.sanctioned[k] if new.sanctioned[k] != old.sanctioned[k] else situation.sanctioned >> k & 1)
        << k
        for k in PARTIES
    )
    situation = situation._replace(
        evidence=(first, second),
        sanctioned=sanctioned,
        bound=int(new.outsider_bound) if new.outsider_bound != old.outsider_bound else situation.bound,
    )
    if situation.phase is Phase.ULTIMATUM:
        issuer = 0 if situation.who == 1 else 1
        if not situation.evidence[other_party(issuer)]:
            situation = situation._replace(phase=Phase.IN_FORCE, who=0, clock=0, agenda=Agenda.QUIET)
        else:
            situation = situation._replace(clock=min(situation.clock, rules.ultimatum_periods))
    return situation, environment._replace(
        toxic=int(new.toxic) if new.toxic != old.toxic else environment.toxic
    )


def state_number(graph: TreatyGraph, place: Place) -> int | None:
    """Return the number of a public state, None where `graph` cannot reach it."""
    situation, environment = place
    try:
        m, x = graph.situations.index(situation), graph.environments.index(environment)
    except ValueError:
        return None
    return m * graph.num_environments + x


def collapse_from(solved: SolvedWorld, state: int, periods: int) -> float:
    """Return the probability that the treaty ends within `periods` in equilibrium, from public state `state` on."""
    graph = solved.games.graph
    moved = replace(graph, start=divmod(state, graph.num_environments))
    games = replace(solved.games, graph=moved)
    profile = quantised(equilibrium_profile(games, [solved.equilibrium]))
    return float(exact_outcomes(games, solved.draw, profile, periods).outcomes["collapse_probability"] or 0.0)
