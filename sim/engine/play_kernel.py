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

from sim.compiled import inlined, loop_kernel, spliced
from sim.engine.layout import (
    EVENTS,
    FIRST_ROW,
    FOLLOWING,
    FORCED,
    FREE,
    IDLE_ROW,
    KERNEL,
    LEGAL,
    MISSILES,
    OUTSIDER_ROWS,
    PHASE,
    RISES,
    SUSPENDED,
    WHO,
    WITHDRAW,
)
from sim.engine.philox import philox4x32

# a recorded state: situation, environment, automaton states
SITUATION, PLACE, MEMORY = 0, 1, 2
STATE_SIZE = 6

# what has happened; -1 or 0 before it has
END, FIRST_NOTICE, LEAVERS, DELAY, RESCINDED, RESTORED, CRISES, FIRST_OUT, ANSWERED, WAITING = range(10)
HISTORY_SIZE = 10
TAKEN_BACK, RUNNING = -2, -3
"""Of the first notice by the deadline, FIRST_OUT says this, or when it ran out, or -1 if there was none."""

# statistics of a play
COLLAPSE, MONTHS, LEAVER_0, LEAVER_1, DELAY_SUM, MIRRORED, RESCISSION, RESTORATION = range(8)
DEPLOYED, CRISIS, PAYOFF, CLASS = 8, 11, 12, 16
NUM_STATISTICS = 20

NUM_ACTS = 5
"""What is recorded of a period: row, signal of each party, breaching parties as bits, opportunity."""

UNCONDITIONAL, NO_NOTICE, NOTICE_GIVEN = 0, 1, 2
IN_FORCE, ULTIMATUM, IN_NOTICE, ENDED = 0, 1, 2, 3
ALARM, CLEAR = 1, 2
ONE = 2**31
UNIT = 1.0 / ONE
_HALF = np.uint64(1)
_WORD = np.uint64(0xFFFFFFFF)

# streams, in the order in which they are passed
WORLD, ESTIMATOR, ACTOR = 0, 1, 2
NUM_STREAMS = 4
"""Those of the world, the estimator and the parties are needed in every period; others are drawn when needed."""


@spliced
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


@spliced
def _period(  # type: ignore[no-untyped-def]
    t, mode, m, x, memory, leave0, leave1, words, replication, draw, streams, k0, k1, payoff, factors_at,
    layout, tables,
):  # fmt: skip
    """Play period `t`; `memory` and `payoff` change in place.

    `mode` is one of UNCONDITIONAL, NO_NOTICE and NOTICE_GIVEN; `leave0` and `leave1` are the parties' probabilities
    of giving notice, used in the latter two. Returns the next situation and environment, and what `NUM_ACTS` lists.
    """
    situations, rows, places, can_build, relevance = layout
    (
        opportunity, signals, weather, build, breach, moves, following, _, flows, courses, lumps, finding, building,
    ) = tables  # fmt: skip
    s = m * places.shape[0] + x
    factor0, factor1, factor2, factor3 = (
        factors_at[t, 0],
        factors_at[t, 1],
        factors_at[t, 2],
        factors_at[t, 3],
    )

    # whether there is an opportunity, and the moves
    chance_word = np.int64(words[WORLD, 0, t])
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
            pick = np.int64(words[ESTIMATOR, 1, t])
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
                word = np.int64(words[ACTOR + actor, 0, t])
                leave_slot = np.int64(situations[m, WITHDRAW + actor])
                if leaving >> actor & 1:
                    slot = leave_slot  # type: ignore[assignment]
                elif mode != UNCONDITIONAL and leave_slot >= 0:
                    slot = _slot_but(moves, actor, memory[actor], s, word, leave_slot)
                else:
                    slot = _slot(moves, actor, memory[actor], s, word)
            elif situations[m, LEGAL + actor] > 1:
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
    pay0, pay1, pay2, pay3 = payoff[0], payoff[1], payoff[2], payoff[3]
    signal0, signal1, breaches = 0, 0, 0
    for party in range(2):
        course = np.int64(words[ACTOR + party, 1, t]) < np.int64(breach[party, memory[party], s])
        course = int(course & (situations[m, FREE + party] == 0))  # type: ignore[assignment]
        breaches |= course << party  # type: ignore[assignment]
        kernel = rows[row, KERNEL + party]
        word = np.int64(words[ACTOR + party, 2, t])
        alarm = int(word < np.int64(signals[kernel, party, course, 0]))
        clear = int(word >= ONE - np.int64(signals[kernel, party, course, 1]))
        signal = alarm * ALARM + (1 - alarm) * clear * CLEAR
        if course:
            pay0 += factor0 * courses[s, party, 0]
            pay1 += factor1 * courses[s, party, 1]
            pay2 += factor2 * courses[s, party, 2]
            pay3 += factor3 * courses[s, party, 3]
        found = alarm != 0 and rows[row, RISES + party] != 0
        if party == 0:
            signal0 = signal
            if found:
                pay0 += factor0 * finding[0]
        else:
            signal1 = signal
            if found:
                pay1 += factor1 * finding[1]
    pay0 += factor0 * flows[s, 0]
    pay1 += factor1 * flows[s, 1]
    pay2 += factor2 * flows[s, 2]
    pay3 += factor3 * flows[s, 3]
    if offered:
        for f in range(relevance.shape[0]):
            if relevance[f, x] != 0.0:
                pay0 += factor0 * relevance[f, x] * lumps[row, f, 0]
                pay1 += factor1 * relevance[f, x] * lumps[row, f, 1]
                pay2 += factor2 * relevance[f, x] * lumps[row, f, 2]
                pay3 += factor3 * relevance[f, x] * lumps[row, f, 3]
        if built:
            pay3 += factor3 * building[0]
    payoff[0], payoff[1], payoff[2], payoff[3] = pay0, pay1, pay2, pay3

    # what follows
    if following.shape[1] > 1:
        mask = rows[row, EVENTS] | int(signal0 == ALARM) | int(signal1 == ALARM) << 1
        for actor in range(4):
            memory[actor] = following[actor, memory[actor], mask]
    toxic = int(np.int64(words[WORLD, 1, t]) < np.int64(weather[x, 0]))
    near = int(np.int64(words[WORLD, 2, t]) < np.int64(weather[x, 1]))
    higher = int(built and np.int64(words[WORLD, 3, t]) < np.int64(build[0]))
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


