"""Names of configs that pages offer."""

from sim.app.config_dir import config_dir

ROBOTS = ("", "equilibrium", "tit_for_tat", "grim_trigger", "always_uphold", "always_breach", "patient")
"""Strategies of empty seats; the first leaves the scenario's own."""


def names_of(group: str, first: str) -> list[str]:
    """Return the names of a group of configs, `first` before all others."""
    found = sorted(path.stem for path in (config_dir() / group).glob("*.yaml"))
    return [first, *(name for name in found if name != first)]
