"""What each actor gained and lost, by named term: the answer to "why did they do that?"."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.arrays import FloatArray
from sim.report.labels import term_label, titles
from sim.report.numbers import fixed, signed
from sim.report.style import BLUE, GREY, INK, VERMILION, place
from sim.study.estimates import Z95
from sim.study.result import Estimate, ScenarioResult

SHOWN_TERMS = 8
"""Terms shown per actor; the others are added up."""

_ROW, _HEAD = 0.19, 0.4


def leading_terms(values: FloatArray, shown: int = SHOWN_TERMS) -> tuple[list[int], float]:
    """Return the numbers of the terms that weigh most, largest first, and the sum of the rest.

    A term below one hundredth of the largest is never shown.

    Examples
    --------
    >>> leading_terms(np.array([0.25, -2.0, 0.0, 0.5]), shown=2)
    ([1, 3], 0.25)
    """
    order = np.argsort(-np.abs(values), kind="stable")
    floor = 0.01 * np.abs(values).max(initial=0.0)
    leading = [int(k) for k in order[:shown] if abs(values[k]) > floor]
    return leading, float(values.sum() - values[leading].sum())


def draw_terms(axes: Axes, labels: Sequence[str], values: Sequence[float]) -> None:
    """Draw gains to the right (plain) and losses to the left (hatched), one row per term."""
    rows = np.arange(len(values))
    heights = np.asarray(values, dtype=np.float64)
    for chosen, colour, hatch in ((heights >= 0, BLUE, ""), (heights < 0, VERMILION, "//////")):
        axes.barh(rows[chosen], heights[chosen], height=0.72, color=colour, hatch=hatch, edgecolor="white")
    for row, value in enumerate(values):
        axes.annotate(
            signed(value),
            (value, row),
            xytext=(3 if value >= 0 else -3, 0),
            textcoords="offset points",
            ha="left" if value >= 0 else "right",
            va="center",
            fontsize=7.5,
        )
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(rows, labels)
    axes.set_ylim(len(values) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def payoff_height(result: ScenarioResult) -> float:
    """Return the height in inches that the decomposition of `result` needs."""
    return 0.98 + sum(_HEAD + _ROW * len(values) for _, values in _rows(result))


def payoff_figure(figure: Figure, result: ScenarioResult) -> None:
    """Place one panel per actor, all on one scale."""
    height = figure.get_figheight()
    reach = 1.22 * max(max(map(abs, values), default=0.0) for _, values in _rows(result)) or 1.0
    top = 0.22
    axes = None
    for actor, (labels, values) in enumerate(_rows(result)):
        tall = _ROW * len(values)
        axes = place(figure, 2.05, height - top - _HEAD - tall, 0.25, top + _HEAD)
        draw_terms(axes, labels, values)
        axes.set_xlim(-reach, reach)
        axes.grid(axis="x")
        title = f"{titles(result.scenario)[actor]}: {_total(result, actor)}"
        axes.text(
            -1.95 / 3.3, 1.0, title, transform=axes.transAxes, fontweight="bold", va="bottom", fontsize=9
        )
        top += _HEAD + tall
        if actor < len(titles(result.scenario)) - 1:
            axes.set_xticklabels([])
            axes.tick_params(axis="x", length=0)
            axes.spines["bottom"].set_visible(False)
    if axes is not None:
        axes.set_xlabel("mean discounted payoff units to the horizon", color=GREY)


def _rows(result: ScenarioResult) -> list[tuple[list[str], list[float]]]:
    rows = []
    for actor in range(result.decomposition.shape[1]):
        values = result.decomposition[:, actor]
        leading, rest = leading_terms(values)
        labels = [term_label(result.term_names[k]) for k in leading]
        amounts = [float(values[k]) for k in leading]
        if abs(rest) > 0.01 * max(map(abs, amounts), default=0.0):
            labels.append("all other terms")
            amounts.append(rest)
        rows.append((labels, amounts))
    return rows


def _total(result: ScenarioResult, actor: int) -> str:
    name = result.scenario.actor_names[actor]
    estimate: Estimate | None = result.estimates.get(f"payoff_{name}")
    total = fixed(float(result.decomposition[:, actor].sum()))
    if estimate is None or estimate.standard_error is None:
        return f"total {total}"
    return f"total {total} ± {fixed(Z95 * estimate.standard_error)}"
