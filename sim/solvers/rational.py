r"""Payoffs as integers, so that a decision near zero can be taken exactly.

A float stands for the number that its user meant: ``0.1`` for 1/10, ``1 - 2/3 - 1/3`` for 0.  Every payoff
is therefore read as the simplest fraction (denominator up to :math:`10^5`) within :math:`2^{-46}` of the
player's largest payoff in absolute value, if there is one, and as the binary fraction it is otherwise;
payoffs closer to each other than that are the same number.  Multiplying a player's payoffs by a positive
constant and adding another changes no best response, so the fractions become integers, and a best-response
condition a sign of an integer determinant.
"""

from fractions import Fraction
from math import lcm

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
    exact = Fraction(value)
    simple = exact.limit_denominator(LARGEST_DENOMINATOR)
    return simple if abs(float(simple - exact)) <= tolerance else exact
