r"""All equilibria of many two-player games: compiled enumeration of pairs of supports of equal size.

For supports :math:`S, R` of size :math:`k` the column player's :math:`y` on :math:`R` must make the rows of
:math:`S` equally good, :math:`x` on :math:`S` the columns of :math:`R`, no weight may be negative and no
other action better.  Pairs in which an action is strictly dominated within the other's support are skipped
without solving, by bit masks.

Every comparison is either clear (beyond `MARGIN` of the player's payoff range, pivots beyond `PIVOT`) or
makes the game *unclear*.  A pair is rejected only by a clear comparison.  If none that matters was unclear,
nothing was missed: an extreme equilibrium with fewer actions in one support than in the other, or with a
tie, gives some pair of equal size, containing the smaller support and contained in the best responses,
whose two systems are singular or solved with a zero weight, so that it is never clearly rejected and the
game is unclear.  An unclear game is solved again, exactly, by `sim.solvers.bimatrix`.
"""

from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray
from sim.compiled import inlined, kernel
from sim.solvers.kernels.dominated_actions import undominated
from sim.solvers.kernels.linear_system import gauss

MARGIN = 1e-8  # in units of the player's payoff range, times the largest weight of the solution
PIVOT = 1e-5  # beyond it the weights carry errors of 1e-11 at most, far below MARGIN
LARGEST_RANGE = 1e300  # beyond it differences overflow
CLEARLY_NOT, CLEARLY, UNCLEAR = 0, 1, 2


@lru_cache(maxsize=64)
def support_pairs(rows: int, columns: int) -> IntArray:
    """Return all pairs of supports of equal size, [pairs, 3]: size, row mask, column mask; small ones first.

    Examples
    --------
    >>> support_pairs(2, 2).tolist()
    [[1, 1, 1], [1, 1, 2], [1, 2, 1], [1, 2, 2], [2, 3, 3]]
    """
    table = [
        (size, first, second)
        for size in range(1, min(rows, columns) + 1)
        for first in _masks(rows, size)
        for second in _masks(columns, size)
    ]
    pairs = np.array(table, dtype=np.int64)
    pairs.setflags(write=False)
    return pairs


def enumerate_clear(
    payoffs: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, IntArray, IntArray, Any]:
    """Return the equilibria of the clear games among `payoffs` [games, 2, rows, columns].

    Returns
    -------
    strategies : float array [equilibria, rows + columns]
    values : float array [equilibria, 2]
        Payoffs.
    regrets : float array [equilibria]
    indices : int array [equilibria]
        +1 or -1 each.
    counts : int array [games]
        0 for an unclear game.
    unclear : bool array [games]
    """
    games, _, rows, columns = payoffs.shape
    pairs = support_pairs(rows, columns)
    counts = np.zeros(games, dtype=np.int64)
    unclear = np.zeros(games, dtype=np.bool_)
    parts = []
    start, capacity = 0, 3 * games + 64
    while start < games:  # the buffer is filled, stored, and filled again
        strategies = np.empty((capacity, rows + columns))
        values = np.empty((capacity, 2))
        regrets = np.empty(capacity)
        indices = np.empty(capacity, dtype=np.int64)
        stopped, used = _enumerate(
            payoffs, pairs, start, strategies, values, regrets, indices, counts, unclear
        )
        parts.append((strategies[:used], values[:used], regrets[:used], indices[:used]))
        if stopped == start:
            capacity *= 4  # one game alone did not fit
        start = stopped
    if len(parts) == 1:
        return (*parts[0], counts, unclear)
    strategies, values, regrets, indices = (np.concatenate(part) for part in zip(*parts, strict=True))
    return strategies, values, regrets, indices, counts, unclear


def _masks(count: int, size: int) -> list[int]:
    return sorted(sum(1 << action for action in chosen) for chosen in combinations(range(count), size))


@kernel
def _enumerate(
    payoffs: FloatArray,
    pairs: IntArray,
    start: int,
    strategies: FloatArray,
    values: FloatArray,
    regrets: FloatArray,
    indices: IntArray,
    counts: IntArray,
    unclear: Any,
) -> tuple[int, int]:
    """Fill the output arrays from game `start` on; return the first game left out and the rows used."""
    games, _, rows, columns = payoffs.shape
    size = max(rows, columns)
    a = np.empty((rows, columns))
    b = np.empty((columns, rows))
    row_alive = np.empty(1 << columns, dtype=np.int64)
    column_alive = np.empty(1 << rows, dtype=np.int64)
    beaten = np.empty((size, size), dtype=np.int64)
    matrix = np.empty((size, size + 1))
    x = np.empty(size)
    y = np.empty(size)
    first = np.empty(size, dtype=np.int64)
    second = np.empty(size, dtype=np.int64)
    used = 0
    for game in range(start, games):
        begin = used
        muddy = not _normalise(payoffs[game], a, b) or _has_near_twins(a, b)
        if not muddy:
            _alive(a, beaten, row_alive)
            _alive(b, beaten, column_alive)
            for pair in range(len(pairs)):
                rows_mask = pairs[pair, 1]
                columns_mask = pairs[pair, 2]
                if rows_mask & ~row_alive[columns_mask] or columns_mask & ~column_alive[rows_mask]:
                    continue
                k = pairs[pair, 0]
                _members(rows_mask, first)
                _members(columns_mask, second)
                verdict, sign = _half(a, k, first, second, rows_mask, matrix, y)
                if verdict == CLEARLY_NOT:
                    continue
                other_verdict, other_sign = _half(b, k, second, first, columns_mask, matrix, x)
                if other_verdict == CLEARLY_NOT:
                    continue
                if max(verdict, other_verdict) == UNCLEAR:
                    muddy = True
                    break
                if used == len(strategies):
                    return game, begin
                for i in range(rows + columns):
                    strategies[used, i] = 0.0
                for i in range(k):
                    strategies[used, first[i]] = x[i]
                    strategies[used, rows + second[i]] = y[i]
                indices[used] = sign * other_sign if k % 2 == 1 else -sign * other_sign
                _evaluate(payoffs[game], strategies[used], values[used], regrets, used)
                used += 1
        if muddy:
            used = begin
        unclear[game] = muddy
        counts[game] = used - begin
    return games, used


