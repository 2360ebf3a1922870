r"""Out of sample: forecasts of each treaty by the model whose weights were learnt from the others.

Every case has a scenario, a window and what happened in it: a party suspended or left, or not. All cases share one
set of parameter draws, by role and term, so that a draw means the same weights everywhere. Leaving one treaty out
(with all its cases), each draw `d` is weighted by how well it foresaw the others,

.. math:: w_d ∝ \prod_{j} p_{jd}^{y_j} (1 - p_{jd})^{1 - y_j}, \qquad \hat p_i = \sum_d w_d p_{id},

and the forecast is scored against the base rate of the other treaties and against that of all cases.

Sources: Brier (1950), Monthly Weather Review 78; Good (1952), J. R. Statist. Soc. B 14 (the logarithmic score).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.engine.exact_chain import TreatyChain, build_chain
from sim.engine.philox import epistemic_uniforms
from sim.errors import ParameterError
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import TreatyGames, build_games
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.situation import Phase
from sim.model.scenario import Scenario

FLOOR = 1e-4
"""Probability below which no forecast is scored: a logarithmic score of certainty would be infinite."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A treaty in a window: its scenario, the treaty to which it belongs, months, and whether it broke down."""

    scenario: Scenario
    treaty: str
    months: float
    broke_down: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Forecasts:
    """Forecasts of `N` cases from `D` common draws.

    Attributes
    ----------
    names, treaties [N] ; outcome [N] of 0 and 1
    by_draw [N, D] : probability of breakdown in the window, NaN where the equilibrium did not converge
    prior [N] : mean over draws ; forecast [N] : leaving the case's treaty out ; base [N] : base rate of the others
    effective [N] : effective number of draws behind each forecast
    """

    names: tuple[str, ...]
    treaties: tuple[str, ...]
    outcome: FloatArray
    by_draw: FloatArray
    prior: FloatArray
    forecast: FloatArray
    base: FloatArray
    effective: FloatArray


def common_games(scenario: Scenario, draws: int, seed: int) -> TreatyGames:
    """Return the scenario's games in draws that mean the same for every treaty: addressed by role, not by name."""
    by_role = {path: _by_role(path, scenario) for path in scenario.uncertain}
    drawn = epistemic_uniforms(seed, sorted(set(by_role.values())), draws)
    values = scenario.values({path: drawn[name] for path, name in by_role.items()}, draws)
    return build_games(build_graph(rules_of(scenario)[0]), parameters_of(scenario, values))


def breakdown_probability(games: TreatyGames, draw: int, profile: TreatyProfile, periods: int) -> FloatArray:
    """Return the probability that by each time 0..`periods` a party has suspended or left, [periods + 1].

    A suspension in answer to a notice counts only if the treaty then ends or the suspension outlives the notice.
    """
    chain = build_chain(games, draw, profile)
    graph = games.graph
    broken = (graph.phase == Phase.ENDED) | ((graph.phase != Phase.NOTICE) & (graph.suspended > 0))
    standing = ~broken[chain.situation]
    mass = np.zeros((chain.num_nodes, graph.num_environments))
    mass[chain.start] = 1.0
    shares = [0.0 if standing[chain.start[0]] else 1.0]
    for _ in range(periods):
        mass = _forward(chain, mass)
        shares.append(shares[-1] + float(mass[~standing].sum()))
        mass[~standing] = 0.0
    return sealed(shares)


