"""Matches of two automata, compiled: random words by address, integer thresholds, counts of joint actions.

The words of a match are addressed by (block of turns, match, pair, purpose), so that a match can be played
alone and neither order nor chunking matters.  Words are drawn `BLOCKS` blocks at a time, which the
compiler does several at once; two words decide the actions of a turn, and under imperfect monitoring a
third one the signal.
"""

import numpy as np

from sim.compiled import inlined, loop_kernel
from sim.engine.philox import philox4x32

BLOCKS = 64
ACTIONS, SIGNALS, ENDING = np.uint64(0xAC71), np.uint64(0x5164), np.uint64(0xE4D1)
_ZERO, _WORD = np.uint64(0), np.uint64(0xFFFFFFFF)


@inlined
def _draw(words, start, blocks, match, pair, purpose, k0, k1):  # type: ignore[no-untyped-def]
    """Fill `words` [4 * BLOCKS] with those of `blocks` blocks from `start` on."""
    for b in range(blocks):
        w0, w1, w2, w3 = philox4x32(
            np.uint64(start + b) & _WORD, np.uint64(match) & _WORD, pair, purpose, k0, k1
        )
        words[4 * b] = w0
        words[4 * b + 1] = w1
        words[4 * b + 2] = w2
        words[4 * b + 3] = w3


@inlined
def _length(going_on, match, pair, k0, k1):  # type: ignore[no-untyped-def]
    """Return the number of turns of a match that goes on after each with probability `going_on` / 2^32."""
    turns, block = 1, 0
    while True:
        w0, w1, w2, w3 = philox4x32(np.uint64(block), np.uint64(match) & _WORD, pair, ENDING, k0, k1)
        if w0 >= going_on:
            return turns
        if w1 >= going_on:
            return turns + 1
        if w2 >= going_on:
            return turns + 2
        if w3 >= going_on:
            return turns + 3
        turns += 4
        block += 1


@loop_kernel
def play_two_by_two(  # type: ignore[no-untyped-def]
    first, second, following, initial, turns, going_on, first_match, pair, k0, k1, words, counts
):
    """Play matches of two actions each under perfect monitoring; add joint actions to `counts` [matches, 4].

    `first` and `second` [cells] are the thresholds below which each player executes action 0, `following`
    [cells, 4] the next cell of the pair of automata.  With `turns` 0 the end is random.
    """
    for m in range(counts.shape[0]):
        match = first_match + m
        length = turns if turns > 0 else _length(going_on, match, pair, k0, k1)
        cell, done, block = initial, 0, 0
        n0, n1, n2, n3 = 0, 0, 0, 0
        while done < length:
            here = min(2 * BLOCKS, length - done)
            _draw(words, block, (here + 1) // 2, match, pair, ACTIONS, k0, k1)
            block += BLOCKS
            for t in range(here):
                a = words[2 * t] >= first[cell]
                b = words[2 * t + 1] >= second[cell]
                joint = 2 * int(a) + int(b)
                n0 += joint == 0
                n1 += joint == 1
                n2 += joint == 2
                cell = following[cell, joint]
            done += here
        n3 = length - n0 - n1 - n2
        counts[m, 0] += n0
        counts[m, 1] += n1
        counts[m, 2] += n2
        counts[m, 3] += n3


@loop_kernel
def play_general(  # type: ignore[no-untyped-def]
    first,
    second,
    law,
    perfect,
    following,
    initial,
    turns,
    going_on,
    first_match,
    pair,
    k0,
    k1,
    words,
    seen,
    counts,
):
    """Play matches with any numbers of actions and any public signals; add joint actions to `counts`.

    `first` and `second` [cells, actions - 1] are cumulative thresholds, `law` [joint, signals - 1] those
    of the signal, `following` [cells, signals] the next cell.
    """
    columns = second.shape[1] + 1
    for m in range(counts.shape[0]):
        match = first_match + m
        length = turns if turns > 0 else _length(going_on, match, pair, k0, k1)
        cell, done, block = initial, 0, 0
        while done < length:
            here = min(2 * BLOCKS, length - done)
            _draw(words, block, (here + 1) // 2, match, pair, ACTIONS, k0, k1)
            if not perfect:
                _draw(seen, block, (here + 1) // 2, match, pair, SIGNALS, k0, k1)
            block += BLOCKS
            for t in range(here):
                a, b = 0, 0
                for k in range(first.shape[1]):
                    a += words[2 * t] >= first[cell, k]
                for k in range(second.shape[1]):
                    b += words[2 * t + 1] >= second[cell, k]
                joint = a * columns + b
                counts[m, joint] += 1
                signal = joint
                if not perfect:
                    signal = 0
                    for k in range(law.shape[1]):
                        signal += seen[2 * t] >= law[joint, k]
                cell = following[cell, signal]
            done += here
