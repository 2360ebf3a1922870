"""Figures of a comparison: differences with their intervals, regret across readings, survival."""

from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.arrays import FloatArray
from sim.report.calendar_axis import draw_calendar
from sim.report.comparison_words import comparison_label, title_of
from sim.report.labels import sentence_case
from sim.report.numbers import fixed
from sim.report.style import BLUE, GREY, INK, RULE, VERMILION, place
from sim.study.comparison.paired import direction
from sim.study.comparison.result import BASELINE, Comparison, RegretMatrix, Row

PANELS = ("collapse_probability", "months_to_collapse", "payoff_joint")
ROW_HEIGHT = 0.27
"""Inches for each policy."""

LEAST_SPAN = 0.01
"""No axis of differences is narrower: rounding must not look like an effect."""

LABELS_WIDTH = 2.15
"""Inches for the names of policies."""


def draw_differences(axes: Axes, rows: list[Row], better: int) -> None:
    """Draw each row's difference to the baseline with its interval, one below the other.

    A filled circle marks an interval that leaves out zero: blue where that is better, vermilion where worse;
    an open grey one an interval that does not.
    """
    scale = 100 if rows[0].unit == "probability" else 1
    axes.axvline(0, color=INK, linewidth=0.8)
    for k, row in enumerate(rows):
        if row.difference is None:
            continue
        middle = scale * row.difference
        sure = row.low is not None and row.high is not None and (row.low > 0 or row.high < 0)
        colour = GREY if not sure else BLUE if middle * better > 0 else VERMILION
        if row.low is not None and row.high is not None:
            axes.plot([scale * row.low, scale * row.high], [k, k], color=colour, linewidth=1.6)
        axes.plot(middle, k, "o", markersize=5, color=colour, markerfacecolor=colour if sure else "white")
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.locator_params(axis="x", nbins=3)
    left, right = axes.get_xlim()
    if right - left < LEAST_SPAN:
        axes.set_xlim(-LEAST_SPAN, LEAST_SPAN)


def differences_figure(figure: Figure, result: Comparison) -> None:
    """Place one panel per main outcome on `figure`, policies by rank."""
    width = float(figure.get_size_inches()[0])
    names = [name for name in result.ranking.order if name != BASELINE]
    panel = (width - LABELS_WIDTH - 0.1) / len(PANELS)
    for k, outcome in enumerate(PANELS):
        rows = [result.row(name, outcome) for name in names]
        left = LABELS_WIDTH + k * panel
        axes = place(figure, left, 0.62, width - left - panel + 0.18, 0.72)
        draw_differences(axes, rows, direction(outcome))
        unit = "percentage points" if rows[0].unit == "probability" else rows[0].unit
        axes.set_xlabel(unit)
        axes.set_title(_wrapped(sentence_case(comparison_label(outcome, result)), 16), fontsize=8.5)
        axes.set_yticklabels([title_of(name, result) for name in names] if k == 0 else [])


def draw_regret(axes: Axes, matrix: RegretMatrix, titles: list[str], order: list[int]) -> None:
    """Draw the regret matrix as a heat map with its numbers, rows in the given order, the worst at the right."""
    values = np.column_stack([matrix.regret, matrix.worst])[order]
    scale = 100 if matrix.unit == "probability" else 1
    axes.imshow(values, cmap="Blues", aspect="auto", vmin=0, vmax=max(float(values.max()), 1e-9))
    for (row, column), value in np.ndenumerate(values):
        dark = value > max(0.6 * float(values.max()), 1e-9)
        axes.text(
            column,
            row,
            fixed(scale * float(value), 1 if scale == 100 else 2),
            ha="center",
            va="center",
            fontsize=8,
            color="white" if dark else INK,
            fontweight="bold" if column == values.shape[1] - 1 else "normal",
        )
    axes.axvline(values.shape[1] - 1.5, color="white", linewidth=3)
    axes.set_xticks(range(values.shape[1]), [*matrix.readings, "worst"])
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(order)), [titles[k] for k in order])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def regret_figure(figure: Figure, result: Comparison) -> None:
    """Place the two regret matrices on `figure`, policies with the smallest worst regret first."""
    width = float(figure.get_size_inches()[0])
    titles = [title_of(name, result) for name in result.regret.policies]
    order = [int(k) for k in result.regret.worst.argsort(kind="stable")]
    half = (width - LABELS_WIDTH) / 2
    for k, matrix in enumerate((result.regret, result.payoff_regret)):
        left = LABELS_WIDTH + k * half
        axes = place(figure, left, 0.3, width - left - half + 0.12, 1.2)
        draw_regret(axes, matrix, titles if k == 0 else [""] * len(titles), order)
        unit = "percentage points" if matrix.unit == "probability" else matrix.unit
        axes.set_title(
            f"{sentence_case(comparison_label(matrix.outcome, result))}\n({unit})", fontsize=8.5, pad=6
        )
        axes.tick_params(axis="x", labelsize=7.5)
        for label in axes.get_xticklabels():
            label.set(rotation=40, ha="left", rotation_mode="anchor")


def draw_survivals(
    axes: Axes,
    curves: dict[str, FloatArray],
    period_months: float,
    highlighted: dict[str, tuple[str, str, str]],
) -> None:
    """Draw survival curves name -> [T + 1]; `highlighted` maps names to colour, line style and label."""
    for name, curve in curves.items():
        months = period_months * np.arange(len(curve))
        if name not in highlighted:
            axes.plot(months, curve, color=RULE, linewidth=1.0, zorder=1)
    for name, (colour, line, label) in highlighted.items():
        curve = curves[name]
        axes.plot(period_months * np.arange(len(curve)), curve, color=colour, linestyle=line, label=label)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.set_ylabel("plays in which it has not ended")
    axes.grid(axis="y")
    axes.legend(loc="upper right")


def survivals_figure(figure: Figure, result: Comparison) -> None:
    """Place the survival under every policy on `figure`: baseline, best and worst told apart, others grey."""
    axes = place(figure, 0.75, 0.75, 0.42, 0.5)
    curves = {
        policy.name: result.evaluations[policy.name, result.reading].survival.mean(axis=0)
        for policy in result.policies
    }
    order = [name for name in result.ranking.order if name != BASELINE]
    shown = {BASELINE: (INK, "-", "Baseline")}
    shown[order[0]] = (BLUE, "--", title_of(order[0], result))
    if len(order) > 1:
        shown[order[-1]] = (VERMILION, ":", title_of(order[-1], result))
    period = result.evaluations[BASELINE, result.reading].period_months
    draw_survivals(axes, curves, period, shown)
    draw_calendar(axes, date.fromisoformat(result.scenario.start_date), result.horizon_months)


def height_of(result: Comparison, head: float) -> float:
    """Return the height in inches of a figure with a row per policy below `head` inches."""
    return head + ROW_HEIGHT * max(len(result.policies), 3)


def _wrapped(text: str, width: int) -> str:
    from textwrap import fill

    return fill(text, width)
