"""A game tree, from the root at the left to the payoffs at the right.

Each branch carries its action above it and the mover's information set below its end; nodes of one
information set are joined by a dashed curve.  Players are told apart by colour and marker, chance is an
open circle with its probabilities.  With a profile, branches that are played are thick, those on the path
of play thickest.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from sim.arrays import FloatArray
from sim.games.behaviour import check_behaviour, flat, realisation_weights
from sim.games.extensive import Chance, Decision, ExtensiveGame, Terminal
from sim.report.style import GREY, INK, ROLE_MARKS, WIDTH, house_style, new_figure, place

ROW, NARROWEST, LETTER = 0.3, 1.45, 0.068
"""Inches: per outcome, least per move, and per letter of a label."""

_PAYOFF = 0.42  # inches per player's payoff

_UNPLAYED, _PLAYED, _PATH = 0.8, 1.9, 3.6  # line widths, points


def draw_tree(axes: Axes, game: ExtensiveGame, profile: Sequence[Any] | None = None) -> None:
    """Draw `game` on `axes`, with the play that `profile` prescribes.

    Parameters
    ----------
    axes : matplotlib Axes
        `tree_size` gives a size at which labels do not touch.
    game : ExtensiveGame
        At most four players (the house style tells four apart).
    profile : behaviour profile, optional

    Raises
    ------
    ParameterError
        If `profile` does not fit the game.
    """
    across, along = _layout(game)
    strategies = None if profile is None else check_behaviour(game, profile)
    weights = None if strategies is None else realisation_weights(game, flat(strategies))
    for k in range(1, len(game.nodes)):
        _draw_branch(axes, game, k, (across, along), strategies, weights)
    _join_information_sets(axes, game, (across, along))
    for k, node in enumerate(game.nodes):
        if isinstance(node, Terminal):
            _write_payoffs(axes, game, k, (across, along), weights)
        elif isinstance(node, Chance):
            axes.plot(across[k], along[k], "o", ms=6, mfc="white", mec=INK, mew=1.2, zorder=5)
        else:
            mark = ROLE_MARKS[node.player % len(ROLE_MARKS)]
            axes.plot(
                across[k], along[k], mark.marker, ms=6.5, color=mark.colour, mec="white", mew=0.6, zorder=5
            )
    axes.set_axis_off()
    deepest = float(across.max(initial=1.0))
    axes.set_xlim(-0.25, deepest + _PAYOFF / _column(game) * game.num_players + 0.1)
    axes.set_ylim(len(game.terminals) - 0.4, -1.5)
    _legend(axes, game, deepest)


def tree_size(game: ExtensiveGame) -> tuple[float, float]:
    """Return width and height in inches at which the labels of `game` do not touch.

    Examples
    --------
    >>> from sim.games.signalling import beer_quiche
    >>> width, height = tree_size(beer_quiche().tree())
    >>> 5 < width < 8, 3 < height < 5
    (True, True)
    """
    across, _ = _layout(game)
    width = _column(game) * (across.max(initial=1.0) + 0.35) + _PAYOFF * game.num_players
    return max(WIDTH, float(width)), ROW * (len(game.terminals) + 2) + 1.0


def _column(game: ExtensiveGame) -> float:
    """Inches that the longest label needs."""
    actions = [len(a) for node in game.nodes if not isinstance(node, Terminal) for a in node.actions]
    chances = [len(a) + 6 for node in game.nodes if isinstance(node, Chance) for a in node.actions]
    sets = [0.7 * len(at.label) for at in game.information_sets]
    return max(NARROWEST, 0.5 + LETTER * max([*actions, *chances, *sets], default=0))


def tree_figure(game: ExtensiveGame, profile: Sequence[Any] | None, title: str, note: str) -> Figure:
    """Return a figure of the tree, in the house style, with its title and the `note` in the margin."""
    with house_style():
        width, height = tree_size(game)
        figure = new_figure(height, title, note)
        figure.set_size_inches(width, height)
        draw_tree(place(figure, 0.1, 0.25, 0.1, 0.35), game, profile)
    return figure


def _layout(game: ExtensiveGame) -> tuple[FloatArray, FloatArray]:
    """Return each node's distance from the root and its row; a parent sits between its children."""
    across, along = np.zeros(len(game.nodes)), np.zeros(len(game.nodes))
    for k in range(1, len(game.nodes)):
        across[k] = across[game.parents[k]] + 1
    for row, k in enumerate(game.terminals):
        along[k] = row
    for k in range(len(game.nodes) - 1, -1, -1):
        if game.children[k]:
            along[k] = (along[game.children[k][0]] + along[game.children[k][-1]]) / 2
    return across, along


