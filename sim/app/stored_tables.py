"""The integer tables of a run, stored so that it can be played again without solving anything."""

import os
from pathlib import Path

from sim.errors import ArtifactError
from sim.study.result import ScenarioResult

TABLES = "tables.npz"


def write_tables(result: ScenarioResult, directory: Path) -> list[str]:
    """Write the tables of all draws and combinations of types, and return the hash of each."""
    from sim.engine.tables import digest, save_tables

    tables = list(result.tables())
    path = directory / TABLES
    partial = path.with_name(f".{path.name}.partial")
    try:
        save_tables(partial, tables)
        os.replace(partial, path)
    except OSError as error:
        raise ArtifactError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
    return [digest(table) for table in tables]
