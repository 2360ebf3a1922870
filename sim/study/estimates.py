"""From sums over plays to estimates with errors.

With `D` draws and `R` plays each, let m_d be the mean of draw d and s²_d the variance of a play's estimate
within it. The error over draws and dice is that of the mean of D independent clusters, sd(m_d) / √D; the
error given the draws is √(Σ s²_d / R) / D. With one draw the two are the same. The epistemic share compares
the variance of the draws' true means, var(m_d) less the dice in it, with the variance of an outcome within a
draw.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray
from sim.engine.exact import ExactOutcomes
from sim.engine.exact_paths import PATH_CLASSES
from sim.engine.monte_carlo import Ensemble
from sim.engine.outcomes import Outcome, outcomes_of
from sim.engine.play_history import (
    CLASS,
    COLLAPSE,
    CRISIS,
    DELAY_SUM,
    DEPLOYED,
    LEAVER_0,
    LEAVER_1,
    MIRRORED,
    MONTHS,
    PAYOFF,
    RESCISSION,
    RESTORATION,
)
from sim.study.result import Estimate, SurvivalCurve

Z95 = 1.959963984540054
"""97.5 % quantile of the standard normal distribution."""

MEAN_STATISTICS = (
    *(COLLAPSE, MONTHS, None, LEAVER_0, LEAVER_1, None, RESCISSION, RESTORATION),
    *(DEPLOYED, DEPLOYED + 1, DEPLOYED + 2, CRISIS, PAYOFF, PAYOFF + 1, PAYOFF + 2, PAYOFF + 3),
)
"""The kernel's statistic behind each outcome, in the order of `outcomes_of`; None where it is not a mean."""


FEW = 8.0
"""Plays that must tell the rarer side of an event before their own spread is believed: an event that eight plays are
expected to see is missed by all of them with probability e^-8, that of four standard errors."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Sample:
    """Means by draw of one quantity, variance of a play's estimate of it, and of the quantity itself, [D] each."""

    means: FloatArray
    estimate_variance: FloatArray
    outcome_variance: FloatArray
    plays: int


def estimate_outcomes(
    ensemble: Ensemble, actors: Sequence[str], period_months: float, exact: Sequence[ExactOutcomes] | None
) -> dict[str, Estimate]:
    """Return every outcome's estimate, beside its exact value where the exact engine ran."""
    survival = survival_curve(ensemble, period_months, exact)
    estimates = {}
    for outcome, statistic in zip(outcomes_of(actors), MEAN_STATISTICS, strict=True):
        if outcome.kind == "median":
            estimates[outcome.name] = _median(outcome, ensemble, survival, period_months)
        elif outcome.kind == "ratio":
            estimates[outcome.name] = _mean_delay(outcome, ensemble, period_months, exact)
        else:
            assert statistic is not None
            scale = period_months if statistic == MONTHS else 1.0
            truth = [each.outcomes[outcome.name] for each in exact] if exact else None
            estimates[outcome.name] = _mean(outcome, sample(ensemble, statistic, scale), truth)
    return estimates


def estimates_by_draw(
    ensemble: Ensemble, actors: Sequence[str], period_months: float
) -> dict[str, FloatArray]:
    """Return each outcome's estimate in every draw, {name: [D]}; NaN where it is not defined."""
    survival = ensemble.survival
    with np.errstate(invalid="ignore", divide="ignore"):
        delays = period_months * ensemble.means[:, DELAY_SUM] / ensemble.means[:, MIRRORED]
    columns = {}
    for outcome, statistic in zip(outcomes_of(actors), MEAN_STATISTICS, strict=True):
        if outcome.kind == "median":
            halved = survival <= 0.5
            columns[outcome.name] = np.where(
                halved.any(axis=1), period_months * halved.argmax(axis=1), np.nan
            )
        elif outcome.kind == "ratio":
            columns[outcome.name] = delays
        else:
            scale = period_months if statistic == MONTHS else 1.0
            columns[outcome.name] = scale * ensemble.means[:, statistic]
    return columns


