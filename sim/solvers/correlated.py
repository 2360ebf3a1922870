r"""Correlated and coarse correlated equilibria, by linear programming.

A distribution :math:`p` over joint actions is a *correlated equilibrium* when no player gains from playing
:math:`b` whenever told :math:`a`,

.. math:: \sum_{a_{-i}} p(a, a_{-i}) [u_i(b, a_{-i}) - u_i(a, a_{-i})] ≤ 0,

and a *coarse* one when no player gains from playing :math:`b` without listening.  Both sets are polytopes;
what is returned are the points best in welfare and best for each player, and the range of each of these
values.

References ---------- Aumann (1974), Subjectivity and correlation in randomized strategies. Moulin & Vial
(1978), Strategically zero-sum games.
"""

from typing import Any

import numpy as np

from sim.arrays import FloatArray, finite, sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.solvers.solution import Completeness, Solution, Status

WELFARE = "welfare"
"""Name of the objective that is the sum of the payoffs."""

REGRET_TOLERANCE = 1e-8


def correlated_equilibria(game: NormalFormGame) -> Solution:
    """Return the correlated equilibria best in welfare, and best for each player.

    Each profile is one array, the distribution over joint actions [*actions].  ``extra["objectives"]`` names
    them, ``extra["range"]`` gives for each objective its least and largest value over the whole set.

    Examples
    --------
    >>> chicken = NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]])
    >>> solution = correlated_equilibria(chicken)  # Aumann (1974): 10.5
    >>> round(float(solution.payoffs[0].sum()), 9)
    10.5
    """
    return _best_points(game, _incentives(game), "correlated", coarse=False)


def coarse_correlated_equilibria(game: NormalFormGame) -> Solution:
    """Return the coarse correlated equilibria best in welfare, and best for each player.

    The result is laid out as that of `correlated_equilibria`.

    Examples
    --------
    >>> chicken = NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]])
    >>> solution = coarse_correlated_equilibria(chicken)  # at least as much as listening to advice allows
    >>> bool(solution.payoffs[0].sum() >= correlated_equilibria(chicken).payoffs[0].sum() - 1e-9)
    True
    """
    return _best_points(game, _coarse_incentives(game), "coarse_correlated", coarse=True)


def deviation_gains(game: NormalFormGame, distribution: Any, *, coarse: bool = False) -> FloatArray:
    """Return what each player gains from its best deviation, [players]; zeros at an equilibrium.

    Parameters
    ----------
    distribution : float array [*actions]
        Probabilities of joint actions.
    coarse : bool
        The deviation must not depend on the action that was drawn.

    Raises
    ------
    ParameterError
        If `distribution` does not fit the game or is no distribution.

    Examples
    --------
    >>> pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> deviation_gains(pennies, [[0.5, 0], [0, 0.5]]).tolist()
    [0.0, 2.0]
    """
    probabilities = finite(distribution, "distribution")
    if probabilities.shape != game.num_actions:
        raise ParameterError(f"distribution must have shape {game.num_actions}, got {probabilities.shape}")
    if (probabilities < 0).any() or abs(probabilities.sum() - 1) > 1e-9:
        raise ParameterError(f"distribution must be probabilities summing to 1, got {probabilities.tolist()}")
    gains = np.zeros(game.num_players)
    for player in range(game.num_players):
        own = np.moveaxis(game.payoffs[player], player, 0).reshape(game.num_actions[player], -1)
        weights = np.moveaxis(probabilities, player, 0).reshape(own.shape)
        told = weights @ own.T  # [told, played]
        if coarse:
            gains[player] = told.sum(axis=0).max() - np.trace(told)
        else:
            gains[player] = (told.max(axis=1) - np.diag(told)).sum()
    return np.maximum(gains, 0.0)


def _best_points(game: NormalFormGame, incentives: FloatArray, concept: str, *, coarse: bool) -> Solution:
    objectives = {WELFARE: game.payoffs.sum(axis=0)} | dict(zip(game.players, game.payoffs, strict=True))
    points: list[tuple[FloatArray]] = []
    ranges: dict[str, tuple[float, float]] = {}
    for name, objective in objectives.items():
        best, worst = (_optimum(sign * objective, incentives, game.num_actions) for sign in (1.0, -1.0))
        if best is None or worst is None:
            return _failed(game, concept)
        points.append((best,))
        ranges[name] = (float((worst * objective).sum()), float((best * objective).sum()))
    gains = [deviation_gains(game, point, coarse=coarse).max() for (point,) in points]
    if max(gains) > REGRET_TOLERANCE * max(1.0, float(np.ptp(game.payoffs))):
        return _failed(game, concept)
    joint = tuple(range(1, 1 + game.num_players))
    return Solution(
        profiles=tuple(points),
        payoffs=sealed([(game.payoffs * point).sum(axis=joint) for (point,) in points]),
        regrets=sealed(gains),
        concept=concept,
        method="linear programme (HiGHS)",
        complete=Completeness.NO,
        extra={"objectives": tuple(objectives), "range": ranges},
    )


def _optimum(
    objective: FloatArray, incentives: FloatArray, num_actions: tuple[int, ...]
) -> FloatArray | None:
    from scipy.optimize import linprog

    count = objective.size
    result = linprog(
        -objective.ravel(),
        A_ub=incentives if len(incentives) else None,
        b_ub=np.zeros(len(incentives)) if len(incentives) else None,
        A_eq=np.ones((1, count)),
        b_eq=[1.0],
        bounds=(0, None),
        method="highs-ds",
    )
    if result.status != 0:
        return None
    point = np.clip(result.x, 0.0, None)
    return sealed((point / point.sum()).reshape(num_actions))


def _failed(game: NormalFormGame, concept: str) -> Solution:
    return Solution(
        profiles=(),
        payoffs=sealed(np.empty((0, game.num_players))),
        regrets=sealed([]),
        concept=concept,
        method="linear programme (HiGHS)",
        status=Status.NO_EQUILIBRIUM_FOUND,
    )


def _incentives(game: NormalFormGame) -> FloatArray:
    """Return a row per player, told action and other action: the gain's coefficients [*actions], flat."""
    rows = []
    for player, count in enumerate(game.num_actions):
        own = np.moveaxis(game.payoffs[player], player, 0)
        scale = float(np.ptp(own)) or 1.0
        for told in range(count):
            for played in range(count):
                if played != told:
                    row = np.zeros_like(own)
                    row[told] = (own[played] - own[told]) / scale
                    rows.append(np.moveaxis(row, 0, player).ravel())
    return np.array(rows)


def _coarse_incentives(game: NormalFormGame) -> FloatArray:
    rows = []
    for player, count in enumerate(game.num_actions):
        own = game.payoffs[player]
        scale = float(np.ptp(own)) or 1.0
        for played in range(count):
            fixed = np.take(own, [played], axis=player)
            rows.append(((fixed - own) / scale).ravel())
    return np.array(rows)
