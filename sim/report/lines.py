"""Lines with their intervals, and what theory says beside them: the figure of most experiments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from sim.report.style import INK, ROLE_MARKS, SKY, Mark, house_style, new_figure, place
from sim.report.write import saved


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line over `x`: `y`, the ends of its interval, and what it is; `theory` lines are dashed and black."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    theory: bool = False


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Axes with lines: labels of both axes, whether y is a share shown in percent, and upright marks."""

    lines: Sequence[Line]
    xlabel: str
    ylabel: str
    percent: bool = False
    marks: Sequence[tuple[float, str]] = ()
    zero: bool = False


def draw_lines(axes: Axes, panel: Panel) -> None:
    """Draw a panel: measured lines by colour, marker and line style, intervals as bars, theory thin and black."""
    number = 0
    for line in panel.lines:
        scale = 100 if panel.percent else 1
        x, y = np.asarray(line.x, dtype=float), scale * np.asarray(line.y, dtype=float)
        if line.theory:
            axes.plot(x, y, color=INK, linewidth=1.0, linestyle=(0, (4, 2)), label=line.label, zorder=3)
            continue
        mark = (*ROLE_MARKS, Mark(SKY, "-", "v"))[number % 5]
        number += 1
        reach = None
        if line.low is not None and line.high is not None:
            ends = scale * np.array([line.low, line.high], dtype=float)
            reach = np.abs(np.stack([y - ends[0], ends[1] - y]))
        axes.errorbar(
            x,
            y,
            yerr=reach,
            color=mark.colour,
            linestyle=mark.line,
            marker=mark.marker,
            markersize=4.5,
            linewidth=1.5,
            elinewidth=0.9,
            capsize=2,
            label=line.label,
        )
    if panel.zero:
        axes.axhline(0, color=INK, linewidth=0.8)
    for at, text in panel.marks:
        axes.axvline(at, color=INK, linewidth=0.9, linestyle=":")
        axes.annotate(
            text,
            (at, 0.98),
            xycoords=axes.get_xaxis_transform(),
            xytext=(4, 0),
            textcoords="offset points",
            va="top",
            fontsize=8,
        )
    if panel.percent:
        axes.set_ylim(-3, 103)
        axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0f} %")
    axes.set_xlabel(panel.xlabel)
    axes.set_ylabel(panel.ylabel)
    axes.grid(axis="y")


def lines_png(title: str, note: str, panels: Sequence[Panel], *, legend_columns: int = 2) -> bytes:
    """Return a PNG file of one or more panels, one above the other, with one legend."""
    named = [line for line in panels[0].lines if not line.label.startswith("_")]
    rows = -(-len(named) // legend_columns)
    head = 0.5 + 0.2 * rows
    each, gap = 2.2, 0.62
    height = head + len(panels) * (each + gap) + 0.12
    with house_style():
        figure = new_figure(height, title, note)
        for k, panel in enumerate(panels):
            top = head + k * (each + gap)
            axes = place(figure, 0.98, height - top - each, 0.25, top)
            draw_lines(axes, panel)
            if k == 0:
                axes.legend(
                    loc="lower left",
                    bbox_to_anchor=(0.0, 1.0),
                    ncols=legend_columns,
                    borderpad=0.2,
                    fontsize=8,
                )
        return saved(figure, "png")
