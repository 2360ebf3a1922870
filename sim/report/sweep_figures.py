"""Figures of a sweep's analyses; each function only draws. Levers are blue, uncertainties orange."""

from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.arrays import FloatArray
from sim.report.labels import sentence_case
from sim.report.style import BLUE, GREEN, GREY, INK, ORANGE, PALE, VERMILION, place
from sim.report.sweep_words import parameter_label, sweep_outcome_label
from sim.study.analysis.convergence import Convergence
from sim.study.analysis.morris import ElementaryEffects
from sim.study.analysis.prim import Prim
from sim.study.analysis.regimes import RegimeMap
from sim.study.analysis.sobol_indices import SobolIndices
from sim.study.analysis.tornado import Tornado

KIND_COLOURS = {"lever": BLUE, "uncertainty": ORANGE}
KIND_HATCHES = {"lever": "", "uncertainty": "////"}
LABELS_WIDTH = 2.4
MOST = 14
"""Parameters shown; the rest are in the table."""


def bars_height(count: int) -> float:
    """Return the height in inches of a figure with a bar per parameter."""
    return 1.35 + 0.3 * min(count, MOST)


def draw_sobol(axes: Axes, indices: SobolIndices, kinds: dict[str, str]) -> None:
    """Draw total indices as pale bars, first-order ones inside them, both with intervals, greatest first."""
    order = (-indices.total).argsort(kind="stable")[:MOST]
    for row, k in enumerate(order):
        kind = kinds[indices.names[k]]
        colour = KIND_COLOURS[kind]
        axes.barh(row, max(indices.total[k], 0), height=0.7, color=colour, alpha=0.3, linewidth=0)
        axes.barh(
            row, max(indices.first[k], 0), height=0.36, color=colour, hatch=KIND_HATCHES[kind], linewidth=0
        )
        axes.plot([indices.total_low[k], indices.total_high[k]], [row + 0.27] * 2, color=GREY, linewidth=1)
        axes.plot([indices.first_low[k], indices.first_high[k]], [row] * 2, color=INK, linewidth=1)
    _parameters(axes, [indices.names[k] for k in order])
    axes.set_xlim(left=min(0.0, float(indices.first_low.min())))
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.set_xlabel("share of the variance: dark alone, pale with interactions")


def draw_morris(axes: Axes, effects: ElementaryEffects, kinds: dict[str, str]) -> None:
    """Draw mean absolute effects with their intervals, and σ as an open diamond."""
    order = (-effects.mu_star).argsort(kind="stable")[:MOST]
    for row, k in enumerate(order):
        kind = kinds[effects.names[k]]
        axes.barh(
            row,
            effects.mu_star[k],
            height=0.6,
            color=KIND_COLOURS[kind],
            hatch=KIND_HATCHES[kind],
            linewidth=0,
        )
        axes.plot([effects.mu_star_low[k], effects.mu_star_high[k]], [row] * 2, color=INK, linewidth=1)
        axes.plot(effects.sigma[k], row, "D", markersize=5, markerfacecolor="white", color=INK)
    _parameters(axes, [effects.names[k] for k in order])
    axes.set_xlim(left=0)
    axes.set_xlabel("bar: mean absolute effect across the range; diamond: its spread σ")


def draw_tornado(axes: Axes, bars: Tornado, kinds: dict[str, str], unit: str) -> None:
    """Draw outcomes at the ends of each parameter around the middle; ▲ marks the high end."""
    count = min(len(bars.names), MOST)
    scale = 100 if unit == "probability" else 1
    for row in range(count):
        ends = scale * np.array([bars.low[row], bars.high[row]])
        kind = kinds[bars.names[row]]
        axes.barh(
            row,
            abs(ends[1] - ends[0]),
            left=ends.min(),
            height=0.6,
            color=KIND_COLOURS[kind],
            hatch=KIND_HATCHES[kind],
            linewidth=0,
        )
        axes.plot(ends[1], row, marker="^", color=INK, markersize=5)
    axes.axvline(scale * bars.middle, color=INK, linewidth=0.9)
    axes.use_sticky_edges = False
    axes.margins(x=0.04)
    _parameters(axes, list(bars.names[:count]))
    axes.set_xlabel("outcome in percent" if scale == 100 else f"outcome in {unit or 'its unit'}")


