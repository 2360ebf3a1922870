r"""The logit equilibrium in public state, belief and own type.

A state is a public state `s` and a cell `b` of doubt about each party. A party's type knows itself and holds the
other of its second type with probability :math:`π(b)`; the ally and the outsider know neither. Each of these *roles*
(a party once per type) has a Markov strategy on :math:`(s, b)` with values

.. math:: V(s, b) = u + δ \, E[V(s', b') \mid π(b)], \qquad b' = \mathrm{clip}(b + Δ(s, b, \text{what was seen})),

replies to the others as in `sim.solvers.treaty_logit`, and is itself what the others take it to play: the steps
:math:`Δ` are the log-likelihood ratios of the roles' own strategies, with trembles, rounded to the grid. So the law
of beliefs is part of the fixed point. Rounding makes it jump, and an equilibrium with exact rounding need not exist;
a step that is in use is therefore kept while its ratio lies within a little more than half a step of it, and the
largest such distance is part of the certificate (`mismatch`; 0.5 is exact rounding).

Steps: 1. begin with the profile solved without types, the same whatever is believed; 2. sweep through the states, each
value with the probability of staying put eliminated, log-odds moved a share of the way to those of the logit reply;
3. tabulate the law of beliefs again; until neither moves. Nothing guarantees that this comes to rest: `converged`
says whether it did, `residual` and `regret` how far it is from an equilibrium either way.

Cost: O(sweeps × cells × rows × environments × 9 × roles): for `inf_2019` about 10 ms a sweep and cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.engine.belief_equilibrium_kernel import FREE_CHOICE, sweep
from sim.engine.belief_law import BeliefLaw, Conjecture, belief_law
from sim.engine.beliefs import initial_odds, strategy_log_likelihoods
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyGames, environment_law
from sim.games.treaty.profile import NUM_EVENT_MASKS, Thresholds, TreatyAutomaton, legal_slots
from sim.games.treaty.rules import ALLY, PARTIES
from sim.model.types import BeliefOptions
from sim.solvers.type_reply import backward_order

MAX_STATES = 600_000
"""Most pairs of a public state and a cell of belief that one draw may have."""

SLACK, MOST_SLACK = 0.02, 0.25
"""By how much more than half a step a ratio may lie from the step in use: grows by `SLACK` each time it is asked."""

SWEEPS_A_ROUND = 15


@dataclass(frozen=True, eq=False, kw_only=True)
class BeliefRole:
    """One role: a type of a party, the ally or the outsider.

    Attributes
    ----------
    actor : int
    games : TreatyGames, with the weights of the type
    course : int array [S], ``UPHOLD`` or ``BREACH`` where the type's course is given; None: chosen everywhere
    moves [S, slots], breach [S], values [S] : where the search begins
    """

    actor: int
    games: TreatyGames
    course: IntArray | None
    moves: FloatArray
    breach: FloatArray
    values: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class BeliefEquilibrium:
    """What was found in one draw; `V` roles, `B` cells of belief, the second party's doubt changing first.

    Attributes
    ----------
    moves [V, B, S, slots], breach [V, B, S], values [V, B, S]
    steps [parties] : steps of doubt that moves [B, S, slots] and signals [B, S, kernels, 3] add
    points : number of points of the grid of doubt about each party, 1 for a party without types
    residual : largest distance of any log-odds from those of the logit reply
    value_residual : largest change of a value in the last sweep
    regret [V] : largest one-shot gain, over moves (at an opportunity) and courses (in a period), payoff units
    mismatch : largest distance of a log-likelihood ratio from the step of belief in use, in steps
    sweeps, rounds : how many there were; the law of beliefs was tabulated once a round
    converged : bool
    """

    moves: FloatArray
    breach: FloatArray
    values: FloatArray
    steps: tuple[tuple[IntArray, IntArray], ...]
    points: tuple[int, int]
    residual: float
    value_residual: float
    regret: FloatArray
    mismatch: float
    sweeps: int
    rounds: int
    converged: bool


def cells_of(secret: Sequence[int], options: BeliefOptions) -> tuple[int, int]:
    """Return the number of points of the grid of doubt about each party.

    Examples
    --------
    >>> cells_of((1,), BeliefOptions(resolution=1.0, clip=4.0))
    (1, 9)
    """
    first, second = (2 * options.top + 1 if party in secret else 1 for party in PARTIES)
    return first, second


def solve_belief_equilibrium(
    roles: Sequence[BeliefRole],
    draw: int,
    *,
    priors: Sequence[FloatArray],
    options: BeliefOptions,
    rationality: float,
    tol: float = 1e-8,
    max_sweeps: int = 2_000,
) -> BeliefEquilibrium:
    """Return the logit equilibrium in public state, belief and own type of one draw.

    Parameters
    ----------
    roles : those of the first party in the order of its types, of the second, the ally, the outsider
    priors [parties][types] : of the draw; a party has one or two types
    rationality : λ, per payoff unit; at least 0 and finite
    tol : largest residual of a choice's log-odds, and of a value relative to the largest

    Raises
    ------
    ParameterError
        If there are more than two types a party, `rationality` is out of range, or states times cells exceed
        `MAX_STATES`; the message is a sentence to show beside the profile that is played instead.
    """
    if not (np.isfinite(rationality) and rationality >= 0):
        raise ParameterError(f"solver.rationality must be finite and at least 0, got {rationality}")
    if any(len(prior) > 2 for prior in priors):
        raise ParameterError("an equilibrium in beliefs needs at most two types a party")
    graph = roles[-1].games.graph
    secret = [party for party in PARTIES if len(priors[party]) == 2]
    points = cells_of(secret, options)
    cells = points[0] * points[1]
    if cells * graph.num_states > MAX_STATES:
        raise ParameterError(
            f"an equilibrium in beliefs needs {points[0]} × {points[1]} cells of belief times {graph.num_states} "
            f"public states, at most {MAX_STATES} of both; take a coarser grid, such as beliefs.resolution=1 "
            "beliefs.clip=3"
        )
    return _Search(roles, draw, priors, options, points).run(rationality, tol, max_sweeps)


class _Search:
    """Strategies, values and the law of beliefs of one draw, as they are improved."""

    def __init__(
        self,
        roles: Sequence[BeliefRole],
        draw: int,
        priors: Sequence[FloatArray],
        options: BeliefOptions,
        points: tuple[int, int],
    ) -> None:
        self.roles, self.draw, self.options, self.points = roles, draw, options, points
        self.games = roles[-1].games
        graph = self.games.graph
        cells = points[0] * points[1]

        def spread(values: FloatArray) -> FloatArray:
            return np.repeat(np.asarray(values, np.float64)[None], cells, axis=0)

        self.moves = np.stack([spread(role.moves) for role in roles])
        self.breach = np.stack([spread(role.breach) for role in roles])
        self.values = np.stack([spread(role.values) for role in roles])
        self.mixing = environment_law(self.games, draw)
        self.ahead = self._ahead()
        self.regrets = np.zeros(len(roles))
        self.by_party = [[v for v, role in enumerate(roles) if role.actor == party] for party in PARTIES]
        self.share = np.ones((len(roles), cells))
        self.learns = [len(prior) == 2 and 0 < prior[1] < 1 for prior in priors]
        for party, mine in enumerate(self.by_party):
            if len(mine) == 2:
                log_odds = options.resolution * np.arange(-options.top, options.top + 1)
                doubt = (
                    1 / (1 + np.exp(-log_odds))
                    if self.learns[party]
                    else np.full(points[party], priors[party][1])
                )
                at = np.arange(cells) // points[1] if party == 0 else np.arange(cells) % points[1]
                self.share[mine[0]], self.share[mine[1]] = 1 - doubt[at], doubt[at]
        slots = graph.legal.shape[2]
        kernels, signals = self.games.signals.shape[1], self.games.signals.shape[4]
        shapes = ((cells, graph.num_states, slots), (cells, graph.num_states, kernels, signals))
        self.steps = [[np.zeros(shape, np.int64) for shape in shapes] for _ in PARTIES]
        self.mismatch = 0.0

    def run(self, rationality: float, tol: float, max_sweeps: int) -> BeliefEquilibrium:
        """Sweep and tabulate in turn until neither moves."""
        arguments = self._arguments()
        holding = float(self.games.opportunity[self.draw])
        scale = max(1.0, float(np.abs(self.values).max()))
        damping, best, sweeps, rounds, calm = 0.9, np.inf, 0, 0, False
        change = drift = np.inf
        while sweeps < max_sweeps:
            moved = self._tabulate(0.0 if rounds == 0 else min(SLACK * rounds, MOST_SLACK))
            if rounds > 0 and not moved and change <= tol and drift <= tol * scale:
                calm = True
                break
            rounds += 1
            for _ in range(SWEEPS_A_ROUND):
                change, drift = sweep(float(rationality), damping, holding, *arguments)
                sweeps += 1
                if change <= 0.1 * tol and drift <= 0.1 * tol * scale:
                    break
            if rounds % 5 == 0:
                if change > 0.5 * best:
                    damping = max(0.05, 0.5 * damping)
                best = min(best, change)
        residual, drift = sweep(float(rationality), 0.0, holding, *arguments)
        return BeliefEquilibrium(
            moves=sealed(self.moves),
            breach=sealed(self.breach),
            values=sealed(self.values),
            steps=tuple(
                (sealed(by_move, np.int64), sealed(by_signal, np.int64)) for by_move, by_signal in self.steps
            ),
            points=self.points,
            residual=float(residual),
            value_residual=float(drift),
            regret=sealed(self.regrets),
            mismatch=self.mismatch,
            sweeps=sweeps,
            rounds=rounds,
            converged=calm and bool(residual <= tol and drift <= tol * scale),
        )

    def _arguments(self) -> tuple[Any, ...]:
        """Return what the kernel takes after rationality, damping and holding."""
        roles, draw, graph = self.roles, self.draw, self.games.graph
        free = np.full(graph.num_states, FREE_CHOICE)
        finding = [role.games.finding[draw, role.actor] if role.actor in PARTIES else 0.0 for role in roles]
        return (
            backward_order(graph),
            (
                *(graph.first_row, graph.num_legal, graph.outsider_rows, graph.idle_row, graph.can_build),
                *(graph.kernels, graph.rises, graph.following, graph.factors),
            ),
            self.mixing,
            (
                self.games.signals[draw],
                np.where(graph.forced, 1.0, self.games.opportunity[draw]),
                graph.free,
            ),
            (
                np.array([role.actor for role in roles]),
                np.array([role.games.discount[draw, role.actor] for role in roles]),
                np.stack([role.games.flows[draw, :, role.actor] for role in roles]),
                np.stack([role.games.courses[draw, :, :, role.actor] for role in roles]),
                np.stack([role.games.lumps[draw, :, :, role.actor] for role in roles]),
                np.array(finding),
                np.array([role.games.building[draw] if role.actor > ALLY else 0.0 for role in roles]),
                np.stack([free if role.course is None else role.course for role in roles]).astype(np.int64),
                np.stack([legal_slots(graph, role.actor).sum(axis=1) for role in roles]),
            ),
            (
                *(self.share, np.array(self.points), self.steps[0][0], self.steps[1][0]),
                *(self.steps[0][1], self.steps[1][1]),
            ),
            *(self.values, self.ahead, self.moves, self.breach, self.regrets),
        )

    def _ahead(self) -> FloatArray:
        """Return the expectation of values after the environment has moved, [V, 2, B, S]."""
        roles, cells, states = self.values.shape
        places = self.mixing.shape[1]
        by_place = self.values.reshape(roles, cells, states // places, places)
        return np.ascontiguousarray(
            np.einsum("kxy,vbmy->vkbmx", self.mixing, by_place).reshape(roles, 2, cells, states)
        )

    def _tabulate(self, slack: float) -> bool:
        """Set the steps of belief to the present strategies' ratios, in place; tell whether any moved."""
        moved, self.mismatch = False, 0.0
        top, resolution = self.options.top, self.options.resolution
        for party, mine in enumerate(self.by_party):
            if not self.learns[party]:
                continue
            said = [
                strategy_log_likelihoods(
                    *(self.games, self.draw, party, self.moves[v], self.breach[v], self.options.tremble)
                )
                for v in mine
            ]
            for steps, first, second in zip(self.steps[party], *said, strict=True):
                exact = np.clip((second - first) / resolution, -2 * top, 2 * top)
                away = np.abs(exact - steps)
                due = away > 0.5 + slack
                if due.any():
                    moved = True
                    steps[due] = np.rint(exact[due])
                    away = np.abs(exact - steps)
                self.mismatch = max(self.mismatch, float(away.max()))
        return moved


