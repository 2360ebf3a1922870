"""From the sums over plays of each point to its outcomes, each with its error and the variance of one play.

The estimates are those of ``estimates_by_draw``; a point is a draw whose dice are its own, so that the error is
that of a mean of independent plays, and of a probability at least what so few plays can vouch for. Of a ratio the
error is linearised, of the median it is the curve's error there over its slope, and never less than that of a date
known to the period.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray
from sim.engine.monte_carlo import Ensemble
from sim.engine.outcomes import outcomes_of
from sim.engine.play_history import DELAY_SUM, MIRRORED, MONTHS
from sim.study.estimates import MEAN_STATISTICS, estimates_by_draw, least_variance, sample


@dataclass(frozen=True, eq=False)
class PointOutcomes:
    """One outcome at many points, [points]; NaN if undefined.

    `estimate`, its `error`, the `variance` of one play, and the estimate from the first `half` of the plays.
    """

    estimate: FloatArray
    error: FloatArray
    variance: FloatArray
    half: FloatArray


def point_outcomes(
    ensemble: Ensemble, half: Ensemble, actors: Sequence[str], period_months: float
) -> dict[str, PointOutcomes]:
    """Return every outcome at every point (a draw of `ensemble`, and of the `half` of its plays)."""
    estimates, halves = (estimates_by_draw(each, actors, period_months) for each in (ensemble, half))
    found = {}
    for outcome, statistic in zip(outcomes_of(actors), MEAN_STATISTICS, strict=True):
        estimate, by_half = estimates[outcome.name], halves[outcome.name]
        unknown = np.full(len(estimate), np.nan)
        if outcome.kind == "median":
            found[outcome.name] = PointOutcomes(
                estimate, _median_error(ensemble, period_months), unknown, by_half
            )
        elif outcome.kind == "ratio":
            found[outcome.name] = PointOutcomes(
                estimate, _delay_error(ensemble, period_months), unknown, by_half
            )
        else:
            assert statistic is not None
            values = sample(ensemble, statistic, period_months if statistic == MONTHS else 1.0)
            dice = values.estimate_variance / values.plays
            if outcome.unit == "probability":
                dice = np.maximum(dice, least_variance(values))
            found[outcome.name] = PointOutcomes(estimate, np.sqrt(dice), values.outcome_variance, by_half)
    return found


def _delay_error(ensemble: Ensemble, period_months: float) -> FloatArray:
    seen = ensemble.means[:, MIRRORED]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = ensemble.means[:, DELAY_SUM] / seen
        second = (
            ensemble.squares[:, DELAY_SUM]
            - 2 * ratio * ensemble.delay_mirrored
            + ratio**2 * ensemble.squares[:, MIRRORED]
        )
        error = np.sqrt(np.maximum(second, 0.0) / max(ensemble.replications - 1, 1)) / seen
    return np.where(seen > 0, period_months * error, np.nan)


def _median_error(ensemble: Ensemble, period_months: float) -> FloatArray:
    survival = ensemble.survival
    halved = survival <= 0.5
    at, last = halved.argmax(axis=1), survival.shape[1] - 1
    left, right = np.maximum(at - 1, 0), np.minimum(at + 1, last)
    rows = np.arange(len(survival))
    variance = np.maximum(ensemble.survival_squares[rows, at] - survival[rows, at] ** 2, 0.0)
    slope = (survival[rows, left] - survival[rows, right]) / (period_months * (right - left))
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(variance / max(ensemble.replications - 1, 1)) / slope
    return np.where(
        halved.any(axis=1) & (slope > 0), np.maximum(error, period_months / np.sqrt(12.0)), np.nan
    )
