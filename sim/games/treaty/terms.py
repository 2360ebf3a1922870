"""What the treaty game is worth: a sum of named terms, each a feature times one weight per actor.

A *flow* is per year, a *lump* is once. Features are written so that a weight is naturally at least zero: a cost
has a negative feature. Payoffs are linear in the weights, so the decomposition by term is exact and a whole batch
of parameter draws is one contraction. A term may have several features of different kinds under one weight.

Public monitoring: what an actor sees of its own payoff depends on others' hidden courses only through signals
and the next state. `breach_harm` cannot satisfy this and is *deferred*: counted in values and debriefs,
unobserved in play.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sim.games.treaty.moves import Move
from sim.games.treaty.rules import ALLY, PARTIES, PARTY_0, PARTY_1, Rules, other_party
from sim.games.treaty.situation import Environment, Phase, Situation
from sim.games.treaty.transitions import After, Kernel

Features = tuple[float, float, float, float]
"""One number per actor: party 0, party 1, ally, outsider."""

TERMS = {
    "predictability": "flow: the treaty's predictability and data, while in force and respected by the other",
    "own_forces": "flow: military value of one's own banned system, hidden, free or deployed",
    "own_forces_outsider": "flow: the part of that value which grows with the outsider's level",
    "security": "flow: security lost to others' deployments",
    "breach_harm": "flow, deferred: security lost to the other's hidden breach",
    "arming": "flow: cost of own deployments, or of the outsider's arsenal",
    "reputation": "flow: standing accused, by the evidence against oneself",
    "finding": "lump: an alarm raises the evidence against oneself",
    "sanctions_target": "flow: being under sanctions",
    "sanctions_sender": "flow: having imposed sanctions, linked issues included",
    "domestic": "flow: staying bound in a toxic climate",
    "concession": "lump: accepting, opening up or taking back in a toxic climate, half if the ally mediates",
    "crisis": "flow: both sides have deployed in Europe",
    "space": "flow: the race in space that the end opens, where the scenario has one",
    "common_gains": "flow: working together elsewhere, while there is no quarrel",
    "outsider_threat": "flow: an outsider that is not bound, by its level",
    "reassurance": "flow: party 0's missiles matching party 1's in Europe",
    "notice": "lump: giving notice, not refunded",
    "blame": "lump: leaving or suspending first, less the stronger the evidence against the other",
    "review_blame": "lump: the same once more when a review conference is near",
    "cohesion": "lump: party 0 leaves without its ally's backing, less the stronger the evidence",
    "backing": "lump: backing on weak evidence",
    "mediation": "lump: mediating, rewarded when a party yields in the same period",
    "secrecy": "lump: secrets lost by showing (half) or being inspected (full)",
    "pressure": "lump: being accused (half) or put under an ultimatum (full); half as much again if the ally backs",
    "pressing": "lump: diplomatic cost of pressing",
    "audience": "lump: letting an ultimatum lapse, taking back ultimatum or notice, yielding to an ultimatum",
    "ratification": "lump: negotiating and ratifying afresh when a treaty is restored",
    "host": "lump: opposition at home to hosting missiles",
    "building": "lump: cost of a step of build-up",
}
TERM_NUMBER = {name: number for number, name in enumerate(TERMS)}
DEFERRED = ("breach_harm",)

ENVIRONMENT_FACTORS = ("always", "near", "toxic")
"""A lump may count always, only near a review conference, or only in a toxic climate."""


@dataclass(frozen=True)
class LumpFeature:
    """A lump at a joint move: its term, the environment in which it counts, and its features."""

    term: str
    factor: str
    features: Callable[[Situation, tuple[Move, ...], After], Features]


def respect(situation: Situation, party: int) -> float:
    """Return how far `party` still respects the treaty in public eyes: 1, ½, 0 by the evidence against it."""
    return 1 - situation.evidence[party] / 2


def _predictability(s: Situation, e: Environment, r: Rules) -> Features:
    share = {Phase.IN_FORCE: 1.0, Phase.ULTIMATUM: 1.0, Phase.NOTICE: 0.5, Phase.ENDED: 0.0}[s.phase]
    if s.suspended and s.phase is not Phase.NOTICE:
        share = 0.5
    worst = min(respect(s, party) for party in PARTIES)
    return share * respect(s, PARTY_1), share * respect(s, PARTY_0), share * worst, share * s.bound


def _own_share(s: Situation, r: Rules) -> tuple[float, float]:
    """Own banned forces as a share of the largest: ½ when free to test and produce, up to 1 when deployed."""
    top = r.deployment_levels
    europe0, asia0, europe1 = s.deployed
    return (
        0.5 * s.is_free(PARTY_0) + 0.25 * (europe0 + asia0) / top,
        0.5 * s.is_free(PARTY_1) + 0.5 * europe1 / top,
    )


def _own_forces(s: Situation, e: Environment, r: Rules) -> Features:
    outsider = (e.level / r.outsider_levels) * (0.5 if s.bound else 1.0)  # a ceiling halves the arsenal
    return *_own_share(s, r), 0.0, outsider


def _own_forces_outsider(s: Situation, e: Environment, r: Rules) -> Features:
    level = 0.0 if s.bound else e.level / r.outsider_levels
    asia0 = s.deployed[1] / r.deployment_levels
    own = (0.5 * s.is_free(PARTY_0) + 0.5 * asia0, 0.5 * s.is_free(PARTY_1))
    return level * own[0], level * own[1], 0.0, 0.0


def _security(s: Situation, e: Environment, r: Rules) -> Features:
    europe0, asia0, europe1 = (level / r.deployment_levels for level in s.deployed)
    return -europe1, -europe0, -europe1, -asia0


def _arming(s: Situation, e: Environment, r: Rules) -> Features:
    top = r.deployment_levels
    return (
        -(s.deployed[0] + s.deployed[1]) / (2 * top),
        -s.deployed[2] / top,
        0.0,
        -e.level / r.outsider_levels,
    )


def _reputation(s: Situation, e: Environment, r: Rules) -> Features:
    standing = s.phase is not Phase.ENDED
    return -standing * s.evidence[0] / 2, -standing * s.evidence[1] / 2, 0.0, 0.0


def _sanctions_target(s: Situation, e: Environment, r: Rules) -> Features:
    return -float(s.sanctioned & 1), -float(s.sanctioned >> 1 & 1), 0.0, 0.0


def _sanctions_sender(s: Situation, e: Environment, r: Rules) -> Features:
    return -float(s.sanctioned >> 1 & 1), -float(s.sanctioned & 1), -float(s.sanctioned > 0), 0.0


def _domestic(s: Situation, e: Environment, r: Rules) -> Features:
    return -float(e.toxic and not s.is_free(0)), -float(e.toxic and not s.is_free(1)), 0.0, 0.0


def _crisis(s: Situation, e: Environment, r: Rules) -> Features:
    both = s.deployed[0] * s.deployed[2] / r.deployment_levels**2
    return -both, -both, -both, 0.0


def _space(s: Situation, e: Environment, r: Rules) -> Features:
    race = -float(r.space and s.phase is Phase.ENDED)
    return race, race, race, race


def _common_gains(s: Situation, e: Environment, r: Rules) -> Features:
    calm = float(s.phase is Phase.IN_FORCE and not s.suspended and not s.sanctioned)
    return calm, calm, calm, 0.0


def _outsider_threat(s: Situation, e: Environment, r: Rules) -> Features:
    threat = -(e.level / r.outsider_levels) * (0.5 if s.bound else 1.0)
    return threat, threat, 0.0, 0.0


def _reassurance(s: Situation, e: Environment, r: Rules) -> Features:
    return 0.0, 0.0, min(s.deployed[0], s.deployed[2]) / r.deployment_levels, 0.0


FLOW_FEATURES: tuple[tuple[str, Callable[[Situation, Environment, Rules], Features]], ...] = (
    ("predictability", _predictability),
    ("own_forces", _own_forces),
    ("own_forces_outsider", _own_forces_outsider),
    ("security", _security),
    ("arming", _arming),
    ("reputation", _reputation),
    ("sanctions_target", _sanctions_target),
    ("sanctions_sender", _sanctions_sender),
    ("domestic", _domestic),
    ("crisis", _crisis),
    ("space", _space),
    ("common_gains", _common_gains),
    ("outsider_threat", _outsider_threat),
    ("reassurance", _reassurance),
)
"""(term, features per year of a public state)."""


def _breach_own(s: Situation, e: Environment, r: Rules, party: int) -> Features:
    return _one(party, 0.5)


def _breach_own_outsider(s: Situation, e: Environment, r: Rules, party: int) -> Features:
    return _one(party, 0.0 if s.bound else 0.5 * e.level / r.outsider_levels)


def _breach_harm(s: Situation, e: Environment, r: Rules, party: int) -> Features:
    features = [0.0] * 4
    features[other_party(party)] = features[ALLY] = -1.0
    return features[0], features[1], features[2], features[3]


COURSE_FEATURES: tuple[tuple[str, Callable[[Situation, Environment, Rules, int], Features]], ...] = (
    ("own_forces", _breach_own),
    ("own_forces_outsider", _breach_own_outsider),
    ("breach_harm", _breach_harm),
)
"""(term, features per year while the given bound party breaches)."""


def _one(actor: int, value: float) -> Features:
    return (
        value * (actor == 0),
        value * (actor == 1),
        value * (actor == 2),
        value * (actor == 3),
    )


def _per_party(value: Callable[[int], float]) -> Features:
    return value(PARTY_0), value(PARTY_1), 0.0, 0.0


def _notice(s: Situation, m: tuple[Move, ...], a: After) -> Features:
    return _per_party(lambda p: -float(m[p] is Move.WITHDRAW))


def _blame(s: Situation, m: tuple[Move, ...], a: After) -> Features:
    if s.phase not in (Phase.IN_FORCE, Phase.ULTIMATUM):
        return _one(0, 0.0)  # a mirror response is not a first exit

    def blame(party: int) -> float:
        share = {Move.WITHDRAW: 1.0, Move.SUSPEND: 0.5}.get(m[party], 0.0)
        if party == PARTY_0 and m[ALLY] is Move.BACK:
            share /= 2
        return -share * respect(s, other_party(party))

    return _per_party(blame)


def _cohesion(s: Situation, m: tuple[Move, ...], a: After) -> Features:
    unbacked = m[PARTY_0] is Move.WITHDRAW and m[ALLY] is not Move.BACK
    loss = -unbacked * respect(s, PARTY_1)
    return loss, 0.0, loss, 0.0


def _backing(s: Situation, m: tuple[Move, ...], a: After) -> Features:
    return _one(ALLY, -respect(s, PARTY_1) * (m[ALLY] is Move.BACK))


def _yields(s: Situation, m: tuple[Move, ...]) -> list[bool]:
    return [m[p] in (Move.ACCEPT, Move.OPEN_UP, Move.RESCIND, Move.OFFER) for p in PARTIES]


def _mediation(s: Situation, m: tuple[Move, ...], a: After) -> Features:
    if m[ALLY] is not Move.MEDIATE:
        return _one(0, 0.0)
    return _one(ALLY, -0.25 + any(_yields(s, m)))


def _concession(s: Situation, m: tuple[Move, ...], a: After) -> Features:
    share = 0.5 if m[ALLY] is Move.MEDIATE else 1.0
    yields = _yields(s, m)
    return _per_party(lambda p: -share * yields[p])


def _secrecy(s: Situation, m: tuple[Move, ...], a: After) -> Features:
    return _per_party(lambda p: -1.0 if a.kernels[p] is Kernel.INSPECTION else -0.5 * (m[p] is Move.OPEN_UP))


def _pressure(s: Situation, m: tuple[Move, ...], a: After) -> Features:
    def pressure(party: int) -> float:
        other = other_party(party)
        if m[other] is not Move.PRESS:
            return 0.0
        share = 1.0 if s.evidence[party] else 0.5
        return -share * (1.5 if other == PARTY_0 and m[ALLY] is Move.BACK else 1.0)

    return _per_party(pressure)


def _pressing(s: Situation, m: tuple[Move, ...], a: After) -> Features:
    return _per_party(lambda p: -float(m[p] is Move.PRESS or m[p] is Move.SANCTION))


def _audience(s: Situation, m: tuple[Move, ...], a: After) -> Features:
    def audience(party: int) -> float:
        issued = s.phase is Phase.ULTIMATUM and s.who == 1 << party
        if issued and s.expired and "ultimatum lapses" in a.fired:
            return -1.0
        if issued and m[party] is Move.RESCIND:
            return -0.5
        if s.phase is Phase.NOTICE and m[party] is Move.RESCIND:
            return -1.0
        yielded = s.phase is Phase.ULTIMATUM and not issued and m[party] is Move.OPEN_UP
        return -0.5 * yielded

    return _per_party(audience)


def _ratification(s: Situation, m: tuple[Move, ...], a: After) -> Features:
    cost = -float("restoration" in a.fired)
    return cost, cost, 0.0, 0.0


def _host(s: Situation, m: tuple[Move, ...], a: After) -> Features:
    return _one(ALLY, -float(m[ALLY] is Move.HOST))


LUMP_FEATURES = (
    LumpFeature("notice", "always", _notice),
    LumpFeature("blame", "always", _blame),
    LumpFeature("review_blame", "near", _blame),
    LumpFeature("cohesion", "always", _cohesion),
    LumpFeature("backing", "always", _backing),
    LumpFeature("mediation", "always", _mediation),
    LumpFeature("concession", "toxic", _concession),
    LumpFeature("secrecy", "always", _secrecy),
    LumpFeature("pressure", "always", _pressure),
    LumpFeature("pressing", "always", _pressing),
    LumpFeature("audience", "always", _audience),
    LumpFeature("ratification", "always", _ratification),
    LumpFeature("host", "always", _host),
)

FINDING = "finding"
"""The one term of signals: the accused party pays it when an alarm raises the evidence against it."""

BUILDING = "building"
"""The one term of the outsider's own move: it pays it for each step of build-up."""

__all__ = [
    "BUILDING",
    "COURSE_FEATURES",
    "DEFERRED",
    "ENVIRONMENT_FACTORS",
    "FINDING",
    "FLOW_FEATURES",
    "LUMP_FEATURES",
    "TERMS",
    "TERM_NUMBER",
    "Features",
    "LumpFeature",
    "respect",
]
