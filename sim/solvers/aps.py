r"""Payoffs of perfect public equilibria of a two-player repeated game with imperfect public monitoring.

Pure actions, public randomisation, a common discount factor.  A payoff :math:`v` is *decomposed* on a set
W by an action :math:`a` and continuations :math:`w(y) ∈ W` if :math:`v = (1-δ) g(a) + δ \sum_y π(y|a)
w(y)` and no player gains by another action.  With :math:`B(W)` the hull of what is decomposed, the
equilibrium payoffs are the largest fixed point of B; iterating it from the feasible set gives a falling
sequence of bounds.

Every :math:`B(W)` is found from its support function: supporting lines are added between known extreme
points until the polygon inside and the polygon outside are near, and the *outer* one is kept.  At the end
the inner polygons are iterated until one generates itself (:math:`X ⊆ B(X)`): all of it then consists of
equilibrium payoffs.

References
----------
Abreu, Pearce & Stacchetti (1990), Toward a theory of discounted repeated games with imperfect monitoring;
Judd, Yeltekin & Conklin (2003), Computing supergame equilibria.
"""

from typing import Any

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError, SolverError
from sim.games.repeated import RepeatedGame
from sim.solvers import convex_polygon as polygon
from sim.solvers.abreu_sannikov import EquilibriumPayoffs, common_discount
from sim.solvers.solution import Status

_Ray = tuple[FloatArray, float, FloatArray]  # direction, height of the supporting line, point on it

SELF_GENERATING = (
    1e-6  # distance, relative to the payoffs' range, that counts as none (times 1 / (1 - δ) in the set)
)


def aps(
    game: RepeatedGame, *, tol: float = 1e-6, max_steps: int = 500, precision: float = 1e-5
) -> EquilibriumPayoffs:
    """Return the payoffs of perfect public equilibria in pure actions with public randomisation.

    Parameters
    ----------
    game : RepeatedGame
        Two players, a common discount factor; any public monitoring, perfect included, and execution errors.
    tol : float
        Stop when an iteration moves the set by less, relative to the payoffs' range; the set is then known to
        about ``tol / (1 - δ)``.
    max_steps : int
    precision : float
        Largest distance of inner and outer polygon in one step, relative to the payoffs' range.

    Returns
    -------
    found : EquilibriumPayoffs
        ``vertices`` is an outer bound; ``inner`` is a set of equilibrium payoffs, None if none was proved.

    Raises
    ------
    ParameterError
        If there are not two players with one discount factor, or a tolerance is not positive.
    SolverError
        If a linear programme fails numerically.

    Examples
    --------
    >>> from sim.games.normal_form import NormalFormGame
    >>> stage = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> blind = RepeatedGame(stage, 0.9, monitoring=[[[1.0], [1.0]], [[1.0], [1.0]]])
    >>> bool(abs(aps(blind).vertices - 1).max() < 1e-4)
    True
    """
    discount = common_discount(game, "aps")
    if not (tol > 0 and precision > 0):
        raise ParameterError(f"tol and precision must be positive, got {tol} and {precision}")
    operator = _Operator(game, discount, precision)
    current = polygon.hull(operator.payoffs, 1e-9 * operator.scale)
    residual, step, inside = np.inf, 0, current
    for step in range(1, max_steps + 1):
        following, inside = operator.apply(current)
        if len(following) == 0:
            return EquilibriumPayoffs(
                vertices=sealed(following),
                worst=sealed([np.nan, np.nan]),
                status=Status.INFEASIBLE,
                steps=step,
                residual=0.0,
            )
        residual = polygon.hausdorff(current, following) / operator.scale
        current = following
        if residual <= tol:
            break
    return EquilibriumPayoffs(
        vertices=sealed(current),
        worst=sealed(current.min(axis=0)),
        status=Status.CONVERGED if residual <= tol else Status.OUT_OF_STEPS,
        steps=step,
        residual=residual,
        inner=_self_generating(operator, inside),
    )


