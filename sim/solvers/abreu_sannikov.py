r"""All payoffs of subgame-perfect equilibria of a two-player repeated game with perfect monitoring.

Pure actions, public randomisation, a common discount factor.  With :math:`g(a)` the stage payoffs and
:math:`h_i(a)` the gain of the best deviation, a continuation payoff :math:`w` sustains :math:`a` against the
punishment :math:`\underline{u}` iff :math:`w_i ≥ \underline{u}_i + \frac{1-δ}{δ} h_i(a)`.  From the
feasible set, iterate

.. math::  R(W) = \mathrm{co} \bigcup_a \{(1-δ) g(a) + δ w : w ∈ C(a, W)\},

where :math:`C(a, W)` is :math:`g(a)` itself if that sustains :math:`a`, and otherwise the extreme points
of the sustaining part of :math:`W` at which a constraint binds: at most four per action.  The limit is the
whole set. Averages: payoffs are multiplied by :math:`1 - δ`.

References
----------
Abreu & Sannikov (2014), An algorithm for two-player repeated games with perfect monitoring, Theoretical
Economics 9; Abreu, Pearce & Stacchetti (1990), Toward a theory of discounted repeated games with imperfect
monitoring.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.repeated import RepeatedGame
from sim.solvers import convex_polygon as polygon
from sim.solvers.minmax import pure_minmax
from sim.solvers.solution import Status


@dataclass(frozen=True, eq=False, kw_only=True)
class EquilibriumPayoffs:
    """A convex set of average equilibrium payoffs of two players.

    Attributes
    ----------
    vertices : float array [vertices, 2]
        Anticlockwise; two are a segment, one is a point, none says that there is no equilibrium in pure
        actions.
    worst : float array [2]
        Each player's worst equilibrium payoff: the harshest credible punishment.
    status : Status
    steps : int
    residual : float
        Hausdorff distance of the last two iterates.
    inner : float array [vertices, 2] or None
        Where `vertices` is an outer bound only: a set proved to lie within the equilibrium payoffs.
    """

    vertices: FloatArray
    worst: FloatArray
    status: Status
    steps: int
    residual: float
    inner: FloatArray | None = None

    @property
    def area(self) -> float:
        """Area of the set."""
        return polygon.area(self.vertices)

    def contains(self, point: Any, tol: float = 1e-7) -> bool:
        """Return whether `point` lies within `tol` of the set."""
        return polygon.distance(point, self.vertices) <= tol


def abreu_sannikov(game: RepeatedGame, *, tol: float = 1e-11, max_steps: int = 100_000) -> EquilibriumPayoffs:
    """Return the payoffs of all subgame-perfect equilibria in pure actions with public randomisation.

    Parameters
    ----------
    game : RepeatedGame
        Two players, a common discount factor, perfect monitoring, no execution error.
    tol : float
        Stop when an iteration moves the set by less, relative to the payoffs' range.

    Raises
    ------
    ParameterError
        If the game has another form.

    Examples
    --------
    >>> from sim.games.normal_form import NormalFormGame
    >>> game = RepeatedGame(NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]), 0.8)
    >>> abreu_sannikov(game).vertices.round(4).tolist()
    [[1.0, 1.0], [4.3333, 1.0], [3.0, 3.0], [1.0, 4.3333]]
    """
    discount = common_discount(game, "abreu_sannikov")
    if not game.is_perfect or game.execution_error.any():
        raise ParameterError(
            "abreu_sannikov needs perfect monitoring without execution error; use concept aps"
        )
    stage = game.stage
    payoffs = stage.payoffs.reshape(2, -1).T
    gains = np.stack(
        [(stage.payoffs[i].max(axis=i, keepdims=True) - stage.payoffs[i]).ravel() for i in range(2)], axis=1
    )
    scale = max(float(np.ptp(payoffs)), 1e-300)
    slack = 1e-10 * scale
    # with δ = 0 only actions without a gainful deviation can be sustained
    needed = np.where(gains > 0, np.inf, 0.0) if discount == 0 else gains * ((1 - discount) / discount)
    current = polygon.hull(payoffs, 1e-12 * scale)
    punishment = pure_minmax(stage).values.copy()
    residual = np.inf
    for step in range(1, max_steps + 1):
        points = []
        for value, need in zip(payoffs, needed, strict=True):
            floor = punishment + need
            if (value >= floor - slack).all():
                points.append(value)
            elif np.isfinite(floor).all():
                points += [(1 - discount) * value + discount * w for w in _binding(current, floor, slack)]
        following = polygon.hull(np.array(points), 1e-12 * scale)
        if len(following) == 0:
            empty = np.empty((0, 2))
            return EquilibriumPayoffs(
                vertices=sealed(empty),
                worst=sealed([np.nan, np.nan]),
                status=Status.INFEASIBLE,
                steps=step,
                residual=0.0,
            )
        residual = polygon.hausdorff(current, following)
        raised = np.maximum(punishment, following.min(axis=0))
        residual = max(residual, float((raised - punishment).max()))
        current, punishment = following, raised
        if residual <= tol * scale:
            break
    status = Status.CONVERGED if residual <= tol * scale else Status.OUT_OF_STEPS
    return EquilibriumPayoffs(
        vertices=sealed(current),
        worst=sealed(punishment),
        status=status,
        steps=step,
        residual=float(residual),
    )


def common_discount(game: RepeatedGame, solver: str) -> float:
    """Return the common discount factor of two players; anything else is a ParameterError."""
    if game.num_players != 2:
        raise ParameterError(f"{solver} needs 2 players, got {game.num_players}")
    first, second = game.discounts.tolist()
    if first != second:
        raise ParameterError(f"{solver} needs a common discount factor, got {first} and {second}")
    return float(first)


def _binding(current: FloatArray, floor: FloatArray, slack: float) -> list[FloatArray]:
    """Return the extreme points of {w in `current`: w >= `floor`} at which one of the bounds binds."""
    part = polygon.clip(polygon.clip(current, (1, 0), floor[0], slack), (0, 1), floor[1], slack)
    return [w for w in part if (w <= floor + 2 * slack).any()]
