"""Equilibria of a game with three or more players, with an honest verdict on completeness.

The search of `sim.solvers.multiplayer_batch` is repeated with more starting points until two thirds of them
add nothing and the indices sum to +1; then the set is `consistent`.  A degenerate game, or one whose sum is not
reached, gets `no`: what is listed are equilibria, but there may be others.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import BoolArray, FloatArray, IntArray, sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, Profile, regrets
from sim.solvers.multiplayer_batch import Found, search_supports
from sim.solvers.solution import Completeness, Component, Solution, Status

ROUNDS = (24, 96, 384)  # starting points per support
SETTLED = 3  # the set is stable when all but the first 1/3 of the starting points added nothing
REGRET_TOLERANCE = 1e-8
SHARES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, eq=False, kw_only=True)
class Certified:
    """Equilibria of a batch of games after the last round, one game's after the other's.

    `index_sums` [games] is 0 for a degenerate game.
    """

    strategies: FloatArray
    payoffs: FloatArray
    regrets: FloatArray
    counts: IntArray
    degenerate: BoolArray
    index_sums: IntArray


def certified_search(payoffs: FloatArray) -> Certified:
    """Return the equilibria of games with payoffs [games, players, *actions], three players or more."""
    games = len(payoffs)
    counts = np.zeros(games, dtype=np.int64)
    degenerate = np.zeros(games, dtype=np.bool_)
    index_sums = np.zeros(games, dtype=np.int64)
    rows: list[tuple[FloatArray, FloatArray, FloatArray]] = [_no_rows(payoffs)] * games
    open_games = np.arange(games)
    for num_starts in ROUNDS:
        found = search_supports(payoffs[open_games], num_starts)
        stable = found.latest * SETTLED < num_starts
        offsets = np.concatenate([[0], np.cumsum(found.counts)])
        sums = _sums(found, offsets)
        for k, game in enumerate(open_games):
            part = slice(offsets[k], offsets[k + 1])
            rows[game] = (found.strategies[part], found.payoffs[part], found.regrets[part])
        counts[open_games] = found.counts
        degenerate[open_games] = found.degenerate
        index_sums[open_games] = np.where(found.degenerate, 0, sums)
        open_games = open_games[~(stable & ((sums == 1) | found.degenerate))]
        if len(open_games) == 0:
            break
    unstable = np.zeros(games, dtype=np.bool_)
    unstable[open_games] = True
    index_sums[unstable & (index_sums == 1)] = 0  # the last round still found new ones: no claim
    strategies, values, regret = (np.concatenate(part) for part in zip(*rows, strict=True))
    return Certified(
        strategies=strategies,
        payoffs=values,
        regrets=regret,
        counts=counts,
        degenerate=degenerate,
        index_sums=index_sums,
    )


def multiplayer_equilibria(game: NormalFormGame) -> Solution:
    """Return the equilibria found in a game of three or more players.

    Raises
    ------
    ParameterError
        If the game has fewer than three players, or more supports than can be searched.

    Examples
    --------
    >>> payoffs = [
    ...     [[[9, 0], [0, 3]], [[0, 3], [9, 0]]],
    ...     [[[8, 0], [0, 4]], [[0, 4], [8, 0]]],
    ...     [[[12, 0], [0, 6]], [[0, 4], [2, 0]]],
    ... ]
    >>> solution = multiplayer_equilibria(NormalFormGame(payoffs))  # McKelvey & McLennan (1997)
    >>> len(solution.profiles), solution.complete.value
    (9, 'consistent')
    """
    if game.num_players < 3:
        raise ParameterError(f"this search needs 3 players or more, got {game.num_players}")
    found = certified_search(game.payoffs[np.newaxis])
    cuts = np.cumsum(game.num_actions)[:-1]
    profiles = tuple(tuple(sealed(part) for part in np.split(row, cuts)) for row in found.strategies)
    degenerate = bool(found.degenerate[0])
    regular = not degenerate and found.index_sums[0] == 1
    return Solution(
        profiles=profiles,
        payoffs=sealed(found.payoffs),
        regrets=sealed(found.regrets),
        concept="nash",
        method="search of supports, elimination and Newton's method, index sum",
        complete=Completeness.CONSISTENT if regular else Completeness.NO,
        degenerate=degenerate,
        components=sampled_components(game, profiles) if degenerate else (),
        status=Status.CONVERGED if profiles else Status.NO_EQUILIBRIUM_FOUND,
        extra={"index_sum": int(found.index_sums[0])},
    )


def sampled_components(game: NormalFormGame, profiles: tuple[Profile, ...]) -> tuple[Component, ...]:
    """Group `profiles` that are joined by straight lines of equilibria.

    A line that changes the strategy of one player only consists of equilibria if its ends are; others are
    checked at three points.  Points of one component may still stand apart when only a curve joins them.
    """
    groups: list[list[Profile]] = []
    for profile in profiles:
        joined = [group for group in groups if any(_are_joined(game, profile, other) for other in group)]
        merged = [member for group in joined for member in group] + [profile]
        groups = [group for group in groups if not any(group is one for one in joined)] + [merged]
    return tuple(Component(extreme_points=tuple(group)) for group in groups)


def _are_joined(game: NormalFormGame, one: Profile, other: Profile) -> bool:
    allowed = REGRET_TOLERANCE * max(1.0, float(np.ptp(game.payoffs)))
    return all(
        regrets(game, [share * a + (1 - share) * b for a, b in zip(one, other, strict=True)]).max() <= allowed
        for share in SHARES
    )


def _sums(found: Found, offsets: IntArray) -> IntArray:
    running = np.concatenate([[0], np.cumsum(found.indices)])
    sums: IntArray = running[offsets[1:]] - running[offsets[:-1]]
    return sums


def _no_rows(payoffs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    players = payoffs.shape[1]
    return np.empty((0, sum(payoffs.shape[2:]))), np.empty((0, players)), np.empty(0)
