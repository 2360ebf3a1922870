"""Learning on the square of a 2×2 game or the simplex of a symmetric 3×3 game, one panel per rule.

Arrows are the velocity of a flow, all of one length (where it is slow they are pale), lines are runs from a few
starts with a dot where they begin.  Black diamonds and black lines are the Nash equilibria; on the square the
best responses of both players are drawn too.
"""

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.arrays import FloatArray
from sim.games.normal_form import NormalFormGame
from sim.report.style import BLUE, GREEN, GREY, INK, RULE, VERMILION, place
from sim.solvers.solution import Solution
from sim.study.learning_flows import SQUARE, LearningFlow, domain_of

FLOW_HEIGHT = 6.45
"""Inches, for four panels of any domain."""

_TIE = 1e-12
_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])  # of the triangle, first action first


def flow_figure(
    figure: Figure, game: NormalFormGame, flows: Sequence[LearningFlow], solution: Solution
) -> None:
    """Place one panel per rule on `figure`, with the Nash equilibria of `solution`."""
    width, height = figure.get_size_inches()
    square = domain_of(game) == SQUARE
    side, gap_across, gap_along, left, top = (
        (2.15, 0.55, 0.62, 0.6, 0.66) if square else (2.3, 0.45, 0.55, 0.3, 0.7)
    )
    for number, flow in enumerate(flows):
        across, along = number % 2, number // 2
        x = left + across * (side + gap_across)
        y = height - top - side - along * (side + gap_along)
        axes = place(figure, x, y, width - x - side, height - y - side)
        draw = draw_square if square else draw_simplex
        draw(axes, game, flow, solution)
        axes.set_title(flow.rule)
        if square:
            if along == 1:
                axes.set_xlabel(f"{game.players[0]}: P({game.actions[0][0]})")
            if across == 0:
                axes.set_ylabel(f"{game.players[1]}: P({game.actions[1][0]})")
    figure.legend(
        handles=_legend(game if square else None),
        loc="lower left",
        bbox_to_anchor=(0.1 / width, 0.14 / height),
        ncols=4,
        fontsize=7.5,
        handlelength=1.8,
        columnspacing=1.2,
    )


def draw_square(axes: Axes, game: NormalFormGame, flow: LearningFlow, solution: Solution) -> None:
    """Draw `flow` over the probabilities of the first actions: across the first player's, upward the second's."""
    _arrows(axes, flow.points, flow.velocities)
    for player, (colour, line) in enumerate(((BLUE, "-"), (VERMILION, "--"))):
        for run in best_response_curve(game, player):
            axes.plot(
                run[:, 0], run[:, 1], color=colour, linestyle=line, linewidth=2.2, clip_on=False, zorder=3
            )
    _runs(axes, flow.paths)
    _equilibria(axes, solution, lambda profile: np.array([profile[0][0], profile[1][0]]))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_aspect("equal")
    axes.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(RULE)


def draw_simplex(axes: Axes, game: NormalFormGame, flow: LearningFlow, solution: Solution) -> None:
    """Draw `flow` over the shares of three actions, each pure action a corner; symmetric equilibria are marked."""
    edge = np.vstack([_CORNERS, _CORNERS[:1]])
    axes.plot(edge[:, 0], edge[:, 1], color=GREY, linewidth=1.0, zorder=1)
    _arrows(axes, flow.points @ _CORNERS, flow.velocities @ _CORNERS)
    _runs(axes, [path @ _CORNERS for path in flow.paths])
    _equilibria(axes, solution, lambda profile: profile[0] @ _CORNERS, symmetric=True)
    for corner, name, align, shift in zip(
        _CORNERS, game.actions[0], ("left", "right", "center"), (-0.05, -0.05, 0.03), strict=True
    ):
        axes.text(
            corner[0],
            corner[1] + shift,
            name,
            ha=align,
            va="top" if shift < 0 else "bottom",
            fontsize=8,
        )
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.12, 0.97)
    axes.set_aspect("equal")
    axes.set_axis_off()


