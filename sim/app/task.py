"""What every Hydra task needs: the plan of its configuration, and where to write."""

from pathlib import Path

from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from sim.app.build import typed
from sim.app.plan import RunPlan, plan_of


def plan_here(config: DictConfig) -> RunPlan:
    """Return the plan of a task's configuration, with the arguments and directories of the command line."""
    return plan_of(typed(config), command_line=task_arguments(), directories=config_directories())


def task_arguments() -> list[str]:
    """Return the arguments that this task was given; under ``-m`` those of its own point."""
    return list(HydraConfig.get().overrides.task)


def output_directory() -> Path:
    """Return the directory that Hydra made for this task."""
    return Path(HydraConfig.get().runtime.output_dir)


def config_directories() -> list[Path]:
    """Return the directories in which configs are looked for, in order."""
    elements = GlobalHydra.instance().config_loader().get_search_path().get_path()
    paths = [element.path for element in elements if element.path and "://" in element.path]
    found = [Path(path.removeprefix("file://")) for path in paths if path.startswith("file://")]
    plain = [Path(element.path) for element in elements if element.path and "://" not in element.path]
    return [*plain, *found]
