"""Fan charts: how evidence, deployments and the outsider's build-up spread over time."""

from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.arrays import FloatArray
from sim.report.labels import path_label, start_of
from sim.report.style import GREY, INK, ROLE_MARKS, WIDTH, Mark, place
from sim.study.result import Fans, ScenarioResult

_EVIDENCE = ("none", "contested", "compelling")
_ORDER = ("evidence", "deployment", "outsider")
_ROW, _HEAD, _FOOT = 1.5, 0.62, 0.3


def draw_fan(axes: Axes, months: FloatArray, levels: FloatArray, paths: FloatArray, mark: Mark) -> None:
    """Draw the quantiles `paths` [T + 1, K] at `levels` [K] as nested bands, from outside in.

    States are whole numbers, so the bands are steps; the median is a thin line.
    """
    for k in range(len(levels) // 2):
        axes.fill_between(
            months, paths[:, k], paths[:, -1 - k], step="post", color=mark.colour, alpha=0.18, linewidth=0
        )
    if len(levels) % 2:
        axes.step(months, paths[:, len(levels) // 2], where="post", color=mark.colour, linewidth=1.0)


def draw_mean(axes: Axes, months: FloatArray, means: FloatArray) -> None:
    """Draw the mean over plays."""
    axes.plot(months, means, color=INK, linewidth=1.8, linestyle="--")


def fan_names(fans: Fans) -> list[str]:
    """Return the names of the paths in the order in which they are shown."""

    def rank(name: str) -> int:
        return next((k for k, stem in enumerate(_ORDER) if name.startswith(stem)), len(_ORDER))

    return sorted(fans.paths, key=rank)


def fan_height(result: ScenarioResult) -> float:
    """Return the height in inches that the fans of `result` need."""
    return _HEAD + _FOOT + _ROW * -(-len(result.fans.paths) // 2)


def fan_figure(figure: Figure, result: ScenarioResult) -> None:
    """Place one fan per path, two in a row."""
    fans, start = result.fans, start_of(result.scenario)
    shown = fan_names(fans)
    height = figure.get_figheight()
    each = (WIDTH - 0.2) / 2
    for k, name in enumerate(shown):
        row, column = divmod(k, 2)
        left, top = 0.1 + column * each, _HEAD + _ROW * row
        figure.text(
            (left + 0.02) / WIDTH,
            1 - top / height,
            path_label(name, result.scenario),
            fontsize=8.5,
            fontweight="bold",
            va="top",
        )
        axes = place(figure, left + 0.85, height - top - _ROW + 0.2, WIDTH - left - each + 0.12, top + 0.26)
        draw_fan(axes, fans.months, fans.quantiles, fans.paths[name], _mark_of(name, result))
        draw_mean(axes, fans.months, fans.means[name])
        _finish(axes, name, _top_level(name, result), start, float(fans.months[-1]), k + 2 >= len(shown))
    width = 100 * (fans.quantiles[-1] - fans.quantiles[0])
    inner = 100 * (fans.quantiles[-2] - fans.quantiles[1]) if len(fans.quantiles) > 3 else width
    figure.text(
        0.1 / WIDTH,
        1 - 0.34 / height,
        f"shaded: {inner:.0f} % and {width:.0f} % of plays · dashed: mean · thin: median",
        fontsize=7.5,
        color=GREY,
        va="top",
    )


def _mark_of(name: str, result: ScenarioResult) -> Mark:
    actors = result.scenario.actor_names
    return next((ROLE_MARKS[k] for k, actor in enumerate(actors) if actor in name.split("_")), ROLE_MARKS[3])


def _top_level(name: str, result: ScenarioResult) -> int:
    """Return the highest level that the rules allow, so that panels of one kind share their scale."""
    rules = result.games.graph.rules
    if name.startswith("deployment"):
        return rules.deployment_levels
    if name.startswith("evidence"):
        return max(rules.evidence_levels)
    highest = rules.outsider_levels if name.startswith("outsider") else np.max(result.fans.paths[name])
    return max(1, int(np.ceil(highest)))


def _finish(axes: Axes, name: str, top: int, start: date, horizon: float, last: bool) -> None:
    levels = range(top + 1)
    axes.set_yticks(
        list(levels),
        _EVIDENCE[: top + 1] if name.startswith("evidence") else [f"level {level}" for level in levels],
    )
    axes.set_ylim(-0.06 * top, 1.06 * top)
    axes.set_xlim(0, horizon)
    first = -(start.month - 1) % 12  # months to the first January on or after the start
    januaries = range(first, int(horizon) + 1, 12 if horizon <= 48 else 24)
    labels = [str(start.year + (start.month - 1 + month) // 12) if last else "" for month in januaries]
    axes.set_xticks(list(januaries), labels)
    axes.grid(axis="y")
    axes.tick_params(labelsize=8)
