"""From configuration to a study: columns, design, baseline, and one scenario per structure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from hydra import compose as hydra_compose
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from sim.app.build import engine_options, matrix_game, typed
from sim.app.complaints import unknown_key
from sim.app.manifest import config_hash
from sim.app.plan import RunPlan, plan_of
from sim.app.schema import DesignConf, RunConf
from sim.app.task import config_directories, task_arguments
from sim.arrays import FloatArray
from sim.errors import ParameterError
from sim.model.uncertain import Distribution, median_of, parse_value
from sim.study.sweep.column import Column, parse_columns
from sim.study.sweep.design import Design, DesignOptions, build_design
from sim.study.sweep.domain import check_match_columns, structural_places
from sim.study.sweep.match_points import ERRORS, PAYOFFS, STRUCTURAL, MatchPoints
from sim.study.sweep.study import Study
from sim.study.sweep.treaty_points import Structure, TreatyPoints

BATCH, SOLVED_BATCH, MATCH_BATCH = 256, 16, 4096
"""Points per batch where nothing is solved, where equilibria are, and of repeated games: a second of work or so."""

MOST_STRUCTURES = 1000
OUT_OF_REACH = ("engine.draws", "engine.replications", "engine.seed", "engine.workers")
OWN_ROOMS = ("study", "executor", "hydra", "about", "policies", "comparison")


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A composed configuration, and how to compose it once more with other values.

    Attributes
    ----------
    config : DictConfig
    arguments : what the command line set
    directories : where configs are looked for, in order
    choices : config group -> the file that it was set to
    compose : from arguments to a configuration
    """

    config: DictConfig
    arguments: Sequence[str]
    directories: Sequence[Path]
    choices: Mapping[str, Any]
    compose: Callable[[Sequence[str]], DictConfig]


def composed_here(config: DictConfig) -> Composed:
    """Return what a Hydra task was given."""
    job = HydraConfig.get()
    return Composed(
        config=config,
        arguments=task_arguments(),
        directories=config_directories(),
        choices=job.runtime.choices,
        compose=lambda given: hydra_compose(job.job.config_name or "config", overrides=list(given)),
    )


def study_of(source: Composed) -> Study:
    """Return the study that a configuration describes.

    Raises
    ------
    ParameterError
        In one line, before anything is computed.
    """
    conf = typed(source.config)
    if not conf.study.name:
        known = sorted(
            {file.stem for place in source.directories for file in (place / "study").glob("*.yaml")}
        )
        raise ParameterError(f"study must be one of {', '.join(known)}, or a file of your own, got none")
    return match_study(conf, source) if conf.game.kind == "matrix" else treaty_study(conf, source)


def match_study(conf: RunConf, source: Composed) -> Study:
    """Return a study of a matrix game that two strategies play again and again."""
    game, match, engine = matrix_game(conf), conf.match, engine_options(conf)
    if game.payoffs.shape != (2, 2, 2):
        raise ParameterError(
            f"a study repeats a game of two players with two actions each, got payoffs of shape {game.payoffs.shape}"
        )
    given: dict[str, Any] = {path: getattr(match, path.removeprefix("match.")) for path in STRUCTURAL}
    given["match.execution_error"] = match.execution_error
    given |= {path: match.execution_error_of.get(path.rpartition(".")[2]) for path in ERRORS}
    given |= dict(zip(PAYOFFS, game.payoffs.reshape(-1).tolist(), strict=True))
    held = {
        path: value if path in STRUCTURAL or value is None else parse_value(value, path)
        for path, value in given.items()
    }
    columns = parse_columns(
        flat(conf.study.uncertainties),
        flat(conf.study.levers),
        {path: value for path, value in held.items() if path not in STRUCTURAL and value is not None},
    )
    check_match_columns(columns, held)
    numbers = {
        path: median_of(value) if isinstance(value, Distribution) else value for path, value in held.items()
    }
    baseline = _match_baseline(columns, numbers, conf)
    return Study(
        name=conf.study.name,
        title=conf.study.title,
        question=conf.study.question,
        design=build_design(columns, baseline, _options(conf.study.design)),
        baseline=baseline,
        outcomes=tuple(conf.study.outcomes),
        points=MatchPoints(
            columns=columns, numbers=numbers, seed=engine.seed, replications=engine.replications
        ),
        batch=MATCH_BATCH if conf.study.batch is None else conf.study.batch,
        config_hash=config_hash(source.config),
    )


def _match_baseline(columns: Sequence[Column], numbers: Mapping[str, Any], conf: RunConf) -> FloatArray:
    given = _given_baseline(columns, conf)
    values = []
    for column in columns:
        own = given.get(column.path, numbers[column.path])
        own = numbers["match.execution_error"] if own is None else own
        values.append(column.code_of(own))
    return np.array(values)


