"""What a batch of games solved together returns, stored compactly."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import BoolArray, FloatArray, IntArray
from sim.games.normal_form import Profile
from sim.solvers.solution import Completeness


@dataclass(frozen=True, eq=False, kw_only=True)
class BatchSolution:
    """Equilibria of many games with the same numbers of actions, each with its regret.

    The equilibria of all games stand one after another; those of game ``g`` are rows
    ``offsets[g]:offsets[g + 1]``.

    Attributes
    ----------
    num_actions : tuple of int
        Number of actions of each player.
    offsets : int array [games + 1]
    strategies : float array [equilibria, sum of num_actions]
        The strategies of a profile, one player after the other.
    payoffs : float array [equilibria, players]
    regrets : float array [equilibria]
        Largest regret of any player, payoff units.
    degenerate : bool array [games]
        If so, a two-player game lists the extreme points of its components; solve it alone to see these.
    index_sum : int array [games]
        Sum of the equilibria's indices, +1 when none is missed; 0 for a degenerate game.
    proved : bool
        Whether completeness is proved for every game (two players).
    concept : str
        What was asked for.
    """

    num_actions: tuple[int, ...]
    offsets: IntArray
    strategies: FloatArray
    payoffs: FloatArray
    regrets: FloatArray
    degenerate: BoolArray
    index_sum: IntArray
    proved: bool
    concept: str = "nash"

    @property
    def num_games(self) -> int:
        """Number of games."""
        return len(self.offsets) - 1

    @property
    def counts(self) -> IntArray:
        """Number of equilibria of each game, [games]."""
        counts: IntArray = np.diff(self.offsets)
        return counts

    def complete(self, game: int) -> Completeness:
        """Return whether all equilibria of `game` were found."""
        if self.proved:
            return Completeness.PROVED
        regular = not self.degenerate[game] and self.index_sum[game] == 1
        return Completeness.CONSISTENT if regular else Completeness.NO

    def profiles(self, game: int) -> tuple[Profile, ...]:
        """Return the equilibria of `game`, one tuple of strategies each."""
        cuts = np.cumsum(self.num_actions)[:-1]
        rows = self.strategies[self.offsets[game] : self.offsets[game + 1]]
        return tuple(tuple(np.split(row, cuts)) for row in rows)
