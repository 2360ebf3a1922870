"""Plays of a repeated or stochastic game by automata, by Monte Carlo, each estimate with its standard error.

The dice are addressed by (seed; replication, period, player or nature) and never stepped: more replications or
periods leave those before as they were, and two games or profiles that are played with one seed share them.
Actions are drawn by inverse distribution in their order, with 52 random bits.

All replications of a block play a period at a time. For two players and millions of turns `sim.engine.matches`
is the quicker way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.engine.automata_exact import discount_factors, executed, execution_errors, whole
from sim.engine.philox import id_of_name, key_of_seed, uniforms
from sim.errors import ParameterError
from sim.games.automaton import AutomatonProfile
from sim.games.repeated import RepeatedGame
from sim.games.stochastic import StochasticGame
from sim.solvers.product_chain import fitted_profile

BLOCK = 4096
"""Replications that are played and added up together; part of the definition of the result."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AutomataEnsemble:
    """Estimates over `T` periods.

    Attributes
    ----------
    replications : int
    payoffs, standard_errors : float array [players]
        Mean discounted sum over the periods, of payoffs per period.
    by_period : float array [T, players]
        Mean payoff of each period.
    actions : per player float array [T, actions]
        Share of replications in which each action was executed.
    states : float array [T + 1, states]
        Share of replications by public state at the start of each period and after the last.
    """

    replications: int
    payoffs: FloatArray
    standard_errors: FloatArray
    by_period: FloatArray
    actions: tuple[FloatArray, ...]
    states: FloatArray


def simulate(
    game: RepeatedGame | StochasticGame,
    profile: AutomatonProfile | Sequence[Any],
    replications: int,
    periods: int,
    seed: int = 0,
) -> AutomataEnsemble:
    """Play `game` by `profile`, `replications` times over `periods` periods.

    Parameters
    ----------
    game : RepeatedGame or StochasticGame
    profile : one Automaton per player, or one array: a mixed action, or a Markov strategy [states, actions]
    replications : int
        At least 2, so that there is a standard error.
    periods : int
        At least 1.
    seed : int
        At least 0; the same seed gives the same plays, and other replications never change one.

    Raises
    ------
    ParameterError
        If the profile does not fit the game, or a number is out of its range.

    Notes
    -----
    Costs about a microsecond per replication, period and player; the exact expectations are those of
    `outcomes_exact`.

    Examples
    --------
    >>> from sim.games.normal_form import NormalFormGame
    >>> game = RepeatedGame(NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]), 0.5)
    >>> ensemble = simulate(game, ([1, 0], [0.5, 0.5]), replications=1000, periods=1, seed=1)
    >>> bool(abs(ensemble.payoffs[0] - 1.5) < 4 * ensemble.standard_errors[0])
    True
    """
    if not isinstance(game, RepeatedGame | StochasticGame):
        raise ParameterError(f"game must be a RepeatedGame or a StochasticGame, got {type(game).__name__}")
    count = whole(replications, "replications", 2)
    length, key = whole(periods, "periods"), key_of_seed(whole(seed, "seed", 0))
    automata = fitted_profile(game, profile)
    rooms = _rooms(game)
    by_period = np.zeros((length, game.num_players))
    actions = tuple(np.zeros((length, automaton.num_actions)) for automaton in automata)
    states = np.zeros((length + 1, len(rooms)))
    totals = np.zeros((count, game.num_players))
    factors, errors = discount_factors(game, length), execution_errors(game)
    names = [id_of_name(f"player {player}") for player in range(game.num_players)]
    nature = id_of_name("nature")
    for first in range(0, count, BLOCK):
        numbers = np.arange(first, min(first + BLOCK, count))
        memories = [np.full(len(numbers), automaton.initial) for automaton in automata]
        public = np.full(len(numbers), game.initial if isinstance(game, StochasticGame) else 0)
        states[0, public[0]] += len(numbers)
        for t in range(length):
            acts = []
            for player, automaton in enumerate(automata):
                outputs = automaton.outputs
                chosen = outputs[memories[player]] if outputs.ndim == 2 else outputs[memories[player], public]
                dice = uniforms((numbers, 0, t, names[player]), key)
                acts.append(_drawn(executed(chosen, errors[player]), dice))
                actions[player][t] += np.bincount(acts[player], minlength=automaton.num_actions)
            joint = np.stack(acts, axis=1)
            payoffs, signals = _outcome(rooms, public, joint, uniforms((numbers, 0, t, nature), key))
            by_period[t] += payoffs.sum(axis=0)
            totals[numbers] += factors[t] * payoffs
            memories = [each.transitions[q, signals] for each, q in zip(automata, memories, strict=True)]
            public = signals if isinstance(game, StochasticGame) else public
            states[t + 1] += np.bincount(public, minlength=len(rooms))
    return AutomataEnsemble(
        replications=count,
        payoffs=sealed(totals.mean(axis=0)),
        standard_errors=sealed(totals.std(axis=0, ddof=1) / np.sqrt(count)),
        by_period=sealed(by_period / count),
        actions=tuple(sealed(each / count) for each in actions),
        states=sealed(states / count),
    )


def _rooms(game: RepeatedGame | StochasticGame) -> list[tuple[FloatArray, FloatArray | None]]:
    """Return, by public state, payoffs [players, *actions] and the law of the signal [*actions, signals].

    Without a law the signal is the joint action itself.
    """
    if isinstance(game, StochasticGame):
        return list(zip(game.payoffs, game.transitions, strict=True))
    return [(game.stage.payoffs, None if game.is_perfect else game.monitoring.probabilities)]


def _outcome(
    rooms: list[tuple[FloatArray, FloatArray | None]], public: IntArray, joint: IntArray, dice: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Return the payoffs [replications, players] of joint actions [replications, players], and the signals."""
    payoffs, signals = np.empty(joint.shape), np.empty(len(joint), np.int64)
    for state, (worth, law) in enumerate(rooms):
        here = np.flatnonzero(public == state)
        if len(here):
            cell = np.ravel_multi_index(tuple(joint[here].T), worth.shape[1:])
            payoffs[here] = worth.reshape(len(worth), -1)[:, cell].T
            signals[here] = cell if law is None else _drawn(law.reshape(-1, law.shape[-1])[cell], dice[here])
    return payoffs, signals


def _drawn(probabilities: FloatArray, dice: FloatArray) -> IntArray:
    """Return the outcome that each die draws from its row; what has no probability is never drawn."""
    cumulative = np.cumsum(probabilities, axis=1)
    drawn = (dice[:, None] >= cumulative).sum(axis=1)
    last = (
        probabilities.shape[1] - 1 - (probabilities[:, ::-1] > 0).argmax(axis=1)
    )  # rows that sum to 1 - 1e-16
    return np.asarray(np.minimum(drawn, last))
