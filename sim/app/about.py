"""What every number is: the parallel tree ``about`` of the configuration, made complete.

The unit, the source and the word `assumed` of the number at ``treaty.detection`` stand at
``about.treaty.detection``. A number that was set on the command line has that as its source, a weight that no
file mentions is zero because the actor has no stake in the term.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.errors import ParameterError
from sim.games.treaty.terms import TERMS
from sim.model.scenario import Scenario
from sim.model.treaty import BY_PARTY
from sim.model.uncertain import About

COMMAND_LINE = "command line"
NO_STAKE = "no stake in this term"


def about_of(
    tree: Mapping[str, Any], scenario: Scenario, command_line: Sequence[str] = ()
) -> dict[str, About]:
    """Return what every number of `scenario` is, by config path; further entries of `tree` are kept.

    Raises
    ------
    ParameterError
        If an entry lacks its unit or source, or a number has no entry.
    """
    entries = _entries(tree)
    given = _values_set_by(command_line)
    for path, value in scenario.numbers.items():
        if any(path == setting or path.startswith(f"{setting}.") for setting in given):
            entries[path] = About(_unit_of(path, entries), COMMAND_LINE)
        elif path not in entries and value == 0 and ".weights." in path:
            entries[path] = About(_unit_of(path, entries), NO_STAKE, assumed=True)
        elif path not in entries:
            raise ParameterError(
                f"about.{path} is missing: a number needs its unit and its source, or `assumed: true`"
            )
    return entries


def _entries(tree: Mapping[str, Any], path: str = "") -> dict[str, About]:
    entries: dict[str, About] = {}
    for key, node in tree.items():
        here = f"{path}.{key}" if path else str(key)
        if not isinstance(node, Mapping) or not node:
            raise ParameterError(f"about.{here} must hold unit, source and assumed, got {node!r}")
        if any(isinstance(value, Mapping) for value in node.values()):
            entries |= _entries(node, here)
        elif not {"unit", "source"} <= set(node) <= {"unit", "source", "assumed"}:
            raise ParameterError(
                f"about.{here} must hold unit, source and possibly assumed, got {', '.join(node)}"
            )
        else:
            entries[here] = About(str(node["unit"]), str(node["source"]), bool(node.get("assumed", False)))
    return entries


def _unit_of(path: str, entries: Mapping[str, About]) -> str:
    """Return the unit of a number that may have no entry of its own."""
    if path in entries:
        return entries[path].unit
    parent, _, name = path.rpartition(".")
    if parent.endswith(".weights"):
        return "payoff units per year" if TERMS.get(name, "").startswith("flow") else "payoff units"
    if parent.startswith("types."):
        return "factor" if parent.endswith(".scale") else "probability"
    group, _, mapping = parent.rpartition(".")
    return entries[f"{group}.{BY_PARTY[mapping]}"].unit


def _values_set_by(command_line: Sequence[str]) -> list[str]:
    """Return the paths of single values; a path without a dot names a group's file, not a value."""
    paths = [override.split("=", 1)[0].lstrip("+~") for override in command_line]
    return [path for path in paths if "." in path]
