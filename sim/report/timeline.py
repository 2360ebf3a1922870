"""When the model lets notice and end come, with what happened laid over it."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.arrays import FloatArray
from sim.model.history import DatedEvent, months_between
from sim.report.calendar_axis import draw_calendar
from sim.report.labels import history, start_of
from sim.report.style import BLUE, GREY, INK, VERMILION, place
from sim.study.result import ScenarioResult

_ROW = 0.2


def draw_densities(axes: Axes, months: FloatArray, densities: Sequence[tuple[str, FloatArray]]) -> None:
    """Draw the probability per month of each named event; `densities` hold one value per interval."""
    looks = ((VERMILION, 0.25, "--"), (BLUE, 0.35, "-"))
    for (label, values), (colour, alpha, line) in zip(densities, looks[-len(densities) :], strict=True):
        axes.stairs(values, months, fill=True, color=colour, alpha=alpha)
        axes.stairs(values, months, color=colour, linestyle=line, linewidth=1.5, label=label, baseline=None)
    axes.set_ylim(0, 1.15 * max(float(values.max()) for _, values in densities) or 1.0)
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g} %")
    axes.set_ylabel("per month")
    axes.legend(loc="upper right", ncols=1)


def draw_facts(axes: Axes, facts: Sequence[DatedEvent], start: date, horizon: float) -> None:
    """Draw one row per fact: a dot at its day, its label beside it, on the side where there is room."""
    months = np.array([months_between(start, fact.day) for fact in facts])
    rows = np.arange(len(facts))
    axes.plot(months, rows, "o", color=INK, markersize=4.5, clip_on=False)
    for month, row, fact in zip(months, rows, facts, strict=True):
        left = month > 0.55 * horizon
        axes.annotate(
            f"{fact.label}, {_short(fact.day)}",
            (month, row),
            xytext=(-7 if left else 7, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            fontsize=7.8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )
    axes.set_ylim(len(facts) - 0.4, -0.8)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def timeline_height(result: ScenarioResult) -> float:
    """Return the height in inches that the timeline of `result` needs."""
    return 3.1 + _ROW * len(_facts(result))


def timeline_figure(figure: Figure, result: ScenarioResult) -> None:
    """Place the model's distributions above the facts, on one calendar."""
    curve, start, happened = result.survival, start_of(result.scenario), history(result)
    facts, horizon = _facts(result), float(result.survival.months[-1])
    height = figure.get_figheight()
    tall = _ROW * len(facts)
    upper = place(figure, 0.75, 0.75 + tall + 0.12, 0.42, 0.42)
    width = curve.months[1] - curve.months[0]
    standing = curve.estimate if curve.exact is None else curve.exact
    densities = [("the treaty ends", -np.diff(standing) / width)]
    notice_months = result.games.graph.rules.notice_periods * result.period_months
    if horizon > notice_months:
        shifted = np.append(densities[0][1], np.zeros(round(notice_months / width)))[-len(curve.months) + 1 :]
        densities.insert(0, ("notice that ends it", shifted))
    draw_densities(upper, curve.months, densities)
    if not facts or happened is None:
        draw_calendar(upper, start, horizon)
        return
    upper.set_xticks([])
    upper.set_xlim(0, horizon)
    lower = place(figure, 0.75, 0.75, 0.42, height - 0.75 - tall)
    draw_facts(lower, facts, start, horizon)
    draw_calendar(lower, start, horizon)
    if len(facts) > 5:
        lower.set_ylabel("what happened", color=GREY)
    for day, colour in ((happened.notice, VERMILION), (happened.end, BLUE)):
        month = -1.0 if day is None else months_between(start, day)
        if 0 <= month <= horizon:
            for axes in (upper, lower):
                axes.axvline(month, color=colour, linewidth=1.0, linestyle=(0, (1, 1.5)), zorder=0)


def _facts(result: ScenarioResult) -> list[DatedEvent]:
    happened = history(result)
    if happened is None:
        return []
    start, horizon = start_of(result.scenario), float(result.survival.months[-1])
    return list(happened.within(start, horizon))


def _short(day: date) -> str:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.day} {months[day.month - 1]} {day.year}"
