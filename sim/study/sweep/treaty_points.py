"""Points of a study of the treaty game: parameters become arrays, and many points are played at once.

A number of the scenario is an array over points. What changes the structure, a clock, a component, the start, a
strategy, a reading, leads to another scenario: points are grouped by structure, and each structure has one graph
and one tabulation of its prescribed strategies. All points share their dice: the same seed and the same address.

Where equilibria are solved for, and the structure is the same at all points, each is started from that of the
study's central point, which is solved first, and never from another point or draw: a point has the same numbers in any
batch and process. A point where that does not lead to the equilibrium of the cold path for certain takes that path.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import FloatArray
from sim.engine.monte_carlo import Ensemble, Plan, simulate_prefixes
from sim.engine.options import EngineOptions, SolverOptions
from sim.engine.outcomes import outcomes_of
from sim.engine.philox import epistemic_uniforms
from sim.engine.quantised import quantised
from sim.engine.tables import PlayTables, build_board, tables_of_draws, tables_of_points
from sim.errors import ParameterError, SolverError
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.graph import TreatyGraph, build_graph
from sim.games.treaty.numbers import TreatyParameters, build_games
from sim.games.treaty.profile import TreatyAutomaton, TreatyProfile
from sim.model.scenario import Scenario
from sim.solvers.treaty_components import components_of
from sim.solvers.treaty_logit import TreatyCentre, TreatyEquilibrium, solve_centre, solve_treaty_logit
from sim.strategies.catalogue import compile_named, resolve
from sim.study.play_plan import frame_of
from sim.study.profiles import build_profile
from sim.study.progress import silent
from sim.study.result import MarkovEquilibrium
from sim.study.sweep.column import Column
from sim.study.sweep.names import ERROR, HALF, VARIANCE
from sim.study.sweep.point_estimates import point_outcomes

TOGETHER = 20
"""Points whose tables are in memory at once; more would cost more than they share."""

EQUILIBRIUM = {
    "equilibrium_branch": "string",
    "equilibrium_folds": "int64",
    "equilibrium_jumps": "int64",
    "equilibrium_converged": "bool",
    "equilibrium_residual": "double",
    "equilibrium_iterations": "int64",
}
"""Columns of a table whose strategies are solved for, beside each actor's regret.

