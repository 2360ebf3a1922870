"""The public state: a situation, which the actors change, in an environment, which mostly changes by itself.

A *situation* holds the phase of the treaty and its clock, what is on the agenda, evidence, sanctions,
deployments and commitments. An *environment* holds the domestic climate, the phase of the review conference
and the outsider's level. The public state is the pair; its number is ``situation * num_environments +
environment``.
"""

from enum import IntEnum
from itertools import product
from typing import NamedTuple

from sim.games.treaty.rules import Rules


class Phase(IntEnum):
    """Where the treaty stands."""

    IN_FORCE = 0
    ULTIMATUM = 1
    NOTICE = 2
    ENDED = 3


class Agenda(IntEnum):
    """What the next period must deal with; everything but QUIET forces a decision opportunity."""

    QUIET = 0
    FORCED = 1
    OPENNESS_0 = 2
    OPENNESS_1 = 3
    OFFER_0 = 4
    OFFER_1 = 5
    INVITATION = 6


OPENNESS = (Agenda.OPENNESS_0, Agenda.OPENNESS_1)
OFFER = (Agenda.OFFER_0, Agenda.OFFER_1)


class Situation(NamedTuple):
    """The part of the public state that the actors' moves and signals change.

    `who` is a set of parties as bits: the issuer of the ultimatum or those who gave notice. `suspended`
    likewise. `deployed` holds the levels of party 0 in Europe, party 0 in Asia and party 1 in Europe. `terms`
    is 0 for the original treaty, 1 for a moratorium.
    """

    phase: Phase = Phase.IN_FORCE
    who: int = 0
    clock: int = 0
    suspended: int = 0
    agenda: Agenda = Agenda.QUIET
    evidence: tuple[int, int] = (0, 0)
    sanctioned: int = 0
    deployed: tuple[int, int, int] = (0, 0, 0)
    consent: int = 0
    bound: int = 0
    terms: int = 0

    def is_free(self, party: int) -> bool:
        """Whether `party` is released from the treaty's obligations."""
        return self.phase is Phase.ENDED or bool(
            (self.suspended | (self.who if self.phase is Phase.NOTICE else 0)) >> party & 1
        )

    @property
    def expired(self) -> bool:
        """Whether an ultimatum's clock has run out."""
        return self.phase is Phase.ULTIMATUM and self.clock == 0


class Environment(NamedTuple):
    """The exogenous part of the public state: two flags and the outsider's level."""

    toxic: int = 0
    near: int = 0
    level: int = 0


def environments(rules: Rules) -> tuple[Environment, ...]:
    """Return the environments reachable under `rules`; the outsider's level only grows."""
    start = rules.start
    toxic = (0, 1) if rules.climate else (int(start.toxic),)
    near = (0, 1) if rules.review else (int(start.review_near),)
    levels = range(
        start.outsider_level, (start.outsider_level if start.outsider_bound else rules.outsider_levels) + 1
    )
    return tuple(Environment(*values) for values in product(toxic, near, levels))


def initial_situation(rules: Rules) -> Situation:
    """Return the situation in which plays begin."""
    start = rules.start
    phase = Phase[start.phase.upper()]
    clock = {Phase.ULTIMATUM: rules.ultimatum_periods, Phase.NOTICE: rules.notice_periods}.get(phase, 0)
    ended = phase is Phase.ENDED
    return Situation(
        phase=phase,
        who=0 if start.who is None else 1 << start.who,
        clock=clock,
        agenda=Agenda.FORCED if clock else Agenda.QUIET,
        evidence=(0, 0) if ended else start.evidence,
        sanctioned=start.sanctioned[0] + 2 * start.sanctioned[1],
        deployed=start.deployed,
        consent=int(ended and (not rules.consent or start.deployed[0] > 0)),
        bound=int(start.outsider_bound),
    )


def initial_environment(rules: Rules) -> Environment:
    """Return the environment in which plays begin."""
    start = rules.start
    return Environment(int(start.toxic), int(start.review_near), start.outsider_level)
