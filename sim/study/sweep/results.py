"""From a sweep's directory to what analyses take: the points in order, each with its outcomes and errors."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ArtifactError
from sim.study.sweep.names import ERROR, HALF, VARIANCE, part_name
from sim.study.sweep.store import FAILED, INDEX, read_manifest
from sim.study.sweep_table import StudyFacts, SweepTable


def sweep_table(directory: Path) -> SweepTable:
    """Return the table of a finished sweep; rows of a point with several groups are averaged over them.

    A point that failed keeps its row, with NaN in its outcomes. Names stand as their places among the levels.

    Raises
    ------
    ArtifactError
        If `directory` is not that of a sweep, or points are still to be evaluated.
    """
    study = read_manifest(directory)["study"]
    columns, names = study["columns"], [column["path"] for column in study["columns"]]
    points, groups = study["points"], study["groups"]
    values = np.full((points, len(names)), np.nan)
    found: dict[str, FloatArray] = {}
    for rows in _parts(directory, study, [*names, *study["outcome_units"]]):
        which = rows.pop("point")
        for place, column in enumerate(columns):
            values[which, place] = _numbers(rows.pop(column["path"]), column)
        own, group_of = np.unique(which, return_inverse=True)  # all groups of a point lie in one part
        for name, each in rows.items():
            if name not in found:
                found[name] = np.full(points, np.nan)
            found[name][own] = _mean(each**2 if name.endswith(ERROR) else each, group_of)
    for point, stored in _failed(directory, columns):
        values[point] = stored
    outcomes = list(study["outcome_units"])
    return SweepTable(
        design=study["design"]["kind"],
        base=study["design"]["size"] if study["design"]["kind"] in ("saltelli", "morris") else None,
        names=tuple(names),
        kinds=tuple(column["kind"] for column in columns),
        units=tuple(column["unit"] for column in columns),
        low=np.array([column["low"] for column in columns]),
        high=np.array([column["high"] for column in columns]),
        values=values,
        outcomes={name: found[name] for name in outcomes},
        errors={name: np.sqrt(found[name + ERROR] / groups) for name in outcomes if name + ERROR in found},
        outcome_units=study["outcome_units"],
        variances={name: found[name + VARIANCE] for name in outcomes if name + VARIANCE in found},
        halves={name: found[name + HALF] for name in outcomes if name + HALF in found},
        baseline=np.array([column["baseline"] for column in columns]),
        replications=study["replications"] * groups,
    )


def study_facts(directory: Path) -> StudyFacts:
    """Return what a report says about the sweep in `directory` beside its numbers."""
    manifest = read_manifest(directory)
    study = manifest["study"]
    config = directory / "config.yaml"
    index = [json.loads(line) for line in (directory / INDEX).read_bytes().splitlines()]
    return StudyFacts(
        name=study["name"],
        title=study["title"] or study["name"],
        question=study["question"],
        command=manifest["command"],
        seed=int(manifest["seed"]),
        config_hash=manifest["config_hash"],
        config_yaml=config.read_text(encoding="utf-8") if config.is_file() else "",
        outcomes=tuple(study["outcomes"]),
        notes=tuple(study["remarks"]),
        manifest={
            name: manifest[name] for name in ("versions", "source", "started", "seconds") if name in manifest
        },
        failures=sum(entry["failures"] for entry in index),
    )


def _parts(directory: Path, study: dict[str, Any], wanted: list[str]) -> Iterator[dict[str, Any]]:
    """Yield of one part after another the wanted columns, outcomes with what belongs to them, and the point."""
    from pyarrow import parquet

    parts = [directory / part_name(number) for number in range(study["batches"])]
    missing = [part.name for part in parts if not part.is_file()]
    if missing:
        raise ArtifactError(
            f"{directory} is not finished: {len(missing)} of {len(parts)} parts are missing, {missing[0]} first"
        )
    try:
        there = set(parquet.read_schema(parts[0]).names)
        names = [name + end for name in wanted for end in ("", ERROR, VARIANCE, HALF) if name + end in there]
        for part in parts:
            table = parquet.ParquetFile(part).read(columns=["point", *names], use_threads=False)
            yield {name: table[name].to_numpy() for name in ("point", *names)}
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{directory}: a part cannot be read: {' '.join(str(error).split())}") from None


def _numbers(stored: Any, column: dict[str, Any]) -> FloatArray:
    """Return a parameter's values; names stand as their places among the levels."""
    if column["levels"]:
        codes = {str(level): float(code) for code, level in enumerate(column["levels"])}
        return np.array([codes[str(name)] for name in stored])
    return np.asarray(stored, dtype=np.float64)


def _failed(directory: Path, columns: list[dict[str, Any]]) -> list[tuple[int, list[float]]]:
    from pyarrow import parquet

    path = directory / FAILED
    if not path.is_file():
        return []
    found = []
    for row in parquet.read_table(path).to_pylist():
        values = [
            float([str(level) for level in column["levels"]].index(row[column["path"]]))
            if column["levels"]
            else row[column["path"]]
            for column in columns
        ]
        found.append((row["point"], values))
    return found


def _mean(values: FloatArray, group_of: Any) -> FloatArray:
    mean: FloatArray = np.bincount(group_of, weights=values) / np.bincount(group_of)
    return mean
