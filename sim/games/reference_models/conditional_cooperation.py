r"""Cooperating with one who reciprocates what it detects (AT-05).

The opponent copies my move, which it reads correctly with probability p.  Cooperation pays,
:math:`R p + S (1-p) > P p + T (1-p)`, exactly above :math:`p = (T-S) / ((T-S) + (R-P))`.

References
----------
Brams, Davis & Straffin (1979), The geometry of the arms race, International Studies Quarterly 23, 567-588.
"""


def detection_threshold(temptation: float, reward: float, punishment: float, sucker: float) -> float:
    """Return the detection probability above which cooperation pays.

    Examples
    --------
    >>> detection_threshold(4, 3, 2, 1)
    0.75
    """
    return (temptation - sucker) / ((temptation - sucker) + (reward - punishment))


def by_comparison(temptation: float, reward: float, punishment: float, sucker: float) -> float:
    """Return the same threshold by bisection on the better of the two expected payoffs."""
    low, high = 0.0, 1.0
    for _ in range(60):
        p = 0.5 * (low + high)
        cooperate = reward * p + sucker * (1 - p)
        defect = punishment * p + temptation * (1 - p)
        low, high = (low, p) if cooperate > defect else (p, high)
    return 0.5 * (low + high)
