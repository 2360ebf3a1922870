"""Gaussian elimination for the small dense systems inside a kernel."""

import numpy as np

from sim.arrays import FloatArray
from sim.compiled import part

NO_PIVOT = 1e-300


@part
def gauss(matrix: FloatArray, k: int, solution: FloatArray) -> tuple[int, float]:
    """Solve the augmented system [k, k + 1]; return the sign of the determinant and the smallest pivot."""
    sign = 1
    smallest = np.inf
    for column in range(k):
        best = column
        largest = abs(matrix[column, column])
        for row in range(column + 1, k):
            if abs(matrix[row, column]) > largest:
                largest = abs(matrix[row, column])
                best = row
        smallest = min(smallest, largest)
        if largest < NO_PIVOT:
            return 0, 0.0
        if best != column:
            sign = -sign
            for j in range(column, k + 1):
                matrix[column, j], matrix[best, j] = matrix[best, j], matrix[column, j]
        if matrix[column, column] < 0.0:
            sign = -sign
        inverse = 1.0 / matrix[column, column]
        for row in range(column + 1, k):
            factor = matrix[row, column] * inverse
            if factor != 0.0:
                for j in range(column + 1, k + 1):
                    matrix[row, j] -= factor * matrix[column, j]
    for row in range(k - 1, -1, -1):
        value = matrix[row, k]
        for j in range(row + 1, k):
            value -= matrix[row, j] * solution[j]
        solution[row] = value / matrix[row, row]
    return sign, smallest
