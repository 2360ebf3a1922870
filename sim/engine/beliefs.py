r"""Beliefs about types: Bayes' rule on public events, on a grid of log-odds.

Everyone shares the prior and sees the same things, so beliefs are common knowledge. What a party of type `k` is
taken to play (the *conjecture*) gives the probability of what is seen of it in a period: its move at an opportunity,
and the signal of its hidden course, courses summed over,

.. math:: P_k(a, z \mid s) = \tilde σ_k(a \mid s) \sum_c \tilde β_k(c \mid s) P(z \mid κ, c),

with trembles: :math:`\tilde σ = (1-ε) σ + ε / n` and likewise for the course, so that no public event is impossible
under one type only. Opportunities and other actors' moves say nothing about it. Types of different parties are
independent and what each plays depends on its own type and on what is public, so their posteriors stay independent.

The state of belief in a party is, for each type, the log-odds against the party's first type in whole steps of the
grid, :math:`L_k ← \mathrm{clip}(L_k + \mathrm{round}(\ln(P_k / P_0) / ρ))`. A move and a signal are rounded each by
itself, so that their increments are tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyAutomaton, legal_slots
from sim.model.types import BeliefOptions

IMPOSSIBLE = 1e-300


@dataclass(frozen=True, eq=False, kw_only=True)
class Increments:
    """What public events say about one party's type, in steps of the grid; `K` types, all against the first.

    Attributes
    ----------
    party : int
    moves [K, Q_k, S, slots] and signals [K, Q_k, S, kernels, 3] : per type a table by memory of its conjectured
        automaton; log-likelihoods until `log_ratios` has subtracted those of the first type
    """

    party: int
    moves: tuple[FloatArray, ...]
    signals: tuple[FloatArray, ...]
    automata: tuple[TreatyAutomaton, ...]


def log_likelihoods(
    games: TreatyGames, draw: int, party: int, conjecture: Sequence[TreatyAutomaton], tremble: float
) -> Increments:
    """Return the log-likelihood of a party's moves and signals under the automaton conjectured of each type."""
    said = []
    for automaton in conjecture:
        played = automaton.moves[draw if len(automaton.moves) > 1 else 0]
        breach = automaton.breach[draw if len(automaton.breach) > 1 else 0]
        said.append(strategy_log_likelihoods(games, draw, party, played, breach, tremble))
    moves, signals = zip(*said, strict=True)
    return Increments(party=party, moves=moves, signals=signals, automata=tuple(conjecture))


def strategy_log_likelihoods(
    games: TreatyGames, draw: int, party: int, moves: FloatArray, breach: FloatArray, tremble: float
) -> tuple[FloatArray, FloatArray]:
    """Return the log-likelihood of a party's moves [Q, S, slots] and signals [Q, S, kernels, 3] under a strategy.

    Parameters
    ----------
    moves [Q, S, slots], breach [Q, S] : the strategy in each of `Q` states of memory or belief
    tremble : share of every choice that is taken to be made at random
    """
    graph = games.graph
    legal = legal_slots(graph, party)
    bound = ~np.repeat(graph.free[:, party], graph.num_environments)
    law = games.signals[draw][:, party]  # kernels, courses, signals
    shaken = (1 - tremble) * moves + tremble * (legal / legal.sum(axis=1)[:, None])
    course = np.where(bound, (1 - tremble) * breach + tremble / 2, 0.0)[..., None, None]
    seen = (1 - course) * law[:, 0] + course * law[:, 1]
    return sealed(np.log(np.where(legal > 0, shaken, 1.0))), sealed(np.log(np.maximum(seen, IMPOSSIBLE)))


def belief_paths(
    graph: TreatyGraph,
    increments: Increments,
    prior: FloatArray,
    states: IntArray,
    acts: IntArray,
    options: BeliefOptions,
) -> IntArray:
    """Return the log-odds of every type against the first after each period, in steps, [plays, T + 1, K].

    Parameters
    ----------
    prior : float array [K]
    states [plays, T + 1, ...] : situation and environment first; acts [plays, T, ...] : row, the two signals, …,
        whether there was an opportunity last; as in ``Recording``
    """
    party, kinds = increments.party, len(increments.automata)
    plays, periods = acts.shape[:2]
    top = options.top
    odds = np.zeros((plays, periods + 1, kinds), np.int64)
    odds[:, 0] = initial_odds(prior, options)
    slot_of = row_slots(graph, party)
    memory = np.zeros((kinds, plays), np.int64)
    for t in range(periods):
        situation, place = states[:, t, 0], states[:, t, 1]
        s = situation * graph.num_environments + place
        row, offered = acts[:, t, 0], acts[:, t, -1] > 0
        kernel, signal = graph.kernels[row, party], acts[:, t, 1 + party]
        by_move = np.stack(
            [moves[memory[k], s, slot_of[row]] for k, moves in enumerate(increments.moves)], axis=1
        )
        by_signal = np.stack(
            [signals[memory[k], s, kernel, signal] for k, signals in enumerate(increments.signals)], axis=1
        )
        step = steps_of(by_move, options) * offered[:, None] + steps_of(by_signal, options)
        odds[:, t + 1] = np.clip(odds[:, t] + step, -top, top)
        mask = graph.events[row] | (acts[:, t, 1] == 1) | (acts[:, t, 2] == 1) << 1
        for k, automaton in enumerate(increments.automata):
            memory[k] = automaton.following[memory[k], mask]
    return odds


def initial_odds(prior: FloatArray, options: BeliefOptions) -> IntArray:
    """Return the log-odds of the prior [..., K] against its first type, in steps of the grid."""
    return steps_of(np.log(np.maximum(np.asarray(prior), IMPOSSIBLE)), options)


def probabilities(odds: IntArray, options: BeliefOptions) -> FloatArray:
    """Return beliefs [..., K] from log-odds in steps.

    Examples
    --------
    >>> options = BeliefOptions(resolution=0.01)
    >>> probabilities(np.array([0, 0]), options).tolist()
    [0.5, 0.5]
    """
    log_odds = np.asarray(odds) * options.resolution
    relative = np.exp(log_odds - log_odds.max(axis=-1, keepdims=True))
    return np.asarray(relative / relative.sum(axis=-1, keepdims=True))


def row_slots(graph: TreatyGraph, party: int) -> IntArray:
    """Return the slot of the party's move in each joint move, [R]."""
    situation = np.repeat(np.arange(graph.num_situations), np.diff(graph.first_row))
    return sealed((graph.legal[situation, party] == graph.row_moves[:, [party]]).argmax(axis=1), np.int64)


def steps_of(likelihoods: FloatArray, options: BeliefOptions) -> IntArray:
    """Return log-likelihood ratios against the first type [..., K] in clipped whole steps."""
    top = options.clip / options.resolution
    ratios = (likelihoods - likelihoods[..., :1]) / options.resolution
    return np.rint(np.clip(ratios, -2 * top, 2 * top)).astype(np.int64)


__all__ = [
    "Increments",
    "belief_paths",
    "initial_odds",
    "log_likelihoods",
    "probabilities",
    "row_slots",
    "steps_of",
    "strategy_log_likelihoods",
]