`equilibrium_branch` holds the start of the branch and how its end was reached: ``centroid warm`` from the central
point, ``centroid joined`` where the branch was begun there and then followed by the cold path, or ``centroid cold``.
"""

Solved = dict[float, tuple[TreatyEquilibrium, ...]]
"""Rationality -> the equilibrium of every row."""

Table = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Structure:
    """What arrays cannot vary: a scenario, and how it is played and solved."""

    scenario: Scenario
    engine: EngineOptions
    solver: SolverOptions
    strategies: Mapping[str, str]
    automata: Mapping[str, Mapping[str, Any]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the strategies, in the order of the roles."""
        return tuple(self.strategies[actor] for actor in self.scenario.actor_names)

    @property
    def solves(self) -> bool:
        """Whether a strategy has to be solved for."""
        return bool(self.rationalities)

    @property
    def rationalities(self) -> tuple[float, ...]:
        """Rationalities at which strategies have to be solved for."""
        specs = [resolve(name, self.automata) for name in self.names]
        own = self.solver.rationality
        found = [
            own if each.rationality is None else each.rationality for each in specs if each.solved is not None
        ]
        return tuple(dict.fromkeys(found))

    def facts(self) -> dict[str, Any]:
        """Return everything that a number depends on, as JSON can hold it."""
        scenario, engine = self.scenario, self.engine
        return {
            "actors": scenario.actor_names,
            "numbers": {path: repr(value) for path, value in scenario.numbers.items()},
            "components": asdict(scenario.components),
            "start": asdict(scenario.start),
            "engine": {
                name: getattr(engine, name)
                for name in ("draws", "replications", "seed", "horizon_months", "estimator")
            },
            "solver": asdict(self.solver),
            "strategies": dict(self.strategies),
            "automata": {name: self.automata.get(name) for name in sorted(set(self.strategies.values()))},
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class TreatyPoints:
    """How the points of a study of the treaty game are evaluated.

    Attributes
    ----------
    columns : of the design
    structural : places of the columns that change the structure
    structures : what the structural columns hold at a point -> its structure
    central : [columns] values of the central point; empty where every point takes the cold path
    """

    columns: tuple[Column, ...]
    structural: tuple[int, ...]
    structures: Mapping[tuple[float, ...], Structure]
    central: tuple[float, ...] = ()
    parameters: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        numbers = {path for each in self.structures.values() for path in each.scenario.numbers}
        mine = [column.path for column in self.columns]
        object.__setattr__(self, "parameters", (*mine, *sorted(numbers - set(mine))))

    @property
    def groups(self) -> int:
        """Rows per point: one per draw of the parameters that the design leaves uncertain."""
        return self._any.engine.draws

    @property
    def seed(self) -> int:
        """Master seed."""
        return self._any.engine.seed

    @property
    def replications(self) -> int:
        """Plays per row."""
        return self._any.engine.replications

    @property
    def outcome_units(self) -> dict[str, str]:
        """Unit of every outcome."""
        return {outcome.name: outcome.unit for outcome in outcomes_of(self._any.scenario.actor_names)}

    @property
    def schema(self) -> dict[str, str]:
        """Name and type of every column of the table, in order."""
        types = {"group": "int32"}
        types |= {column.path: "string" if column.named else "double" for column in self.columns}
        types |= dict.fromkeys(self.parameters[len(self.columns) :], "double")
        for name in self.outcome_units:
            types |= dict.fromkeys((name, name + ERROR, name + VARIANCE, name + HALF), "double")
        if any(each.solves for each in self.structures.values()):
            types |= EQUILIBRIUM
            types |= {f"equilibrium_regret_{actor}": "double" for actor in self._any.scenario.actor_names}
        return types

    def facts(self) -> dict[str, Any]:
        """Return everything that a number depends on apart from the design, as JSON can hold it."""
        return {
            "kind": "treaty",
            "structures": [[list(key), each.facts()] for key, each in sorted(self.structures.items())],
            "central": list(self.central),
        }

    def centre(self) -> dict[str, str]:
        """Solve the central point if points start from it; return the hash of each equilibrium there."""
        if not self._starts_warm:
            return {}
        found = self._centres(self._any)
        return {f"equilibrium at rationality {each:g}": found[each].digest for each in found}

    @property
    def _starts_warm(self) -> bool:
        return bool(self.central) and len(self.structures) == 1 and self._any.solves

    def _centres(self, structure: Structure) -> dict[float, TreatyCentre]:
        """Return what points start from; the central point, with medians of what the design leaves uncertain."""
        if not self._starts_warm:
            return {}
        built = _built(structure)
        if not built.centres:
            with suppress(ParameterError):  # a central point that no game can have serves no point
                _, parameters = self._numbers(structure, np.array([self.central]), 1)
                built.centres.update(built.centres_at(parameters))
        return built.centres

    def evaluate(self, values: FloatArray) -> Table:
        """Return the table of points `values` [points, columns]: their rows in order, `groups` each.

        Raises
        ------
        ParameterError, SolverError
            If one of the points cannot be evaluated.
        """
        keys = [tuple(row) for row in values[:, list(self.structural)].tolist()]
        parts: list[tuple[NDArray[np.int64], Table]] = []
        for key in dict.fromkeys(keys):
            members = np.array([place for place, own in enumerate(keys) if own == key])
            step = max(TOGETHER // self.groups, 1)
            for first in range(0, len(members), step):
                some = members[first : first + step]
                parts.append((some, self._evaluate(self.structures[key], values[some])))
        order = np.concatenate([some for some, _ in parts]).argsort(kind="stable")
        rows = (order[:, None] * self.groups + np.arange(self.groups)).reshape(-1)
        return {
            name: np.concatenate([_column(part, name, len(some) * self.groups) for some, part in parts])[rows]
            for name in self.schema
        }

    def _evaluate(self, structure: Structure, values: FloatArray) -> Table:
        given, parameters = self.numbers_at(structure, values)
        built = _built(structure)
        solved = built.solved(parameters, self._centres(structure))
        tables, equilibrium = built.tables(parameters, solved)
        draws = parameters.num_draws
        plan = replace(
            built.frame, tables=tables, addresses=tuple(np.tile(np.arange(self.groups), len(values)).tolist())
        )
        plays, conditional = structure.engine.replications, structure.engine.estimator == "conditional_hazard"
        half, ensemble = simulate_prefixes(plan, prefixes=(plays // 2, plays), conditional=conditional)
        table: Table = {"group": np.tile(np.arange(self.groups, dtype=np.int32), len(values))}
        for place, column in enumerate(self.columns):
            own = values[:, place] if not column.named else self._names(column, values[:, place])
            table[column.path] = np.repeat(own, self.groups)
        for path in self.parameters[len(self.columns) :]:
            table[path] = given.get(path, np.full(draws, np.nan))
        return (
            table
            | self._outcomes(structure, ensemble, half)
            | _equilibrium_columns(structure, equilibrium, solved)
        )

    def numbers_at(
        self, structure: Structure, values: FloatArray
    ) -> tuple[dict[str, FloatArray], TreatyParameters]:
        """Return every number of the scenario in each row, config path -> [rows], also as game parameters."""
        return self._numbers(structure, values, self.groups)

    def _numbers(
        self, structure: Structure, values: FloatArray, draws: int
    ) -> tuple[dict[str, FloatArray], TreatyParameters]:
        scenario = structure.scenario
        mine = {column.path for column in self.columns}
        free = [path for path in scenario.uncertain if path not in mine] if draws > 1 else []
        own = scenario.values(epistemic_uniforms(structure.engine.seed, free, draws), draws)
        given = {path: np.tile(each, len(values)) for path, each in own.items()}
        for place, column in enumerate(self.columns):
            if place not in self.structural:
                given[column.path] = np.repeat(values[:, place], draws)
        return given, parameters_of(scenario, given)

    def _outcomes(self, structure: Structure, ensemble: Ensemble, half: Ensemble) -> Table:
        scenario = structure.scenario
        table: Table = {}
        found = point_outcomes(ensemble, half, scenario.actor_names, scenario.treaty.period_months)
        for name, outcome in found.items():
            table[name] = outcome.estimate
            table[name + ERROR] = outcome.error
            table[name + VARIANCE] = outcome.variance
            table[name + HALF] = outcome.half
        return table

    @staticmethod
    def _names(column: Column, codes: FloatArray) -> NDArray[Any]:
        return np.array([str(column.level_of(code)) for code in codes], dtype=object)

    @property
    def _any(self) -> Structure:
        return next(iter(self.structures.values()))


@dataclass(frozen=True, eq=False)
class _Built:
    """What all points of a structure share."""

    structure: Structure
    graph: TreatyGraph
    frame: Plan
    profile: TreatyProfile | None
    centres: dict[float, TreatyCentre] = field(default_factory=dict)  # filled when first asked for

    def tables(
        self, parameters: TreatyParameters, solved: Solved
    ) -> tuple[tuple[PlayTables, ...], MarkovEquilibrium | None]:
        """Return the tables of each row, and the equilibria where strategies are solved for."""
        if self.profile is not None:  # nothing to solve: only the transitions that are played are built
            return tables_of_points(self.graph, parameters, self.profile), None
        games = build_games(self.graph, parameters)
        own = self.structure
        profile, equilibrium = build_profile(
            games, own.names, own.automata, own.solver, workers=1, progress=silent, solved=solved
        )
        return tables_of_draws(games, quantised(profile)), equilibrium

    def solved(self, parameters: TreatyParameters, centres: Mapping[float, TreatyCentre]) -> Solved:
        """Return the equilibria of each row at each rationality, from the centres where there are any."""
        if self.profile is not None:
            return {}
        games, options = build_games(self.graph, parameters), self.structure.solver
        return {
            rationality: tuple(
                solve_treaty_logit(
                    games,
                    row,
                    rationality=rationality,
                    tol=options.tol,
                    max_steps=options.max_steps,
                    start=options.start,
                    centre=centres.get(rationality),
                )
                for row in range(games.num_draws)
            )
            for rationality in self.structure.rationalities
        }

    def centres_at(self, parameters: TreatyParameters) -> dict[float, TreatyCentre]:
        """Return the equilibria at the central point."""
        games, options = build_games(self.graph, parameters), self.structure.solver
        return {
            rationality: solve_centre(
                games,
                0,
                rationality=rationality,
                tol=options.tol,
                max_steps=options.max_steps,
                start=options.start,
            )
            for rationality in self.structure.rationalities
        }


@lru_cache(maxsize=16)
def _built(structure: Structure) -> _Built:
    graph = build_graph(rules_of(structure.scenario)[0])
    frame = frame_of(structure.scenario, build_board(graph), structure.engine)
    compiled = compile_named(structure.names, graph, structure.automata)
    prescribed = [each for each in compiled if isinstance(each, TreatyAutomaton)]
    known = len(prescribed) == len(compiled)
    profile = quantised(TreatyProfile(graph=graph, automata=tuple(prescribed))) if known else None
    return _Built(structure, graph, frame, profile)


def _equilibrium_columns(
    structure: Structure, equilibrium: MarkovEquilibrium | None, solved: Solved
) -> Table:
    if equilibrium is None:
        return {}
    bad = np.flatnonzero(equilibrium.converged == 0)
    if bad.size:
        raise SolverError(
            f"the equilibrium did not converge: residual {equilibrium.residual[bad[0]]:.1e} after "
            f"{equilibrium.iterations[bad[0]]} steps; raise solver.max_steps or lower solver.rationality"
        )
    regrets = {
        f"equilibrium_regret_{actor}": equilibrium.regret[:, number]
        for number, actor in enumerate(structure.scenario.actor_names)
    }
    shown = solved[equilibrium.rationality]
    return {
        "equilibrium_branch": np.array([_branch(structure, each) for each in shown], dtype=object),
        "equilibrium_folds": np.array([each.folds for each in shown]),
        "equilibrium_jumps": np.array([each.jumps for each in shown]),
        "equilibrium_converged": equilibrium.converged.astype(bool),
        "equilibrium_residual": equilibrium.residual,
        "equilibrium_iterations": equilibrium.iterations,
        **regrets,
    }


def _branch(structure: Structure, found: TreatyEquilibrium) -> str:
    """Return where the branch began, and how its end was reached."""
    parts = len(components_of(_built(structure).graph))
    how = "warm" if found.warm == parts else "joined" if found.warm or found.joined else "cold"
    return f"{structure.solver.start} {how}"


def _column(part: Table, name: str, rows: int) -> NDArray[Any]:
    """Return a column of a part; one that its structure does not have is empty."""
    return part[name] if name in part else np.full(rows, None, dtype=object)
