r"""Agent logit quantal response equilibria of trees (McKelvey & Palfrey 1998).

Every information set is an agent of its own that plays each action with probability

.. math:: b_h(a) = \frac{\exp λ\,Q_h(a)}{\sum_c \exp λ\,Q_h(c)},

where :math:`Q_h(a)` is the mover's expected payoff of ``a`` given that ``h`` is reached (beliefs by Bayes'
rule, which applies everywhere because every action has positive probability) and given the profile
afterwards. At rationality λ = 0 play is uniform; the branch of equilibria that starts there ends, as λ
grows, at a sequential equilibrium for almost every game.

The branch is followed by arc length in the logarithms of the probabilities, so that it may turn back in λ;
each point is corrected by Newton's method on :math:`\log b_h(a) - \log b_h(0) = λ (Q_h(a) - Q_h(0))`.
Derivatives come from complex steps and are exact to round-off.

References
----------
McKelvey & Palfrey (1998), Quantal response equilibria for extensive form games, Experimental Economics 1,
9-41. Turocy (2010), Computing sequential equilibria using agent quantal response equilibria, Economic
Theory 42, 255-269.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.behaviour import (
    behaviour_payoffs,
    continuation_values,
    offsets,
    realisation_weights,
    sequential_regrets,
    unflat,
)
from sim.games.extensive import ExtensiveGame
from sim.solvers.solution import Completeness, Solution, Status

SMALLEST_WEIGHT = 1e-200  # of any node; beyond it beliefs would be lost to underflow
COMPLEX_STEP = 1e-30
LARGEST_CORRECTION = 0.3  # of any logarithm; a prediction further off may belong to another branch


def agent_logit_equilibria(
    game: ExtensiveGame,
    *,
    rationality: float | None = None,
    largest: float = 1000.0,
    tol: float = 1e-10,
    max_steps: int = 5_000,
) -> Solution:
    """Return the agent logit equilibrium at `rationality`, or the branch from uniform play up to `largest`.

    Parameters
    ----------
    game : ExtensiveGame
    rationality : float, optional
        λ ≥ 0, per payoff unit. Without it the whole branch is returned in ``extra["branch"]``.
    largest : float
        Where the branch ends when no `rationality` is asked for.
    tol : float
        Largest residual of the fixed-point equations (differences of logarithms).
    max_steps : int

    Returns
    -------
    Solution
        One profile, the point asked for or the branch's last.  ``extra``: ``rationality``, ``residual``, and
        ``branch``, a tuple of (λ, flat profile); ``regrets`` is the largest gain at any information set,
        which for a logit equilibrium is a measure of its noise.

    Raises
    ------
    ParameterError
        If `rationality` or `largest` is negative or not finite.

    Notes
    -----
    Each point costs a few times nodes × actions. The branch stops early (``extra["rationality"]`` says
    where) when a node's probability falls below 1e-200.

    Examples
    --------
    >>> from sim.games.extensive import Decision, Terminal
    >>> target = Decision(1, "target", [Terminal([-0.3, 0.1]), Terminal([0.6, 0.4])], ["resist", "give in"])
    >>> game = ExtensiveGame(Decision(0, "challenger", [Terminal([0.2, 1]), target], ["wait", "challenge"]))
    >>> solution = agent_logit_equilibria(game, rationality=2.0)
    >>> [round(float(strategy[1]), 4) for strategy in solution.profiles[0]]
    [0.5405, 0.6457]
    """
    goal = largest if rationality is None else rationality
    if not 0 <= goal < np.inf:
        name = "largest" if rationality is None else "rationality"
        raise ParameterError(f"{name} must be a finite number >= 0, got {goal}")
    equations = _Equations(game)
    branch, status = _follow(equations, goal, tol, max_steps)
    last = branch[-1]
    residual = float(np.abs(equations.residual(last)).max(initial=0.0))
    if status is Status.CONVERGED and residual > tol:
        status = Status.OUT_OF_STEPS
    probabilities = np.exp(last.logs)
    profile = unflat(game, probabilities)
    return Solution(
        profiles=(profile,),
        payoffs=sealed([behaviour_payoffs(game, profile)]),
        regrets=sealed([np.nanmax(sequential_regrets(game, profile), initial=0.0)]),
        concept="logit",
        method="agent form, arc length from uniform play",
        complete=Completeness.NO,
        status=status,
        extra={
            "rationality": last.rationality,
            "residual": residual,
            "branch": tuple((point.rationality, sealed(np.exp(point.logs))) for point in branch),
            "information_sets": tuple(at.label for at in game.information_sets),
        },
    )


@dataclass(frozen=True, eq=False)
class _Point:
    """A point of the branch: log probabilities [actions] and λ."""

    logs: FloatArray
    rationality: float

    def moved(self, step: FloatArray) -> "_Point":
        return _Point(self.logs + step[:-1], float(self.rationality + step[-1]))


class _Equations:
    """The fixed-point equations of the agent logit equilibrium and their Jacobian."""

    def __init__(self, game: ExtensiveGame) -> None:
        self.game = game
        self.start = offsets(game)
        self.size = int(self.start[-1])

    def action_values(self, probabilities: FloatArray) -> FloatArray:
        """Return Q [..., actions] for flat profiles [..., actions], real or complex."""
        weights = realisation_weights(self.game, probabilities)
        values = continuation_values(self.game, probabilities)
        result = np.empty_like(probabilities)
        for number, at in enumerate(self.game.information_sets):
            own = weights[..., list(at.nodes)]
            total = own.sum(axis=-1)
            for action in range(len(at.actions)):
                after = [self.game.children[k][action] for k in at.nodes]
                result[..., self.start[number] + action] = (own * values[..., after, at.player]).sum(
                    axis=-1
                ) / total
        return result

    def residual(self, point: _Point) -> FloatArray:
        return np.asarray(self._residual(point.logs[None, :], np.array([point.rationality]))[0])

    def jacobian(self, point: _Point) -> FloatArray:
        """Return the derivatives [equations, actions + 1], by complex steps taken all at once."""
        logs = np.tile(point.logs.astype(complex), (self.size + 1, 1))
        rationality = np.full(self.size + 1, point.rationality, dtype=complex)
        logs[np.arange(self.size), np.arange(self.size)] += 1j * COMPLEX_STEP
        rationality[-1] += 1j * COMPLEX_STEP
        return np.asarray(self._residual(logs, rationality).imag.T / COMPLEX_STEP)

    def _residual(self, logs: FloatArray, rationality: FloatArray) -> FloatArray:
        probabilities = np.exp(logs)
        values = self.action_values(probabilities)
        rows = [np.zeros((len(logs), 0), dtype=logs.dtype)]
        for a, b in zip(self.start[:-1], self.start[1:], strict=True):
            rows.append(probabilities[:, a:b].sum(axis=1, keepdims=True) - 1)
            gains = values[:, a + 1 : b] - values[:, a : a + 1]
            rows.append(logs[:, a + 1 : b] - logs[:, a : a + 1] - rationality[:, None] * gains)
        return np.concatenate(rows, axis=1)


def _follow(equations: _Equations, goal: float, tol: float, max_steps: int) -> tuple[list[_Point], Status]:
    """Follow the branch from λ = 0 to `goal`; the last point is corrected at λ = `goal` exactly."""
    game = equations.game
    uniform = np.concatenate([np.full(n, -np.log(n)) for n in game.num_actions] or [np.zeros(0)])
    branch = [_Point(uniform, 0.0)]
    if goal == 0 or equations.size == 0:
        return [_Point(uniform, goal)], Status.CONVERGED
    tangent = _tangent(equations, branch[0], None)
    length = min(0.05, goal)
    for _ in range(max_steps):
        here = branch[-1]
        if realisation_weights(game, np.exp(here.logs)).min() < SMALLEST_WEIGHT:
            return branch, Status.CONVERGED
        ahead = here.moved(length * tangent)
        corrected = _correct(equations, ahead, tangent, tol)
        if corrected is None:
            length /= 2
            if length < 1e-10:
                return branch, Status.OUT_OF_STEPS
            continue
        point, iterations = corrected
        if np.abs(point.logs - ahead.logs).max() > LARGEST_CORRECTION:
            length /= 2
            continue
        if point.rationality >= goal:
            final = _land(equations, here, point, goal, tol)
            if final is not None:
                return [*branch, final], Status.CONVERGED
            length /= 2
            continue
        turned = _tangent(equations, point, tangent)
        if turned @ tangent < 0.8:  # a sharp bend: come closer, lest the step jumps to another branch
            length /= 2
            if length < 1e-10:
                return branch, Status.OUT_OF_STEPS
            continue
        tangent = turned
        branch.append(point)
        if iterations <= 3:
            length = min(length * 1.6, 0.25 * max(1.0, goal, point.rationality))
    return branch, Status.OUT_OF_STEPS


def _tangent(equations: _Equations, point: _Point, before: FloatArray | None) -> FloatArray:
    """Return the unit tangent that continues `before`; at the start the one along which λ grows."""
    jacobian = equations.jacobian(point)
    border = np.zeros(len(jacobian[0])) if before is None else before
    if before is None:
        border[-1] = 1.0
    system = np.vstack([jacobian, border])
    target = np.zeros(len(system))
    target[-1] = 1.0
    tangent = np.linalg.solve(system, target)
    return np.asarray(tangent / np.linalg.norm(tangent))


def _correct(
    equations: _Equations, point: _Point, tangent: FloatArray, tol: float
) -> tuple[_Point, int] | None:
    """Newton's method across the tangent."""
    for iteration in range(12):
        with np.errstate(all="ignore"):  # what overflows is refused just below
            residual = equations.residual(point)
            if not np.isfinite(residual).all():
                return None
            if np.abs(residual).max() < tol:
                return point, iteration
            system = np.vstack([equations.jacobian(point), tangent])
        if not np.isfinite(system).all():
            return None
        try:
            step = np.linalg.solve(system, np.append(-residual, 0.0))
        except np.linalg.LinAlgError:
            return None
        if np.abs(step[:-1]).max() > 5.0:  # logarithms: a probability off by e^5 is another branch
            return None
        point = point.moved(step)
    return None


def _land(equations: _Equations, before: _Point, after: _Point, goal: float, tol: float) -> _Point | None:
    """Correct the point between two neighbours at λ = `goal`."""
    share = (goal - before.rationality) / max(after.rationality - before.rationality, 1e-300)
    start = _Point(before.logs + share * (after.logs - before.logs), goal)
    fixed = np.zeros(equations.size + 1)
    fixed[-1] = 1.0
    landed = _correct(equations, start, fixed, tol)
    return None if landed is None else _Point(landed[0].logs, goal)
