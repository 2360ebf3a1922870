"""How the actors play the treaty game: one finite automaton each, over public events.

An automaton has states; in each it plays, as a function of the public state, a course (parties only) and a
mixed move; it then changes its state according to the public events of the period. A Markov strategy is an
automaton with a single state.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.errors import ParameterError
from sim.games.treaty.graph import EVENTS, MAX_MOVES, TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.rules import NUM_ACTORS, PARTIES

NUM_EVENT_MASKS = 2 ** len(EVENTS)

Thresholds = tuple[tuple[int, ...], tuple[int, ...]]
"""Per party the log-odds of doubt about it, in steps of the grid and rising, at which something changes."""

STARTS = ("centroid", "status_quo")
"""Profiles from which a solver may begin: all moves alike; all uphold and nobody moves."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TreatyAutomaton:
    """One actor's automaton, tabulated on a graph; `D` is the number of draws, or 1 if draws play alike.

    Attributes
    ----------
    name : str
    actor : int, role of the actor that plays it
    states : names of the automaton's states; plays begin in the first
    breach [D, Q, S] : probability of breaching; zero where the party is free, and for actors without a course
    moves [D, Q, S, MAX_MOVES] : probability of each slot of the actor's menu at an opportunity
    following [Q, NUM_EVENT_MASKS] : next automaton state by event mask
    doubts : thresholds of belief that it conditions on, none for most. They part beliefs into levels, the second
        party's changing first. Each state then is a state of memory at a level, ``memory * levels + level``; before
        it is looked up in `following`, the level becomes that of the beliefs after the period
    """

    name: str
    actor: int
    states: tuple[str, ...]
    breach: FloatArray
    moves: FloatArray
    following: IntArray
    doubts: Thresholds = ((), ())

    def __post_init__(self) -> None:
        if not self.states:
            raise ParameterError(f"strategy {self.name!r} needs at least one state")
        for name, dtype in (("breach", np.float64), ("moves", np.float64), ("following", np.int64)):
            object.__setattr__(self, name, sealed(getattr(self, name), dtype))
        if self.following.shape != (len(self.states), NUM_EVENT_MASKS):
            raise ParameterError(f"strategy {self.name!r}: following has shape {self.following.shape}")
        if (self.following < 0).any() or (self.following >= len(self.states)).any():
            raise ParameterError(f"strategy {self.name!r}: a transition leads to a state that does not exist")
        if (
            any(list(steps) != sorted(set(steps)) for steps in self.doubts)
            or self.num_states % self.num_levels
        ):
            raise ParameterError(
                f"strategy {self.name!r}: states do not fit the levels of doubt {self.doubts}"
            )
        level = np.arange(self.num_states) % self.num_levels
        if self.num_levels > 1 and (self.following % self.num_levels != level[:, None]).any():
            raise ParameterError(f"strategy {self.name!r}: a transition changes the level of doubt")
        for name, values in (("breach", self.breach), ("move", self.moves)):
            if not ((values >= 0) & (values <= 1 + 1e-12)).all():
                raise ParameterError(f"strategy {self.name!r}: a {name} probability lies outside [0, 1]")

    @property
    def num_states(self) -> int:
        """Number of automaton states, Q."""
        return len(self.states)

    @property
    def num_levels(self) -> int:
        """Number of levels of doubt that it tells apart; 1 if it does not condition on beliefs."""
        return (len(self.doubts[0]) + 1) * (len(self.doubts[1]) + 1)


@dataclass(frozen=True, eq=False, kw_only=True)
class TreatyProfile:
    """One automaton per actor, in the order of the roles."""

    graph: TreatyGraph
    automata: tuple[TreatyAutomaton, ...]

    def __post_init__(self) -> None:
        if [automaton.actor for automaton in self.automata] != list(range(NUM_ACTORS)):
            raise ParameterError("a profile needs one automaton per actor, in the order of the roles")
        for automaton in self.automata:
            _check_on_graph(self.graph, automaton)

    @property
    def conditions_on_beliefs(self) -> bool:
        """Whether somebody's strategy does."""
        return any(automaton.num_levels > 1 for automaton in self.automata)

    @property
    def num_product_states(self) -> int:
        """Number of combinations of automaton states."""
        return int(np.prod([automaton.num_states for automaton in self.automata]))


def markov_automaton(
    graph: TreatyGraph, *, name: str, actor: int, breach: FloatArray, moves: FloatArray
) -> TreatyAutomaton:
    """Return the one-state automaton that plays `breach` [D, S] and `moves` [D, S, MAX_MOVES]."""
    automaton = TreatyAutomaton(
        name=name,
        actor=actor,
        states=("always",),
        breach=np.asarray(breach)[:, None],
        moves=np.asarray(moves)[:, None],
        following=np.zeros((1, NUM_EVENT_MASKS), dtype=np.int64),
    )
    _check_on_graph(graph, automaton)
    return automaton


def legal_slots(graph: TreatyGraph, actor: int) -> IntArray:
    """Return whether each slot is legal for `actor` in each public state, [S, MAX_MOVES] of 0 or 1."""
    legal = np.repeat(graph.legal[:, actor] >= 0, graph.num_environments, axis=0)
    building = np.repeat(graph.legal[:, actor] == Move.BUILD, graph.num_environments, axis=0)
    legal &= ~building | graph.can_build.reshape(-1)[:, None]
    return legal.astype(np.int64)


def event_mask(events: Sequence[str]) -> int:
    """Return the mask of the named public events.

    Examples
    --------
    >>> event_mask(["alarm_0", "press_0"])
    5
    """
    return sum(1 << EVENTS.index(event) for event in events)


def _check_on_graph(graph: TreatyGraph, automaton: TreatyAutomaton) -> None:
    states, actor = graph.num_states, automaton.actor
    draws = len(automaton.breach)
    if automaton.breach.shape != (draws, automaton.num_states, states):
        raise ParameterError(f"strategy {automaton.name!r}: breach has shape {automaton.breach.shape}")
    if automaton.moves.shape != (draws, automaton.num_states, states, MAX_MOVES):
        raise ParameterError(f"strategy {automaton.name!r}: moves has shape {automaton.moves.shape}")
    if (automaton.moves * (1 - legal_slots(graph, actor))).any():
        raise ParameterError(f"strategy {automaton.name!r} plays a move that is not legal")
    if np.abs(automaton.moves.sum(axis=-1) - 1).max() > 1e-9:
        raise ParameterError(f"strategy {automaton.name!r}: move probabilities must sum to 1")
    if actor not in PARTIES and automaton.breach.any():
        raise ParameterError(f"strategy {automaton.name!r}: only parties choose a course")
    if (
        actor in PARTIES
        and (automaton.breach * np.repeat(graph.free[:, actor], graph.num_environments)).any()
    ):
        raise ParameterError(f"strategy {automaton.name!r}: a free party has no course to choose")
