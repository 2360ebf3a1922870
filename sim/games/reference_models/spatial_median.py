r"""Bargaining on one dimension: the weighted median (AT-20).

Actors k with capability c_k and salience s_k hold positions x_k.  Between two proposals everyone backs the
nearer with weight c_k s_k times the difference of distances; the proposal with more backing wins.  With
*votes* of weight c_k s_k that do not grow with distance, the weighted median beats every other position
(Black 1948): it is the Condorcet winner.

References
----------
Black (1948), On the rationale of group decision-making, Journal of Political Economy 56.
Bueno de Mesquita (1994), Political forecasting: an expected utility method.
"""

from collections.abc import Sequence

import numpy as np


def weighted_mean(positions: Sequence[float], weights: Sequence[float]) -> float:
    """Return the mean position."""
    return float(np.average(positions, weights=weights))


def weighted_median(positions: Sequence[float], weights: Sequence[float]) -> float:
    """Return the least position with at least half of the weight at or below it.

    Examples
    --------
    >>> weighted_median([40, 60, 100], [2, 1, 4])
    100.0
    """
    order = np.argsort(positions, kind="stable")
    below = np.cumsum(np.asarray(weights, dtype=float)[order])
    return float(np.asarray(positions, dtype=float)[order][np.searchsorted(below, below[-1] / 2)])


def condorcet_winner(positions: Sequence[float], weights: Sequence[float]) -> float | None:
    """Return the position that no other one beats in a vote of the weights, by trying all pairs.

    Where several are unbeaten (the weight splits evenly) the least is returned.
    """
    places = np.asarray(positions, dtype=float)
    strength = np.asarray(weights, dtype=float)
    for candidate in sorted(set(places.tolist())):
        margins = [
            (strength * np.sign(np.abs(places - rival) - np.abs(places - candidate))).sum()
            for rival in set(places.tolist())
        ]
        if min(margins) >= 0:
            return float(candidate)
    return None