@spliced
def _observe(t, before, m, history, situations, by, at_once):  # type: ignore[no-untyped-def]
    """Update the history with situation `m` at time `t`, which followed another one, `before`.

    A situation that stays the same adds nothing, so that this is called at changes only.
    """
    now, was = situations[m, PHASE], situations[before, PHASE]
    if now == ENDED and history[END] < 0:
        history[END] = t
    if now == IN_NOTICE and was != IN_NOTICE and history[FIRST_NOTICE] < 0:
        history[FIRST_NOTICE] = t
        history[LEAVERS] = situations[m, WHO]
        history[WAITING] = 1
        if t <= by and history[FIRST_OUT] == -1:  # what ran or had run out from the start was the first
            history[FIRST_OUT] = RUNNING
    if history[WAITING]:
        if now != IN_NOTICE:
            history[WAITING] = 0
        elif (situations[m, WHO] | situations[m, SUSPENDED]) == 3:
            history[WAITING] = 0
            history[DELAY] = t - history[FIRST_NOTICE]
    if was == IN_NOTICE and now == IN_FORCE:
        history[RESCINDED] = 1
    if was == ENDED and now == IN_FORCE:
        history[RESTORED] = 1
    if _is_crisis(situations, m) and not _is_crisis(situations, before):
        history[CRISES] += 1
    if history[FIRST_OUT] == RUNNING and now != IN_NOTICE:
        history[FIRST_OUT] = t if now == ENDED else TAKEN_BACK
    answering = history[FIRST_OUT] >= 0 and t <= history[FIRST_OUT] + at_once
    if answering and situations[m, MISSILES + 2] > 0:
        history[ANSWERED] = 1


@inlined
def _is_crisis(situations, m):  # type: ignore[no-untyped-def]
    """Tell whether both sides face each other's missiles in Europe."""
    return situations[m, MISSILES] > 0 and situations[m, MISSILES + 2] > 0


@spliced
def _begin(start, memory, history, payoff, situations):  # type: ignore[no-untyped-def]
    """Set a play to its start; a notice that already runs is not a first notice."""
    for actor in range(4):
        memory[actor] = start[MEMORY + actor]
        payoff[actor] = 0.0
    for k in range(HISTORY_SIZE):
        history[k] = 0
    history[END] = -1
    history[FIRST_NOTICE] = -1
    history[DELAY] = -1
    history[FIRST_OUT] = -1
    phase = situations[start[SITUATION], PHASE]
    if phase == ENDED:
        history[END] = 0
        history[FIRST_OUT] = 0
        history[ANSWERED] = int(situations[start[SITUATION], MISSILES + 2] > 0)
    if phase == IN_NOTICE:
        history[FIRST_OUT] = RUNNING


@spliced
def _summarise(periods, m, history, payoff, situations, out):  # type: ignore[no-untyped-def]
    """Write the statistics of a finished play; times in periods."""
    for k in range(NUM_STATISTICS):
        out[k] = 0.0
    ended = history[END]
    out[COLLAPSE] = 1.0 if ended >= 0 else 0.0
    out[MONTHS] = ended if ended >= 0 else periods
    out[LEAVER_0] = history[LEAVERS] & 1
    out[LEAVER_1] = history[LEAVERS] >> 1
    if history[DELAY] >= 0:
        out[DELAY_SUM] = history[DELAY]
        out[MIRRORED] = 1.0
    out[RESCISSION] = history[RESCINDED]
    out[RESTORATION] = history[RESTORED]
    for k in range(3):
        out[DEPLOYED + k] = situations[m, MISSILES + k]
    out[CRISIS] = history[CRISES]
    for i in range(4):
        out[PAYOFF + i] = payoff[i]
    if history[FIRST_OUT] == -1:
        out[CLASS] = 1.0
    elif history[FIRST_OUT] == TAKEN_BACK:
        out[CLASS + 1] = 1.0
    elif history[ANSWERED]:
        out[CLASS + 3] = 1.0
    else:
        out[CLASS + 2] = 1.0