def leave_one_out(cases: Sequence[Case], by_draw: FloatArray) -> Forecasts:
    """Return a forecast of every case from the draws' probabilities [N, D], weighted by the other treaties.

    A NaN marks a draw whose equilibrium did not converge in that case: it does not count towards the case's own
    forecast, and towards those of others the case says nothing about that draw.

    Raises
    ------
    ParameterError
        If there are fewer than two treaties, or a case without any draw.
    """
    outcome = np.array([float(case.broke_down) for case in cases])
    treaties = np.array([case.treaty for case in cases])
    if len(set(treaties)) < 2:
        raise ParameterError(f"leaving one treaty out needs at least two, got {len(set(treaties))}")
    solved = np.isfinite(by_draw)
    for case, found in zip(cases, solved, strict=True):
        if not found.any():
            raise ParameterError(
                f"no equilibrium of {case.scenario.name} converged: there is nothing to forecast"
            )
    bounded = np.clip(by_draw, FLOOR, 1 - FLOOR)
    logs = np.where(outcome[:, None] == 1, np.log(bounded), np.log1p(-bounded))
    neutral = np.log(np.nanmean(np.exp(logs), axis=1, keepdims=True))  # what a case says of a draw it has not
    logs = np.where(solved, logs, neutral)
    forecast, base, effective = np.zeros(len(cases)), np.zeros(len(cases)), np.zeros(len(cases))
    for i, treaty in enumerate(treaties):
        others = treaties != treaty
        fit = logs[others].sum(axis=0)
        weights = np.exp(fit - fit.max()) * solved[i]
        weights /= weights.sum()
        forecast[i] = weights @ np.where(solved[i], by_draw[i], 0.0)
        base[i] = outcome[others].mean()
        effective[i] = 1 / (weights**2).sum()
    return Forecasts(
        names=tuple(case.scenario.name for case in cases),
        treaties=tuple(case.treaty for case in cases),
        outcome=sealed(outcome),
        by_draw=sealed(by_draw),
        prior=sealed(np.nanmean(by_draw, axis=1)),
        forecast=sealed(forecast),
        base=sealed(base),
        effective=sealed(effective),
    )


def brier(probability: FloatArray, outcome: FloatArray) -> float:
    """Return the mean squared error of forecasts: 0 is perfect, a quarter is a coin.

    Examples
    --------
    >>> brier(np.array([0.5, 0.5]), np.array([1.0, 0.0]))
    0.25
    """
    return float(((probability - outcome) ** 2).mean())


def log_score(probability: FloatArray, outcome: FloatArray) -> float:
    """Return the mean negative log probability of what happened, in nats: 0 is perfect, log 2 is a coin.

    Examples
    --------
    >>> round(log_score(np.array([0.5, 0.5]), np.array([1.0, 0.0])), 6)
    0.693147
    """
    bounded = np.clip(probability, FLOOR, 1 - FLOOR)
    return float(-np.where(outcome == 1, np.log(bounded), np.log1p(-bounded)).mean())


def scores(forecasts: Forecasts, *, resamples: int = 2000, seed: int = 1) -> dict[str, dict[str, float]]:
    """Return Brier and log score of every forecaster, and its Brier advantage over the base rate with 90 % limits.

    The limits come from resampling whole treaties, because cases of one treaty are not independent.
    """
    outcome = forecasts.outcome
    in_sample = np.full(len(outcome), outcome.mean())
    forecasters: Mapping[str, FloatArray] = {
        "model, weights learnt from the other treaties": forecasts.forecast,
        "model, prior weights": forecasts.prior,
        "base rate of the other treaties": forecasts.base,
        "base rate of all cases (in sample)": in_sample,
        "a coin": np.full(len(outcome), 0.5),
    }
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(np.array(forecasts.treaties) == t) for t in sorted(set(forecasts.treaties))]
    picks = [
        np.concatenate([groups[k] for k in rng.integers(0, len(groups), len(groups))])
        for _ in range(resamples)
    ]
    found: dict[str, dict[str, float]] = {}
    for name, probability in forecasters.items():
        gain = (in_sample - outcome) ** 2 - (probability - outcome) ** 2
        low, high = np.quantile([gain[pick].mean() for pick in picks], [0.05, 0.95])
        found[name] = {
            "brier": brier(probability, outcome),
            "log_score": log_score(probability, outcome),
            "advantage": float(gain.mean()),
            "low": float(low),
            "high": float(high),
        }
    return found


def _by_role(path: str, scenario: Scenario) -> str:
    """Return the path with the actor's role in place of its name."""
    head, _, rest = path.partition(".")
    if head != "actors":
        return path
    name, _, term = rest.partition(".")
    role = next(actor.role for actor in scenario.actors if actor.name == name)
    return f"{role}.{term}"


def _forward(chain: TreatyChain, mass: FloatArray) -> FloatArray:
    """Return the distribution over nodes and environments one period later."""
    places = mass.shape[1]
    counts = np.diff(chain.first_edge)
    source = np.repeat(mass.reshape(-1), counts)
    place = np.repeat(np.tile(np.arange(places), chain.num_nodes), counts)
    after = np.bincount(chain.target * places + place, source * chain.stay, chain.num_states)
    after += np.bincount(chain.target * places + chain.up[place], source * chain.rise, chain.num_states)
    mixed: FloatArray = after.reshape(-1, places) @ chain.mixing
    return mixed
