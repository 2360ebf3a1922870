"""Changes to a solved profile: moves taken away, a move prescribed once, a treaty that is kept."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.profile import NUM_EVENT_MASKS, TreatyAutomaton, TreatyProfile
from sim.games.treaty.rules import PARTIES
from sim.games.treaty.situation import Situation
from sim.games.treaty.transitions import Signal

QUARREL = (Move.WITHDRAW, Move.SUSPEND, Move.PRESS, Move.OPEN_UP)
"""What a party does to a treaty in force that it does not simply let stand."""


def with_automaton(profile: TreatyProfile, automaton: TreatyAutomaton) -> TreatyProfile:
    """Return `profile` with the actor of `automaton` playing it."""
    automata = list(profile.automata)
    automata[automaton.actor] = automaton
    return replace(profile, automata=tuple(automata))


def without_moves(graph: TreatyGraph, automaton: TreatyAutomaton, moves: Sequence[Move]) -> TreatyAutomaton:
    """Return `automaton` making no move wherever it would have made one of `moves`."""
    codes = np.repeat(graph.legal[:, automaton.actor], graph.num_environments, axis=0)
    taken = np.isin(codes, [int(move) for move in moves])
    idle = codes == Move.NONE
    played = np.where(taken, automaton.moves, 0.0).sum(axis=-1, keepdims=True)
    return replace(automaton, moves=np.where(taken, 0.0, automaton.moves) + idle * played)


def upholding(automaton: TreatyAutomaton) -> TreatyAutomaton:
    """Return `automaton` never breaching."""
    return replace(automaton, breach=np.zeros_like(automaton.breach))


def standing(profile: TreatyProfile, *, complying: Sequence[int]) -> TreatyProfile:
    """Return `profile` with parties that let the treaty stand: they neither leave, press nor open up.

    Those `complying` never breach either.
    """
    for party in PARTIES:
        automaton = without_moves(profile.graph, profile.automata[party], QUARREL)
        profile = with_automaton(profile, upholding(automaton) if party in complying else automaton)
    return profile


def prescribed(graph: TreatyGraph, automaton: TreatyAutomaton, move: Move) -> TreatyAutomaton:
    """Return `automaton` making `move` wherever it is legal."""
    codes = np.repeat(graph.legal[:, automaton.actor], graph.num_environments, axis=0)
    moves = np.where((codes == move).any(axis=-1, keepdims=True), codes == move, automaton.moves)
    return replace(automaton, moves=moves)


def first_move(
    graph: TreatyGraph, automaton: TreatyAutomaton, move: Move, *, uphold: bool = False
) -> TreatyAutomaton:
    """Return the Markov `automaton` making `move` in the first period, wherever it is legal, then as before.

    If `uphold`, it does not breach in that period either.
    """
    first = np.zeros_like(automaton.breach) if uphold else automaton.breach
    return replace(
        automaton,
        states=("first", "then"),
        breach=np.concatenate([first, automaton.breach], axis=1),
        moves=np.concatenate([prescribed(graph, automaton, move).moves, automaton.moves], axis=1),
        following=np.ones((2, NUM_EVENT_MASKS), dtype=np.int64),
    )


def after_move(graph: TreatyGraph, situation: Situation, actor: int, move: Move) -> Situation:
    """Return what follows `situation` if `actor` alone makes `move` and there is no signal."""
    m = graph.situations.index(situation)
    for row in range(graph.first_row[m], graph.first_row[m + 1]):
        if all(graph.row_moves[row, i] == (move if i == actor else Move.NONE) for i in range(4)):
            silent = (len(Signal) + 1) * Signal.NOTHING
            return graph.situations[int(graph.following[row, silent])]
    raise ValueError(f"{move.name} is not legal for actor {actor} in {situation}")