class _Operator:
    """The APS operator B of one game."""

    def __init__(self, game: RepeatedGame, discount: float, precision: float) -> None:
        payoffs, law = game.payoffs(), game.signal_probabilities()
        counts = game.stage.num_actions
        self.discount = discount
        self.payoffs = np.ascontiguousarray(payoffs.reshape(2, -1).T)
        self.scale = max(float(np.ptp(self.payoffs)), 1e-300)
        self.precision = precision * self.scale
        self.signals = np.ascontiguousarray(law.reshape(len(self.payoffs), -1))
        shape = (len(self.payoffs), counts[0] - 1 + counts[1] - 1)
        self.coefficients, self.bounds = np.zeros((*shape, self.signals.shape[1])), np.zeros(shape)
        self.players = np.repeat(np.arange(2), np.array(counts) - 1)
        for row, joint in enumerate(np.ndindex(*counts)):
            deviations = [(i, a) for i in range(2) for a in range(counts[i]) if a != joint[i]]
            for j, (player, action) in enumerate(deviations):
                other = (action, joint[1]) if player == 0 else (joint[0], action)
                gain = payoffs[(player, *other)] - payoffs[(player, *joint)]
                self.coefficients[row, j] = law[joint] - law[other]
                # with δ = 0 a gainful deviation cannot be deterred by any continuation
                self.bounds[row, j] = (
                    gain * (1 - discount) / discount if discount > 0 else (1e9 if gain > 0 else 0)
                )
        self.bounds -= 1e-9 * self.scale  # constraints that hold with equality count as held

    def support(self, vertices: FloatArray, direction: Any) -> tuple[float, FloatArray] | None:
        """Return height and point of B(W) furthest in `direction`, None if B(W) is empty."""
        from sim.solvers.kernels.continuation import support_point

        best = np.zeros(2)
        status, height = support_point(
            vertices, self.payoffs, self.signals, self.coefficients, self.players, self.bounds, self.discount,
            np.asarray(direction, dtype=float), 1e-9 * self.scale, best,
        )  # fmt: skip
        if status < 0:
            raise SolverError("aps: a linear programme over continuation payoffs failed numerically")
        return (float(height), best) if status else None

    def apply(self, vertices: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return polygons outside and inside B(W), at most `precision` apart; both empty if B(W) is."""
        vertices = np.ascontiguousarray(vertices)
        empty = np.empty((0, 2))
        angles = np.arange(4) * (np.pi / 2)
        rays = []
        for angle in angles:
            direction = np.array([np.cos(angle), np.sin(angle)]).round(15)
            found = self.support(vertices, direction)
            if found is None:
                return empty, empty
            rays.append((direction, *found))
        queue = [(rays[k], rays[(k + 1) % 4]) for k in range(4)]
        lines, points = list(rays), [point for _, _, point in rays]
        while queue:
            first, second = queue.pop()
            edge = second[2] - first[2]
            length = float(np.hypot(*edge))
            if length <= self.precision or self._gap(first, second) <= self.precision:
                continue
            direction = np.array([edge[1], -edge[0]]) / length  # outward, as the points go anticlockwise
            found = self.support(vertices, direction)
            if found is None:
                continue
            ray = (direction, *found)
            lines.append(ray)
            points.append(ray[2])
            if found[0] > float(direction @ first[2]) + 1e-3 * self.precision:
                queue += [(first, ray), (ray, second)]
        return self._cut(vertices, lines), polygon.hull(np.array(points), 1e-9 * self.scale)

    def _cut(self, vertices: FloatArray, lines: list[_Ray]) -> FloatArray:
        """Return the part of a polygon within the supporting lines: on a falling sequence it bounds B(W)."""
        directions, heights = np.array([ray[0] for ray in lines]), np.array([ray[1] for ray in lines])
        outside = vertices
        while True:
            excess = (outside @ directions.T).max(axis=0) - heights
            worst = int(excess.argmax())
            if excess[worst] <= 1e-9 * self.scale:
                return outside
            part = polygon.clip(outside, -directions[worst], -heights[worst], 1e-10 * self.scale)
            if len(part) == 0:  # thinner than round-off
                return np.array([ray[2] for ray in lines])[[worst]]
            outside = part

    @staticmethod
    def _gap(first: _Ray, second: _Ray) -> float:
        """Return how far the corner of two supporting lines lies from the chord between their points."""
        return polygon.distance(_corner(first, second), np.array([first[2], second[2]]))


def _corner(first: _Ray, second: _Ray) -> FloatArray:
    """Return where two supporting lines meet; of lines that are almost parallel, a point between theirs."""
    (a, b), (c, d) = first[0], second[0]
    determinant = float(a * d - b * c)
    if abs(determinant) < 1e-7:
        return 0.5 * (first[2] + second[2])
    corner: FloatArray = np.array([d * first[1] - b * second[1], a * second[1] - c * first[1]]) / determinant
    return corner


def _self_generating(operator: _Operator, candidate: FloatArray, max_steps: int = 300) -> FloatArray | None:
    """Return a set X near `candidate` with X ⊆ B(X), None if the candidate crumbles away.

    The polygon inside B(X) loses at most the precision in each step, so that iterating it from a candidate
    near the fixed point settles at a fixed point of its own, which generates itself.
    """
    for _ in range(max_steps):
        _, inside = operator.apply(candidate)
        if len(inside) == 0:
            return None
        if max(polygon.distance(vertex, inside) for vertex in candidate) <= SELF_GENERATING * operator.scale:
            return sealed(inside)
        candidate = inside
    return None
