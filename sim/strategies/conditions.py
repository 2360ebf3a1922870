"""Conditions on the public state, as `when:` names them, evaluated on all states of a graph at once.

Every condition is a question about the state and what its answer must be: ``phase: notice``,
``evidence_other_at_least: 1``, ``toxic: true``. A question about `other` that means two parties asks for
either. Questions about beliefs (`sim.strategies.doubt`) are answered for a level of doubt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any

import numpy as np

from sim.arrays import BoolArray, IntArray
from sim.errors import ParameterError
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.situation import OFFER, OPENNESS, Agenda, Phase
from sim.strategies.doubt import DOUBTS, DoubtGrid, When, checked_doubt
from sim.strategies.perspective import SUBJECTS, parties_meant

PHASES = tuple(phase.name.lower() for phase in Phase)
AGENDAS = (
    "quiet",
    "forced",
    "invitation",
    *(f"{what}_{who}" for what in ("openness", "offer") for who in SUBJECTS),
)
TERMS_IN_FORCE = ("original", "moratorium")


@dataclass(frozen=True, eq=False, kw_only=True)
class PublicFeatures:
    """What conditions ask about, for every public state; party features are [parties, S]."""

    phase: IntArray
    agenda: IntArray
    clock: IntArray
    expired: IntArray
    evidence: IntArray
    issued: IntArray
    noticed: IntArray
    suspended: IntArray
    free: IntArray
    sanctioned: IntArray
    deployed: IntArray
    deployed_europe: IntArray
    consent: IntArray
    bound: IntArray
    terms: IntArray
    toxic: IntArray
    near: IntArray
    outsider_level: IntArray


@lru_cache(maxsize=8)
def public_features(graph: TreatyGraph) -> PublicFeatures:
    """Return the features of all public states of `graph`."""
    situations, places = graph.situations, graph.environments

    def of_situation(values: list[Any]) -> IntArray:
        return np.repeat(np.array(values, dtype=np.int64), len(places), axis=0).T

    def of_place(values: list[int]) -> IntArray:
        return np.tile(np.array(values, dtype=np.int64), len(situations))

    def bits(values: list[int]) -> IntArray:
        return of_situation([[value & 1, value >> 1 & 1] for value in values])

    return PublicFeatures(
        phase=of_situation([s.phase for s in situations]),
        agenda=of_situation([s.agenda for s in situations]),
        clock=of_situation([s.clock for s in situations]),
        expired=of_situation([s.expired for s in situations]),
        evidence=of_situation([s.evidence for s in situations]),
        issued=bits([s.who if s.phase is Phase.ULTIMATUM else 0 for s in situations]),
        noticed=bits([s.who if s.phase is Phase.NOTICE else 0 for s in situations]),
        suspended=bits([s.suspended for s in situations]),
        free=of_situation([[s.is_free(0), s.is_free(1)] for s in situations]),
        sanctioned=bits([s.sanctioned for s in situations]),
        deployed=of_situation([[s.deployed[0] + s.deployed[1], s.deployed[2]] for s in situations]),
        deployed_europe=of_situation([[s.deployed[0], s.deployed[2]] for s in situations]),
        consent=of_situation([s.consent for s in situations]),
        bound=of_situation([s.bound for s in situations]),
        terms=of_situation([s.terms for s in situations]),
        toxic=of_place([e.toxic for e in places]),
        near=of_place([e.near for e in places]),
        outsider_level=of_place([e.level for e in places]),
    )


NOBODY_IN_DOUBT = (DoubtGrid(), (-inf, -inf))
"""Beliefs where there are no types."""


def holds(
    when: When,
    graph: TreatyGraph,
    actor: int,
    doubt: tuple[DoubtGrid, tuple[float, float]] = NOBODY_IN_DOUBT,
) -> BoolArray:
    """Return where all conditions hold for `actor`, [S], given a level of doubt on its grid.

    Examples
    --------
    >>> from sim.games.treaty.graph import build_graph
    >>> from sim.games.treaty.rules import Rules
    >>> graph = build_graph(Rules())
    >>> everywhere, ended = holds((), graph, 0), holds((("phase", ("ended",)),), graph, 0)
    >>> bool(everywhere.all()), bool((graph.phase.repeat(graph.num_environments)[ended] == 3).all())
    (True, True)
    """
    features = public_features(graph)
    grid, level = doubt
    result = np.full(graph.num_states, grid.holds(when, actor, level))
    for key, wanted in when:
        if key not in DOUBTS:
            result &= CONDITIONS[key].ask(features, actor, wanted)
    return result


def checked_condition(key: str, wanted: Any, where: str) -> Any:
    """Return the wanted answer to condition `key`; raise ParameterError unless it is a possible one."""
    return checked_doubt(wanted, where) if key in DOUBTS else CONDITIONS[key].check(wanted, where)


@dataclass(frozen=True)
class Condition:
    """A question: what answers are possible, and where the wanted one is given."""

    check: Callable[[Any, str], Any]
    ask: Callable[[PublicFeatures, int, Any], BoolArray]


def _truth(wanted: Any, where: str) -> bool:
    if not isinstance(wanted, bool):
        raise ParameterError(f"{where} must be true or false, got {wanted!r}")
    return wanted


def _count(wanted: Any, where: str) -> int:
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 0:
        raise ParameterError(f"{where} must be a whole number of at least 0, got {wanted!r}")
    return wanted


def _some_of(legal: tuple[str, ...]) -> Callable[[Any, str], tuple[str, ...]]:
    def check(wanted: Any, where: str) -> tuple[str, ...]:
        names = [wanted] if isinstance(wanted, str) else wanted
        if not isinstance(names, list | tuple) or not names or not set(names) <= set(legal):
            raise ParameterError(f"{where} must be one or several of {', '.join(legal)}, got {wanted!r}")
        return tuple(names)

    return check


def _agenda(features: PublicFeatures, actor: int, wanted: tuple[str, ...]) -> BoolArray:
    found = np.zeros(features.agenda.shape, dtype=np.bool_)
    for name in wanted:
        what, _, subject = name.partition("_")
        if subject:
            codes = {"openness": OPENNESS, "offer": OFFER}[what]
            for party in parties_meant(subject, actor):
                found |= features.agenda == codes[party]
        else:
            found |= features.agenda == Agenda[name.upper()]
    return found


def _named(feature: str, legal: tuple[str, ...]) -> Condition:
    def ask(features: PublicFeatures, actor: int, wanted: tuple[str, ...]) -> BoolArray:  # noqa: ARG001
        return np.isin(getattr(features, feature), [legal.index(name) for name in wanted])

    return Condition(_some_of(legal), ask)


def _flag(feature: str) -> Condition:
    def ask(features: PublicFeatures, actor: int, wanted: bool) -> BoolArray:  # noqa: ARG001
        return np.asarray((getattr(features, feature) > 0) == wanted)

    return Condition(_truth, ask)


def _party_flag(feature: str, subject: str) -> Condition:
    def ask(features: PublicFeatures, actor: int, wanted: bool) -> BoolArray:
        chosen = getattr(features, feature)[list(parties_meant(subject, actor))]
        return np.asarray((chosen > 0).any(axis=0) == wanted)

    return Condition(_truth, ask)


def _at_least(feature: str) -> Condition:
    return Condition(_count, lambda features, _, wanted: getattr(features, feature) >= wanted)


def _at_most(feature: str) -> Condition:
    return Condition(_count, lambda features, _, wanted: getattr(features, feature) <= wanted)


def _party_level(feature: str, subject: str, *, at_least: bool) -> Condition:
    def ask(features: PublicFeatures, actor: int, wanted: int) -> BoolArray:
        chosen = getattr(features, feature)[list(parties_meant(subject, actor))]
        return np.asarray(((chosen >= wanted) if at_least else (chosen <= wanted)).any(axis=0))

    return Condition(_count, ask)


CONDITIONS: dict[str, Condition] = {
    "phase": _named("phase", PHASES),
    "agenda": Condition(_some_of(AGENDAS), _agenda),
    "expired": _flag("expired"),
    "clock_at_least": _at_least("clock"),
    "clock_at_most": _at_most("clock"),
    "consent": _flag("consent"),
    "bound": _flag("bound"),
    "terms": _named("terms", TERMS_IN_FORCE),
    "toxic": _flag("toxic"),
    "near": _flag("near"),
    "outsider_level_at_least": _at_least("outsider_level"),
    "outsider_level_at_most": _at_most("outsider_level"),
    **{
        f"{feature}_{subject}": _party_flag(feature, subject)
        for feature in ("issued", "noticed", "suspended", "free", "sanctioned")
        for subject in SUBJECTS
    },
    **{
        f"{feature}_{subject}_{bound}": _party_level(feature, subject, at_least=bound == "at_least")
        for feature in ("evidence", "deployed", "deployed_europe")
        for subject in SUBJECTS
        for bound in ("at_least", "at_most")
    },
}
"""Every condition on the public state by name."""

CONDITION_NAMES = (*CONDITIONS, *DOUBTS)
"""What `when:` may name."""
