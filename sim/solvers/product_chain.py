r"""The Markov chain of a profile of automata, and what each player can do to it.

A *cell* :math:`x = (q_0, …, q_{n-1}, s)` holds the state of every automaton and the public state (always 0
in a repeated game).  As all automata read the same public signal, play moves between cells as a finite
Markov chain. Player `i`, facing the others' automata, has in cell `x` the payoff :math:`r_i(x, a)` and the
law :math:`T_i(x, a, ·)` of the next cell for each own action `a`.  With :math:`σ` what the automata play,

.. math::  v_i = (I - δ_i P)^{-1} \sum_a σ_i(x, a) r_i(x, a), \qquad
           Q_i(x, a) = r_i(x, a) + δ_i \sum_{x'} T_i(x, a, x') v_i(x'),

so values are one linear solve and every one-shot deviation is :math:`Q_i(x, a) - v_i(x)`.

References
----------
Mailath & Samuelson (2006), Repeated Games and Reputations, sections 2.3 and 7.1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import BoolArray, FloatArray, IntArray
from sim.errors import ParameterError
from sim.games.automaton import Automaton, AutomatonProfile, constant
from sim.games.repeated import RepeatedGame
from sim.games.stochastic import StochasticGame

DENSE_LIMIT = 400  # below this many cells LAPACK is faster than a sparse factorisation


@dataclass(frozen=True, eq=False, kw_only=True)
class ProductChain:
    """The cells of a profile that public play can reach, and every player's choices there.

    Attributes
    ----------
    cells : integer array [cells, players + 1]
        State of each automaton and, last, the public state.
    initial : int
        The cell in which play starts.
    behaviour : per player float array [cells, actions]
        What the automata play.
    rewards : per player float array [cells, actions]
        Expected payoff of each own action against the others' automata.
    moves : per player sparse matrix [cells * actions, cells]
        Law of the next cell after each own action.
    legal : per player bool array [cells, actions]
    discounts : float array [players]
    term_names : names of the payoff terms, empty if no decomposition was given
    term_rewards : per player float array [cells, actions, terms]
    players, actions, states : names of players, of their actions, and of the parts of a cell
    """

    cells: IntArray
    initial: int
    behaviour: tuple[FloatArray, ...]
    rewards: tuple[FloatArray, ...]
    moves: tuple[Any, ...]
    legal: tuple[BoolArray, ...]
    discounts: FloatArray
    players: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]
    states: tuple[tuple[str, ...], ...]
    term_names: tuple[str, ...] = ()
    term_rewards: tuple[FloatArray, ...] = ()

    @property
    def num_cells(self) -> int:
        """Number of cells."""
        return len(self.cells)

    def transition(self) -> Any:
        """Return the sparse matrix [cells, cells] of the chain when everybody follows the automata."""
        return controlled(self, 0, self.behaviour[0])

    def cell_name(self, cell: int) -> tuple[str, ...]:
        """Return the names of the automata's states and of the public state."""
        return tuple(names[k] for names, k in zip(self.states, self.cells[cell], strict=True))


def product_chain(
    game: RepeatedGame | StochasticGame,
    profile: AutomatonProfile | Sequence[Any],
    *,
    terms: Mapping[str, Any] | None = None,
    everywhere: bool = False,
) -> ProductChain:
    """Build the chain of `profile` in `game`, over all cells that some public history can lead to.

    Parameters
    ----------
    game : RepeatedGame or StochasticGame
    profile : one Automaton per player, or one array: a mixed action, or a Markov strategy [states, actions]
    terms : mapping of names to arrays shaped like the payoffs, optional
        A decomposition of the payoffs; the terms must add up to them.
    everywhere : bool
        Also start from every public state, with the automata at their first states.

    Raises
    ------
    ParameterError
        If the profile does not fit the game or the terms do not add up.

    Examples
    --------
    >>> from sim.games.normal_form import NormalFormGame
    >>> game = RepeatedGame(NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]), 0.5)
    >>> values(product_chain(game, ([0, 1], [0, 1]))).tolist()
    [[2.0, 2.0]]
    """
    automata = fitted_profile(game, profile)
    rooms, names = _rooms(game, terms)
    cells, next_cells, initial = _reachable_cells(rooms, automata, game, everywhere)
    num_cells = len(cells)
    behaviour, rewards, moves, legal, term_rewards = [], [], [], [], []
    played = [_played(automaton, cells, player) for player, automaton in enumerate(automata)]
    for player, automaton in enumerate(automata):
        count = automaton.num_actions
        own_rewards = np.zeros((num_cells, count, 1 + len(names)))
        own_legal = np.zeros((num_cells, count), dtype=bool)
        laws = np.zeros((num_cells, count, next_cells.shape[1]))
        for public, room in enumerate(rooms):
            here = np.flatnonzero(cells[:, -1] == public)
            if len(here) == 0:
                continue
            others = [
                strategy[here, :width] for strategy, width in zip(played, room.num_actions, strict=True)
            ]
            width = room.num_actions[player]
            own_legal[here, :width] = True
            own_rewards[here, :width] = average_over_others(room.payoffs[player], others, player)
            laws[here, :width] = average_over_others(room.signals, others, player)
        behaviour.append(played[player])
        rewards.append(own_rewards[:, :, 0].copy())
        term_rewards.append(own_rewards[:, :, 1:].copy())
        legal.append(own_legal)
        moves.append(_sparse_moves(laws, next_cells))
    public_names = game.states if isinstance(game, StochasticGame) else ("",)
    named = game if isinstance(game, StochasticGame) else game.stage
    return ProductChain(
        cells=cells,
        initial=initial,
        behaviour=tuple(behaviour),
        rewards=tuple(rewards),
        moves=tuple(moves),
        legal=tuple(legal),
        discounts=game.discounts,
        players=named.players,
        actions=named.actions,
        states=(*(automaton.states for automaton in automata), public_names),
        term_names=names,
        term_rewards=tuple(term_rewards),
    )


