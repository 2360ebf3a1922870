r"""Payoffs as integers, so that a decision near zero can be taken exactly.

A float stands for the number that its user meant: ``0.1`` for 1/10, ``1 - 2/3 - 1/3`` for 0.  Every payoff
is therefore read as the simplest fraction (denominator up to :math:`10^5`) within :math:`2^{-46}` of the
player's largest payoff in absolute value, if there is one, and as the binary fraction it is otherwise;
payoffs closer to each other than that are the same number.  Multiplying a player's payoffs by a positive
constant and adding another changes no best response, so the fractions become integers, and a best-response
condition a sign of an integer determinant.
"""

from fractions import Fraction
from math import floor, lcm

import numpy as np

from sim.arrays import FloatArray

LARGEST_DENOMINATOR = 10**5
RELATIVE_TOLERANCE = 2.0**-46

IntegerMatrix = list[list[int]]


def positive_integers(payoffs: FloatArray) -> IntegerMatrix:
    """Return a matrix of integers >= 1 that orders mixtures as `payoffs` [rows, columns] does.

    Examples
    --------
    >>> positive_integers(np.array([[0.1, 0.3], [0.1 + 0.2, -0.5]]))
    [[7, 9], [9, 1]]
    """
    fractions = meant_fractions(payoffs.ravel())
    scale = lcm(*(fraction.denominator for fraction in fractions))
    integers = [int(fraction * scale) for fraction in fractions]
    lowest = min(integers) - 1
    width = payoffs.shape[1]
    shifted = [value - lowest for value in integers]
    return [shifted[k : k + width] for k in range(0, len(shifted), width)]


def meant_fractions(values: FloatArray) -> list[Fraction]:
    """Return the fraction that each of `values` [n] stands for; values equal up to round-off become equal."""
    tolerance = RELATIVE_TOLERANCE * float(np.abs(values).max())
    fractions: list[Fraction] = [Fraction(0)] * len(values)
    previous, meant = -np.inf, Fraction(0)
    for k in np.argsort(values, kind="stable"):
        value = float(values[k])
        if value - previous > tolerance:
            meant = _simplest(value, tolerance)
        fractions[k], previous = meant, value
    return fractions


def _simplest(value: float, tolerance: float) -> Fraction:
    """Return the first convergent of the continued fraction of `value` near enough to it, or itself."""
    numerator, denominator, last_numerator, last_denominator = 1, 0, 0, 1
    rest = value
    while True:
        whole = floor(rest)
        numerator, last_numerator = whole * numerator + last_numerator, numerator
        denominator, last_denominator = whole * denominator + last_denominator, denominator
        if denominator > LARGEST_DENOMINATOR:
            return Fraction(value)
        if abs(numerator / denominator - value) <= tolerance:
            return Fraction(numerator, denominator)
        if rest - whole < 1 / LARGEST_DENOMINATOR**2:  # the next denominator would be too large
            return Fraction(value)
        rest = 1 / (rest - whole)
