"""PRIM, the patient rule induction method (Friedman & Fisher 1999): boxes in which an event is frequent.

Peeling: from the whole space, cut off the slice of about `peel` of the points at one end of one parameter whose
removal raises the density most, until less than `least_support` is left. The *trajectory* of boxes trades
coverage for density; the one with the largest support · (density - base) is chosen (the weighted relative
accuracy of Lavrač et al. 1999), and restrictions that chance explains are taken back (the quasi-p-value of
Bryant & Lempert 2010). A box is looked for in one half of the points and judged in the other, so that its
density is no promise of the search.
"""

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from sim.arrays import BoolArray, FloatArray
from sim.errors import ParameterError
from sim.study.analysis.box import Box, BoxFit, checked_cases, fit_of, split_cases

LEAST_POINTS = 40
SIGNIFICANT = 0.05


@dataclass(frozen=True, kw_only=True)
class Prim:
    """The chosen box and the trajectory that it was chosen from.

    Attributes
    ----------
    chosen : the box, judged
    p_values : name -> probability that its restriction raises the density as much by chance
    trajectory : every box of the peeling, judged on the same points
    event : what the shares are shares of
    """

    chosen: BoxFit
    p_values: dict[str, float]
    trajectory: tuple[BoxFit, ...]
    event: str


def prim(
    x: FloatArray,
    y: FloatArray,
    names: tuple[str, ...],
    *,
    event: str,
    peel: float = 0.05,
    least_support: float = 0.05,
    seed: int = 0,
) -> Prim:
    """Return the box that describes best where `event` happens.

    Parameters
    ----------
    x : [points, k] ; y : [points] shares in [0, 1], NaN where a point failed
    peel : share of the points cut off in one step
    least_support : share of the points at which peeling ends
    seed : of the split into halves

    Raises
    ------
    ParameterError
        If fewer than 40 points are left, the event happens everywhere or nowhere, or a share is illegal.

    Notes
    -----
    Costs O(points · k log points) a step, about 60 steps with 5 % peels.
    """
    if not (0 < peel < 0.5 and 0 < least_support < 1):
        raise ParameterError(f"peel must lie in (0, 0.5), support in (0, 1), got {peel:g}, {least_support:g}")
    x, y = checked_cases(x, y, names, LEAST_POINTS)
    if y.max() - y.min() < 1e-12:
        raise ParameterError(f"the event happens equally often at every point ({y.mean():g}): no box to find")
    (seek_x, seek_y), (judge_x, judge_y), held_out = split_cases(x, y, seed, LEAST_POINTS)
    boxes = _peel(seek_x, seek_y, names, peel, least_support)
    best = max(boxes, key=lambda box: _accuracy(fit_of(box, seek_x, seek_y, names)))
    best, p_values = _without_chance(best, seek_x, seek_y, names)
    return Prim(
        chosen=fit_of(best, judge_x, judge_y, names, held_out=held_out),
        p_values=p_values,
        trajectory=tuple(fit_of(box, judge_x, judge_y, names, held_out=held_out) for box in boxes),
        event=event,
    )


def _peel(
    x: FloatArray, y: FloatArray, names: tuple[str, ...], peel: float, least_support: float
) -> list[Box]:
    inside = np.ones(len(y), dtype=bool)
    limits: dict[str, tuple[float, float]] = {}
    boxes = [Box(limits={})]
    while True:
        best: tuple[float, BoolArray, str, tuple[float, float]] | None = None
        here = np.flatnonzero(inside)
        for i, name in enumerate(names):
            column = x[here, i]
            low, high = limits.get(name, (-np.inf, np.inf))
            for kept, ends in _slices(column, low, high, peel):
                if not least_support * len(y) <= kept.sum() < len(here):
                    continue
                density = float(y[here[kept]].mean())
                if best is None or density > best[0] + 1e-12:
                    best = density, kept, name, ends
        if best is None or best[0] <= y[here].mean() + 1e-12:
            return boxes
        _, kept, name, ends = best
        inside = np.zeros(len(y), dtype=bool)
        inside[here[kept]] = True
        limits = {**limits, name: ends}
        boxes.append(Box(limits=dict(limits)))


def _slices(
    column: FloatArray, low: float, high: float, peel: float
) -> list[tuple[BoolArray, tuple[float, float]]]:
    """Return what is kept and the new limits after cutting off the low end, and the high end.

    The cut stands halfway to the next value; of few values, one at a time is cut off.
    """
    values = np.sort(column)
    cuts = []
    step = max(int(peel * len(values)), 1)
    above = values[np.searchsorted(values, values[step - 1], side="right") :]
    if above.size:
        at = (values[len(values) - above.size - 1] + above[0]) / 2
        cuts.append((column > at, (float(at), high)))
    below = values[: np.searchsorted(values, values[-step], side="left")]
    if below.size:
        at = (below[-1] + values[below.size]) / 2
        cuts.append((column < at, (low, float(at))))
    return cuts


def _without_chance(
    box: Box, x: FloatArray, y: FloatArray, names: tuple[str, ...]
) -> tuple[Box, dict[str, float]]:
    """Take back, one at a time, the restriction that chance explains best; return the box with p-values."""
    while True:
        p_values = {name: _p_value(box, name, x, y, names) for name in box.limits}
        weakest = max(p_values, key=lambda name: p_values[name], default=None)
        if weakest is None or p_values[weakest] <= SIGNIFICANT:
            return box, p_values
        box = Box(limits={name: ends for name, ends in box.limits.items() if name != weakest})


def _p_value(box: Box, name: str, x: FloatArray, y: FloatArray, names: tuple[str, ...]) -> float:
    """Return how likely the box is as dense by chance if the restriction of `name` did nothing (normal tail)."""
    wider = Box(limits={other: ends for other, ends in box.limits.items() if other != name})
    cases = y[wider.holds(x, names)]
    inside = y[box.holds(x, names)]
    spread = cases.std() / sqrt(max(len(inside), 1))
    if spread == 0:
        return 1.0
    return 0.5 * erfc(float(inside.mean() - cases.mean()) / spread / sqrt(2))


def _accuracy(fit: BoxFit) -> float:
    return fit.support * (fit.density - fit.base)
