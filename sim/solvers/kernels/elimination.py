"""Three who mix, one of them between two actions: all solutions as the roots of one polynomial.

Given the probability t of that player's second action, the equations of the two others, a and b, are
linear: their weights are minors of matrices linear in t, and the equation that is left is a polynomial in
t.  Its roots in (0, 1) are isolated by the sign changes of its Bernstein coefficients, so that none can be
missed; where a sign cannot be trusted, or the minors vanish, nothing is decided.

References
----------
McKelvey & McLennan (1997), The maximal number of regular totally mixed Nash equilibria.
Farouki (2012), The Bernstein polynomial basis: a centennial retrospective, section 5 (root isolation).
"""

from functools import lru_cache
from math import comb

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.compiled import part

UNDECIDED = -1
STACK = 64  # intervals waiting while roots are isolated
TINY = 1e-10  # a coefficient, relative to the largest, whose sign is not trusted
DUST = 1e-15  # a value, relative to the largest, that is rounding error
SPLIT = 0.4817  # roots of games with round payoffs do not lie here
FAINT = 1e-4  # minors this small do not determine weights
ROUGH = 1e-3  # a weight this far below zero is not a root's rounding error
ROOT_HALVINGS = 30
NARROW = 1e-6  # an interval that still may hold two roots


@lru_cache(maxsize=16)
def bernstein_tables(size: int) -> tuple[FloatArray, FloatArray]:
    """Return, for each degree below `size`, points in (0, 1) and the matrix from values to coefficients.

    Returns
    -------
    nodes : float array [size, size]
        Row d holds the d + 1 points for polynomials of degree d.
    to_bernstein : float array [size, size, size]
    """
    nodes = np.zeros((size, size))
    matrices = np.zeros((size, size, size))
    for degree in range(size):
        count = degree + 1
        points = 0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / count)
        basis = [[comb(degree, j) * t**j * (1 - t) ** (degree - j) for j in range(count)] for t in points]
        nodes[degree, :count] = points
        matrices[degree, :count, :count] = np.linalg.inv(np.array(basis))
    return sealed(nodes), sealed(matrices)


@part
def eliminate(
    gains: FloatArray,
    sizes: IntArray,
    roles: IntArray,
    nodes: FloatArray,
    to_bernstein: FloatArray,
    curve: FloatArray,
    stack: FloatArray,
    intervals: FloatArray,
    work: FloatArray,
    candidates: FloatArray,
) -> int:
    """Find all roots near the simplex of a system of three who mix, one of them between two actions.

    Given that player's probability t, the equations of the two others, a and b, are linear, so that their
    weights are minors of matrices linear in t, and the remaining equation is a polynomial in t.  `roles` are
    that player, a and b, see `support_table`.  Returns the number of `candidates` filled in, or UNDECIDED.
    """
    pivot, a, b = roles[0], roles[1], roles[2]
    if pivot < 0:
        return UNDECIDED
    equal = sizes[a] == sizes[b]
    degree = 2 * (sizes[b] - 1) if equal else sizes[b]
    for q in range(degree + 1):
        curve[q] = _curve(gains, sizes, pivot, a, b, nodes[degree, q], work, candidates[0])
    largest = 0.0
    for j in range(degree + 1):
        value = 0.0
        for q in range(degree + 1):
            value += to_bernstein[degree, j, q] * curve[q]
        stack[0, j] = value
        largest = max(largest, abs(value))
    if abs(stack[0, 0]) <= TINY * largest or abs(stack[0, degree]) <= TINY * largest or largest < 1e-9:
        return UNDECIDED
    waiting = 1
    count = 0
    low = intervals[0]
    width = intervals[1]
    low[0] = 0.0
    width[0] = 1.0
    while waiting > 0:
        waiting -= 1
        top = waiting
        changes = 0
        for j in range(degree):
            if (stack[top, j] > 0.0) != (stack[top, j + 1] > 0.0):
                changes += 1
        if changes == 0:
            continue
        if changes == 1:
            t = low[top] + width[top] * _bracketed_root(stack[top], degree, curve)
            candidate = candidates[count]
            for i in range(len(sizes)):
                for j in range(sizes[i]):
                    candidate[i, j] = 1.0
            _curve(gains, sizes, pivot, a, b, t, work, candidate)
            candidate[pivot, 0] = 1.0 - t
            candidate[pivot, 1] = t
            if min(_size(candidate[a], sizes[a]), _size(candidate[b], sizes[b])) < FAINT:
                return UNDECIDED
            if _as_weights(candidate[a], sizes[a]) and _as_weights(candidate[b], sizes[b]):
                count += 1
            continue
        if width[top] < NARROW or waiting + 2 > STACK:
            return UNDECIDED
        # de Casteljau's triangle gives the coefficients on both parts of the interval
        for j in range(degree + 1):
            curve[j] = stack[top, j]
        left = SPLIT * width[top]
        start = low[top]
        right = width[top] - left
        for level in range(degree + 1):
            stack[top, level] = curve[0]
            stack[top + 1, degree - level] = curve[degree - level]
            for j in range(degree - level):
                curve[j] += SPLIT * (curve[j + 1] - curve[j])
        if abs(stack[top + 1, 0]) <= DUST * largest:
            return UNDECIDED
        low[top], width[top] = start, left
        low[top + 1], width[top + 1] = start + left, right
        waiting = top + 2
    return count


