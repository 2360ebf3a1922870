"""Logit quantal response equilibria: one rationality, or the whole principal branch and its limit.

Rationality (λ) multiplies payoff differences: at 0 everybody plays at random, and as it grows the branch
approaches one Nash equilibrium of almost every game, which is thereby selected.
"""

from itertools import accumulate

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, Profile, deviation_payoffs
from sim.solvers.kernels.logit_path import REACHED, TOO_MANY_STEPS
from sim.solvers.logit_branch import follow_branch
from sim.solvers.solution import Solution, Status


def logit_equilibria(
    game: NormalFormGame, rationality: float | None = None, max_rationality: float | None = None
) -> Solution:
    """Return the logit equilibrium at `rationality` on the principal branch, or the branch and its limit.

    Parameters
    ----------
    rationality : float, optional
        Per unit of payoff, at least 0; the branch's first point there. The regret of such a profile is not
        zero; `logit_residual` says how well it solves the logit equations.
    max_rationality : float, optional
        Where to end the branch when no `rationality` is given. Default: far enough to tell the limit, the
        Nash equilibrium which then is the profile returned. With a value, its last point is returned.

    Returns
    -------
    solution : Solution
        ``extra["branch"]`` holds ``rationality`` [points] and ``strategies`` [points, sum of actions].

    Raises
    ------
    ParameterError
        If a rationality is negative or not finite, or both are given.

    Examples
    --------
    >>> dilemma = NormalFormGame([[[3, 0], [4, 1]], [[3, 4], [0, 1]]])
    >>> solution = logit_equilibria(dilemma, rationality=1.0)  # 1 / (1 + e)
    >>> round(float(solution.profiles[0][0][0]), 6)
    0.268941
    >>> logit_equilibria(dilemma).payoffs.tolist()
    [[1.0, 1.0]]
    """
    if rationality is not None and max_rationality is not None:
        raise ParameterError("rationality and max_rationality contradict each other, give one of them")
    goal = _checked("rationality", rationality) if rationality is not None else None
    if goal is None and max_rationality is not None:
        goal = _checked("max_rationality", max_rationality)
    branch = follow_branch(game, goal)
    reached = float(branch.rationality[-1])
    status = Status.CONVERGED
    if branch.outcome != REACHED:
        status = Status.OUT_OF_STEPS if branch.outcome == TOO_MANY_STEPS else Status.NO_EQUILIBRIUM_FOUND
    at_limit = goal is None and branch.limit_regret < float("inf")
    if goal is None and not at_limit and status is Status.CONVERGED:
        status = Status.OUT_OF_STEPS  # the limit is not regular: what is known is a point near it
    return Solution(
        profiles=(_split(branch.limit if at_limit else branch.strategies[-1], game.num_actions),),
        payoffs=sealed([branch.payoffs]),
        regrets=sealed([branch.limit_regret if at_limit else branch.last_regret]),
        concept="logit",
        method="principal branch by predictor and corrector" + (", limit polished" if at_limit else ""),
        status=status,
        extra={"rationality": float("inf") if at_limit else reached, "branch": branch},
    )


def logit_residual(game: NormalFormGame, profile: Profile, rationality: float) -> float:
    """Return the largest difference between `profile` and the logit response to it."""
    return max(
        float(np.abs(own - _logit_response(payoffs, rationality)).max())
        for own, payoffs in zip(profile, deviation_payoffs(game, profile), strict=True)
    )


def _checked(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ParameterError(f"{name} must be a finite number >= 0, got {value!r}")
    return float(value)


def _split(row: FloatArray, num_actions: tuple[int, ...]) -> Profile:
    ends = list(accumulate(num_actions))
    return tuple(row[end - count : end] for end, count in zip(ends, num_actions, strict=True))


def _logit_response(payoffs: FloatArray, rationality: float) -> FloatArray:
    weights: FloatArray = np.exp(rationality * (payoffs - payoffs.max()))
    weights /= weights.sum()
    return weights
