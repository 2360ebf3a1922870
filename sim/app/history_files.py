"""The files of ``treaty-sim history``: ``likelihood.parquet``, ``summary.json``, ``posterior.parquet``, the report.

They hold numbers only, no times and no paths, but for ``manifest.json``: the same seed gives the same bytes.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from sim.app.artifacts import SUMMARY, as_json, parquet_bytes
from sim.files import write_whole
from sim.report.provenance import Provenance
from sim.study.history_study import HistoryResult
from sim.study.stored_manifest import MANIFEST

SCHEMA_VERSION = 1
LIKELIHOOD, POSTERIOR = "likelihood.parquet", "posterior.parquet"


def write_history(result: HistoryResult, directory: Path, made: Provenance) -> None:
    """Write everything that a history leaves behind, each file whole or not at all, the manifest last."""
    from sim.report.history_report import write_history_report

    write_whole(directory / LIKELIHOOD, parquet_bytes(likelihood_columns(result)))
    if result.calibration is not None:
        write_whole(directory / POSTERIOR, parquet_bytes(posterior_columns(result)))
    write_whole(directory / SUMMARY, as_json(summary(result)))
    write_history_report(result, directory, made)
    write_whole(directory / MANIFEST, as_json(made.manifest))


def likelihood_columns(result: HistoryResult) -> dict[str, Any]:
    """Return the columns of ``likelihood.parquet``: one row per draw and step of the path."""
    steps, draws = result.likelihood.steps, result.draws

    def of_step(values: list[Any]) -> Any:
        return np.repeat(values, draws)

    return {
        "draw": np.tile(np.arange(draws), len(steps)),
        "step": np.repeat(np.arange(len(steps)), draws),
        "kind": of_step([step.kind for step in steps]),
        "day": of_step(["" if step.event is None else step.event.day.isoformat() for step in steps]),
        "first_period": of_step([step.first for step in steps]),
        "last_period": of_step([step.last for step in steps]),
        "words": of_step([step.words for step in steps]),
        "probability": np.concatenate([step.probability for step in steps]),
        "given_something": np.concatenate([step.given_something for step in steps]),
        "log_likelihood": np.tile(result.likelihood.log_likelihood, len(steps)),
    }


def posterior_columns(result: HistoryResult) -> dict[str, Any]:
    """Return the columns of ``posterior.parquet``: one row per weighted point."""
    posterior = result.calibration
    assert posterior is not None
    return {
        "weight": posterior.weights,
        "prior_weight": posterior.prior_weights,
        "log_likelihood": posterior.log_likelihood,
        **{path: posterior.values[:, k] for k, path in enumerate(posterior.paths)},
    }


def summary(result: HistoryResult) -> dict[str, Any]:
    """Return what ``summary.json`` holds."""
    likelihood, posterior = result.likelihood, result.calibration
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": result.scenario.name,
        "reading": result.scenario.reading,
        "history": result.history.name,
        "seed": result.seed,
        "draws": result.draws,
        "strategies": dict(zip(result.scenario.actor_names, result.strategies, strict=True)),
        "log_likelihood": {"average": likelihood.average, "by_draw": likelihood.log_likelihood},
        "steps": [
            {
                "kind": step.kind,
                "day": None if step.event is None else step.event.day.isoformat(),
                "first_period": step.first,
                "last_period": step.last,
                "words": step.words,
                "shift_months": step.shift_months,
                "probability": step.mean,
                "surprise_bits": step.surprise,
                "held_most_probable": step.expected or None,
                "held_most_probable_probability": step.expected_probability,
            }
            for step in likelihood.steps
        ],
        "calibration": None
        if posterior is None
        else {
            "converged": posterior.has_converged,
            "verdict": posterior.verdict,
            "effective_sample_size": posterior.effective,
            "pareto_shape": posterior.shape,
            "points": len(posterior.weights),
            "failed": posterior.failed,
            "log_evidence": posterior.log_evidence,
            "selected": list(posterior.selected),
            "parameters": [
                {**asdict(each), "identified": posterior.has_converged and each.is_identified}
                for each in posterior.parameters
            ],
            "checks": [asdict(check) for check in result.checks],
        },
        "notes": list(result.notes),
    }
