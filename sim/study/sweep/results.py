"""From a sweep's directory to what analyses take: the points in order, each with its outcomes and errors."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ArtifactError
from sim.study.sweep.names import ERROR, VARIANCE, part_name
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
    outcomes = list(study["outcome_units"])
    rows = _read(directory, study, [*names, *outcomes])
    points, groups = study["points"], study["groups"]
    which = rows.pop("point").astype(np.int64)
    values = np.full((points, len(names)), np.nan)
    for place, column in enumerate(columns):
        own = rows[column["path"]]
        if column["levels"]:
            codes = {str(level): float(code) for code, level in enumerate(column["levels"])}
            own = np.array([codes[str(name)] for name in own])
        values[which, place] = own.astype(np.float64)
    for point, stored in _failed(directory, columns):
        values[point] = stored
    return SweepTable(
        design=study["design"]["kind"],
        base=study["design"]["size"] if study["design"]["kind"] in ("saltelli", "morris") else None,
        names=tuple(names),
        kinds=tuple(column["kind"] for column in columns),
        units=tuple(column["unit"] for column in columns),
        low=np.array([column["low"] for column in columns]),
        high=np.array([column["high"] for column in columns]),
        values=values,
        outcomes={name: _mean(rows[name], which, points) for name in outcomes},
        errors={
            name: np.sqrt(_mean(rows[name + ERROR] ** 2, which, points) / groups)
            for name in outcomes
            if name + ERROR in rows
        },
        outcome_units=study["outcome_units"],
        variances={
            name: _mean(rows[name + VARIANCE], which, points) for name in outcomes if name + VARIANCE in rows
        },
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


def _read(directory: Path, study: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """Return the wanted columns of all parts, outcomes with their errors and variances, and the point's number."""
    from pyarrow import concat_tables, parquet

    parts = [directory / part_name(number) for number in range(study["batches"])]
    missing = [part.name for part in parts if not part.is_file()]
    if missing:
        raise ArtifactError(
            f"{directory} is not finished: {len(missing)} of {len(parts)} parts are missing, {missing[0]} first"
        )
    try:
        there = set(parquet.read_schema(parts[0]).names)
        names = [name + end for name in wanted for end in ("", ERROR, VARIANCE) if name + end in there]
        table = concat_tables(parquet.read_table(part, columns=["point", *names]) for part in parts)
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{directory}: a part cannot be read: {' '.join(str(error).split())}") from None
    return {name: table[name].to_numpy() for name in ("point", *names)}


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


def _mean(values: FloatArray, which: Any, points: int) -> FloatArray:
    counts = np.bincount(which, minlength=points)
    with np.errstate(invalid="ignore"):
        mean: FloatArray = np.bincount(which, weights=values.astype(np.float64), minlength=points) / counts
    return mean
