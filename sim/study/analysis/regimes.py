"""Regime maps: an outcome over two parameters, with the analytic threshold where one is known."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.errors import ParameterError


@dataclass(frozen=True, eq=False, kw_only=True)
class Threshold:
    """A curve that theory draws: `label` with its source, and points (x, y) along it, [n] each."""

    label: str
    x: FloatArray
    y: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class RegimeMap:
    """Mean outcome by cell; cells are [rows along y, columns along x].

    Attributes
    ----------
    names : of the two parameters
    x_edges [columns + 1], y_edges [rows + 1]
    means [rows, columns] : NaN where no point lies
    errors [rows, columns] : standard error of the mean, of dice and of what else varies in the cell
    counts [rows, columns]
    threshold : the analytic one, or None
    """

    names: tuple[str, str]
    x_edges: FloatArray
    y_edges: FloatArray
    means: FloatArray
    errors: FloatArray
    counts: IntArray
    threshold: Threshold | None


def regime_map(
    x: FloatArray,
    y: FloatArray,
    outcome: FloatArray,
    names: tuple[str, str],
    *,
    errors: FloatArray | None = None,
    most_cells: int = 24,
    threshold: Threshold | None = None,
) -> RegimeMap:
    """Return the map of `outcome` [points] over parameters `x` and `y` [points].

    Each value of a parameter is a row or column of its own if there are at most `most_cells`, otherwise its
    range is cut into as many equal parts as leave ten points to a cell.

    Raises
    ------
    ParameterError
        If no point is whole, or a parameter does not vary.
    """
    x, y, outcome = (np.asarray(each, dtype=np.float64) for each in (x, y, outcome))
    whole = np.isfinite(outcome) & np.isfinite(x) & np.isfinite(y)
    if not whole.any():
        raise ParameterError("a regime map needs a point without a failure")
    x, y, outcome = x[whole], y[whole], outcome[whole]
    dice = np.zeros(len(outcome)) if errors is None else np.asarray(errors, dtype=np.float64)[whole]
    cells = max(min(most_cells, int(np.sqrt(len(outcome) / 10))), 2)
    x_edges, y_edges = (
        _edges(each, name, most_cells, cells) for each, name in ((x, names[0]), (y, names[1]))
    )
    columns, rows = len(x_edges) - 1, len(y_edges) - 1
    at = np.clip(np.searchsorted(x_edges, x, side="right") - 1, 0, columns - 1)
    at = at + columns * np.clip(np.searchsorted(y_edges, y, side="right") - 1, 0, rows - 1)
    counts = np.bincount(at, minlength=rows * columns)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.bincount(at, outcome, rows * columns) / counts
        spread = np.bincount(at, (outcome - means[at]) ** 2, rows * columns) / np.maximum(counts - 1, 1)
        within = np.bincount(at, dice**2, rows * columns) / counts**2
        error = np.sqrt(np.maximum(spread / counts, within))
    shape = (rows, columns)
    return RegimeMap(
        names=names,
        x_edges=sealed(x_edges),
        y_edges=sealed(y_edges),
        means=sealed(means.reshape(shape)),
        errors=sealed(error.reshape(shape)),
        counts=sealed(counts.reshape(shape), np.int64),
        threshold=threshold,
    )


def _edges(values: FloatArray, name: str, most: int, cells: int) -> FloatArray:
    """Return edges halfway between few values, or equal parts of the range of many."""
    levels = np.unique(values)
    if len(levels) < 2:
        raise ParameterError(f"a regime map needs {name} to vary, got {levels[0]:g} only")
    if len(levels) > most:
        return np.linspace(levels[0], levels[-1], cells + 1)
    middle = (levels[1:] + levels[:-1]) / 2
    return np.concatenate([[2 * levels[0] - middle[0]], middle, [2 * levels[-1] - middle[-1]]])
