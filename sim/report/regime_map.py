"""The parameter draws placed by two uncertain numbers, each marked by its equilibria, and a fitted threshold."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.labels import plan_label, sentence_case, term_label, titles
from sim.report.numbers import percent
from sim.report.regime import regime_of, regimes
from sim.report.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, VERMILION, place
from sim.study.regime_map import RegimeMap, regime_map
from sim.study.result import ScenarioResult

MAP_HEIGHT = 4.6
OTHER = "another set"
_MARKS = ((BLUE, "o"), (VERMILION, "s"), (GREEN, "^"), (PURPLE, "D"), (ORANGE, "v"))


def map_of(result: ScenarioResult) -> RegimeMap | None:
    """Return the map of a run's stage game, if it has enough draws."""
    return regime_map(result.scenario, result.stage, result.seed)


def draw_regime_map(
    axes: Axes, found: RegimeMap, labels: Sequence[str], order: Sequence[str], cell: str
) -> None:
    """Draw the draws of `found`, with the regimes `labels` [draws] in `order`, and where `cell` begins."""
    x, y = found.values.T
    taken = np.asarray(labels)
    for (colour, marker), name in zip(_MARKS, [*order[: len(_MARKS) - 1], OTHER], strict=False):
        here = taken == name if name != OTHER else ~np.isin(taken, order[: len(_MARKS) - 1])
        if here.any():
            axes.plot(
                x[here],
                y[here],
                marker,
                color=colour,
                ms=6,
                mec="white",
                mew=0.6,
                linestyle="none",
                label=f"{name} ({percent(float(here.mean()))})",
                zorder=3,
            )
    axes.margins(0.06)
    axes.set_xlim(axes.get_xlim())
    axes.set_ylim(axes.get_ylim())
    if found.line is not None:
        grid = np.meshgrid(np.linspace(*axes.get_xlim(), 60), np.linspace(*axes.get_ylim(), 60))
        fitted = found.line[0] + found.line[1] * grid[0] + found.line[2] * grid[1]
        if fitted.min() < 0 < fitted.max():
            axes.contour(*grid, fitted, levels=[0.0], colors=[INK], linewidths=1.6, linestyles="--")
            axes.contourf(*grid, fitted, levels=[0.0, fitted.max()], colors=[GREY], alpha=0.12)
            axes.plot(
                [],
                [],
                color=INK,
                linestyle="--",
                linewidth=1.6,
                label=f"{cell} begins (linear fit, shaded side)",
            )


def regime_map_figure(figure: Figure, result: ScenarioResult) -> None:
    """Place the regime map of a run on `figure`."""
    found = map_of(result)
    assert found is not None
    stage = result.stage
    labels = [regime_of(solution, stage.plans) for solution in stage.equilibria]
    axes = place(figure, 0.95, 0.68, 0.2, 1.5)
    cell = " / ".join(plan_label(stage.plans[k]) for k in found.cell)
    draw_regime_map(axes, found, labels, list(regimes(stage)), cell)
    axes.set_xlabel(number_label(found.paths[0], result))
    axes.set_ylabel(fill(number_label(found.paths[1], result), 36))
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), fontsize=7.5, borderaxespad=0.3)


def number_label(path: str, result: ScenarioResult) -> str:
    """Return an uncertain number's config path in words: the actor, the term, or the treaty's number."""
    parts = path.split(".")
    if parts[0] == "actors" and parts[1] in result.scenario.actor_names:
        who = titles(result.scenario)[result.scenario.actor_names.index(parts[1])]
        what = f"weight of {term_label(parts[3])}" if parts[2] == "weights" else parts[2].replace("_", " ")
        return f"{who}: {what}"
    return sentence_case(" ".join(parts[1:]).replace("_", " "))
