"""Iterated matches and tournaments of automata by Monte Carlo, each estimate with its standard error.

Where the exact result is wanted use `sim.strategies.tournament`; this is for what has no small chain, for
showing the dice, and for checking one against the other.  The dice of a match are addressed by (seed, pair
of names, match, turn), so that more entrants, matches or turns leave those before as they were.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.engine.automata_exact import executed
from sim.engine.philox import id_of_name, key_of_seed
from sim.errors import ParameterError
from sim.games.automaton import Automaton
from sim.games.repeated import RepeatedGame
from sim.solvers.product_chain import ProductChain, product_chain
from sim.strategies.tournament import Entrant, Tournament, ranked, seated_entrants

WHOLE = 2**32


@dataclass(frozen=True, eq=False, kw_only=True)
class Matches:
    """Repetitions of one match.

    Attributes
    ----------
    payoffs : float array [2]
        Mean payoff per turn; with a random ending the mean total times 1 - continuation.
    standard_errors : float array [2]
        Over repetitions.
    counts : integer array [repetitions, joint actions]
        How often each joint action was executed, joint actions in C order.
    """

    payoffs: FloatArray
    standard_errors: FloatArray
    counts: IntArray


def play_matches(
    game: RepeatedGame,
    first: Automaton,
    second: Automaton,
    *,
    repetitions: int,
    turns: int | None = None,
    continuation: float | None = None,
    seed: int = 0,
    pair: str = "",
) -> Matches:
    """Play one match `repetitions` times.

    Parameters
    ----------
    game : RepeatedGame
        Two players; its execution errors and monitoring apply.
    first, second : Automaton
        Over the game's signals, in seats 0 and 1.
    turns : int
        Length of a match; or give
    continuation : float
        probability of a further turn, in [0, 1).
    seed : int
    pair : str
        Name of the pair of strategies: part of the address of the dice.

    Raises
    ------
    ParameterError
        If repetitions are fewer than 2, or not exactly one of `turns` and `continuation` is given.

    Notes
    -----
    Probabilities are rounded to multiples of 2^-32.

    Examples
    --------
    >>> from sim.games.normal_form import NormalFormGame
    >>> from sim.strategies.textbook import seated, tit_for_tat
    >>> game = RepeatedGame(NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]), 0.0)
    >>> seats = seated(tit_for_tat(), 0), seated(tit_for_tat(), 1)
    >>> play_matches(game, *seats, repetitions=2, turns=10).payoffs.tolist()
    [3.0, 3.0]
    """
    if repetitions < 2 or repetitions != int(repetitions):
        raise ParameterError(f"repetitions must be a whole number of at least 2, got {repetitions}")
    if (turns is None) == (continuation is None):
        raise ParameterError("give exactly one of turns and continuation")
    if turns is not None and (turns < 1 or turns != int(turns)):
        raise ParameterError(f"turns must be a whole number of at least 1, got {turns}")
    if continuation is not None and not 0 <= continuation < 1:
        raise ParameterError(f"continuation must lie in [0, 1), got {continuation}")
    if game.num_players != 2:
        raise ParameterError(f"a match needs a game of 2 players, got {game.num_players}")
    counts = _play(game, (first, second), int(repetitions), int(turns or 0), continuation or 0.0, seed, pair)
    totals = counts @ game.stage.payoffs.reshape(2, -1).T
    per_turn = totals / turns if turns is not None else totals * (1 - (continuation or 0.0))
    return Matches(
        payoffs=sealed(per_turn.mean(axis=0)),
        standard_errors=sealed(per_turn.std(axis=0, ddof=1) / np.sqrt(repetitions)),
        counts=sealed(counts, np.int64),
    )


def simulated_round_robin(
    game: RepeatedGame,
    entrants: Mapping[str, Entrant],
    *,
    repetitions: int,
    turns: int | None = None,
    continuation: float | None = None,
    self_play: bool = True,
    seed: int = 0,
) -> Tournament:
    """Return a round robin by Monte Carlo; arguments as in `play_matches` and `sim.strategies.tournament`."""
    names, seats = tuple(entrants), seated_entrants(game, entrants)
    payoffs, errors = np.empty((len(names), len(names), 2)), np.empty((len(names), len(names), 2))
    for i, (first, _) in enumerate(seats):
        for j, (_, second) in enumerate(seats):
            found = play_matches(
                game,
                first,
                second,
                repetitions=repetitions,
                turns=turns,
                continuation=continuation,
                seed=seed,
                pair=f"{names[i]} meets {names[j]}",
            )
            payoffs[i, j], errors[i, j] = found.payoffs, found.standard_errors
    return ranked(names, payoffs, errors, self_play=self_play, exact=False)


def _play(
    game: RepeatedGame,
    profile: tuple[Automaton, Automaton],
    repetitions: int,
    turns: int,
    continuation: float,
    seed: int,
    pair: str,
) -> IntArray:
    from sim.engine.match_kernel import BLOCKS, play_general, play_two_by_two

    # the chain without errors knows the cells; the dice execute actions with errors
    chain = product_chain(game, profile)
    following = _following(game, profile, chain)
    thresholds = [
        _thresholds(executed(chain.behaviour[player], float(game.execution_error[player])))
        for player in range(2)
    ]
    counts = np.zeros((repetitions, int(np.prod(game.stage.num_actions))), dtype=np.int64)
    going_on = np.uint64(round(continuation * WHOLE))
    address = (0, np.uint64(id_of_name(pair)), *key_of_seed(seed))
    words = np.zeros(4 * BLOCKS, dtype=np.uint64)
    if game.stage.num_actions == (2, 2) and game.is_perfect:
        play_two_by_two(
            thresholds[0][:, 0].copy(), thresholds[1][:, 0].copy(), following, chain.initial, turns, going_on,
            *address, words, counts,
        )  # fmt: skip
        return counts
    signals = (
        np.zeros((1, 1)) if game.is_perfect else game.monitoring.probabilities.reshape(counts.shape[1], -1)
    )
    play_general(
        *thresholds, _thresholds(signals), game.is_perfect, following, chain.initial, turns, going_on,
        *address, words, words.copy(), counts,
    )  # fmt: skip
    return counts


def _following(game: RepeatedGame, profile: tuple[Automaton, Automaton], chain: ProductChain) -> IntArray:
    """Return the next cell after each signal, [cells, signals]; 0 after a signal that cannot occur."""
    numbers = {(int(p), int(q)): k for k, (p, q) in enumerate(chain.cells[:, :2])}
    table = np.zeros((chain.num_cells, game.num_signals), dtype=np.int64)
    for (p, q), k in numbers.items():
        for signal in range(game.num_signals):
            follower = (int(profile[0].transitions[p, signal]), int(profile[1].transitions[q, signal]))
            table[k, signal] = numbers.get(follower, 0)
    return table


def _thresholds(probabilities: FloatArray) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """Return cumulative probabilities but the last as multiples of 2^-32, [rows, columns - 1]."""
    return np.rint(np.cumsum(probabilities, axis=1)[:, :-1] * WHOLE).astype(np.uint64)
