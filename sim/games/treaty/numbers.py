"""The treaty game's numbers for a batch of parameter draws: per-period payoffs and probabilities.

Time conversions, with `h` the period in years: a discount becomes ``δ^h``; a probability within one year
becomes ``1 - (1 - p)^h``; a hazard κ per year becomes ``1 - exp(-κ h)``; a flow per year is worth ``(1 - δ^h)
/ (-ln δ)`` per period; a lump and an inspection are events and do not scale.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.rules import NUM_ACTORS, PARTIES
from sim.games.treaty.terms import (
    BUILDING,
    COURSE_FEATURES,
    ENVIRONMENT_FACTORS,
    FINDING,
    FLOW_FEATURES,
    LUMP_FEATURES,
    TERM_NUMBER,
    TERMS,
)
from sim.games.treaty.transitions import Kernel, Signal

UPHOLD, BREACH = range(2)
PROBABILITIES = (
    "detection",
    "false_alarm",
    "inspection_detection",
    "inspection_false_alarm",
    "inspection_clearing",
    "moratorium_verification",
    "build_success",
)
RATES = ("fading", "opportunity_rate", "toxic_onset", "toxic_clearing", "review_approach", "review_passing")


@dataclass(frozen=True, eq=False, kw_only=True)
class TreatyParameters:
    """A batch of parameter draws, per year; `D` draws, actors in the order of their roles.

    Attributes
    ----------
    period_years : float, length of a period, h
    discount [D, actors] : per year, in (0, 1)
    weights [D, terms, actors] : payoff units, per year or once (see ``TERMS``), in the order of ``TERMS``
    detection, false_alarm [D, parties] : probability of a signal within one year of breach, of compliance
    inspection_detection, inspection_false_alarm, inspection_clearing [D] : per inspection; clearing given no
    alarm
    moratorium_verification [D] : detection under a moratorium, as a share of that under the treaty
    fading [D] : hazard per year that evidence fades one level
    opportunity_rate [D] : decision opportunities per year, r
    toxic_onset, toxic_clearing [D] : hazards per year of the climate chain
    review_approach, review_passing [D] : hazards per year of the review chain, far to near and back
    build_success [D] : probability that a build-up move gains a level
    """

    period_years: float
    discount: FloatArray
    weights: FloatArray
    detection: FloatArray
    false_alarm: FloatArray
    inspection_detection: FloatArray
    inspection_false_alarm: FloatArray
    inspection_clearing: FloatArray
    moratorium_verification: FloatArray
    fading: FloatArray
    opportunity_rate: FloatArray
    toxic_onset: FloatArray
    toxic_clearing: FloatArray
    review_approach: FloatArray
    review_passing: FloatArray
    build_success: FloatArray

    def __post_init__(self) -> None:
        if not 0 < self.period_years <= 1:
            raise ParameterError(f"period must lie in (0, 12] months, got {12 * self.period_years:g}")
        draws = np.shape(self.discount)[0]
        shapes = {"discount": (draws, NUM_ACTORS), "weights": (draws, len(TERMS), NUM_ACTORS)}
        shapes |= {"detection": (draws, 2), "false_alarm": (draws, 2)}
        for name in ("discount", "weights", *PROBABILITIES, *RATES):
            values = sealed(getattr(self, name))
            if values.shape != shapes.get(name, (draws,)):
                raise ParameterError(
                    f"{name} must have shape {shapes.get(name, (draws,))}, got {values.shape}"
                )
            _check(name, values)
            object.__setattr__(self, name, values)
        weak = self.detection < self.false_alarm
        if weak.any():
            draw, party = (int(k) for k in np.argwhere(weak)[0])
            raise ParameterError(
                f"treaty.detection must be at least treaty.false_alarm, got "
                f"{self.detection[draw, party]:.4g} < {self.false_alarm[draw, party]:.4g} for party {party}, "
                f"draw {draw}"
            )

    @property
    def num_draws(self) -> int:
        """Number of draws, D."""
        return len(self.discount)


@dataclass(frozen=True, eq=False, kw_only=True)
class TreatyGames:
    """One treaty game per draw, all on one graph; per-period numbers.

    Attributes
    ----------
    discount [D, actors] : per period
    flows [D, S, actors] : payoff per period of a public state
    courses [D, S, parties, actors] : what a party's breach adds in a period
    lumps [D, R, 3, actors] : payoff of a joint move, by ``ENVIRONMENT_FACTORS``
    finding [D, parties] : the accused party's lump when an alarm raises evidence
    building [D] : the outsider's lump for a step of build-up
    opportunity [D] ; signals [D, kernels, parties, 2 courses, 3 signals]
    toxic [D, 2] : probability of a toxic climate next period, given the climate now; near [D, 2] likewise
    build [D] : probability that BUILD gains a level
    """

    graph: TreatyGraph
    parameters: TreatyParameters
    discount: FloatArray
    flows: FloatArray
    courses: FloatArray
    lumps: FloatArray
    finding: FloatArray
    building: FloatArray
    opportunity: FloatArray
    signals: FloatArray
    toxic: FloatArray
    near: FloatArray
    build: FloatArray

    @property
    def num_draws(self) -> int:
        """Number of draws, D."""
        return len(self.discount)


def build_games(graph: TreatyGraph, parameters: TreatyParameters) -> TreatyGames:
    """Return the treaty games of all draws, vectorised over draws.

    Memory is O(draws (states + rows) actors); the transition law stays factored and is never expanded.
    """
    h, weights = parameters.period_years, parameters.weights
    discount = parameters.discount**h
    per_period = (1 - discount) / -np.log(parameters.discount)
    return TreatyGames(
        graph=graph,
        parameters=parameters,
        discount=sealed(discount),
        flows=_weighted(weights[:, terms_of(FLOW_FEATURES)], graph.flows, per_period),
        courses=_weighted(weights[:, terms_of(COURSE_FEATURES)], graph.courses, per_period),
        lumps=_lumps(graph, weights),
        finding=sealed(-weights[:, TERM_NUMBER[FINDING], : len(PARTIES)]),
        building=sealed(-weights[:, TERM_NUMBER[BUILDING], -1]),
        opportunity=sealed(-np.expm1(-parameters.opportunity_rate * h)),
        signals=sealed(_signals(parameters)),
        toxic=sealed(_chain(parameters.toxic_onset * h, parameters.toxic_clearing * h)),
        near=sealed(_chain(parameters.review_approach * h, parameters.review_passing * h)),
        build=parameters.build_success,
    )


def terms_of(features: tuple[tuple[str, object], ...]) -> list[int]:
    """Return the term numbers of a feature table."""
    return [TERM_NUMBER[name] for name, _ in features]


def _weighted(weights: FloatArray, values: FloatArray, scale: FloatArray) -> FloatArray:
    """Return each actor's sum over terms of `weights` [D, terms, actors] times features, times `scale` [D, actors].

    Shape [D, ..., actors]. Terms are added in their order, one draw at a time, so that a draw's numbers do not
    depend on its company; a feature that is zero everywhere for an actor costs nothing.
    """
    totals = np.empty((len(weights), *values.shape[1:]))
    flat = totals.reshape(len(weights), -1, values.shape[-1])
    _add_weighted(flat, weights, values)
    for draw, factor in enumerate(scale):
        flat[draw] *= factor
    totals.setflags(write=False)
    return totals


def _lumps(graph: TreatyGraph, weights: FloatArray) -> FloatArray:
    lumps = np.empty((len(weights), len(graph.row_moves), len(ENVIRONMENT_FACTORS), NUM_ACTORS))
    for place, factor in enumerate(ENVIRONMENT_FACTORS):
        features = [k for k, lump in enumerate(LUMP_FEATURES) if lump.factor == factor]
        terms = [TERM_NUMBER[LUMP_FEATURES[k].term] for k in features]
        _add_weighted(lumps[:, :, place], weights[:, terms], graph.lumps[features])
    lumps.setflags(write=False)
    return lumps


def _add_weighted(totals: FloatArray, weights: FloatArray, values: FloatArray) -> None:
    """Write to `totals` [D, N, actors] the sums over terms of `weights` [D, terms, actors] times `values`."""
    columns = np.ascontiguousarray(np.moveaxis(values, -1, 0)).reshape(values.shape[-1], len(values), -1)
    total, product = np.empty((2, columns.shape[-1]))
    for actor, column in enumerate(columns):
        used = np.flatnonzero(column.any(axis=1))
        for draw in range(len(weights)):
            total[:] = 0.0
            for k in used:
                total += np.multiply(column[k], weights[draw, k, actor], out=product)
            totals[draw, :, actor] = total


def _signals(parameters: TreatyParameters) -> FloatArray:
    """Return signal probabilities [D, kernels, parties, courses, signals]."""
    h = parameters.period_years
    signals = np.zeros((parameters.num_draws, len(Kernel), 2, 2, len(Signal)))
    fades = -np.expm1(-parameters.fading * h)[:, None, None]
    yearly = np.stack([parameters.false_alarm, parameters.detection], axis=-1)  # [D, parties, courses]
    lenient = yearly.copy()
    excess = parameters.detection - parameters.false_alarm
    lenient[:, :, BREACH] = parameters.false_alarm + parameters.moratorium_verification[:, None] * excess
    for kernel, probability in ((Kernel.TREATY, yearly), (Kernel.MORATORIUM, lenient)):
        alarm = -np.expm1(h * np.log1p(-probability))
        signals[:, kernel, ..., Signal.ALARM] = alarm
        signals[:, kernel, ..., Signal.CLEAR] = (1 - alarm) * fades
    inspection = np.stack([parameters.inspection_false_alarm, parameters.inspection_detection], axis=-1)
    signals[:, Kernel.INSPECTION, ..., Signal.ALARM] = inspection[:, None]
    clearing = (1 - inspection) * parameters.inspection_clearing[:, None]
    signals[:, Kernel.INSPECTION, ..., Signal.CLEAR] = clearing[:, None]
    signals[..., Signal.NOTHING] = 1 - signals[..., Signal.ALARM] - signals[..., Signal.CLEAR]
    return signals


def _chain(onset: FloatArray, clearing: FloatArray) -> FloatArray:
    """Return the probability of the second phase next period given the first, given the second, [D, 2]."""
    total = onset + clearing
    moved = -np.expm1(-total) / np.where(
        total > 0, total, 1.0
    )  # exact for the two-state chain in continuous time
    return np.stack([onset * moved, 1 - clearing * moved], axis=1)


def _check(name: str, values: FloatArray) -> None:
    label = name if name in ("discount", "weights") else f"treaty.{name}"
    if not np.isfinite(values).all():
        raise ParameterError(f"{label} must be finite, got {values[~np.isfinite(values)][0]}")
    if name == "discount":
        legal, rule = (values > 0) & (values < 1), "lie in (0, 1)"
    elif name in ("detection", "false_alarm"):
        legal, rule = (values >= 0) & (values < 1), "lie in [0, 1)"
    elif name in PROBABILITIES:
        legal, rule = (values >= 0) & (values <= 1), "lie in [0, 1]"
    elif name in RATES:
        legal, rule = values >= 0, "be at least 0 per year"
    else:
        return
    if not legal.all():
        raise ParameterError(f"{label} must {rule}, got {values[~legal][0]:.6g}")


def environment_law(games: TreatyGames, draw: int) -> FloatArray:
    """Return the law of the environment without and with a build-up move, [2, X, X].

    Climate, review and build-up move independently; a chain that the scenario has switched off stays put.
    """
    rules, places = games.graph.rules, games.graph.environments
    law = np.zeros((2, len(places), len(places)))
    for here, now in enumerate(places):
        for there, then in enumerate(places):
            probability = 1.0
            for on, chain, k, k_next in (
                (rules.climate, games.toxic, now.toxic, then.toxic),
                (rules.review, games.near, now.near, then.near),
            ):
                if on:
                    second = chain[draw, k]
                    probability *= second if k_next else 1 - second
                else:
                    probability *= float(k == k_next)
            top = now.level == max(place.level for place in places)
            gained = 0.0 if top else games.build[draw]
            law[0, here, there] = probability * (then.level == now.level)
            law[1, here, there] = probability * {0: 1 - gained, 1: gained}.get(then.level - now.level, 0.0)
    return law
