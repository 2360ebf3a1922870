"""A run's directory, read back: its configuration, its tables, and what it was told."""

from pathlib import Path

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.app.automata import AutomatonShelf
from sim.app.build import typed
from sim.app.hydra_door import OWN
from sim.app.plan import RunPlan, plan_of
from sim.app.schema import RunConf
from sim.app.stored_tables import TABLES
from sim.engine.tables import PlayTables, digest, load_tables
from sim.errors import ArtifactError
from sim.study.stored_manifest import MANIFEST, stored_manifest


class StoredRun:
    """What lies in the directory of a finished run.

    Raises
    ------
    ArtifactError
        If `directory` is not that of a finished run, or its tables are not those that were played.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        keys = ("arguments", "tables", "automata")
        self.manifest = stored_manifest(directory, "run", keys, "a finished run")
        self.config = self._config()

    def plan(self) -> RunPlan:
        """Return the plan of the run, with the automata that it used."""
        automata = {**AutomatonShelf(), **self.manifest["automata"]}
        return plan_of(typed(self.config), command_line=self.manifest["arguments"], automata=automata)

    def tables(self) -> list[PlayTables]:
        """Return the tables that were played, after checking their hashes."""
        path = self.directory / TABLES
        tables = load_tables(path)
        if [digest(each) for each in tables] != self.manifest["tables"]:
            raise ArtifactError(f"{path} does not hold the tables that {MANIFEST} was written for")
        return tables

    def _config(self) -> DictConfig:
        path = self.directory / OWN / "config.yaml"
        try:
            config = OmegaConf.merge(OmegaConf.structured(RunConf), OmegaConf.load(path))
        except (OSError, OmegaConfBaseException) as error:
            raise ArtifactError(f"{path} cannot be read: {' '.join(str(error).split())}") from None
        assert isinstance(config, DictConfig)
        return config
