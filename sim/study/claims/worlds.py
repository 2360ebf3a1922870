"""The worlds that claims are tested in: a scenario with a few changes, solved once for every draw."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from sim.arrays import BoolArray, FloatArray
from sim.engine.options import SolverOptions
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyGames, TreatyParameters, build_games
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import NUM_ACTORS
from sim.games.treaty.situation import Environment, Situation
from sim.games.treaty.terms import TERM_NUMBER
from sim.model.scenario import Scenario
from sim.solvers.treaty_logit import TreatyEquilibrium
from sim.study.draws import games_of
from sim.study.profiles import equilibrium_profile, solve_draws
from sim.study.progress import Progress, silent

Result = TypeVar("Result")

CLOSE = 1e-6
"""Largest residual of a choice probability with which an equilibrium may decide a claim."""


@dataclass(frozen=True)
class Variant:
    """A scenario and what is changed in it; nothing by default.

    Attributes
    ----------
    scenario : name
    start, components : (field, value) pairs that replace those of the scenario; a mapping as its items
    weights : (term, role or None for all, factor) by which weights are multiplied
    parameters : (name of a probability or rate, value) that replaces it in every draw
    lowest_level : lowest level of the outsider that the games include, the start's by default
    """

    scenario: str = "inf_2019"
    start: tuple[tuple[str, Any], ...] = ()
    components: tuple[tuple[str, Any], ...] = ()
    weights: tuple[tuple[str, int | None, float], ...] = ()
    parameters: tuple[tuple[str, float], ...] = ()
    lowest_level: int | None = None


WORLD = Variant(lowest_level=0)
"""The world that the claims are about: `inf_2019`, solved for every level of the outsider."""


@dataclass(frozen=True, eq=False, kw_only=True)
class World:
    """The games of a variant, their equilibria and the profile in which everyone plays them."""

    games: TreatyGames
    equilibria: tuple[TreatyEquilibrium, ...]
    profile: TreatyProfile
    workers: int

    @property
    def usable(self) -> BoolArray:
        """Whether the equilibrium of each draw converged well enough to decide a claim, [D]."""
        return np.array([each.residual <= CLOSE for each in self.equilibria])

    @property
    def start(self) -> tuple[Situation, Environment]:
        """The situation and the environment in which plays begin."""
        graph = self.games.graph
        return graph.situations[graph.start[0]], graph.environments[graph.start[1]]

    def state(self, situation: Situation, environment: Environment) -> int:
        """Return the number of a public state; ParameterError if it cannot be reached."""
        m, x = self._place(situation, environment)
        return m * self.games.graph.num_environments + x

    def begin_at(self, situation: Situation, environment: Environment) -> "World":
        """Return the same world, with the same equilibria, in which plays begin elsewhere."""
        graph = replace(self.games.graph, start=self._place(situation, environment))
        games = replace(self.games, graph=graph)
        return replace(self, games=games, profile=equilibrium_profile(games, self.equilibria))

    def each_draw(self, measure: Callable[[int], Result]) -> list[Result]:
        """Return ``measure(draw)`` of every draw, computed side by side."""
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(measure, range(self.games.num_draws)))

    def _place(self, situation: Situation, environment: Environment) -> tuple[int, int]:
        graph = self.games.graph
        if situation not in graph.situations or environment not in graph.environments:
            raise ParameterError(f"the state {situation}, {environment} cannot be reached")
        return graph.situations.index(situation), graph.environments.index(environment)


class Worlds:
    """All worlds of a test of claims; a variant is solved when it is first asked for, and then kept.

    Parameters
    ----------
    scenarios : scenarios by name, ``inf_2019`` and ``inf_1988`` at least
    automata : descriptions of strategies by name
    draws, counterfactual_draws : int, prior draws at least 2; the second are the first ones of the former
    seed : int
    solver : options of the solver
    horizon_months : float, of outcomes that need one
    workers : int, threads
    progress : called with a label and the share done
    """

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        automata: Mapping[str, Mapping[str, Any]],
        *,
        draws: int,
        counterfactual_draws: int,
        seed: int,
        solver: SolverOptions,
        horizon_months: float = 84.0,
        workers: int = 1,
        progress: Progress = silent,
    ) -> None:
        if min(draws, counterfactual_draws) < 2:
            raise ParameterError(
                f"claims need at least 2 prior draws, got {draws} and {counterfactual_draws} counterfactual"
            )
        self.scenarios = scenarios
        self.automata = automata
        self.draws = draws
        self.counterfactual_draws = counterfactual_draws
        self.seed = seed
        self.solver = solver
        self.workers = workers
        self.periods = {
            name: round(horizon_months / scenario.treaty.period_months)
            for name, scenario in scenarios.items()
        }
        self._progress = progress
        self._solved: dict[tuple[Variant, int], World] = {}

    def games(self, variant: Variant, draws: int) -> TreatyGames:
        """Return the unsolved games of a variant."""
        scenario = self.scenarios[variant.scenario]
        start = replace(scenario.start, **dict(variant.start))
        level = start.outsider_level
        scenario = replace(
            scenario,
            start=replace(
                start, outsider_level=level if variant.lowest_level is None else variant.lowest_level
            ),
            components=replace(scenario.components, **{key: _value(v) for key, v in variant.components}),
        )
        games = games_of(scenario, draws, self.seed)
        graph = games.graph
        if level != scenario.start.outsider_level:
            m, x = graph.start
            place = graph.environments.index(graph.environments[x]._replace(level=level))
            graph = replace(graph, start=(m, place))
        return build_games(graph, _changed(games.parameters, variant))

    def solve(self, variant: Variant, draws: int) -> World:
        """Return the solved world of a variant; its `usable` says which draws converged."""
        if (variant, draws) not in self._solved:
            games = self.games(variant, draws)
            equilibria = solve_draws(
                games,
                self.solver,
                rationality=self.solver.rationality,
                workers=self.workers,
                progress=self._progress,
            )
            self._solved[variant, draws] = World(
                games=games,
                equilibria=equilibria,
                profile=equilibrium_profile(games, equilibria),
                workers=self.workers,
            )
        return self._solved[variant, draws]


def _changed(parameters: TreatyParameters, variant: Variant) -> TreatyParameters:
    weights: FloatArray = parameters.weights.copy()
    for term, role, factor in variant.weights:
        roles = slice(0, NUM_ACTORS) if role is None else slice(role, role + 1)
        weights[:, TERM_NUMBER[term], roles] *= factor
    changed: dict[str, Any] = {"weights": weights}
    for name, value in variant.parameters:
        changed[name] = np.full(np.shape(getattr(parameters, name)), value)
    return replace(parameters, **changed)


def _value(value: Any) -> Any:
    return dict(value) if isinstance(value, tuple) else value
