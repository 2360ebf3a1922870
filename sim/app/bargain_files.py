"""The files of a study of deals: ``deals.parquet``, ``summary.json``, figures and the report.

They hold numbers only, no times and no paths, but for ``manifest.json``: the same seed gives the same bytes.
"""

from pathlib import Path
from typing import Any

import numpy as np

from sim.app.artifacts import SUMMARY, as_json, parquet_bytes
from sim.files import write_whole
from sim.report.provenance import Provenance
from sim.solvers.bargaining import Bargain
from sim.study.bargaining.result import Bargaining
from sim.study.bargaining.zone import Zone
from sim.study.stored_manifest import MANIFEST

DEALS = "deals.parquet"
SCHEMA_VERSION = 1


def write_bargaining(result: Bargaining, directory: Path, made: Provenance) -> None:
    """Write everything that a study of deals leaves behind, the manifest last."""
    from sim.report.bargaining import write_bargaining_report

    write_whole(directory / DEALS, parquet_bytes(deal_columns(result)))
    write_whole(directory / SUMMARY, as_json(summary(result)))
    write_bargaining_report(result, directory, made)
    write_whole(directory / MANIFEST, as_json(made.manifest))


def deal_columns(result: Bargaining) -> dict[str, Any]:
    """Return the columns of ``deals.parquet``: one row per package, no deal first.

    Shares over the draws stand where a package was examined there, NaN elsewhere.
    """
    zone, deals = result.zone, result.deals
    over = {each.package.name: each for each in result.over_draws}

    def share(name: str, values: str) -> float:
        return float(np.mean(getattr(over[name], values))) if name in over else float("nan")

    names = [deal.package.name for deal in deals]
    columns: dict[str, Any] = {
        "deal": names,
        "issues": [len(deal.package.terms) for deal in deals],
        "signatories": [",".join(deal.package.signatories) for deal in deals],
    }
    for k, actor in enumerate(result.scenario.actor_names):
        columns[f"gain_{actor}"] = [deal.gains[k] for deal in deals]
        columns[f"payoff_{actor}"] = [deal.payoffs[k] for deal in deals]
    columns |= {
        "collapse_probability": [deal.collapse for deal in deals],
        "individually_rational": [deal.consented for deal in deals],
        "robustly_rational": [deal.robustly for deal in deals],
        "in_zone": zone.rational.tolist(),
        "efficient": zone.efficient.tolist(),
        "self_enforcing": [deal.enforced for deal in deals],
        "slack": [np.nan if deal.enforcement is None else deal.enforcement.slack for deal in deals],
        "least_discount": [np.nan if deal.least_discount is None else deal.least_discount for deal in deals],
        "nash": zone.nash.lottery.tolist(),
        "kalai_smorodinsky": zone.kalai_smorodinsky.lottery.tolist(),
        "share_rational": [share(name, "consented") for name in names],
        "share_self_enforcing": [share(name, "enforced") for name in names],
        "collapse_over_draws": [share(name, "collapse") for name in names],
        "converged": [deal.converged for deal in deals],
        "regret": [deal.regret for deal in deals],
        "public_states": [deal.states for deal in deals],
    }
    return columns


def summary(result: Bargaining) -> dict[str, Any]:
    """Return what ``summary.json`` holds."""
    names = [deal.package.name for deal in result.deals]
    actors = result.scenario.actor_names
    zone = result.zone
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": result.scenario.name,
        "reading": result.scenario.reading,
        "seed": result.seed,
        "rationality": result.rationality,
        "horizon_months": result.horizon_months,
        "players": [actors[k] for k in result.players],
        "deals": len(names) - 1,
        "in_zone": int(zone.rational[1:].sum()),
        "efficient": [names[k] for k in np.flatnonzero(zone.efficient)],
        "self_enforcing": [deal.package.name for deal in result.deals if deal.enforced],
        "trigger": list(result.trigger),
        "reversion_months": result.reversion_months,
        "disagreements": [
            {
                "start": each.start,
                "payoffs": dict(zip(actors, each.payoffs.tolist(), strict=True)),
                "collapse_probability": each.collapse,
                "residual": each.residual,
                "regret": each.regret,
                "converged": each.converged,
            }
            for each in result.disagreements
        ],
        "solutions": {
            "nash": _chosen(zone.nash, names),
            "kalai_smorodinsky": _chosen(zone.kalai_smorodinsky, names),
            "nash_pure": _chosen(zone.nash_pure, names),
            "kalai_smorodinsky_pure": _chosen(zone.kalai_smorodinsky_pure, names),
            "alternating_offers": _offers(result, zone, names),
        },
        "linkage": {
            each.issue: {
                "nash_without": each.zone.nash.utilities.tolist(),
                "loss": each.loss.tolist(),
                "in_zone_without": int(each.zone.rational[1:].sum()),
            }
            for each in result.linkages
        },
        "over_draws": {
            each.package.name: {
                "draws": len(each.collapse),
                "share_rational": float(each.consented.mean()),
                "share_self_enforcing": float(each.enforced.mean()),
                "collapse_probability": float(each.collapse.mean()),
                "gains": dict(zip(actors, each.gains.mean(axis=0).tolist(), strict=True)),
                "converged": int(each.converged.sum()),
            }
            for each in result.over_draws
        },
        "negotiation": _negotiation(result),
        "notes": list(result.notes),
    }


def _negotiation(result: Bargaining) -> dict[str, Any] | None:
    found = result.negotiation
    if found is None:
        return None
    actors = result.scenario.actor_names
    return {
        "issuer": actors[found.issuer],
        "deals": [deal.package.name for deal in found.deals],
        "shares": found.shares.tolist(),
        "collapse_without": found.collapse,
        "exchanges": [
            {
                "strategies": dict(zip((actors[k] for k in result.players), each.strategies, strict=True)),
                "agreed": None if each.agreed is None else found.deals[each.agreed].package.name,
                "offers": [
                    {
                        "proposer": actors[result.players[offer.proposer]],
                        "deal": found.deals[offer.package].package.name,
                        "demand": offer.demand,
                    }
                    for offer in each.offers
                ],
                "collapse_probability": each.collapse,
            }
            for each in found.exchanges
        ],
    }


def _chosen(found: Bargain, names: list[str]) -> dict[str, Any]:
    return {
        "gains": found.utilities.tolist(),
        "lottery": {names[k]: float(found.lottery[k]) for k in np.flatnonzero(found.lottery)},
        "ties": [names[k] for k in found.ties],
        "gap": found.gap,
        "agreement": found.agreement,
    }


def _offers(result: Bargaining, zone: Zone, names: list[str]) -> list[dict[str, Any]]:
    actors = result.scenario.actor_names
    return [
        {
            "round": number,
            "month": number * result.round_months,
            "proposer": actors[result.players[each.proposer]],
            "proposals": [names[k] for k in each.proposals],
            "accepted": int(each.accepted.sum()),
            "gains": each.values.tolist(),
        }
        for number, each in enumerate(zone.rounds)
    ]
