"""Plays of the treaty game, compiled: one period, one play, one block of plays.

The state of a play is a situation, an environment and four automaton states; what has happened so far is an
integer vector (see the indices below). A play's random words are drawn by address, so that any play can be computed
alone; all periods of a stream are drawn together, which the compiler does several at a time. Everything is in one
order of operations, so results are the same bits for any chunking and thread count.

The *conditional-hazard estimator* of a first notice: a play is continued under the law given that no notice is
given, carrying S, the probability of having come this far. In each period h is the probability of a notice given
the full state; the weights S h of all periods choose one branch, which is then played on under the law given the
notice. The estimate of any outcome is S_T f(survivor) + (1 - S_T) f(branch), which is unbiased because the choice
of the branch uses words of its own.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import inlined, loop_kernel
from sim.engine.belief_kernel import update_beliefs
from sim.engine.codes import ALARM, CLEAR, IN_NOTICE
from sim.engine.layout import (
    EVENTS,
    FIRST_ROW,
    FOLLOWING,
    FORCED,
    FREE,
    IDLE_ROW,
    KERNEL,
    LEGAL,
    OUTSIDER_ROWS,
    PHASE,
    RISES,
    WITHDRAW,
)
from sim.engine.philox import philox4x32
from sim.engine.play_history import (
    DELAY_SUM,
    END,
    HISTORY_SIZE,
    MEMORY,
    MIRRORED,
    NUM_STATISTICS,
    PLACE,
    SITUATION,
    add_survival,
    begin,
    observe,
    summarise,
)
from sim.engine.registry import (
    ALARM_LANE,
    BRANCH_LANE,
    BUILD_UP_LANE,
    CLIMATE_LANE,
    COURSE_LANE,
    LEAVERS_LANE,
    MOVE_LANE,
    OPPORTUNITY_LANE,
    REVIEW_LANE,
)
from sim.engine.tables import ONE

NUM_ACTS = 5
"""What is recorded of a period: row, signal of each party, breaching parties as bits, opportunity."""

UNCONDITIONAL, NO_NOTICE, NOTICE_GIVEN = 0, 1, 2
UNIT = 1.0 / ONE
_HALF = np.uint64(1)
_WORD = np.uint64(0xFFFFFFFF)

# streams, in the order in which they are passed
WORLD, ESTIMATOR, ACTOR = 0, 1, 2
NUM_STREAMS = 4
"""Those of the world, the estimator and the parties are needed in every period; others are drawn when needed."""


@inlined
def _draw_words(words, stream, replication, draw, periods, streams, k0, k1):  # type: ignore[no-untyped-def]
    """Write the upper 31 bits of the stream's four words of every period to ``words[stream]`` [4, T]."""
    c0, c1, c3 = np.uint64(replication) & _WORD, np.uint64(draw) & _WORD, np.uint64(streams[stream]) & _WORD
    q0, q1 = (
        k0 & _WORD,
        k1 & _WORD,
    )  # known to be words, so that the compiler can take several periods at once
    for t in range(periods):
        w0, w1, w2, w3 = philox4x32(c0, c1, np.uint64(t) & _WORD, c3, q0, q1)
        words[stream, 0, t] = np.uint32(w0 >> _HALF)
        words[stream, 1, t] = np.uint32(w1 >> _HALF)
        words[stream, 2, t] = np.uint32(w2 >> _HALF)
        words[stream, 3, t] = np.uint32(w3 >> _HALF)


