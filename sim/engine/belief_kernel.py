"""What everyone believes after a period, compiled: part of the kernels of both engines. See `sim.engine.belief_law`."""

import numpy as np

from sim.compiled import inlined

FIRST_DOUBT, FIRST_CONJECTURE = 4, 6
"""Where the doubts and the conjectures' memories stand in a play's memory, after those of the four automata."""

TRACKED = 8
"""Length of a play's memory where beliefs are part of it."""


@inlined
def update_beliefs(memory, s, row, offered, kernel0, kernel1, signal0, signal1, seen, beliefs):  # type: ignore[no-untyped-def]
    """Update doubts and conjectures in `memory` by what was seen of a period, and every state's level of doubt.

    The automata's own transitions, by the events `seen`, are the caller's; the conjectures' are done here.
    """
    moves0, moves1, signals0, signals1, following0, following1, slots, levels, sizes = beliefs
    c0, c1 = memory[FIRST_CONJECTURE], memory[FIRST_CONJECTURE + 1]
    doubt0 = memory[FIRST_DOUBT] + signals0[c0, s, kernel0, signal0]
    doubt1 = memory[FIRST_DOUBT + 1] + signals1[c1, s, kernel1, signal1]
    if offered:
        doubt0 += moves0[c0, s, slots[row, 0]]
        doubt1 += moves1[c1, s, slots[row, 1]]
    highest = levels.shape[2] - 1
    doubt0 = min(max(doubt0, 0), highest)
    doubt1 = min(max(doubt1, 0), highest)
    memory[FIRST_DOUBT], memory[FIRST_DOUBT + 1] = doubt0, doubt1
    for k in range(4):
        memory[k] += levels[k, 0, doubt0] + levels[k, 1, doubt1] - memory[k] % sizes[k]
    c0 += levels[4, 0, doubt0] + levels[4, 1, doubt1] - c0 % sizes[4]
    c1 += levels[5, 0, doubt0] + levels[5, 1, doubt1] - c1 % sizes[5]
    memory[FIRST_CONJECTURE] = following0[c0, seen]
    memory[FIRST_CONJECTURE + 1] = following1[c1, seen]


@inlined(rewriting=True)
def unpack(number, sizes, start, beliefs, held):  # type: ignore[no-untyped-def]
    """Write to ``held[0]`` the memory of a play whose beliefs and memories have this `number`; see `pack`.

    `sizes` has the automata, the conjectures, then the doubts; `levels` and their widths the first two. A
    doubt with one value only stands where it was at the `start`.
    """
    levels, widths = beliefs[7], beliefs[8]
    memory = held[0]
    for k in (3, 2, 1, 0):
        memory[k] = number % sizes[k]
        number //= sizes[k]
    for party in range(2):
        memory[FIRST_CONJECTURE + party] = number % sizes[4 + party]
        number //= sizes[4 + party]
    for party in range(2):
        memory[FIRST_DOUBT + party] = number % sizes[6 + party]
        number //= sizes[6 + party]
        if sizes[6 + party] == 1:
            memory[FIRST_DOUBT + party] = start[FIRST_DOUBT + party]
    for k in range(6):
        level = levels[k, 0, memory[FIRST_DOUBT]] + levels[k, 1, memory[FIRST_DOUBT + 1]]
        place = k if k < 4 else FIRST_CONJECTURE + k - 4
        memory[place] = memory[place] * widths[k] + level


@inlined(rewriting=True)
def pack(memory, sizes, beliefs):  # type: ignore[no-untyped-def]
    """Return the number of a play's memory: doubts, conjectures and automata, the last automaton changing fastest."""
    widths = beliefs[8]
    number = np.int64(0)
    for party in (1, 0):
        number = number * sizes[6 + party] + (memory[FIRST_DOUBT + party] if sizes[6 + party] > 1 else 0)
    for party in (1, 0):
        number = number * sizes[4 + party] + memory[FIRST_CONJECTURE + party] // widths[4 + party]
    for k in range(4):
        number = number * sizes[k] + memory[k] // widths[k]
    return number


__all__ = ["FIRST_CONJECTURE", "FIRST_DOUBT", "TRACKED", "pack", "unpack", "update_beliefs"]
