"""Fan charts of beliefs: how probable the actors hold a type, by month, where it is true and where it is not."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.calendar_axis import draw_calendar
from sim.report.labels import possessive, start_of, titles
from sim.report.style import BLUE, GREY, INK, VERMILION, WIDTH, Mark, place
from sim.study.belief_fans import BeliefFan, BeliefResult
from sim.study.result import ScenarioResult

_ROW, _HEAD, _FOOT = 1.9, 0.66, 0.62
TRUE, FALSE = Mark(VERMILION, "-", "o"), Mark(BLUE, "--", "s")


def belief_rows(beliefs: BeliefResult) -> list[tuple[str, str]]:
    """Return (actor, believed type) of each panel, in the order in which they are shown."""
    return list(dict.fromkeys((fan.actor, fan.believed) for fan in beliefs.fans))


def belief_height(result: ScenarioResult) -> float:
    """Return the height in inches that the beliefs of `result` need."""
    return _HEAD + _FOOT + _ROW * (0 if result.beliefs is None else len(belief_rows(result.beliefs)))


def type_words(name: str) -> str:
    """Return a type's name as it stands in a sentence.

    Examples
    --------
    >>> type_words("in_breach")
    'in breach'
    """
    return name.replace("_", " ")


def belief_label(actor: str, believed: str, result: ScenarioResult) -> str:
    """Return what a panel shows: whose type, and which."""
    title = dict(zip((a.name for a in result.scenario.actors), titles(result.scenario), strict=True))[actor]
    return f"Belief in {possessive(title)} type \u201c{type_words(believed)}\u201d"


def belief_figure(figure: Figure, result: ScenarioResult) -> None:
    """Place one panel per believed type: a fan of the plays in which it is true, and one of the others."""
    beliefs = result.beliefs
    assert beliefs is not None
    height, start = figure.get_figheight(), start_of(result.scenario)
    rows = belief_rows(beliefs)
    for row, (actor, believed) in enumerate(rows):
        top = _HEAD + _ROW * row
        figure.text(
            0.12 / WIDTH,
            1 - top / height,
            belief_label(actor, believed, result),
            fontsize=8.5,
            fontweight="bold",
            va="top",
        )
        axes = place(figure, 0.6, height - top - _ROW + 0.22, 1.15, top + 0.28)
        shown = [fan for fan in beliefs.fans if (fan.actor, fan.believed) == (actor, believed)]
        for fan in shown:
            _draw(axes, beliefs, fan, TRUE if fan.true == believed else FALSE)
        axes.set_ylim(0, 1)
        axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
        draw_calendar(axes, start, float(beliefs.months[-1]))
        if row < len(rows) - 1:
            axes.set_xticklabels([])
            axes.set_xlabel("")
        axes.grid(axis="y")
        axes.tick_params(labelsize=8)
    inner, outer = (100 * (beliefs.quantiles[-k] - beliefs.quantiles[k - 1]) for k in (2, 1))
    figure.text(
        0.12 / WIDTH,
        1 - 0.36 / height,
        f"shaded: {inner:.0f} % and {outer:.0f} % of plays · line: mean",
        fontsize=7.5,
        color=GREY,
        va="top",
    )


def _draw(axes: Axes, beliefs: BeliefResult, fan: BeliefFan, mark: Mark) -> None:
    months, paths = beliefs.months, fan.paths
    for k in range(len(beliefs.quantiles) // 2):
        axes.fill_between(months, paths[:, k], paths[:, -1 - k], color=mark.colour, alpha=0.16, linewidth=0)
    axes.plot(months, fan.mean, color=mark.colour, linestyle=mark.line, linewidth=1.8)
    axes.annotate(
        f"if {type_words(fan.true)}",
        (float(months[-1]), float(fan.mean[-1])),
        xytext=(4, 0),
        textcoords="offset points",
        fontsize=8,
        color=INK,
        va="center",
        annotation_clip=False,
    )


__all__ = ["belief_figure", "belief_height", "belief_label", "belief_rows", "type_words"]
