"""``treaty-sim solve``: equilibria with their certificates, as a table and as JSON.

A game of a matrix is solved for ``solver.concept``; the treaty game for its stage game in every draw and, where a
strategy has to be solved for, its logit Markov equilibrium.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from omegaconf import DictConfig
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from sim.app.artifacts import EQUILIBRIA, MANIFEST, as_json, equilibria_of, solution_as_mapping
from sim.app.build import matrix_game, typed
from sim.app.hydra_door import launch
from sim.app.manifest import manifest
from sim.app.progress import Narrator
from sim.app.task import output_directory, plan_here, task_arguments
from sim.files import write_whole
from sim.games.normal_form import NormalFormGame
from sim.solvers.solution import Solution


def command(arguments: Sequence[str]) -> None:
    """Solve the game that the arguments describe."""
    launch("solve", arguments, solve_game)


def solve_game(config: DictConfig) -> None:
    """Solve one game, print its equilibria and write ``equilibria.json``."""
    started = datetime.now().astimezone()
    solve = solve_treaty if config.game.kind == "treaty" else solve_matrix
    content = solve(config)
    directory = output_directory()
    write_whole(directory / EQUILIBRIA, as_json(content))
    facts = manifest(config, verb="solve", arguments=task_arguments(), started=started)
    write_whole(directory / MANIFEST, as_json(facts))
    place = directory if not directory.is_relative_to(Path.cwd()) else Path(os.path.relpath(directory))
    Console().print(f"written to {place / EQUILIBRIA}", soft_wrap=True, highlight=False)


def solve_matrix(config: DictConfig) -> dict[str, object]:
    """Return the equilibria of a game of a matrix, after printing them."""
    from sim.solvers.solve import solve

    conf = typed(config)
    game = matrix_game(conf)
    solution = solve(game, concept=conf.solver.concept)
    Console().print(equilibrium_table(game, solution))
    return {
        "schema_version": 1,
        "game": {
            "title": game.name,
            "source": conf.game.source,
            "players": list(game.players),
            "actions": [list(names) for names in game.actions],
            "payoffs": game.payoffs,
        },
        "solution": solution_as_mapping(solution),
    }


def solve_treaty(config: DictConfig) -> dict[str, object]:
    """Return the stage game of the treaty in every draw and the Markov equilibrium, after printing them."""
    from sim.study.solve import solve_scenario

    plan = plan_here(config)
    with Narrator() as narrator:
        narrator.say_if_cold()
        stage, equilibrium = solve_scenario(
            plan.scenario,
            engine=plan.engine,
            solver=plan.solver,
            strategies=plan.strategies,
            automata=plan.automata,
            plans=plan.plans,
            progress=narrator.progress,
        )
    game = NormalFormGame(
        stage.payoffs.mean(axis=0)[:2],
        players=plan.scenario.party_names,
        actions=(stage.plans, stage.plans),
        name=f"Stage game of {plan.scenario.title}, mean of {plan.engine.draws} draws",
    )
    console = Console()
    console.print(equilibrium_table(game, stage.central))
    if equilibrium is not None:
        console.print(
            f"logit Markov equilibrium at rationality {equilibrium.rationality:g}: largest residual "
            f"{equilibrium.residual.max():.1e}, largest one-shot regret {equilibrium.regret.max():.3g} "
            f"payoff units over {len(equilibrium.residual)} draws",
            highlight=False,
        )
    return equilibria_of(plan.scenario, plan.engine.seed, stage, equilibrium)


def equilibrium_table(game: NormalFormGame, solution: Solution) -> Table:
    """Return the equilibria as a table: strategies, payoffs, regret; the certificate stands below."""
    certificate = (
        f"{solution.concept} by {solution.method}; complete: {solution.complete.value}; "
        f"degenerate: {'yes' if solution.degenerate else 'no'}; {solution.status.value}"
    )
    table = Table(box=SIMPLE_HEAD, title=game.name, caption=certificate, pad_edge=False)
    for player in game.players:
        table.add_column(player, overflow="fold")
    for player in game.players:
        table.add_column(f"payoff of {player}", justify="right")
    table.add_column("regret", justify="right")
    for k, profile in enumerate(solution.profiles):
        strategies = [_strategy(mixed, names) for mixed, names in zip(profile, game.actions, strict=True)]
        payoffs = [f"{value:.4g}" for value in np.asarray(solution.payoffs)[k]]
        table.add_row(*strategies, *payoffs, f"{float(solution.regrets[k]):.1e}")
    return table


def _strategy(mixed: np.ndarray, names: tuple[str, ...]) -> str:
    played = [(name, share) for name, share in zip(names, mixed, strict=True) if share > 1e-12]
    return played[0][0] if len(played) == 1 else ", ".join(f"{name} {share:.3g}" for name, share in played)
