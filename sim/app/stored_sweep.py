"""A sweep's directory, read back: its configuration as it was composed, without composing it again."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.app.build import compose
from sim.app.config_dir import config_dir
from sim.app.hydra_door import DIRECTORY_FLAGS
from sim.app.schema import RunConf
from sim.app.study_plan import Composed
from sim.errors import ArtifactError
from sim.study.stored_manifest import MANIFEST
from sim.study.sweep.store import read_manifest


def stored_sweep(directory: Path) -> Composed:
    """Return the configuration of the sweep in `directory`.

    Raises
    ------
    ArtifactError
        If it is not the directory of a sweep, or its manifest is damaged.
    """
    manifest = read_manifest(directory)
    try:
        config = OmegaConf.merge(OmegaConf.structured(RunConf), manifest["composed"])
        arguments, flags = list(manifest["arguments"]), list(manifest["flags"])
        choices: Mapping[str, Any] = dict(manifest["choices"])
    except (KeyError, TypeError, ValueError, OmegaConfBaseException) as error:
        words = " ".join(str(error).split())
        raise ArtifactError(f"{directory / MANIFEST} is not the manifest of a sweep: {words}") from None
    assert isinstance(config, DictConfig)
    own = [Path(flag) for flag in flags if flag not in DIRECTORY_FLAGS]
    return Composed(
        config=config,
        arguments=arguments,
        directories=[*own, config_dir()],
        choices=choices,
        compose=lambda given: compose(given, directories=own),
    )


def with_executor(source: Composed, arguments: Sequence[str]) -> DictConfig:
    """Return a stored configuration with another executor; nothing else can change."""
    fresh = source.compose(arguments)
    config = source.config.copy()
    config.executor = fresh.executor
    return config
