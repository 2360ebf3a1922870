"""Differences on common draws, rankings and regrets, with their intervals.

Draws are clusters and are independent; everything else about two worlds is common. A mean over D draws and the
mean difference have Student's t interval with D - 1 degrees of freedom; what is no mean (a median of the
survival curve, a ranking, a largest regret) is resampled over draws (Efron 1979), all policies together, so
that the pairing is kept.
"""

from typing import NamedTuple

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.study.comparison.result import Ranking, RegretMatrix

LESS_IS_BETTER = ("collapse_probability", "crises", "deployment", "first_leaver", "notice")
"""Beginnings of the names of outcomes of which less is better; of all others more is."""


class Interval(NamedTuple):
    """A mean with its 95 % interval and standard error; None where one draw cannot tell."""

    mean: float
    low: float | None
    high: float | None
    standard_error: float | None


def mean_interval(values: FloatArray) -> Interval:
    """Return the mean of independent draws [D] with Student's interval.

    Examples
    --------
    >>> mean_interval(np.array([1.0, 3.0])).standard_error
    1.0
    """
    values = np.asarray(values, dtype=np.float64)
    mean, count = float(values.mean()), len(values)
    if count < 2:
        return Interval(mean, None, None, None)
    from scipy.special import stdtrit

    error = float(values.std(ddof=1) / np.sqrt(count))
    reach = float(stdtrit(count - 1, 0.975)) * error
    return Interval(mean, mean - reach, mean + reach, error)


def median_time(survival: FloatArray, period_months: float) -> FloatArray:
    """Return when survival curves [..., T + 1] fall to one half, in months; NaN where they do not.

    Between two periods the curve is taken to be straight, so that small changes of it are seen.

    Examples
    --------
    >>> float(median_time(np.array([1.0, 0.8, 0.4]), 2.0))
    3.5
    """
    survival = np.asarray(survival, dtype=np.float64)
    below = survival <= 0.5
    at = np.maximum(below.argmax(axis=-1), 1)
    after = np.take_along_axis(survival, at[..., None], axis=-1)[..., 0]
    before = np.take_along_axis(survival, at[..., None] - 1, axis=-1)[..., 0]
    drop = np.where(before > after, before - after, 1.0)
    months = period_months * (at - 1 + (before - 0.5) / drop)
    return np.where(below.any(axis=-1), np.maximum(months, 0.0), np.nan)


def resamples(draws: int, count: int, seed: int) -> IntArray:
    """Return `count` resamples of the draws with replacement, [count, draws]."""
    return np.random.default_rng([seed, draws]).integers(0, draws, (count, draws))


def quantile_interval(samples: FloatArray, estimate: float) -> Interval:
    """Return the interval of an estimate from its resamples; undefined if one in forty of them is."""
    defined = samples[np.isfinite(samples)]
    if not np.isfinite(estimate) or len(defined) < 0.975 * len(samples) or len(samples) < 2:
        return Interval(estimate, None, None, None)
    low, high = np.quantile(defined, [0.025, 0.975])
    return Interval(estimate, float(low), float(high), float(defined.std(ddof=1)))


def ranking(outcome: str, names: tuple[str, ...], values: FloatArray, picks: IntArray) -> Ranking:
    """Return the ranking of policies by the mean of `values` [P, D], with resamples `picks` [B, D].

    Examples
    --------
    >>> made = ranking("payoff_joint", ("a", "b"), np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0, 1], [1, 1]]))
    >>> made.order, made.whole, made.best.tolist()
    (('b', 'a'), 1.0, [1.0, 0.0])
    """
    sign = direction(outcome)
    scores = np.round(sign * values, 12)
    order = np.argsort(-scores.mean(axis=1), kind="stable")
    ordered = scores[order]
    means = ordered[:, picks].mean(axis=2)  # [P, B]
    gaps = np.round(means[:-1] - means[1:], 12)
    top = np.abs(means - means.max(axis=0)) < 1e-12
    several = picks.shape[1] > 1
    return Ranking(
        outcome=outcome,
        order=tuple(names[k] for k in order),
        whole=float((gaps >= 0).all(axis=0).mean()) if several else None,
        ahead=sealed(((gaps > 0) + 0.5 * (gaps == 0)).mean(axis=1)),
        best=sealed((top / top.sum(axis=0)).mean(axis=1)),
    )


def regret_matrix(
    outcome: str,
    unit: str,
    names: tuple[str, ...],
    readings: tuple[str, ...],
    values: FloatArray,
    picks: IntArray,
) -> RegretMatrix:
    """Return what each policy loses against the best under each reading, from `values` [P, readings, D]."""
    scores = direction(outcome) * values
    regret = _regret(scores.mean(axis=2))
    samples = np.stack([_regret(scores[..., pick].mean(axis=2)) for pick in picks])  # [B, P, readings]
    low, high = np.quantile(samples, [0.025, 0.975], axis=0)
    worst_low, worst_high = np.quantile(samples.max(axis=2), [0.025, 0.975], axis=0)
    return RegretMatrix(
        outcome=outcome,
        unit=unit,
        policies=names,
        readings=readings,
        estimates=sealed(values.mean(axis=2)),
        regret=sealed(regret),
        low=sealed(low),
        high=sealed(high),
        worst=sealed(regret.max(axis=1)),
        worst_low=sealed(worst_low),
        worst_high=sealed(worst_high),
    )


def direction(outcome: str) -> int:
    """Return 1 if more of an outcome is better, -1 if less is.

    Examples
    --------
    >>> direction("collapse_probability"), direction("payoff_joint"), direction("months_to_collapse")
    (-1, 1, 1)
    """
    return -1 if outcome.startswith(LESS_IS_BETTER) else 1


def correlation(first: FloatArray, second: FloatArray) -> float | None:
    """Return the correlation of two outcomes over draws, None where one does not vary."""
    if len(first) < 2 or np.ptp(first) < 1e-12 or np.ptp(second) < 1e-12:
        return None
    return float(np.corrcoef(first, second)[0, 1])


def _regret(scores: FloatArray) -> FloatArray:
    """Return best less own by reading, from scores [P, readings]."""
    return np.asarray(scores.max(axis=0) - scores)
