"""Play after a deal has lapsed for a while: the no-deal equilibrium for K periods, then the deal again.

With P the law of public states in the no-deal equilibrium, V what they are worth there and W what the deal is worth
in the public states that it knows, a lapse in state s is worth :math:`V_s + δ^K (P^K (W - V))_s`, the difference
being zero where there is no deal to come back to: the treaty is not in force, or stands as the deal does not know it.
"""

import numpy as np

from sim.arrays import FloatArray, IntArray
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import NUM_ACTORS
from sim.solvers.treaty_audit import best_reply
from sim.solvers.treaty_product import TreatyProduct


class Reversion:
    """The no-deal equilibrium played for a number of periods.

    Parameters
    ----------
    games, draw, profile : the game without a deal, and its Markov equilibrium
    periods : K, at least 1
    """

    def __init__(self, games: TreatyGames, draw: int, profile: TreatyProfile, periods: int) -> None:
        self.periods = periods
        self._product = TreatyProduct(games, draw, profile)
        self._cell_of_state = np.zeros(games.graph.num_states, dtype=np.int64)
        self._cell_of_state[self._product.states] = np.arange(self._product.cells)
        self._law = self._product.transition(self._product.choice)

    def landing(self, lapsed: IntArray, known: IntArray) -> FloatArray:
        """Return the probability of each public state in `known`, `periods` after each one in `lapsed`.

        Parameters
        ----------
        lapsed : int array [N], public states
        known : int array [C], public states that the deal knows, -1 for none; of equal ones the first counts

        Returns
        -------
        probabilities : float array [N, C]
        """
        cells = self._cell_of_state[lapsed]
        reached = np.zeros((len(cells), self._product.cells))
        reached[np.arange(len(cells)), cells] = 1.0
        for _ in range(self.periods):
            reached = (self._law.T @ reached.T).T
        first = np.zeros(len(known), dtype=bool)
        first[np.unique(known, return_index=True)[1]] = True
        return np.where(first & (known >= 0), reached[:, self._cell_of_state[np.maximum(known, 0)]], 0.0)

    def excess(self, values: FloatArray, known: IntArray, kept: FloatArray) -> FloatArray:
        """Return by how much a one-shot deviation after a lapse gains more than noise costs anyway, [actors].

        In the no-deal equilibrium itself choices are noisy: the largest gain there is the price of noise.

        Parameters
        ----------
        values : float array [S, actors], the no-deal equilibrium's
        known, kept : public states to which the deal comes back, and what it is worth there [C, actors]
        """
        product, choice = self._product, self._product.choice
        now = np.zeros((product.cells, NUM_ACTORS))
        now[self._cell_of_state] = values
        price = self._gains(now)
        for k in range(len(known) - 1, -1, -1):  # of equal ones the first counts
            if known[k] >= 0:
                now[self._cell_of_state[known[k]]] = kept[k]
        largest = np.zeros(NUM_ACTORS)
        for _ in range(self.periods):
            largest = np.maximum(largest, self._gains(now))
            now = product.respond(now, choice).total
        return np.maximum(largest - price, 0.0)

    def _gains(self, ahead: FloatArray) -> FloatArray:
        """Return the largest gain of one deviation, if `ahead` comes after, [actors]."""
        choice = self._product.choice
        here = self._product.respond(ahead, choice).total
        return np.array(
            [
                max(0.0, float((best_reply(self._product, choice, ahead, actor)[1] - here[:, actor]).max()))
                for actor in range(NUM_ACTORS)
            ]
        )
