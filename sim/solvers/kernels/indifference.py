"""The indifference equations of a profile of supports, and Newton's method for them.

The unknowns are the weights of all but the first action of each support; the equations say that each of these
actions earns its player as much as the first.  Payoffs are given flat, ``scaled[player, joint action]``.
"""

from sim.arrays import FloatArray, IntArray
from sim.compiled import part
from sim.solvers.kernels.linear_system import gauss

SINGULAR = 1e-7  # smallest pivot of a Jacobian that counts as regular, in units of the payoff range
CONVERGED = 1e-13
MAX_STEPS = 30
FAILED, REGULAR_ROOT, SINGULAR_ROOT = 0, 1, 2


@part
def gains_in_support(
    scaled: FloatArray,
    strides: IntArray,
    support: IntArray,
    sizes: IntArray,
    gains: FloatArray,
    local: IntArray,
) -> None:
    """Fill ``gains[equation, q]``, an action's gain over the first of its support at the others' q-th point.

    ``local[player, q, other]`` is the place in the support of `other` at that point.
    """
    players = len(sizes)
    equation = 0
    for i in range(players):
        points = 1
        for j in range(players):
            if j != i:
                points *= sizes[j]
        for q in range(points):
            rest = q
            joint = 0
            for j in range(players - 1, -1, -1):
                if j != i:
                    place = rest % sizes[j]
                    rest //= sizes[j]
                    local[i, q, j] = place
                    joint += support[j, place] * strides[j]
            first = scaled[i, joint + support[i, 0] * strides[i]]
            for r in range(1, sizes[i]):
                gains[equation + r - 1, q] = scaled[i, joint + support[i, r] * strides[i]] - first
        equation += sizes[i] - 1


@part
def newton(
    gains: FloatArray,
    local: IntArray,
    sizes: IntArray,
    unknown: int,
    x: FloatArray,
    residual: FloatArray,
    slopes: FloatArray,
    jacobian: FloatArray,
    step: FloatArray,
) -> tuple[int, int]:
    """Improve `x` to a root; return the verdict and the root's index."""
    players = len(sizes)
    if unknown == 0:
        return REGULAR_ROOT, 1
    for _ in range(MAX_STEPS):
        _linearise(gains, local, sizes, x, residual, slopes, jacobian)
        largest = 0.0
        for e in range(unknown):
            largest = max(largest, abs(residual[e]))
            jacobian[e, unknown] = -residual[e]
        sign, pivot = gauss(jacobian, unknown, step)
        if largest < CONVERGED:
            if pivot < SINGULAR:
                return SINGULAR_ROOT, 0
            return REGULAR_ROOT, sign if unknown % 2 == 0 else -sign
        if sign == 0:
            return FAILED, 0
        longest = 0.0
        for e in range(unknown):
            longest = max(longest, abs(step[e]))
        shrink = 0.5 / longest if longest > 0.5 else 1.0
        e = 0
        for i in range(players):
            total = 0.0
            for a in range(1, sizes[i]):
                x[i, a] += shrink * step[e]
                e += 1
                total += x[i, a]
                if x[i, a] < -1.0 or x[i, a] > 2.0:
                    return FAILED, 0
            x[i, 0] = 1.0 - total
    return FAILED, 0


@part
def _linearise(
    gains: FloatArray,
    local: IntArray,
    sizes: IntArray,
    x: FloatArray,
    residual: FloatArray,
    slopes: FloatArray,
    jacobian: FloatArray,
) -> None:
    """Fill the residuals at `x` and their derivatives by all weights but the first of each player."""
    players = len(sizes)
    start = 0
    for i in range(players):
        equations = sizes[i] - 1
        if equations == 0:
            continue
        points = 1
        for j in range(players):
            if j != i:
                points *= sizes[j]
        for e in range(start, start + equations):
            residual[e] = 0.0
            for j in range(players):
                for a in range(sizes[j]):
                    slopes[e, j, a] = 0.0
        if players == 3:  # two others, j before k: each gain is a slope by either's weight
            j = 1 if i == 0 else 0
            k = 1 if i == 2 else 2
            for e in range(start, start + equations):
                q = 0
                for a in range(sizes[j]):
                    weight = x[j, a]
                    slope = 0.0
                    for b in range(sizes[k]):
                        gain = gains[e, q]
                        q += 1
                        slope += gain * x[k, b]
                        slopes[e, k, b] += gain * weight
                    slopes[e, j, a] = slope
        else:
            for q in range(points):
                for j in range(players):
                    if j == i:
                        continue
                    weight = 1.0
                    for other in range(players):
                        if other != i and other != j:  # noqa: PLR1714  # a set here costs ten times the product
                            weight *= x[other, local[i, q, other]]
                    place = local[i, q, j]
                    for e in range(start, start + equations):
                        slopes[e, j, place] += gains[e, q] * weight
        rival = 0 if i > 0 else 1
        for e in range(start, start + equations):
            for a in range(sizes[rival]):
                residual[e] += slopes[e, rival, a] * x[rival, a]
            column = 0
            for j in range(players):
                for a in range(1, sizes[j]):
                    jacobian[e, column] = 0.0 if j == i else slopes[e, j, a] - slopes[e, j, 0]
                    column += 1
        start += equations
