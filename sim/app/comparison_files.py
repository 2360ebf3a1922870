"""The files of a comparison: ``comparison.parquet``, ``outcomes.parquet``, ``summary.json``, figures, reports.

They hold numbers only, no times and no paths, but for ``manifest.json``: the same seed gives the same bytes.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from sim.app.artifacts import SUMMARY, as_json, parquet_bytes
from sim.files import write_whole
from sim.report.provenance import Provenance
from sim.study.comparison.result import Comparison, RegretMatrix, Row
from sim.study.stored_manifest import MANIFEST

COMPARISON, OUTCOMES = "comparison.parquet", "outcomes.parquet"
SCHEMA_VERSION = 1


def write_comparison(result: Comparison, directory: Path, made: Provenance) -> None:
    """Write everything that a comparison leaves behind, the manifest last."""
    from sim.report.comparison_report import write_comparison_report

    write_whole(directory / COMPARISON, parquet_bytes(comparison_columns(result)))
    write_whole(directory / OUTCOMES, parquet_bytes(draw_columns(result)))
    write_whole(directory / SUMMARY, as_json(summary(result)))
    write_comparison_report(result, directory, made)
    write_whole(directory / MANIFEST, as_json(made.manifest))


def comparison_columns(result: Comparison) -> dict[str, Any]:
    """Return the columns of ``comparison.parquet``: one row per policy and outcome."""
    columns: dict[str, Any] = {}
    for name in Row.__dataclass_fields__:
        values = [getattr(row, name) for row in result.rows]
        is_text = name in ("policy", "outcome", "unit")
        columns[name] = values if is_text else [np.nan if value is None else value for value in values]
    return columns


def draw_columns(result: Comparison) -> dict[str, Any]:
    """Return the columns of ``outcomes.parquet``: one row per policy, reading, draw and outcome."""
    blocks = [
        (name, under, outcome, column)
        for (name, under), evaluation in result.evaluations.items()
        for outcome, column in evaluation.outcomes.items()
    ]
    draws = result.draws
    return {
        "policy": np.repeat([block[0] for block in blocks], draws),
        "reading": np.repeat([block[1] for block in blocks], draws),
        "draw": np.tile(np.arange(draws), len(blocks)),
        "outcome": np.repeat([block[2] for block in blocks], draws),
        "estimate": np.concatenate([block[3] for block in blocks]),
    }


def summary(result: Comparison) -> dict[str, Any]:
    """Return what ``summary.json`` holds."""
    outcomes: dict[str, dict[str, Any]] = {}
    for row in result.rows:
        fields = asdict(row)
        outcomes.setdefault(fields.pop("policy"), {})[fields.pop("outcome")] = fields
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": result.scenario.name,
        "reading": result.reading,
        "seed": result.seed,
        "draws": result.draws,
        "horizon_months": result.horizon_months,
        "policies": [asdict(policy) for policy in result.policies],
        "outcomes": outcomes,
        "ranking": asdict(result.ranking),
        "regret": _matrix(result.regret),
        "payoff_regret": _matrix(result.payoff_regret),
        "correlation_with_baseline": result.correlation,
        "exact": all(evaluation.exact for evaluation in result.evaluations.values()),
        "notes": [*result.twins, *result.notes],
    }


def _matrix(matrix: RegretMatrix) -> dict[str, Any]:
    def by_reading(values: Any) -> dict[str, dict[str, float]]:
        return {
            policy: dict(zip(matrix.readings, values[k].tolist(), strict=True))
            for k, policy in enumerate(matrix.policies)
        }

    return {
        "outcome": matrix.outcome,
        "unit": matrix.unit,
        "estimates": by_reading(matrix.estimates),
        "regret": by_reading(matrix.regret),
        "low": by_reading(matrix.low),
        "high": by_reading(matrix.high),
        "worst": dict(zip(matrix.policies, matrix.worst.tolist(), strict=True)),
    }
