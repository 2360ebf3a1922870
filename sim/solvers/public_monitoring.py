r"""Treaties kept under fallible public detection: suspension, tolerance and the best alarm threshold.

Two parties play a prisoner's dilemma with :math:`T > R > P`.  In a period in which both comply the public
alarm sounds with probability α (false alarm); if one breaches, with probability d (detection).  Average
payoffs are discounted sums times :math:`1 - δ`.

*Trigger suspension*: after an alarm both breach for K periods, then resume.  With :math:`κ = 1 - δ^K`

.. math::  V = \frac{R(1-δ) + αδκP}{1 - δ + αδκ}, \qquad T - R ≤ \frac{δ(d-α)κ(R-P)}{1-δ+αδκ}.

*Tolerance*: both comply until M alarms have sounded, then breach for ever.  With m alarms left

.. math::  V_m = \frac{R + δαV_{m-1}}{1 - δ(1-α)}, \quad V_0 = \frac{P}{1-δ}, \qquad T - R ≤ δ(d-α)(V_m -
V_{m-1}).

References
----------
Green & Porter (1984), Noncooperative collusion under imperfect price information; Porter (1983), Optimal
cartel trigger price strategies; Downs & Rocke (1990), Tacit bargaining, arms races, and arms control.  The
tolerance model is a stylised form after Langlois & Langlois.
"""

from dataclasses import dataclass
from math import ceil, erfc, exp, inf, isfinite, log, log1p, sqrt

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError


@dataclass(frozen=True, kw_only=True)
class Monitor:
    """A prisoner's dilemma under a public alarm.

    Parameters
    ----------
    temptation, reward, punishment : float
        Stage payoffs, T > R > P.
    false_alarm, detection : float
        Probability of an alarm when both comply, and when one breaches; 0 <= α <= d <= 1.
    discount : float
        Per-period factor δ, in [0, 1).
    """

    temptation: float
    reward: float
    punishment: float
    false_alarm: float
    detection: float
    discount: float

    def __post_init__(self) -> None:
        if not self.temptation > self.reward > self.punishment:
            raise ParameterError(
                "payoffs must be ordered temptation > reward > punishment, "
                f"got {self.temptation}, {self.reward}, {self.punishment}"
            )
        if not 0 <= self.false_alarm <= self.detection <= 1:
            raise ParameterError(
                f"false_alarm and detection must satisfy 0 <= false_alarm <= detection <= 1, "
                f"got {self.false_alarm} and {self.detection}"
            )
        if not 0 <= self.discount < 1:
            raise ParameterError(f"discount must lie in [0, 1), got {self.discount}")


def suspension_value(monitor: Monitor, periods: float) -> float:
    """Return the average payoff V under suspension of `periods` (infinity: for ever).

    Examples
    --------
    >>> at = Monitor(temptation=5, reward=3, punishment=1, false_alarm=0.05, detection=0.6, discount=0.9)
    >>> round(suspension_value(at, 4), 6)
    2.731969
    """
    leak = monitor.false_alarm * monitor.discount * _kappa(monitor.discount, periods)
    patience = 1 - monitor.discount
    return (monitor.reward * patience + leak * monitor.punishment) / (patience + leak)


def suspension_slack(monitor: Monitor, periods: float) -> float:
    """Return how far compliance is from a profitable breach, total discounted payoff; negative if it pays."""
    kappa = _kappa(monitor.discount, periods)
    gap = monitor.detection - monitor.false_alarm
    loss = monitor.discount * gap * kappa * (monitor.reward - monitor.punishment)
    worth = loss / (1 - monitor.discount + monitor.false_alarm * monitor.discount * kappa)
    return worth - (monitor.temptation - monitor.reward)


def least_suspension(monitor: Monitor) -> int | None:
    """Return the shortest suspension, in whole periods, that deters a breach; None if not even for ever does.

    The constraint is linear in κ, so K is the least whole number with
    :math:`1 - δ^K ≥ (T-R)(1-δ) / (δ[(d-α)(R-P) - α(T-R)])`.

    Examples
    --------
    >>> least_suspension(
    ...     Monitor(temptation=5, reward=3, punishment=1, false_alarm=0.1, detection=0.5, discount=0.8)
    ... )
    9
    """
    gain = monitor.temptation - monitor.reward
    loss = monitor.reward - monitor.punishment
    bracket = (monitor.detection - monitor.false_alarm) * loss - monitor.false_alarm * gain
    if gain * (1 - monitor.discount) >= monitor.discount * bracket:
        return None  # where both sides are equal only a suspension for ever deters
    kappa = gain * (1 - monitor.discount) / (monitor.discount * bracket)
    periods = max(1, ceil(log1p(-kappa) / log(monitor.discount) - 1e-12))
    while suspension_slack(monitor, periods) < -1e-12 * gain:  # round-off at an exact threshold
        periods += 1
    return periods


