"""Announced strategies: the equilibrium of the others against an actor that is known to play an automaton.

A policy such as "NATO mediates" is public, so the others answer it. The actor's announced moves are given a
bonus that no other consideration outweighs, and the game so changed is solved; its solution is the logit
equilibrium of the others given the announced moves. Payoffs are then counted in the game as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.arrays import IntArray, sealed
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyAutomaton, legal_slots
from sim.games.treaty.rules import ALLY, OUTSIDER
from sim.games.treaty.terms import ENVIRONMENT_FACTORS
from sim.strategies.catalogue import resolve
from sim.strategies.treaty_automaton import compile_automaton

CERTAIN_NATS = 40.0
"""Log odds of the announced move before anything else is weighed: e^-40 is no probability at all."""

REACH = 5.0
"""Payoff units by which other considerations may speak against an announced move."""


def announced(
    names: Sequence[str], automata: Mapping[str, Mapping[str, Any]], graph: TreatyGraph
) -> tuple[TreatyAutomaton, ...]:
    """Return the automata, of the ally and of the outsider, that the others can answer.

    Those are the ones without memory: the ally's if its moves depend on the situation alone, the outsider's if
    it builds wherever it can or nowhere. There are none unless some actor plays a solved strategy.
    """
    specs = [resolve(name, automata) for name in names]
    if all(spec.solved is None for spec in specs):
        return ()
    tables = [
        compile_automaton(specs[actor], graph, actor)
        for actor in (ALLY, OUTSIDER)
        if specs[actor].solved is None
    ]
    return tuple(table for table in tables if table.num_states == 1 and _is_simple(graph, table))


def with_announced(
    games: TreatyGames, automata: Sequence[TreatyAutomaton], rationality: float
) -> TreatyGames:
    """Return `games` in which announced moves earn their actor a bonus; to be solved, never to be valued."""
    bonus = CERTAIN_NATS / max(rationality, 1e-6) + REACH
    graph, lumps, building = games.graph, np.array(games.lumps), np.array(games.building)
    for automaton in automata:
        if automaton.actor == OUTSIDER:
            building += bonus if _build_share(graph, automaton) == 1 else -bonus
            continue
        moves = np.repeat(_by_situation(graph, automaton), np.diff(graph.first_row))
        hit = graph.row_moves[:, automaton.actor] == moves
        lumps[:, hit, ENVIRONMENT_FACTORS.index("always"), automaton.actor] += bonus
    return replace(games, lumps=sealed(lumps), building=sealed(building))


def _is_simple(graph: TreatyGraph, automaton: TreatyAutomaton) -> bool:
    if automaton.actor == OUTSIDER:
        return _build_share(graph, automaton) in (0.0, 1.0)
    codes = _codes(graph, automaton)
    pure = bool((automaton.moves[0, 0].max(axis=-1) > 1 - 1e-12).all())
    return pure and not (codes != codes[:, :1]).any()


def _by_situation(graph: TreatyGraph, automaton: TreatyAutomaton) -> IntArray:
    return _codes(graph, automaton)[:, 0]


def _codes(graph: TreatyGraph, automaton: TreatyAutomaton) -> IntArray:
    """Return the code of the likeliest move in each situation and environment, [M, X]."""
    slots = automaton.moves[0, 0].argmax(axis=-1).reshape(graph.num_situations, graph.num_environments)
    return np.asarray(graph.legal[np.arange(graph.num_situations)[:, None], automaton.actor, slots])


def _build_share(graph: TreatyGraph, automaton: TreatyAutomaton) -> float:
    """Return the mean probability of building over the public states in which the outsider can build."""
    codes = np.repeat(graph.legal[:, OUTSIDER], graph.num_environments, axis=0)
    building = (codes == Move.BUILD) & (legal_slots(graph, OUTSIDER) > 0)
    can = building.any(axis=-1)
    return float((automaton.moves[0, 0] * building).sum(axis=-1)[can].mean()) if can.any() else 0.0
