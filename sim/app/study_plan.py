"""From configuration to a study: columns, design, baseline, and one scenario per structure; inside a Hydra task."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hydra import compose as hydra_compose
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from sim.app.build import typed
from sim.app.complaints import unknown_key
from sim.app.manifest import config_hash
from sim.app.plan import RunPlan, plan_of
from sim.app.schema import DesignConf, RunConf
from sim.app.task import config_directories, task_arguments
from sim.arrays import FloatArray
from sim.errors import ParameterError
from sim.model.uncertain import median_of
from sim.study.sweep.column import Column, parse_columns
from sim.study.sweep.design import Design, DesignOptions, build_design
from sim.study.sweep.domain import structural_places
from sim.study.sweep.study import Study
from sim.study.sweep.treaty_points import Structure, TreatyPoints

BATCH, SOLVED_BATCH = 256, 16
"""Points per batch where nothing is solved, and where equilibria are: some seconds of work either way."""

MOST_STRUCTURES = 1000
OUT_OF_REACH = ("engine.draws", "engine.replications", "engine.seed", "engine.workers")
OWN_ROOMS = ("study", "executor", "hydra", "about", "policies", "comparison")


def study_here(config: DictConfig) -> Study:
    """Return the study that a task's configuration describes.

    Raises
    ------
    ParameterError
        In one line, before anything is computed.
    """
    conf = typed(config)
    if not conf.study.name:
        raise ParameterError(f"study must be one of {', '.join(_known_studies())}, or a file of your own")
    return treaty_study(conf, config)


def treaty_study(conf: RunConf, config: DictConfig) -> Study:
    """Return a study of the treaty game."""
    plan = plan_of(conf, command_line=task_arguments(), directories=config_directories())
    numbers = plan.scenario.numbers
    columns = parse_columns(flat(conf.study.uncertainties), flat(conf.study.levers), numbers)
    for column in columns:
        if column.path in OUT_OF_REACH or column.path.split(".")[0] in OWN_ROOMS:
            raise ParameterError(f"a study cannot vary {column.path}: set it for all points alike")
    structural = structural_places(columns, plan.scenario)
    baseline = _baseline(columns, structural, plan, conf, config)
    design = build_design(columns, baseline, _options(conf.study.design))
    structures = _structures(design, structural, plan)
    points = TreatyPoints(columns=columns, structural=structural, structures=structures)
    solved = any(structure.solves for structure in structures.values())
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
        config_hash=config_hash(config),
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
    columns: Sequence[Column], structural: Sequence[int], plan: RunPlan, conf: RunConf, config: DictConfig
) -> FloatArray:
    import numpy as np

    given, numbers = flat(conf.study.baseline), plan.scenario.numbers
    stray = sorted(set(given) - {column.path for column in columns})
    if stray:
        raise ParameterError(f"study.baseline: {stray[0]} is no column of the study")
    values = []
    for place, column in enumerate(columns):
        if column.path in given:
            own = given[column.path]
            if not column.named and (not isinstance(own, int | float) or isinstance(own, bool)):
                raise ParameterError(f"study.baseline: {column.path} must be a number, got {own!r}")
        elif place in structural:
            own = _configured(column.path, config)
        else:
            own = median_of(
                numbers[column.path] if column.path in numbers else numbers[_of_both(column.path)]
            )
        values.append(column.code_of(own) if column.named or isinstance(own, int | float) else -1.0)
    return np.array(values)


def _of_both(path: str) -> str:
    """Return the path of the number that counts where one for a single party is not set."""
    return path.rpartition(".")[0].removesuffix("_of")


def _configured(path: str, config: DictConfig) -> Any:
    """Return what a structural key holds: the file that a group was set to, or the value of a key."""
    choice = HydraConfig.get().runtime.choices.get(path)
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
    design: Design, structural: Sequence[int], plan: RunPlan
) -> dict[tuple[float, ...], Structure]:
    import numpy as np

    if not structural:
        return {(): _structure_of(plan)}
    keys = np.unique(design.values[:, list(structural)], axis=0)
    if len(keys) > MOST_STRUCTURES:
        raise ParameterError(f"a study must have at most {MOST_STRUCTURES} structures, got {len(keys)}")
    columns = [design.columns[place] for place in structural]
    varied = {column.path for column in columns}
    fixed = [argument for argument in task_arguments() if argument.split("=")[0].lstrip("+~") not in varied]
    found = {}
    for key in keys:
        levels = [column.level_of(code) for column, code in zip(columns, key, strict=True)]
        overrides = [
            f"{column.path}={_written(level)}" for column, level in zip(columns, levels, strict=True)
        ]
        composed = hydra_compose(
            HydraConfig.get().job.config_name or "config", overrides=[*fixed, *overrides]
        )
        variant = plan_of(
            typed(composed), command_line=[*fixed, *overrides], directories=config_directories()
        )
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


def _known_studies() -> list[str]:
    places = config_directories()
    return sorted({file.stem for place in places for file in (place / "study").glob("*.yaml")})
