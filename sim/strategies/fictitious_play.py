r"""Fictitious play: everybody replies best to how often the others have played what.

With :math:`\bar x_t` the frequencies of past actions (and a first belief that counts as `weight` plays),
player `i` plays an action in :math:`\arg\max_a u_i(a, \bar x_{-i,t})`, of several the first.  Frequencies
converge to an equilibrium in zero-sum games, 2×n games and games solvable by dominance; in Shapley's game
they cycle.

References
----------
Brown (1951), Iterative solution of games by fictitious play; Robinson (1951), An iterative method of
solving a game; Shapley (1964), Some topics in two-person games.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.arrays import sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, Profile, deviation_payoffs
from sim.strategies.learning import Trajectory, checked_steps, starting_profile


def fictitious_play(
    game: NormalFormGame, steps: int, *, start: Sequence[Any] | None = None, weight: float = 1.0
) -> Trajectory:
    """Return the frequencies of actions over `steps` simultaneous plays.

    Parameters
    ----------
    start : profile, optional
        First beliefs, default uniform.
    weight : float
        How many plays the first beliefs count for, positive.

    Examples
    --------
    >>> pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> play = fictitious_play(pennies, 2000, start=[[1, 0], [0, 1]])
    >>> bool(abs(play.final[0] - 0.5).max() < 0.03)
    True
    """
    count = checked_steps(steps)
    if not weight > 0:
        raise ParameterError(f"weight must be positive, got {weight}")
    beliefs = starting_profile(game, start)
    totals = [weight * belief for belief in beliefs]
    actions = np.empty((count, game.num_players), dtype=np.int64)
    path = [np.empty((count + 1, actions_of)) for actions_of in game.num_actions]
    two = game.num_players == 2
    # with two players expected payoffs are linear in the other's totals and can be summed up
    worth = [totals[1] @ game.payoffs[0].T, totals[0] @ game.payoffs[1]] if two else []
    for step in range(count):
        for player in range(game.num_players):
            path[player][step] = totals[player] / (weight + step)
        if not two:
            worth = list(deviation_payoffs(game, [frequencies[step] for frequencies in path]))
        actions[step] = [int(payoffs.argmax()) for payoffs in worth]
        for player, action in enumerate(actions[step]):
            totals[player][action] += 1
        if two:
            worth[0] = worth[0] + game.payoffs[0][:, actions[step, 1]]
            worth[1] = worth[1] + game.payoffs[1][actions[step, 0]]
    for player in range(game.num_players):
        path[player][count] = totals[player] / (weight + count)
    return Trajectory(
        rule="fictitious play",
        strategies=tuple(sealed(frequencies) for frequencies in path),
        actions=sealed(actions, np.int64),
    )


def best_response_field(game: NormalFormGame, profile: Profile) -> Profile:
    """Return the velocity of the best-response flow: the first best reply minus the present strategy.

    Gilboa & Matsui (1991).  Discontinuous where the best reply changes.
    """
    return tuple(
        np.eye(len(own))[int(payoffs.argmax())] - own
        for own, payoffs in zip(profile, deviation_payoffs(game, profile), strict=True)
    )
