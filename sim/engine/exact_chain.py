"""The Markov chain that a profile of automata makes of the treaty game, for one parameter draw.

A *node* is a pair (product state of the automata, situation); a state of the chain is a node and an
environment, numbered ``z = node * X + x``. The environment's own chains do not depend on what is played and
the outsider's level rises independently of everything else in a period, so a transition is kept in three
factors:

    P(node, x -> node', x') = sum over e from z to node' of stay_e mixing[x, x'] + rise_e mixing[up(x), x'],

with `stay` and `rise` the probabilities of reaching node' while the outsider's level stays or rises, and
`mixing` the climate and review chains. Only nodes that can be reached are built.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.compiled import loop_kernel
from sim.engine.belief_kernel import TRACKED, pack, unpack, update_beliefs
from sim.engine.belief_law import BeliefLaw, BeliefTables, belief_tables
from sim.engine.codes import ALARM
from sim.engine.node_numbers import node_sizes, product_states, start_node
from sim.errors import ParameterError
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames, environment_law
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import NUM_ACTORS, OUTSIDER, PARTIES
from sim.games.treaty.situation import Environment

MAX_NODES = 20_000_000
"""Most (automata, situation) pairs that may be numbered; each costs 8 bytes."""

MAX_EDGES = 20_000_000
"""Most transitions that may be kept; each costs 24 bytes."""


NODES_AT_FIRST, EDGES_AT_FIRST = 4096, 16
"""Room made at first, for nodes and for edges per state of theirs; with too little of it the walk begins again."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TreatyChain:
    """The chain of one draw; `N` nodes, `X` environments, `E` transitions.

    Attributes
    ----------
    memory [N] : product state of the automata, the last actor's changing fastest
    situation [N]
    first_edge [N X + 1] ; target [E] node ; stay, rise [E]
    mixing [X, X] : climate and review ; up [X] : environment with the outsider one level higher
    payoffs [N X, actors] : expected payoff of a period
    start : node and environment in which plays begin
    """

    games: TreatyGames
    draw: int
    profile: TreatyProfile
    memory: IntArray
    situation: IntArray
    first_edge: IntArray
    target: IntArray
    stay: FloatArray
    rise: FloatArray
    mixing: FloatArray
    up: IntArray
    payoffs: FloatArray
    start: tuple[int, int]

    @property
    def law(self) -> tuple[IntArray, IntArray, FloatArray, FloatArray, FloatArray, IntArray]:
        """The arrays that carry a distribution one period on, in the order in which kernels take them."""
        return self.first_edge, self.target, self.stay, self.rise, self.mixing, self.up

    @property
    def num_nodes(self) -> int:
        """Number of nodes, N."""
        return len(self.situation)

    @property
    def num_states(self) -> int:
        """Number of states, N X."""
        return len(self.payoffs)


