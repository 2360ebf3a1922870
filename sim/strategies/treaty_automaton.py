"""An automaton's description meets a treaty game: tables on a graph, for one actor.

What a rule cannot do here is passed over: a move that is not legal in a public state is not played there, and
one that the actor's role never has is never played. So one description can be given to any actor.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_

import numpy as np

from sim.arrays import FloatArray, IntArray
from sim.errors import ParameterError
from sim.games.treaty.graph import MAX_MOVES, TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.profile import NUM_EVENT_MASKS, TreatyAutomaton, legal_slots
from sim.games.treaty.rules import PARTIES
from sim.strategies.conditions import holds
from sim.strategies.doubt import DoubtGrid
from sim.strategies.perspective import event_bits
from sim.strategies.specification import AutomatonSpec, MemoryTransition, MoveRule

NO_DOUBT = DoubtGrid()


def compile_automaton(
    spec: AutomatonSpec, graph: TreatyGraph, actor: int, grid: DoubtGrid = NO_DOUBT
) -> TreatyAutomaton:
    """Return `spec` tabulated on `graph` for the actor with role `actor`, the same in every draw.

    `grid` says where beliefs stand; without it nobody is in doubt about anybody.

    Raises
    ------
    ParameterError
        If `spec` is a strategy that must be solved for.

    Notes
    -----
    Costs O(automaton states (public states rules + event masks)), all in array operations.

    Examples
    --------
    >>> from sim.games.treaty.graph import build_graph
    >>> from sim.games.treaty.rules import Rules
    >>> from sim.strategies.specification import automaton_from_mapping
    >>> leave = automaton_from_mapping({"states": {"out": {"moves": [{"move": "withdraw"}]}}}, "leave")
    >>> graph = build_graph(Rules())
    >>> slot = int(compile_automaton(leave, graph, 0).moves[0, 0, graph.start_state].argmax())
    >>> Move(graph.legal[graph.start[0], 0, slot]).name
    'WITHDRAW'
    """
    if spec.solved is not None:
        raise ParameterError(f"strategy {spec.name!r} must be solved for ({spec.solved}), it has no table")
    menu = np.repeat(graph.legal[:, actor], graph.num_environments, axis=0)
    legal = legal_slots(graph, actor) > 0
    bound = np.zeros(graph.num_states)
    if actor in PARTIES:
        bound = np.repeat(~graph.free[:, actor], graph.num_environments).astype(float)
    menu = np.where(legal, menu, -1)
    conditions = [rule.when for state in spec.states for rule in state.moves]
    doubts = grid.thresholds([*conditions, *(each.when for each in spec.transitions)], actor)
    levels = grid.levels(doubts)
    moves = [
        _moves(state.moves, graph, actor, menu, (grid, level)) for state in spec.states for level in levels
    ]
    number = np.arange(len(levels))[:, None]
    tables = [
        transition_table(spec.state_names, _taken(spec.transitions, grid, actor, level), actor)
        for level in levels
    ]
    return TreatyAutomaton(
        name=spec.name,
        actor=actor,
        states=tuple(name for name in spec.state_names for _ in levels),
        breach=np.stack([state.breach * bound for state in spec.states for _ in levels])[None],
        moves=np.stack(moves)[None],
        following=(np.stack(tables, axis=1) * len(levels) + number).reshape(-1, NUM_EVENT_MASKS),
        doubts=doubts,
    )


def _taken(
    transitions: Sequence[MemoryTransition], grid: DoubtGrid, actor: int, level: tuple[float, float]
) -> list[MemoryTransition]:
    """Return the transitions that a level of doubt allows."""
    return [each for each in transitions if grid.holds(each.when, actor, level)]


def transition_table(names: Sequence[str], transitions: Sequence[MemoryTransition], actor: int) -> IntArray:
    """Return the next state of memory by present state and mask of public events, [Q, NUM_EVENT_MASKS]."""
    masks = np.arange(NUM_EVENT_MASKS)
    following = np.repeat(np.arange(len(names))[:, None], NUM_EVENT_MASKS, axis=1)
    for transition in reversed(transitions):  # what stands first is written last
        taken = masks >= 0
        if transition.events is not None:
            taken = (masks & _bits(transition.events, actor)) > 0
        taken &= (masks & _bits(transition.unless, actor)) == 0
        for state, name in enumerate(names):
            if transition.source in (None, name):
                following[state, taken] = names.index(transition.target)
    return following


def _bits(events: Sequence[str], actor: int) -> int:
    return reduce(or_, [event_bits(event, actor) for event in events], 0)


def _moves(
    rules: Sequence[MoveRule],
    graph: TreatyGraph,
    actor: int,
    menu: IntArray,
    doubt: tuple[DoubtGrid, tuple[float, float]],
) -> FloatArray:
    """Return move probabilities [S, slots] given the legal moves by slot, -1 where there is none."""
    moves = np.zeros((graph.num_states, MAX_MOVES))
    left = np.ones(graph.num_states)
    for rule in rules:
        played = (menu == rule.move) & (holds(rule.when, graph, actor, doubt) & (left > 0))[:, None]
        share = left * rule.probability
        moves += played * share[:, None]
        left = left - played.any(axis=1) * share
    idle = menu == Move.NONE
    idle |= (menu == Move.DECLINE) & ~idle.any(axis=1, keepdims=True)
    moves += idle * left[:, None]
    return moves
