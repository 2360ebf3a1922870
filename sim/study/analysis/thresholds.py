"""Analytic thresholds that simulations are drawn against; sources are those of the reference models.

Stage payoffs of the symmetric dilemma are T > R > P; alarms are α for a compliant treaty, d for a breach.
"""

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError


def grim_critical_discount(
    false_alarm: FloatArray | float,
    detection: FloatArray | float,
    *,
    temptation: float,
    reward: float,
    punishment: float,
) -> FloatArray:
    """Return the least discount at which grim trigger deters a breach that is seen with probability d (AT-07).

    δ* = (T - R) / [(d - α)(R - P) + (1 - α)(T - R)]; Green & Porter (1984). At least 1 means never.

    Examples
    --------
    >>> round(float(grim_critical_discount(0.05, 0.6, temptation=5, reward=3, punishment=1)), 6)
    0.666667
    """
    alpha, d = np.asarray(false_alarm, dtype=np.float64), np.asarray(detection, dtype=np.float64)
    gain = temptation - reward
    loss = (d - alpha) * (reward - punishment) + (1 - alpha) * gain
    return np.asarray(np.where(loss > 0, gain / np.where(loss > 0, loss, 1.0), np.inf))


def survival_under_alarms(
    false_alarm: FloatArray | float,
    years: FloatArray | float,
    *,
    tolerated: int = 1,
    watched: int = 2,
    period_years: float | None = None,
) -> FloatArray:
    """Return the probability that a treaty between parties that never breach stands after `years` (AT-07, AT-08).

    A party is left by the other at the `tolerated`-th alarm raised against it; alarms come independently
    against each of `watched` parties as a Poisson process that has at least one in a year with probability α;
    or, in periods of `period_years`, as a Bernoulli trial in each.

    Examples
    --------
    >>> round(float(survival_under_alarms(0.05, 10, watched=1)), 6)
    0.598737
    """
    if tolerated < 1 or watched < 1:
        raise ParameterError(f"tolerated and watched must be at least 1, got {tolerated}, {watched}")
    alpha, years = np.asarray(false_alarm, dtype=np.float64), np.asarray(years, dtype=np.float64)
    if period_years is not None:
        from scipy.stats import binom

        trials = np.round(years / period_years)
        return np.asarray(binom.cdf(tolerated - 1, trials, 1 - (1 - alpha) ** period_years) ** watched)
    from scipy.special import gammaincc

    rate = -np.log1p(-alpha) * years
    return np.asarray(gammaincc(tolerated, rate) ** watched)


def alarm_of_half_life(years: FloatArray | float, *, watched: int = 2) -> FloatArray:
    """Return the false-alarm probability per year at which half of all honest treaties end within `years`.

    With grim trigger and `watched` parties: (1 - α)^(watched · years) = ½.

    Examples
    --------
    >>> round(float(alarm_of_half_life(7)), 4)
    0.0483
    """
    return np.asarray(1 - 0.5 ** (1 / (watched * np.asarray(years, dtype=np.float64))))


def deterring_inspection(gain: float, loss: float) -> float:
    """Return the least probability of being caught at which a breach worth `gain` does not pay (AT-01).

    A breach earns `gain` if it is not caught and costs `loss` if it is: p* = gain / (gain + loss).

    Examples
    --------
    >>> deterring_inspection(1.0, 3.0)
    0.25
    """
    if gain < 0 or loss <= 0:
        raise ParameterError(f"gain must be at least 0 and loss above 0, got {gain:g}, {loss:g}")
    return gain / (gain + loss)
