"""What a number of a scenario may be, by its config path; and whether arrays can vary it."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from sim.errors import ParameterError
from sim.model.scenario import Scenario
from sim.model.treaty import BY_PARTY, CLOCKS, DOMAINS
from sim.model.uncertain import ANYTHING, DISCOUNT, PROBABILITY, Domain, Value, check_domain
from sim.strategies.textbook import by_name
from sim.study.sweep.column import Column
from sim.study.sweep.match_points import STRUCTURAL

*STRATEGIES, TURNS = STRUCTURAL


def numeric_paths(scenario: Scenario) -> frozenset[str]:
    """Return the paths of the numbers that can differ from point to point without another structure.

    Examples
    --------
    >>> from sim.app.build import load
    >>> paths = numeric_paths(load("inf_2019"))
    >>> "treaty.detection" in paths, "treaty.detection_of.usa" in paths, "treaty.notice_months" in paths
    (True, True, False)
    """
    of_one = {f"treaty.{name}.{party}" for name in BY_PARTY for party in scenario.party_names}
    return frozenset((scenario.numbers.keys() | of_one) - {f"treaty.{clock}" for clock in CLOCKS})


def structural_places(columns: Sequence[Column], scenario: Scenario) -> tuple[int, ...]:
    """Return the places of the columns that no array can vary: names, clocks, and what is no number of a treaty.

    Raises
    ------
    ParameterError
        If such a column has a distribution, or a number can leave its domain.
    """
    numeric, places = numeric_paths(scenario), []
    for place, column in enumerate(columns):
        if column.path in numeric:
            if column.named:
                raise ParameterError(
                    f"{column.path} must take numbers, got {', '.join(map(str, column.levels))}"
                )
            everything: tuple[Value, ...] = (column.law,) if column.law else tuple(map(float, column.levels))
            for value in everything:
                check_domain(value, column.path, _domain_of(column.path))
        elif column.law is not None:
            raise ParameterError(
                f"{column.path} must take a few values, because each needs a structure of its own, got {column.law}"
            )
        else:
            places.append(place)
    return tuple(places)


def check_match_columns(columns: Sequence[Column], known: Mapping[str, Any]) -> None:
    """Raise ParameterError if a column of a study of a repeated game is unknown or can leave its domain."""
    for column in columns:
        path = column.path
        if path not in known:
            raise ParameterError(f"{path} cannot vary in a study of a repeated game; {', '.join(known)} can")
        if column.named != (path in STRATEGIES):
            raise ParameterError(
                f"{path} must take {'names of strategies' if path in STRATEGIES else 'numbers'}"
            )
        if path in STRATEGIES:
            for level in column.levels:
                by_name(str(level))
        elif path == TURNS:
            if column.law is not None or any(float(turns) != int(float(turns)) for turns in column.levels):
                raise ParameterError(f"{path} must take a few whole numbers")
            check_domain(column.range[0], path, Domain(1, inf))
        elif path.startswith("match."):
            for end in column.range:
                check_domain(end, path, PROBABILITY)


def _domain_of(path: str) -> Domain:
    room, name, *_ = path.split(".")
    if room == "treaty":
        return DOMAINS[BY_PARTY.get(name, name)]
    return DISCOUNT if path.endswith(".discount") else ANYTHING