@inlined(rewriting=True)
def _period(  # type: ignore[no-untyped-def]
    t, mode, m, x, memory, leave0, leave1, words, replication, draw, streams, k0, k1, payoff, factors_at,
    layout, tables, beliefs,
):  # fmt: skip
    """Play period `t`; `memory` and `payoff` change in place. `beliefs` is None where nobody conditions on them.

    `mode` is one of UNCONDITIONAL, NO_NOTICE and NOTICE_GIVEN; `leave0` and `leave1` are the parties' probabilities
    of giving notice, used in the latter two. Returns the next situation and environment, and what `NUM_ACTS` lists.
    """
    situations, rows, places, can_build, relevance = layout
    (
        opportunity, signals, weather, build, breach, moves, following, _, flows, courses, lumps, finding, building,
    ) = tables  # fmt: skip
    s = m * places.shape[0] + x

    # whether there is an opportunity, and the moves
    chance_word = np.int64(words[WORLD, OPPORTUNITY_LANE, t])
    if mode == UNCONDITIONAL:
        offered = (situations[m, FORCED] != 0) | (chance_word < np.int64(opportunity[0]))
    elif mode == NO_NOTICE:
        chance = 1.0 if situations[m, FORCED] else opportunity[0] * UNIT
        given = 1.0 - (1.0 - leave0) * (1.0 - leave1)
        offered = chance_word * (1.0 - chance * given) < ONE * chance * (1.0 - given)
    else:
        offered = True
    row = np.int64(situations[m, IDLE_ROW])
    built = False
    if offered:
        leaving = 0
        if mode == NOTICE_GIVEN:
            pick = np.int64(words[ESTIMATOR, LEAVERS_LANE, t])
            mass = pick * UNIT * (1.0 - (1.0 - leave0) * (1.0 - leave1))
            if mass < leave0 * (1.0 - leave1):
                leaving = 1
            elif mass < leave0 * (1.0 - leave1) + (1.0 - leave0) * leave1:
                leaving = 2
            else:
                leaving = 3
        slots = 0
        for actor in range(4):
            slot = 0
            if actor < 2:
                word = np.int64(words[ACTOR + actor, MOVE_LANE, t])
                leave_slot = np.int64(situations[m, WITHDRAW + actor])
                if leaving >> actor & 1:
                    slot = leave_slot  # type: ignore[assignment]
                elif mode != UNCONDITIONAL and leave_slot >= 0:
                    slot = _slot_but(moves, actor, memory[actor], s, word, leave_slot)
                else:
                    slot = _slot(moves, actor, memory[actor], s, word)
            elif situations[m, LEGAL + actor] > 1 and np.int64(moves[actor, memory[actor], s, 0]) < ONE:
                c0, c1, c3 = np.uint64(replication), np.uint64(draw), np.uint64(streams[ACTOR + actor])
                w0, _, _, _ = philox4x32(c0, c1, np.uint64(t), c3, k0, k1)
                slot = _slot(moves, actor, memory[actor], s, np.int64(w0 >> _HALF))
            if actor < 3:
                slots = slots * situations[m, LEGAL + actor] + slot
            elif situations[m, OUTSIDER_ROWS] > 1:
                slots = slots * situations[m, OUTSIDER_ROWS] + slot
            else:
                built = slot == 1 and can_build[m, x]
        row = situations[m, FIRST_ROW] + slots

    # courses and signals
    signal0, signal1, breaches = 0, 0, 0
    for party in range(2):
        course = np.int64(words[ACTOR + party, COURSE_LANE, t]) < np.int64(breach[party, memory[party], s])
        course = int(course & (situations[m, FREE + party] == 0))  # type: ignore[assignment]
        breaches |= course << party  # type: ignore[assignment]
        kernel = rows[row, KERNEL + party]
        word = np.int64(words[ACTOR + party, ALARM_LANE, t])
        alarm = int(word < np.int64(signals[kernel, party, course, 0]))
        clear = int(word >= ONE - np.int64(signals[kernel, party, course, 1]))
        signal = alarm * ALARM + (1 - alarm) * clear * CLEAR
        if course:
            for actor in range(4):
                payoff[actor] += factors_at[t, actor] * courses[s, party, actor]
        if alarm != 0 and rows[row, RISES + party] != 0:
            payoff[party] += factors_at[t, party] * finding[party]
        if party == 0:
            signal0 = signal
        else:
            signal1 = signal
    for actor in range(4):
        payoff[actor] += factors_at[t, actor] * flows[s, actor]
    if offered:
        for f in range(relevance.shape[0]):
            if relevance[f, x] != 0.0:
                for actor in range(4):
                    payoff[actor] += factors_at[t, actor] * relevance[f, x] * lumps[row, f, actor]
        if built:
            payoff[3] += factors_at[t, 3] * building[0]

    # what follows
    if following.shape[1] > 1:
        mask = rows[row, EVENTS] | int(signal0 == ALARM) | int(signal1 == ALARM) << 1
        if beliefs is not None:
            update_beliefs(
                memory, s, row, offered, rows[row, KERNEL], rows[row, KERNEL + 1], signal0, signal1, mask, beliefs
            )  # fmt: skip
        for actor in range(4):
            memory[actor] = following[actor, memory[actor], mask]
    toxic = int(np.int64(words[WORLD, CLIMATE_LANE, t]) < np.int64(weather[x, 0]))
    near = int(np.int64(words[WORLD, REVIEW_LANE, t]) < np.int64(weather[x, 1]))
    higher = int(built and np.int64(words[WORLD, BUILD_UP_LANE, t]) < np.int64(build[0]))
    next_x = np.int64(places[x, 4 * toxic + 2 * near + higher])
    next_m = np.int64(rows[row, FOLLOWING + 3 * signal0 + signal1])
    return next_m, next_x, row, signal0, signal1, breaches, int(offered)


