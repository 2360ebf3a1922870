"""The inverse of a small dense matrix inside a kernel, in place."""

from sim.compiled import part


@part
def invert(matrix, size, least, order, line):  # type: ignore[no-untyped-def]
    """Invert by Gauss-Jordan elimination with row exchanges and return the sign of the determinant.

    A pivot below `least` is replaced by it, its sign kept: what comes out is then the inverse of a matrix nearby.
    Only the first `size` rows and columns of `matrix` count; `order` and `line` [size] are room to work in.
    """
    for k in range(size):
        order[k] = k
    sign = 1.0
    for k in range(size):
        pivot = k
        for a in range(k + 1, size):
            if abs(matrix[a, k]) > abs(matrix[pivot, k]):
                pivot = a
        if pivot != k:
            sign = -sign
            order[k], order[pivot] = order[pivot], order[k]
            for b in range(size):
                matrix[k, b], matrix[pivot, b] = matrix[pivot, b], matrix[k, b]
        head = matrix[k, k]
        if head < 0:
            sign = -sign
        if abs(head) < least:
            head = least if head >= 0 else -least
        matrix[k, k] = 1.0
        for b in range(size):
            matrix[k, b] /= head
        for a in range(size):
            factor = matrix[a, k]
            if a != k and factor != 0.0:
                matrix[a, k] = 0.0
                for b in range(size):
                    matrix[a, b] -= factor * matrix[k, b]
    for a in range(size):
        for k in range(size):
            line[order[k]] = matrix[a, k]
        for k in range(size):
            matrix[a, k] = line[k]
    return sign