def scratch_arrays(periods: int) -> tuple[NDArray[Any], ...]:
    """Return the working memory of one call of `play_block`, which itself allocates nothing."""
    return (
        *(np.empty(4, np.int64), np.empty(HISTORY_SIZE, np.int64), np.empty(4)),
        *(np.empty(4, np.int64), np.empty(HISTORY_SIZE, np.int64), np.empty(4)),
        *(np.empty((NUM_STREAMS, 4, periods), np.uint32), np.empty((periods, 4))),
        *(np.empty(NUM_STATISTICS), np.empty(NUM_STATISTICS)),
    )


@loop_kernel
def play_block(  # type: ignore[no-untyped-def]
    first, count, draw, periods, conditional, start, streams, k0, k1, layout, tables, limits,
    sums, squares, raw, ratio, curve, curve_squares, scratch, recording, path, acts, statistics, ends,
):  # fmt: skip
    """Play replications ``first .. first + count - 1`` of one draw and add up their statistics.

    Adds to `sums`, `squares` (of a play's estimate) and `raw` (squares of outcomes) [statistics], to `ratio` (sum
    of delay × mirrored), and to the differences of the survival curve and of its squares [T + 2]. If `recording`
    (and not `conditional`), writes every play's states `path` [count, T + 1, 6], `acts` [count, T, 5],
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
        _begin(start, memory, history, payoff, situations)
        m, x = start[SITUATION], start[PLACE]
        place = replication - first
        if recording:
            path[place, 0, SITUATION], path[place, 0, PLACE] = m, x
            for actor in range(4):
                path[place, 0, MEMORY + actor] = memory[actor]
        mode = NO_NOTICE if conditional and situations[m, PHASE] < IN_NOTICE else UNCONDITIONAL
        survival, total = 1.0, 0.0
        branched, end, other = -1, -1, -1
        kept_m, kept_x = m, x
        t = 0
        while True:
            if t == periods or (mode == NO_NOTICE and survival == 0.0):
                if branched < 0:  # nothing to branch to: the play is its own estimate
                    _summarise(periods, m, history, payoff, situations, survivor)
                    end = history[END]
                    break
                if mode != NO_NOTICE:
                    _summarise(periods, m, history, payoff, situations, branch)
                    other = history[END]
                    break
                _summarise(periods, m, history, payoff, situations, survivor)
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
                    if np.int64(words[ESTIMATOR, 0, t]) * total < ONE * survival * hazard:
                        branched, kept_m, kept_x = t, m, x
                        _copy(memory, history, payoff, kept_memory, kept_history, kept_payoff)
                survival *= 1.0 - hazard
                if survival == 0.0:  # the notice is certain
                    continue
            next_m, x, row, signal0, signal1, breaches, offered = _period(
                t, mode, m, x, memory, leave0, leave1, words, replication, draw, streams, k0, k1, payoff, factors_at,
                layout, tables,
            )  # fmt: skip
            t += 1
            if next_m != m:
                _observe(t, m, next_m, history, situations, by, at_once)
                m = next_m
            if mode == NOTICE_GIVEN:
                mode = UNCONDITIONAL
            if recording:
                acts[place, t - 1, 0], acts[place, t - 1, 1], acts[place, t - 1, 2] = row, signal0, signal1
                acts[place, t - 1, 3], acts[place, t - 1, 4] = breaches, offered
                path[place, t, SITUATION], path[place, t, PLACE] = m, x
                for actor in range(4):
                    path[place, t, MEMORY + actor] = memory[actor]
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
        _curve(end, 1.0 - weight, other, weight, periods, curve, curve_squares)
        if recording:
            for k in range(NUM_STATISTICS):
                statistics[place, k] = survivor[k]
            ends[place] = end


@inlined
def _copy(memory, history, payoff, to_memory, to_history, to_payoff):  # type: ignore[no-untyped-def]
    for k in range(HISTORY_SIZE):
        to_history[k] = history[k]
    for i in range(4):
        to_memory[i] = memory[i]
        to_payoff[i] = payoff[i]


@spliced
def _curve(end, weight, other, other_weight, periods, curve, curve_squares):  # type: ignore[no-untyped-def]
    """Add one play's survival, a step function with at most two steps, as differences."""
    curve[0] += 1.0
    curve_squares[0] += 1.0
    first = end if end >= 0 else periods + 1
    second = other if other >= 0 else periods + 1
    if other_weight == 0.0:
        second = periods + 1
    drop, later = weight, other_weight
    if second < first:
        first, second = second, first
        drop, later = other_weight, weight
    remaining = 1.0
    for step in range(2):
        at = first if step == 0 else second
        fall = drop if step == 0 else later
        if at <= periods:
            curve[at] -= fall
            curve_squares[at] += (remaining - fall) ** 2 - remaining**2
            remaining -= fall