def controlled(chain: ProductChain, player: int, strategy: FloatArray) -> Any:
    """Return the chain [cells, cells] when `player` plays `strategy` [cells, actions] against the rest."""
    from scipy.sparse import csr_matrix

    num_cells, count = strategy.shape
    rows = np.repeat(np.arange(num_cells), count)
    weights = csr_matrix(
        (strategy.ravel(), (rows, np.arange(num_cells * count))), shape=(num_cells, num_cells * count)
    )
    return weights @ chain.moves[player]


def discounted(transition: Any, discount: float, rewards: FloatArray) -> FloatArray:
    """Return the discounted sum of `rewards` [cells] or [cells, columns] along the chain `transition`."""
    num_cells = transition.shape[0]
    if num_cells <= DENSE_LIMIT:
        return np.linalg.solve(np.eye(num_cells) - discount * transition.toarray(), rewards)
    from scipy.sparse import csc_matrix, identity
    from scipy.sparse.linalg import splu

    solution: FloatArray = splu(csc_matrix(identity(num_cells) - discount * transition)).solve(rewards)
    return solution


def values(chain: ProductChain) -> FloatArray:
    """Return every player's discounted payoff from every cell, [cells, players]."""
    transition = chain.transition()
    columns = [
        discounted(transition, discount, (strategy * rewards).sum(axis=1))
        for discount, strategy, rewards in zip(chain.discounts, chain.behaviour, chain.rewards, strict=True)
    ]
    return np.stack(columns, axis=1)


def action_values(chain: ProductChain, player: int, continuation: FloatArray) -> FloatArray:
    """Return Q [cells, actions]: own action now, then `continuation` [cells]; -inf where illegal."""
    ahead = (chain.moves[player] @ continuation).reshape(chain.rewards[player].shape)
    result: FloatArray = chain.rewards[player] + chain.discounts[player] * ahead
    return np.where(chain.legal[player], result, -np.inf)


def fitted_profile(
    game: RepeatedGame | StochasticGame, profile: AutomatonProfile | Sequence[Any]
) -> AutomatonProfile:
    """Return `profile` as automata that fit `game`; raise ParameterError saying which player's does not."""
    num_signals = game.num_states if isinstance(game, StochasticGame) else game.num_signals
    counts = game.max_actions if isinstance(game, StochasticGame) else game.stage.num_actions
    automata = tuple(
        given if isinstance(given, Automaton) else constant(given, num_signals, f"player {player}")
        for player, given in enumerate(profile)
    )
    if len(automata) != game.num_players:
        raise ParameterError(
            f"a profile needs one automaton per player ({game.num_players}), got {len(automata)}"
        )
    for player, (automaton, count) in enumerate(zip(automata, counts, strict=True)):
        where = f"player {player}, automaton {automaton.name!r}"
        if automaton.num_signals != num_signals:
            raise ParameterError(
                f"{where}: it must read {num_signals} signals, it reads {automaton.num_signals}"
            )
        if automaton.num_actions != count:
            raise ParameterError(f"{where}: it must have {count} actions, it has {automaton.num_actions}")
        if automaton.outputs.ndim == 3 and not isinstance(game, StochasticGame):
            raise ParameterError(
                f"{where}: a repeated game has no public states, got {automaton.outputs.shape}"
            )
        if isinstance(game, StochasticGame):
            if automaton.outputs.ndim == 3 and automaton.outputs.shape[1] != game.num_states:
                raise ParameterError(
                    f"{where}: outputs must cover {game.num_states} public states, got "
                    f"{automaton.outputs.shape}"
                )
            for state, offered in enumerate(game.num_actions):
                here = automaton.outputs[:, state] if automaton.outputs.ndim == 3 else automaton.outputs
                if here[:, offered[player] :].any():
                    raise ParameterError(
                        f"{where}: it plays an action that public state {state} does not offer"
                    )
    return AutomatonProfile(automata)


