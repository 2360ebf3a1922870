"""The equilibria of a scenario without playing it: its stage game and its Markov equilibrium."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.engine.options import EngineOptions, SolverOptions
from sim.engine.quantised import quantised
from sim.model.scenario import Scenario
from sim.study.draws import games_of
from sim.study.profiles import build_profile
from sim.study.progress import Progress
from sim.study.result import MarkovEquilibrium, StageGame
from sim.study.stage_game import build_stage_game


def solve_scenario(
    scenario: Scenario,
    *,
    engine: EngineOptions,
    solver: SolverOptions,
    strategies: Mapping[str, str],
    automata: Mapping[str, Mapping[str, Any]],
    plans: Sequence[str],
    progress: Progress,
) -> tuple[StageGame, MarkovEquilibrium | None]:
    """Return the stage game of every draw, and the certificate of what had to be solved for.

    The numbers are those of ``run_scenario`` with the same arguments.
    """
    workers = engine.threads
    games = games_of(scenario, engine.draws, engine.seed)
    names = tuple(strategies[actor] for actor in scenario.actor_names)
    profile, equilibrium = build_profile(games, names, automata, solver, workers=workers, progress=progress)
    periods = scenario.treaty.periods(engine.horizon_months)
    stage = build_stage_game(
        games, quantised(profile), plans, automata, periods, workers=workers, progress=progress
    )
    return stage, equilibrium
