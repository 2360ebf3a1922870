"""Choice probabilities from log-odds, and the inverse of a state's own small system."""

import numpy as np

from sim.compiled import part

LEAST_PIVOT = 0.03
"""A state's own game may be degenerate where the whole game is not: its inverse is kept moderate there."""


@part
def softmax(table, here, i, count):  # type: ignore[no-untyped-def]
    """Turn log-odds [count] in a row of `table` into probabilities."""
    largest = table[here, i, 0]
    for k in range(1, count):
        largest = max(largest, table[here, i, k])
    total = 0.0
    for k in range(count):
        table[here, i, k] = np.exp(table[here, i, k] - largest)
        total += table[here, i, k]
    for k in range(count):
        table[here, i, k] /= total


@part
def invert_beside(matrix, number):  # type: ignore[no-untyped-def]
    """Reduce [A I] to [I A^-1] by Gauss-Jordan elimination with row exchanges; return the determinant's sign."""
    sign = 1.0
    for k in range(number):
        pivot = k
        for line in range(k + 1, number):
            if abs(matrix[line, k]) > abs(matrix[pivot, k]):
                pivot = line
        if pivot != k:
            sign = -sign
            for column in range(2 * number):
                matrix[k, column], matrix[pivot, column] = matrix[pivot, column], matrix[k, column]
        size = matrix[k, k]
        if size < 0:
            sign = -sign
        if abs(size) < LEAST_PIVOT:
            size = LEAST_PIVOT if size >= 0 else -LEAST_PIVOT
        for column in range(2 * number):
            matrix[k, column] /= size
        for line in range(number):
            factor = matrix[line, k]
            if line != k and factor != 0.0:
                for column in range(2 * number):
                    matrix[line, column] -= factor * matrix[k, column]
    return sign


@part
def logistic(z):  # type: ignore[no-untyped-def]
    """Return the probability whose log-odds are `z`."""
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))
