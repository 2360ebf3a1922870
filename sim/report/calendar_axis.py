"""A time axis that tells months from the start and the calendar at once."""

from datetime import date

from matplotlib.axes import Axes

from sim.model.history import months_between
from sim.report.style import INK

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def draw_calendar(axes: Axes, start: date, horizon: float) -> None:
    """Label the x-axis of months since `start` with months and, below, the calendar."""
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60) if horizon / step <= 8), 120)
    ticks = range(0, int(horizon) + 1, step)
    axes.set_xticks(list(ticks), [f"{tick}\n{_calendar(start, tick)}" for tick in ticks])
    axes.set_xlim(0, horizon)
    axes.set_xlabel("months from the start")


def mark_day(axes: Axes, start: date, day: date, text: str, *, height: float = 0.97) -> None:
    """Draw an upright line at `day` with its `text` beside it, if the day lies on the axis."""
    month = months_between(start, day)
    low, high = axes.get_xlim()
    if not low <= month <= high:
        return
    axes.axvline(month, color=INK, linewidth=1.0, linestyle=(0, (1, 1.5)))
    axes.plot([month], [height], marker="*", markersize=8, color=INK, transform=axes.get_xaxis_transform())
    axes.annotate(
        text,
        (month, height),
        xycoords=axes.get_xaxis_transform(),
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
    )


def _calendar(start: date, months: int) -> str:
    year, month = divmod(start.month - 1 + months, 12)
    return f"{_MONTHS[month]} {start.year + year}"
