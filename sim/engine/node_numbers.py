"""Numbers of the exact chain's nodes: memories of the automata, beliefs where strategies condition on them, situation.

Without beliefs a node's number is ``product state * M + situation``. With them the doubts come first, the second
party's before the first's, then the conjectures, then the automata without their levels of doubt, which follow.
"""

from math import prod

import numpy as np

from sim.arrays import IntArray, sealed
from sim.engine.belief_kernel import FIRST_CONJECTURE, FIRST_DOUBT
from sim.engine.belief_law import BeliefLaw, BeliefTables
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.profile import TreatyProfile


def node_sizes(
    profile: TreatyProfile, law: BeliefLaw | None, beliefs: BeliefTables | None
) -> tuple[int, ...]:
    """Return how many values each component of a node's number has, that of the situation left out.

    The automata, the last changing fastest; the conjectures; the points of the grid of doubt.
    """
    if beliefs is None or law is None:
        return tuple(automaton.num_states for automaton in profile.automata)
    conjectures = [len(each.following) // each.num_levels for each in law.conjectures]
    memories = [automaton.num_states // automaton.num_levels for automaton in profile.automata]
    points = [law.cells if moves else 1 for moves in law.moving]
    return (*memories, *conjectures, *points)


def product_states(
    numbers: IntArray, profile: TreatyProfile, sizes: tuple[int, ...], beliefs: BeliefTables | None
) -> IntArray:
    """Return the product state of the automata, levels of doubt included, from numbers of nodes."""
    if beliefs is None:
        return sealed(numbers, np.int64)
    parts, rest = [], numbers
    for size in (*sizes[3::-1], *sizes[4:]):
        parts.append(rest % size)
        rest = rest // size
    started = beliefs.start[FIRST_DOUBT:FIRST_CONJECTURE]
    doubts = [
        part if size > 1 else part + start
        for part, size, start in zip(parts[6:], sizes[6:], started, strict=True)
    ]
    product = np.zeros_like(numbers)
    for k, automaton in enumerate(profile.automata):
        level = beliefs.levels[k, 0, doubts[0]] + beliefs.levels[k, 1, doubts[1]]
        product = product * automaton.num_states + parts[3 - k] * automaton.num_levels + level
    return sealed(product, np.int64)


def start_node(graph: TreatyGraph, sizes: tuple[int, ...], beliefs: BeliefTables | None) -> int:
    """Return the number of the node in which plays begin."""
    if beliefs is None:
        return graph.start[0]
    started = beliefs.start[FIRST_DOUBT:FIRST_CONJECTURE]
    first, second = (int(doubt) if size > 1 else 0 for doubt, size in zip(started, sizes[6:], strict=True))
    return (second * sizes[6] + first) * prod(sizes[:6]) * graph.num_situations + graph.start[0]


__all__ = ["node_sizes", "product_states", "start_node"]