def imperfect_grim_threshold(monitor: Monitor) -> float:
    """Return the least δ at which ending the treaty at the first alarm deters; at least 1 means never.

    :math:`δ^* = (T-R) / [(d-α)(R-P) + (1-α)(T-R)]`; the monitor's own discount is ignored.

    Examples
    --------
    >>> at = Monitor(temptation=5, reward=3, punishment=1, false_alarm=0.05, detection=0.6, discount=0)
    >>> round(imperfect_grim_threshold(at), 6)
    0.666667
    """
    gain = monitor.temptation - monitor.reward
    loss = monitor.reward - monitor.punishment
    below = (monitor.detection - monitor.false_alarm) * loss + (1 - monitor.false_alarm) * gain
    return gain / below if below > 0 else inf


def tolerance_slacks(monitor: Monitor, alarms: int) -> FloatArray:
    """Return the slack of compliance with 1, 2, …, `alarms` alarms left, total discounted payoff."""
    values = tolerance_values(monitor, alarms)
    gap = monitor.discount * (monitor.detection - monitor.false_alarm)
    slacks: FloatArray = gap * np.diff(values) - (monitor.temptation - monitor.reward)
    return slacks


def tolerance_values(monitor: Monitor, alarms: int) -> FloatArray:
    """Return the total discounted payoff with 0, 1, …, `alarms` alarms left, [alarms + 1]."""
    if alarms < 0 or alarms != int(alarms):
        raise ParameterError(f"alarms must be a whole number of at least 0, got {alarms}")
    values = [monitor.punishment / (1 - monitor.discount)]
    for _ in range(int(alarms)):
        ahead = monitor.discount * monitor.false_alarm * values[-1]
        values.append((monitor.reward + ahead) / (1 - monitor.discount * (1 - monitor.false_alarm)))
    return np.array(values)


def greatest_tolerance(monitor: Monitor, limit: int = 10_000) -> int:
    """Return the most alarms M that a treaty can tolerate before it ends and still deter a breach; 0 if none.

    Slacks fall with every further alarm that is left, so the first negative one decides.
    Without false alarms nothing falls, and `limit` is returned if it deters at all.

    Examples
    --------
    >>> greatest_tolerance(
    ...     Monitor(temptation=5, reward=3, punishment=1, false_alarm=0.05, detection=0.6, discount=0.95)
    ... )
    3
    """
    failing = np.flatnonzero(tolerance_slacks(monitor, limit) < 0)
    return int(failing[0]) if len(failing) else limit


def mean_duration(false_alarm: float, alarms: int = 1) -> float:
    """Return the mean number of periods until `alarms` false alarms end a fully compliant treaty: M / α."""
    return alarms / false_alarm if false_alarm > 0 else inf


@dataclass(frozen=True, kw_only=True)
class GaussianTrigger:
    """The best alarm threshold for a Gaussian signal.

    Attributes
    ----------
    threshold : float
        The alarm sounds above it, in the signal's unit.
    periods : float
        Length of the suspension, infinity for ever.
    false_alarm, detection : float
    value : float
        Average payoff.
    """

    threshold: float
    periods: float
    false_alarm: float
    detection: float
    value: float


def best_gaussian_trigger(
    *,
    temptation: float,
    reward: float,
    punishment: float,
    discount: float,
    noise: float,
    shift: float = 2.0,
    periods: float = inf,
) -> GaussianTrigger | None:
    """Return the most lenient threshold that deters, for a suspension of `periods`; None if none does.

    The public signal is normal with mean 0 when both comply and `shift` when one breaches, and standard
    deviation `noise`.  For a given suspension the value falls with the false alarms only, so the best
    threshold is the highest that satisfies the incentive constraint.  The longer the suspension, the
    higher it can be: a
    *lenient test and a harsh punishment* (Porter 1983), hence the default of a suspension for ever.

    Examples
    --------
    >>> best = best_gaussian_trigger(temptation=5, reward=3, punishment=1, discount=0.9, noise=1.0)
    >>> round(best.value, 4)
    2.9883
    """
    if not (noise > 0 and isfinite(noise)):
        raise ParameterError(f"noise must be positive and finite, got {noise}")
    if not shift > 0:
        raise ParameterError(f"shift must be positive, got {shift}")

    def monitor(threshold: float) -> Monitor:
        return Monitor(
            temptation=temptation,
            reward=reward,
            punishment=punishment,
            discount=discount,
            false_alarm=_tail(threshold / noise),
            detection=_tail((threshold - shift) / noise),
        )

    def slack(threshold: float) -> float:
        return suspension_slack(monitor(threshold), periods)

    grid = np.linspace(shift + 10 * noise, shift / 2 - 10 * noise, 2001)
    deterring = next((k for k, threshold in enumerate(grid) if slack(threshold) >= 0), None)
    if deterring is None:
        return None
    low, high = float(grid[deterring]), float(grid[max(deterring - 1, 0)])
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if slack(middle) >= 0 else (low, middle)
    best = monitor(low)
    return GaussianTrigger(
        threshold=low,
        periods=periods,
        false_alarm=best.false_alarm,
        detection=best.detection,
        value=suspension_value(best, periods),
    )


def _kappa(discount: float, periods: float) -> float:
    if not periods >= 1:
        raise ParameterError(f"periods must be at least 1, got {periods}")
    if discount == 0 or periods == inf:
        return 1.0
    return 1 - exp(periods * log(discount))


def _tail(z: float) -> float:
    """Return the probability that a standard normal exceeds `z`."""
    return 0.5 * erfc(z / sqrt(2))