@inlined
def _normalise(payoffs: FloatArray, a: FloatArray, b: FloatArray) -> bool:
    """Fill `a` [rows, columns], `b` [columns, rows] with payoffs scaled to [0, 1]; False if that fails."""
    rows, columns = a.shape
    for player in range(2):
        low = payoffs[player, 0, 0]
        high = low
        for i in range(rows):
            for j in range(columns):
                value = payoffs[player, i, j]
                low = min(low, value)
                high = max(high, value)
        own = rows if player == 0 else columns
        if (high == low and own > 1) or not high - low < LARGEST_RANGE:
            return False
        scale = 1.0 / (high - low) if high > low else 1.0
        for i in range(rows):
            for j in range(columns):
                scaled = (payoffs[player, i, j] - low) * scale
                if player == 0:
                    a[i, j] = scaled
                else:
                    b[j, i] = scaled
    return True


@inlined
def _has_near_twins(a: FloatArray, b: FloatArray) -> bool:
    """Whether two actions of one player give both players nearly the same payoffs throughout."""
    rows, columns = a.shape
    for i in range(rows):
        for other in range(i):
            twins = True
            for j in range(columns):
                if abs(a[i, j] - a[other, j]) > MARGIN or abs(b[j, i] - b[j, other]) > MARGIN:
                    twins = False
                    break
            if twins:
                return True
    for j in range(columns):
        for other in range(j):
            twins = True
            for i in range(rows):
                if abs(a[i, j] - a[i, other]) > MARGIN or abs(b[j, i] - b[other, i]) > MARGIN:
                    twins = False
                    break
            if twins:
                return True
    return False


@inlined
def _alive(a: FloatArray, beaten: IntArray, alive: IntArray) -> None:
    """Fill ``alive[mask]`` with the rows of `a` not clearly dominated within columns `mask`."""
    rows, columns = a.shape
    for i in range(rows):
        for other in range(rows):
            mask = 0
            for j in range(columns):
                if a[other, j] > a[i, j] + MARGIN:
                    mask |= 1 << j
            beaten[i, other] = mask
    for mask in range(1, 1 << columns):
        alive[mask] = undominated(beaten, rows, mask)


@inlined
def _members(mask: int, members: IntArray) -> None:
    count = 0
    action = 0
    while mask:
        if mask & 1:
            members[count] = action
            count += 1
        mask >>= 1
        action += 1


@inlined
def _half(
    a: FloatArray,
    k: int,
    own: IntArray,
    others: IntArray,
    own_mask: int,
    matrix: FloatArray,
    weights: FloatArray,
) -> tuple[int, int]:
    """Find weights on `others` that make the rows `own` of `a` equally good and best.

    Returns the verdict and the sign of the determinant.
    """
    base = own[0]
    if k == 1:
        weights[0] = 1.0
        sign = 1
    elif k == 2:
        first = a[own[1], others[0]] - a[base, others[0]]
        second = a[own[1], others[1]] - a[base, others[1]]
        determinant = first - second
        if abs(determinant) < PIVOT:
            return UNCLEAR, 0
        weights[0] = -second / determinant
        weights[1] = first / determinant
        sign = 1 if determinant > 0.0 else -1
    else:
        for i in range(k - 1):
            row = own[i + 1]
            for j in range(k):
                matrix[i, j] = a[row, others[j]] - a[base, others[j]]
            matrix[i, k] = 0.0
        for j in range(k + 1):
            matrix[k - 1, j] = 1.0
        sign, pivot = gauss(matrix, k, weights)
        if pivot < PIVOT:
            return UNCLEAR, 0
    largest = 0.0
    for j in range(k):
        largest = max(largest, abs(weights[j]))
    margin = MARGIN * largest
    verdict = CLEARLY
    for j in range(k):
        if weights[j] < -margin:
            return CLEARLY_NOT, sign
        if weights[j] <= margin:
            verdict = UNCLEAR
    value = 0.0
    for j in range(k):
        value += a[base, others[j]] * weights[j]
    for row in range(len(a)):
        if own_mask >> row & 1:
            continue
        payoff = 0.0
        for j in range(k):
            payoff += a[row, others[j]] * weights[j]
        if payoff > value + margin:
            return CLEARLY_NOT, sign
        if payoff >= value - margin:
            verdict = UNCLEAR
    return verdict, sign


@inlined
def _evaluate(
    payoffs: FloatArray, strategy: FloatArray, values: FloatArray, regrets: FloatArray, where: int
) -> None:
    """Store both players' payoffs and the larger regret at the profile `strategy`."""
    _, rows, columns = payoffs.shape
    value = 0.0
    best = -np.inf
    for i in range(rows):
        payoff = 0.0
        for j in range(columns):
            payoff += payoffs[0, i, j] * strategy[rows + j]
        value += strategy[i] * payoff
        best = max(best, payoff)
    values[0] = value
    regret = max(0.0, best - value)
    value = 0.0
    best = -np.inf
    for j in range(columns):
        payoff = 0.0
        for i in range(rows):
            payoff += payoffs[1, i, j] * strategy[i]
        value += strategy[rows + j] * payoff
        best = max(best, payoff)
    values[1] = value
    regrets[where] = max(regret, best - value)
