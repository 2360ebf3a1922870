"""Many parameter points of one match, played on common dice: error probabilities become arrays.

Which cells a pair of automata can be in, and what follows, does not depend on errors; only the thresholds do. The
dice are those of ``play_matches`` with the same seed and pair, match for match.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.engine.philox import id_of_name, key_of_seed
from sim.errors import ParameterError
from sim.games.automaton import Automaton

WHOLE = 2**32
MOST_TURNS = 100_000
"""So that products of counts stay whole numbers of 64 bits over a million matches."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MatchCounts:
    """How often joint actions were executed at each point, in C order of the actions.

    Attributes
    ----------
    matches, turns : int, matches per point and turns per match
    sums [points, 4] : counts over all matches
    half [points, 4] : counts over the first ``matches // 2``
    products [points, 4, 4] : products of a match's counts, added over matches; the upper triangle
    """

    matches: int
    turns: int
    sums: IntArray
    half: IntArray
    products: IntArray


def play_match_points(
    first: Automaton,
    second: Automaton,
    errors: FloatArray,
    *,
    matches: int,
    turns: int,
    seed: int,
    pair: str = "",
) -> MatchCounts:
    """Play `matches` matches of `turns` turns at every point.

    Parameters
    ----------
    first, second : Automaton
        Of two actions, over the executed joint action, in seats 0 and 1.
    errors : float array [points, 2]
        Probability that a player executes the other action than the chosen one.

    Raises
    ------
    ParameterError
        If an automaton has other actions or signals, a number is out of range.

    Examples
    --------
    >>> from sim.strategies.textbook import seated, tit_for_tat
    >>> seats = seated(tit_for_tat(), 0), seated(tit_for_tat(), 1)
    >>> play_match_points(*seats, np.zeros((1, 2)), matches=3, turns=10, seed=0).sums.tolist()
    [[30, 0, 0, 0]]
    """
    from sim.engine.match_batch_kernel import play_points

    errors = np.asarray(errors, np.float64)
    for automaton in (first, second):
        if automaton.num_signals != 4 or automaton.outputs.shape[1:] != (2,):
            raise ParameterError(f"{automaton.name!r} must have two actions and read the joint action")
    if not 1 <= turns <= MOST_TURNS:
        raise ParameterError(f"turns must lie in 1 to {MOST_TURNS:,}, got {turns}")
    if not ((errors >= 0) & (errors <= 1)).all():
        raise ParameterError("an execution error must lie in [0, 1]")
    cells = np.array([(p, q) for p in range(first.num_states) for q in range(second.num_states)])
    following = first.transitions[cells[:, 0]] * second.num_states + second.transitions[cells[:, 1]]
    chosen = first.outputs[cells[:, 0], 0], second.outputs[cells[:, 1], 0]
    thresholds = [
        np.rint((own * (1 - error[:, None]) + (1 - own) * error[:, None]) * WHOLE).astype(np.uint64)
        for own, error in zip(chosen, errors.T, strict=True)
    ]
    sums, products = np.zeros((len(errors), 4), np.int64), np.zeros((len(errors), 4, 4), np.int64)
    frame = (
        *thresholds,
        following.astype(np.int64),
        first.initial * second.num_states + second.initial,
        turns,
    )
    words = np.zeros(4 * ((turns + 1) // 2), np.uint64)
    dice = (np.uint64(id_of_name(pair)), *key_of_seed(seed), words)
    play_points(*frame, 0, matches // 2, *dice, sums, products)
    half = sums.copy()
    play_points(*frame, matches // 2, matches, *dice, sums, products)
    return MatchCounts(
        matches=matches,
        turns=turns,
        sums=sealed(sums, np.int64),
        half=sealed(half, np.int64),
        products=sealed(products, np.int64),
    )
