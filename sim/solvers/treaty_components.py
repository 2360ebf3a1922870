"""The treaty game's state graph taken apart: components to be solved one after the other, and elimination orders.

The outsider's level never falls, and an outsider that has joined stays: values of one component depend on those
that can be reached from it and not the other way round.  Each component is a strongly connected set of
situations at one level of the outsider.

Within a component the Newton matrix has a dense block for each situation and successor. Situations are eliminated in
the order of Markowitz (1957), Management Science 3: next the one whose elimination fills in least, which takes
the clocks of notices and ultimatums first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from graphlib import TopologicalSorter

import numpy as np

from sim.arrays import IntArray, sealed
from sim.games.treaty.graph import NUM_SIGNAL_PAIRS, TreatyGraph
from sim.games.treaty.profile import legal_slots
from sim.games.treaty.rules import NUM_ACTORS, PARTIES


@dataclass(frozen=True, eq=False, kw_only=True)
class Successors:
    """Distinct successors of every situation.

    Attributes
    ----------
    count [M] ; lists [M, K], -1 beyond the last
    place [R, 9] : place of a joint move's following situation in the list of its own situation
    """

    count: IntArray
    lists: IntArray
    place: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Elimination:
    """A strongly connected set of situations in the order of elimination, with the fill of its LU factors.

    Attributes
    ----------
    members [C] : situations, in order
    member_of [M] : place in that order, -1 outside
    block_of [M, K] : block of a situation and its successor, -1 where either lies outside
    num_blocks : blocks to be stored, the first C of them pivots
    first_row [C + 1], rows [.., 2] : (row, block) below a pivot ; first_column, columns likewise to its right
    first_target [C + 1], targets : block changed by each pair of them, rows outermost
    """

    members: IntArray
    member_of: IntArray
    block_of: IntArray
    num_blocks: int
    first_row: IntArray
    rows: IntArray
    first_column: IntArray
    columns: IntArray
    first_target: IntArray
    targets: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Component:
    """Situations and environments to be solved together: an elimination at one level of the outsider.

    Attributes
    ----------
    elimination : Elimination
    places [N] : environments
    menus [C N, actors] : number of legal moves
    who, what [C N, Y], count [C N] : actor and slot of each log-odds of a state: every move but the first of a
        menu, then the courses of bound parties, whose slot is -1; beyond `count` -1
    """

    elimination: Elimination
    places: IntArray
    menus: IntArray
    who: IntArray
    what: IntArray
    count: IntArray

    @property
    def num_states(self) -> int:
        """Number of public states."""
        return len(self.elimination.members) * len(self.places)

    @property
    def width(self) -> int:
        """Largest number of log-odds of a state, Y."""
        return int(self.who.shape[1])


@lru_cache(maxsize=32)
def successors_of(graph: TreatyGraph) -> Successors:
    """Return the distinct successors of every situation."""
    place = np.zeros((len(graph.row_moves), NUM_SIGNAL_PAIRS), dtype=np.int64)
    found = []
    for m in range(graph.num_situations):
        rows = slice(graph.first_row[m], graph.first_row[m + 1])
        distinct, inverse = np.unique(graph.following[rows], return_inverse=True)
        place[rows] = inverse.reshape(-1, NUM_SIGNAL_PAIRS)
        found.append(distinct)
    lists = np.full((len(found), max(map(len, found))), -1)
    for m, distinct in enumerate(found):
        lists[m, : len(distinct)] = distinct
    return Successors(
        count=sealed([len(each) for each in found], np.int64),
        lists=sealed(lists, np.int64),
        place=sealed(place, np.int64),
    )


@lru_cache(maxsize=32)
def components_of(graph: TreatyGraph) -> tuple[Component, ...]:
    """Return the components in an order in which everything that follows comes first.

    Costs O(M^2) and the fill; cached, because draws and scenarios share graphs.
    """
    levels: dict[int, list[int]] = {}
    for x, place in enumerate(graph.environments):
        levels.setdefault(place.level, []).append(x)
    eliminations = [_elimination(graph, members) for members in _strong_components(graph)]
    return tuple(
        _component(graph, each, levels[level])
        for level in sorted(levels, reverse=True)
        for each in eliminations
    )


def _component(graph: TreatyGraph, elimination: Elimination, places: list[int]) -> Component:
    states = (elimination.members[:, None] * graph.num_environments + places).reshape(-1)
    menus = np.stack([legal_slots(graph, actor)[states].sum(axis=1) for actor in range(NUM_ACTORS)], axis=1)
    bound = ~np.repeat(graph.free[elimination.members], len(places), axis=0)
    count = (menus - 1).sum(axis=1) + bound.sum(axis=1)
    who = np.full((len(states), max(1, int(count.max()))), -1)
    what = np.full(who.shape, -1)
    for state, menu in enumerate(menus.tolist()):
        lines = [(actor, slot) for actor, width in enumerate(menu) for slot in range(1, width)]
        lines += [(party, -1) for party in PARTIES if bound[state, party]]
        for line, (actor, slot) in enumerate(lines):
            who[state, line], what[state, line] = actor, slot
    return Component(
        elimination=elimination,
        places=sealed(places, np.int64),
        menus=sealed(menus, np.int64),
        who=sealed(who, np.int64),
        what=sealed(what, np.int64),
        count=sealed(count, np.int64),
    )


def _strong_components(graph: TreatyGraph) -> Iterator[list[int]]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    successors = successors_of(graph)
    source = np.repeat(np.arange(graph.num_situations), successors.count)
    target = successors.lists[successors.lists >= 0]
    size = graph.num_situations
    adjacency = coo_array((np.ones(len(source)), (source, target)), shape=(size, size)).tocsr()
    count, label = connected_components(adjacency, directed=True, connection="strong")
    before: dict[int, set[int]] = {k: set() for k in range(count)}
    for a, b in zip(label[source].tolist(), label[target].tolist(), strict=True):
        if a != b:
            before[a].add(b)
    for k in TopologicalSorter(before).static_order():
        yield np.flatnonzero(label == k).tolist()


def _elimination(graph: TreatyGraph, members: list[int]) -> Elimination:
    successors = successors_of(graph)
    local = {m: c for c, m in enumerate(members)}
    out = [
        {local[j] for j in successors.lists[m, : successors.count[m]].tolist() if j in local} - {c}
        for c, m in enumerate(members)
    ]
    into: list[set[int]] = [set() for _ in members]
    for c, following in enumerate(out):
        for j in following:
            into[j].add(c)
    entries = {(c, j) for c, following in enumerate(out) for j in following}
    fill = np.array([len(i) * len(o) for i, o in zip(into, out, strict=True)])
    order: list[int] = []
    steps: list[tuple[list[int], list[int]]] = []
    for _ in members:
        c = int(fill.argmin())
        below, right = sorted(into[c]), sorted(out[c])
        order.append(c)
        steps.append((below, right))
        for a in below:
            out[a] |= out[c]
            out[a] -= {c, a}
        for b in right:
            into[b] |= into[c]
            into[b] -= {c, b}
        entries.update((a, b) for a in below for b in right if a != b)
        for a in {*below, *right}:
            fill[a] = len(into[a]) * len(out[a])
        fill[c] = np.iinfo(np.int64).max
    place = {c: p for p, c in enumerate(order)}
    number = {(c, c): p for p, c in enumerate(order)}
    for pair in sorted(entries):
        number[pair] = len(number)
    rows: list[tuple[int, int]] = []
    columns: list[tuple[int, int]] = []
    targets: list[int] = []
    first_row, first_column, first_target = [0], [0], [0]
    for c, (below, right) in zip(order, steps, strict=True):
        rows.extend((place[a], number[a, c]) for a in below)
        columns.extend((place[b], number[c, b]) for b in right)
        targets.extend(number[a, b] for a in below for b in right)
        first_row.append(len(rows))
        first_column.append(len(columns))
        first_target.append(len(targets))
    block_of = np.full(successors.lists.shape, -1)
    for c, m in enumerate(members):
        for k, j in enumerate(successors.lists[m, : successors.count[m]].tolist()):
            if j in local:
                block_of[m, k] = number[c, local[j]]
    member_of = np.full(graph.num_situations, -1)
    ordered = [members[c] for c in order]
    member_of[ordered] = np.arange(len(order))
    return Elimination(
        members=sealed(ordered, np.int64),
        member_of=sealed(member_of, np.int64),
        block_of=sealed(block_of, np.int64),
        num_blocks=len(number),
        first_row=sealed(first_row, np.int64),
        rows=sealed(np.reshape(np.array(rows, dtype=np.int64), (-1, 2)), np.int64),
        first_column=sealed(first_column, np.int64),
        columns=sealed(np.reshape(np.array(columns, dtype=np.int64), (-1, 2)), np.int64),
        first_target=sealed(first_target, np.int64),
        targets=sealed(targets, np.int64),
    )
