r"""Inspections on a budget: n periods, m inspections, up to k violations (AT-04).

In each period the inspectee is legal or violates and the inspector, who knows how many inspections are left,
inspects or not.  A caught violation costs the inspectee b and ends the game, an undetected one gains it 1.
The inspectee's value is

.. math:: u(n, m, k) = \frac{\binom{n}{m+1} - \binom{n-k}{m+1}}{s_b(n, m)},
          \qquad s_b(n, m) = \sum_{i=0}^{m} \binom{n}{i} b^{m-i}.

References
----------
Dresher (1962), RAND RM-2972. von Stengel (2016), Recursive inspection games, Mathematics of Operations
Research 41.
"""

from functools import cache
from math import comb

from sim.errors import ParameterError


def inspectee_value(periods: int, inspections: int, violations: int, penalty: float = 1.0) -> float:
    """Return u(n, m, k) by the closed form.

    Examples
    --------
    >>> round(inspectee_value(10, 3, 1), 6)
    0.477273
    """
    _check(periods, inspections, violations, penalty)
    n, m, k = periods, inspections, violations
    if m >= n or k == 0:
        return 0.0
    return (comb(n, m + 1) - comb(max(n - k, 0), m + 1)) / _weights(n, m, penalty)


def first_inspection_probability(periods: int, inspections: int) -> float:
    """Return the probability of inspecting in the first period for b = 1, s(n−1, m−1)/s(n, m), whatever k."""
    _check(periods, inspections, 1, 1.0)
    if inspections >= periods:
        return 1.0
    if inspections == 0:
        return 0.0
    return _weights(periods - 1, inspections - 1, 1.0) / _weights(periods, inspections, 1.0)


def by_recursion(
    periods: int, inspections: int, violations: int, penalty: float = 1.0
) -> tuple[float, float]:
    """Return (value, probability of inspecting in the first period) by solving the 2×2 game of every period.

    The matrix is [[u(n−1, m−1, k), u(n−1, m, k)], [−b, 1 + u(n−1, m, k−1)]], rows legal and violate, columns
    inspect and not; the inspectee maximises.
    """
    _check(periods, inspections, violations, penalty)

    @cache
    def value(n: int, m: int, k: int) -> tuple[float, float]:
        if m >= n or k == 0 or n == 0:
            return 0.0, 1.0 if m >= n else 0.0
        if m == 0:
            return float(min(n, k)), 0.0
        legal = (value(n - 1, m - 1, k)[0], value(n - 1, m, k)[0])
        violate = (-penalty, 1 + value(n - 1, m, k - 1)[0])
        return _zero_sum(legal, violate)

    return value(periods, inspections, violations)


def _zero_sum(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """Return the row player's value of a 2×2 zero-sum game and the column player's weight on column 0."""
    candidates = [0.0, 1.0]
    slope = (first[0] - first[1]) - (second[0] - second[1])
    if slope != 0:
        candidates.append((second[1] - first[1]) / slope)
    inside = [q for q in candidates if 0 <= q <= 1]
    worst = {q: max(q * row[0] + (1 - q) * row[1] for row in (first, second)) for q in inside}
    best = min(worst, key=lambda q: worst[q])
    return worst[best], best


def _weights(n: int, m: int, penalty: float) -> float:
    return float(sum(comb(n, i) * penalty ** (m - i) for i in range(m + 1)))


def _check(periods: int, inspections: int, violations: int, penalty: float) -> None:
    if min(periods, inspections, violations) < 0:
        raise ParameterError(
            f"periods, inspections and violations must be >= 0, got {(periods, inspections, violations)}"
        )
    if not penalty > 0:
        raise ParameterError(f"penalty must be positive, got {penalty}")
