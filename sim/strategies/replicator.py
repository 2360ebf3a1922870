r"""Replicator dynamics: shares of actions grow with their payoff above the average.

.. math::  \dot x_i(a) = x_i(a) \big[u_i(a, x_{-i}) - u_i(x)\big]

with one population per player, or with one population that plays a symmetric game against itself.  Rest
points include all equilibria; what is stable is a Nash equilibrium, and strict equilibria (in one
population: evolutionarily stable strategies) attract.

References
----------
Taylor & Jonker (1978), Evolutionarily stable strategies and game dynamics; Maynard Smith (1982), Evolution
and the theory of games; Weibull (1995), Evolutionary game theory.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sim.arrays import FloatArray, finite, sealed
from sim.errors import ParameterError, SolverError
from sim.games.normal_form import NormalFormGame, Profile, check_profile, deviation_payoffs
from sim.strategies.learning import Trajectory, checked_times


def replicator_field(game: NormalFormGame, profile: Profile) -> Profile:
    """Return the velocity of the replicator dynamics, one population per player."""
    return tuple(
        own * (payoffs - payoffs @ own)
        for own, payoffs in zip(profile, deviation_payoffs(game, profile), strict=True)
    )


def replicator(game: NormalFormGame, start: Sequence[Any], times: Sequence[float]) -> Trajectory:
    """Return the replicator dynamics with one population per player, from `start`, at `times`.

    Raises
    ------
    ParameterError
        If the start is no profile or the times do not increase.

    Examples
    --------
    >>> dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> replicator(dilemma, [[0.9, 0.1], [0.9, 0.1]], [0, 30]).final[0].round(6).tolist()
    [0.0, 1.0]
    """
    profile = check_profile(game, start)
    cuts = np.cumsum(game.num_actions)[:-1].tolist()

    def payoffs(shares: list[FloatArray]) -> list[FloatArray]:
        return list(deviation_payoffs(game, shares))

    strategies = _follow_scores(payoffs, np.concatenate(profile), cuts, times)
    return Trajectory(rule="replicator", strategies=strategies)


def one_population_replicator(matrix: Any, start: Any, times: Sequence[float]) -> Trajectory:
    """Return the replicator dynamics of one population that plays the symmetric game `matrix` [own, other].

    Examples
    --------
    >>> hawk_dove = [[-1, 2], [0, 1]]
    >>> one_population_replicator(hawk_dove, [0.1, 0.9], [0, 100]).final[0].round(6).tolist()
    [0.5, 0.5]
    """
    table = finite(matrix, "matrix")
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise ParameterError(f"matrix must be square, [own, other], got shape {table.shape}")
    (shares,) = check_profile(NormalFormGame(np.zeros((1, len(table)))), [start])
    strategies = _follow_scores(lambda parts: [table @ parts[0]], shares, [], times)
    return Trajectory(rule="replicator, one population", strategies=strategies)


def _follow_scores(
    payoffs: Callable[[list[FloatArray]], list[FloatArray]],
    start: FloatArray,
    cuts: list[int],
    times: Sequence[float],
) -> tuple[FloatArray, ...]:
    """Integrate the payoffs that actions have earned; shares are the start times the exponential of these.

    In these coordinates the dynamics cannot leave the simplex, however long it runs and however small a
    share.
    """
    from scipy.integrate import solve_ivp

    at = checked_times(times)
    with np.errstate(divide="ignore"):
        first = np.log(start)

    def shares(scores: FloatArray) -> list[FloatArray]:
        parts = []
        for logs in np.split(first + scores, cuts):
            weights = np.exp(logs - logs.max())
            parts.append(weights / weights.sum())
        return parts

    def velocity(_: float, scores: FloatArray) -> FloatArray:
        return np.concatenate(payoffs(shares(scores)))

    span = (at[0], at[-1])
    found = solve_ivp(velocity, span, np.zeros(len(start)), method="LSODA", t_eval=at, rtol=1e-9, atol=1e-9)
    if found.status != 0:
        raise SolverError(f"the replicator dynamics could not be followed: {found.message}")
    points = [shares(scores) for scores in found.y.T]
    return tuple(sealed(np.array(part)) for part in zip(*points, strict=True))


def generations(matrix: Any, start: Any, count: int) -> FloatArray:
    """Return the discrete replicator dynamics [count + 1, strategies]: shares grow by payoff over the mean.

    Payoffs are shifted to be positive.  Maynard Smith (1982), appendix D.
    """
    payoffs = finite(matrix, "matrix")
    payoffs = payoffs - payoffs.min() + 1.0
    shares = [np.asarray(start, dtype=float)]
    for _ in range(count):
        fitness = payoffs @ shares[-1]
        shares.append(shares[-1] * fitness / (shares[-1] @ fitness))
    return sealed(np.array(shares))
