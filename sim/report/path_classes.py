"""The four disjoint classes of path, their probabilities, and the one that was observed."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.labels import PATH_CLASSES, class_label, observed_class, sentence_case
from sim.report.numbers import percent
from sim.report.style import BLUE, EXACT, INK, PALE, place
from sim.study.result import Estimate, ScenarioResult


def ordered_classes(path_classes: dict[str, Estimate]) -> list[str]:
    """Return the names of the classes in the order in which they are shown."""
    known = [name for name in PATH_CLASSES if name in path_classes]
    return known + [name for name in path_classes if name not in PATH_CLASSES]


def draw_classes(
    axes: Axes, labels: Sequence[str], estimates: Sequence[Estimate], observed: int | None
) -> None:
    """Draw each class's probability with its 95 % interval; a star marks the class that was observed."""
    rows = np.arange(len(estimates))
    shares = np.array([estimate.estimate for estimate in estimates], dtype=np.float64)
    lows = np.array([estimate.low for estimate in estimates], dtype=np.float64)
    highs = np.array([estimate.high for estimate in estimates], dtype=np.float64)
    bars = axes.barh(rows, shares, height=0.6, color=PALE, edgecolor=BLUE, linewidth=1.2)
    axes.hlines(rows, lows, highs, color=INK, linewidth=1.3)
    exact = np.array([estimate.exact for estimate in estimates], dtype=np.float64)
    axes.plot(
        exact,
        rows,
        EXACT.marker,
        color=EXACT.colour,
        markersize=5,
        markeredgewidth=1.2,
        clip_on=False,
    )
    if observed is not None:
        bars[observed].set(facecolor=BLUE, alpha=0.85)
    for row, (estimate, high) in enumerate(zip(estimates, highs, strict=True)):
        text = percent(estimate.estimate, estimate.standard_error)
        if row == observed:
            text += "  ★ what happened"
        axes.annotate(
            text,
            (np.fmax(high, shares[row]), row),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    axes.set_yticks(rows, labels)
    axes.set_ylim(len(estimates) - 0.4, -0.6)
    reach = float(np.nanmax(np.append(highs, shares)))
    axes.set_xlim(0, min(1.1 * reach, 1.0) or 1.0)
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g} %")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel("probability; × exact")


def path_class_figure(figure: Figure, result: ScenarioResult) -> None:
    """Place the classes of path on `figure`."""
    shown = ordered_classes(result.path_classes)
    happened = observed_class(result)
    observed = shown.index(happened) if happened in shown else None
    axes = place(figure, 2.35, 0.7, 1.5, 0.4)
    labels = [_two_lines(sentence_case(class_label(name, result.scenario))) for name in shown]
    draw_classes(axes, labels, [result.path_classes[name] for name in shown], observed)


def _two_lines(label: str) -> str:
    head, comma, tail = label.partition(", ")
    return f"{head},\n{tail}" if comma else label
