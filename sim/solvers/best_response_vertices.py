r"""Vertices of a best-response polytope, in exact arithmetic.

For payoffs :math:`C > 0` of the *other* player (a row per action of hers, a column per action of ours) the
set :math:`\{z ≥ 0 : C z ≤ 1\}` is the best-response polytope: a point :math:`z ≠ 0` is the strategy
:math:`z / Σz`, against which exactly the rows with :math:`(C z)_j = 1` are best responses.  A pair of
vertices, one of each player, is an equilibrium exactly when each strategy is supported in the best responses
to the other, and every equilibrium is a mixture of such pairs (Mangasarian 1964, Winkels 1979).

References
----------
von Stengel (2007), Equilibrium computation for two-player games, in Algorithmic Game Theory, chapter 3.
Bareiss (1968), Sylvester's identity and multistep integer-preserving Gaussian elimination.
"""

from dataclasses import dataclass
from itertools import combinations

from sim.solvers.rational import IntegerMatrix


@dataclass(frozen=True, slots=True)
class Vertex:
    """A vertex: `support` and `best_responses` are bit masks, `weights` integers over `support` in order."""

    support: int
    best_responses: int
    weights: tuple[int, ...]


def best_response_vertices(payoffs: IntegerMatrix) -> list[Vertex]:
    """Return all vertices but the origin of ``{z >= 0 : payoffs z <= 1}``, each once.

    Parameters
    ----------
    payoffs : matrix of positive integers [opponent's actions, own actions]

    Notes
    -----
    Solves every square subsystem, ``C(rows + columns, rows)`` in number: for small games only.

    Examples
    --------
    >>> [(vertex.support, vertex.best_responses) for vertex in best_response_vertices([[1, 2], [2, 1]])]
    [(1, 2), (2, 1), (3, 3)]
    """
    rows, columns = len(payoffs), len(payoffs[0])
    found: dict[tuple[int, int], Vertex] = {}
    for size in range(1, min(rows, columns) + 1):
        for own in combinations(range(columns), size):
            support = _mask(own)
            narrowed = [[row[j] for j in own] for row in payoffs]
            seen = [vertex.best_responses for vertex in found.values() if vertex.support == support]
            for tight in combinations(range(rows), size):
                if any(_mask(tight) & ~known == 0 for known in seen):
                    continue  # a vertex with more best responses than actions is met by several subsystems
                vertex = _vertex(narrowed, support, tight)
                if vertex is not None:
                    found[vertex.support, vertex.best_responses] = vertex
                    seen.append(vertex.best_responses)
    return list(found.values())


def _vertex(narrowed: IntegerMatrix, support: int, tight: tuple[int, ...]) -> Vertex | None:
    """Return the vertex with exactly this support where the rows `tight` hold with equality, or None."""
    solved = _solve_for_ones([narrowed[i] for i in tight])
    if solved is None:
        return None
    weights, determinant = solved
    if min(weights) <= 0:
        return None
    best_responses = 0
    for i, row in enumerate(narrowed):
        slack = determinant - sum(payoff * weight for payoff, weight in zip(row, weights, strict=True))
        if slack < 0:
            return None
        if slack == 0:
            best_responses |= 1 << i
    return Vertex(support, best_responses, tuple(weights))


def _solve_for_ones(matrix: IntegerMatrix) -> tuple[list[int], int] | None:
    """Return integers ``(weights, d)``, d > 0, with ``matrix weights = d`` in every row; None if singular."""
    size = len(matrix)
    work = [[*row, 1] for row in matrix]
    previous = 1
    for k in range(size):  # fraction-free Gauss-Jordan: all divisions are exact
        pivot_row = next((i for i in range(k, size) if work[i][k] != 0), None)
        if pivot_row is None:
            return None
        work[k], work[pivot_row] = work[pivot_row], work[k]
        top = work[k]
        pivot = top[k]
        for i in range(size):
            if i != k:
                row = work[i]
                factor = row[k]
                work[i] = [(pivot * a - factor * b) // previous for a, b in zip(row, top, strict=True)]
        previous = pivot
    sign = 1 if previous > 0 else -1
    return [sign * row[size] for row in work], sign * previous


def _mask(actions: tuple[int, ...]) -> int:
    return sum(1 << action for action in actions)
