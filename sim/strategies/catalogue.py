"""Strategies by name: shipped ones, a user's own, and families with a number in their name.

The configs directory holds one YAML file per automaton; whoever reads the files hands their contents over as
`mappings`, name to content. Nothing is registered anywhere.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from sim.errors import ParameterError
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.profile import TreatyAutomaton
from sim.strategies.specification import AutomatonSpec, automaton_from_mapping
from sim.strategies.treaty_automaton import compile_automaton

PLANS = {"uphold": "always_uphold", "breach": "always_breach"}
"""Short names that plans of the stage game go by; every other plan is called as its automaton."""

TOLERANCE = re.compile(r"tolerance_([1-9]\d?)")
"""Names of the family of automata that leave after so many alarms, 1 to 99."""

Mappings = Mapping[str, Mapping[str, Any]]


def resolve(name: str, mappings: Mappings) -> AutomatonSpec:
    """Return the strategy called `name`.

    Raises
    ------
    ParameterError
        If there is none; the message lists the legal names. Or if its description is wrong.

    Examples
    --------
    >>> resolve("tolerance_2", {}).state_names
    ('alarms_0', 'alarms_1', 'spent')
    >>> resolve("tit_for_tat", {"grim_trigger": {}, "patient": {}})
    Traceback (most recent call last):
        ...
    sim.errors.ParameterError: strategy must be one of grim_trigger, patient, tolerance_<alarms>,
    got 'tit_for_tat'
    """
    called = PLANS.get(name, name) if name not in mappings else name
    if called in mappings:
        return automaton_from_mapping(mappings[called], called)
    family = TOLERANCE.fullmatch(called)
    if family:
        return automaton_from_mapping(tolerance(int(family.group(1))), called)
    legal = ", ".join([*sorted(mappings), "tolerance_<alarms>"])
    raise ParameterError(f"strategy must be one of {legal}, got {name!r}")


def compile_named(
    names: Sequence[str], graph: TreatyGraph, mappings: Mappings
) -> tuple[TreatyAutomaton | AutomatonSpec, ...]:
    """Return one strategy per role: its automaton, or its description where it must be solved for."""
    specs = [resolve(name, mappings) for name in names]
    return tuple(
        spec if spec.solved is not None else compile_automaton(spec, graph, actor)
        for actor, spec in enumerate(specs)
    )


def tolerance(alarms: int) -> dict[str, Any]:
    """Return the description of the automaton that leaves after so many alarms against the other party.

    Tolerance of `alarms` strikes multiplies the mean life of a treaty that is kept by as much.

    Examples
    --------
    >>> tolerance(1)["states"]["spent"]["course"]
    'breach'
    """
    if alarms < 1:
        raise ParameterError(f"a tolerance must be of at least 1 alarm, got {alarms}")
    steps = [*(f"alarms_{k}" for k in range(alarms)), "spent"]
    answer = [{"move": "accept"}]
    leave = [
        {"move": "withdraw", "when": {"phase": ["in_force", "ultimatum"]}},
        {"move": "suspend", "when": {"phase": "notice"}},
    ]
    return {
        "sentence": f"Upholds the treaty until {alarms} alarms were raised against the other, then leaves.",
        "source": "stylised, in the spirit of Langlois and Langlois on tolerance and Downs and Rocke (1990)",
        "states": {
            **{step: {"course": "uphold", "moves": answer} for step in steps[:-1]},
            "spent": {"course": "breach", "moves": leave},
        },
        "transitions": [
            {"from": before, "to": after, "on": ["alarm_other"]} for before, after in pairwise(steps)
        ],
    }
