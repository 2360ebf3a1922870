"""When the treaty ends, and how probable each way of ending is."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.calendar_axis import draw_calendar, mark_day
from sim.report.labels import history, month_name, outcome_label, sentence_case, start_of
from sim.report.numbers import percent
from sim.report.style import BLUE, EXACT, GREY, INK, place
from sim.study.estimates import Z95
from sim.study.result import Estimate, ScenarioResult, SurvivalCurve


def draw_time_to_collapse(axes: Axes, curve: SurvivalCurve, start: date) -> None:
    """Draw the probability that the treaty ends in each quarter, with the 95 % interval over draws.

    Taken from the survival curves of the draws, so that every play counts with its weight.
    """
    months = curve.months
    every = max(1, round(3 / (months[1] - months[0])))
    edges = np.unique(np.append(np.arange(0, len(months), every), len(months) - 1))
    shares = -np.diff(curve.estimate[edges])
    axes.stairs(shares, months[edges], fill=True, color=BLUE, alpha=0.75, edgecolor="white", linewidth=0.8)
    highest = float(shares.max())
    if len(curve.draws) > 1:
        by_draw = -np.diff(curve.draws[:, edges], axis=1)
        errors = Z95 * by_draw.std(axis=0, ddof=1) / np.sqrt(len(by_draw))
        highest = float((shares + errors).max())
        middles = (months[edges[:-1]] + months[edges[1:]]) / 2
        axes.errorbar(middles, shares, np.minimum(errors, shares), fmt="none", ecolor=INK, elinewidth=0.9)
    axes.set_ylim(0, max(1.3 * highest, 0.01))
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g} %")
    axes.set_ylabel("ends in this quarter")
    axes.grid(axis="y")
    draw_calendar(axes, start, float(months[-1]))
    axes.annotate(
        f"{percent(float(curve.estimate[-1]))} of plays have not ended by month {months[-1]:.0f}",
        (1, 0.82),
        xycoords="axes fraction",
        ha="right",
        va="center",
        fontsize=8.5,
    )


def draw_probabilities(axes: Axes, labels: Sequence[str], estimates: Sequence[Estimate]) -> None:
    """Draw each probability as a dot with its 95 % interval, and the exact value as a cross."""
    rows = np.arange(len(estimates))
    middles = np.array([estimate.estimate for estimate in estimates], dtype=np.float64)
    lows = np.array([estimate.low for estimate in estimates], dtype=np.float64)
    highs = np.array([estimate.high for estimate in estimates], dtype=np.float64)
    exact = np.array([estimate.exact for estimate in estimates], dtype=np.float64)  # None becomes nan
    axes.hlines(rows, lows, highs, color=BLUE, linewidth=3, alpha=0.5, clip_on=False)
    axes.plot(middles, rows, "o", color=BLUE, markersize=6, clip_on=False, label="simulated, 95 % interval")
    if np.isfinite(exact).any():
        cross: dict[str, Any] = {
            "color": EXACT.colour,
            "markersize": 5,
            "markeredgewidth": 1.2,
            "clip_on": False,
        }
        axes.plot(exact, rows, EXACT.marker, label="exact", **cross)
    for row, estimate in enumerate(estimates):
        axes.annotate(
            percent(estimate.estimate, estimate.standard_error),
            (1.0, row),
            xycoords=axes.get_yaxis_transform(),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    axes.set_yticks(rows, labels)
    axes.set_ylim(len(estimates) - 0.4, -0.6)
    axes.set_xlim(-0.03, 1.03)
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.set_xlabel("probability within the horizon")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.legend(
        loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderpad=0, handlelength=1.0, labelcolor=GREY
    )


def outcome_figure(figure: Figure, result: ScenarioResult) -> None:
    """Place the distribution of the end above the probabilities."""
    height = figure.get_figheight()
    lower = 2.55
    axes = place(figure, 0.75, lower + 0.7, 0.42, 0.42)
    start, happened = start_of(result.scenario), history(result)
    draw_time_to_collapse(axes, result.survival, start)
    if happened is not None and happened.end is not None:
        mark_day(axes, start, happened.end, f"what happened: {month_name(happened.end)}")
    shown = [
        estimate
        for estimate in result.estimates.values()
        if estimate.unit == "probability" and estimate.estimate is not None
    ]
    labels = [sentence_case(outcome_label(estimate.name, result.scenario)) for estimate in shown]
    draw_probabilities(place(figure, 2.3, 0.7, 0.72, height - lower + 0.3), labels, shown)
