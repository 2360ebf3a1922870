"""A stochastic game laid out flat for compiled code, and the way back.

Actions of all states and players are numbered 0..M-1, those of one player in one state next to each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import BoolArray, FloatArray, IntArray
from sim.games.stochastic import MarkovProfile, StochasticGame


@dataclass(frozen=True, eq=False, kw_only=True)
class Workspace:
    """Room for the kernel, and what it leaves there.

    Attributes
    ----------
    strategies [actions] : σ of the last point
    step, tangent [actions + states · players] : Newton step and tangent there, θ before V
    arrays : everything, in the kernel's order
    """

    strategies: FloatArray
    step: FloatArray
    tangent: FloatArray
    arrays: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class FlatGame:
    """The arrays of a stochastic game in the kernel's order, with payoffs divided by their range.

    Attributes
    ----------
    arrays : tuple
        As `sim.solvers.kernels.markov_equations` documents them.
    scale : float
        Range of the payoffs; λ in payoff units is the kernel's λ divided by it.
    game : StochasticGame
    """

    arrays: tuple[Any, ...]
    scale: float
    game: StochasticGame

    @property
    def starts(self) -> IntArray:
        """Number of the first action of each player in each state, [states, players]."""
        starts: IntArray = self.arrays[5]
        return starts

    @property
    def num_numbers(self) -> int:
        """Number of actions over all states and players."""
        return int(self.arrays[7][-1])

    def profile(self, sigma: FloatArray) -> MarkovProfile:
        """Return flat probabilities as one array [states, actions] per player."""
        strategies = []
        for player, width in enumerate(self.game.max_actions):
            strategy = np.zeros((self.game.num_states, width))
            for state, counts in enumerate(self.game.num_actions):
                first = self.starts[state, player]
                strategy[state, : counts[player]] = sigma[first : first + counts[player]]
            strategies.append(strategy)
        return tuple(strategies)

    def flat(self, profile: Sequence[FloatArray]) -> FloatArray:
        """Return a Markov profile as flat probabilities."""
        sigma = np.empty(self.num_numbers)
        for player, strategy in enumerate(profile):
            for state, counts in enumerate(self.game.num_actions):
                first = self.starts[state, player]
                sigma[first : first + counts[player]] = strategy[state, : counts[player]]
        return sigma

    def workspace(self) -> Workspace:
        """Return room for the kernel to work in."""
        num_states, num_players = self.starts.shape
        num, widest = self.num_numbers, int(np.diff(self.arrays[7]).max())
        reduced, values = widest - num_players, num_states * num_players
        strategies, step, tangent = np.zeros(num), np.zeros(num + values), np.zeros(num + values)
        arrays = (
            strategies,
            np.zeros(num),  # Q
            np.zeros((widest, widest)),
            np.zeros((widest, num_states)),
            np.zeros(2 * num_players + 1),
            np.zeros((num_players, int(np.diff(self.arrays[0]).max()))),
            np.zeros((num_states, reduced, reduced)),
            np.zeros((num_states, reduced), np.int64),
            np.zeros(num, np.int64),
            np.zeros((num, num_states)),
            np.zeros((num, num_players)),
            np.zeros((num_states, num_players, num_states)),
            np.zeros(num),  # residuals of θ
            step[:num],
            tangent[:num],
            np.zeros((num_states, num_players)),  # residuals of V
            step[num:].reshape(num_states, num_players),
            tangent[num:].reshape(num_states, num_players),
            np.zeros((values, values)),
            np.zeros(values, np.int64),
            np.zeros(max(values, reduced)),
        )
        return Workspace(strategies=strategies, step=step, tangent=tangent, arrays=arrays)


def flat_game(game: StochasticGame) -> FlatGame:
    """Lay out `game` for the kernel."""
    num_states, num_players = game.num_states, game.num_players
    count = np.array(game.num_actions, dtype=np.int64).reshape(num_states, num_players)
    ends = count.cumsum().reshape(count.shape)
    start = ends - count
    sizes = [int(np.prod(counts)) for counts in game.num_actions]
    first_row = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    lowest = min(float(here.min()) for here in game.payoffs)
    scale = max(float(here.max()) for here in game.payoffs) - lowest
    scale = scale if scale > 0 else 1.0
    place = np.concatenate(
        [
            np.indices(counts).reshape(num_players, -1).T + start[state]
            for state, counts in enumerate(game.num_actions)
        ]
    )
    payoffs = np.concatenate([here.reshape(num_players, -1).T for here in game.payoffs])
    law = np.concatenate([here.reshape(-1, num_states) for here in game.transitions])
    arrays = (
        first_row,
        np.ascontiguousarray(place),
        np.ascontiguousarray(payoffs / scale),
        np.ascontiguousarray(law),
        np.array(game.discounts),
        start,
        count,
        np.concatenate([[0], ends[:, -1]]),
        np.ascontiguousarray(law.T),
    )
    return FlatGame(arrays, scale, game)


def likeliest(flat: FlatGame, sigma: FloatArray) -> IntArray:
    """Return the number of the likeliest action of each player in each state, [states, players]."""
    start, count = flat.arrays[5], flat.arrays[6]
    best: IntArray = np.empty_like(start)
    for place in np.ndindex(*start.shape):
        first = start[place]
        best[place] = first + sigma[first : first + count[place]].argmax()
    return best


def everything(flat: FlatGame) -> BoolArray:
    """Return the support of all actions."""
    return np.ones(flat.num_numbers, dtype=np.bool_)
