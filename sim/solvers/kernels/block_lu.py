"""LU factors of a sparse matrix of small dense blocks, in an order and with a fill that are known beforehand.

Pivot blocks are inverted with row exchanges inside the block, and never exchanged with each other.
"""

from sim.compiled import loop_kernel, part
from sim.solvers.kernels.inverse import invert

LEAST_PIVOT = 1e-300


@loop_kernel
def factorise(  # type: ignore[no-untyped-def]
    blocks, first_row, rows, first_column, columns, first_target, targets, scratch, order, line
):
    """Factorise in place and return the sign of the determinant.

    Pivot `p` is block `p`, which is left inverted. `rows[first_row[p]:first_row[p + 1]]` lists pairs (row,
    block) below it, `columns` likewise (column, block) to its right; `targets` the block that each pair of them
    changes, rows outermost. `scratch` [size, size], `order` and `line` [size] are room to work in.
    """
    size = blocks.shape[1]
    sign = 1.0
    for p in range(len(first_row) - 1):
        sign *= invert(blocks[p], size, LEAST_PIVOT, order, line)
        t = first_target[p]
        for u in range(first_row[p], first_row[p + 1]):
            low = blocks[rows[u, 1]]
            for a in range(size):
                for b in range(size):
                    scratch[a, b] = -low[a, b]
                    low[a, b] = 0.0
            _subtract_times(low, scratch, blocks[p])
            for v in range(first_column[p], first_column[p + 1]):
                _subtract_times(blocks[targets[t]], low, blocks[columns[v, 1]])
                t += 1
    return sign


@loop_kernel
def solve(blocks, first_row, rows, first_column, columns, right, done):  # type: ignore[no-untyped-def]
    """Solve for `right` [blocks, size] in place, with the factors of `factorise`; `done` [size] is room."""
    size = blocks.shape[1]
    pivots = len(first_row) - 1
    for p in range(pivots):
        for u in range(first_row[p], first_row[p + 1]):
            low = blocks[rows[u, 1]]
            for a in range(size):
                total = 0.0
                for b in range(size):
                    total += low[a, b] * right[p, b]
                right[rows[u, 0], a] -= total
    for p in range(pivots - 1, -1, -1):
        for v in range(first_column[p], first_column[p + 1]):
            high = blocks[columns[v, 1]]
            for a in range(size):
                total = 0.0
                for b in range(size):
                    total += high[a, b] * right[columns[v, 0], b]
                right[p, a] -= total
        for a in range(size):
            done[a] = 0.0
            for b in range(size):
                done[a] += blocks[p, a, b] * right[p, b]
        for a in range(size):
            right[p, a] = done[a]


@part
def _subtract_times(target, left, right):  # type: ignore[no-untyped-def]
    size = len(left)
    for a in range(size):
        for c in range(size):
            factor = left[a, c]
            for b in range(size):
                target[a, b] -= factor * right[c, b]
