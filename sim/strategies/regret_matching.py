r"""Regret matching: play an action in proportion to how much one regrets not having played it all along.

With :math:`R_i(a) = \frac1t \sum_{s<t} [u_i(a, a_{-i,s}) - u_i(a_s)]` player `i` plays `a` with
probability proportional to :math:`\max(R_i(a), 0)`, uniformly if no regret is positive.  All regrets
vanish like :math:`1/\sqrt t`, so the joint frequencies of play approach the set of coarse correlated
equilibria.

References
----------
Hart & Mas-Colell (2000), A simple adaptive procedure leading to correlated equilibrium (the unconditional
form).
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.games.normal_form import NormalFormGame
from sim.strategies.learning import Trajectory, checked_steps


@dataclass(frozen=True, eq=False, kw_only=True)
class RegretMatching:
    """A run of regret matching.

    Attributes
    ----------
    trajectory : Trajectory
        Marginal frequencies and the actions that were played.
    joint : float array [*actions]
        Frequencies of joint actions.
    regrets : float array [players]
        Largest average regret of each player at the end: how far `joint` is from a coarse correlated
        equilibrium.
    """

    trajectory: Trajectory
    joint: FloatArray
    regrets: FloatArray


def regret_matching(game: NormalFormGame, steps: int, *, seed: int = 0) -> RegretMatching:
    """Return a run of `steps` plays; the same seed gives the same run.

    Examples
    --------
    >>> pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> run = regret_matching(pennies, 3000)
    >>> bool(run.regrets.max() < 0.06)
    True
    """
    count = checked_steps(steps)
    uniforms = np.random.Generator(np.random.Philox(seed)).random((count, game.num_players))
    sums = [np.zeros(actions) for actions in game.num_actions]
    actions = np.empty((count, game.num_players), dtype=np.int64)
    joint = np.zeros(game.num_actions)
    path = [np.zeros((count, n)) for n in game.num_actions]
    for step in range(count):
        for player, total in enumerate(sums):
            positive = np.maximum(total, 0.0)
            weight = positive.sum()
            shares = positive / weight if weight > 0 else np.full(len(total), 1 / len(total))
            draw = int(np.searchsorted(np.cumsum(shares), uniforms[step, player], side="right"))
            actions[step, player] = min(draw, int(np.flatnonzero(shares)[-1]))
        played = tuple(actions[step].tolist())
        joint[played] += 1
        for player, payoffs in enumerate(game.payoffs):
            own = np.moveaxis(payoffs, player, -1)[(*played[:player], *played[player + 1 :])]
            sums[player] += own - own[played[player]]
            path[player][step, played[player]] = 1
    plays = np.arange(1, count + 1)[:, None]
    strategies = tuple(sealed(np.cumsum(chosen, axis=0) / plays) for chosen in path)
    return RegretMatching(
        trajectory=Trajectory(
            rule="regret matching",
            strategies=strategies,
            actions=sealed(actions, np.int64),
        ),
        joint=sealed(joint / count),
        regrets=sealed([max(float(total.max()), 0.0) / count for total in sums]),
    )
