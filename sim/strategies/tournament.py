r"""Round-robin tournaments of automata in a repeated game, exactly.

Two automata in a repeated game are a finite Markov chain (`sim.solvers.product_chain`), so the expected
payoff per turn of a match is linear algebra, noise and mixed strategies included:

* *turns* T: :math:`\frac1T \sum_{t<T} π_0 P^t r`;
* *random ending* with continuation probability w: the discounted sum at w, times :math:`1 - w` (per turn
played);
* neither: the long-run mean, along the chain's recurrent classes.

`sim.engine.matches` plays the same tournaments by Monte Carlo.

References
----------
Axelrod (1980), Effective choice in the prisoner's dilemma; Nowak & Sigmund (1993), stochastic strategies.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.automaton import Automaton
from sim.games.repeated import RepeatedGame
from sim.solvers.product_chain import ProductChain, discounted, product_chain
from sim.strategies.textbook import seated

Entrant = Automaton | tuple[Automaton, Automaton]


@dataclass(frozen=True, eq=False, kw_only=True)
class Tournament:
    """Payoffs of all pairs and the ranking.

    Attributes
    ----------
    names : tuple of str
    payoffs : float array [entrants, entrants, 2]
        Expected payoff per turn of the first in seat 0 and of the second in seat 1.
    standard_errors : float array [entrants, entrants, 2]
        Of `payoffs`; zero if exact.
    scores : float array [entrants]
        Mean payoff per turn over all matches counted, both seats.
    score_errors : float array [entrants]
    ranking : tuple of str
        Names by falling score; of equal scores the one entered first.
    exact : bool
    """

    names: tuple[str, ...]
    payoffs: FloatArray
    standard_errors: FloatArray
    scores: FloatArray
    score_errors: FloatArray
    ranking: tuple[str, ...]
    exact: bool

    def rows(self) -> list[tuple[int, str, float, float]]:
        """Return (rank, name, score, standard error), best first."""
        order = [self.names.index(name) for name in self.ranking]
        return [
            (k + 1, self.names[i], float(self.scores[i]), float(self.score_errors[i]))
            for k, i in enumerate(order)
        ]


def round_robin(
    game: RepeatedGame,
    entrants: Mapping[str, Entrant],
    *,
    turns: int | None = None,
    continuation: float | None = None,
    self_play: bool = True,
) -> Tournament:
    """Return the exact result of a round robin.

    Parameters
    ----------
    game : RepeatedGame
        Two players; its execution errors and monitoring apply, its discount does not.
    entrants : mapping of names to automata
        A strategy over pairs (see `sim.strategies.textbook`) or a tuple with one automaton per seat.
    turns : int, optional
        Length of a match.
    continuation : float, optional
        Probability of a further turn, in [0, 1), instead of `turns`. With neither the long-run mean counts.
    self_play : bool
        Whether an entrant's match against itself counts for its score.

    Raises
    ------
    ParameterError
        If there are not two players, no entrants, or both `turns` and `continuation` are given.

    Examples
    --------
    >>> from sim.games.normal_form import NormalFormGame
    >>> from sim.strategies.textbook import always_breach, tit_for_tat
    >>> game = RepeatedGame(NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]), 0.0)
    >>> found = round_robin(game, {"tft": tit_for_tat(), "alld": always_breach()}, turns=10)
    >>> (found.payoffs[0, 1] * 10).round(9).tolist()
    [9.0, 14.0]
    """
    seats = seated_entrants(game, entrants)
    if turns is not None and continuation is not None:
        raise ParameterError("give turns or continuation, not both")
    if turns is not None and (turns < 1 or turns != int(turns)):
        raise ParameterError(f"turns must be a whole number of at least 1, got {turns}")
    if continuation is not None and not 0 <= continuation < 1:
        raise ParameterError(f"continuation must lie in [0, 1), got {continuation}")
    size = len(seats)
    payoffs = np.empty((size, size, 2))
    for i, (first, _) in enumerate(seats):
        for j, (_, second) in enumerate(seats):
            payoffs[i, j] = match_payoffs(game, first, second, turns=turns, continuation=continuation)
    return ranked(tuple(entrants), payoffs, np.zeros_like(payoffs), self_play=self_play, exact=True)


def match_payoffs(
    game: RepeatedGame,
    first: Automaton,
    second: Automaton,
    *,
    turns: int | None = None,
    continuation: float | None = None,
) -> FloatArray:
    """Return both players' expected payoff per turn in one match, [2]; arguments as in `round_robin`."""
    chain = product_chain(game, (first, second))
    rewards = np.stack(
        [(b * r).sum(axis=1) for b, r in zip(chain.behaviour, chain.rewards, strict=True)], axis=1
    )
    if continuation is not None:
        worth = discounted(chain.transition(), continuation, rewards)[chain.initial]
        result: FloatArray = (1 - continuation) * worth
    elif turns is not None:
        result = occupation(chain, int(turns)) @ rewards
    else:
        result = long_run(chain) @ rewards
    return result


