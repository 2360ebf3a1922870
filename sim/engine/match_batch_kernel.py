"""Iterated matches of many parameter points on common dice, compiled.

Each point is a pair of two-action automata with error probabilities of its own. Since all points share their dice,
the words of a match are drawn once and every point is played with them: a further point costs its turns only. The
counts are those of ``play_two_by_two`` at the same address, point for point.
"""

import numpy as np

from sim.compiled import inlined, loop_kernel
from sim.engine.philox import philox4x32

ACTIONS = np.uint64(0xAC71)
"""The purpose in the address of the words that decide actions, as in a match alone."""

_WORD = np.uint64(0xFFFFFFFF)


@inlined
def _draw(words, turns, match, pair, k0, k1):  # type: ignore[no-untyped-def]
    """Fill `words` [2 * turns, rounded up to 4]: two words a turn."""
    q0, q1 = k0 & _WORD, k1 & _WORD  # known to be words, so that the compiler can take several blocks at once
    for block in range((turns + 1) // 2):
        w0, w1, w2, w3 = philox4x32(
            np.uint64(block) & _WORD, np.uint64(match) & _WORD, pair & _WORD, ACTIONS, q0, q1
        )
        words[4 * block] = w0
        words[4 * block + 1] = w1
        words[4 * block + 2] = w2
        words[4 * block + 3] = w3


@loop_kernel
def play_points(  # type: ignore[no-untyped-def]
    first, second, following, initial, turns, begin, end, pair, k0, k1, words, sums, products
):
    """Play matches `begin` to `end` - 1 of `turns` turns at every point; add up counts of joint actions.

    `first` and `second` [points, cells] are the thresholds below which each player executes action 0, `following`
    [cells, 4] the next cell. `sums` [points, 4] takes the counts, `products` [points, 4, 4] the products of the
    counts of each match; whole numbers, so that no order matters.
    """
    for match in range(begin, end):
        _draw(words, turns, match, pair, k0, k1)
        for point in range(first.shape[0]):
            cell = initial
            n0, n1, n2 = 0, 0, 0
            for t in range(turns):
                a = words[2 * t] >= first[point, cell]
                b = words[2 * t + 1] >= second[point, cell]
                joint = 2 * int(a) + int(b)
                n0 += joint == 0
                n1 += joint == 1
                n2 += joint == 2
                cell = following[cell, joint]
            n3 = turns - n0 - n1 - n2
            sums[point, 0] += n0
            sums[point, 1] += n1
            sums[point, 2] += n2
            sums[point, 3] += n3
            products[point, 0, 0] += n0 * n0
            products[point, 0, 1] += n0 * n1
            products[point, 0, 2] += n0 * n2
            products[point, 0, 3] += n0 * n3
            products[point, 1, 1] += n1 * n1
            products[point, 1, 2] += n1 * n2
            products[point, 1, 3] += n1 * n3
            products[point, 2, 2] += n2 * n2
            products[point, 2, 3] += n2 * n3
            products[point, 3, 3] += n3 * n3
