"""All pure equilibria, by comparing every payoff with the best reply to the others' actions.

Payoffs closer than round-off (`TIE` of the player's largest payoff) are the same payoff.
"""

from typing import Any

import numpy as np

from sim.arrays import BoolArray, FloatArray, sealed
from sim.games.normal_form import NormalFormGame, Profile, expected_payoffs, regrets
from sim.solvers.selection import selected
from sim.solvers.solution import Completeness, Solution, Status

TIE = 2.0**-46


def pure_equilibria(game: NormalFormGame, selection: str = "all") -> Solution:
    """Return all pure equilibria; `degenerate` says that one of them has a tie.

    Parameters
    ----------
    selection : str
        One of `sim.solvers.selection.RULES`.

    Examples
    --------
    >>> chicken = NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]])
    >>> pure_equilibria(chicken).payoffs.tolist()
    [[2.0, 7.0], [7.0, 2.0]]
    """
    where = pure_equilibrium_mask(game.payoffs[np.newaxis])[0]
    profiles = tuple(_pure_profile(joint, game.num_actions) for joint in np.argwhere(where))
    solution = Solution(
        profiles=profiles,
        payoffs=sealed(
            np.reshape([expected_payoffs(game, profile) for profile in profiles], (-1, game.num_players))
        ),
        regrets=sealed([max(0.0, regrets(game, profile).max()) for profile in profiles]),
        concept="pure",
        method="comparison with every best reply",
        complete=Completeness.PROVED,
        degenerate=any(_has_tie(game, joint) for joint in np.argwhere(where)),
        status=Status.CONVERGED if profiles else Status.INFEASIBLE,
    )
    return selected(game, solution, selection)


def pure_equilibrium_mask(payoffs: FloatArray) -> BoolArray:
    """Return which joint actions are pure equilibria, [games, *actions].

    ``payoffs`` is [games, players, *actions].

    Examples
    --------
    >>> pure_equilibrium_mask(np.array([[[[6, 2], [7, 0]], [[6, 7], [2, 0]]]])).tolist()
    [[[False, True], [True, False]]]
    """
    axes = tuple(range(2, payoffs.ndim))
    slack = TIE * np.abs(payoffs).max(axis=axes, keepdims=True)
    mask: BoolArray = np.ones(payoffs[:, 0].shape, dtype=np.bool_)
    for player in range(payoffs.shape[1]):
        own = payoffs[:, player]
        mask &= own >= own.max(axis=1 + player, keepdims=True) - slack[:, player]
    return mask


def _pure_profile(joint: Any, num_actions: tuple[int, ...]) -> Profile:
    return tuple(sealed(np.eye(count)[action]) for count, action in zip(num_actions, joint, strict=True))


def _has_tie(game: NormalFormGame, joint: Any) -> bool:
    for player in range(game.num_players):
        others = tuple(slice(None) if k == player else action for k, action in enumerate(joint))
        own = game.payoffs[player][others]
        if (own >= own.max() - TIE * np.abs(game.payoffs[player]).max()).sum() > 1:
            return True
    return False