def occupation(chain: ProductChain, turns: int) -> FloatArray:
    """Return the expected share of `turns` spent in each cell, [cells]."""
    law = chain.transition()
    here = np.zeros(chain.num_cells)
    here[chain.initial] = 1.0
    total = np.zeros(chain.num_cells)
    for _ in range(turns):
        total += here
        here = law.T @ here
    return total / turns


def long_run(chain: ProductChain) -> FloatArray:
    """Return the long-run share of time in each cell from the first one, [cells].

    Recurrent classes are found exactly as closed strong components, each with its own stationary
    distribution; the chances of ending up in each solve a linear system.  Periodic chains are fine.
    """
    from scipy.sparse.csgraph import connected_components

    law = chain.transition()
    count, label = connected_components(law, directed=True, connection="strong")
    dense = law.toarray()
    closed = [k for k in range(count) if dense[np.ix_(label == k, label != k)].sum() == 0]
    transient = np.flatnonzero(~np.isin(label, closed))
    share = np.zeros(chain.num_cells)
    for k in closed:
        cells = np.flatnonzero(label == k)
        if chain.initial in cells:
            arrival = 1.0
        elif chain.initial in transient:
            inside = np.eye(len(transient)) - dense[np.ix_(transient, transient)]
            chances = np.linalg.solve(inside, dense[np.ix_(transient, cells)].sum(axis=1))
            arrival = float(chances[np.searchsorted(transient, chain.initial)])
        else:
            continue
        block = dense[np.ix_(cells, cells)]
        system = np.vstack([block.T - np.eye(len(cells)), np.ones(len(cells))])
        share[cells] = arrival * np.linalg.lstsq(system, np.append(np.zeros(len(cells)), 1.0), rcond=None)[0]
    return share


def seated_entrants(game: RepeatedGame, entrants: Mapping[str, Entrant]) -> list[tuple[Automaton, Automaton]]:
    """Return one automaton per seat for every entrant; no entrants or not two players is a ParameterError."""
    if game.num_players != 2:
        raise ParameterError(f"a tournament needs a game of 2 players, got {game.num_players}")
    if not entrants:
        raise ParameterError("a tournament needs at least one entrant, got none")
    return [
        entrant if isinstance(entrant, tuple) else (seated(entrant, 0), seated(entrant, 1))
        for entrant in entrants.values()
    ]


def ranked(
    names: tuple[str, ...], payoffs: FloatArray, standard_errors: FloatArray, *, self_play: bool, exact: bool
) -> Tournament:
    """Return scores and ranking from the payoffs of all pairs, [entrants, entrants, 2]."""
    size = len(names)
    counted = np.ones((size, size), dtype=bool)
    if not self_play:
        np.fill_diagonal(counted, val=False)
    if size == 1 and not self_play:
        raise ParameterError("a tournament without self-play needs at least two entrants")
    # entrant i is in seat 0 along row i and in seat 1 along column i
    matches = 2 * counted.sum(axis=1)
    scores = ((payoffs[:, :, 0] * counted).sum(axis=1) + (payoffs[:, :, 1] * counted).sum(axis=0)) / matches
    squares = standard_errors**2
    spread = (squares[:, :, 0] * counted).sum(axis=1) + (squares[:, :, 1] * counted).sum(axis=0)
    order = np.argsort(-scores.round(12), kind="stable")
    return Tournament(
        names=names,
        payoffs=sealed(payoffs),
        standard_errors=sealed(standard_errors),
        scores=sealed(scores),
        score_errors=sealed(np.sqrt(spread) / matches),
        ranking=tuple(names[k] for k in order),
        exact=exact,
    )


def noisy(game: RepeatedGame, error: float) -> RepeatedGame:
    """Return the same game with another execution error."""
    return replace(game, execution_error=error)


def symmetric_payoffs(found: Tournament) -> FloatArray:
    """Return the payoff matrix [own, other] of the strategies as a symmetric game, the mean of both seats.

    It is what replicator and Moran dynamics take.
    """
    matrix: Any = 0.5 * (found.payoffs[:, :, 0] + found.payoffs[:, :, 1].T)
    return sealed(matrix)
