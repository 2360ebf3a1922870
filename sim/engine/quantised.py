"""A profile in whole units of its tables, so that what is stored, played and solved exactly is one thing.

Tables hold probabilities as integers out of ``2**31``. A profile that has been rounded to them gives the same
tables again, can be read back from them without loss, and is what both engines work on.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray
from sim.engine.tables import ONE, PlayTables
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.profile import NUM_EVENT_MASKS, TreatyAutomaton, TreatyProfile, markov_automaton
from sim.games.treaty.rules import PARTIES


def quantised(profile: TreatyProfile) -> TreatyProfile:
    """Return `profile` with every probability a multiple of ``2**-31``; none moves by more than that."""
    return replace(profile, automata=tuple(_quantised(automaton) for automaton in profile.automata))


def markov_from_tables(
    tables: Sequence[PlayTables], graph: TreatyGraph, *, name: str, actor: int
) -> TreatyAutomaton:
    """Return the Markov strategy that `actor` plays in the tables of every draw, exactly."""
    states = graph.num_states
    breach = np.stack([each.breach[actor, 0] if actor in PARTIES else np.zeros(states) for each in tables])
    cumulative = np.stack([each.moves[actor, 0] for each in tables]).astype(np.int64)
    return markov_automaton(graph, name=name, actor=actor, breach=breach / ONE, moves=_steps(cumulative))


def believing_from_tables(
    tables: Sequence[PlayTables], graph: TreatyGraph, *, name: str, actor: int
) -> TreatyAutomaton:
    """Return the strategy without memory that `actor` plays in the tables of every draw, by belief where it does."""
    beliefs = tables[0].beliefs
    if beliefs is None or beliefs.sizes[actor] == 1:
        return markov_from_tables(tables, graph, name=name, actor=actor)
    levels, top = int(beliefs.sizes[actor]), beliefs.levels.shape[2] // 2
    first, second = (
        tuple(int(step) for step in np.flatnonzero(np.diff(each)) + 1 - top) for each in beliefs.levels[actor]
    )
    silent = np.zeros((levels, graph.num_states))
    breach: list[Any] = [each.breach[actor, :levels] if actor in PARTIES else silent for each in tables]
    cumulative = np.stack([each.moves[actor, :levels] for each in tables]).astype(np.int64)
    return TreatyAutomaton(
        name=name,
        actor=actor,
        states=("always",) * levels,
        breach=np.stack(breach) / ONE,
        moves=_steps(cumulative),
        following=np.repeat(np.arange(levels)[:, None], NUM_EVENT_MASKS, axis=1),
        doubts=(first, second),
    )


def _quantised(automaton: TreatyAutomaton) -> TreatyAutomaton:
    cumulative = np.rint(np.clip(np.cumsum(automaton.moves, axis=-1), 0.0, 1.0) * ONE).astype(np.int64)
    return replace(automaton, breach=np.rint(automaton.breach * ONE) / ONE, moves=_steps(cumulative))


def _steps(cumulative: IntArray) -> FloatArray:
    return np.diff(cumulative, axis=-1, prepend=0) / ONE
