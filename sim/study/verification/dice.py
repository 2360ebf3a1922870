"""Checks of the dice, AT-23: the same numbers for any number of threads, and what common random numbers are worth."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sim.engine.matches import play_matches
from sim.games.catalogue import prisoners_dilemma
from sim.games.repeated import RepeatedGame
from sim.solvers.nash_batch import nash_batch
from sim.strategies.textbook import by_name, seated
from sim.study.verification.check import Check, Checker

SEED = 20190802
ENTRANTS = ("tit_for_tat", "grim", "win_stay_lose_shift", "generous_tit_for_tat")
TURNS, REPETITIONS, STUDIES = 30, 60, 40


def shared_dice(check: Checker) -> tuple[Check, ...]:
    """Return the checks; about a second."""
    pairs = [(first, second) for first in ENTRANTS for second in ENTRANTS]
    alone = [_payoffs(pair, 0.05, SEED) for pair in pairs]
    with ThreadPoolExecutor(4) as pool:  # in another order too
        together = list(pool.map(lambda pair: _payoffs(pair, 0.05, SEED), reversed(pairs)))[::-1]
    games = np.random.default_rng(SEED).normal(size=(3000, 2, 3, 3))
    one, many = nash_batch(games, threads=1), nash_batch(games, threads=4)
    same = all(
        np.array_equal(np.concatenate(a), np.concatenate(b))
        for game in range(len(games))
        for a, b in zip(one.profiles(game), many.profiles(game), strict=True)
    )
    common = _differences(range(STUDIES), range(STUDIES))
    apart = _differences(range(STUDIES), range(STUDIES, 2 * STUDIES))
    return (
        check("matches on 1 and on 4 threads: the same bits", True, np.array_equal(alone, together)),
        check("3000 games on 1 and on 4 threads: the same bits", True, same),
        check("common random numbers: a difference varies less", True, bool(common.var() < apart.var())),
    )


def _payoffs(pair: tuple[str, str], error: float, seed: int) -> np.ndarray:
    """Return the mean payoffs of matches between two strategies that err."""
    game = RepeatedGame(prisoners_dilemma(), 0.0, execution_error=error)
    seats = [seated(by_name(name), player) for player, name in enumerate(pair)]
    return play_matches(
        game, seats[0], seats[1], repetitions=REPETITIONS, turns=TURNS, seed=seed, pair=" meets ".join(pair)
    ).payoffs


def _differences(before: Iterable[int], after: Iterable[int]) -> np.ndarray:
    """Return by how much a little more error changes the payoff, in studies with the given seeds."""
    pair = ("tit_for_tat", "tit_for_tat")
    return np.array(
        [
            _payoffs(pair, 0.06, second)[0] - _payoffs(pair, 0.05, first)[0]
            for first, second in zip(before, after, strict=True)
        ]
    )
