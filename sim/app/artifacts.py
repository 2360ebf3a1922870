"""The files of a run: ``summary.json``, ``equilibria.json``; ``outcomes``, ``replications``, ``beliefs.parquet``.

They hold numbers only, no times and no paths: the same seed gives the same bytes, for any number of workers.
"""

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from sim.files import write_whole
from sim.model.scenario import Scenario
from sim.solvers.nashpy_door import SecondOpinion
from sim.solvers.solution import Solution
from sim.study.result import Estimate, MarkovEquilibrium, ScenarioResult, StageGame

SCHEMA_VERSION = 1
SUMMARY, EQUILIBRIA = "summary.json", "equilibria.json"
OUTCOMES, REPLICATIONS = "outcomes.parquet", "replications.parquet"
BELIEFS = "beliefs.parquet"
"""Written where types are played: quantiles by month of the belief in each type."""


def write_numbers(result: ScenarioResult, directory: Path) -> list[Path]:
    """Write the files into `directory`, each whole or not at all, and return their paths."""
    return [
        write_whole(directory / OUTCOMES, parquet_bytes(outcome_columns(result))),
        write_whole(directory / REPLICATIONS, parquet_bytes(result.replications)),
        write_whole(directory / EQUILIBRIA, as_json(equilibria(result))),
        write_whole(directory / SUMMARY, as_json(summary(result))),
        *(
            write_whole(directory / BELIEFS, parquet_bytes(columns))
            for columns in [belief_columns(result)]
            if columns
        ),
    ]


def summary(result: ScenarioResult) -> dict[str, Any]:
    """Return what ``summary.json`` holds."""
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": result.scenario.name,
        "reading": result.scenario.reading,
        "seed": result.seed,
        "draws": result.draws,
        "replications": result.replications_per_draw,
        "horizon_months": result.horizon_months,
        "period_months": result.period_months,
        "strategies": dict(zip(result.scenario.actor_names, result.strategies, strict=True)),
        "outcomes": {name: _estimate(estimate) for name, estimate in result.estimates.items()},
        "path_classes": {name: _estimate(estimate) for name, estimate in result.path_classes.items()},
        "decomposition": {
            actor: {term: float(result.decomposition[k, number]) for k, term in enumerate(result.term_names)}
            for number, actor in enumerate(result.scenario.actor_names)
        },
        **_types(result),
        "notes": list(result.notes),
    }


def equilibria(result: ScenarioResult) -> dict[str, Any]:
    """Return what ``equilibria.json`` holds of a run."""
    found = equilibria_of(result.scenario, result.seed, result.stage, result.equilibrium)
    if result.cast is None or result.cast.certificate is None:
        return found
    certificate = result.cast.certificate
    return found | {
        "belief_equilibrium": {
            "points": list(certificate.points),
            "residual": certificate.residual.tolist(),
            "regret": certificate.regret.tolist(),
            "mismatch": certificate.mismatch.tolist(),
            "sweeps": certificate.sweeps.tolist(),
            "converged": [bool(each) for each in certificate.converged],
        }
    }


def equilibria_of(
    scenario: Scenario, seed: int, stage: StageGame, equilibrium: MarkovEquilibrium | None
) -> dict[str, Any]:
    """Return the stage game by draw and the Markov equilibrium's certificate, as JSON can hold them."""
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": scenario.name,
        "seed": seed,
        "stage_game": _stage(stage, scenario.actor_names),
        "markov": None if equilibrium is None else _markov(equilibrium),
    }


def outcome_columns(result: ScenarioResult) -> dict[str, Any]:
    """Return the columns of ``outcomes.parquet``: one row per draw and outcome."""
    names = list(result.outcomes_by_draw)
    draws = result.draws
    nothing = np.full(draws, np.nan)
    return {
        "draw": np.tile(np.arange(draws), len(names)),
        "outcome": np.repeat(names, draws),
        "unit": np.repeat([result.estimates[name].unit for name in names], draws),
        "estimate": np.concatenate([np.asarray(result.outcomes_by_draw[name], float) for name in names]),
        "exact": np.concatenate(
            [np.asarray(result.exact_by_draw.get(name, nothing), float) for name in names]
        ),
    }


def belief_columns(result: ScenarioResult) -> dict[str, Any]:
    """Return the columns of ``beliefs.parquet``: a row per fan and month; nothing where nobody has a secret."""
    if result.beliefs is None:
        return {}
    fans, months = result.beliefs.fans, result.beliefs.months
    columns: dict[str, Any] = {
        name: np.repeat([getattr(fan, name) for fan in fans], len(months))
        for name in ("actor", "believed", "true", "plays")
    }
    columns |= {"month": np.tile(months, len(fans)), "mean": np.concatenate([fan.mean for fan in fans])}
    for k, level in enumerate(result.beliefs.quantiles):
        columns[f"quantile_{level:g}"] = np.concatenate([fan.paths[:, k] for fan in fans])
    return columns