def law_of(
    games: TreatyGames, found: BeliefEquilibrium, priors: Sequence[FloatArray], options: BeliefOptions
) -> BeliefLaw:
    """Return how beliefs move in plays of the equilibrium: by the steps that it was solved with."""
    law = belief_law(games, 0, ((), ()), priors, options)  # nothing learnt, but with the priors' first doubts
    first, certain, conjectures = law.first.copy(), law.certain.copy(), list(law.conjectures)
    doubts = doubts_of(found.points)
    cells = found.points[0] * found.points[1]
    following = sealed(np.repeat(np.arange(cells)[:, None], NUM_EVENT_MASKS, axis=1), np.int32)
    for party, prior in enumerate(priors):
        certain[party] = prior[1] if len(prior) == 2 else 0.0
        if len(prior) == 2 and 0 < prior[1] < 1:
            odds = int(initial_odds(prior, options)[1])
            first[party] = options.top + min(max(odds, -options.top), options.top)
            certain[party] = np.nan
            by_move, by_signal = found.steps[party]
            conjectures[party] = Conjecture(
                moves=sealed(by_move, np.int32),
                signals=sealed(by_signal, np.int32),
                following=following,
                doubts=doubts,
            )
    return replace(
        law,
        conjectures=(conjectures[0], conjectures[1]),
        first=sealed(first, np.int64),
        certain=sealed(certain),
    )


