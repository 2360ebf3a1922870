"""Points of a study of a two-party repeated game: errors and payoffs are arrays, strategies and turns structures.

Payoffs only weigh the counts of joint actions, and errors only move thresholds, so that a batch is one call of the
compiled matches. All points share their dice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import FloatArray, IntArray
from sim.engine.match_batch import MatchCounts, play_match_points
from sim.strategies.textbook import by_name, seated
from sim.study.sweep.column import Column
from sim.study.sweep.names import ERROR, HALF, VARIANCE

SEATS = ("first", "second")
STRUCTURAL = ("match.first", "match.second", "match.turns")
ERRORS = tuple(f"match.execution_error_of.{seat}" for seat in SEATS)
CELLS = ((0, 0), (0, 1), (1, 0), (1, 1))
UNITS = {
    "payoff_first": "payoff units per turn",
    "payoff_second": "payoff units per turn",
    "cooperation_first": "share of turns",
    "cooperation_second": "share of turns",
    "mutual_cooperation": "share of turns",
    "mutual_defection": "share of turns",
}
"""Outcomes; cooperation is a player's first action, defection its second."""


def payoff_path(player: int, cell: tuple[int, int]) -> str:
    """Return the config path of one payoff.

    Examples
    --------
    >>> payoff_path(1, (0, 1))
    'game.payoffs.1.0.1'
    """
    return f"game.payoffs.{player}.{cell[0]}.{cell[1]}"


PAYOFFS = tuple(payoff_path(player, cell) for player in range(2) for cell in CELLS)


@dataclass(frozen=True, eq=False, kw_only=True)
class MatchPoints:
    """How the points of a study of a repeated game are evaluated.

    Attributes
    ----------
    columns : of the design; paths among ``STRUCTURAL``, ``ERRORS``, ``match.execution_error`` and ``PAYOFFS``
    numbers : every path -> what it holds where no column varies it
    seed : int, master seed
    replications : int, matches per point
    """

    columns: tuple[Column, ...]
    numbers: Mapping[str, Any]
    seed: int
    replications: int
    groups: int = field(default=1, init=False)
    parameters: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        mine = [column.path for column in self.columns]
        object.__setattr__(self, "parameters", (*mine, *(path for path in self.numbers if path not in mine)))

    @property
    def outcome_units(self) -> dict[str, str]:
        """Unit of every outcome."""
        return dict(UNITS)

    @property
    def schema(self) -> dict[str, str]:
        """Name and type of every column of the table, in order."""
        types = {"group": "int32"}
        types |= {path: "string" if path in STRUCTURAL[:2] else "double" for path in self.parameters}
        for name in UNITS:
            types |= dict.fromkeys((name, name + ERROR, name + VARIANCE, name + HALF), "double")
        return types

    def centre(self) -> dict[str, str]:
        """Return nothing: no point starts from another."""
        return {}

    def facts(self) -> dict[str, Any]:
        """Return everything that a number depends on apart from the design, as JSON can hold it."""
        return {
            "kind": "match",
            "numbers": dict(self.numbers),
            "seed": self.seed,
            "replications": self.replications,
        }

    def evaluate(self, values: FloatArray) -> dict[str, NDArray[Any]]:
        """Return the rows of points `values` [points, columns]."""
        table: dict[str, NDArray[Any]] = {"group": np.zeros(len(values), np.int32)}
        table |= {path: self._held(path, values) for path in self.parameters}
        errors = np.stack([table[path].astype(np.float64) for path in ERRORS], axis=1)
        structures = list(zip(*(table[path].tolist() for path in STRUCTURAL), strict=True))
        found = {name: np.empty((4, len(values))) for name in UNITS}
        payoffs = np.stack([table[path].astype(np.float64) for path in PAYOFFS], axis=1)
        for structure in dict.fromkeys(structures):
            first, second, turns = structure
            members = np.array([place for place, own in enumerate(structures) if own == structure])
            counts = play_match_points(
                seated(by_name(first), 0),
                seated(by_name(second), 1),
                errors[members],
                matches=self.replications,
                turns=int(turns),
                seed=self.seed,
            )
            for name, weights in _weights(payoffs[members]).items():
                found[name][:, members] = _estimate(counts, weights)
        for name, (estimate, error, variance, half) in found.items():
            table |= {name: estimate, name + ERROR: error, name + VARIANCE: variance, name + HALF: half}
        return table

    def _held(self, path: str, values: FloatArray) -> NDArray[Any]:
        """Return what `path` holds at each point; an error of both counts where no seat has its own."""
        mine = {column.path: place for place, column in enumerate(self.columns)}
        if path in ERRORS and path not in mine and self.numbers[path] is None:
            return self._held("match.execution_error", values)
        if path not in mine:
            kind = object if isinstance(self.numbers[path], str) else np.float64
            return np.full(len(values), self.numbers[path], dtype=kind)
        column, codes = self.columns[mine[path]], values[:, mine[path]]
        if not column.named:
            return codes
        return np.array([column.level_of(code) for code in codes], dtype=object)


def _weights(payoffs: FloatArray) -> dict[str, FloatArray]:
    """Return what a count of each joint action is worth to each outcome, [points, 4]."""
    fixed = {
        "cooperation_first": (1, 1, 0, 0),
        "cooperation_second": (1, 0, 1, 0),
        "mutual_cooperation": (1, 0, 0, 0),
        "mutual_defection": (0, 0, 0, 1),
    }
    weights = {name: np.tile(np.array(row, np.float64), (len(payoffs), 1)) for name, row in fixed.items()}
    return {"payoff_first": payoffs[:, :4], "payoff_second": payoffs[:, 4:], **weights}


def _estimate(counts: MatchCounts, weights: FloatArray) -> FloatArray:
    """Return estimate, standard error, variance of one match, and estimate from the first half, [4, points].

    Added up joint action by joint action, so that a point's bits do not depend on its company.
    """
    matches, turns = counts.matches, counts.turns
    estimate, half, second = np.zeros(len(weights)), np.zeros(len(weights)), np.zeros(len(weights))
    for i in range(4):
        estimate += weights[:, i] * _per_match(counts.sums[:, i], matches * turns)
        half += weights[:, i] * _per_match(counts.half[:, i], matches // 2 * turns)
        for j in range(i, 4):
            product = _per_match(counts.products[:, i, j], matches * turns * turns)
            second += (1.0 if i == j else 2.0) * weights[:, i] * weights[:, j] * product
    variance = np.maximum(second - estimate**2, 0.0)
    return np.stack([estimate, np.sqrt(variance / (matches - 1)), variance, half])


def _per_match(counts: IntArray, whole: int) -> FloatArray:
    shares: FloatArray = counts / float(whole)
    return shares
