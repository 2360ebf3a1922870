"""Average payoffs of a repeated game between two players: feasible, individually rational, equilibrium."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from sim.arrays import FloatArray
from sim.games.repeated import RepeatedGame
from sim.report.style import BLUE, GREEN, GREY, INK, PALE, VERMILION, place
from sim.solvers.solution import Solution

REGION_HEIGHT = 5.0


def region_figure(figure: Figure, game: RepeatedGame, solution: Solution) -> None:
    """Place the payoff sets of `solution` (concept ``payoff_set``) on `figure`."""
    feasible = solution.extra["feasible"]
    axes = place(figure, 0.75, 0.7, 0.2, 0.75)
    _region(axes, feasible.feasible, facecolor=PALE, edgecolor=GREY, linewidth=1.2, label="feasible")
    _region(
        axes,
        feasible.vertices,
        facecolor="#cfe3f1",
        edgecolor=BLUE,
        linewidth=1.4,
        label="feasible and individually rational",
    )
    equilibrium = solution.extra.get("equilibrium")
    if equilibrium is not None:
        _region(
            axes,
            equilibrium.vertices,
            facecolor="#b9e2d3",
            edgecolor=GREEN,
            linewidth=1.8,
            hatch="....",
            label=f"equilibrium payoffs, δ = {game.discounts[0]:g}",
        )
    floor = feasible.minmax.values
    axes.axvline(floor[0], color=VERMILION, linestyle="--", linewidth=1.1, label="minmax values", zorder=3)
    axes.axhline(floor[1], color=VERMILION, linestyle="--", linewidth=1.1, zorder=3)
    stage = game.payoffs()
    merged: dict[tuple[float, float], list[str]] = {}
    for row, column in np.ndindex(*stage.shape[1:]):
        at = (float(stage[0, row, column]), float(stage[1, row, column]))
        merged.setdefault(at, []).append(f"{game.stage.actions[0][row]} / {game.stage.actions[1][column]}")
    middle = (stage[0].min() + stage[0].max()) / 2
    for at, names in merged.items():
        axes.plot(*at, "o", color=INK, ms=4, zorder=5)
        right = at[0] > middle
        axes.annotate(
            "\n".join(names[:3]),
            at,
            xytext=(-5 if right else 5, 4),
            textcoords="offset points",
            ha="right" if right else "left",
            fontsize=7.5,
            zorder=6,
        )
    axes.margins(0.14)
    axes.set_xlabel(f"average payoff of {game.stage.players[0]}")
    axes.set_ylabel(f"average payoff of {game.stage.players[1]}")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, fontsize=7.5, borderaxespad=0.3)


def _region(axes: object, vertices: FloatArray, **options: object) -> None:
    """Fill a polygon; a point or a segment is drawn as such."""
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    corners = np.asarray(vertices, dtype=float)
    if len(corners) >= 3:
        axes.add_patch(Polygon(corners, closed=True, **options))
        axes.plot(*corners.T, linestyle="none")  # so that the axes take it in
    elif len(corners):
        axes.plot(
            *corners.T,
            color=str(options["edgecolor"]),
            linewidth=4,
            marker="s",
            ms=7,
            label=str(options["label"]),
            zorder=4,
        )