def doubts_of(points: Sequence[int]) -> Thresholds:
    """Return the thresholds that tell every point of the grid apart.

    Examples
    --------
    >>> doubts_of((1, 5))
    ((), (-1, 0, 1, 2))
    """
    first, second = (tuple(range(1 - count // 2, count // 2 + 1)) for count in points)
    return first, second


def automaton_of(found: Sequence[BeliefEquilibrium], *, role: int, name: str, actor: int) -> TreatyAutomaton:
    """Return the strategy of a role in the equilibria of all draws."""
    points = found[0].points
    cells = points[0] * points[1]
    breach = np.stack([each.breach[role] for each in found])
    return TreatyAutomaton(
        name=name,
        actor=actor,
        states=("always",) * cells,
        breach=breach if actor in PARTIES else np.zeros_like(breach),
        moves=np.stack([each.moves[role] for each in found]),
        following=np.repeat(np.arange(cells)[:, None], NUM_EVENT_MASKS, axis=1),
        doubts=doubts_of(points),
    )


def most_sweeps(cells: int) -> int:
    """Return how many sweeps a draw may take, fewer where each costs more."""
    return max(200, min(2_000, ceil(60_000 / cells)))


__all__ = [
    "MAX_STATES",
    "BeliefEquilibrium",
    "BeliefRole",
    "automaton_of",
    "cells_of",
    "doubts_of",
    "law_of",
    "most_sweeps",
    "solve_belief_equilibrium",
]