def estimate_path_classes(ensemble: Ensemble, exact: Sequence[ExactOutcomes] | None) -> dict[str, Estimate]:
    """Return the probabilities of the four classes of path."""
    return {
        name: _mean(
            Outcome(name, "probability", ""),
            sample(ensemble, CLASS + k),
            [each.path_classes[name] for each in exact] if exact else None,
        )
        for k, name in enumerate(PATH_CLASSES)
    }


def survival_curve(
    ensemble: Ensemble, period_months: float, exact: Sequence[ExactOutcomes] | None
) -> SurvivalCurve:
    """Return the survival of the treaty by month with its 95 % band, clustered by draw."""
    mean = ensemble.survival.mean(axis=0)
    error = _clustered(ensemble.survival, _dice_variance(ensemble))
    return SurvivalCurve(
        months=period_months * np.arange(mean.size),
        estimate=mean,
        low=np.clip(mean - Z95 * error, 0.0, 1.0),
        high=np.clip(mean + Z95 * error, 0.0, 1.0),
        draws=ensemble.survival,
        exact=np.mean([each.survival for each in exact], axis=0) if exact else None,
    )


def sample(ensemble: Ensemble, statistic: int, scale: float = 1.0) -> Sample:
    """Return one statistic's means and variances by draw."""
    plays = ensemble.replications
    means = ensemble.means[:, statistic]
    unbiased = plays / max(plays - 1, 1)
    return Sample(
        means=scale * means,
        estimate_variance=scale**2 * np.maximum(ensemble.squares[:, statistic] - means**2, 0.0) * unbiased,
        outcome_variance=scale**2 * np.maximum(ensemble.raw[:, statistic] - means**2, 0.0),
        plays=plays,
    )


def least_variance(values: Sample) -> FloatArray:
    """Return the least variance of each draw's mean that its plays can vouch for, of a probability, [D].

    The conditional-hazard estimate of a nearly certain event is one minus a survival that nearly every play has
    near zero, and that a rare play would have near one: as long as none was seen, the plays agree with each other and
    their spread says nothing. So where fewer than `FEW` plays are expected on the side of no event, or fewer than
    that make up either side (the effective number of plays, (sum w)² / sum w² of their weights w), the error is at
    least such that `Z95` of it reach the farther end of Wilson's interval for plays that are merely counted.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212;
    Kish (1965), Survey Sampling, section 8.2 (effective sample size).
    """
    plays, means = values.plays, np.clip(values.means, 0.0, 1.0)
    rarer = np.minimum(means, 1 - means)
    effective = plays * rarer**2 / np.maximum(values.estimate_variance + rarer**2, np.finfo(float).tiny)
    untold = (plays * (1 - means) < FEW) | (effective < FEW)
    spread = np.sqrt(means * (1 - means) / plays + (Z95 / (2 * plays)) ** 2)
    shift = Z95 / (2 * plays) * np.abs(1 - 2 * means)  # of the interval's middle
    return np.where(untold, ((spread + shift) / (1 + Z95**2 / plays)) ** 2, 0.0)


def _mean(outcome: Outcome, values: Sample, exact: Sequence[float | None] | None) -> Estimate:
    dice = values.estimate_variance / values.plays
    error = float(_clustered(values.means[:, None], dice[:, None])[0])
    if outcome.unit == "probability":
        dice = np.maximum(dice, least_variance(values))
        error = max(error, float(np.sqrt(least_variance(values).sum())) / len(dice))
    middle = float(values.means.mean())
    known = exact is not None and all(value is not None for value in exact)
    return _estimate(
        outcome,
        middle,
        error,
        float(np.sqrt(dice.sum())) / len(dice),
        epistemic_share=_epistemic_share(values.means, dice, values.outcome_variance),
        exact=float(np.mean([value for value in exact or () if value is not None])) if known else None,
    )


