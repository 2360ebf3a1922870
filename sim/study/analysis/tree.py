"""A small regression tree (Breiman et al. 1984): the space cut into few boxes by what tells cases apart best.

At each node the cut is taken that lowers the sum of squared deviations of the shares most (for events that
happen or not that is Gini's criterion); it stops at `depth`, at `least_support` of the points, or where no cut
lowers it. The tree is grown in one half of the points and judged in the other.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError
from sim.study.analysis.box import Box, BoxFit, checked_cases, fit_of, split_cases

LEAST_POINTS = 40


@dataclass(frozen=True, kw_only=True)
class Tree:
    """The leaves of a tree, densest first, each judged; `explained` is the share of variance that they tell.

    `order` names the parameters by how much their cuts explain, `gains` the shares of the variance in which
    they do (in the half in which the tree was grown).
    """

    leaves: tuple[BoxFit, ...]
    order: tuple[str, ...]
    gains: tuple[float, ...]
    explained: float
    event: str


def tree(
    x: FloatArray,
    y: FloatArray,
    names: tuple[str, ...],
    *,
    event: str,
    depth: int = 3,
    least_support: float = 0.05,
    seed: int = 0,
) -> Tree:
    """Return the tree of shares `y` [points] at `x` [points, k].

    Raises
    ------
    ParameterError
        If fewer than 40 points are left or a share is illegal.

    Notes
    -----
    Costs O(k points log points) for each level.
    """
    if depth < 1:
        raise ParameterError(f"depth must be at least 1, got {depth}")
    x, y = checked_cases(x, y, names, LEAST_POINTS)
    (grow_x, grow_y), (judge_x, judge_y), held_out = split_cases(x, y, seed, LEAST_POINTS)
    gains: dict[str, float] = {}
    least = max(int(least_support * len(grow_y)), 2)
    boxes = _grown(grow_x, grow_y, names, Box(limits={}), depth, least, gains)
    leaves = [fit_of(box, judge_x, judge_y, names, held_out=held_out) for box in boxes]
    total = float(((grow_y - grow_y.mean()) ** 2).sum())
    ranked = sorted(gains.items(), key=lambda item: -item[1])
    unexplained = sum(
        float(((inside - inside.mean()) ** 2).sum())
        for box in boxes
        if (inside := judge_y[box.holds(judge_x, names)]).size
    )
    spread = float(((judge_y - judge_y.mean()) ** 2).sum())
    return Tree(
        leaves=tuple(sorted(leaves, key=lambda leaf: -leaf.density)),
        order=tuple(name for name, _ in ranked),
        gains=tuple(gain / total for _, gain in ranked),
        explained=1 - unexplained / spread if spread else 0.0,
        event=event,
    )


def _grown(
    x: FloatArray,
    y: FloatArray,
    names: tuple[str, ...],
    box: Box,
    depth: int,
    least: int,
    gains: dict[str, float],
) -> list[Box]:
    cut = _best_cut(x, y, least) if depth else None
    if cut is None:
        return [box]
    gain, column, at = cut
    name = names[column]
    gains[name] = gains.get(name, 0.0) + gain
    low, high = box.limits.get(name, (-np.inf, np.inf))
    left = x[:, column] <= at
    sides = ((left, (low, at)), (~left, (float(np.nextafter(at, np.inf)), high)))
    leaves = []
    for side, ends in sides:
        part = Box(limits={**box.limits, name: ends})
        leaves += _grown(x[side], y[side], names, part, depth - 1, least, gains)
    return leaves


def _best_cut(x: FloatArray, y: FloatArray, least: int) -> tuple[float, int, float] | None:
    """Return (gain, column, threshold) of the cut that lowers squared deviations most, None if none does."""
    count = len(y)
    if count < 2 * least:
        return None
    best: tuple[float, int, float] | None = None
    left_count = np.arange(1, count)
    for column in range(x.shape[1]):
        order = np.argsort(x[:, column], kind="stable")
        values, shares = x[order, column], y[order]
        left_sum = shares.cumsum()[:-1]
        total = shares.sum()
        gain = left_sum**2 / left_count + (total - left_sum) ** 2 / (count - left_count) - total**2 / count
        legal = (values[1:] > values[:-1]) & (left_count >= least) & (count - left_count >= least)
        gain = np.where(legal, gain, -np.inf)
        at = int(gain.argmax())
        if gain[at] > 1e-9 and (best is None or gain[at] > best[0] + 1e-12):
            best = float(gain[at]), column, float((values[at] + values[at + 1]) / 2)
    return best
