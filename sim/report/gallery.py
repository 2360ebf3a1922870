"""The figures of a run, one row each: file name, title, height, how it is drawn, and its words.

A new figure is one file that draws on given axes and one row here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from matplotlib.figure import Figure

from sim.report import captions
from sim.report.beliefs import belief_figure, belief_height
from sim.report.fans import fan_figure, fan_height
from sim.report.outcome_distribution import outcome_figure
from sim.report.path_classes import path_class_figure
from sim.report.payoffs import payoff_figure, payoff_height
from sim.report.regime import regime_figure, regime_height
from sim.report.regime_map import MAP_HEIGHT, map_of, regime_map_figure
from sim.report.stage_game import stage_figure, stage_height
from sim.report.style import new_figure
from sim.report.surprise import surprise_figure, surprise_height
from sim.report.survival import survival_figure
from sim.report.timeline import timeline_figure, timeline_height
from sim.study.result import ScenarioResult

Value = TypeVar("Value")
Words = Callable[[ScenarioResult], str]


def always(value: Value) -> Callable[[ScenarioResult], Value]:
    """Return the function that gives `value` for every result."""
    return lambda _: value


_ALWAYS = always(True)


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """One figure of the gallery.

    `name` is its file's stem; `height` in inches; `caption` says how to read it, `alt` what it shows to
    someone who cannot see it; `applies` whether a result has what it needs.
    """

    name: str
    title: str
    height: Callable[[ScenarioResult], float]
    draw: Callable[[Figure, ScenarioResult], None]
    caption: Words
    alt: Words
    applies: Callable[[ScenarioResult], bool] = _ALWAYS


GALLERY = (
    Exhibit(
        name="survival",
        title="How long the treaty lasts",
        height=always(3.6),
        draw=survival_figure,
        caption=captions.survival,
        alt=captions.survival_alt,
    ),
    Exhibit(
        name="outcomes",
        title="When it ends, and how",
        height=always(5.6),
        draw=outcome_figure,
        caption=always(captions.OUTCOMES),
        alt=captions.outcomes_alt,
    ),
    Exhibit(
        name="timeline",
        title="The model and what happened",
        height=timeline_height,
        draw=timeline_figure,
        caption=captions.timeline,
        alt=captions.timeline_alt,
    ),
    Exhibit(
        name="surprise",
        title="How surprised the model was by each step",
        height=lambda result: surprise_height(result.likelihood),
        draw=lambda figure, result: surprise_figure(figure, result.likelihood),
        caption=always(captions.SURPRISE),
        alt=captions.surprise_alt,
        applies=lambda result: result.likelihood is not None,
    ),
    Exhibit(
        name="path_classes",
        title="Four classes of path",
        height=always(2.9),
        draw=path_class_figure,
        caption=always(captions.PATH_CLASSES),
        alt=captions.path_classes_alt,
        applies=lambda result: bool(result.path_classes),
    ),
    Exhibit(
        name="stage_game",
        title="The game between plans",
        height=lambda result: stage_height(result.stage),
        draw=stage_figure,
        caption=captions.stage_game,
        alt=captions.stage_game_alt,
    ),
    Exhibit(
        name="regimes",
        title="Equilibria over the parameter draws",
        height=lambda result: regime_height(result.stage),
        draw=regime_figure,
        caption=captions.equilibria,
        alt=captions.equilibria_alt,
        applies=lambda result: bool(result.stage.equilibria),
    ),
    Exhibit(
        name="regime_map",
        title="Which equilibria, by what is not known",
        height=always(MAP_HEIGHT),
        draw=regime_map_figure,
        caption=captions.regime_map,
        alt=captions.regime_map_alt,
        applies=lambda result: map_of(result) is not None,
    ),
    Exhibit(
        name="payoffs",
        title="What each actor gained and lost",
        height=payoff_height,
        draw=payoff_figure,
        caption=always(captions.PAYOFFS),
        alt=captions.payoffs_alt,
        applies=lambda result: bool(result.decomposition.any()),
    ),
    Exhibit(
        name="beliefs",
        title="What they believed of each other",
        height=belief_height,
        draw=belief_figure,
        caption=captions.beliefs,
        alt=captions.beliefs_alt,
        applies=lambda result: result.beliefs is not None,
    ),
    Exhibit(
        name="fans",
        title="Evidence and deployments",
        height=fan_height,
        draw=fan_figure,
        caption=always(captions.FANS),
        alt=captions.fans_alt,
        applies=lambda result: bool(result.fans.paths),
    ),
)


def drawn(exhibit: Exhibit, result: ScenarioResult, note: str) -> Figure:
    """Return the figure of `exhibit`; to be called and saved inside `house_style`."""
    figure = new_figure(exhibit.height(result), exhibit.title, note)
    exhibit.draw(figure, result)
    return figure
