"""Convex polygons in the plane of two players' payoffs, points and segments included.

A polygon is an array [vertices, 2] in anticlockwise order without repetition; one vertex is a point, two
are a segment, none is the empty set.
"""

from typing import Any

import numpy as np

from sim.arrays import FloatArray


def hull(points: Any, tol: float = 1e-12) -> FloatArray:
    """Return the convex hull of `points` [n, 2]; points within `tol` of an edge are left out.

    Andrew's monotone chain, O(n log n).

    Examples
    --------
    >>> hull([[0, 0], [1, 0], [0.5, 0.2], [0, 1]]).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    >>> hull([[0, 0], [1, 1], [0.5, 0.5]]).tolist()
    [[0.0, 0.0], [1.0, 1.0]]
    """
    given = np.asarray(points, dtype=float).reshape(-1, 2)
    ordered = [tuple(point) for point in given[np.lexsort((given[:, 1], given[:, 0]))].tolist()]
    distinct: list[tuple[float, float]] = []
    for point in ordered:
        if not any(abs(point[0] - x) <= tol and abs(point[1] - y) <= tol for x, y in reversed(distinct[-8:])):
            distinct.append(point)
    if len(distinct) <= 2:
        return np.array(distinct).reshape(-1, 2)
    lower, upper = _chain(distinct, tol), _chain(distinct[::-1], tol)
    return np.array(lower[:-1] + upper[:-1])


def clip(polygon: FloatArray, normal: Any, offset: float, tol: float = 1e-12) -> FloatArray:
    """Return the part of `polygon` with ``normal @ x >= offset``; vertices within `tol` of the line stay.

    Examples
    --------
    >>> clip(np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]]), [1, 0], 1.0).tolist()
    [[1.0, 0.0], [2.0, 0.0], [1.0, 1.0]]
    """
    if len(polygon) == 0:
        return polygon
    height = polygon @ np.asarray(normal, dtype=float) - offset
    inside = height >= -tol
    if inside.all():
        return polygon
    if not inside.any():
        return np.empty((0, 2))
    kept = []
    for k in range(len(polygon)):
        follower = (k + 1) % len(polygon)
        if inside[k]:
            kept.append(polygon[k])
        if inside[k] != inside[follower] and min(height[k], height[follower]) < 0 < max(
            height[k], height[follower]
        ):
            share = height[k] / (height[k] - height[follower])
            kept.append(polygon[k] + share * (polygon[follower] - polygon[k]))
    return hull(np.array(kept), tol)


def distance(point: Any, polygon: FloatArray) -> float:
    """Return the Euclidean distance of `point` from `polygon`, 0 inside, infinity from the empty set."""
    if len(polygon) == 0:
        return float("inf")
    at = np.asarray(point, dtype=float)
    edges = np.roll(polygon, -1, axis=0) - polygon
    away = at - polygon
    if len(polygon) > 2 and (edges[:, 0] * away[:, 1] - edges[:, 1] * away[:, 0] >= 0).all():
        return 0.0
    lengths = (edges**2).sum(axis=1)
    share = np.clip((away * edges).sum(axis=1) / np.where(lengths > 0, lengths, 1.0), 0, 1)
    nearest = polygon + share[:, None] * edges
    return float(np.sqrt(((at - nearest) ** 2).sum(axis=1).min()))


def hausdorff(first: FloatArray, second: FloatArray) -> float:
    """Return the Hausdorff distance of two polygons: attained at a vertex, as they are convex."""
    if len(first) == 0 and len(second) == 0:
        return 0.0
    if len(first) == 0 or len(second) == 0:
        return float("inf")
    return max(*(distance(v, second) for v in first), *(distance(v, first) for v in second))


def area(polygon: FloatArray) -> float:
    """Return the area of `polygon`."""
    if len(polygon) < 3:
        return 0.0
    x, y = polygon.T
    return float(0.5 * (x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def _chain(points: list[tuple[float, float]], tol: float) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for point in points:
        while len(chain) >= 2 and _left_turn(chain[-2], chain[-1], point) <= tol:
            chain.pop()
        chain.append(point)
    return chain


def _left_turn(origin: tuple[float, float], middle: tuple[float, float], end: tuple[float, float]) -> float:
    """Return the distance of `middle` to the right of the line from `origin` to `end`."""
    along = (end[0] - origin[0], end[1] - origin[1])
    cross = (middle[0] - origin[0]) * along[1] - (middle[1] - origin[1]) * along[0]
    length = float(np.hypot(*along))
    return cross / length if length > 0 else float(np.hypot(middle[0] - origin[0], middle[1] - origin[1]))
