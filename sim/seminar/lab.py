"""The laboratory: a scenario whose numbers are moved by hand, evaluated by the exact engine while they move.

What robots play is solved once, at the scenario's medians, and held fixed; everything else is computed afresh for
every position of the sliders, without sampling error.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import floor, log10
from typing import Any

import numpy as np

from sim.app.plan import RunPlan, load
from sim.arrays import FloatArray
from sim.engine.exact import exact_outcomes, exact_payoffs
from sim.errors import ParameterError
from sim.games.treaty.compose import parameters_of
from sim.games.treaty.numbers import TreatyGames, build_games
from sim.games.treaty.profile import TreatyProfile
from sim.model.uncertain import Distribution
from sim.strategies.catalogue import resolve
from sim.strategies.treaty_automaton import compile_automaton
from sim.study.profiles import build_profile
from sim.study.progress import silent

LEVERS = (
    "treaty.detection",
    "treaty.false_alarm",
    "treaty.inspection_detection",
    "treaty.inspection_clearing",
    "treaty.opportunity_rate",
)
UNCERTAIN = (
    "treaty.toxic_clearing",
    "treaty.fading",
    "treaty.build_success",
    "actors.{0}.weights.own_forces_outsider",
    "actors.{0}.weights.blame",
    "actors.{1}.weights.own_forces",
    "actors.{1}.weights.blame",
    "actors.{1}.weights.predictability",
)
STEPS = 100
FORMAT = "treaty-sim laboratory 1"
PAYOFFS = "payoff_"
"""With what the names of outcomes begin that are payoffs; the laboratory shows those of plans instead."""


@dataclass(frozen=True, kw_only=True)
class Slider:
    """One number that can be moved: where it lies in the config, its range, its step and its default."""

    path: str
    low: float
    high: float
    step: float
    default: float
    lever: bool


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scenario in the laboratory: names of configs, what robots play, and the numbers that were moved."""

    scenario: str = "inf_2019"
    reading: str = "neutral"
    robots: str = "equilibrium"
    values: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Bench:
    """A scenario ready to be evaluated at any values of its sliders."""

    plan: RunPlan
    profile: TreatyProfile
    cells: tuple[tuple[TreatyProfile, ...], ...]
    sliders: tuple[Slider, ...]
    periods: int

    @property
    def defaults(self) -> dict[str, float]:
        """The sliders' defaults by path."""
        return {slider.path: slider.default for slider in self.sliders}


@dataclass(frozen=True, eq=False, kw_only=True)
class Found:
    """What became of the treaty: survival [T + 1], outcomes by name, payoffs of plans [actors, P, P].

    `chances` are the values that it was found at, without the weights of payoffs: as long as robots play what they
    play, weights change what an end is worth and not when it comes.
    """

    survival: FloatArray
    outcomes: dict[str, float | None]
    payoffs: FloatArray
    chances: tuple[tuple[str, float], ...] = ()


def build_bench(case: Case, overrides: tuple[str, ...] = (), *, months: float = 84.0) -> Bench:
    """Return the bench of a case. Cost: composing, and solving the game if robots play it solved.

    Raises
    ------
    ParameterError
        If a name is no config, or the parts do not fit.
    """
    plan = load(case.scenario, arguments(case, overrides, months=months, values=False))
    graph = plan.graph()
    games = build_games(graph, plan.parameters())
    names = tuple(plan.strategies[actor] for actor in plan.scenario.actor_names)
    profile, _ = build_profile(games, names, plan.automata, plan.solver, workers=1, progress=silent)
    specs = [resolve(name, plan.automata) for name in plan.plans]
    first, second = ([compile_automaton(spec, graph, party) for spec in specs] for party in (0, 1))
    bench = Bench(
        plan=plan,
        profile=profile,
        cells=tuple(
            tuple(replace(profile, automata=(row, column, *profile.automata[2:])) for column in second)
            for row in first
        ),
        sliders=sliders_of(plan),
        periods=plan.scenario.treaty.periods(months),
    )
    evaluate(bench, {})  # compiles what is not compiled yet, so that the first slider moves smoothly
    return bench


