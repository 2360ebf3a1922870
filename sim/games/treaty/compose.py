"""From a scenario to the treaty game: names become roles, months become periods, draws become arrays.

The only place where the vocabulary of the model (actors, months, paths) and that of the game (roles, periods,
arrays) meet.
"""

from collections.abc import Mapping
from dataclasses import fields
from math import ceil
from typing import TypeVar

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError
from sim.games.treaty.numbers import PROBABILITIES, RATES, TreatyParameters
from sim.games.treaty.rules import Rules, Start
from sim.games.treaty.terms import TERMS
from sim.model.scenario import Scenario

Entry = TypeVar("Entry")

BOTH = ("detection", "false_alarm")
"""Signal probabilities, which may differ between the parties."""


def rules_of(scenario: Scenario) -> tuple[Rules, tuple[str, ...]]:
    """Return the structural facts of a scenario, and warnings about clocks that had to be rounded.

    A clock that is not a whole number of periods is rounded up; one shorter than half a period is refused.

    Raises
    ------
    ParameterError
        If a name is not a party, a clock is too short, or the start contradicts the components.
    """
    notice, notice_warnings = _periods(scenario, "notice_months")
    ultimatum, ultimatum_warnings = _periods(scenario, "ultimatum_months")
    components = scenario.components
    defaults = Rules()
    parties = scenario.party_names
    try:
        rules = Rules(
            ultimatum_periods=ultimatum,
            notice_periods=notice,
            evidence_levels=_pair(
                components.evidence_levels, defaults.evidence_levels, parties, "components.evidence_levels"
            ),
            openness=_pair(components.openness, defaults.openness, parties, "components.openness"),
            ultimatums=_pair(components.ultimatums, defaults.ultimatums, parties, "components.ultimatums"),
            suspension=components.suspension,
            sanctions=components.sanctions,
            invitation=components.invitation,
            restoration=components.restoration,
            offer_terms=components.offer_terms,
            deployments=_pair(
                components.deployments, defaults.deployments, parties, "components.deployments"
            ),
            deployment_levels=components.deployment_levels,
            consent=components.consent,
            europe_closed=components.europe_closed,
            outsider_levels=components.outsider_levels,
            climate=components.climate,
            review=components.review,
            space=components.space,
            start=_start_of(scenario),
        )
    except ParameterError as error:
        raise ParameterError(str(error).replace("rules.", "components.")) from None
    return rules, (*notice_warnings, *ultimatum_warnings)


def parameters_of(scenario: Scenario, values: Mapping[str, FloatArray]) -> TreatyParameters:
    """Return the parameters of the treaty game in each draw.

    `values` maps config paths to numbers [draws], as ``Scenario.values`` returns them.

    Raises
    ------
    ParameterError
        If a weight belongs to no payoff term, or in some draw a party's breach is less likely to raise an
        alarm than its compliance.
    """
    draws = len(values["treaty.detection"])
    signals = {name: _by_party(scenario, values, name) for name in BOTH}
    weak = signals["detection"] < signals["false_alarm"]
    if weak.any():
        draw, party = (int(k) for k in np.argwhere(weak)[0])
        raise ParameterError(
            f"treaty.detection must be at least treaty.false_alarm for each party, got "
            f"{signals['detection'][draw, party]:.4g} < {signals['false_alarm'][draw, party]:.4g} for "
            f"{scenario.party_names[party]} in draw {draw}"
        )
    singles = {
        name: np.asarray(values[f"treaty.{name}"]) for name in (*PROBABILITIES, *RATES) if name not in BOTH
    }
    discount = np.stack([values[f"actors.{name}.discount"] for name in scenario.actor_names], axis=1)
    return TreatyParameters(
        period_years=scenario.treaty.period_months / 12,
        discount=discount,
        weights=_weights(scenario, values, draws),
        **signals,
        **singles,
    )


def _weights(scenario: Scenario, values: Mapping[str, FloatArray], draws: int) -> FloatArray:
    weights = np.zeros((draws, len(TERMS), len(scenario.actors)))
    for number, actor in enumerate(scenario.actors):
        unknown = [term for term in actor.weights if term not in TERMS]
        if unknown:
            raise ParameterError(
                f"actors.{actor.name}.weights.{unknown[0]} is no payoff term; "
                f"the terms are {', '.join(TERMS)}"
            )
        for k, term in enumerate(TERMS):
            if term in actor.weights:
                weights[:, k, number] = values[f"actors.{actor.name}.weights.{term}"]
    return weights


def _by_party(scenario: Scenario, values: Mapping[str, FloatArray], name: str) -> FloatArray:
    return np.stack(
        [values.get(f"treaty.{name}_of.{party}", values[f"treaty.{name}"]) for party in scenario.party_names],
        axis=1,
    )


def _periods(scenario: Scenario, clock: str) -> tuple[int, tuple[str, ...]]:
    months, period = getattr(scenario.treaty, clock), scenario.treaty.period_months
    exact = months / period
    if exact < 0.5:
        raise ParameterError(
            f"treaty.{clock} must be at least half of treaty.period_months ({period:g}), got {months:g}"
        )
    whole = ceil(exact - 1e-9)  # 2 months are 4 half months, whatever the division says
    if abs(whole - exact) <= 1e-9:
        return whole, ()
    return whole, (
        f"treaty.{clock} = {months:g} is not a whole number of periods of {period:g} months: "
        f"rounded up to {whole * period:g}",
    )


def _start_of(scenario: Scenario) -> Start:
    start, parties = scenario.start, scenario.party_names
    if start.who is not None and start.who not in parties:
        raise ParameterError(f"start.who must be one of {', '.join(parties)}, got {start.who!r}")
    first, second = parties
    places = (f"{first}_europe", f"{first}_asia", f"{second}_europe")
    unknown = [place for place in start.deployed if place not in places]
    if unknown:
        raise ParameterError(f"start.deployed.{unknown[0]} is no place; the places are {', '.join(places)}")
    top = _pair(
        scenario.components.evidence_levels, Rules().evidence_levels, parties, "components.evidence_levels"
    )
    evidence = _pair(start.evidence, (0, 0), parties, "start.evidence")
    for party, level, highest in zip(parties, evidence, top, strict=True):  # as in Rules, which has no names
        if not 0 <= level <= highest:
            raise ParameterError(f"start.evidence.{party} must lie in 0..{highest}, got {level}")
    given = {
        "phase": start.phase,
        "who": None if start.who is None else parties.index(start.who),
        "evidence": evidence,
        "sanctioned": _pair(start.sanctioned, (False, False), parties, "start.sanctioned"),
        "deployed": tuple(start.deployed.get(place, 0) for place in places),
        "outsider_level": start.outsider_level,
        "outsider_bound": start.outsider_bound,
        "toxic": start.toxic,
        "review_near": start.review_near,
    }
    assert set(given) == {part.name for part in fields(Start)}
    return Start(**given)  # type: ignore[arg-type]


def _pair(
    given: Mapping[str, Entry], default: tuple[Entry, Entry], parties: tuple[str, str], path: str
) -> tuple[Entry, Entry]:
    unknown = [name for name in given if name not in parties]
    if unknown:
        raise ParameterError(f"{path}.{unknown[0]}: must name a party, one of {', '.join(parties)}")
    first, second = (given.get(name, value) for name, value in zip(parties, default, strict=True))
    return first, second
