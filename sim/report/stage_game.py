"""The game between plans as a matrix: payoffs, best responses, equilibria and how often they are ones."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.arrays import BoolArray, FloatArray
from sim.report.labels import plan_label, titles
from sim.report.numbers import digits_for, fixed, percent
from sim.report.style import BLUE, GREY, INK, RULE, VERMILION, place
from sim.study.result import ScenarioResult, StageGame

_TIE = 1e-9


def best_responses(payoffs: FloatArray) -> tuple[BoolArray, BoolArray]:
    """Return where the row player's and where the column player's choice is a best response.

    `payoffs` [2, rows, columns]; ties within 1e-9 all count.

    Examples
    --------
    >>> rows, columns = best_responses(np.array([[[3.0, 0], [5, 1]], [[3, 5], [0, 1]]]))
    >>> (rows & columns).tolist()
    [[False, False], [False, True]]
    """
    first, second = payoffs[0], payoffs[1]
    return first >= first.max(axis=0) - _TIE, second >= second.max(axis=1, keepdims=True) - _TIE


def draw_matrix(
    axes: Axes, payoffs: FloatArray, frequency: FloatArray, plans: tuple[str, ...], decimals: int
) -> None:
    """Draw the mean payoffs [2, P, P], best responses underlined, equilibria framed.

    The shade and the small figure of a cell tell in which share of draws it is an equilibrium.
    """
    num_plans = len(plans)
    axes.imshow(frequency, cmap="Greys", vmin=0, vmax=3.0, aspect="auto")
    axes.set_xticks(np.arange(num_plans + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(num_plans + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=RULE, linewidth=0.8)
    axes.tick_params(which="both", length=0)
    best = best_responses(payoffs)
    underlines = []
    for row in range(num_plans):
        for column in range(num_plans):
            for player, (x, y, align, colour) in enumerate(
                ((column - 0.43, row + 0.2, "left", BLUE), (column + 0.43, row - 0.2, "right", VERMILION))
            ):
                chosen = bool(best[player][row, column])
                text = fixed(float(payoffs[player, row, column]), decimals)
                axes.text(
                    x,
                    y,
                    text,
                    ha=align,
                    va="center",
                    fontsize=9,
                    color=colour,
                    fontweight="bold" if chosen else "normal",
                )
                if chosen:
                    width = 0.092 * len(text)  # cells; a bold digit is about a tenth of a cell wide
                    start = x if player == 0 else x - width
                    underlines.append([(start, y + 0.17), (start + width, y + 0.17)])
            if frequency[row, column] > 0:
                axes.text(
                    column + 0.43,
                    row + 0.3,
                    percent(float(frequency[row, column])),
                    ha="right",
                    va="center",
                    fontsize=7,
                    color=INK,
                )
    axes.add_collection(LineCollection(underlines, colors=INK, linewidths=1.2))
    frames = [Rectangle((c - 0.48, r - 0.48), 0.96, 0.96) for r, c in np.argwhere(best[0] & best[1])]
    axes.add_collection(PatchCollection(frames, facecolor="none", edgecolor=INK, linewidth=2.2))
    axes.set_xticks(range(num_plans), [plan_label(plan) for plan in plans])
    axes.set_yticks(range(num_plans), [plan_label(plan) for plan in plans])
    axes.xaxis.tick_top()
    for spine in axes.spines.values():
        spine.set_visible(False)


def stage_height(stage: StageGame) -> float:
    """Return the height in inches that the matrix of `stage` needs."""
    return 1.5 + 0.58 * len(stage.plans)


def stage_figure(figure: Figure, result: ScenarioResult) -> None:
    """Place the matrix of the two parties on `figure`."""
    stage = result.stage
    axes = place(figure, 1.15, 0.62, 0.15, 0.88)
    payoffs = stage.payoffs[:, :2].mean(axis=0)
    spread = float(np.ptp(payoffs, axis=(1, 2)).max()) if payoffs.size else 1.0
    draw_matrix(axes, payoffs, stage.frequency, stage.plans, digits_for(spread / 100))
    first, second, *_ = titles(result.scenario)
    axes.set_ylabel(f"{first} (lower left)", color=BLUE, fontweight="bold")
    axes.set_xlabel(f"{second} (upper right)", color=VERMILION, fontweight="bold")
    axes.xaxis.set_label_position("top")
    width, height = figure.get_size_inches()
    figure.text(
        0.1 / width,
        0.28 / height,
        "underlined: best response · framed: equilibrium of the mean game · shade and %: share of draws",
        fontsize=7.5,
        color=GREY,
        va="bottom",
    )
