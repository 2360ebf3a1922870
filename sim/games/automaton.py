r"""Finite automata over public signals: how a strategy remembers.

An automaton has states :math:`q`, plays the mixed action :math:`f(q)` in state :math:`q` and moves to
:math:`τ(q, y)` when the public signal :math:`y` is seen.  In a repeated game with perfect monitoring the
signal is the joint action that was executed, numbered in C order; in a stochastic game it is the public
state that is entered.  As every automaton of a profile reads the same public signal, a profile of automata
is a finite Markov chain on the product of the automata's states (and the public state).

Axes: ``outputs [states, actions]``, or ``[states, public_states, actions]`` in a stochastic game;
``transitions [states, signals]``.

References
----------
Rubinstein (1986), Finite automata play the repeated prisoner's dilemma; Mailath & Samuelson (2006), Repeated
Games and Reputations, section 2.3.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, finite, sealed
from sim.errors import ParameterError


@dataclass(frozen=True, eq=False)
class Automaton:
    """A strategy with finitely many states of memory.

    Parameters
    ----------
    name : str
    states : names of the automaton's states
    initial : int or name
        The state before anything has been seen.
    outputs : float array [states, actions] or [states, public_states, actions]
        Probability of each action; an action that a public state does not offer has probability zero.
    transitions : integer array [states, signals]
        The next state after each public signal.
    source : str
        Who described the strategy.

    Raises
    ------
    ParameterError
        If shapes do not fit, an output is not a probability vector, or a transition leaves the states.

    Examples
    --------
    >>> alternate = Automaton("alternate", ("comply", "breach"), 0, [[1, 0], [0, 1]], [[1, 1], [0, 0]])
    >>> alternate.num_states, alternate.num_actions, alternate.num_signals, alternate.is_pure
    (2, 2, 2, True)
    """

    name: str
    states: tuple[str, ...]
    initial: int
    outputs: FloatArray
    transitions: IntArray
    source: str = ""

    def __post_init__(self) -> None:
        where = f"automaton {self.name!r}"
        states = tuple(str(state) for state in self.states)
        if not states or len(set(states)) != len(states):
            raise ParameterError(f"{where}: states must be distinct names, at least one, got {list(states)}")
        outputs = finite(self.outputs, f"{where}: outputs")
        if outputs.ndim not in (2, 3) or len(outputs) != len(states) or 0 in outputs.shape:
            raise ParameterError(
                f"{where}: outputs must have shape [{len(states)} states, actions] or [{len(states)} states, "
                f"public_states, actions], got {outputs.shape}"
            )
        wrong = np.argwhere((outputs < 0).any(axis=-1) | (abs(outputs.sum(axis=-1) - 1) > 1e-9))
        if len(wrong):
            place = tuple(int(k) for k in wrong[0])
            raise ParameterError(
                f"{where}: outputs must be probabilities summing to 1, got {outputs[place].tolist()} "
                f"in state {states[place[0]]!r}"
            )
        object.__setattr__(self, "states", states)
        object.__setattr__(self, "outputs", outputs)
        object.__setattr__(self, "transitions", _checked_transitions(self.transitions, states, where))
        object.__setattr__(self, "initial", _index(self.initial, states, where))

    @property
    def num_states(self) -> int:
        """Number of states of memory."""
        return len(self.states)

    @property
    def num_actions(self) -> int:
        """Number of actions, of the public state that offers most."""
        return int(self.outputs.shape[-1])

    @property
    def num_signals(self) -> int:
        """Number of public signals that the automaton understands."""
        return int(self.transitions.shape[1])

    @property
    def is_pure(self) -> bool:
        """Whether every output is a single action."""
        return bool(((self.outputs == 0) | (self.outputs == 1)).all())

    def reading(self, events: Sequence[int] | IntArray) -> "Automaton":
        """Return the same automaton over other signals: signal `y` is read as event ``events[y]``.

        A strategy is written once over the events that it cares about (quiet or alarm; own and other's
        action) and read through whatever signals a game has.

        Examples
        --------
        >>> grim = Automaton("grim", ("calm", "angry"), 0, [[1, 0], [0, 1]], [[0, 1], [1, 1]])
        >>> grim.reading([0, 1, 1, 1]).transitions.tolist()
        [[0, 1, 1, 1], [1, 1, 1, 1]]
        """
        reading = np.asarray(events)
        if reading.ndim != 1 or not ((reading >= 0) & (reading < self.num_signals)).all():
            raise ParameterError(
                f"automaton {self.name!r}: events must be numbers in 0..{self.num_signals - 1}, one per "
                f"signal, "
                f"got {reading.tolist()}"
            )
        return replace(self, transitions=self.transitions[:, reading.astype(np.int64)])


@dataclass(frozen=True, eq=False)
class AutomatonProfile:
    """One automaton per player, all over the same public signals."""

    automata: tuple[Automaton, ...]

    def __post_init__(self) -> None:
        automata = tuple(self.automata)
        if not automata:
            raise ParameterError("a profile needs at least one automaton, got none")
        for player, automaton in enumerate(automata):
            if not isinstance(automaton, Automaton):
                raise ParameterError(
                    f"player {player}: an Automaton is needed, got {type(automaton).__name__}"
                )
            if automaton.num_signals != automata[0].num_signals:
                raise ParameterError(
                    f"all automata must read the same signals: {automata[0].name!r} reads "
                    f"{automata[0].num_signals}, "
                    f"{automaton.name!r} reads {automaton.num_signals}"
                )
        object.__setattr__(self, "automata", automata)

    def __iter__(self) -> Iterator[Automaton]:
        return iter(self.automata)

    def __len__(self) -> int:
        return len(self.automata)

    def __getitem__(self, player: int) -> Automaton:
        return self.automata[player]

    @property
    def initial(self) -> tuple[int, ...]:
        """The automata's first states."""
        return tuple(automaton.initial for automaton in self.automata)


def constant(strategy: Any, num_signals: int, name: str = "constant") -> Automaton:
    """Return the automaton with one state: a mixed action, or a Markov strategy [public_states, actions].

    Examples
    --------
    >>> constant([0.5, 0.5], num_signals=4).transitions.tolist()
    [[0, 0, 0, 0]]
    """
    return Automaton(
        name, ("always",), 0, np.asarray(strategy, dtype=float)[None], np.zeros((1, num_signals), int)
    )


def _checked_transitions(transitions: Any, states: tuple[str, ...], where: str) -> IntArray:
    given = np.asarray(transitions)
    if given.ndim != 2 or len(given) != len(states) or 0 in given.shape:
        raise ParameterError(
            f"{where}: transitions must have shape [{len(states)} states, signals], got {given.shape}"
        )
    if not np.issubdtype(given.dtype, np.number) or (given != np.floor(given)).any():
        raise ParameterError(f"{where}: transitions must be state numbers, got {given.tolist()}")
    outside = np.argwhere((given < 0) | (given >= len(states)))
    if len(outside):
        state, signal = (int(k) for k in outside[0])
        raise ParameterError(
            f"{where}: transitions must lie in 0..{len(states) - 1}, got {given[state, signal]} "
            f"from state {states[state]!r} at signal {signal}"
        )
    return sealed(given, np.int64)


def _index(initial: Any, states: tuple[str, ...], where: str) -> int:
    if isinstance(initial, str):
        if initial not in states:
            raise ParameterError(f"{where}: initial must be one of {list(states)}, got {initial!r}")
        return states.index(initial)
    if not 0 <= initial < len(states) or initial != int(initial):
        raise ParameterError(
            f"{where}: initial must be a state number in 0..{len(states) - 1}, got {initial}"
        )
    return int(initial)