@inlined
def _probability(moves, actor, q, s, slot):  # type: ignore[no-untyped-def]
    """Return the probability of `slot` under cumulative thresholds, 0 for no slot."""
    if slot < 0:
        return 0.0
    below = np.int64(moves[actor, q, s, slot - 1]) if slot > 0 else 0
    return (np.int64(moves[actor, q, s, slot]) - below) * UNIT


@inlined
def _slot(moves, actor, q, s, word):  # type: ignore[no-untyped-def]
    """Return the slot that `word` draws; illegal slots have zero width."""
    slot = 0
    while word >= np.int64(moves[actor, q, s, slot]):
        slot += 1
    return slot


@inlined
def _slot_but(moves, actor, q, s, word, barred):  # type: ignore[no-untyped-def]
    """Return the slot that `word` draws from the law given that `barred` is not drawn."""
    below = np.int64(moves[actor, q, s, barred - 1]) if barred > 0 else 0
    width = np.int64(moves[actor, q, s, barred]) - below
    scaled = (word * (ONE - width)) >> 31
    if scaled >= below:
        scaled += width
    return _slot(moves, actor, q, s, scaled)


def scratch_arrays(periods: int, memory: int = 4) -> tuple[NDArray[Any], ...]:
    """Return the working memory of one call of `play_block`, which itself allocates nothing.

    `memory` is the length of a play's memory, ``TRACKED`` where beliefs are part of it.
    """
    return (
        *(np.empty(memory, np.int64), np.empty(HISTORY_SIZE, np.int64), np.empty(4)),
        *(np.empty(memory, np.int64), np.empty(HISTORY_SIZE, np.int64), np.empty(4)),
        *(np.empty((NUM_STREAMS, 4, periods), np.uint32), np.empty((periods, 4))),
        *(np.empty(NUM_STATISTICS), np.empty(NUM_STATISTICS)),
    )


