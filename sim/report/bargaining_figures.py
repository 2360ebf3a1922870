"""Figures of a study of deals: the zone of agreement, linkage, the course of offers, deals over the draws."""

from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.games.reference_models.wilson import wilson_interval
from sim.report.bargaining_words import player_titles
from sim.report.style import BLUE, GREEN, INK, PALE, PURPLE, RULE, VERMILION, place
from sim.study.bargaining.result import Bargaining

LABELLED = 4
"""Packages that are named in the zone of agreement."""

ROW_HEIGHT = 0.36


def zone_figure(figure: Figure, result: Bargaining) -> None:
    """Place the zone of agreement on `figure`, and under it which packages the letters mean."""
    axes = place(figure, 0.7, 1.95, 0.25, 0.45)
    names = draw_zone(axes, result)
    height = float(figure.get_size_inches()[1])
    for k, (letter, title) in enumerate(names):
        figure.text(
            0.7 / 5.6, (1.02 - 0.19 * k) / height, f"{letter}  {title}", fontsize=7.8, va="top", color=INK
        )


def draw_zone(axes: Axes, result: Bargaining) -> list[tuple[str, str]]:
    """Draw every package by the players' gains, the frontier of lotteries, and the solutions.

    Filled circles enforce themselves, open ones do not; crosses are not worth signing for somebody. Returns the
    letters of the packages on the frontier with their titles.
    """
    zone = result.zone
    x, y = zone.gains.T
    kept = np.array([deal.enforced for deal in result.deals])
    inside = zone.rational & (np.arange(len(x)) > 0)
    axes.axhline(0, color=RULE, linewidth=0.8, zorder=0)
    axes.axvline(0, color=RULE, linewidth=0.8, zorder=0)
    axes.plot(x[~zone.rational], y[~zone.rational], "x", color=RULE, markersize=4, label="somebody loses")
    style: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 5, "markeredgewidth": 0.9}
    axes.plot(
        x[inside & ~kept],
        y[inside & ~kept],
        markerfacecolor="white",
        markeredgecolor=BLUE,
        label="worth signing",
        **style,
    )
    axes.plot(
        x[inside & kept],
        y[inside & kept],
        markerfacecolor=BLUE,
        markeredgecolor=BLUE,
        label="and kept",
        **style,
    )
    hull = list(zone.hull)
    axes.plot(x[hull], y[hull], "-", color=INK, linewidth=1.1, zorder=1, label="frontier of lotteries")
    axes.plot(0, 0, "s", color=INK, markersize=6, label="no deal")
    for found, marker, colour, label in (
        (zone.nash, "*", VERMILION, "Nash"),
        (zone.kalai_smorodinsky, "D", GREEN, "Kalai–Smorodinsky"),
    ):
        if found.agreement:
            axes.plot(
                *found.utilities, marker, color=colour, markersize=12 if marker == "*" else 7, zorder=4,
                markeredgecolor="white", markeredgewidth=0.7, linestyle="none", label=label,
            )  # fmt: skip
    if zone.agreed is not None:
        axes.plot(
            x[zone.agreed], y[zone.agreed], "^", markersize=11, markerfacecolor="none", markeredgecolor=PURPLE,
            markeredgewidth=1.4, linestyle="none", zorder=5, label="alternating offers",
        )  # fmt: skip
    first, second = player_titles(result)
    axes.set_xlabel(
        f"{first}: gain over no deal (years of the treaty's predictability to NATO)", fontsize=8.2
    )
    axes.set_ylabel(f"{second}: gain")
    _limits(axes, result)
    axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.17),
        ncol=4,
        fontsize=7.2,
        columnspacing=0.9,
        handletextpad=0.3,
    )
    return _letters(axes, result)


def _limits(axes: Axes, result: Bargaining) -> None:
    """Show the zone with some room; packages far outside may be cut off."""
    zone = result.zone
    shown = zone.gains[zone.rational]
    limits = []
    for k in range(2):
        high = max(float(shown[:, k].max()), 0.05)
        every = zone.gains[:, k]
        low = max(float(every.min()), -0.6 * high)
        limits.append((low - 0.06 * (high - low), high + 0.12 * (high - low)))
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])


