r"""A treaty of two in a world of three (AT-21, a proposal of this project).

Mutual restraint is worth R − κ m to each party when an outsider has an arsenal m.  Staying beats leaving in
one shot exactly for :math:`m ≤ (R-P)/κ`, and grim trigger sustains restraint from
:math:`δ^*(m) = (T-R+κm)/(T-P)` on.
"""

import numpy as np

from sim.games.reference_models.search import crossing


def largest_tolerable_arsenal(reward: float, punishment: float, sensitivity: float) -> float:
    """Return the outsider's arsenal up to which restraint is worth more than none."""
    return (reward - punishment) / sensitivity


def critical_discount(
    arsenal: float, *, temptation: float, reward: float, punishment: float, sensitivity: float
) -> float:
    """Return δ*(m).

    Examples
    --------
    >>> critical_discount(0.5, temptation=5, reward=3, punishment=1, sensitivity=1.5)
    0.6875
    """
    return (temptation - reward + sensitivity * arsenal) / (temptation - punishment)


def discount_by_payoffs(
    arsenal: float, *, temptation: float, reward: float, punishment: float, sensitivity: float
) -> float:
    """Return the same by adding up both courses period by period and bisecting on the discount.

    Who breaks restraint gets T once and P for ever after.
    """
    periods = np.arange(20_000)

    def gain_of_staying(discount: float) -> float:
        weights = (1 - discount) * discount**periods
        stay = weights.sum() * (reward - sensitivity * arsenal)
        leave = weights[0] * temptation + weights[1:].sum() * punishment
        return float(stay - leave)

    return crossing(gain_of_staying, 1e-6, 0.9985)