def build_chain(
    games: TreatyGames,
    draw: int,
    profile: TreatyProfile,
    *,
    law: BeliefLaw | None = None,
    everywhere: bool = False,
) -> TreatyChain:
    """Return the chain under `profile` in one draw, from the start or, if `everywhere`, from every node.

    Parameters
    ----------
    law : BeliefLaw, optional
        How beliefs move; needed where a strategy conditions on them. They then are part of a node.
    everywhere : bool
        Keep all nodes, numbered ``memory * M + situation``, whether plays reach them or not.

    Raises
    ------
    ParameterError
        If the profile belongs to another graph, the draw does not exist, or the chain is too large; the
        message then says so in a sentence that can stand beside results without exact values.

    Notes
    -----
    Costs O(nodes X joint moves 9); a few milliseconds for a Markov profile on some thousand states.
    """
    graph = games.graph
    if profile.graph is not graph:
        raise ParameterError("the profile and the games must share one graph")
    if not 0 <= draw < games.num_draws:
        raise ParameterError(f"draw must lie in 0..{games.num_draws - 1}, got {draw}")
    beliefs = None
    if profile.conditions_on_beliefs:
        if law is None or everywhere:
            raise ParameterError("a strategy conditions on beliefs, which this computation does not follow")
        beliefs = belief_tables(games, law, profile.automata)
    sizes = node_sizes(profile, law, beliefs)
    most = MAX_EDGES // graph.num_environments if everywhere else MAX_NODES
    if prod(sizes) * graph.num_situations > most:
        believed = (
            "" if beliefs is None else f"{' × '.join(map(str, sizes[6:][::-1]))} points of belief times "
        )
        hint = (
            "" if beliefs is None else "; a coarser grid (beliefs.resolution, beliefs.clip) makes it smaller"
        )
        raise ParameterError(
            f"the exact chain is too large: {believed}{prod(sizes[:6])} automaton states times "
            f"{graph.num_situations} situations, at most {most} pairs{hint}"
        )
    nodes, edges, (pairs, first_edge, payoffs, target, stay, rise) = _walk(
        games, draw, profile, everywhere, sizes, beliefs
    )
    states = nodes * graph.num_environments
    return TreatyChain(
        games=games,
        draw=draw,
        profile=profile,
        memory=product_states(pairs[:nodes] // graph.num_situations, profile, sizes, beliefs),
        situation=sealed(pairs[:nodes] % graph.num_situations, np.int64),
        first_edge=sealed(first_edge[: states + 1], np.int64),
        target=sealed(target[:edges], np.int64),
        stay=sealed(stay[:edges]),
        rise=sealed(rise[:edges]),
        mixing=sealed(environment_law(games, draw)[0]),
        up=up_one_level(graph.environments),
        payoffs=sealed(payoffs[: states * NUM_ACTORS].reshape(states, NUM_ACTORS)),
        start=(graph.start[0] if everywhere else 0, graph.start[1]),
    )


def up_one_level(places: tuple[Environment, ...]) -> IntArray:
    """Return the environment with the outsider one level higher, [X]; the highest stays."""
    number = {place: k for k, place in enumerate(places)}
    return sealed([number.get(p._replace(level=p.level + 1), k) for k, p in enumerate(places)], np.int64)


def _walk(
    games: TreatyGames,
    draw: int,
    profile: TreatyProfile,
    everywhere: bool,
    sizes: tuple[int, ...],
    beliefs: BeliefTables | None,
) -> tuple[int, int, tuple[Any, ...]]:
    """Return the numbers of nodes and of edges, and what `_expand` writes, in arrays that have room for it."""
    graph, places = games.graph, games.graph.num_environments
    chosen = [(automaton, draw if len(automaton.breach) > 1 else 0) for automaton in profile.automata]
    total = prod(sizes) * graph.num_situations
    law = (
        None
        if beliefs is None
        else (beliefs.arrays, np.array(sizes), beliefs.start, np.zeros((2, TRACKED), np.int64))
    )
    start = start_node(graph, sizes, beliefs)
    rows = int(np.diff(graph.first_row).max()) + 1  # those of a situation and the idle one
    room = total if everywhere else min(total, NODES_AT_FIRST)
    space = min(EDGES_AT_FIRST * room * places, MAX_EDGES)
    while True:
        written = (
            *(
                np.arange(room) if everywhere else np.full(room, start),
                np.zeros(room * places + 1, np.int64),
            ),
            *(
                np.zeros(room * places * NUM_ACTORS),
                np.empty(space, np.int64),
                np.empty(space),
                np.empty(space),
            ),
        )
        nodes, edges = _expand(
            everywhere,
            tuple(automaton.breach[d] for automaton, d in chosen[: len(PARTIES)]),
            tuple(automaton.moves[d] for automaton, d in chosen),
            tuple(automaton.following for automaton, _ in chosen),
            (graph.first_row, graph.outsider_rows, graph.idle_row, graph.num_legal),
            (graph.kernels, graph.rises, graph.following, graph.events),
            sealed(graph.legal[:, OUTSIDER] == Move.BUILD, np.int64),
            float(games.opportunity[draw]),
            games.signals[draw],
            up_one_level(graph.environments),
            float(games.build[draw]),
            (games.flows[draw], games.courses[draw], games.lumps[draw], graph.factors),
            games.finding[draw],
            float(games.building[draw]),
            written,
            (np.full(total, -1), np.full(total, -1), np.empty(9 * rows, np.int64), np.empty((9 * rows, 2))),
            np.empty((2, 3)),
            law,
        )
        if nodes <= room and edges <= space:
            return nodes, edges, written
        if edges > space == MAX_EDGES:
            raise ParameterError(
                f"the exact chain is too large: more than {MAX_EDGES} transitions between the states of "
                f"{' x '.join(automaton.name for automaton in profile.automata)}"
            )
        room = min(total, 4 * room) if nodes > room else room
        space = min(4 * space, MAX_EDGES)


@loop_kernel(rewriting=True)
def _expand(  # type: ignore[no-untyped-def]
    everywhere,
    breach,
    moves,
    following,
    menus,
    rows,
    builds,
    opportunity,
    signals,
    up,
    build_success,
    worth,
    finding,
    building,
    written,
    scratch,
    signal,
    beliefs,
):
    """Walk the nodes breadth first and tabulate transitions and payoffs of each of their states.

    Returns the numbers of nodes and of edges; stops as soon as one exceeds the room that `written` has for it.
    """
    pairs, first_edge, payoffs, target, stay, rise = written
    node_of, slot, reached, weight = scratch  # `slot` is where a pair stands among the edges of this state
    first_row, outsider_rows, idle_row, num_legal = menus
    kernels, rises, after, events = rows
    flows, courses, lumps, factors = worth
    breach0, breach1 = breach
    moves0, moves1, moves2, moves3 = moves
    following0, following1, following2, following3 = following
    num_situations = first_row.size - 1
    num_places = up.size
    q1, q2, q3 = following1.shape[0], following2.shape[0], following3.shape[0]

    count = pairs.size if everywhere else 1
    for k in range(count):
        node_of[pairs[k]] = k
    edges = 0
    node = 0
    while node < count:
        memory, m = pairs[node] // num_situations, pairs[node] % num_situations
        if beliefs is None:
            a3 = memory % q3
            a2 = memory // q3 % q2
            a1 = memory // (q3 * q2) % q1
            a0 = memory // (q3 * q2 * q1)
        else:
            law, sizes, begun, held = beliefs
            unpack(memory, sizes, begun, law, held)
            a0, a1, a2, a3 = held[0, 0], held[0, 1], held[0, 2], held[0, 3]
        n1, n2, n3 = num_legal[m, 1], num_legal[m, 2], outsider_rows[m]
        chance = 1.0 if idle_row[m] < 0 else opportunity
        for x in range(num_places):
            s = m * num_places + x
            z = node * num_places + x
            num_reached = 0
            building_up = 0.0  # given an opportunity
            for i3 in range(num_legal[m, 3]):
                if builds[m, i3]:
                    building_up += moves3[a3, s, i3]
            rising = building_up * build_success
            b0, b1 = breach0[a0, s], breach1[a1, s]
            for actor in range(4):
                payoffs[4 * z + actor] = (
                    flows[s, actor] + b0 * courses[s, 0, actor] + b1 * courses[s, 1, actor]
                )
            payoffs[4 * z + 3] += chance * building_up * building
            last = first_row[m + 1] - first_row[m]
            for k in range(-1, last):
                if k < 0:  # no opportunity: everyone idles and nobody builds
                    if chance == 1.0:
                        continue
                    row, likely, higher = idle_row[m], 1.0 - chance, 0.0
                else:
                    row = first_row[m] + k
                    i3 = k % n3
                    i2 = k // n3 % n2
                    i1 = k // (n3 * n2) % n1
                    i0 = k // (n3 * n2 * n1)
                    likely = chance * moves0[a0, s, i0] * moves1[a1, s, i1] * moves2[a2, s, i2]
                    if n3 > 1:
                        likely *= moves3[a3, s, i3]
                    higher = rising
                if likely == 0.0:
                    continue
                for z0 in range(3):
                    k0, k1 = kernels[row, 0], kernels[row, 1]
                    signal[0, z0] = (1 - b0) * signals[k0, 0, 0, z0] + b0 * signals[k0, 0, 1, z0]
                    signal[1, z0] = (1 - b1) * signals[k1, 1, 0, z0] + b1 * signals[k1, 1, 1, z0]
                for actor in range(4):
                    for f in range(factors.shape[0]):
                        payoffs[4 * z + actor] += likely * factors[f, x] * lumps[row, f, actor]
                for party in range(2):
                    if rises[row, party]:
                        payoffs[4 * z + party] += likely * signal[party, ALARM] * finding[party]
                for z0 in range(3):
                    if signal[0, z0] == 0.0:
                        continue
                    for z1 in range(3):
                        mass = likely * signal[0, z0] * signal[1, z1]
                        if mass == 0.0:
                            continue
                        seen = events[row] | (1 if z0 == ALARM else 0) | (2 if z1 == ALARM else 0)
                        if beliefs is None:
                            then = following0[a0, seen]
                            then = then * q1 + following1[a1, seen]
                            then = then * q2 + following2[a2, seen]
                            then = then * q3 + following3[a3, seen]
                        else:
                            for i in range(TRACKED):
                                held[1, i] = held[0, i]
                            update_beliefs(held[1], s, row, k >= 0, k0, k1, z0, z1, seen, law)
                            held[1, 0] = following0[held[1, 0], seen]
                            held[1, 1] = following1[held[1, 1], seen]
                            held[1, 2] = following2[held[1, 2], seen]
                            held[1, 3] = following3[held[1, 3], seen]
                            then = pack(held[1], sizes, law)
                        pair = then * num_situations + after[row, 3 * z0 + z1]
                        if slot[pair] < 0:
                            slot[pair] = num_reached
                            reached[num_reached] = pair
                            weight[num_reached, 0] = 0.0
                            weight[num_reached, 1] = 0.0
                            num_reached += 1
                        weight[slot[pair], 0] += mass * (1 - higher)
                        weight[slot[pair], 1] += mass * higher
            if edges + num_reached > target.size:
                return count, edges + num_reached
            for k in range(num_reached):
                pair = reached[k]
                slot[pair] = -1
                if node_of[pair] < 0:
                    if count == pairs.size:
                        return count + 1, edges
                    node_of[pair] = count
                    pairs[count] = pair
                    count += 1
                target[edges + k] = node_of[pair]
                stay[edges + k] = weight[k, 0]
                rise[edges + k] = weight[k, 1]
            edges += num_reached
            first_edge[z + 1] = edges
        node += 1
    return count, edges