def evaluate(bench: Bench, values: Mapping[str, float], before: Found | None = None) -> Found:
    """Return what becomes of the treaty at `values`, the rest at the scenario's medians.

    What `before` found on the same bench is used again where only weights of payoffs have changed since.

    Raises
    ------
    ParameterError
        If the values contradict each other.
    """
    games = games_at(bench, values)
    chances = tuple(sorted((path, value) for path, value in values.items() if ".weights." not in path))
    if before is not None and before.chances == chances:
        survival, outcomes = before.survival, before.outcomes
    else:
        exact = exact_outcomes(games, 0, bench.profile, bench.periods, actors=bench.plan.scenario.actor_names)
        survival = exact.survival
        outcomes = {name: value for name, value in exact.outcomes.items() if not name.startswith(PAYOFFS)}
    count = len(bench.cells)
    payoffs = np.zeros((len(bench.plan.scenario.actors), count, count))
    for i, row in enumerate(bench.cells):
        for j, profile in enumerate(row):
            payoffs[:, i, j] = exact_payoffs(games, 0, profile, bench.periods)
    return Found(survival=survival, outcomes=outcomes, payoffs=payoffs, chances=chances)


def games_at(bench: Bench, values: Mapping[str, float]) -> TreatyGames:
    """Return the game at `values`."""
    scenario = bench.plan.scenario
    numbers = {path: np.array(value, dtype=float) for path, value in scenario.values({}, 1).items()}
    for path, value in values.items():
        numbers[path] = np.array([value])
    return build_games(bench.profile.graph, parameters_of(scenario, numbers))


def sliders_of(plan: RunPlan) -> tuple[Slider, ...]:
    """Return the sliders of a scenario; an uncertain number's spans the range that the scenario states."""
    scenario = plan.scenario
    medians = {path: float(value[0]) for path, value in scenario.values({}, 1).items()}
    found = []
    for lever, paths in ((True, LEVERS), (False, UNCERTAIN)):
        for pattern in paths:
            path = pattern.format(*scenario.party_names)
            if path not in scenario.numbers:
                continue
            low, high = _range(scenario.numbers[path], lever, medians[path], path)
            step = 10.0 ** floor(log10((high - low) / STEPS) + 0.5)
            default = round(medians[path], 4)
            low = default - floor((default - low) / step + 1e-9) * step  # the default lies on the grid
            found.append(Slider(path=path, low=low, high=high, step=step, default=default, lever=lever))
    return tuple(found)


def arguments(
    case: Case, overrides: tuple[str, ...] = (), *, months: float = 84.0, values: bool = True
) -> list[str]:
    """Return the arguments of the command line for a case, without the scenario itself."""
    robots = f"strategy={{everyone: {case.robots}}}"
    if case.robots == "as_it_happened":
        robots = "strategy=as_it_happened"
    given = [
        f"reading={case.reading}",
        robots,
        *overrides,
        "engine.draws=1",
        f"engine.horizon_months={months:g}",
    ]
    return given + ([f"{path}={value:.6g}" for path, value in case.values] if values else [])


def command_line(case: Case, overrides: tuple[str, ...] = ()) -> str:
    """Return the command that computes the same.

    Examples
    --------
    >>> command_line(Case(robots="patient", values=(("treaty.detection", 0.8),)))
    "treaty-sim run scenario=inf_2019 reading=neutral 'strategy={everyone: patient}' engine.draws=1
    engine.horizon_months=84 treaty.detection=0.8"
    """
    words = ["treaty-sim run", f"scenario={case.scenario}", *arguments(case, overrides)]
    return " ".join(f"'{word}'" if " " in word and "=" in word else word for word in words)


def to_file(cases: Mapping[str, Case]) -> str:
    """Return cases as the text of a file."""
    return json.dumps(
        {"format": FORMAT}
        | {name: vars(case) | {"values": dict(case.values)} for name, case in cases.items()}
    )


def from_file(text: str) -> dict[str, dict[str, Any]]:
    """Return the cases of a file as plain fields, to be checked like any other input.

    Raises
    ------
    ParameterError
        If it is no such file.
    """
    try:
        content = json.loads(text)
        cases = {name: dict(content[name]) for name in ("a", "b") if name in content}
        kind = content["format"]
    except (ValueError, TypeError, KeyError):
        kind, cases = None, {}
    if kind != FORMAT:
        raise ParameterError(f"a file of the laboratory must say format {FORMAT!r}, got {kind!r}")
    return cases


def _range(value: Any, lever: bool, median: float, path: str) -> tuple[float, float]:
    if path.endswith("_rate"):
        return 0.25, max(4.0, 2 * median)
    if lever:
        return (0.01, 0.5) if path.endswith("false_alarm") else (0.05, 0.99)
    if isinstance(value, Distribution):
        low, high = value.support
        if np.isfinite(low) and np.isfinite(high) and high > low:
            return float(low), float(high)
    return 0.0, max(2 * median, 0.1)
