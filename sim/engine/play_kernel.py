"""Plays of the treaty game, compiled: one period, one play, one block of plays.

The state of a play is an integer vector (situation, environment, four automaton states); what has happened so
far is a second one (see the indices below). A period draws its random words by address, so that any play can be
computed alone. Everything is in one order of operations, so results are the same bits for any chunking and
thread count.

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
from sim.engine.philox import philox4x32

# the state of a play
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


@inlined
def _period(  # type: ignore[no-untyped-def]
    t, mode, state, payoff, factor, words, replication, draw, streams, k0, k1, played,
    first_row, num_legal, outsider_rows, idle_row, forced, free, can_build, watch, rises,
    following, events, factors, withdraw, place, toxic_of, near_of, level_of,
    opportunity, signals, toxic, near, build, breach, moves, memory, discount,
    flows, courses, lumps, finding, building,
):  # fmt: skip
    """Play period `t` in place.

    `mode` is one of UNCONDITIONAL, NO_NOTICE and NOTICE_GIVEN; `words` is scratch; `played` receives what
    `NUM_ACTS` lists.
    """
    m, x = state[SITUATION], state[PLACE]
    s = m * len(toxic_of) + x
    c0, c1, c2 = np.uint64(replication), np.uint64(draw), np.uint64(t)
    world0, world1, world2, world3 = philox4x32(c0, c1, c2, np.uint64(streams[0]), k0, k1)

    # the hazard of a notice at an opportunity, and whether there is one
    chance = 1.0 if forced[m] else opportunity[0] * UNIT
    leave0, leave1 = 0.0, 0.0
    if mode != UNCONDITIONAL:
        leave0 = _probability(moves, 0, state[MEMORY], s, withdraw[m, 0])
        leave1 = _probability(moves, 1, state[MEMORY + 1], s, withdraw[m, 1])
        given = 1.0 - (1.0 - leave0) * (1.0 - leave1)
        if mode == NO_NOTICE:
            offered = (world0 >> _HALF) * (1.0 - chance * given) < ONE * chance * (1.0 - given)
        else:
            offered = True
    else:
        offered = forced[m] or (world0 >> _HALF) < opportunity[0]

    # moves
    row = idle_row[m]
    built = False
    for party in range(2):
        w = philox4x32(c0, c1, c2, np.uint64(streams[2 + party]), k0, k1)
        words[party, 0], words[party, 1], words[party, 2] = w[0] >> _HALF, w[1] >> _HALF, w[2] >> _HALF
    if offered:
        leaving = 0
        if mode == NOTICE_GIVEN:
            _, pick, _, _ = philox4x32(c0, c1, c2, np.uint64(streams[1]), k0, k1)
            mass = (pick >> _HALF) * UNIT * (1.0 - (1.0 - leave0) * (1.0 - leave1))
            if mass < leave0 * (1.0 - leave1):
                leaving = 1
            elif mass < leave0 * (1.0 - leave1) + (1.0 - leave0) * leave1:
                leaving = 2
            else:
                leaving = 3
        slots = 0
        for actor in range(4):
            if actor < 2:
                word = words[actor, 0]
                leave_slot = withdraw[m, actor]
                q = state[MEMORY + actor]
                if leaving >> actor & 1:
                    slot = leave_slot
                elif mode != UNCONDITIONAL and leave_slot >= 0:
                    slot = _slot_but(moves, actor, q, s, word, leave_slot)
                else:
                    slot = _slot(moves, actor, q, s, word)
            elif num_legal[m, actor] > 1:
                w = philox4x32(c0, c1, c2, np.uint64(streams[2 + actor]), k0, k1)
                slot = _slot(moves, actor, state[MEMORY + actor], s, w[0] >> _HALF)
            else:
                slot = 0
            if actor < 3:
                slots = slots * num_legal[m, actor] + slot
            elif outsider_rows[m] > 1:
                slots = slots * outsider_rows[m] + slot
            else:
                built = slot == 1 and can_build[m, x]
        row = first_row[m] + slots

    # courses and signals
    signal0, signal1 = 0, 0
    breaches = 0
    for party in range(2):
        course = 0
        if not free[m, party]:
            course = int(words[party, 1] < breach[party, state[MEMORY + party], s])
        breaches |= course << party
        seen = watch[row, party]
        signal = 0
        if words[party, 2] < signals[seen, party, course, 0]:
            signal = ALARM
        elif words[party, 2] >= ONE - signals[seen, party, course, 1]:
            signal = CLEAR
        if party == 0:
            signal0 = signal
        else:
            signal1 = signal
        if course:
            for i in range(4):
                payoff[i] += factor[i] * courses[s, party, i]
        if signal == ALARM and rises[row, party]:
            payoff[party] += factor[party] * finding[party]
    for i in range(4):
        payoff[i] += factor[i] * flows[s, i]
    if offered:
        for f in range(factors.shape[0]):
            if factors[f, x] != 0.0:
                for i in range(4):
                    payoff[i] += factor[i] * factors[f, x] * lumps[row, f, i]
        if built:
            payoff[3] += factor[3] * building[0]
    for i in range(4):
        factor[i] *= discount[i]

    # what follows
    mask = events[row] | int(signal0 == ALARM) | int(signal1 == ALARM) << 1
    for actor in range(4):
        state[MEMORY + actor] = memory[actor, state[MEMORY + actor], mask]
    state[SITUATION] = following[row, 3 * signal0 + signal1]
    level = level_of[x] + int(built and (world3 >> _HALF) < build[0])
    state[PLACE] = place[
        int((world1 >> _HALF) < toxic[toxic_of[x]]), int((world2 >> _HALF) < near[near_of[x]]), level
    ]
    played[0], played[1], played[2], played[3], played[4] = row, signal0, signal1, breaches, int(offered)


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
    while word >= moves[actor, q, s, slot]:
        slot += 1
    return slot


@inlined
def _slot_but(moves, actor, q, s, word, barred):  # type: ignore[no-untyped-def]
    """Return the slot that `word` draws from the law given that `barred` is not drawn."""
    below = np.uint64(moves[actor, q, s, barred - 1]) if barred > 0 else np.uint64(0)
    width = np.uint64(moves[actor, q, s, barred]) - below
    scaled = (np.uint64(word) * (np.uint64(ONE) - width)) >> np.uint64(31)
    if scaled >= below:
        scaled += width
    return _slot(moves, actor, q, s, scaled)


@inlined
def _observe(t, before, state, history, phase, who, suspended, deployed, by, at_once):  # type: ignore[no-untyped-def]
    """Update the history with the public state at time `t`, which followed situation `before`."""
    m = state[SITUATION]
    now = phase[m]
    was = phase[before]
    if now == ENDED and history[END] < 0:
        history[END] = t
    if now == IN_NOTICE and was != IN_NOTICE and history[FIRST_NOTICE] < 0:
        history[FIRST_NOTICE] = t
        history[LEAVERS] = who[m]
        history[WAITING] = 1
        if t <= by:
            history[FIRST_OUT] = RUNNING
    if history[WAITING]:
        if now != IN_NOTICE:
            history[WAITING] = 0
        elif (who[m] | suspended[m]) == 3:
            history[WAITING] = 0
            history[DELAY] = t - history[FIRST_NOTICE]
    if was == IN_NOTICE and now == IN_FORCE:
        history[RESCINDED] = 1
    if was == ENDED and now == IN_FORCE:
        history[RESTORED] = 1
    crisis = deployed[m, 0] > 0 and deployed[m, 2] > 0
    if crisis and not (deployed[before, 0] > 0 and deployed[before, 2] > 0):
        history[CRISES] += 1
    if history[FIRST_OUT] == RUNNING and now != IN_NOTICE:
        history[FIRST_OUT] = t if now == ENDED else TAKEN_BACK
    if history[FIRST_OUT] >= 0 and t <= history[FIRST_OUT] + at_once and deployed[m, 2] > 0:
        history[ANSWERED] = 1


@inlined
def begin(state, start, history, payoff, factor, phase, deployed):  # type: ignore[no-untyped-def]
    """Set a play to its start; a notice that already runs is not a first notice."""
    for k in range(STATE_SIZE):
        state[k] = start[k]
    for k in range(HISTORY_SIZE):
        history[k] = 0
    history[END] = -1
    history[FIRST_NOTICE] = -1
    history[DELAY] = -1
    history[FIRST_OUT] = -1
    for i in range(4):
        payoff[i] = 0.0
        factor[i] = 1.0
    if phase[state[SITUATION]] == ENDED:
        history[END] = 0
        history[FIRST_OUT] = 0
        history[ANSWERED] = int(deployed[state[SITUATION], 2] > 0)
    if phase[state[SITUATION]] == IN_NOTICE:
        history[FIRST_OUT] = RUNNING


@inlined
def summarise(periods, state, history, payoff, deployed, out):  # type: ignore[no-untyped-def]
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
        out[DEPLOYED + k] = deployed[state[SITUATION], k]
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


def scratch_arrays() -> tuple[NDArray[Any], ...]:
    """Return the working memory of one call of `play_block`, which itself allocates nothing."""
    return (
        *(np.empty(STATE_SIZE, np.int64), np.empty(HISTORY_SIZE, np.int64), np.empty(4), np.empty(4)),
        *(np.empty(STATE_SIZE, np.int64), np.empty(HISTORY_SIZE, np.int64), np.empty(4), np.empty(4)),
        *(np.empty((2, 3), np.uint64), np.empty(NUM_ACTS, np.int64)),
        *(np.empty(NUM_STATISTICS), np.empty(NUM_STATISTICS)),
    )


@loop_kernel
def play_block(  # type: ignore[no-untyped-def]
    first, count, draw, periods, conditional, start, streams, k0, k1, board, tables, public, limits,
    sums, squares, raw, ratio, curve, curve_squares, scratch, recording, path, acts, statistics, ends,
):  # fmt: skip
    """Play replications ``first .. first + count - 1`` of one draw and add up their statistics.

    Adds to `sums`, `squares` (of a play's estimate) and `raw` (squares of outcomes) [statistics], to `ratio` (sum of delay × mirrored), and to the differences of
    the survival curve and of its squares [T + 2]. If `recording` (and not `conditional`), writes every play's states
    `path` [count, T + 1, 6], `acts` [count, T, 5], `statistics` [count, statistics] and `ends` [count].
    """
    phase, who, suspended, deployed = public
    by, at_once = limits
    (
        first_row, num_legal, outsider_rows, idle_row, forced, free, can_build, watch, rises,
        following, events, factors, withdraw, place, toxic_of, near_of, level_of,
    ) = board  # fmt: skip
    (
        opportunity, signals, toxic, near, build, breach, moves, memory, discount,
        flows, courses, lumps, finding, building,
    ) = tables  # fmt: skip
    (
        state, history, payoff, factor, kept_state, kept_history, kept_payoff, kept_factor,
        words, played, survivor, branch,
    ) = scratch  # fmt: skip
    for replication in range(first, first + count):
        begin(state, start, history, payoff, factor, phase, deployed)
        row = replication - first
        if recording:
            for k in range(STATE_SIZE):
                path[row, 0, k] = state[k]
        mode = NO_NOTICE if conditional and phase[state[SITUATION]] < IN_NOTICE else UNCONDITIONAL
        survival, total = 1.0, 0.0
        branched, end, other = -1, -1, -1
        t = 0
        while True:
            if t == periods or (mode == NO_NOTICE and survival == 0.0):
                if branched < 0:  # nothing to branch to: the play is its own estimate
                    summarise(periods, state, history, payoff, deployed, survivor)
                    end = history[END]
                    break
                if mode != NO_NOTICE:
                    summarise(periods, state, history, payoff, deployed, branch)
                    other = history[END]
                    break
                summarise(periods, state, history, payoff, deployed, survivor)
                end = history[END]
                _copy(kept_state, kept_payoff, kept_factor, kept_history, state, payoff, factor, history)
                mode, t = NOTICE_GIVEN, branched
                continue
            before = state[SITUATION]
            if mode == NO_NOTICE:
                hazard = _hazard(state, forced, withdraw, len(toxic_of), opportunity, moves)
                if survival * hazard > 0.0:
                    total += survival * hazard
                    pick, _, _, _ = philox4x32(
                        np.uint64(replication), np.uint64(draw), np.uint64(t), np.uint64(streams[1]), k0, k1
                    )
                    if (pick >> _HALF) * total < ONE * survival * hazard:
                        branched = t
                        _copy(
                            state, payoff, factor, history, kept_state, kept_payoff, kept_factor, kept_history
                        )
                survival *= 1.0 - hazard
                if survival == 0.0:  # the notice is certain
                    continue
            _period(
                t, mode, state, payoff, factor, words, replication, draw, streams, k0, k1, played,
                first_row, num_legal, outsider_rows, idle_row, forced, free, can_build, watch, rises,
                following, events, factors, withdraw, place, toxic_of, near_of, level_of,
                opportunity, signals, toxic, near, build, breach, moves, memory, discount,
                flows, courses, lumps, finding, building,
            )  # fmt: skip
            _observe(t + 1, before, state, history, phase, who, suspended, deployed, by, at_once)
            t += 1
            if mode == NOTICE_GIVEN:
                mode = UNCONDITIONAL
            if recording:
                for k in range(NUM_ACTS):
                    acts[row, t - 1, k] = played[k]
                for k in range(STATE_SIZE):
                    path[row, t, k] = state[k]
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
                statistics[row, k] = survivor[k]
            ends[row] = end


@inlined
def _hazard(state, forced, withdraw, num_places, opportunity, moves):  # type: ignore[no-untyped-def]
    """Return the probability that this period sees a notice, given the full state."""
    m = state[SITUATION]
    s = m * num_places + state[PLACE]
    leave0 = _probability(moves, 0, state[MEMORY], s, withdraw[m, 0])
    leave1 = _probability(moves, 1, state[MEMORY + 1], s, withdraw[m, 1])
    chance = 1.0 if forced[m] else opportunity[0] * UNIT
    return chance * (1.0 - (1.0 - leave0) * (1.0 - leave1))


@inlined
def _copy(  # type: ignore[no-untyped-def]
    state, payoff, factor, history, to_state, to_payoff, to_factor, to_history
):
    for k in range(STATE_SIZE):
        to_state[k] = state[k]
    for k in range(HISTORY_SIZE):
        to_history[k] = history[k]
    for i in range(4):
        to_payoff[i] = payoff[i]
        to_factor[i] = factor[i]


@inlined
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
