"""Which equilibria the stage game has, over the parameter draws."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.games.reference_models.wilson import wilson_interval
from sim.report.labels import plan_label, the, titles
from sim.report.numbers import percent
from sim.report.style import BLUE, GREY, place
from sim.solvers.solution import Solution
from sim.study.result import ScenarioResult, StageGame
from sim.study.stage_game import PURE

MIXED, NONE = "mixed only", "none found"


def regime_of(solution: Solution, plans: tuple[str, ...]) -> str:
    """Return the pure equilibria of one draw's game as a label; ``mixed only`` where there is none."""
    cells = []
    for profile in solution.profiles:
        if all(np.max(strategy) >= PURE for strategy in profile):
            row, column = (int(np.argmax(strategy)) for strategy in profile)
            cells.append((row, column))
    if not solution.profiles:
        return NONE
    if not cells:
        return MIXED
    return " or ".join(f"{plan_label(plans[r])} / {plan_label(plans[c])}" for r, c in sorted(set(cells)))


def regimes(stage: StageGame) -> dict[str, int]:
    """Return how many draws have each set of pure equilibria, the most frequent first.

    A partition: every draw counts once.
    """
    counts = Counter(regime_of(solution, stage.plans) for solution in stage.equilibria)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def draw_regimes(axes: Axes, labels: Sequence[str], counts: Sequence[int], total: int) -> None:
    """Draw the share of draws in each regime with its 95 % interval."""
    rows = np.arange(len(counts))
    shares = np.asarray(counts) / total
    intervals = np.array([wilson_interval(count, total) for count in counts])
    axes.barh(rows, shares, height=0.6, color=BLUE, alpha=0.75)
    axes.hlines(rows, intervals[:, 0], intervals[:, 1], color="black", linewidth=1.1)
    for row, (share, high) in enumerate(zip(shares, intervals[:, 1], strict=True)):
        axes.annotate(
            percent(float(share)),
            (high, row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    axes.set_yticks(rows, labels)
    axes.set_ylim(len(counts) - 0.4, -0.6)
    axes.set_xlim(0, min(1.25 * intervals[:, 1].max(), 1.15))
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %" if share <= 1 else "")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel(f"share of {total} parameter draws, 95 % interval")


def regime_height(stage: StageGame) -> float:
    """Return the height in inches that the regimes of `stage` need."""
    return 1.45 + 0.36 * len(_shown(stage)[0])


def regime_figure(figure: Figure, result: ScenarioResult) -> None:
    """Place the regimes of the stage game on `figure`."""
    labels, counts = _shown(result.stage)
    axes = place(figure, 2.5, 0.7, 0.2, 0.62)
    draw_regimes(axes, labels, counts, len(result.stage.equilibria))
    first, second, *_ = titles(result.scenario)
    width, height = figure.get_size_inches()
    figure.text(
        0.1 / width,
        1 - 0.52 / height,
        f"plan of {the(first)} / plan of {the(second)}",
        fontsize=8,
        color=GREY,
    )


def _shown(stage: StageGame, most: int = 7) -> tuple[list[str], list[int]]:
    items = [(_wrapped(label), count) for label, count in regimes(stage).items()]
    if len(items) > most:
        rest = sum(count for _, count in items[most - 1 :])
        items = [*items[: most - 1], (f"{len(items) - most + 1} other sets", rest)]
    return [label for label, _ in items], [count for _, count in items]


def _wrapped(label: str) -> str:
    pieces = label.split(" or ")
    if len(pieces) <= 2:
        return "\nor ".join(pieces)
    return f"{pieces[0]}\nor {len(pieces) - 1} more"
