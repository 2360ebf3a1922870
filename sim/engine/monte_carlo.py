"""The Monte Carlo engine: many plays of every parameter draw, summarised as they are made.

Work is cut into blocks of `BLOCK` replications of one draw. Each block adds up its own statistics in a fixed
order; blocks are then added in the order of their numbers. Which thread played which block, and how many blocks
went into one task, cannot matter. Memory grows with draws and blocks, not with plays.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.engine.layout import lay_out, play_arrays
from sim.engine.philox import key_of_seed
from sim.engine.play_history import MEMORY, NUM_STATISTICS, STATE_SIZE
from sim.engine.play_kernel import NUM_ACTS, play_block, scratch_arrays
from sim.engine.registry import STREAMS, stream_of
from sim.engine.tables import Board, PlayTables
from sim.errors import ParameterError

BLOCK = 1024
"""Replications whose statistics are added up in sequence; part of the definition of the result."""


_NO_RECORD = (
    np.zeros((0, 0, STATE_SIZE), np.int64),
    np.zeros((0, 0, NUM_ACTS), np.int64),
    np.zeros((0, NUM_STATISTICS)),
    np.zeros(0, np.int64),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """What to play: the board, the tables of every draw, and for how long.

    `deadline` and `at_once` are the periods of the path classes. `addresses` are the draw numbers under which the
    tables find their dice, by default 0, 1, 2 …; tables with one address share their dice.
    """

    board: Board
    tables: tuple[PlayTables, ...]
    actors: tuple[str, ...]
    seed: int
    periods: int
    deadline: int
    at_once: int
    addresses: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.addresses is not None and len(self.addresses) != len(self.tables):
            raise ParameterError(
                f"addresses must name a draw for each of {len(self.tables)} tables, got {len(self.addresses)}"
            )

    @property
    def streams(self) -> IntArray:
        """Random-number streams: world, estimator, then the actors in the order of their roles."""
        return sealed([STREAMS["world"], STREAMS["estimator"], *map(stream_of, self.actors)], np.int64)

    @property
    def start(self) -> IntArray:
        """Situation, environment and automaton states in which plays begin."""
        return sealed([*self.board.graph.start, 0, 0, 0, 0], np.int64)

    def start_of(self, number: int) -> IntArray:
        """State in which plays under one of the tables begin, with its beliefs where they are tracked."""
        beliefs = self.tables[number].beliefs
        if beliefs is None:
            return self.start
        return sealed([*self.board.graph.start, *beliefs.start], np.int64)


@dataclass(frozen=True, eq=False, kw_only=True)
class Ensemble:
    """Sums over the plays of each draw; `T` periods.

    Attributes
    ----------
    replications : int, plays per draw
    means [D, statistics], squares [D, statistics] : mean of a play's estimate and of its square
    raw [D, statistics] : mean square of the outcomes themselves
    delay_mirrored [D] : mean of delay × mirrored
    survival [D, T + 1], survival_squares [D, T + 1] : mean survival of a play by time, and of its square
    """

    replications: int
    means: FloatArray
    squares: FloatArray
    raw: FloatArray
    delay_mirrored: FloatArray
    survival: FloatArray
    survival_squares: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Recording:
    """Whole plays, one per row.

    Attributes
    ----------
    draws [K], replications [K] : which play
    states [K, T + 1, 6] : situation, environment, automaton states; where strategies condition on beliefs four more
        columns, the doubt about each party and the memory of each conjecture
    acts [K, T, 5] : row, signal of each party, breaching parties as bits, whether there was an opportunity
    statistics [K, statistics] ; ends [K] : period in which the treaty first ended, -1 if it did not
    """

    draws: IntArray
    replications: IntArray
    states: IntArray
    acts: IntArray
    statistics: FloatArray
    ends: IntArray


def simulate(
    plan: Plan,
    *,
    replications: int,
    workers: int = 1,
    conditional: bool = True,
    chunk: int = 1,
    selected: Sequence[IntArray] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Ensemble:
    """Play `replications` plays of every draw and return their statistics.

    Parameters
    ----------
    selected : for each table the numbers, rising, of the replications that are played with it, by default all;
        sums are divided by `replications` all the same, so that those of tables that share out the replications
        of a draw add up to its means
    workers : threads; 0 takes all cores
    conditional : use the conditional-hazard estimator of a first notice, else count plays
    chunk : blocks per task; like `workers` it changes nothing but the time taken
    progress : called with the number of plays finished since the last call
    """
    (ensemble,) = simulate_prefixes(
        plan,
        prefixes=(replications,),
        workers=workers,
        conditional=conditional,
        chunk=chunk,
        selected=selected,
        progress=progress,
    )
    return ensemble


def simulate_prefixes(
    plan: Plan,
    *,
    prefixes: Sequence[int],
    workers: int = 1,
    conditional: bool = True,
    chunk: int = 1,
    selected: Sequence[IntArray] | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Ensemble, ...]:
    """Play every draw's replications once, and return the statistics of the first n for each n of `prefixes`.

    They rise; the last is the number of plays. Each ensemble is what `simulate` gives for as many, but for the last
    digits of those before the last, whose blocks may end elsewhere. The rest as in `simulate`.
    """
    draws, periods, replications = len(plan.tables), plan.periods, prefixes[-1]
    blocks = [
        (draw, _runs(None if selected is None else selected[draw], first, min(first + BLOCK, replications)))
        for draw in range(draws)
        for first in range(0, replications, BLOCK)
    ]
    sums = np.zeros((len(blocks), 3, NUM_STATISTICS))
    ratios = np.zeros((len(blocks), 1))
    curves = np.zeros((len(blocks), 2, periods + 2))
    early = [tuple(np.zeros_like(each) for each in (sums, ratios, curves)) for _ in prefixes[:-1]]
    layout, limits = lay_out(plan.board).arrays, (plan.deadline, plan.at_once)
    key = key_of_seed(plan.seed)
    tables = [play_arrays(plan.board, each) for each in plan.tables]
    addresses = range(draws) if plan.addresses is None else plan.addresses

    def play(task: Sequence[int]) -> int:
        plays, scratches = 0, dict[int, Any]()
        for number in task:
            draw, runs = blocks[number]
            beliefs = plan.tables[draw].beliefs
            start, law = plan.start_of(draw), None if beliefs is None else beliefs.arrays
            if len(start) not in scratches:
                scratches[len(start)] = scratch_arrays(periods, len(start) - MEMORY)
            scratch = scratches[len(start)]
            for first, count in _cut(runs, prefixes[:-1]):
                play_block(
                    *(first, count, addresses[draw], periods, conditional, start, plan.streams, *key),
                    *(layout, tables[draw], law, limits, *sums[number], ratios[number], *curves[number]),
                    *(scratch, False, *_NO_RECORD),
                )
                plays += count
                for prefix, kept in zip(prefixes, early, strict=False):
                    if first + count <= prefix:
                        for so_far, each in zip(kept, (sums, ratios, curves), strict=True):
                            so_far[number] = each[number]
        return plays

    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for plays in pool.map(play, _tasks(len(blocks), chunk)):
            if progress:
                progress(plays)

    def ensemble(plays: int, sums: FloatArray, ratios: FloatArray, curves: FloatArray) -> Ensemble:
        def added(parts: FloatArray) -> FloatArray:
            total = np.zeros((draws, *parts.shape[1:]))
            for number, (draw, _) in enumerate(blocks):
                total[draw] += parts[number]
            return total / plays if plays else np.full_like(total, np.nan)

        means, curve = added(sums), np.cumsum(added(curves), axis=-1)[..., : periods + 1]
        return Ensemble(
            replications=plays,
            means=sealed(means[:, 0]),
            squares=sealed(means[:, 1]),
            raw=sealed(means[:, 2]),
            delay_mirrored=sealed(added(ratios)[:, 0]),
            survival=sealed(curve[:, 0]),
            survival_squares=sealed(curve[:, 1]),
        )

    parts = zip(prefixes, [*early, (sums, ratios, curves)], strict=True)
    return tuple(ensemble(plays, *each) for plays, each in parts)


def record(plan: Plan, plays: Sequence[tuple[int, int]]) -> Recording:
    """Play the given (draw, replication) pairs whole, without conditioning.

    Any play is computed alone from its address, so a recording of one play equals that play in any ensemble.
    """
    periods = plan.periods
    size = max((len(plan.start_of(draw)) for draw, _ in plays), default=STATE_SIZE)
    states = np.zeros((len(plays), periods + 1, size), np.int64)
    acts = np.zeros((len(plays), periods, NUM_ACTS), np.int64)
    statistics = np.zeros((len(plays), NUM_STATISTICS))
    ends = np.zeros(len(plays), np.int64)
    layout, limits = lay_out(plan.board).arrays, (plan.deadline, plan.at_once)
    key = key_of_seed(plan.seed)
    addresses = range(len(plan.tables)) if plan.addresses is None else plan.addresses
    numbers: dict[int, tuple[object, ...]] = {}
    for k, (draw, replication) in enumerate(plays):
        if draw not in numbers:
            numbers[draw] = play_arrays(plan.board, plan.tables[draw])
        one, beliefs, start = slice(k, k + 1), plan.tables[draw].beliefs, plan.start_of(draw)
        play_block(
            *(replication, 1, addresses[draw], periods, False, start, plan.streams, *key),
            *(layout, numbers[draw], None if beliefs is None else beliefs.arrays, limits, *_sums(periods)),
            *(
                scratch_arrays(periods, len(start) - MEMORY),
                True,
                states[one],
                acts[one],
                statistics[one],
                ends[one],
            ),
        )
    which = np.array(plays, np.int64).reshape(len(plays), 2)
    return Recording(
        draws=sealed(which[:, 0], np.int64),
        replications=sealed(which[:, 1], np.int64),
        states=sealed(states, np.int64),
        acts=sealed(acts, np.int64),
        statistics=sealed(statistics),
        ends=sealed(ends, np.int64),
    )


def _sums(periods: int) -> tuple[FloatArray, ...]:
    """Return scratch space for the sums of a block whose sums nobody wants."""
    width = periods + 2
    return (*(np.zeros(NUM_STATISTICS) for _ in range(3)), np.zeros(1), np.zeros(width), np.zeros(width))


def _cut(runs: Sequence[tuple[int, int]], at: Sequence[int]) -> list[tuple[int, int]]:
    """Return `runs` (first, count) cut at the given replications.

    Examples
    --------
    >>> _cut([(0, 10), (12, 4)], [5, 12])
    [(0, 5), (5, 5), (12, 4)]
    """
    found = []
    for first, count in runs:
        ends = [*(each for each in at if first < each < first + count), first + count]
        found += [(begin, end - begin) for begin, end in zip([first, *ends[:-1]], ends, strict=True)]
    return found


def _runs(chosen: IntArray | None, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """Return the first and the count of each run of neighbours among the chosen numbers from `first` to `last`.

    Examples
    --------
    >>> _runs(np.array([0, 3, 4, 7]), 0, 6)
    ((0, 1), (3, 2))
    """
    if chosen is None:
        return ((first, last - first),)
    numbers = chosen[np.searchsorted(chosen, first) : np.searchsorted(chosen, last)]
    if not numbers.size:
        return ()
    cuts = np.flatnonzero(np.diff(numbers) > 1) + 1
    begins, ends = np.concatenate([[0], cuts]), np.concatenate([cuts, [numbers.size]])
    return tuple((int(numbers[a]), int(b - a)) for a, b in zip(begins, ends, strict=True))


def _tasks(count: int, chunk: int) -> list[tuple[int, ...]]:
    return [tuple(range(first, min(first + chunk, count))) for first in range(0, count, chunk)]


__all__ = ["BLOCK", "Ensemble", "Plan", "Recording", "record", "simulate", "simulate_prefixes"]
