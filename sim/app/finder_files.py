"""The files of the deal finder: ``summary.json``, ``deals.parquet``, a figure and the report."""

from pathlib import Path
from typing import Any

import numpy as np

from sim.app.artifacts import SUMMARY, as_json, parquet_bytes
from sim.app.bargain_files import DEALS, SCHEMA_VERSION
from sim.files import write_whole
from sim.report.provenance import Provenance
from sim.study.bargaining.found import Alive, Bought, Found
from sim.study.stored_manifest import MANIFEST


def write_found(found: Found, directory: Path, made: Provenance) -> None:
    """Write everything that the deal finder leaves behind, the manifest last."""
    from sim.report.finder import write_finder_report

    write_whole(directory / SUMMARY, as_json(summary(found)))
    write_whole(directory / DEALS, parquet_bytes(columns(found)))
    write_finder_report(found, directory, made)
    write_whole(directory / MANIFEST, as_json(made.manifest))


def columns(found: Found) -> dict[str, Any]:
    """Return the columns of ``deals.parquet``: what was evaluated afresh, one row per draw of the other seed."""
    rows: list[tuple[str, Alive]] = [("no_deal", found.fresh_without)]
    if found.change is not None and found.change.fresh is not None:
        name = ",".join(
            f"{lever.path}={value:g}"
            for lever, value in zip(found.change.levers, found.change.values, strict=True)
        )
        rows.append((name, found.change.fresh))
    rows += [(each.package.name, each.fresh) for each in found.bought if each.fresh is not None]
    draws = found.draws
    return {
        "deal": np.repeat([name for name, _ in rows], draws),
        "draw": np.tile(np.arange(draws), len(rows)),
        "alive_probability": np.concatenate([alive.by_draw for _, alive in rows]),
    }


def summary(found: Found) -> dict[str, Any]:
    """Return what ``summary.json`` holds."""
    actors = found.scenario.actor_names
    change = found.change
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": found.scenario.name,
        "reading": found.scenario.reading,
        "seed": found.seed,
        "draws": found.draws,
        "target": found.target,
        "horizon_months": found.horizon_months,
        "without": _alive(found.without),
        "without_afresh": _alive(found.fresh_without),
        "change": None
        if change is None
        else {
            "reaches_target": found.change_reached,
            "set": {lever.path: v for lever, v in zip(change.levers, change.values, strict=True)},
            "present": {lever.path: v for lever, v in zip(change.levers, change.present, strict=True)},
            "steps": change.distance,
            "searched": _alive(change.searched),
            "afresh": _alive(change.fresh),
        },
        "cheapest": {actors[player]: _package(each, actors) for player, each in found.cheapest.items()},
        "closest_package": None if found.closest is None else _package(found.closest, actors),
        "screened": found.screened,
        "solutions": found.solutions,
        "notes": list(found.notes),
    }


def _package(each: Bought, actors: tuple[str, ...]) -> dict[str, Any]:
    return {
        "deal": each.package.name,
        "gains": dict(zip(actors, each.gains.tolist(), strict=True)),
        "individually_rational": each.consented,
        "searched": _alive(each.searched),
        "afresh": _alive(each.fresh),
    }


def _alive(alive: Alive | None) -> dict[str, float | None] | None:
    if alive is None:
        return None
    return {"estimate": alive.mean, "low": alive.low, "high": alive.high, "suspended": alive.suspended}
