"""Regions of signalling: where equilibria of each kind exist, with their closed forms drawn over."""

from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from sim.arrays import BoolArray, FloatArray
from sim.games.demonstration import Demonstration
from sim.games.reassurance import Reassurance
from sim.games.reference_models.trust import separating_band, trust_threshold
from sim.games.ultimatum_game import UltimatumGame
from sim.report.style import BLUE, GREY, INK, ORANGE, WIDTH, new_figure, place
from sim.study.signalling_regions import SignallingRegions

_PANELS = (
    ("Separating: only compliance shows", (("separating", BLUE),)),
    ("Semi-separating: in part", (("semi-separating", BLUE),)),
    ("Pooling on silence", (("silent_trusted", BLUE), ("silent_left", ORANGE))),
    ("Pooling on the display", (("shown_trusted", BLUE), ("shown_left", ORANGE))),
)
_WORDS = {"trusted": "trusted", "left": "not trusted"}


def demonstration_figure(regions: SignallingRegions, numbers: UltimatumGame, note: str) -> Figure:
    """Return four maps over the prior of breach (across) and the detection of inspections (up)."""
    height = 5.6
    figure = new_figure(height, "What a display can say", note)
    for k, (title, kinds) in enumerate(_PANELS):
        row, column = divmod(k, 2)
        left = 0.62 + 2.66 * column
        axes = place(figure, left, 0.62 + 2.45 * (1 - row), WIDTH - left - 2.14, 0.72 + 2.45 * row)
        for kind, colour in kinds:
            _fill(axes, regions, regions.exists[kind], colour, hatched=colour == ORANGE)
            _name(axes, regions, kind)
        _closed_forms(axes, numbers, k)
        axes.set_title(title, fontsize=8.5)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_xlabel("prior of breach" if row else "", fontsize=8.5)
        axes.set_ylabel("" if column else "detection by inspectors", fontsize=8.5)
        axes.tick_params(labelsize=7.5)
    figure.text(
        0.1 / WIDTH,
        1 - 0.36 / height,
        "filled: an equilibrium of that kind exists (all of them found) · lines: closed forms",
        fontsize=7.5,
        color=GREY,
        va="top",
    )
    return figure


def reassurance_figure(regions: SignallingRegions, numbers: Reassurance, note: str) -> Figure:
    """Return the costly-signal band over trust (across) and the stake of the first round (up)."""
    height = 3.8
    figure = new_figure(height, "How costly a signal must be", note)
    axes = place(figure, 0.7, 0.66, 0.2, 0.66)
    _fill(axes, regions, regions.exists["separating"], BLUE)
    bands = [
        (trust, band)
        for trust in np.linspace(0.001, 0.999, 999)
        if (band := separating_band(_at(numbers, float(trust)))) is not None
    ]
    trusts = [trust for trust, _ in bands]
    axes.plot(trusts, [low for _, (low, _) in bands], color=INK, linewidth=1.4)
    axes.plot(trusts, [high for _, (_, high) in bands], color=INK, linewidth=1.4)
    threshold = trust_threshold(numbers.reward, numbers.temptation, numbers.punishment, numbers.sucker)
    axes.axvline(threshold, color=GREY, linestyle="--", linewidth=1.2)
    axes.text(threshold + 0.01, 0.06, "enough trust\nfor one round", fontsize=8, color=GREY)
    axes.text(0.03, 0.85, "too costly\nto give", fontsize=8)
    axes.text(0.3, 0.2, "too cheap\nto be believed", fontsize=8)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("trust: prior that the other is trustworthy")
    axes.set_ylabel("stake of the first round")
    return figure


def _at(numbers: Reassurance, trust: float) -> Reassurance:
    return replace(numbers, trust=trust)


def _fill(
    axes: Axes, regions: SignallingRegions, exists: BoolArray, colour: str, *, hatched: bool = False
) -> None:
    """Colour the cells around the points of the grid at which `exists` [A, B] holds."""
    shown = np.where(exists.T, 1.0, np.nan)
    x, y = _edges(regions.first), _edges(regions.second)
    axes.pcolormesh(x, y, shown, cmap=ListedColormap([colour]), alpha=0.45, linewidth=0, rasterized=True)
    if hatched and exists.any():
        axes.contourf(
            regions.first,
            regions.second,
            exists.T.astype(float),
            levels=[0.5, 1.5],
            colors="none",
            hatches=["//"],
        )


def _name(axes: Axes, regions: SignallingRegions, kind: str) -> None:
    """Write what a region is where it is widest."""
    word = _WORDS.get(kind.rpartition("_")[2])
    places = np.argwhere(regions.exists[kind])
    if word is None or not len(places):
        return
    a, b = places.mean(axis=0)
    axes.text(
        float(np.interp(a, np.arange(len(regions.first)), regions.first)),
        float(np.interp(b, np.arange(len(regions.second)), regions.second)),
        word,
        fontsize=8,
        ha="center",
        va="center",
    )


def _closed_forms(axes: Axes, numbers: UltimatumGame, panel: int) -> None:
    game = Demonstration(numbers)
    detections = np.linspace(0.0, 1.0, 201)
    if panel in (0, 1, 3):
        axes.axhline(game.separating_detection, color=INK, linewidth=1.3)
    if panel in (1, 2):
        axes.axvline(game.silent_prior, color=INK, linewidth=1.3)
    if panel == 2 and numbers.harm > 0:
        axes.axhline(game.distrusted_detection, color=INK, linewidth=1.3, linestyle="--")
    if panel == 3:
        shown = [Demonstration(replace(numbers, detection=float(d))).shown_prior for d in detections]
        axes.plot(shown, detections, color=INK, linewidth=1.3, linestyle="--")


def _edges(values: FloatArray) -> FloatArray:
    middle = (values[1:] + values[:-1]) / 2
    return np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])


__all__ = ["demonstration_figure", "reassurance_figure"]
