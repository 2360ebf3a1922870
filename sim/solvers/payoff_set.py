r"""Feasible and individually rational payoffs of a repeated game: what the folk theorem promises.

.. math::  F = \mathrm{co}\{u(a)\}, \qquad F^* = \{v ∈ F : v_i ≥ \underline{v}_i\}.

Every point in the interior of :math:`F^*` is an average payoff of a subgame-perfect equilibrium for discount
factors near enough to 1, with perfect monitoring and, for three players or more, full dimension.

References
----------
Fudenberg & Maskin (1986), The folk theorem in repeated games with discounting or with incomplete information.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.solvers.minmax import Minmax, mixed_minmax, pure_minmax


@dataclass(frozen=True, eq=False, kw_only=True)
class PayoffSet:
    """The set of feasible and individually rational average payoffs.

    Attributes
    ----------
    feasible : float array [vertices, players]
        Extreme points of the feasible set.
    vertices : float array [vertices, players]
        Extreme points of its individually rational part; with two players in anticlockwise order.
    minmax : Minmax
    """

    feasible: FloatArray
    vertices: FloatArray
    minmax: Minmax

    def contains(self, point: Any, tol: float = 1e-9) -> bool:
        """Return whether `point` [players] is feasible and individually rational."""
        at = np.asarray(point, dtype=float)
        if at.shape != self.minmax.values.shape:
            raise ParameterError(f"point must have {len(self.minmax.values)} payoffs, got shape {at.shape}")
        return len(self.vertices) > 0 and in_hull(at, self.vertices, tol)


def payoff_set(game: RepeatedGame | NormalFormGame, *, punishments: str = "mixed") -> PayoffSet:
    """Return the feasible and individually rational average payoffs.

    Parameters
    ----------
    game : RepeatedGame or its stage game
        Of a repeated game the payoffs of *chosen* actions count, after its execution errors.
    punishments : "mixed" or "pure"
        Which minmax values individual rationality is measured by.

    Raises
    ------
    ParameterError
        If `punishments` is unknown.

    Examples
    --------
    >>> dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> payoff_set(dilemma).vertices.round(4).tolist()
    [[1.0, 1.0], [4.3333, 1.0], [3.0, 3.0], [1.0, 4.3333]]
    """
    if punishments not in ("mixed", "pure"):
        raise ParameterError(f"punishments must be 'mixed' or 'pure', got {punishments!r}")
    stage = NormalFormGame(game.payoffs()) if isinstance(game, RepeatedGame) else game
    minmax = mixed_minmax(stage) if punishments == "mixed" else pure_minmax(stage)
    points = stage.payoffs.reshape(stage.num_players, -1).T
    feasible = extreme_points(points)
    vertices = feasible
    for player, value in enumerate(minmax.values):
        vertices = _cut(vertices, player, float(value))
    return PayoffSet(feasible=sealed(feasible), vertices=sealed(vertices), minmax=minmax)


def extreme_points(points: Any, tol: float = 1e-10) -> FloatArray:
    """Return the extreme points of the hull of `points` [n, dimension]; hulls of lower dimension are fine.

    In the plane they come in anticlockwise order.
    """
    given = np.unique(np.asarray(points, dtype=float), axis=0)
    if len(given) <= 1:
        return given
    scale = max(1.0, float(abs(given).max()))
    centre = given.mean(axis=0)
    _, singular, basis = np.linalg.svd(given - centre, full_matrices=False)
    rank = int((singular > tol * scale * np.sqrt(len(given))).sum())
    if rank == 0:
        return given[:1]
    within = (given - centre) @ basis[:rank].T
    if rank == 1:
        return given[[int(within[:, 0].argmin()), int(within[:, 0].argmax())]]
    if given.shape[1] == 2:
        from sim.solvers.convex_polygon import hull

        return hull(given, tol * scale)
    from scipy.spatial import ConvexHull

    corners: FloatArray = given[np.sort(ConvexHull(within).vertices)]
    return corners


def in_hull(point: FloatArray, vertices: FloatArray, tol: float) -> bool:
    """Return whether `point` is within `tol` (by coordinate) of the hull of `vertices` [n, dimension]."""
    from scipy.optimize import linprog

    count, dimension = vertices.shape
    # least t with |Σ weights * vertex - point| <= t in every coordinate
    rows = np.vstack([np.hstack([sign * vertices.T, -np.ones((dimension, 1))]) for sign in (1, -1)])
    result = linprog(
        np.append(np.zeros(count), 1.0),
        A_ub=rows,
        b_ub=np.concatenate([point, -point]),
        A_eq=np.append(np.ones(count), 0.0)[None],
        b_eq=[1.0],
        method="highs",
    )
    return bool(result.status == 0 and result.fun <= tol * max(1.0, float(abs(vertices).max())))


def _cut(vertices: FloatArray, player: int, least: float, tol: float = 1e-10) -> FloatArray:
    """Return the extreme points of the part of a polytope in which `player` gets at least `least`.

    Where the bounding plane cuts, the new points lie on segments between a kept and a lost vertex.
    """
    if len(vertices) == 0:
        return vertices
    height = vertices[:, player] - least
    slack = tol * max(1.0, float(abs(vertices).max()))
    kept, lost = vertices[height >= -slack], vertices[height < -slack]
    if len(lost) == 0:
        return vertices
    crossings = [
        inner + (inner[player] - least) / (inner[player] - outer[player]) * (outer - inner)
        for inner in kept[kept[:, player] > least]
        for outer in lost
    ]
    remaining = np.array([*kept, *crossings])
    return extreme_points(remaining) if len(remaining) else np.empty((0, vertices.shape[1]))
