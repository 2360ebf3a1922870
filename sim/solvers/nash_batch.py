"""Nash equilibria of many games with the same numbers of actions, solved together.

The games are cut into chunks of fixed size that are solved independently and put together in order, so that
neither the number of threads nor the order of the games can change an answer.  A game of three or more players
in which only two have undominated choices is proved complete when it is solved alone; here it is searched like
the others.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, finite
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.solvers.batch_solution import BatchSolution
from sim.solvers.solution import Solution

CHUNK = 16384  # games


def nash_batch(payoffs: Any, threads: int = 1) -> BatchSolution:
    """Return the equilibria of many games, two players or more.

    Parameters
    ----------
    payoffs : float array [games, players, *actions]
    threads : int
        Chunks solved at the same time; changes nothing but the time taken.

    Raises
    ------
    ParameterError
        If the axes do not fit, a payoff is not finite, an action set is empty, or the games are too large.

    Examples
    --------
    >>> pennies = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
    >>> batch = nash_batch([pennies])
    >>> batch.profiles(0)[0][0].tolist(), int(batch.index_sum[0])
    ([0.5, 0.5], 1)
    """
    array = check_batch(payoffs)
    if not isinstance(threads, int) or threads < 1:
        raise ParameterError(f"threads must be a whole number >= 1, got {threads!r}")
    solve_chunk = _chunk_solver(array.shape[2:])
    chunks = [array[start : start + CHUNK] for start in range(0, len(array), CHUNK)]
    if threads == 1:
        parts = [solve_chunk(chunk) for chunk in chunks]
    else:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(solve_chunk, chunks))
    return _joined(parts, array.shape[2:])


def check_batch(payoffs: Any) -> FloatArray:
    """Return `payoffs` as an array [games, players, *actions], or raise ParameterError."""
    array: FloatArray
    if isinstance(payoffs, np.ndarray) and payoffs.dtype == np.float64 and np.isfinite(payoffs).all():
        array = np.ascontiguousarray(payoffs)  # a large batch is neither copied nor searched for a culprit
    else:
        array = finite(payoffs, "payoffs")
    if array.ndim < 3 or array.ndim != array.shape[1] + 2:
        raise ParameterError(
            "payoffs of a batch must have shape [games, players, *actions] with one action axis per player, "
            f"got {array.shape}"
        )
    if 0 in array.shape[2:]:
        player = array.shape[2:].index(0)
        raise ParameterError(f"player {player}: the action set is empty, it needs at least one action")
    return array


def _chunk_solver(num_actions: tuple[int, ...]) -> Callable[[FloatArray], BatchSolution]:
    if len(num_actions) == 1:
        raise ParameterError("payoffs of a batch need at least 2 players, got 1")
    if len(num_actions) == 2:
        from sim.solvers.bimatrix import check_enumerable

        check_enumerable(num_actions)
        return _solve_bimatrix_chunk
    from sim.solvers.support_table import check_searchable

    check_searchable(num_actions)
    return _search_multiplayer_chunk


def _search_multiplayer_chunk(payoffs: FloatArray) -> BatchSolution:
    from sim.solvers.multiplayer import certified_search

    found = certified_search(payoffs)
    return BatchSolution(
        num_actions=payoffs.shape[2:],
        offsets=_offsets(found.counts),
        strategies=found.strategies,
        payoffs=found.payoffs,
        regrets=found.regrets,
        degenerate=found.degenerate,
        index_sum=found.index_sums,
        proved=False,
    )


def _solve_bimatrix_chunk(payoffs: FloatArray) -> BatchSolution:
    """Solve a chunk compiled, its unclear games exactly."""
    from sim.solvers.bimatrix import exact_bimatrix_equilibria
    from sim.solvers.bimatrix_batch import enumerate_clear

    strategies, values, regrets, indices, counts, unclear = enumerate_clear(payoffs)
    offsets = _offsets(counts)
    clear = BatchSolution(
        num_actions=payoffs.shape[2:],
        offsets=offsets,
        strategies=strategies,
        payoffs=values,
        regrets=regrets,
        degenerate=np.zeros(len(payoffs), dtype=np.bool_),
        index_sum=_sums(indices, offsets),
        proved=True,
    )
    if not unclear.any():
        return clear
    exact = {
        int(game): exact_bimatrix_equilibria(NormalFormGame(payoffs[game]))
        for game in np.flatnonzero(unclear)
    }
    return _with_solutions(clear, exact)


def _with_solutions(batch: BatchSolution, solutions: dict[int, Solution]) -> BatchSolution:
    """Return `batch` with the equilibria of some games, so far without any, filled in."""
    counts = batch.counts.copy()
    degenerate, index_sum = batch.degenerate.copy(), batch.index_sum.copy()
    for game, solution in solutions.items():
        counts[game] = len(solution.profiles)
        degenerate[game] = solution.degenerate
        index_sum[game] = 0 if solution.degenerate else 1
    offsets = _offsets(counts)
    total = int(offsets[-1])
    filled = np.ones(total, dtype=np.bool_)
    for game in solutions:
        filled[offsets[game] : offsets[game + 1]] = False
    strategies = np.empty((total, batch.strategies.shape[1]))
    payoffs = np.empty((total, batch.payoffs.shape[1]))
    regrets = np.empty(total)
    strategies[filled], payoffs[filled], regrets[filled] = batch.strategies, batch.payoffs, batch.regrets
    for game, solution in solutions.items():
        rows = slice(offsets[game], offsets[game + 1])
        strategies[rows] = [np.concatenate(profile) for profile in solution.profiles]
        payoffs[rows], regrets[rows] = solution.payoffs, solution.regrets
    return BatchSolution(
        num_actions=batch.num_actions,
        offsets=offsets,
        strategies=strategies,
        payoffs=payoffs,
        regrets=regrets,
        degenerate=degenerate,
        index_sum=index_sum,
        proved=batch.proved,
    )


def _joined(parts: list[BatchSolution], num_actions: tuple[int, ...]) -> BatchSolution:
    """Return the chunks as one batch with sealed arrays."""
    players = len(num_actions)
    if len(parts) == 1:
        only = parts[0]
        for array in (only.offsets, only.strategies, only.payoffs, only.regrets):
            array.setflags(write=False)
        for labels in (only.degenerate, only.index_sum):
            labels.setflags(write=False)
        return only
    joined = {
        "strategies": np.concatenate([np.empty((0, sum(num_actions))), *(part.strategies for part in parts)]),
        "payoffs": np.concatenate([np.empty((0, players)), *(part.payoffs for part in parts)]),
        "regrets": np.concatenate([np.empty(0), *(part.regrets for part in parts)]),
        "degenerate": np.concatenate([np.empty(0, dtype=np.bool_), *(part.degenerate for part in parts)]),
        "index_sum": np.concatenate([np.empty(0, dtype=np.int64), *(part.index_sum for part in parts)]),
        "offsets": _offsets(np.concatenate([np.empty(0, dtype=np.int64), *(part.counts for part in parts)])),
    }
    for array in joined.values():
        array.setflags(write=False)
    return BatchSolution(num_actions=num_actions, proved=players == 2, **joined)  # type: ignore[arg-type]


def _offsets(counts: IntArray) -> IntArray:
    offsets: IntArray = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def _sums(indices: IntArray, offsets: IntArray) -> IntArray:
    running = np.concatenate([[0], np.cumsum(indices)])
    sums: IntArray = running[offsets[1:]] - running[offsets[:-1]]
    return sums