def _mean_delay(
    outcome: Outcome, ensemble: Ensemble, period_months: float, exact: Sequence[ExactOutcomes] | None
) -> Estimate:
    """Return the mean delay over the plays that saw a mirror response: a ratio of means, linearised."""
    delays, mirrored = ensemble.means[:, DELAY_SUM], ensemble.means[:, MIRRORED]
    seen = mirrored.mean()
    if seen == 0:
        return _estimate(outcome, None, None, None)
    ratio = delays.mean() / seen
    plays = ensemble.replications
    second = (
        ensemble.squares[:, DELAY_SUM]
        - 2 * ratio * ensemble.delay_mirrored
        + ratio**2 * ensemble.squares[:, MIRRORED]
    )
    residual = delays - ratio * mirrored
    dice = np.maximum(second - residual**2, 0.0) / max(plays - 1, 1)
    scale = period_months / seen
    error = float(_clustered(residual[:, None], dice[:, None])[0])
    truth = None
    if exact:
        name, followed = outcome.name, sum(each.mirrored for each in exact)
        total = sum((each.outcomes[name] or 0.0) * each.mirrored for each in exact)
        truth = total / followed if followed else None
    return _estimate(
        outcome,
        float(period_months * ratio),
        scale * error,
        float(scale * np.sqrt(dice.sum()) / len(dice)),
        exact=truth,
    )


def _median(outcome: Outcome, ensemble: Ensemble, survival: SurvivalCurve, period_months: float) -> Estimate:
    """Return when the survival curve falls to one half; its error from the curve's error there over its slope."""
    at = _halved(survival.estimate)
    if at is None:
        return _estimate(outcome, None, None, None)
    half_width = (survival.high[at] - survival.low[at]) / (2 * Z95)
    dice = float(np.sqrt(_dice_variance(ensemble)[:, at].sum())) / len(ensemble.survival)
    left, right = max(at - 1, 0), min(at + 1, len(survival.estimate) - 1)
    slope = (survival.estimate[left] - survival.estimate[right]) / (period_months * (right - left))
    early, late = _halved(survival.low), _halved(survival.high)
    exact = None if survival.exact is None else _halved(survival.exact)
    return Estimate(
        name=outcome.name,
        unit=outcome.unit,
        estimate=period_months * at,
        standard_error=max(half_width / slope, period_months / 12**0.5) if slope > 0 else None,
        standard_error_dice=max(dice / slope, period_months / 12**0.5) if slope > 0 else None,
        low=None if early is None else period_months * early,
        high=None if late is None else period_months * late,
        exact=None if exact is None else period_months * exact,
    )


def _halved(curve: FloatArray) -> int | None:
    below = np.flatnonzero(curve <= 0.5)
    return int(below[0]) if below.size else None


def _dice_variance(ensemble: Ensemble) -> FloatArray:
    """Return the variance of each draw's mean survival due to dice, [D, T + 1]."""
    variance = np.maximum(ensemble.survival_squares - ensemble.survival**2, 0.0)
    return variance / max(ensemble.replications - 1, 1)


def _clustered(means: FloatArray, dice: FloatArray) -> FloatArray:
    """Return the error of the mean over draws of `means` [D, …], given their variances due to dice."""
    draws = len(means)
    if draws == 1:
        return np.asarray(np.sqrt(dice[0]))
    return np.asarray(means.std(axis=0, ddof=1) / np.sqrt(draws))


def _epistemic_share(means: FloatArray, dice: FloatArray, outcome_variance: FloatArray) -> float | None:
    if len(means) == 1:
        return None
    between = max(float(means.var(ddof=1) - dice.mean()), 0.0)
    total = between + float(outcome_variance.mean())
    return between / total if total > 0 else None


def _estimate(
    outcome: Outcome,
    middle: float | None,
    error: float | None,
    dice: float | None,
    *,
    epistemic_share: float | None = None,
    exact: float | None = None,
) -> Estimate:
    low = high = None
    if middle is not None and error is not None:
        low, high = middle - Z95 * error, middle + Z95 * error
        if outcome.unit == "probability":
            low, high = max(low, 0.0), min(high, 1.0)
    return Estimate(
        name=outcome.name,
        unit=outcome.unit,
        estimate=middle,
        standard_error=error,
        standard_error_dice=dice,
        low=low,
        high=high,
        epistemic_share=epistemic_share,
        exact=exact,
    )