def best_response_curve(game: NormalFormGame, player: int) -> list[FloatArray]:
    """Return `player`'s best responses in a 2×2 game as lines on the square of the first actions' probabilities.

    Two edges and the line between them where the player is indifferent; a player who never minds has none, as
    everything would be a best response.

    Examples
    --------
    >>> from sim.games.catalogue import matching_pennies
    >>> best_response_curve(matching_pennies(), 0)[0].tolist()
    [[0.0, 0.0], [0.0, 0.5], [1.0, 0.5], [1.0, 1.0]]
    """
    own = np.moveaxis(game.payoffs[player], player, 0)
    advantage = own[0] - own[1]  # of the own first action, against the other's first and second
    if np.abs(advantage).max() <= _TIE:
        return []
    low, high = float(advantage[1]), float(advantage[0])  # where the other plays its first with 0 and with 1
    points = [(float(low > 0), 0.0)]
    if low * high < 0:
        at = low / (low - high)
        points += [(float(low > 0), at), (float(high > 0), at)]
    elif low == 0:
        points = [(1.0 - (high > 0), 0.0), (float(high > 0), 0.0)]
    points.append((float(high > 0), 1.0))
    if high == 0:
        points[-1:] = [(float(low > 0), 1.0), (1.0 - (low > 0), 1.0)]
    curve = np.array(points)
    return [curve if player == 0 else curve[:, ::-1]]


def _arrows(axes: Axes, points: FloatArray, velocities: FloatArray) -> None:
    if not len(points):
        return
    speed = np.linalg.norm(velocities, axis=1)
    moving = speed > _TIE * max(1.0, speed.max())
    directions = velocities[moving] / speed[moving, np.newaxis]
    alpha = 0.25 + 0.6 * np.sqrt(speed[moving] / speed.max())
    axes.quiver(
        *points[moving].T,
        *directions.T,
        color=[(0.45, 0.45, 0.45, strength) for strength in alpha],
        angles="xy",
        pivot="mid",
        scale=17,
        width=0.006,
        headwidth=4,
        headlength=4,
        headaxislength=3.5,
        zorder=2,
    )


def _runs(axes: Axes, paths: Iterable[FloatArray]) -> None:
    for path in paths:
        axes.plot(*path.T, color=GREEN, linewidth=1.2, alpha=0.9, clip_on=False, zorder=4)
        axes.plot(*path[0], "o", color=GREEN, ms=3.5, mec="white", mew=0.4, clip_on=False, zorder=5)


def _equilibria(axes: Axes, solution: Solution, at: object, symmetric: bool = False) -> None:
    """Mark single equilibria by a diamond and components by the lines between their extreme points."""
    assert callable(at)
    for component in solution.components:
        for subset in component.subsets:
            if symmetric:
                continue
            corners = np.array([at(pair) for pair in product(*subset)])
            for a, b in product(corners, repeat=2):
                if (a == b).any():  # an edge of the rectangle, or the segment itself
                    axes.plot(
                        *np.array([a, b]).T, color=INK, linewidth=3.2, alpha=0.8, clip_on=False, zorder=6
                    )
    for profile in solution.profiles:
        if symmetric and np.abs(profile[0] - profile[1]).max() > 1e-9:
            continue
        axes.plot(*at(profile), "D", color=INK, ms=5.5, mec="white", mew=0.8, clip_on=False, zorder=7)


def _legend(game: NormalFormGame | None) -> list[Line2D]:
    handles = [
        Line2D([], [], color=GREEN, linewidth=1.2, marker="o", ms=3.5, markevery=[0], label="runs"),
        Line2D([], [], color=INK, marker="D", linestyle="none", ms=5, label="Nash equilibria"),
    ]
    if game is not None:
        handles += [
            Line2D(
                [], [], color=BLUE, linestyle="-", linewidth=2.2, label=f"best responses, {game.players[0]}"
            ),
            Line2D(
                [],
                [],
                color=VERMILION,
                linestyle="--",
                linewidth=2.2,
                label=f"best responses, {game.players[1]}",
            ),
        ]
    return handles