def treaty_study(conf: RunConf, source: Composed) -> Study:
    """Return a study of the treaty game."""
    plan = plan_of(conf, command_line=source.arguments, directories=source.directories)
    if plan.scenario.types:
        raise ParameterError(f"a sweep plays without types, got types of {', '.join(plan.scenario.types)}")
    numbers = plan.scenario.numbers
    columns = parse_columns(flat(conf.study.uncertainties), flat(conf.study.levers), numbers)
    for column in columns:
        if column.path in OUT_OF_REACH or column.path.split(".")[0] in OWN_ROOMS:
            raise ParameterError(f"a study cannot vary {column.path}: set it for all points alike")
    structural = structural_places(columns, plan.scenario)
    baseline = _baseline(columns, structural, plan, conf, source)
    design = build_design(columns, baseline, _options(conf.study.design))
    structures = _structures(design, structural, plan, source)
    solved = any(structure.solves for structure in structures.values())
    points = TreatyPoints(
        columns=columns,
        structural=structural,
        structures=structures,
        central=tuple(baseline.tolist()) if solved else (),
    )
    about = plan.scenario.about
    return Study(
        name=conf.study.name,
        title=conf.study.title,
        question=conf.study.question,
        design=design,
        baseline=baseline,
        outcomes=tuple(conf.study.outcomes),
        points=points,
        batch=(SOLVED_BATCH if solved else BATCH) if conf.study.batch is None else conf.study.batch,
        config_hash=config_hash(source.config),
        units={column.path: about[column.path].unit for column in columns if column.path in about},
        notes=plan.notes,
    )


def flat(tree: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Return a tree of mappings as one mapping from dotted paths to what is no mapping.

    Examples
    --------
    >>> flat({"treaty.detection": [0.2, 0.8], "treaty": {"fading": "prior"}})
    {'treaty.detection': [0.2, 0.8], 'treaty.fading': 'prior'}
    """
    found: dict[str, Any] = {}
    for name, value in tree.items():
        here = f"{path}.{name}" if path else str(name)
        found |= flat(value, here) if isinstance(value, Mapping) else {here: value}
    return {key: value for key, value in found.items() if value is not None}  # null takes a column out


def _options(conf: DesignConf) -> DesignOptions:
    return DesignOptions(
        kind=conf.kind, size=conf.size, levels=conf.levels, second_order=conf.second_order, seed=conf.seed
    )


def _baseline(
    columns: Sequence[Column], structural: Sequence[int], plan: RunPlan, conf: RunConf, source: Composed
) -> FloatArray:
    given, numbers = _given_baseline(columns, conf), plan.scenario.numbers
    values = []
    for place, column in enumerate(columns):
        if column.path in given:
            own = given[column.path]
        elif place in structural:
            own = _configured(column.path, source)
        else:
            own = median_of(
                numbers[column.path] if column.path in numbers else numbers[_of_both(column.path)]
            )
        values.append(column.code_of(own) if column.named or isinstance(own, int | float) else -1.0)
    return np.array(values)


def _given_baseline(columns: Sequence[Column], conf: RunConf) -> dict[str, Any]:
    """Return what ``study.baseline`` sets, checked."""
    given, mine = flat(conf.study.baseline), {column.path: column for column in columns}
    for path, value in given.items():
        if path not in mine:
            raise ParameterError(f"study.baseline: {path} is no column of the study")
        if not mine[path].named and (not isinstance(value, int | float) or isinstance(value, bool)):
            raise ParameterError(f"study.baseline: {path} must be a number, got {value!r}")
    return given


def _of_both(path: str) -> str:
    """Return the path of the number that counts where one for a single party is not set."""
    return path.rpartition(".")[0].removesuffix("_of")


def _configured(path: str, source: Composed) -> Any:
    """Return what a structural key holds: the file that a group was set to, or the value of a key."""
    choice, config = source.choices.get(path), source.config
    if choice is not None:
        return choice
    value = OmegaConf.select(config, path, throw_on_missing=False)
    if OmegaConf.is_config(value):
        raise ParameterError(f"{path} holds several keys: a column must name one of them")
    if value is None:
        parent = OmegaConf.select(config, path.rpartition(".")[0]) if "." in path else config
        if not isinstance(parent, DictConfig) or (path.rpartition(".")[2] not in parent and parent is config):
            raise ParameterError(unknown_key(path, config))
    return value


def _structures(
    design: Design, structural: Sequence[int], plan: RunPlan, source: Composed
) -> dict[tuple[float, ...], Structure]:
    if not structural:
        return {(): _structure_of(plan)}
    keys = np.unique(design.values[:, list(structural)], axis=0)
    if len(keys) > MOST_STRUCTURES:
        raise ParameterError(f"a study must have at most {MOST_STRUCTURES} structures, got {len(keys)}")
    columns = [design.columns[place] for place in structural]
    varied = {column.path for column in columns}
    fixed = [argument for argument in source.arguments if argument.split("=")[0].lstrip("+~") not in varied]
    found = {}
    for key in keys:
        levels = [column.level_of(code) for column, code in zip(columns, key, strict=True)]
        overrides = [
            f"{column.path}={_written(level)}" for column, level in zip(columns, levels, strict=True)
        ]
        given = [*fixed, *overrides]
        variant = plan_of(typed(source.compose(given)), command_line=given, directories=source.directories)
        if variant.scenario.actor_names != plan.scenario.actor_names:
            raise ParameterError(
                f"{', '.join(overrides)} has other actors: a study needs the same at every point"
            )
        found[tuple(float(code) for code in key)] = _structure_of(variant)
    return found


def _written(level: Any) -> str:
    if isinstance(level, float):
        return str(int(level)) if level == int(level) else repr(level)
    return str(level).lower() if isinstance(level, bool) else str(level)


def _structure_of(plan: RunPlan) -> Structure:
    return Structure(
        scenario=replace(plan.scenario, about={}),
        engine=plan.engine,
        solver=plan.solver,
        strategies=dict(plan.strategies),
        automata=plan.automata_played(),
    )
