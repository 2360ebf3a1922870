r"""Corner points of small polytopes, in exact arithmetic.

A polytope is given by equations :math:`a·y = b` and inequalities :math:`a·y ≥ b`, rows ``(*a, b)`` of
fractions.  Its corners are the feasible points at which as many independent rows hold with equality as there
are unknowns; they are found by trying the choices, which is right for the handful of unknowns that a
signalling game has.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

Row = tuple[Fraction, ...]
Point = tuple[Fraction, ...]


def corners(equations: Sequence[Row], inequalities: Sequence[Row], dimension: int) -> list[Point]:
    """Return the corners of a bounded polytope in `dimension` unknowns; an empty list if it is empty.

    Cost: choices of tight inequalities × dimension³.

    Examples
    --------
    >>> one, zero = Fraction(1), Fraction(0)
    >>> simplex = corners([(one, one, one)], [(one, zero, zero), (zero, one, zero)], 2)
    >>> sorted(tuple(map(int, corner)) for corner in simplex)
    [(0, 1), (1, 0)]
    """
    base = _reduced(equations)
    if base is None:
        return []
    found: dict[Point, None] = {}
    distinct = list(dict.fromkeys(inequalities))
    for tight in combinations(distinct, dimension - len(base)):
        point = _point([*base, *tight], dimension)
        if point is not None and point not in found and all(_slack(row, point) >= 0 for row in distinct):
            found[point] = None
    return list(found)


def _slack(row: Row, point: Point) -> Fraction:
    return sum((a * y for a, y in zip(row, point, strict=False)), Fraction(0)) - row[-1]


def _reduced(rows: Sequence[Row]) -> list[Row] | None:
    """Return independent rows equivalent to `rows` in echelon form, None if they contradict each other."""
    kept: list[list[Fraction]] = []
    pivots: list[int] = []
    for given in rows:
        row = list(given)
        for pivot, known in zip(pivots, kept, strict=True):
            if row[pivot]:
                factor = row[pivot]
                row = [x - factor * y for x, y in zip(row, known, strict=True)]
        lead = next((k for k, x in enumerate(row[:-1]) if x), None)
        if lead is None:
            if row[-1]:
                return None
            continue
        scale = row[lead]
        row = [x / scale for x in row]
        for k, known in enumerate(kept):
            if known[lead]:
                factor = known[lead]
                kept[k] = [x - factor * y for x, y in zip(known, row, strict=True)]
        kept.append(row)
        pivots.append(lead)
    return [tuple(row) for row in kept]


def _point(rows: Sequence[Row], dimension: int) -> Point | None:
    """Return the only solution of `rows`, None if there is none or more than one."""
    reduced = _reduced(rows)
    if reduced is None or len(reduced) < dimension:
        return None
    values: list[Fraction] = [Fraction(0)] * dimension
    for row in reduced:
        lead = next(k for k, x in enumerate(row) if x)
        values[lead] = row[-1]
    return tuple(values)
