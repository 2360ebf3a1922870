"""The game between plans as a matrix: payoffs, best responses, equilibria and how often they are ones."""

from collections.abc import Sequence

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
    axes: Axes,
    payoffs: FloatArray,
    frequency: FloatArray,
    actions: tuple[tuple[str, ...], tuple[str, ...]],
    decimals: int,
) -> None:
    """Draw the payoffs [2, rows, columns] of two players, best responses underlined, equilibria framed.

    `actions` are the labels of rows and columns. The shade and the small figure of a cell tell its `frequency`,
    the share of draws in which it is an equilibrium; where it is zero nothing is written.
    """
    rows, columns = map(len, actions)
    axes.imshow(frequency, cmap="Greys", vmin=0, vmax=3.0, aspect="auto")
    axes.set_xticks(np.arange(columns + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(rows + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=RULE, linewidth=0.8)
    axes.tick_params(which="both", length=0)
    best = best_responses(payoffs)
    underlines = []
    wide_digit = (
        0.0184 * columns
    )  # in cells: a bold digit is about a tenth of a cell wide where there are five
    for row in range(rows):
        for column in range(columns):
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
                    width = wide_digit * len(text)  # cells
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
    axes.set_xticks(range(columns), actions[1])
    axes.set_yticks(range(rows), actions[0])
    axes.xaxis.tick_top()
    for spine in axes.spines.values():
        spine.set_visible(False)


def stage_height(stage: StageGame) -> float:
    """Return the height in inches that the matrix of `stage` needs."""
    return 1.5 + 0.58 * len(stage.plans)


def stage_figure(figure: Figure, result: ScenarioResult) -> None:
    """Place the matrix of the two parties on `figure`."""
    place_stage(figure, result.stage, titles(result.scenario))


def place_stage(figure: Figure, stage: StageGame, actors: Sequence[str]) -> None:
    """Place the matrix of `stage` on `figure`; the first two of the `actors` are its players."""
    plans = tuple(map(plan_label, stage.plans))
    place_matrix(
        figure, stage.payoffs[:, :2].mean(axis=0), stage.frequency, (plans, plans), (actors[0], actors[1])
    )
    explain(
        figure,
        "underlined: best response · framed: equilibrium of the mean game · shade and %: share of draws",
    )


def place_matrix(
    figure: Figure,
    payoffs: FloatArray,
    frequency: FloatArray,
    actions: tuple[tuple[str, ...], tuple[str, ...]],
    players: tuple[str, str],
) -> None:
    """Place the matrix of two players on `figure`; see `draw_matrix`."""
    axes = place(figure, max(0.85, 0.35 + 0.075 * max(map(len, actions[0]))), 0.62, 0.15, 0.88)
    spread = float(np.ptp(payoffs, axis=(1, 2)).max()) if payoffs.size else 1.0
    whole = bool((payoffs == np.round(payoffs)).all())
    draw_matrix(axes, payoffs, frequency, actions, 0 if whole else digits_for(spread / 100))
    axes.set_ylabel(f"{players[0]} (lower left)", color=BLUE, fontweight="bold")
    axes.set_xlabel(f"{players[1]} (upper right)", color=VERMILION, fontweight="bold")
    axes.xaxis.set_label_position("top")


def explain(figure: Figure, sentence: str) -> None:
    """Write how to read a figure in its lower left corner."""
    width, height = figure.get_size_inches()
    figure.text(0.1 / width, 0.28 / height, sentence, fontsize=7.5, color=GREY, va="bottom")
