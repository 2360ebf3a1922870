"""Verification: every reference model against its closed form, at published values and at random ones.

``verify()`` runs all subjects and returns their checks; a subject is a function without arguments that
returns checks, and one row of `SUBJECTS`.
"""

from collections.abc import Callable, Iterable
from importlib import import_module

from sim.errors import ParameterError
from sim.study.verification.check import Check

_PLACE = "sim.study.verification"
SUBJECTS: dict[str, str] = {  # name: "module:function"
    "AT-01": f"{_PLACE}.inspections:inspection",
    "AT-02": f"{_PLACE}.inspections:inspector_leadership",
    "AT-03": f"{_PLACE}.inspections:false_alarms",
    "AT-04": f"{_PLACE}.inspections:recursive",
    "AT-05": f"{_PLACE}.inspections:conditional",
    "AT-06": f"{_PLACE}.repetition:thresholds",
    "AT-07": f"{_PLACE}.repetition:imperfect_monitoring",
    "AT-08": f"{_PLACE}.repetition:tolerance",
    "AT-09": f"{_PLACE}.exits:notice",
    "AT-10": f"{_PLACE}.exits:escape",
    "AT-11": f"{_PLACE}.crises:reassurance",
    "AT-12": f"{_PLACE}.crises:doubts",
    "AT-13": f"{_PLACE}.crises:take_it_or_leave_it",
    "AT-14": f"{_PLACE}.crises:commitment",
    "AT-15": f"{_PLACE}.crises:audience",
    "AT-16": f"{_PLACE}.crises:quantal_crisis",
    "AT-17": f"{_PLACE}.dynamics:arms_race",
    "AT-18": f"{_PLACE}.exits:transparency_window",
    "AT-19": f"{_PLACE}.dynamics:conflict_graphs",
    "AT-20": f"{_PLACE}.dynamics:median",
    "AT-21": f"{_PLACE}.exits:outsider",
    "AT-22": f"{_PLACE}.crises:ultimatum",
    "AT-23": f"{_PLACE}.dynamics:honesty",
    "AT-24": f"{_PLACE}.dynamics:noise",
    "textbook": f"{_PLACE}.textbook:catalogue",
    "trap": f"{_PLACE}.textbook:lost_equilibrium",
}


def verify(subjects: Iterable[str] | None = None) -> tuple[Check, ...]:
    """Return the checks of `subjects`, by default of all.

    Parameters
    ----------
    subjects : names out of `SUBJECTS`, optional

    Raises
    ------
    ParameterError
        If a subject is unknown.

    Examples
    --------
    >>> all(check.passed for check in verify(["AT-05"]))
    True
    """
    names = list(SUBJECTS) if subjects is None else list(subjects)
    unknown = [name for name in names if name not in SUBJECTS]
    if unknown:
        raise ParameterError(f"subjects must be among {', '.join(SUBJECTS)}, got {', '.join(unknown)}")
    return tuple(check for name in names for check in _subject(name)())


def failures(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return the checks that did not pass."""
    return tuple(check for check in checks if not check.passed)


def _subject(name: str) -> Callable[[], tuple[Check, ...]]:
    module, function = SUBJECTS[name].split(":")
    found: Callable[[], tuple[Check, ...]] = getattr(import_module(module), function)
    return found
