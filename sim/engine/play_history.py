"""What is kept of a play as it goes, compiled: what has happened so far, and the statistics of its end.

Parts of the kernel `sim.engine.play_kernel`. What has happened is an integer vector, see the indices below.
"""

from sim.compiled import inlined, part
from sim.engine.codes import ENDED, IN_FORCE, IN_NOTICE
from sim.engine.layout import MISSILES, PHASE, SUSPENDED, WHO

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


@part
def observe(t, before, m, history, situations, by, at_once):  # type: ignore[no-untyped-def]
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


@part
def begin(start, memory, history, payoff, situations):  # type: ignore[no-untyped-def]
    """Set a play to its start; a notice that already runs is not a first notice."""
    for actor in range(4):
        payoff[actor] = 0.0
    for k in range(memory.size):
        memory[k] = start[MEMORY + k]
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


@part
def summarise(periods, m, history, payoff, situations, out):  # type: ignore[no-untyped-def]
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


@part
def add_survival(end, weight, other, other_weight, periods, curve, curve_squares):  # type: ignore[no-untyped-def]
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
