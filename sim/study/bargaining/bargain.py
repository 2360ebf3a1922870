"""The study of deals: every package against no deal, the zone of agreement, and what holds over the draws."""

from collections.abc import Mapping, Sequence

import numpy as np

from sim.arrays import sealed
from sim.engine.options import EngineOptions, SolverOptions
from sim.study.bargaining.options import BargainOptions
from sim.study.bargaining.result import Assessed, Bargaining, Linkage
from sim.study.bargaining.steps import DealStudy
from sim.study.bargaining.worlds import (
    DealWorld,
)
from sim.study.bargaining.zone import Zone, without_issue
from sim.study.comparison.result import Change
from sim.study.progress import Progress

SECONDS_PER_SOLUTION = 7.0
"""Processor time of one package at one draw, graph and audit included; for what is said beforehand."""


def bargain(
    worlds: Sequence[DealWorld],
    changes: Mapping[str, tuple[Change, ...]],
    *,
    options: BargainOptions,
    engine: EngineOptions,
    solver: SolverOptions,
    progress: Progress,
    notes: Sequence[str] = (),
) -> Bargaining:
    """Return the study of `worlds`, of which the first is the scenario without any deal.

    Raises
    ------
    ParameterError
        If a player is no actor, the trigger is unknown, or no package is given.

    Notes
    -----
    Costs one equilibrium, exact chain and audit a package at the medians, and one of each a draw for no deal and
    each examined package. Threads share the work; no number depends on them.
    """
    study = DealStudy(worlds, options=options, engine=engine, solver=solver, progress=progress)
    disagreements = study.disagreements()
    deals = study.assess(changes, disagreements)
    gains = np.array([deal.gains[list(study.players)] for deal in deals])
    names = study.scenario.actor_names
    own = {names[k] for k in study.players}
    possible = np.array(
        [
            all(
                deal.gains[names.index(name)] >= -1e-9 for name in deal.package.signatories if name not in own
            )
            for deal in deals
        ]
    )
    zone = study.zone(gains, possible)
    examined = study.examined(zone, deals)
    deals = study.with_least_discount(deals, examined)
    return Bargaining(
        scenario=study.scenario,
        rationality=solver.rationality,
        seed=engine.seed,
        horizon_months=engine.horizon_months,
        deals=deals,
        zone=zone,
        players=study.players,
        disagreements=tuple(told for told, _ in disagreements),
        over_draws=study.over_draws(examined) if examined else (),
        linkages=_linkages(study, zone, deals),
        trigger=options.trigger,
        reversion_months=options.reversion_months,
        round_months=options.round_months,
        negotiation=study.negotiation(deals),
        notes=(*notes, *_notes(deals)),
    )


def _linkages(study: DealStudy, zone: Zone, deals: Sequence[Assessed]) -> tuple[Linkage, ...]:
    """Return, for each issue on the table, the zone without it and what that costs the players at Nash's point."""
    issues = {issue.name: issue.title for deal in deals for issue, _ in deal.package.terms}
    linkages = []
    for name, title in issues.items():
        touched = np.array([name in deal.package.issues for deal in deals])
        rest = study.zone(zone.gains, without_issue(zone, touched))
        linkages.append(
            Linkage(
                issue=name,
                title=title,
                zone=rest,
                loss=sealed(zone.nash.utilities - rest.nash.utilities),
            )
        )
    return tuple(linkages)


def _notes(deals: Sequence[Assessed]) -> list[str]:
    issues = {issue.name: issue for deal in deals for issue, _ in deal.package.terms}
    notes = [f"{issue.title}: {issue.caution}" for issue in issues.values() if issue.caution]
    lost = [deal.package.name for deal in deals if not deal.converged]
    if lost:
        notes.append(
            f"the equilibrium of {len(lost)} of {len(deals)} deals did not converge: {', '.join(lost)}"
        )
    notes += [f"{deal.package.name} was {deal.note}" for deal in deals if deal.note]
    return list(dict.fromkeys(notes))


__all__ = ["SECONDS_PER_SOLUTION", "bargain"]
