"""The product of automata and public states of the treaty game: cells, values, and the worth of every deviation.

A *node* is a pair (memory of the automata, situation), a *cell* a node in an environment. Nodes are those that
public play can reach, whatever anybody does: every legal move and every signal that some course makes possible.
The kernel that responds to continuation values takes nodes in place of situations, so that moves and courses are
valued here exactly as in equilibrium.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sim.arrays import BoolArray, FloatArray, IntArray, sealed
from sim.games.treaty.graph import MAX_MOVES, TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames, build_games, environment_law
from sim.games.treaty.profile import TreatyProfile, legal_slots
from sim.games.treaty.rules import NUM_ACTORS, OUTSIDER, PARTIES
from sim.games.treaty.terms import TERMS
from sim.games.treaty.transitions import Signal
from sim.solvers.kernels.treaty_response import respond
from sim.solvers.kernels.treaty_system import expect
from sim.solvers.kernels.treaty_workspace import workspace

PURE = 1e4
"""Log-odds that stand for certainty: the exponential of their negative is zero."""

Choice = tuple[FloatArray, FloatArray]
"""Moves [N X, actors, slots] and breach [N X, parties]."""


class TreatyProduct:
    """The product of one draw's game with a profile.

    Attributes
    ----------
    memory [N, actors], situation [N] : state of every automaton, and situation; plays begin in the first node
    cells : number of cells, N X ; start : cell in which plays begin
    choice : what the profile plays in every cell
    legal [N X, actors, slots] ; bound [N X, parties] ; chance [N X] of an opportunity
    """

    def __init__(self, games: TreatyGames, draw: int, profile: TreatyProfile) -> None:
        graph = self.graph = games.graph
        self.games, self.draw, self.profile = games, draw, profile
        self.memory, self.situation = _nodes(graph, profile)
        nodes, places = len(self.situation), graph.num_environments
        self.cells, self.start = nodes * places, graph.start[1]
        self.states = (self.situation[:, None] * places + np.arange(places)).reshape(-1)
        self._rows, self._node_of_row, first = _rows_of(graph, self.situation)
        self._following = self._next_nodes()
        self.legal = np.stack([legal_slots(graph, i)[self.states] > 0 for i in range(NUM_ACTORS)], axis=1)
        self.bound = ~np.repeat(graph.free[self.situation], places, axis=0)
        holding = float(games.opportunity[draw])
        self.chance = np.where(np.repeat(graph.forced[self.situation], places), 1.0, holding)
        self.choice = self._prescribed()
        self.law = environment_law(games, draw)
        idle = graph.idle_row[self.situation]
        offset = first[:-1] - graph.first_row[self.situation]
        menus = self.legal.sum(axis=2)
        who, what, count = _lines(menus, self.bound)
        self._who, self._what = who, what
        self._structure = (
            *(sealed(np.arange(nodes), np.int64), sealed(np.arange(places), np.int64)),
            *(sealed(menus, np.int64), who, what, count, sealed(np.zeros((nodes, 1)), np.int64)),
            *(sealed(first, np.int64), sealed(graph.outsider_rows[self.situation], np.int64)),
            sealed(np.where(idle < 0, -1, idle + offset), np.int64),
            sealed(graph.forced[self.situation], np.bool_),
            *(sealed(graph.kernels[self._rows], np.int64), sealed(graph.rises[self._rows], np.int64)),
            *(sealed(self._following, np.int64), sealed(np.zeros(self._following.shape), np.int64)),
            *(sealed(np.zeros(nodes), np.int64), graph.factors),
        )
        self._blank = np.zeros((2, nodes, places, NUM_ACTORS))
        self._factors: dict[float, object] = {}
        self._own_odds = self._odds(self.choice)

    @property
    def initial(self) -> int:
        """Cell in which plays begin."""
        return self.start

    def respond(self, values: FloatArray, choice: Choice, games: TreatyGames | None = None) -> "Response":
        """Return what moves and courses are worth to everyone if `choice` is played now and `values` come after.

        `games` replaces the payoffs, for the decomposition by term.
        """
        games = games or self.games
        draw = self.draw if games.num_draws > 1 else 0
        cells, width = self._who.shape
        expected = np.zeros_like(self._blank)
        nodes, places = self._structure[:2]
        expect(values, self.law, nodes, places, self._blank, expected)
        moves, move_values = (np.zeros((cells, NUM_ACTORS, MAX_MOVES)) for _ in range(2))
        breach, advantage = (np.zeros((cells, len(PARTIES))) for _ in range(2))
        gap, lines, slope = np.zeros((cells, NUM_ACTORS)), np.zeros((cells, width)), np.zeros((cells, width))
        respond(
            *(
                values,
                self._own_odds if choice is self.choice else self._odds(choice),
                1.0,
                False,
                0.0,
                expected,
                *self._structure,
                self.law,
            ),
            *(games.discount[draw], sealed(games.flows[draw][self.states])),
            *(sealed(games.courses[draw][self.states]), sealed(games.lumps[draw][self._rows])),
            *(games.finding[draw], float(games.building[draw]), float(games.opportunity[draw])),
            *(games.signals[draw], moves, move_values, breach, advantage, gap, lines, slope),
            *(np.zeros((1, width, width)), np.zeros((1, width, 1)), np.zeros((1, NUM_ACTORS, width))),
            *(np.zeros((1, 1, 1)), *workspace(width, 1)),
        )
        return Response(total=values + gap, moves=move_values, advantage=advantage)

    def values(self, choice: Choice, games: TreatyGames | None = None) -> FloatArray:
        """Return everyone's discounted payoffs [N X, actors] of playing `choice` for ever."""
        from scipy import sparse
        from scipy.sparse.linalg import splu

        here = self.respond(np.zeros((self.cells, NUM_ACTORS)), choice, games).total
        discounts = self.games.discount[self.draw]
        own = choice is self.choice
        known = own and all(discount in self._factors for discount in discounts.tolist())
        law = None if known else self.transition(choice).tocsc()
        worth = np.empty_like(here)
        for actor, discount in enumerate(discounts.tolist()):
            factors = self._factors.get(discount) if own else None
            if factors is None:
                factors = splu(sparse.eye_array(self.cells, format="csc") - discount * law)
                if own:
                    self._factors[discount] = factors
            worth[:, actor] = factors.solve(here[:, actor])  # type: ignore[attr-defined]
        return worth

    def transition(self, choice: Choice):  # type: ignore[no-untyped-def]
        """Return the transition matrix between cells, SciPy sparse."""
        from scipy import sparse

        graph, places = self.graph, self.graph.num_environments
        holding = float(self.games.opportunity[self.draw])
        source, target, weight, rising = [], [], [], []
        for row, x, likely, higher in self._played(choice, holding):
            node = self._node_of_row[row]
            cell = node * places + x
            kernels = graph.kernels[self._rows[row]]
            laws = []
            for party in PARTIES:
                signals = self.games.signals[self.draw][kernels[:, party], party]
                b = choice[1][cell, party][:, None]
                laws.append((1 - b) * signals[:, 0] + b * signals[:, 1])
            mass = likely[:, None] * (laws[0][:, :, None] * laws[1][:, None, :]).reshape(len(row), -1)
            k, z = np.nonzero(mass)
            source.append(cell[k])
            target.append(self._following[row[k], z] * places + x[k])
            weight.append(mass[k, z])
            rising.append(higher[k])
        here, there = np.concatenate(source), np.concatenate(target)
        mass, build = np.concatenate(weight), np.concatenate(rising)
        shape = (self.cells, self.cells)
        matrix = sparse.csr_array(shape)
        for law, share in ((self.law[0], 1 - build), (self.law[1], build)):
            moved = sparse.coo_array((mass * share, (here, there)), shape=shape).tocsr()
            matrix = matrix + moved @ sparse.kron(sparse.eye_array(len(self.situation)), law, format="csr")
        matrix.eliminate_zeros()
        return matrix

    def by_term(self) -> Iterator[tuple[str, TreatyGames]]:
        """Yield the game with the payoffs of one term alone, for each term that anybody feels."""
        parameters = self.games.parameters
        one = slice(self.draw, self.draw + 1)
        fields = {name: getattr(parameters, name) for name in parameters.__dataclass_fields__}
        single = {name: value[one] for name, value in fields.items() if name != "period_years"}
        for k, name in enumerate(TERMS):
            weights = np.zeros_like(single["weights"])
            weights[:, k] = single["weights"][:, k]
            if weights.any():
                yield name, build_games(self.graph, replace(parameters, **{**single, "weights": weights}))

    def _played(
        self, choice: Choice, holding: float
    ) -> Iterator[tuple[IntArray, IntArray, FloatArray, FloatArray]]:
        """Yield joint moves that are played: rows, environments, probabilities, and chance of a build-up move."""
        graph, places = self.graph, self.graph.num_environments
        situation = self.situation[self._node_of_row]
        local = self._rows - graph.first_row[situation]
        slots = []
        for actor in (OUTSIDER, 2, 1, 0):
            count = graph.outsider_rows[situation] if actor == OUTSIDER else graph.num_legal[situation, actor]
            slots.append(local % count)
            local = local // count
        slots.reverse()
        build = graph.legal[self.situation, OUTSIDER] == Move.BUILD
        for x in range(places):
            cell = self._node_of_row * places + x
            likely = np.where(graph.forced[situation], 1.0, holding)
            for actor in range(OUTSIDER):
                likely = likely * choice[0][cell, actor, slots[actor]]
            told = graph.outsider_rows[situation] > 1
            likely = likely * np.where(told, choice[0][cell, OUTSIDER, slots[OUTSIDER]], 1.0)
            higher = (choice[0][cell, OUTSIDER] * build[self._node_of_row]).sum(axis=1)
            row = np.flatnonzero(likely)
            yield row, np.full(len(row), x), likely[row], higher[row]
            quiet = np.flatnonzero(~graph.forced[situation] & (self._rows == graph.idle_row[situation]))
            yield quiet, np.full(len(quiet), x), np.full(len(quiet), 1 - holding), np.zeros(len(quiet))

    def _odds(self, choice: Choice) -> FloatArray:
        """Return log-odds at which exactly `choice` is played."""
        moves, breach = choice
        cells = np.arange(self.cells)[:, None]
        who, what = np.maximum(self._who, 0), self._what
        with np.errstate(divide="ignore"):
            logs = np.clip(np.log(moves), -PURE, 0.0)
            course = np.clip(np.log(breach) - np.log1p(-breach), -PURE, PURE)
        odds = logs[cells, who, np.maximum(what, 0)] - logs[cells, who, 0]
        odds = np.where(what >= 0, odds, course[cells, np.minimum(who, 1)])
        return np.where(self._who >= 0, odds, 0.0)

    def _prescribed(self) -> Choice:
        places = self.graph.num_environments
        moves = np.zeros((self.cells, NUM_ACTORS, MAX_MOVES))
        breach = np.zeros((self.cells, len(PARTIES)))
        for actor, automaton in enumerate(self.profile.automata):
            draw = self.draw if len(automaton.moves) > 1 else 0
            memory = np.repeat(self.memory[:, actor], places)
            moves[:, actor] = automaton.moves[draw][memory, self.states]
            if actor in PARTIES:
                breach[:, actor] = automaton.breach[draw][memory, self.states]
        return moves, breach

    def _next_nodes(self) -> IntArray:
        """Return the node that follows every row of every node, by signal pair; 0 for pairs that cannot be."""
        number = {key: n for n, key in enumerate(_keys(self.memory, self.situation).tolist())}
        memory = self.memory[self._node_of_row]
        following = np.zeros((len(self._rows), len(Signal) ** 2), dtype=np.int64)
        for z, then, after in _successors(self.graph, self.profile, self._rows, memory):
            keys = _keys(after, then).tolist()
            following[:, z] = [number.get(key, 0) for key in keys]
        return following


