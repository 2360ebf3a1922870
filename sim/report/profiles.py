"""Equilibria as strategies: one row per equilibrium, one bar per player, its actions' probabilities side by side."""

import numpy as np
from matplotlib.figure import Figure

from sim.games.normal_form import NormalFormGame
from sim.report.numbers import fixed
from sim.report.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RULE, SKY, VERMILION, place
from sim.solvers.solution import Solution

MOST = 16
"""Equilibria that are drawn; of more the first, which is said."""

_FILLS = (
    (BLUE, ""),
    (ORANGE, "////"),
    (GREEN, "...."),
    (VERMILION, "\\\\\\\\"),
    (PURPLE, "xxxx"),
    (SKY, "--"),
)
_PLAYED = 1e-9


def profiles_height(solution: Solution) -> float:
    """Return the height in inches that the equilibria of `solution` need."""
    return 1.35 + 0.34 * min(len(solution.profiles), MOST)


def profiles_figure(figure: Figure, game: NormalFormGame, solution: Solution) -> None:
    """Place one column per player on `figure`: each row is an equilibrium, its payoff to the right of the bar."""
    width = figure.get_size_inches()[0]
    count = min(len(solution.profiles), MOST)
    column = (width - 0.5) / game.num_players
    rows = np.arange(count)
    for player, name in enumerate(game.players):
        left = 0.35 + player * column
        axes = place(figure, left, 0.42, width - left - column + 0.62, 0.85)
        start = np.zeros(count)
        for action, label in enumerate(game.actions[player]):
            colour, hatch = _FILLS[action % len(_FILLS)]
            share = np.array([solution.profiles[k][player][action] for k in range(count)])
            axes.barh(
                rows,
                share,
                left=start,
                height=0.62,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0.5,
                label=label,
            )
            for row in rows[(share > 0.12) & (share < 1 - _PLAYED)]:
                axes.text(
                    start[row] + share[row] / 2,
                    row,
                    fixed(float(share[row]), 2),
                    ha="center",
                    va="center",
                    fontsize=7,
                    color=INK,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85},
                )
            start = start + share
        for row in rows:
            axes.text(
                1.03,
                float(row),
                f"{float(solution.payoffs[row][player]):.4g}".replace("-", "−"),
                va="center",
                fontsize=8,
            )
        axes.text(1.03, -0.75, "payoff", va="center", fontsize=7, color=GREY)
        axes.set_xlim(0, 1)
        axes.set_ylim(count - 0.5, -0.55)
        axes.set_yticks(rows, [str(k + 1) for k in rows] if player == 0 else [""] * count)
        axes.set_xticks([0, 0.5, 1], ["0", "½", "1"])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_color(RULE)
        axes.set_title(name, pad=22)
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(-0.02, 1.0),
            ncols=3,
            fontsize=7,
            handlelength=1.1,
            columnspacing=0.8,
            borderpad=0.1,
        )
