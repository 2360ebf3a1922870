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
    c0, c1 = memory[6], memory[7]
    doubt0 = memory[4] + signals0[c0, s, kernel0, signal0]
    doubt1 = memory[5] + signals1[c1, s, kernel1, signal1]
    if offered:
        doubt0 += moves0[c0, s, slots[row, 0]]
        doubt1 += moves1[c1, s, slots[row, 1]]
    highest = levels.shape[2] - 1
    doubt0 = min(max(doubt0, 0), highest)
    doubt1 = min(max(doubt1, 0), highest)
    memory[4], memory[5] = doubt0, doubt1
    for k in range(4):
        memory[k] += levels[k, 0, doubt0] + levels[k, 1, doubt1] - memory[k] % sizes[k]
    c0 += levels[4, 0, doubt0] + levels[4, 1, doubt1] - c0 % sizes[4]
    c1 += levels[5, 0, doubt0] + levels[5, 1, doubt1] - c1 % sizes[5]
    memory[6], memory[7] = following0[c0, seen], following1[c1, seen]


@inlined(rewriting=True)
def unpack(number, sizes, start, beliefs, held):  # type: ignore[no-untyped-def]
    """Write to ``held[0]`` the memory of a play whose beliefs and memories have this `number`; see `pack`.

    A doubt with one value only stands where it was at the `start`.
    """
    levels, widths = beliefs[7], beliefs[8]
    memory = held[0]
    for k in (3, 2, 1, 0):
        memory[k] = number % sizes[k]
        number //= sizes[k]
    for k in (4, 5):
        memory[k + 2] = number % sizes[k]
        number //= sizes[k]
    for k in (6, 7):
        memory[k - 2] = number % sizes[k]
        number //= sizes[k]
        if sizes[k] == 1:
            memory[k - 2] = start[k - 2]
    for k in range(6):
        level = levels[k, 0, memory[4]] + levels[k, 1, memory[5]]
        place = k if k < 4 else k + 2
        memory[place] = memory[place] * widths[k] + level


@inlined(rewriting=True)
def pack(memory, sizes, beliefs):  # type: ignore[no-untyped-def]
    """Return the number of a play's memory: doubts, conjectures and automata, the last automaton changing fastest."""
    widths = beliefs[8]
    number = np.int64(0)
    for k in (7, 6):
        number = number * sizes[k] + (memory[k - 2] if sizes[k] > 1 else 0)
    for k in (5, 4):
        number = number * sizes[k] + memory[k + 2] // widths[k]
    for k in range(4):
        number = number * sizes[k] + memory[k] // widths[k]
    return number


__all__ = ["FIRST_CONJECTURE", "FIRST_DOUBT", "TRACKED", "pack", "unpack", "update_beliefs"]