def _letters(axes: Axes, result: Bargaining) -> list[tuple[str, str]]:
    zone = result.zone
    chosen = [*zone.nash.ties, *zone.kalai_smorodinsky.ties]
    chosen += [] if zone.agreed is None else [zone.agreed]
    order = [k for k in dict.fromkeys([*chosen, *zone.hull]) if k != 0][:LABELLED]
    named = []
    for letter, k in zip("ABCDEFGH", order, strict=False):
        axes.annotate(
            letter,
            tuple(zone.gains[k]),
            xytext=(6, 5),
            textcoords="offset points",
            fontsize=9,
            fontweight="bold",
        )
        named.append((letter, fill(result.deals[k].package.title, 92)))
    return named


def linkage_figure(figure: Figure, result: Bargaining) -> None:
    """Place what leaving each issue off the table costs the players at Nash's solution."""
    order = sorted(result.linkages, key=lambda each: float(each.loss.sum()))
    axes = place(figure, 1.75, 0.75, 0.25, 0.75)
    places = np.arange(len(order))
    first, second = player_titles(result)
    for k, (title, colour, hatch) in enumerate(((first, BLUE, ""), (second, VERMILION, "////"))):
        axes.barh(
            places + 0.19 * (1 - 2 * k), [-each.loss[k] for each in order], height=0.36, color=colour, hatch=hatch,
            label=title, edgecolor="white", linewidth=0,
        )  # fmt: skip
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(places, [each.title for each in order])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.set_xlabel("change of the gain at Nash's solution without the issue")
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 0.99), ncol=2)


def offers_figure(figure: Figure, result: Bargaining) -> None:
    """Place the course of alternating offers: what each would be worth if play came to that round."""
    axes = place(figure, 0.7, 0.85, 0.25, 0.45)
    rounds = result.zone.rounds
    months = [number * result.round_months for number in range(len(rounds))]
    first, second = player_titles(result)
    for k, (title, colour, line, marker) in enumerate(
        ((first, BLUE, "-", "o"), (second, VERMILION, "--", "s"))
    ):
        worth = np.array([each.values[k] for each in rounds])
        axes.plot(months, worth, line, color=colour, label=f"worth to {title}")
        own = [n for n, each in enumerate(rounds) if each.proposer == k]
        axes.plot(
            [months[n] for n in own], worth[own], marker, color=colour, markersize=7, linestyle="none",
            label=f"{title} proposes",
        )  # fmt: skip
    axes.axhline(0, color=RULE, linewidth=0.8)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.set_xlabel("months of bargaining")
    axes.set_ylabel("gain over no deal")
    axes.grid(axis="y")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncol=2, fontsize=8)


def draws_figure(figure: Figure, result: Bargaining) -> None:
    """Place the examined deals over the parameter draws: shares worth signing, kept, and in which the treaty ends."""
    axes = place(figure, 2.35, 0.85, 0.2, 0.45)
    rows = result.over_draws
    for k, each in enumerate(rows):
        axes.axhline(k, color=PALE, linewidth=0.8, zorder=0)
        for offset, values, colour, marker in (
            (-0.2, each.consented, BLUE, "o"),
            (0.0, each.enforced, GREEN, "D"),
        ):
            low, high = wilson_interval(int(values.sum()), len(values))
            axes.plot([100 * low, 100 * high], [k + offset] * 2, color=colour, linewidth=1.3)
            axes.plot(100 * values.mean(), k + offset, marker, color=colour, markersize=5)
        axes.plot(
            100 * each.collapse.mean(), k + 0.2, "x", color=VERMILION, markersize=6, markeredgewidth=1.6
        )
    for label, colour, marker in (
        ("worth signing for all who sign", BLUE, "o"),
        ("enforces itself", GREEN, "D"),
        ("ends within the horizon", VERMILION, "x"),
    ):
        axes.plot([], [], marker, color=colour, label=label)
    axes.set_yticks(range(len(rows)), [fill(each.package.title, 36) for each in rows], fontsize=7.6)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-2, 102)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(
        f"% of {len(rows[0].collapse)} parameter draws, 95 % interval; end: mean probability", fontsize=8
    )
    axes.legend(
        loc="upper right",
        bbox_to_anchor=(1.0, -0.11 - 0.5 / len(rows)),
        ncol=3,
        fontsize=7.2,
        columnspacing=0.8,
    )


__all__ = ["ROW_HEIGHT", "draw_zone", "draws_figure", "linkage_figure", "offers_figure", "zone_figure"]
