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
from sim.solvers.nashpy_door import second_opinion
from sim.solvers.solution import Solution
from sim.solvers.solve import solve
from sim.strategies.catalogue import resolve
from sim.strategies.treaty_automaton import compile_automaton
from sim.study.profiles import Progress
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
) -> StageGame:
    """Return the stage game of every draw, each solved with a certificate and compared with nashpy.

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
    solutions = tuple(_solved(payoffs[draw], names) for draw in range(games.num_draws))
    return _collected(names, payoffs, solutions)


def _solved(payoffs: FloatArray, plans: tuple[str, ...]) -> Solution:
    """Return all equilibria of the parties' game, with what nashpy says of them."""
    game = NormalFormGame(payoffs[:2], actions=(plans, plans))
    solution = solve(game)
    return replace(solution, extra=solution.extra | {"nashpy": second_opinion(game, solution.profiles)})


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
        central=_solved(payoffs.mean(axis=0), plans),
        equilibria=solutions,
        frequency=sealed(frequency / len(solutions)),
        mixed_share=mixed / len(solutions),
        multiple_share=multiple / len(solutions),
    )