class Response:
    """What actions are worth: `total` [N X, actors], `moves` [N X, actors, slots], `advantage` [N X, parties]."""

    def __init__(self, *, total: FloatArray, moves: FloatArray, advantage: FloatArray) -> None:
        self.total, self.moves, self.advantage = total, moves, advantage


def _keys(memory: IntArray, situation: IntArray) -> IntArray:
    """Return one number for each (memory, situation); automata have fewer than 2^10 states."""
    keys = situation.astype(np.int64)
    for actor in range(memory.shape[1]):
        keys = keys << 10 | memory[:, actor]
    return keys


def _rows_of(graph: TreatyGraph, situation: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the rows of each node in a line, the node of each, and where each node begins [N + 1]."""
    counts = np.diff(graph.first_row)[situation]
    first = np.concatenate([[0], np.cumsum(counts)])
    node = np.repeat(np.arange(len(situation)), counts)
    rows = graph.first_row[situation][node] + np.arange(first[-1]) - first[node]
    return rows, node, first


def _successors(
    graph: TreatyGraph, profile: TreatyProfile, rows: IntArray, memory: IntArray
) -> Iterator[tuple[int, IntArray, IntArray]]:
    """Yield, for each signal pair, the situations and memories that follow rows played with `memory`."""
    size = len(Signal)
    for z in range(size**2):
        alarms = int(z // size == Signal.ALARM) + 2 * int(z % size == Signal.ALARM)
        seen = graph.events[rows] | alarms
        after = np.stack([a.following[memory[:, i], seen] for i, a in enumerate(profile.automata)], axis=1)
        yield z, graph.following[rows, z], after


def _nodes(graph: TreatyGraph, profile: TreatyProfile) -> tuple[IntArray, IntArray]:
    """Return the nodes that public play can reach from the start, breadth first."""
    memory = np.zeros((1, NUM_ACTORS), dtype=np.int64)
    situation = np.array([graph.start[0]])
    seen = set(_keys(memory, situation).tolist())
    found = [(memory, situation)]
    while len(situation):
        rows, node, _ = _rows_of(graph, situation)
        fresh: dict[int, tuple[IntArray, int]] = {}
        for z, then, after in _successors(graph, profile, rows, memory[node]):
            possible = _possible(graph, rows, z)
            for key, m, q in zip(
                _keys(after[possible], then[possible]).tolist(),
                then[possible].tolist(),
                after[possible],
                strict=True,
            ):
                if key not in seen:
                    seen.add(key)
                    fresh[key] = (q, m)
        if not fresh:
            break
        memory = np.stack([q for q, _ in fresh.values()])
        situation = np.array([m for _, m in fresh.values()])
        found.append((memory, situation))
    return sealed(np.concatenate([q for q, _ in found]), np.int64), sealed(
        np.concatenate([m for _, m in found]), np.int64
    )


def _possible(graph: TreatyGraph, rows: IntArray, z: int) -> BoolArray:
    """Whether a signal pair can be seen after rows: of a free party nothing is."""
    free = graph.kernels[rows] == 0
    pair = divmod(z, len(Signal))
    possible = np.ones(len(rows), dtype=bool)
    for party in PARTIES:
        if pair[party] != Signal.NOTHING:
            possible &= ~free[:, party]
    return possible


def _lines(menus: IntArray, bound: BoolArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return actor and slot of each log-odds of a cell and their number, as in `Component`."""
    count = (menus - 1).sum(axis=1) + bound.sum(axis=1)
    who = np.full((len(menus), max(1, int(count.max()))), -1)
    what = np.full(who.shape, -1)
    for cell, menu in enumerate(menus.tolist()):
        lines = [(actor, slot) for actor, width in enumerate(menu) for slot in range(1, width)]
        lines += [(party, -1) for party in PARTIES if bound[cell, party]]
        for line, (actor, slot) in enumerate(lines):
            who[cell, line], what[cell, line] = actor, slot
    return sealed(who, np.int64), sealed(what, np.int64), sealed(count, np.int64)


__all__ = ["Choice", "Response", "TreatyProduct"]