@loop_kernel(rewriting=True)
def play_block(  # type: ignore[no-untyped-def]
    first, count, draw, periods, conditional, start, streams, k0, k1, layout, tables, beliefs, limits,
    sums, squares, raw, ratio, curve, curve_squares, scratch, recording, path, acts, statistics, ends,
):  # fmt: skip
    """Play replications ``first .. first + count - 1`` of one draw and add up their statistics.

    Adds to `sums`, `squares` (of a play's estimate) and `raw` (squares of outcomes) [statistics], to `ratio` (sum
    of delay × mirrored), and to the differences of the survival curve and of its squares [T + 2]. If `recording`
    (and not `conditional`), writes every play's states `path` [count, T + 1, 2 + memory], `acts` [count, T, 5],
    `statistics` [count, statistics] and `ends` [count].
    """
    by, at_once = limits
    situations, places = layout[0], layout[2]
    opportunity, moves, discount = tables[0], tables[5], tables[7]
    (
        memory, history, payoff, kept_memory, kept_history, kept_payoff, words, factors_at, survivor, branch,
    ) = scratch  # fmt: skip
    for i in range(4):
        factor = 1.0
        for t in range(periods):
            factors_at[t, i] = factor
            factor *= discount[i]
    for replication in range(first, first + count):
        for stream in range(NUM_STREAMS):
            if stream != ESTIMATOR or conditional:
                _draw_words(words, stream, replication, draw, periods, streams, k0, k1)
        begin(start, memory, history, payoff, situations)
        m, x = start[SITUATION], start[PLACE]
        place = replication - first
        if recording:
            path[place, 0, SITUATION], path[place, 0, PLACE] = m, x
            for k in range(memory.size):
                path[place, 0, MEMORY + k] = memory[k]
        mode = NO_NOTICE if conditional and situations[m, PHASE] < IN_NOTICE else UNCONDITIONAL
        survival, total = 1.0, 0.0
        branched, end, other = -1, -1, -1
        kept_m, kept_x = m, x
        # typed, lest a period be compiled once more for a first one
        t = np.int64(0)  # type: ignore[assignment]
        while True:
            if t == periods or (mode == NO_NOTICE and survival == 0.0):
                if branched < 0:  # nothing to branch to: the play is its own estimate
                    summarise(periods, m, history, payoff, situations, survivor)
                    end = history[END]
                    break
                if mode != NO_NOTICE:
                    summarise(periods, m, history, payoff, situations, branch)
                    other = history[END]
                    break
                summarise(periods, m, history, payoff, situations, survivor)
                end = history[END]
                _copy(kept_memory, kept_history, kept_payoff, memory, history, payoff)
                m, x = kept_m, kept_x
                mode, t = NOTICE_GIVEN, branched
                continue
            leave0, leave1 = 0.0, 0.0
            if mode != UNCONDITIONAL:
                s = m * places.shape[0] + x
                leave0 = _probability(moves, 0, memory[0], s, np.int64(situations[m, WITHDRAW]))
                leave1 = _probability(moves, 1, memory[1], s, np.int64(situations[m, WITHDRAW + 1]))
            if mode == NO_NOTICE:
                chance = 1.0 if situations[m, FORCED] else opportunity[0] * UNIT
                hazard = chance * (1.0 - (1.0 - leave0) * (1.0 - leave1))
                if survival * hazard > 0.0:
                    total += survival * hazard
                    if np.int64(words[ESTIMATOR, BRANCH_LANE, t]) * total < ONE * survival * hazard:
                        branched, kept_m, kept_x = t, m, x
                        _copy(memory, history, payoff, kept_memory, kept_history, kept_payoff)
                survival *= 1.0 - hazard
                if survival == 0.0:  # the notice is certain
                    continue
            next_m, x, row, signal0, signal1, breaches, offered = _period(
                t, mode, m, x, memory, leave0, leave1, words, replication, draw, streams, k0, k1, payoff, factors_at,
                layout, tables, beliefs,
            )  # fmt: skip
            t += 1
            if next_m != m:
                observe(t, m, next_m, history, situations, by, at_once)
                m = next_m
            if mode == NOTICE_GIVEN:
                mode = UNCONDITIONAL
            if recording:
                acts[place, t - 1, 0], acts[place, t - 1, 1], acts[place, t - 1, 2] = row, signal0, signal1
                acts[place, t - 1, 3], acts[place, t - 1, 4] = breaches, offered
                path[place, t, SITUATION], path[place, t, PLACE] = m, x
                for k in range(memory.size):
                    path[place, t, MEMORY + k] = memory[k]
        weight = 1.0 - survival if branched >= 0 else 0.0
        delay = 0.0
        for k in range(NUM_STATISTICS):
            value = survivor[k]
            second = value * value
            if branched >= 0:
                value = survival * survivor[k] + weight * branch[k]
                second = survival * survivor[k] ** 2 + weight * branch[k] ** 2
            sums[k] += value
            squares[k] += value * value
            raw[k] += second
            if k == DELAY_SUM:
                delay = value
            elif k == MIRRORED:
                ratio[0] += delay * value
        add_survival(end, 1.0 - weight, other, weight, periods, curve, curve_squares)
        if recording:
            for k in range(NUM_STATISTICS):
                statistics[place, k] = survivor[k]
            ends[place] = end


@inlined
def _copy(memory, history, payoff, to_memory, to_history, to_payoff):  # type: ignore[no-untyped-def]
    for k in range(HISTORY_SIZE):
        to_history[k] = history[k]
    for i in range(4):
        to_payoff[i] = payoff[i]
    for i in range(memory.size):
        to_memory[i] = memory[i]


__all__ = [
    "NUM_ACTS",
    "play_block",
    "scratch_arrays",
]