def _draw_branch(
    axes: Axes,
    game: ExtensiveGame,
    child: int,
    where: tuple[FloatArray, FloatArray],
    strategies: Sequence[FloatArray] | None,
    weights: FloatArray | None,
) -> None:
    across, along = where
    parent, branch = int(game.parents[child]), int(game.branches[child])
    node = game.nodes[parent]
    assert not isinstance(node, Terminal)
    colour, text, width = GREY, node.actions[branch], _UNPLAYED
    if isinstance(node, Chance):
        text = f"{text}  {node.probabilities[branch]:.3g}"
        played, on_path = strategies is not None, weights is not None and weights[child] > 0
        colour = INK if on_path else GREY
    else:
        probability = 0.0 if strategies is None else float(strategies[game.set_of[parent]][branch])
        played, on_path = probability > 0, weights is not None and weights[child] > 0
        if 0 < probability < 1:
            text = f"{text}  {probability:.3g}"
        if played or strategies is None:
            colour = ROLE_MARKS[node.player % len(ROLE_MARKS)].colour
    width = _PATH if on_path and played else _PLAYED if played and not isinstance(node, Chance) else _UNPLAYED
    x0, y0, x1, y1 = across[parent], along[parent], across[child], along[child]
    axes.plot(
        [x0, x0 + 0.28, x1],
        [y0, y1, y1],
        color=colour,
        linewidth=width,
        solid_joinstyle="round",
        zorder=2 + width / 10,
    )
    axes.text(
        x0 + 0.32, y1 - 0.1, text, fontsize=7.5, va="bottom", color=INK, zorder=6,
        fontweight="bold" if on_path else "normal",
    )  # fmt: skip
    ahead = game.nodes[child]
    if isinstance(ahead, Decision) and not ahead.information_set.isdigit():
        axes.text(
            x1 - 0.07, y1 + 0.12, ahead.information_set, fontsize=6.3, va="top", ha="right", style="italic",
            color=ROLE_MARKS[ahead.player % len(ROLE_MARKS)].colour, zorder=6,
        )  # fmt: skip


def _join_information_sets(axes: Axes, game: ExtensiveGame, where: tuple[FloatArray, FloatArray]) -> None:
    """Join the nodes of each information set; sets that overlap in a column bulge by different amounts."""
    across, along = where
    drawn: list[tuple[float, int, float, float]] = []  # column, rank, first and last row
    for at in game.information_sets:
        if len(at.nodes) < 2:
            continue
        column = float(across[at.nodes[0]])
        first, last = min(along[k] for k in at.nodes), max(along[k] for k in at.nodes)
        taken = {r for c, r, a, b in drawn if c == column and a <= last and b >= first}
        rank = next(r for r in range(len(drawn) + 1) if r not in taken)
        drawn.append((column, rank, first, last))
        bulge = (0.07 + 0.06 * min(rank, 3)) / 0.75  # a Bezier arc goes three quarters of the way
        colour = ROLE_MARKS[at.player % len(ROLE_MARKS)].colour
        nodes = sorted(at.nodes, key=lambda k: along[k])
        for a, b in pairwise(nodes):
            corner = [(across[a] + bulge, along[a] + 0.4), (across[b] + bulge, along[b] - 0.4)]
            path = Path(
                [(across[a], along[a]), *corner, (across[b], along[b])],
                [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
            )
            axes.add_patch(
                PathPatch(
                    path, fill=False, edgecolor=colour, linestyle=(0, (4, 2.5)), linewidth=1.3, zorder=4
                )
            )


def _write_payoffs(
    axes: Axes,
    game: ExtensiveGame,
    node: int,
    where: tuple[FloatArray, FloatArray],
    weights: FloatArray | None,
) -> None:
    """Write the payoffs in one column at the right, with a dotted line to ends that lie further left."""
    end = game.nodes[node]
    assert isinstance(end, Terminal)
    x, y, deepest = where[0][node], where[1][node], where[0].max()
    on_path = weights is not None and weights[node] > 0
    if x < deepest:
        axes.plot([x + 0.03, deepest], [y, y], color=GREY, linewidth=0.6, linestyle=(0, (1, 3)), zorder=1)
    for player, value in enumerate(end.payoffs):
        axes.text(
            deepest + _PAYOFF / _column(game) * (player + 1),
            y,
            f"{round(float(value), 3) + 0.0:.4g}".replace("-", "−"),
            fontsize=7.5,
            va="center",
            ha="right",
            color=ROLE_MARKS[player % len(ROLE_MARKS)].colour,
            fontweight="bold" if on_path else "normal",
        )


def _legend(axes: Axes, game: ExtensiveGame, deepest: float) -> None:
    handles = [
        Line2D(
            [], [], color=ROLE_MARKS[k % len(ROLE_MARKS)].colour, marker=ROLE_MARKS[k %
            len(ROLE_MARKS)].marker, linestyle="none", label=name,
        )
        for k, name in enumerate(game.players)
    ]  # fmt: skip
    if any(isinstance(node, Chance) for node in game.nodes):
        handles.append(Line2D([], [], color=INK, marker="o", mfc="white", linestyle="none", label="chance"))
    if any(len(at.nodes) > 1 for at in game.information_sets):
        handles.append(Line2D([], [], color=GREY, linestyle=(0, (4, 2.5)), label="cannot be told apart"))
    axes.legend(
        handles=handles, loc="upper left", ncols=len(handles), fontsize=7.5, handlelength=1.6,
        columnspacing=1.4, borderpad=0,
    )  # fmt: skip
    axes.text(
        deepest + _PAYOFF / _column(game) * game.num_players,
        -0.75,
        "payoffs",
        fontsize=7.5,
        ha="right",
        va="center",
        color=GREY,
    )
