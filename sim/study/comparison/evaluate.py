"""One world evaluated on every draw: what a policy does under one reading.

Parameter draws come from the seed and the parameters' names, so that every policy and every reading sees the
same draws; outcomes of a draw are exact where the exact engine applies. A difference between two policies in
a draw then has no error of the dice.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.arrays import BoolArray, FloatArray, sealed
from sim.engine.exact import ExactOutcomes, exact_outcomes
from sim.engine.monte_carlo import simulate
from sim.engine.options import EngineOptions, SolverOptions
from sim.engine.outcomes import Outcome, outcomes_of
from sim.engine.quantised import quantised
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyProfile
from sim.model.scenario import Scenario
from sim.study.comparison.commitment import announced, with_announced
from sim.study.draws import games_of
from sim.study.estimates import estimates_by_draw
from sim.study.play_plan import plan_of
from sim.study.profiles import build_profile
from sim.study.progress import Progress

JOINT = Outcome(
    "payoff_joint", "payoff units", "sum of the four actors' payoffs, in the units of the weights"
)


@dataclass(frozen=True, eq=False, kw_only=True)
class World:
    """What is evaluated: a scenario and who plays what in it, with `notes` to show beside the numbers."""

    scenario: Scenario
    strategies: Mapping[str, str]
    automata: Mapping[str, Mapping[str, Any]]
    engine: EngineOptions
    solver: SolverOptions
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation:
    """Outcomes of one world by draw.

    Attributes
    ----------
    outcomes : name -> [D]; NaN where an outcome is not defined
    survival [D, T + 1] : probability that the treaty has not ended, by month
    converged [D] : whether the equilibrium of the draw was found; true where nothing had to be solved for
    exact : whether outcomes are free of the dice's error
    period_months : length of a period
    notes : sentences to show beside the numbers
    """

    outcomes: dict[str, FloatArray]
    survival: FloatArray
    converged: BoolArray
    exact: bool
    period_months: float
    notes: tuple[str, ...] = ()


def compared_outcomes(actors: tuple[str, ...]) -> tuple[Outcome, ...]:
    """Return the outcomes of an evaluation: those of every engine and the joint payoff."""
    return (*outcomes_of(actors), JOINT)


def evaluate(world: World, progress: Progress) -> Evaluation:
    """Return the outcomes of `world` in every draw.

    Raises
    ------
    ParameterError
        If its parts do not fit together.

    Notes
    -----
    Costs one equilibrium and one exact chain a draw; threads share the draws, and no number depends on them.
    """
    engine, scenario = world.engine, world.scenario
    workers = engine.threads
    games = games_of(scenario, engine.draws, engine.seed)
    names = tuple(world.strategies[actor] for actor in scenario.actor_names)
    known = announced(names, world.automata, games.graph)
    to_solve = with_announced(games, known, world.solver.rationality) if known else games
    profile, equilibrium = build_profile(
        to_solve, names, world.automata, world.solver, workers=workers, progress=progress
    )
    profile = quantised(profile)
    months = scenario.treaty.period_months
    notes = [
        *world.notes,
        *(
            f"{automaton.name} of {scenario.actor_names[automaton.actor]} is announced: the others answer it"
            for automaton in known
        ),
    ]
    try:
        columns, survival = _exactly(games, profile, engine, scenario, workers)
        exact = True
    except ParameterError as error:
        columns, survival = _by_playing(games, profile, engine, scenario, workers)
        exact = False
        notes.append(f"exact values are absent: {error}")
    columns[JOINT.name] = sum((columns[f"payoff_{name}"] for name in scenario.actor_names), np.zeros(()))
    solved = np.ones(engine.draws, dtype=bool) if equilibrium is None else equilibrium.converged > 0
    return Evaluation(
        outcomes={name: sealed(column) for name, column in columns.items()},
        survival=sealed(survival),
        converged=sealed(solved, np.bool_),
        exact=exact,
        period_months=months,
        notes=tuple(notes),
    )


def _exactly(
    games: TreatyGames, profile: TreatyProfile, engine: EngineOptions, scenario: Scenario, workers: int
) -> tuple[dict[str, FloatArray], FloatArray]:
    periods = scenario.treaty.periods(engine.horizon_months)

    def outcomes(draw: int) -> ExactOutcomes:
        return exact_outcomes(games, draw, profile, periods, actors=scenario.actor_names)

    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(outcomes, range(games.num_draws)))
    columns = {
        name: np.array([np.nan if each.outcomes[name] is None else each.outcomes[name] for each in found])
        for name in found[0].outcomes
    }
    return columns, np.array([each.survival for each in found])


def _by_playing(
    games: TreatyGames, profile: TreatyProfile, engine: EngineOptions, scenario: Scenario, workers: int
) -> tuple[dict[str, FloatArray], FloatArray]:
    plan = replace(plan_of(scenario, games, profile, engine), deadline=0)
    ensemble = simulate(
        plan,
        replications=engine.replications,
        workers=workers,
        conditional=engine.estimator == "conditional_hazard",
    )
    columns = estimates_by_draw(ensemble, scenario.actor_names, scenario.treaty.period_months)
    return dict(columns), ensemble.survival
