"""Boxes in parameter space, and how well one describes a set of cases.

A case is a point with a *share* y in [0, 1]: whether the event happened there, or how probable it was. A box's
*density* is the mean share inside, its *coverage* the part of all shares that lies inside, its *support* the
part of all points.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import BoolArray, FloatArray
from sim.errors import ParameterError
from sim.games.reference_models.wilson import wilson_interval


@dataclass(frozen=True, kw_only=True)
class Box:
    """Restrictions of parameters: name -> (low, high), ends included; an end may be infinite."""

    limits: dict[str, tuple[float, float]]

    def holds(self, x: FloatArray, names: tuple[str, ...]) -> BoolArray:
        """Return whether each point of `x` [points, k] lies inside.

        Examples
        --------
        >>> Box(limits={"a": (0.5, np.inf)}).holds(np.array([[0.2], [0.7]]), ("a",)).tolist()
        [False, True]
        """
        inside = np.ones(len(x), dtype=bool)
        for name, (low, high) in self.limits.items():
            column = x[:, names.index(name)]
            inside &= (column >= low) & (column <= high)
        return inside


@dataclass(frozen=True, kw_only=True)
class BoxFit:
    """A box with its density, coverage and support.

    `density_low`, `density_high` is the 95 % interval of the density (Wilson's, with the shares as successes);
    `base` the mean share over all points; `points` how many were judged; `held_out` whether they are others than
    those in which the box was looked for.
    """

    box: Box
    density: float
    density_low: float
    density_high: float
    coverage: float
    support: float
    base: float
    points: int
    held_out: bool


def fit_of(
    box: Box, x: FloatArray, y: FloatArray, names: tuple[str, ...], *, held_out: bool = False
) -> BoxFit:
    """Return how well `box` describes the cases `y` [points] at `x` [points, k]."""
    inside = box.holds(x, names)
    count, total = int(inside.sum()), float(y.sum())
    hits = float(y[inside].sum())
    low, high = wilson_interval(round(hits), count) if count else (0.0, 1.0)
    return BoxFit(
        box=box,
        density=hits / count if count else 0.0,
        density_low=low,
        density_high=high,
        coverage=hits / total if total else 0.0,
        support=count / len(y),
        base=total / len(y),
        points=len(y),
        held_out=held_out,
    )


def checked_cases(
    x: FloatArray, y: FloatArray, names: tuple[str, ...], least: int
) -> tuple[FloatArray, FloatArray]:
    """Return the points without a failure, as arrays.

    Raises
    ------
    ParameterError
        If shapes do not fit, shares lie outside [0, 1], or fewer than `least` points are left.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.ndim != 2 or x.shape != (len(y), len(names)):
        raise ParameterError(f"x must be [{len(y)} points, {len(names)} parameters], got shape {x.shape}")
    whole = np.isfinite(y) & np.isfinite(x).all(axis=1)
    x, y = x[whole], y[whole]
    if len(y) < least:
        raise ParameterError(f"needs at least {least} points without a failure, got {len(y)}")
    if (y < -1e-9).any() or (y > 1 + 1e-9).any():
        raise ParameterError(f"shares must lie in [0, 1], got {y.min():g} to {y.max():g}")
    return x, np.clip(y, 0.0, 1.0)


def split_cases(
    x: FloatArray, y: FloatArray, seed: int, least: int
) -> tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray], bool]:
    """Return the cases to look in and those to judge by, and whether they differ.

    Half of the points are held out if each half has at least `least`; otherwise all are used twice.
    """
    if len(y) < 2 * least:
        return (x, y), (x, y), False
    order = np.random.default_rng(seed).permutation(len(y))
    search, judge = order[::2], order[1::2]
    return (x[search], y[search]), (x[judge], y[judge]), True
