r"""Stochastic games: the payoffs and the next public state depend on the state and on what is played in it.

In state `s` the players choose :math:`a ∈ A_0(s) × … × A_{n-1}(s)`, receive :math:`u_i(s, a)`, and the
next state is :math:`s'` with probability :math:`p(s' | s, a)`.  Player `i` maximises :math:`\sum_t δ_i^t
u_i(s_t, a_t)`. A Markov strategy is a mixed action per state, an array ``[states, actions]`` whose actions
are those of the state that offers most; an action that a state does not offer has probability zero.  The
public signal on which automata move is the public state that is entered.

References
----------
Shapley (1953), Stochastic games; Fink (1964), Equilibrium in a stochastic n-person game.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import FloatArray, finite
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import checked_discounts, probability_rows


@dataclass(frozen=True, eq=False)
class StochasticGame:
    """A finite discounted stochastic game.

    Parameters
    ----------
    payoffs : list over states of float arrays [players, *actions], or one array [states, players, *actions]
        Payoff per period in payoff units. Action counts may differ between states.
    transitions : list over states of float arrays [*actions, states], or one array [states, *actions, states]
        Probability of the next state.
    discounts : float or one per player
        Per-period factor, in [0, 1).
    initial : int
        The state in which play starts.
    players, states : names, optional
    actions : for each player the names of its actions, optional
        As many as the state that offers most has.

    Raises
    ------
    ParameterError
        If shapes do not fit, a number is not finite, a transition row does not sum to 1, an action set is
        empty or a discount is outside [0, 1).

    Examples
    --------
    >>> stay_or_end = StochasticGame([[[1.0, 0.0]], [[0.0]]], [[[1, 0], [0, 1]], [[0, 1]]], 0.5)
    >>> stay_or_end.num_states, stay_or_end.num_players, stay_or_end.num_actions
    (2, 1, ((2,), (1,)))
    """

    payoffs: tuple[FloatArray, ...]
    transitions: tuple[FloatArray, ...]
    discounts: FloatArray
    initial: int = 0
    players: tuple[str, ...] = None  # type: ignore[assignment]  # filled in below
    states: tuple[str, ...] = None  # type: ignore[assignment]
    actions: tuple[tuple[str, ...], ...] = None  # type: ignore[assignment]
    name: str = ""

    if TYPE_CHECKING:  # what the constructor takes is more than what the fields hold

        def __init__(
            self,
            payoffs: Sequence[ArrayLike] | FloatArray,
            transitions: Sequence[ArrayLike] | FloatArray,
            discounts: ArrayLike,
            initial: int = 0,
            players: Sequence[str] | None = None,
            states: Sequence[str] | None = None,
            actions: Sequence[Sequence[str] | None] | None = None,
            name: str = "",
        ) -> None: ...

    def __post_init__(self) -> None:
        num_states = _length(self.payoffs, "payoffs")
        if num_states == 0 or _length(self.transitions, "transitions") != num_states:
            raise ParameterError(
                f"payoffs and transitions must cover the same states, at least one, got {num_states} "
                f"and {len(self.transitions)}"
            )
        payoffs = tuple(finite(here, f"payoffs of state {s}") for s, here in enumerate(self.payoffs))
        num_players = len(payoffs[0]) if payoffs[0].ndim else 0
        transitions = []
        for s, here in enumerate(payoffs):
            if here.ndim != num_players + 1 or len(here) != num_players or num_players == 0:
                raise ParameterError(
                    f"payoffs of state {s} must have shape [players, *actions] with {num_players} players "
                    f"and one action axis each, got {here.shape}"
                )
            if 0 in here.shape:
                raise ParameterError(f"state {s}: player {here.shape[1:].index(0)} has an empty action set")
            rows = probability_rows(self.transitions[s], f"transitions of state {s}")
            if rows.shape != (*here.shape[1:], num_states):
                raise ParameterError(
                    f"transitions of state {s} must have shape {(*here.shape[1:], num_states)} "
                    f"([*actions, states]), got {rows.shape}"
                )
            transitions.append(rows)
        if not (0 <= self.initial < num_states and self.initial == int(self.initial)):
            raise ParameterError(f"initial must be a state number in 0..{num_states - 1}, got {self.initial}")
        object.__setattr__(self, "payoffs", payoffs)
        object.__setattr__(self, "transitions", tuple(transitions))
        object.__setattr__(self, "discounts", checked_discounts(self.discounts, num_players))
        object.__setattr__(self, "initial", int(self.initial))
        object.__setattr__(self, "players", _names(self.players, num_players, "players"))
        object.__setattr__(self, "states", _names(self.states, num_states, "states"))
        given: Sequence[Any] = [None] * num_players if self.actions is None else self.actions
        if len(given) != num_players:
            raise ParameterError(
                f"actions must name the actions of {num_players} players, got {len(given)} lists"
            )
        named = tuple(
            _names(names, count, f"actions of player {player}")
            for player, (names, count) in enumerate(zip(given, self.max_actions, strict=True))
        )
        object.__setattr__(self, "actions", named)

    @property
    def num_states(self) -> int:
        """Number of public states."""
        return len(self.payoffs)

    @property
    def num_players(self) -> int:
        """Number of players."""
        return len(self.payoffs[0])

    @property
    def num_actions(self) -> tuple[tuple[int, ...], ...]:
        """Number of actions of each player, state by state: [states][players]."""
        return tuple(here.shape[1:] for here in self.payoffs)

    @property
    def max_actions(self) -> tuple[int, ...]:
        """For each player the number of actions in the state that offers it most."""
        return tuple(max(counts) for counts in zip(*self.num_actions, strict=True))


MarkovProfile = tuple[FloatArray, ...]


def auxiliary_game(game: StochasticGame, state: int, values: FloatArray) -> NormalFormGame:
    """Return the one-period game in `state` whose payoffs include what follows: u + δ Σ p(s') v(s').

    Parameters
    ----------
    values : float array [states, players]
        Discounted sums from each state on.
    """
    continuation = np.moveaxis(game.transitions[state] @ values, -1, 0)
    discounts = game.discounts.reshape(-1, *[1] * game.num_players)
    return NormalFormGame(game.payoffs[state] + discounts * continuation)


def check_markov_profile(game: StochasticGame, profile: Sequence[Any]) -> MarkovProfile:
    """Return `profile` as sealed arrays [states, actions]; raise ParameterError unless rows are legal."""
    if len(profile) != game.num_players:
        raise ParameterError(f"a Markov profile needs {game.num_players} strategies, got {len(profile)}")
    checked = []
    for player, (strategy, count) in enumerate(zip(profile, game.max_actions, strict=True)):
        name = f"Markov strategy of player {player}"
        given = finite(strategy, name)
        if given.shape != (game.num_states, count):
            raise ParameterError(f"{name} must have shape {(game.num_states, count)}, got {given.shape}")
        rows = probability_rows(given, name)
        for state, counts in enumerate(game.num_actions):
            if rows[state, counts[player] :].any():
                raise ParameterError(
                    f"{name}: state {state} offers {counts[player]} actions, got {given[state].tolist()}"
                )
        checked.append(rows)
    return tuple(checked)


def _length(values: Any, name: str) -> int:
    try:
        return len(values)
    except TypeError:
        raise ParameterError(
            f"{name} must be a list over states or an array, got {type(values).__name__}"
        ) from None


def _names(names: Sequence[str] | None, count: int, what: str) -> tuple[str, ...]:
    if names is None:
        return tuple(str(k + 1) for k in range(count))
    given = tuple(str(name) for name in names)
    if len(given) != count or len(set(given)) != count:
        raise ParameterError(f"{what} must be {count} distinct names, got {list(given)}")
    return given
