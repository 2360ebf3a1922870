"""``treaty-sim gather DIR``: the runs that ``-m`` left in a directory, as one table, ``runs.parquet``.

One row a run: its number, what its command line set (a column per key), seed, config hash, and every outcome with
its standard error, as in ``summary.json``. Hydra's ``-m`` is for tens of configurations; for more there is
``treaty-sim sweep``, whose table has the same columns for outcomes.
"""

import json
import os
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from sim.app.artifacts import SUMMARY
from sim.app.complaints import complaint
from sim.app.hydra_door import OWN, stop
from sim.errors import ArtifactError
from sim.files import write_whole
from sim.study.stored_manifest import MANIFEST
from sim.study.sweep.names import ERROR

TABLE = "runs.parquet"


def command(arguments: Sequence[str]) -> None:
    """Gather the runs of the directory that the arguments name."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        stop(f"gather takes the directory of a multirun, got {' '.join(arguments) or 'nothing'}", 2)
    directory = Path(arguments[0])
    try:
        rows, unfinished = runs_in(directory)
        path = write_whole(directory / TABLE, _parquet(rows))
    except Exception as error:
        found = complaint(error)
        if found is None:
            raise
        stop(*found)
    sys.stdout.write(f"{len(rows)} runs in {os.path.relpath(path)}\n")
    if unfinished:
        sys.stdout.write(f"left out, because not finished: {', '.join(unfinished)}\n")


def runs_in(directory: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Return a row per finished run below `directory`, in the order of their numbers, and the names of the others."""
    rows, unfinished = [], []
    places = [path for path in directory.glob("*") if path.name.isdecimal() and path.is_dir()]
    for place in sorted(places, key=lambda path: int(path.name)):
        if not (place / MANIFEST).is_file() or not (place / SUMMARY).is_file():
            unfinished.append(place.name)
            continue
        try:
            facts = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
            summary = json.loads((place / SUMMARY).read_text(encoding="utf-8"))
            overrides = OmegaConf.load(place / OWN / "overrides.yaml")
            row: dict[str, Any] = {"run": int(place.name)}
            for override in overrides:
                key, _, value = str(override).partition("=")
                row[key.lstrip("+~")] = value
            row |= {
                "seed": facts["seed"],
                "config_hash": facts["config_hash"],
                "engine_version": facts["versions"]["treaty-sim"],
                "draws": summary["draws"],
                "replications": summary["replications"],
            }
            for name, outcome in summary["outcomes"].items():
                row |= {name: outcome["estimate"], name + ERROR: outcome["standard_error"]}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ArtifactError(f"{place} is not the directory of a run: {error}") from None
        rows.append(row)
    if not rows:
        raise ArtifactError(f"{directory} holds no finished run of -m")
    return rows, unfinished


def _parquet(rows: list[dict[str, Any]]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: _column([row.get(name) for row in rows]) for name in names}
    buffer = BytesIO()
    parquet.write_table(pa.table(columns), buffer, compression="zstd")
    return buffer.getvalue()


def _column(values: list[Any]) -> Any:
    """Return a column; what the command line set are numbers if all of them can be read as such."""
    import pyarrow as pa

    if all(isinstance(value, str) for value in values):
        try:
            return pa.array([float(value) for value in values], pa.float64())
        except ValueError:
            return pa.array(values, pa.string())
    return pa.array(values)