def average_over_others(table: FloatArray, strategies: Sequence[FloatArray], player: int) -> FloatArray:
    """Average `table` [*actions, columns] over the others' strategies: [cells, own actions, columns]."""
    num_players = len(strategies)
    batched = np.broadcast_to(table, (len(strategies[0]), *table.shape))
    for other in reversed(range(num_players)):  # last axis first, so that earlier axes keep their number
        if other != player:
            moved = np.moveaxis(batched, 1 + other, -1)
            weights = strategies[other].reshape(len(moved), *[1] * (moved.ndim - 2), -1)
            batched = (moved * weights).sum(axis=-1)
    return batched


@dataclass(frozen=True, eq=False)
class _Room:
    """One public state: per player payoff and terms [*actions, 1 + terms], signal law, where signals lead."""

    payoffs: tuple[FloatArray, ...]
    signals: FloatArray
    next_public: IntArray

    @property
    def num_actions(self) -> tuple[int, ...]:
        return self.signals.shape[:-1]


def _rooms(
    game: RepeatedGame | StochasticGame, terms: Mapping[str, Any] | None
) -> tuple[list[_Room], tuple[str, ...]]:
    names = tuple(terms) if terms else ()
    if isinstance(game, RepeatedGame):
        signals = game.signal_probabilities()
        tables = [game.stage.payoffs, *(_term(terms, name, None, game.stage.payoffs) for name in names)]
        _check_sum(tables, names, "payoffs")
        payoffs = [
            game.through_execution(np.stack([table[player] for table in tables], axis=-1))
            for player in range(game.num_players)
        ]
        return [_Room(tuple(payoffs), signals, np.zeros(game.num_signals, np.int64))], names
    rooms = []
    for state, (here, law) in enumerate(zip(game.payoffs, game.transitions, strict=True)):
        tables = [here, *(_term(terms, name, state, here) for name in names)]
        _check_sum(tables, names, f"payoffs of state {state}")
        stacked = tuple(
            np.stack([table[player] for table in tables], axis=-1) for player in range(game.num_players)
        )
        rooms.append(_Room(stacked, law, np.arange(game.num_states)))
    return rooms, names


def _term(terms: Mapping[str, Any] | None, name: str, state: int | None, like: FloatArray) -> FloatArray:
    given = (terms or {})[name]
    array = np.asarray(given if state is None else given[state], dtype=float)
    if array.shape != like.shape:
        raise ParameterError(
            f"term {name!r} must have the shape of the payoffs, {like.shape}, got {array.shape}"
        )
    return array


def _check_sum(tables: list[FloatArray], names: tuple[str, ...], where: str) -> None:
    if names:
        gap = abs(sum(tables[1:]) - tables[0]).max()
        if gap > 1e-9 * max(1.0, abs(tables[0]).max()):
            raise ParameterError(
                f"the terms {list(names)} must add up to the {where}, they are off by {gap:.3g}"
            )


def _played(automaton: Automaton, cells: IntArray, player: int) -> FloatArray:
    if automaton.outputs.ndim == 2:
        return automaton.outputs[cells[:, player]]
    return automaton.outputs[cells[:, player], cells[:, -1]]


def _reachable_cells(
    rooms: list[_Room], automata: AutomatonProfile, game: RepeatedGame | StochasticGame, everywhere: bool
) -> tuple[IntArray, IntArray, int]:
    """Return cells, next cell per signal (-1 where the signal cannot occur) and the first cell."""
    first_public = game.initial if isinstance(game, StochasticGame) else 0
    possible = [
        np.flatnonzero(room.signals.reshape(-1, room.signals.shape[-1]).max(axis=0) > 0) for room in rooms
    ]
    tables = [automaton.transitions for automaton in automata]
    starts = [(*automata.initial, first_public)]
    if everywhere:
        starts += [(*automata.initial, public) for public in range(len(rooms)) if public != first_public]
    numbers = {cell: k for k, cell in enumerate(starts)}
    queue = list(starts)
    edges: list[tuple[IntArray, list[int]]] = []
    for cell in queue:  # the queue grows while it is read
        seen = possible[cell[-1]]
        columns = [table[state, seen] for table, state in zip(tables, cell, strict=False)]
        followers = zip(
            *(column.tolist() for column in columns), rooms[cell[-1]].next_public[seen].tolist(), strict=True
        )
        targets = []
        for follower in followers:
            if follower not in numbers:
                numbers[follower] = len(numbers)
                queue.append(follower)
            targets.append(numbers[follower])
        edges.append((seen, targets))
    next_cells = np.full((len(queue), rooms[0].signals.shape[-1]), -1, dtype=np.int64)
    for row, (seen, targets) in enumerate(edges):
        next_cells[row, seen] = targets
    return np.array(queue, dtype=np.int64), next_cells, 0


def _sparse_moves(laws: FloatArray, next_cells: IntArray) -> Any:
    """Turn signal laws [cells, actions, signals] and the cells they lead to into [cells * actions, cells]."""
    from scipy.sparse import csr_matrix

    num_cells, count, _ = laws.shape
    cell, action, signal = np.nonzero(laws)
    return csr_matrix(
        (laws[cell, action, signal], (cell * count + action, next_cells[cell, signal])),
        shape=(num_cells * count, num_cells),
    )
