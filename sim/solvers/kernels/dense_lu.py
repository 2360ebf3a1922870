"""Dense factorisation for small systems inside kernels: no library call, the same bits on every machine."""

from sim.compiled import inlined


@inlined
def factor(a, size, pivots):  # type: ignore[no-untyped-def]
    """Factor `a` in place with partial pivoting; return whether it is regular."""
    for c in range(size):
        p, largest = c, abs(a[c, c])
        for r in range(c + 1, size):
            if abs(a[r, c]) > largest:
                p, largest = r, abs(a[r, c])
        if not largest > 1e-300:  # also catches nan
            return False
        pivots[c] = p
        if p != c:
            for q in range(size):
                a[c, q], a[p, q] = a[p, q], a[c, q]
        inverse = 1.0 / a[c, c]
        for r in range(c + 1, size):
            f = a[r, c] * inverse
            a[r, c] = f
            if f != 0.0:
                for q in range(c + 1, size):
                    a[r, q] -= f * a[c, q]
    return True


@inlined
def solve(a, size, pivots, b):  # type: ignore[no-untyped-def]
    """Solve with a factored matrix, in place in the vector `b`."""
    for c in range(size):
        p = pivots[c]
        if p != c:
            b[c], b[p] = b[p], b[c]
    for r in range(size):
        t = b[r]
        for c in range(r):
            t -= a[r, c] * b[c]
        b[r] = t
    for r in range(size - 1, -1, -1):
        t = b[r]
        for c in range(r + 1, size):
            t -= a[r, c] * b[c]
        b[r] = t / a[r, r]


@inlined
def solve_transposed(a, size, pivots, b):  # type: ignore[no-untyped-def]
    """Solve with the transpose of a factored matrix, in place in the vector `b`."""
    for r in range(size):
        t = b[r]
        for c in range(r):
            t -= a[c, r] * b[c]
        b[r] = t / a[r, r]
    for r in range(size - 1, -1, -1):
        t = b[r]
        for c in range(r + 1, size):
            t -= a[c, r] * b[c]
        b[r] = t
    for c in range(size - 1, -1, -1):
        p = pivots[c]
        if p != c:
            b[c], b[p] = b[p], b[c]
