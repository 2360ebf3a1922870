"""How every figure looks: colours, line styles and hatches that survive colour-blindness and grey print.

Colours are those of Okabe and Ito (2008), "Color universal design"; whatever a colour separates, a line
style, a marker or a hatch separates too. Figures are made from `matplotlib.figure.Figure` without pyplot: no
global state, no window, a quicker import. Everything that draws or saves does so inside `house_style`.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
SKY, ORANGE, YELLOW = "#56B4E9", "#E69F00", "#F0E442"
INK, GREY, PALE, RULE = "#1a1a1a", "#5f5f5f", "#e9ecef", "#c9ced4"


@dataclass(frozen=True)
class Mark:
    """How one thing is told from another: by colour, line style and marker at once."""

    colour: str
    line: str
    marker: str


ROLE_MARKS = (
    Mark(BLUE, "-", "o"),
    Mark(VERMILION, "--", "s"),
    Mark(GREEN, "-.", "^"),
    Mark(PURPLE, ":", "D"),
)
"""Party 0, party 1, ally, outsider."""

HISTORY = Mark(INK, "-", "*")
EXACT = Mark(INK, "--", "x")

WIDTH = 5.6
"""Inches: at this width ten points stay legible when the page is scaled to a phone."""

PNG_DPI = 180

_RC: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": False,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.5,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlepad": 6.0,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.unicode_minus": True,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "grid.color": PALE,
    "grid.linewidth": 0.8,
    "hatch.color": "white",
    "hatch.linewidth": 0.8,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "legend.handlelength": 2.2,
    "lines.linewidth": 1.8,
    "path.simplify": True,
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "treaty-sim",
    "text.color": INK,
    "text.hinting": "none",  # unhinted glyphs are drawn a quarter faster and look the same at this resolution
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 8.5,
}


def house_style() -> AbstractContextManager[None]:
    """Return a context in which figures are drawn and saved in the house's style."""
    return mpl.rc_context(_RC)


def new_figure(height: float, title: str, note: str) -> Figure:
    """Return an empty figure `WIDTH` by `height` inches with its title and, in the margin, the `note`.

    The note (scenario, seed, config hash) lets a figure that was cut out of its report be traced to its run.
    """
    figure = Figure(figsize=(WIDTH, height))
    top = 1 - 0.08 / height
    figure.text(0.1 / WIDTH, top, title, va="top", fontsize=11.5, fontweight="bold")
    figure.text(1 - 0.08 / WIDTH, 0.06 / height, note, ha="right", va="bottom", fontsize=6.5, color=GREY)
    return figure


def place(figure: Figure, left: float, bottom: float, right: float, top: float, **options: object) -> Axes:
    """Return axes with the given margins in inches from the figure's edges."""
    width, height = figure.get_size_inches()
    box = (left / width, bottom / height, (width - left - right) / width, (height - bottom - top) / height)
    axes: Axes = figure.add_axes(box, **options)  # type: ignore[call-overload]
    return axes
