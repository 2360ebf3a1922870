"""Bisection and golden-section search: plain, slow, and independent of any closed form."""

from collections.abc import Callable


def crossing(function: Callable[[float], float], low: float, high: float, width: float = 0.0) -> float:
    """Return where `function` changes sign between `low` and `high`, by bisection to `width`.

    Examples
    --------
    >>> round(crossing(lambda x: x * x - 2, 0, 2), 12)
    1.414213562373
    """
    sign = function(low) > 0
    while True:
        middle = 0.5 * (low + high)
        if middle in {low, high} or abs(high - low) <= width:  # neighbouring floats, or close enough
            return middle
        if (function(middle) > 0) == sign:
            low = middle
        else:
            high = middle


def peak(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where `function`, which rises and then falls, is largest.

    Examples
    --------
    >>> round(peak(lambda x: -(x - 1) ** 2, 0, 3), 6)
    1.0
    """
    ratio = (5**0.5 - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(100):
        if at_left > at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = function(right)
    return 0.5 * (low + high)
