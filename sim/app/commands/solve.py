"""``treaty-sim solve``: equilibria with their certificates, as a table, as JSON, and as a page with figures.

A game of a matrix, a tree or a file is solved for ``solver.concept``; the treaty game for its stage game in every
draw and, where a strategy has to be solved for, its logit Markov equilibrium.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from omegaconf import DictConfig
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from sim.app.artifacts import EQUILIBRIA, as_json, equilibria_of, solution_as_mapping
from sim.app.build import typed
from sim.app.hydra_door import launch
from sim.app.manifest import provenance
from sim.app.progress import Narrator
from sim.app.task import output_directory, plan_here, task_arguments
from sim.errors import ParameterError
from sim.files import write_whole
from sim.games.extensive import ExtensiveGame
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.solvers.selection import selected
from sim.study.solved_game import SolvedGame, solved_game
from sim.study.stored_manifest import MANIFEST

if TYPE_CHECKING:
    from sim.report.page import Section

Result = tuple[dict[str, object], SolvedGame, tuple["Section", ...]]


def command(arguments: Sequence[str]) -> None:
    """Solve the game that the arguments describe."""
    launch("solve", arguments, solve_game)


def solve_game(config: DictConfig) -> None:
    """Solve one game, print its equilibria, write ``equilibria.json``, the figures and ``report.html``."""
    started = datetime.now().astimezone()
    content, solved, sections = (solve_treaty if config.game.kind == "treaty" else solve_other)(config)
    console = Console()
    console.print(equilibrium_table(solved))

    from sim.report.solved import remarks
    from sim.report.solved_page import write_page

    for remark in remarks(solved):
        console.print(remark, highlight=False)
    directory = output_directory()
    write_whole(directory / EQUILIBRIA, as_json(content))
    made = provenance(config, verb="solve", arguments=task_arguments(), started=started)
    page = write_page(solved, directory, made, sections=sections)
    write_whole(directory / MANIFEST, as_json(made.manifest))
    for path in (directory / EQUILIBRIA, page):
        place = path if not path.is_relative_to(Path.cwd()) else Path(os.path.relpath(path))
        console.print(f"written to {place}", soft_wrap=True, highlight=False)


def solve_other(config: DictConfig) -> Result:
    """Return the equilibria of a game other than that of the treaty."""
    from sim.app.games import game_of

    conf = typed(config)
    game = game_of(conf)
    try:
        solved = solved_game(
            game,
            concept=conf.solver.concept,
            selection=conf.solver.selection,
            profile=conf.game.profile,
            title=conf.game.title or _name(game) or "A game",
            source=conf.game.source or "",
        )
    except ParameterError as error:
        line = str(error)
        named = line.split(maxsplit=1)[0] in ("concept", "selection")
        raise ParameterError(f"solver.{line}" if named else line) from None
    return (
        {
            "schema_version": 1,
            "game": {"title": solved.title, "source": conf.game.source, **_as_mapping(game)},
            "solution": solution_as_mapping(solved.solution),
        },
        solved,
        (),
    )


def solve_treaty(config: DictConfig) -> Result:
    """Return the stage game of the treaty in every draw and the Markov equilibrium, after printing the latter."""
    from sim.study.credibility import all_solved, audit_as_mapping, audit_scenario
    from sim.study.several import ListedEquilibrium, several_as_mapping, several_equilibria
    from sim.study.solve import solve_scenario

    plan = plan_here(config)
    if plan.scenario.types:
        raise ParameterError(
            f"solve treats the game without types, got types of {', '.join(plan.scenario.types)}; run solves with them"
        )
    audit = None
    priors = typed(config).solver.priors
    if priors < 1:
        raise ParameterError(f"solver.priors must be at least 1, got {priors}")
    listed: tuple[ListedEquilibrium, ...] = ()
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
        if not all_solved(plan.strategies.values(), plan.automata):
            audit = audit_scenario(
                plan.scenario,
                engine=plan.engine,
                solver=plan.solver,
                strategies=plan.strategies,
                automata=plan.automata,
                progress=narrator.progress,
            )
        if priors > 1 and equilibrium is not None:
            listed = several_equilibria(
                plan.scenario,
                engine=plan.engine,
                solver=plan.solver,
                priors=priors,
                progress=narrator.progress,
            )
    game = NormalFormGame(
        stage.payoffs.mean(axis=0)[:2],
        players=plan.scenario.party_names,
        actions=(stage.plans, stage.plans),
        name=f"Stage game of {plan.scenario.title}, mean of {plan.engine.draws} draws",
    )
    if equilibrium is not None:
        Console().print(
            f"logit Markov equilibrium at rationality {equilibrium.rationality:g}: largest residual "
            f"{equilibrium.residual.max():.1e}, largest one-shot regret ε = {equilibrium.regret.max():.3g} "
            f"payoff units over {len(equilibrium.residual)} draws",
            highlight=False,
        )
    if audit is not None:
        Console().print(
            "Which promises and threats are credible, every parameter at its median:", highlight=False
        )
        for sentence in audit.sentences():
            Console().print(f"- {sentence}", highlight=False)
    solution = selected(game, stage.central, config.solver.selection)
    solved = SolvedGame(
        game=game,
        title=game.name,
        source="computed from the treaty game by the exact engine",
        solution=solution,
        nash=stage.central,
    )
    content = equilibria_of(plan.scenario, plan.engine.seed, stage, equilibrium)
    content["credibility"] = None if audit is None else audit_as_mapping(audit)
    content["several"] = several_as_mapping(listed) if listed else None
    if not listed:
        return content, solved, ()

    from sim.report.solved_several import several_section, several_sentence

    Console().print(several_sentence(len(listed), priors), highlight=False)
    for number, each in enumerate(listed, 1):
        payoffs = ", ".join(f"{value:.4g}" for value in each.payoffs.tolist())
        Console().print(
            f"- {number}{', selected' if each.selected else ''}: chance of collapse "
            f"{each.collapse_probability:.3g}, payoffs {payoffs}; residual {each.residual:.1e}, "
            f"ε = {float(each.regret.max()):.3g}; from {', '.join(each.priors)}",
            highlight=False,
        )
    return content, solved, (several_section(listed, plan.scenario.actor_names, priors),)


def equilibrium_table(solved: SolvedGame) -> Table:
    """Return the equilibria as a table: strategies, payoffs, regret; the certificate stands below.

    The strategies of a tree are listed by information set, one row each; a repeated game's payoff set by its
    extreme points.
    """
    from sim.report.solved import mixture

    solution, game = solved.solution, solved.game
    certificate = (
        f"{solution.concept} by {solution.method}; complete: {solution.complete.value}; "
        f"degenerate: {'yes' if solution.degenerate else 'no'}; selection: {solution.selection}; "
        f"{solution.status.value}"
    )
    table = Table(box=SIMPLE_HEAD, title=solved.title, caption=certificate, pad_edge=False)
    payoffs = np.asarray(solution.payoffs)
    if isinstance(game, ExtensiveGame):
        table.add_column("information set", overflow="fold")
        table.add_column("player")
        for number, regret in enumerate(solution.regrets):
            table.add_column(f"{number + 1} (regret {float(regret):.0e})", overflow="fold")
        for k, at in enumerate(game.information_sets):
            played = [mixture(np.asarray(profile[k]), at.actions) for profile in solution.profiles]
            table.add_row(at.label, game.players[at.player], *played)
        for k, player in enumerate(game.players):
            table.add_row("payoff", player, *(f"{value:.4g}" for value in payoffs[:, k]))
        return table
    if isinstance(game, RepeatedGame):
        for player in game.stage.players:
            table.add_column(f"average payoff of {player}", justify="right")
        for point in payoffs:
            table.add_row(*(f"{value:.6g}" for value in point))
        return table
    for player in game.players:
        table.add_column(player, overflow="fold")
    for player in game.players:
        table.add_column(f"payoff of {player}", justify="right")
    table.add_column("regret", justify="right")
    for k, profile in enumerate(solution.profiles):
        strategies = [mixture(mixed, names) for mixed, names in zip(profile, game.actions, strict=True)]
        table.add_row(
            *strategies, *(f"{value:.4g}" for value in payoffs[k]), f"{float(solution.regrets[k]):.1e}"
        )
    return table


def _name(game: object) -> str:
    return str(getattr(game, "name", ""))


def _as_mapping(game: object) -> dict[str, object]:
    """Return what is needed to read the strategies in ``equilibria.json``."""
    if isinstance(game, RepeatedGame):
        return {"discounts": game.discounts.tolist(), **_as_mapping(game.stage)}
    if isinstance(game, ExtensiveGame):
        return {
            "players": list(game.players),
            "information_sets": [
                {"label": at.label, "player": game.players[at.player], "actions": list(at.actions)}
                for at in game.information_sets
            ],
        }
    assert isinstance(game, NormalFormGame)
    return {
        "players": list(game.players),
        "actions": [list(names) for names in game.actions],
        "payoffs": game.payoffs,
    }