def _types(result: ScenarioResult) -> dict[str, Any]:
    """Return the mean prior of each type and how its strategy was found, where there are types."""
    cast = result.cast
    if cast is None or not cast.space.secret:
        return {}
    names = result.scenario.actor_names
    priors = {
        names[party]: dict(
            zip(cast.space.names[party], cast.space.priors[party].mean(axis=0).tolist(), strict=True)
        )
        for party in cast.space.secret
    }
    return {"types": {"priors": priors, "solution": cast.solution or None}}


def solution_as_mapping(solution: Solution) -> dict[str, Any]:
    """Return a solution with its certificate as JSON can hold it; a set of payoffs by its extreme points."""
    points = {"extreme_points": np.asarray(solution.payoffs).tolist()} if not solution.profiles else {}
    return {
        "concept": solution.concept,
        "method": solution.method,
        "status": solution.status.value,
        "complete": solution.complete.value,
        "degenerate": solution.degenerate,
        "selection": solution.selection,
        "second_opinion": _opinion(solution.extra.get("second_opinion")),
        "equilibria": [
            {
                "profile": [np.asarray(strategy).tolist() for strategy in profile],
                "payoffs": np.asarray(solution.payoffs)[k].tolist(),
                "regret": float(solution.regrets[k]),
            }
            for k, profile in enumerate(solution.profiles)
        ],
        **points,
    }


def as_json(content: Mapping[str, Any]) -> bytes:
    r"""Return `content` as JSON that any reader accepts: what is not finite becomes null.

    Examples
    --------
    >>> as_json({"median": float("nan")})
    b'{\n "median": null\n}\n'
    """
    return (json.dumps(_plain(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _stage(stage: StageGame, actors: tuple[str, ...]) -> dict[str, Any]:
    return {
        "plans": list(stage.plans),
        "actors": list(actors),
        "payoffs_axes": ["actor", "plan of the first party", "plan of the second party"],
        "mean_payoffs": stage.payoffs.mean(axis=0).tolist(),
        "central": solution_as_mapping(stage.central),
        "frequency_pure": stage.frequency.tolist(),
        "mixed_share": stage.mixed_share,
        "multiple_share": stage.multiple_share,
        "draws": [solution_as_mapping(solution) for solution in stage.equilibria],
    }


def _markov(equilibrium: MarkovEquilibrium) -> dict[str, Any]:
    return {
        "concept": "markov_logit",
        "rationality": equilibrium.rationality,
        "converged": np.asarray(equilibrium.converged).astype(bool).tolist(),
        "residual": equilibrium.residual.tolist(),
        "regret": equilibrium.regret.tolist(),
        "iterations": np.asarray(equilibrium.iterations).tolist(),
        "jumps": np.asarray(equilibrium.jumps).tolist(),
    }


def _estimate(estimate: Estimate) -> dict[str, Any]:
    fields = {
        "estimate": estimate.estimate,
        "standard_error": estimate.standard_error,
        "standard_error_dice": estimate.standard_error_dice,
        "low": estimate.low,
        "high": estimate.high,
        "epistemic_share": estimate.epistemic_share,
        "unit": estimate.unit,
    }
    return fields if estimate.exact is None else {**fields, "exact": estimate.exact}


def _plain(value: Any) -> Any:
    """Return `value` in JSON's own types."""
    match value:
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case np.ndarray():
            return _plain(value.tolist())
        case np.generic():
            return _plain(value.item())
        case float():
            return value if np.isfinite(value) else None
    return value


def parquet_bytes(columns: Mapping[str, Any]) -> bytes:
    """Return `columns` as a Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    buffer = BytesIO()
    table = pa.Table.from_arrays([_column(values) for values in columns.values()], names=list(columns))
    parquet.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _column(values: Any) -> Any:
    """Return a column of a table, from its bytes where it can be: the short way imports all of pandas."""
    import pyarrow as pa

    array = np.ascontiguousarray(values)
    if array.dtype.kind == "U":
        texts = [text.encode() for text in array.tolist()]
        ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        content = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(texts))]
        return pa.Array.from_buffers(pa.utf8(), len(texts), content)
    if array.dtype.kind in "iuf":
        return pa.Array.from_buffers(
            pa.from_numpy_dtype(array.dtype), len(array), [None, pa.py_buffer(array)]
        )
    return pa.array(array)


def _opinion(opinion: SecondOpinion | None) -> dict[str, Any] | None:
    """Return what nashpy says of the equilibria, None where it was not asked."""
    if opinion is None:
        return None
    return {
        "by": "nashpy support_enumeration",
        "confirmed": opinion.confirmed,
        "missed": opinion.missed,
        "surplus": len(opinion.surplus),
        "rejected": opinion.rejected,
        "error": opinion.error,
    }
