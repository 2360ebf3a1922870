"""Support functions of the APS operator, compiled: small linear programmes over continuation payoffs.

For a joint action with signal probabilities π(y), the best continuation in direction λ solves

    max Σ_y π(y) λ·w(y)   subject to   w(y) ∈ W for every y,   Σ_y c_j(y) w_{i(j)}(y) >= b_j for every
    deviation j.

Each w(y) is a mixture of W's vertices, so the variables are weights x[y, k] >= 0 with Σ_k x[y, k] = 1.
Two-phase dense simplex with largest coefficients first and Bland's rule once it stalls.
"""

import numpy as np

from sim.compiled import kernel

FEASIBLE, INFEASIBLE, FAILED = 1, 0, -1


@kernel
def _pivot(tableau, basis, row, column):  # type: ignore[no-untyped-def]
    rows, columns = tableau.shape
    inverse = 1.0 / tableau[row, column]
    for c in range(columns):
        tableau[row, c] *= inverse
    for r in range(rows):
        if r != row:
            f = tableau[r, column]
            if f != 0.0:
                for c in range(columns):
                    tableau[r, c] -= f * tableau[row, c]
    basis[row] = column


@kernel
def _maximise(tableau, basis, allowed, tol):  # type: ignore[no-untyped-def]
    """Run the simplex; the last row holds reduced costs, and columns from `allowed` on may not enter."""
    rows, last = tableau.shape[0] - 1, tableau.shape[1] - 1
    for step in range(5000):
        column, best = -1, tol
        for c in range(allowed):
            if tableau[rows, c] > best:
                column = c
                if step > 500:  # Bland: the first one, which cannot cycle
                    break
                best = tableau[rows, c]
        if column < 0:
            return True
        row, ratio = -1, np.inf
        for r in range(rows):
            if tableau[r, column] > 1e-11:
                q = tableau[r, last] / tableau[r, column]
                if q < ratio - 1e-13 or (q < ratio + 1e-13 and row >= 0 and basis[r] < basis[row]):
                    row, ratio = r, q
        if row < 0:
            return False
        _pivot(tableau, basis, row, column)
    return False


@kernel
def best_continuation(  # type: ignore[no-untyped-def]
    vertices, signals, coefficients, players, bounds, direction, tol, point
):
    """Return (status, λ·E w) and leave the expected continuation E w in `point` [2].

    `vertices` [V, 2], `signals` [Y], `coefficients` [J, Y], `players` [J], `bounds` [J], `direction` [2].
    """
    num_signals, num_vertices, num_constraints = len(signals), len(vertices), len(bounds)
    weights = num_signals * num_vertices
    rows = num_signals + num_constraints
    last = weights + 2 * num_constraints
    tableau = np.zeros((rows + 1, last + 1))
    basis = np.zeros(rows, np.int64)
    for y in range(num_signals):
        for k in range(num_vertices):
            tableau[y, y * num_vertices + k] = 1.0
        tableau[y, last] = 1.0
        basis[y] = y * num_vertices
    artificial = False
    for j in range(num_constraints):
        r = num_signals + j
        start = 0.0
        for y in range(num_signals):
            first = coefficients[j, y] * vertices[0, players[j]]
            start += first
            for k in range(num_vertices):
                # the starting weights on vertex 0 are taken out of the row at once
                tableau[r, y * num_vertices + k] = coefficients[j, y] * vertices[k, players[j]] - first
        tableau[r, weights + j] = -1.0
        tableau[r, last] = bounds[j] - start
        if start >= bounds[j]:
            for c in range(last + 1):
                tableau[r, c] = -tableau[r, c]
            basis[r] = weights + j
        else:
            tableau[r, weights + num_constraints + j] = 1.0
            basis[r] = weights + num_constraints + j
            artificial = True
    if artificial:
        for r in range(num_signals, rows):
            if basis[r] >= weights + num_constraints:
                for c in range(last + 1):
                    tableau[rows, c] += tableau[r, c]
        for j in range(num_constraints):
            tableau[rows, weights + num_constraints + j] = 0.0
        if not _maximise(tableau, basis, weights + num_constraints, tol * 1e-3):
            return FAILED, 0.0
        if tableau[rows, last] > tol:
            return INFEASIBLE, 0.0
        for r in range(rows):  # drive artificial variables out of the basis where possible
            if basis[r] >= weights + num_constraints:
                for c in range(weights + num_constraints):
                    if abs(tableau[r, c]) > 1e-9:
                        _pivot(tableau, basis, r, c)
                        break
    for c in range(last + 1):
        tableau[rows, c] = 0.0
    for y in range(num_signals):
        for k in range(num_vertices):
            worth = direction[0] * vertices[k, 0] + direction[1] * vertices[k, 1]
            tableau[rows, y * num_vertices + k] = signals[y] * worth
    for r in range(rows):
        f = tableau[rows, basis[r]]
        if f != 0.0:
            for c in range(last + 1):
                tableau[rows, c] -= f * tableau[r, c]
    if not _maximise(tableau, basis, weights + num_constraints, tol * 1e-3):
        return FAILED, 0.0
    point[0], point[1] = 0.0, 0.0
    for r in range(rows):
        if basis[r] < weights:
            y, k = basis[r] // num_vertices, basis[r] % num_vertices
            point[0] += signals[y] * tableau[r, last] * vertices[k, 0]
            point[1] += signals[y] * tableau[r, last] * vertices[k, 1]
    return FEASIBLE, direction[0] * point[0] + direction[1] * point[1]


@kernel
def support_point(  # type: ignore[no-untyped-def]
    vertices, payoffs, signals, coefficients, players, bounds, discount, direction, tol, best
):
    """Return (status, λ·v) of the best payoff that an action decomposes on W, and leave it in `best`.

    Arrays as above with a leading axis of joint actions; `payoffs` [actions, 2].
    """
    point = np.zeros(2)
    highest, status = -np.inf, INFEASIBLE
    for a in range(len(payoffs)):
        outcome, worth = best_continuation(
            vertices, signals[a], coefficients[a], players, bounds[a], direction, tol, point
        )
        if outcome == FAILED:
            return FAILED, 0.0
        if outcome == FEASIBLE:
            value = (1 - discount) * (
                direction[0] * payoffs[a, 0] + direction[1] * payoffs[a, 1]
            ) + discount * worth
            if value > highest + 1e-13:
                highest, status = value, FEASIBLE
                best[0] = (1 - discount) * payoffs[a, 0] + discount * point[0]
                best[1] = (1 - discount) * payoffs[a, 1] + discount * point[1]
    return status, highest
