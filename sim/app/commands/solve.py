"""``treaty-sim solve``: equilibria with their certificates, as a table, as JSON, and as a page with figures.

A game of a matrix, a tree or a file is solved for ``solver.concept``; the treaty game for its stage game in every
draw and, where a strategy has to be solved for, its logit Markov equilibrium.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from omegaconf import DictConfig
from rich.console import Console

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

    from sim.report.solved_page import write_page
    from sim.report.solved_words import certificate, equilibrium_table, remarks
    from sim.report.terminal import printed

    console.print(printed(equilibrium_table(solved), solved.title, certificate(solved.solution)))
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
        notes=plan.notes,
    )
    content = equilibria_of(plan.scenario, plan.engine.seed, stage, equilibrium)
    content["credibility"] = None if audit is None else audit_as_mapping(audit)
    content["several"] = several_as_mapping(listed) if listed else None
    content["notes"] = list(plan.notes)
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