def draw_regimes(
    axes: Axes, figure: Figure, regimes: RegimeMap, unit: str, parameter_units: dict[str, str]
) -> None:
    """Draw the mean outcome by cell as colour, with the analytic threshold as a line.

    Colours of probabilities span whole tens of percent, and at least two, so that noise does not look like regimes.
    """
    scale = 100 if unit == "probability" else 1
    low, high = _tens(scale * regimes.means) if scale == 100 else (None, None)
    mesh = axes.pcolormesh(
        regimes.x_edges,
        regimes.y_edges,
        scale * regimes.means,
        cmap="cividis",
        rasterized=True,
        vmin=low,
        vmax=high,
    )
    bar = figure.colorbar(mesh, ax=axes, pad=0.02)
    bar.outline.set_visible(False)
    bar.set_label("percent" if scale == 100 else unit or "outcome", fontsize=8.5)
    if regimes.threshold is not None:
        curve = regimes.threshold
        axes.plot(curve.x, curve.y, color="white", linewidth=3.4)
        axes.plot(curve.x, curve.y, color=VERMILION, linewidth=1.8, label=f"theory: {curve.label}")
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), borderpad=0)
    axes.set_xlim(regimes.x_edges[0], regimes.x_edges[-1])
    axes.set_ylim(regimes.y_edges[0], regimes.y_edges[-1])
    axes.set_facecolor(PALE)
    across, up = (_with_unit(name, parameter_units.get(name, "")) for name in regimes.names)
    axes.set_xlabel(across)
    axes.set_ylabel(up)


def draw_prim(axes: Axes, found: Prim) -> None:
    """Draw the peeling: density against coverage, one dot a box, the chosen one ringed."""
    coverage = [fit.coverage for fit in found.trajectory]
    density = [fit.density for fit in found.trajectory]
    count = [len(fit.box.limits) for fit in found.trajectory]
    points = axes.scatter(coverage, density, c=count, cmap="viridis", s=26, zorder=2)
    axes.plot(coverage, density, color=GREY, linewidth=0.7, zorder=1)
    axes.plot(
        found.chosen.coverage,
        found.chosen.density,
        "o",
        markersize=13,
        markerfacecolor="none",
        color=VERMILION,
        markeredgewidth=2,
        label="chosen",
    )
    axes.axhline(found.chosen.base, color=INK, linestyle=":", linewidth=1, label="everywhere")
    bar = axes.figure.colorbar(points, ax=axes, pad=0.02, ticks=sorted(set(count)))
    bar.set_label("parameters restricted", fontsize=8.5)
    bar.outline.set_visible(False)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.set_xlabel("coverage: share of all cases inside the box")
    axes.set_ylabel("density: frequency inside")
    axes.grid(visible=True)
    axes.legend(loc="best")


def draw_convergence(axes: Axes, runs: tuple[Convergence, ...]) -> None:
    """Draw each number's distance to its final value over what it is computed from, in half widths then."""
    for k, run in enumerate(runs):
        half = np.maximum((run.high[-1] - run.low[-1]) / 2, 1e-12)
        share = run.counts / run.counts[-1]
        axes.plot(
            share,
            (run.estimates - run.estimates[-1]) / half,
            color=GREEN if run.settled else VERMILION,
            linewidth=1.2,
            linestyle="-" if run.settled else "--",
            marker="o" if k == 0 else None,
            markersize=3.5,
        )
    axes.axhspan(-1, 1, color=PALE, zorder=0)
    axes.set_xscale("log", base=2)
    axes.set_ylim(-6, 6)
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g} %")
    axes.set_xlabel("share of the points, or of the plays at each")
    axes.set_ylabel("distance from the final value,\nin half widths of its interval")


def bars_axes(figure: Figure) -> Axes:
    """Return the axes of a figure of horizontal bars, with room for the parameters' names."""
    return place(figure, LABELS_WIDTH, 0.72, 0.25, 0.5)


def outcome_title(prefix: str, outcome: str) -> str:
    """Return the title of a figure about an outcome."""
    return f"{prefix}: {sweep_outcome_label(outcome)}"


def _parameters(axes: Axes, names: list[str]) -> None:
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), [fill(parameter_label(name), 36) for name in names])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")


def _tens(percents: FloatArray) -> tuple[float, float]:
    """Return whole tens that span `percents`, twenty apart at least."""
    low, high = 10 * np.floor(np.nanmin(percents) / 10), 10 * np.ceil(np.nanmax(percents) / 10)
    return float(min(low, max(high - 20, 0))), float(max(high, min(low + 20, 100)))


def _with_unit(name: str, unit: str) -> str:
    """Return the label of an axis; a long unit gets a line of its own."""
    label = sentence_case(parameter_label(name))
    return f"{label},{chr(10) if len(unit) > 20 else ' '}{unit}" if unit else label
