r"""Calibration: which values of some weights make the observed path probable, by adaptive importance sampling.

The likelihood is exact (`sim.engine.filtering`), but every point costs a solved equilibrium, so points are few.
They are drawn in rounds: first from the prior, then from a mixture of the prior and beta distributions fitted to
the weights so far (tempered, so that a few early draws cannot decide). All rounds count in the end, each against
the mixture of all proposals. Parameters that are not selected are drawn from their priors in every round and so
integrated over. One weight per actor is fixed as numeraire, so that rationality is identified.

Each parameter's *contraction* is ``1 - sd(posterior) / sd(prior)``: below 20 % it is called not identified. The
calibration has converged if the Pareto shape of the weights is at most 0.7 and the effective sample size at
least 40; otherwise no interval is given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.engine.philox import epistemic_uniforms
from sim.errors import ParameterError
from sim.model.scenario import Scenario
from sim.model.uncertain import Distribution
from sim.study.importance import (
    BOUNDED,
    BetaProposal,
    effective_size,
    fit_proposal,
    smoothed,
    temper,
    weighted_quantiles,
)

LEAST_EFFECTIVE = 40.0
"""Effective draws below which no interval is given."""

IDENTIFIED = 0.2
"""Contraction below which a parameter is called not identified."""

Evaluate = Callable[[dict[str, FloatArray]], FloatArray]
"""Log likelihood [n] of the points whose uniforms are given by config path; NaN where nothing was solved."""


@dataclass(frozen=True, kw_only=True)
class Contraction:
    """What the data did to one parameter; `low` and `high` (90 %) are None if the calibration has not converged."""

    path: str
    prior_mean: float
    prior_sd: float
    mean: float
    sd: float
    low: float | None
    high: float | None
    contraction: float
    error: float

    @property
    def is_identified(self) -> bool:
        """Whether the data contracted it by 20 % or more, and by more than twice the error of that number."""
        return self.contraction >= IDENTIFIED and self.contraction > 2 * self.error


@dataclass(frozen=True, eq=False, kw_only=True)
class Calibration:
    """Weighted draws from the posterior; `N` points, `P` uncertain parameters.

    Attributes
    ----------
    paths [P], selected : all uncertain parameters; those that the proposals were fitted to
    uniforms [N, P], values [N, P] : the points, as shares of the prior below and as values
    rounds : draws per round
    log_likelihood [N], weights [N] : the latter sum to 1, tail smoothed
    prior_weights [N] : weights with which the same points stand for the prior, sum 1
    shape : Pareto shape of the weights; effective : effective sample size
    failed : points whose equilibrium did not converge; they weigh nothing
    log_evidence : logarithm of the likelihood averaged over the prior
    parameters : what the data did to each
    """

    paths: tuple[str, ...]
    selected: tuple[str, ...]
    uniforms: FloatArray
    values: FloatArray
    rounds: tuple[int, ...]
    log_likelihood: FloatArray
    weights: FloatArray
    prior_weights: FloatArray
    shape: float
    effective: float
    failed: int
    log_evidence: float
    parameters: tuple[Contraction, ...]

    @property
    def has_converged(self) -> bool:
        """Whether averages over the weighted draws can be trusted."""
        return self.shape <= BOUNDED and self.effective >= LEAST_EFFECTIVE

    @property
    def verdict(self) -> str:
        """Convergence in one sentence."""
        told = f"effective sample size {self.effective:.0f} of {len(self.weights)}, Pareto shape {self.shape:.2f}"
        if self.has_converged:
            return f"Converged: {told}."
        return (
            f"Not converged: {told} (at least {LEAST_EFFECTIVE:.0f} and at most {BOUNDED} are asked for). "
            "No interval is given; take more draws."
        )


def calibrate(
    scenario: Scenario,
    selected: Sequence[str],
    evaluate: Evaluate,
    *,
    draws: int,
    rounds: int,
    seed: int,
) -> Calibration:
    """Return the posterior of the uncertain parameters of `scenario`.

    Parameters
    ----------
    selected : config paths of uncertain parameters that later rounds concentrate on
    evaluate : log likelihood of points
    draws : int, points per round
    rounds : int, at least 1; the first comes from the prior

    Raises
    ------
    ParameterError
        If a selected path is no uncertain parameter, numbers are too small, or nothing fits the data at all.

    Notes
    -----
    Deterministic given `seed`: point k of round r has its own address for every parameter's name.
    """
    check_calibration(scenario, selected, draws=draws, rounds=rounds)
    paths = tuple(scenario.uncertain)
    columns = [paths.index(path) for path in selected]
    proposals: list[BetaProposal] = []
    points: list[FloatArray] = []
    logs: list[FloatArray] = []
    for number in range(rounds):
        fresh = epistemic_uniforms(seed, [f"calibration {number} {path}" for path in paths], draws)
        u = np.stack(list(fresh.values()), axis=1)
        if number:
            before = np.concatenate(points)[:, columns]
            weight = _log_weights(before, np.concatenate(logs), proposals, draws)
            exponent = temper(weight, max(3.0 * len(columns), 0.2 * len(weight)))
            share = np.exp(exponent * (np.maximum(weight, -1e9) - weight.max()))
            proposal = fit_proposal(before, share)
            proposals.append(proposal)
            choice = epistemic_uniforms(seed, [f"calibration {number} proposal"], draws)
            u[:, columns] = proposal.points(u[:, columns], next(iter(choice.values())))
        points.append(u)
        logs.append(evaluate({path: u[:, k] for k, path in enumerate(paths)}))
    uniforms, log_likelihood = np.concatenate(points), np.concatenate(logs)
    log_weights = _log_weights(uniforms[:, columns], log_likelihood, proposals, draws)
    prior_weights = np.exp(_log_weights(uniforms[:, columns], 0 * uniforms[:, 0], proposals, draws))
    weights, shape = smoothed(log_weights)
    top = log_weights.max()
    values = np.stack(
        [scenario.uncertain[path].quantile(uniforms[:, k]) for k, path in enumerate(paths)], axis=1
    )
    effective = effective_size(weights)
    trusted = shape <= BOUNDED and effective >= LEAST_EFFECTIVE
    return Calibration(
        paths=paths,
        selected=tuple(selected),
        uniforms=sealed(uniforms),
        values=sealed(values),
        rounds=(draws,) * rounds,
        log_likelihood=sealed(log_likelihood),
        weights=sealed(weights),
        prior_weights=sealed(prior_weights / prior_weights.sum()),
        shape=shape,
        effective=effective,
        failed=int(np.isnan(log_likelihood).sum()),
        log_evidence=float(top + np.log(np.exp(log_weights - top).mean())),
        parameters=tuple(
            contraction_of(path, scenario.uncertain[path], values[:, k], weights, trusted=trusted)
            for k, path in enumerate(paths)
        ),
    )


def check_calibration(scenario: Scenario, selected: Sequence[str], *, draws: int, rounds: int) -> None:
    """Refuse what cannot be calibrated, before anything is computed."""
    if not selected:
        raise ParameterError("calibration.parameters must name at least one uncertain parameter, got none")
    for k, path in enumerate(selected):
        if path not in scenario.uncertain:
            known = path in scenario.numbers
            why = "is a number, not a distribution" if known else "is no parameter of this scenario"
            raise ParameterError(f"calibration.parameters[{k}]: {path} {why}")
    if len(set(selected)) < len(selected):
        raise ParameterError("calibration.parameters must differ from each other")
    if draws < 8 or rounds < 1:
        raise ParameterError(
            f"calibration.draws must be at least 8 and calibration.rounds at least 1, got {draws} and {rounds}"
        )


def contraction_of(
    path: str, prior: Distribution, values: FloatArray, weights: FloatArray, *, trusted: bool
) -> Contraction:
    """Return what weighted `values` say of a parameter against its `prior`."""
    grid = prior.quantile((np.arange(4000) + 0.5) / 4000)
    prior_mean, prior_sd = float(grid.mean()), float(grid.std())
    mean = float(weights @ values)
    variance = float(weights @ (values - mean) ** 2)
    sd = float(np.sqrt(variance))
    # delta method: the error of a weighted variance, from the fourth moment of the draws
    error = float(np.sqrt((weights**2) @ ((values - mean) ** 2 - variance) ** 2))
    low, high = weighted_quantiles(values, weights, [0.05, 0.95]) if trusted else (None, None)
    return Contraction(
        path=path,
        prior_mean=prior_mean,
        prior_sd=prior_sd,
        mean=mean,
        sd=sd,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        contraction=1 - sd / prior_sd if prior_sd > 0 else 0.0,
        error=error / (2 * sd * prior_sd) if sd > 0 and prior_sd > 0 else 0.0,
    )


def _log_weights(
    u: FloatArray, log_likelihood: FloatArray, proposals: Sequence[BetaProposal], draws: int
) -> FloatArray:
    """Return log weights against the mixture of the prior round and all proposals; -inf where nothing is known."""
    rounds = len(u) // draws
    density = np.ones(len(u)) / rounds
    for proposal in proposals[: rounds - 1]:
        density = density + proposal.density(u) / rounds
    logs = np.where(np.isnan(log_likelihood), -np.inf, log_likelihood) - np.log(density)
    if not np.isfinite(logs).any():
        raise ParameterError("no draw gives what was observed any probability: there is nothing to calibrate")
    return np.asarray(logs)
