"""What a command is about to do: everything built and checked, nothing computed yet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.app.automata import AutomatonShelf, strategies_of
from sim.app.build import compose, engine_options, scenario_of, solver_options, typed
from sim.app.schema import RunConf
from sim.engine.options import EngineOptions, SolverOptions
from sim.errors import ParameterError
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.graph import TreatyGraph, build_graph
from sim.games.treaty.numbers import TreatyParameters
from sim.games.treaty.type_space import check_type_terms
from sim.model.scenario import Scenario
from sim.model.treaty import BY_PARTY
from sim.strategies.catalogue import compile_named, resolve
from sim.study.aside import Aside, at_once
from sim.study.progress import Progress, silent
from sim.study.result import ScenarioResult

if TYPE_CHECKING:
    from sim.engine.tables import PlayTables


@dataclass(frozen=True, kw_only=True)
class RunPlan:
    """A run of one scenario, ready to start.

    Attributes
    ----------
    scenario : Scenario
    engine : EngineOptions
    solver : SolverOptions
    strategies : actor -> name of the automaton that it plays
    automata : name -> what the automaton's config holds, shipped and user's
    plans : plans of the stage game
    notes : sentences to show beside the numbers
    audit : whether the run is to say which promises and threats are credible
    """

    scenario: Scenario
    engine: EngineOptions
    solver: SolverOptions
    strategies: Mapping[str, str]
    automata: Mapping[str, Mapping[str, Any]]
    plans: tuple[str, ...]
    notes: tuple[str, ...] = ()
    audit: bool = False

    def graph(self) -> TreatyGraph:
        """Return the reachable part of the treaty game."""
        return build_graph(rules_of(self.scenario)[0])

    def parameters(self) -> TreatyParameters:
        """Return the parameters of the treaty game in every draw."""
        from sim.study.draws import values_of

        return parameters_of(self.scenario, values_of(self.scenario, self.engine.draws, self.engine.seed))

    def strategies_on(self, graph: TreatyGraph) -> None:
        """Compile every strategy on `graph`, to find what does not fit there."""
        compile_named(tuple(self.strategies.values()), graph, self.automata)

    def automata_played(self) -> dict[str, Any]:
        """Return what the files of the strategies hold, by name; families without files are left out."""
        names = sorted({name for name in self.strategies.values() if name in self.automata})
        return {name: self.automata[name] for name in names}

    def run(
        self,
        progress: Progress = silent,
        *,
        stored: "Sequence[PlayTables] | None" = None,
        aside: Aside = at_once,
    ) -> ScenarioResult:
        """Build the games, solve them and play them; or play the `stored` tables of an earlier run again.

        What can be computed apart is left to `aside`.
        """
        from sim.study.run import run_scenario

        return run_scenario(
            self.scenario,
            engine=self.engine,
            solver=self.solver,
            strategies=self.strategies,
            automata=self.automata,
            plans=self.plans,
            notes=self.notes,
            stored=stored,
            audit=self.audit and stored is None,
            progress=progress,
            aside=aside,
        )


def load(
    name: str = "inf_2019", overrides: Sequence[str] = (), *, directories: Iterable[Path | str] = ()
) -> RunPlan:
    """Return the plan to run scenario `name`, from the same configs and overrides as the command line.

    Examples
    --------
    >>> load("inf_1988", overrides=["engine=quick"]).engine.draws
    4
    """
    given = [f"scenario={name}", *overrides]
    places = [Path(directory) for directory in directories]
    return plan_of(typed(compose(given, directories=places)), command_line=given, directories=places)


def plan_of(
    conf: RunConf,
    *,
    command_line: Sequence[str] = (),
    directories: Iterable[Path] = (),
    automata: Mapping[str, Mapping[str, Any]] | None = None,
) -> RunPlan:
    """Return the plan that `conf` describes, after checking that its parts fit together.

    Strategies are looked up among `automata`, by default those of `directories` and the shipped ones.

    Raises
    ------
    ParameterError
        In one line that names the config path, what is legal there, and what was got.
    """
    if conf.game.kind != "treaty":
        raise ParameterError(f"game must be treaty to be played (solve takes any), got {conf.game.kind!r}")
    scenario = scenario_of(conf, command_line=command_line)
    engine = engine_options(conf)
    _, warnings = rules_of(scenario)
    if engine.horizon_months < scenario.treaty.period_months:
        raise ParameterError(
            "engine.horizon_months must be at least treaty.period_months "
            f"({scenario.treaty.period_months:g}), got {engine.horizon_months:g}"
        )
    automata = AutomatonShelf(directories) if automata is None else automata
    strategies = strategies_of(conf.strategy, scenario.actor_names)
    for actor, name in strategies.items():
        _check_name(name, automata, f"strategy.{actor}")
    _check_types(scenario, automata)
    if not conf.stage.plans:
        raise ParameterError("stage.plans must name at least one plan, got an empty list")
    for place, name in enumerate(conf.stage.plans):
        _check_name(name, automata, f"stage.plans[{place}]")
    return RunPlan(
        scenario=scenario,
        engine=engine,
        solver=solver_options(conf),
        strategies=strategies,
        automata=automata,
        plans=tuple(conf.stage.plans),
        notes=(*warnings, *_overruled(scenario, command_line)),
        audit=conf.audit,
    )


def _check_types(scenario: Scenario, automata: Mapping[str, Mapping[str, Any]]) -> None:
    check_type_terms(scenario)
    conjecture = scenario.beliefs.conjecture
    for actor, types in scenario.types.items():
        for kind in types:
            if kind.strategy is not None:
                _check_name(kind.strategy, automata, f"{kind.path}.strategy")
        if not isinstance(conjecture, str):
            for name, strategy in conjecture.get(actor, {}).items():
                _check_name(strategy, automata, f"beliefs.conjecture.{actor}.{name}")


def _check_name(name: str, automata: Mapping[str, Mapping[str, Any]], path: str) -> None:
    try:
        resolve(name, automata)
    except ParameterError as error:
        line = str(error)
        unknown = line.startswith("strategy must")
        raise ParameterError(path + line.removeprefix("strategy") if unknown else f"{path}: {line}") from None


def _overruled(scenario: Scenario, command_line: Sequence[str]) -> list[str]:
    """Return notes about arguments for both parties that a number of one party overrules."""
    given = {argument.split("=", 1)[0] for argument in command_line}
    return [
        f"treaty.{stem} was set on the command line, but treaty.{name}.{party} overrules it for {party}"
        for name, stem in BY_PARTY.items()
        for party in getattr(scenario.treaty, name)
        if f"treaty.{stem}" in given and f"treaty.{name}.{party}" not in given
    ]
