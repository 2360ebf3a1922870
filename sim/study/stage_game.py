"""The stage game: a matrix game between plans whose cells are computed, never typed.

A cell is every actor's expected discounted payoff in the treaty game from the scenario's start over its
horizon, by the exact engine, when the two parties hold the named plans and the others follow the scenario's
profile. The game is solved for every parameter draw: the distribution of its equilibria is a result.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.engine.exact import exact_payoffs
from sim.games.normal_form import NormalFormGame
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import NUM_ACTORS, PARTIES, PARTY_0, PARTY_1
from sim.solvers.solution import Completeness, Solution
from sim.solvers.solve import solve
from sim.strategies.catalogue import resolve
from sim.strategies.treaty_automaton import compile_automaton
from sim.study.aside import Aside, at_once
from sim.study.progress import Progress
from sim.study.result import StageGame

PURE = 1 - 1e-9
"""A strategy that puts at least this on one plan counts as pure."""


def build_stage_game(
    games: TreatyGames,
    profile: TreatyProfile,
    plans: Sequence[str],
    automata: Mapping[str, Mapping[str, Any]],
    periods: int,
    *,
    workers: int,
    progress: Progress,
    aside: Aside = at_once,
) -> StageGame:
    """Return the stage game of every draw, each solved with a certificate.

    nashpy is asked for a second opinion on the first draw, and on every game whose equilibria are not proved to be
    all: one of its answers takes longer than everything else about a draw, so that the first is left to `aside`.

    Cost: draws × plans² evaluations of the exact chain, 10 to 30 ms each.
    """
    specs = [resolve(plan, automata) for plan in plans]
    tables = [[compile_automaton(spec, games.graph, party) for spec in specs] for party in PARTIES]
    payoffs = np.zeros((games.num_draws, NUM_ACTORS, len(plans), len(plans)))

    def fill(draw: int) -> None:
        for i, first in enumerate(tables[PARTY_0]):
            for j, second in enumerate(tables[PARTY_1]):
                cell = replace(profile, automata=(first, second, *profile.automata[2:]))
                payoffs[draw, :, i, j] = exact_payoffs(games, draw, cell, periods)

    with ThreadPoolExecutor(workers) as pool:
        for done, _ in enumerate(pool.map(fill, range(games.num_draws)), 1):
            progress("computing the stage game", done / games.num_draws)
    names = tuple(plans)
    first = aside(_solved, payoffs[0], names, compare=True)
    rest = [_solved(payoffs[draw], names, compare=False) for draw in range(1, games.num_draws)]
    return _collected(names, payoffs, (first(), *rest))


def rehearse() -> None:
    """Solve the smallest stage game there is, which compiles all that a real one needs."""
    _solved(np.eye(2)[None].repeat(NUM_ACTORS, axis=0), ("stay", "leave"), compare=False)


def _solved(payoffs: FloatArray, plans: tuple[str, ...], *, compare: bool) -> Solution:
    """Return all equilibria of the parties' game, with a second opinion if asked for or if not proved to be all."""
    game = NormalFormGame(payoffs[:2], actions=(plans, plans))
    solution = solve(game, cross_check=compare)
    if not compare and solution.complete is not Completeness.PROVED:
        solution = solve(game, cross_check=True)
    return solution


def _collected(plans: tuple[str, ...], payoffs: FloatArray, solutions: tuple[Solution, ...]) -> StageGame:
    frequency = np.zeros((len(plans), len(plans)))
    mixed = multiple = 0
    for solution in solutions:
        pure = [all(strategy.max() >= PURE for strategy in profile) for profile in solution.profiles]
        for profile, is_pure in zip(solution.profiles, pure, strict=True):
            if is_pure:
                frequency[profile[0].argmax(), profile[1].argmax()] += 1
        mixed += not all(pure)
        multiple += len(pure) > 1
    return StageGame(
        plans=plans,
        payoffs=sealed(payoffs),
        central=_solved(payoffs.mean(axis=0), plans, compare=False),
        equilibria=solutions,
        frequency=sealed(frequency / len(solutions)),
        mixed_share=mixed / len(solutions),
        multiple_share=multiple / len(solutions),
    )
