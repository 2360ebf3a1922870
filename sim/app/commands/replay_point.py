"""``treaty-sim replay DIR point=417``: evaluate one point of a sweep again, alone, and compare it with its row."""

import sys
from pathlib import Path
from typing import Any

import numpy as np

from sim.app.stored_sweep import stored_sweep
from sim.app.study_plan import study_of
from sim.errors import ArtifactError, ParameterError
from sim.study.sweep.batch import evaluated
from sim.study.sweep.design import described
from sim.study.sweep.names import ERROR, part_name
from sim.study.sweep.store import check_plan, read_manifest
from sim.study.sweep.study import Study


def replay_point(directory: Path, text: str) -> None:
    """Evaluate point `text` of the sweep in `directory`, print it, and compare it with what is stored.

    Raises
    ------
    ParameterError
        If there is no such point.
    ArtifactError
        If a number came out differently, or the sweep was made by another program.
    """
    source = stored_sweep(directory)
    study = study_of(source)
    check_plan(directory, read_manifest(directory), study)
    points = study.design.num_points
    if not text.isdecimal() or int(text) >= points:
        raise ParameterError(f"point must be a whole number from 0 to {points - 1}, got {text!r}")
    point = int(text)
    sys.stdout.write(f"point {point}: {described(study.design, point)}\n")
    tables, failures = evaluated(study.points, point, study.design.values[point : point + 1])
    for failure in failures:
        sys.stdout.write(f"  fails: {failure['error']}: {failure['message']}\n")
    if not tables:
        return
    table = tables[0][1]
    for name, unit in study.points.outcome_units.items():
        for group, (value, error) in enumerate(zip(table[name], table[name + ERROR], strict=True)):
            told = "not defined" if np.isnan(value) else f"{value:.6g} ± {error:.2g} {unit}"
            sys.stdout.write(f"  {name}{f' (group {group})' if study.points.groups > 1 else ''}: {told}\n")
    stored = _stored_rows(directory, study, point)
    if stored is None:
        sys.stdout.write("not yet in the sweep's table\n")
        return
    different = [name for name in table if name in stored and not _same(table[name], stored[name])]
    if different:
        raise ArtifactError(f"point {point} of {directory} did not come out the same: {', '.join(different)}")
    sys.stdout.write(f"the same numbers as in {part_name(point // study.batch)}\n")


def _stored_rows(directory: Path, study: Study, point: int) -> dict[str, Any] | None:
    from pyarrow import parquet

    path = directory / part_name(point // study.batch)
    if not path.is_file():
        return None
    rows = parquet.read_table(path, filters=[("point", "=", point)])
    return {name: rows[name].to_numpy() for name in rows.column_names} if rows.num_rows else None


def _same(own: Any, stored: Any) -> bool:
    if np.asarray(own).dtype.kind == "f":
        return bool(np.array_equal(own, stored.astype(np.float64), equal_nan=True))
    return [str(value) for value in own] == [str(value) for value in stored]