@part
def _curve(
    gains: FloatArray,
    sizes: IntArray,
    pivot: int,
    a: int,
    b: int,
    t: float,
    work: FloatArray,
    weights: FloatArray,
) -> float:
    """Return the polynomial whose roots are the pivot's probabilities t of its second action at solutions.

    Fills ``weights[a]`` and ``weights[b]``, up to a factor, with what solves the equations but for one.
    """
    row = 0
    for i in range(pivot):
        row += sizes[i] - 1
    extremal = sizes[a] > sizes[b]
    value = 0.0
    for side in range(2):
        own, other = (a, b) if side == 0 else (b, a)
        first = 0
        for i in range(own):
            first += sizes[i] - 1
        for r in range(sizes[own] - 1):
            for j in range(sizes[other]):
                q0 = 2 * j if other < pivot else j
                q1 = q0 + 1 if other < pivot else j + sizes[other]
                work[0, r, j] = (1.0 - t) * gains[first + r, q0] + t * gains[first + r, q1]
        if side == 1:  # the pivot's equation, given b's weights, is linear in a's
            for i in range(sizes[a]):
                total = 0.0
                for j in range(sizes[b]):
                    q = i * sizes[b] + j if a < b else j * sizes[a] + i
                    total += gains[row, q] * weights[b, j]
                work[0, sizes[a] - 1 if not extremal else sizes[a] - 2, i] = total
        known = sizes[other] - 1
        _minors(work, known, weights[other])
        if extremal == (side == 0):  # one equation is left: a's last, or the pivot's
            for j in range(sizes[other]):
                value += work[0, known, j] * weights[other, j]
    return value


@part
def _size(vector: FloatArray, size: int) -> float:
    total = 0.0
    for j in range(size):
        total += abs(vector[j])
    return total


@part
def _as_weights(vector: FloatArray, size: int) -> bool:
    """Divide `vector` by its sum; False if some weight is clearly negative."""
    total = 0.0
    for j in range(size):
        total += vector[j]
    if total == 0.0:
        return False
    for j in range(size):
        vector[j] /= total
        if vector[j] < -ROUGH:
            return False
    return True


@part
def _minors(work: FloatArray, k: int, kernel: FloatArray) -> None:
    """Fill `kernel` with the signed minors of ``work[0]`` [k, k + 1], which span its kernel."""
    if k == 1:
        kernel[0] = work[0, 0, 1]
        kernel[1] = -work[0, 0, 0]
        return
    if k == 2:
        for j in range(3):
            one, two = (j + 1) % 3, (j + 2) % 3
            kernel[j] = work[0, 0, one] * work[0, 1, two] - work[0, 0, two] * work[0, 1, one]
        return
    sign = 1.0
    for left_out in range(k + 1):
        for i in range(k):
            for j in range(k):
                work[1, i, j] = work[0, i, j + (j >= left_out)]
        determinant = sign
        sign = -sign
        for column in range(k):
            best = column
            for row in range(column + 1, k):
                if abs(work[1, row, column]) > abs(work[1, best, column]):
                    best = row
            if best != column:
                determinant = -determinant
                for j in range(column, k):
                    work[1, column, j], work[1, best, j] = work[1, best, j], work[1, column, j]
            determinant *= work[1, column, column]
            if determinant == 0.0:
                break
            for row in range(column + 1, k):
                factor = work[1, row, column] / work[1, column, column]
                for j in range(column + 1, k):
                    work[1, row, j] -= factor * work[1, column, j]
        kernel[left_out] = determinant


@part
def _bracketed_root(coefficients: FloatArray, degree: int, work: FloatArray) -> float:
    """Return the only root in (0, 1) of a polynomial whose Bernstein coefficients change sign once."""
    low = 0.0
    high = 1.0
    rising = coefficients[degree] > 0.0
    for _ in range(ROOT_HALVINGS):
        middle = 0.5 * (low + high)
        for j in range(degree + 1):
            work[j] = coefficients[j]
        for level in range(degree, 0, -1):
            for j in range(level):
                work[j] += middle * (work[j + 1] - work[j])
        if (work[0] > 0.0) == rising:
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)
