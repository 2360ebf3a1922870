"""The survival of the treaty over time, with its band, the exact curve and what happened."""

from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.model.history import months_between
from sim.report.calendar_axis import draw_calendar, mark_day
from sim.report.labels import history, month_name, start_of
from sim.report.style import BLUE, EXACT, SKY, place
from sim.study.result import ScenarioResult, SurvivalCurve


def draw_survival(axes: Axes, curve: SurvivalCurve, start: date) -> None:
    """Draw the share of plays in which the treaty has not ended, by month.

    The wide band holds the middle 80 % of parameter draws (what is not known), the narrow one is the 95 %
    interval of the mean (how well it was computed).
    """
    months = curve.months
    if len(curve.draws) > 1:
        low, high = np.quantile(curve.draws, [0.1, 0.9], axis=0)
        axes.fill_between(months, low, high, color=SKY, alpha=0.28, linewidth=0, label="middle 80 % of draws")
    axes.fill_between(
        months,
        curve.low,
        curve.high,
        facecolor=BLUE,
        alpha=0.4,
        linewidth=0,
        label="95 % interval of the mean",
    )
    axes.plot(months, curve.estimate, color=BLUE, label="simulated")
    if curve.exact is not None:
        axes.plot(months, curve.exact, color=EXACT.colour, linestyle=EXACT.line, linewidth=1.1, label="exact")
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.set_ylabel("plays in which it has not ended")
    axes.grid(axis="y")
    draw_calendar(axes, start, float(months[-1]))
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderpad=0, columnspacing=1.4)


def survival_figure(figure: Figure, result: ScenarioResult) -> None:
    """Place the survival curve on `figure`."""
    axes = place(figure, 0.75, 0.75, 0.42, 0.8)
    start, happened = start_of(result.scenario), history(result)
    draw_survival(axes, result.survival, start)
    if happened is not None and happened.end is not None:
        month = months_between(start, happened.end)
        mark_day(
            axes,
            start,
            happened.end,
            f"what happened: {month_name(happened.end)}",
            height=_free_height(result.survival, month),
        )


def _free_height(curve: SurvivalCurve, month: float) -> float:
    """Return whether a label that begins at `month` has more room at the bottom or at the top of the axes."""
    beside = (curve.months >= month) & (curve.months <= month + 0.45 * curve.months[-1])
    if not beside.any():
        return 0.06
    low, high = np.quantile(curve.draws[:, beside], [0.1, 0.9], axis=0)
    return 0.06 if low.min() > 1 - high.max() else 0.94
