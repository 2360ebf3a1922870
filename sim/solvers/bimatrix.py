r"""All equilibria of a two-player game, with proof that there are no others.

An *extreme equilibrium* is a pair of vertices of the two best-response polytopes in which each strategy is
a best response to the other; the equilibrium set is made of convex hulls of such pairs.  A compiled pass
over all pairs of supports of equal size decides the ordinary game; as soon as one decision that matters is
near zero, the game is solved in integer arithmetic instead: ties are ties, not accidents of rounding.

A game is called *degenerate* here when some equilibrium has more best responses than its support has actions,
or a player has two actions that are the same for everybody: then equilibria may form components.  Ties that
touch no equilibrium do not matter to the set and are not counted (O'Neill's 1987 game has such).

References
----------
von Stengel (2007), Equilibrium computation for two-player games, in Algorithmic Game Theory, chapter 3.
Winkels (1979), An algorithm to determine all equilibrium points of a bimatrix game.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, Profile, expected_payoffs, regrets
from sim.solvers.best_response_vertices import Vertex, best_response_vertices
from sim.solvers.nash_subsets import connected_components, maximal_subsets
from sim.solvers.rational import IntegerMatrix, positive_integers
from sim.solvers.solution import Completeness, Component, Solution

LARGEST_ENUMERATION = 2_000_000  # square subsystems: 11 x 11 actions


def bimatrix_equilibria(game: NormalFormGame) -> Solution:
    """Return all equilibria of a two-player game; of a degenerate one the components.

    Raises
    ------
    ParameterError
        If the game does not have two players, or has too many actions to enumerate.

    Examples
    --------
    >>> chicken = NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]])
    >>> solution = bimatrix_equilibria(chicken)
    >>> len(solution.profiles), solution.complete.value
    (3, 'proved')
    """
    from sim.solvers.bimatrix_batch import enumerate_clear

    check_enumerable(game.num_actions)
    strategies, payoffs, largest_regrets, _, _, unclear = enumerate_clear(game.payoffs[np.newaxis])
    if unclear[0]:
        return exact_bimatrix_equilibria(game)
    rows = game.num_actions[0]
    return Solution(
        profiles=tuple((sealed(pair[:rows]), sealed(pair[rows:])) for pair in strategies),
        payoffs=sealed(payoffs),
        regrets=sealed(largest_regrets),
        concept="nash",
        method="enumeration of supports, every comparison clear",
        complete=Completeness.PROVED,
    )


def check_enumerable(num_actions: tuple[int, ...]) -> None:
    """Raise ParameterError unless games with these numbers of actions can be enumerated."""
    if len(num_actions) != 2:
        raise ParameterError(f"a bimatrix game has 2 players, got {len(num_actions)}")
    rows, columns = num_actions
    subsystems = 1
    for k in range(min(rows, columns)):
        subsystems = subsystems * (rows + columns - k) // (k + 1)
    if subsystems > LARGEST_ENUMERATION:
        raise ParameterError(
            f"all equilibria are enumerated up to {LARGEST_ENUMERATION} pairs of supports (11 x 11 actions), "
            f"got {rows} x {columns} actions with {subsystems}"
        )


@dataclass(frozen=True, slots=True)
class _Vertices:
    """The vertices of both polytopes and which pairs of them are equilibria."""

    rows: list[Vertex]
    columns: list[Vertex]
    equilibria: list[tuple[int, int]]


def exact_bimatrix_equilibria(game: NormalFormGame) -> Solution:
    """Return what `bimatrix_equilibria` returns, every decision taken in integer arithmetic."""
    first, second = (positive_integers(payoffs) for payoffs in game.payoffs)
    vertices = _labelled_pairs(first, second)
    row_strategies = [_strategy(vertex, game.num_actions[0]) for vertex in vertices.rows]
    column_strategies = [_strategy(vertex, game.num_actions[1]) for vertex in vertices.columns]
    profiles = tuple((row_strategies[x], column_strategies[y]) for x, y in vertices.equilibria)
    degenerate = _has_twins(first, second) or any(
        _has_spare_best_response(vertices.rows[x]) or _has_spare_best_response(vertices.columns[y])
        for x, y in vertices.equilibria
    )
    components: tuple[Component, ...] = ()
    if degenerate:
        components = tuple(
            _component(edges, row_strategies, column_strategies)
            for edges in connected_components(vertices.equilibria)
        )
    return Solution(
        profiles=profiles,
        payoffs=sealed([expected_payoffs(game, profile) for profile in profiles]),
        regrets=sealed([max(0.0, regrets(game, profile).max()) for profile in profiles]),
        concept="nash",
        method="vertex enumeration in integer arithmetic",
        complete=Completeness.PROVED,
        degenerate=degenerate,
        components=components,
    )


def _labelled_pairs(first: IntegerMatrix, second: IntegerMatrix) -> _Vertices:
    """Return the vertices of both polytopes; pairs in order of support size, then of actions."""
    rows = best_response_vertices([list(column) for column in zip(*second, strict=True)])
    columns = best_response_vertices(first)
    pairs = [
        (i, j)
        for i, x in enumerate(rows)
        for j, y in enumerate(columns)
        if x.support & ~y.best_responses == 0 and y.support & ~x.best_responses == 0
    ]
    pairs.sort(key=lambda pair: _order(rows[pair[0]], columns[pair[1]]))
    return _Vertices(rows, columns, pairs)


def _order(x: Vertex, y: Vertex) -> tuple[int, int, int, int]:
    return (max(x.support.bit_count(), y.support.bit_count()), x.support, y.support, x.best_responses)


def _strategy(vertex: Vertex, count: int) -> FloatArray:
    total = sum(vertex.weights)
    weights = iter(vertex.weights)
    return sealed([next(weights) / total if vertex.support >> action & 1 else 0.0 for action in range(count)])


def _has_spare_best_response(vertex: Vertex) -> bool:
    return vertex.best_responses.bit_count() > vertex.support.bit_count()


def _has_twins(first: IntegerMatrix, second: IntegerMatrix) -> bool:
    """Whether two actions of one player give everybody the same payoffs whatever the other does."""
    rows = [(*a, *b) for a, b in zip(first, second, strict=True)]
    columns = list(zip(*first, *second, strict=True))
    return len(set(rows)) < len(rows) or len(set(columns)) < len(columns)


def _component(edges: list[tuple[int, int]], rows: list[FloatArray], columns: list[FloatArray]) -> Component:
    extreme: tuple[Profile, ...] = tuple((rows[x], columns[y]) for x, y in edges)
    subsets = tuple(
        (tuple(rows[x] for x in sorted(xs)), tuple(columns[y] for y in sorted(ys)))
        for xs, ys in maximal_subsets(edges)
    )
    return Component(extreme_points=extreme, subsets=subsets)
