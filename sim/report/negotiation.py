"""Offers exchanged while an ultimatum stands: sentences, a table and a figure."""

from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.labels import the
from sim.report.numbers import percent
from sim.report.page import Table
from sim.report.style import BLUE, GREEN, GREY, INK, RULE, VERMILION, place
from sim.strategies.concession import STRATEGIES
from sim.study.bargaining.offers import Exchange, Negotiation

PANEL_HEIGHT = 1.75
MATRIX_HEIGHT = 2.2


def strategy_title(name: str) -> str:
    """Return how a strategy reads in a sentence.

    Examples
    --------
    >>> strategy_title("tit_for_tat")
    'tit for tat'
    """
    return name.replace("_", " ")


def negotiation_sentences(found: Negotiation, players: tuple[str, str]) -> list[str]:
    """Return what the strategies come to."""
    agreed = [each for each in found.exchanges if each.agreed is not None]
    ends = [each.collapse for each in found.exchanges]
    leave = "1 package leaves" if len(found.deals) == 1 else f"{len(found.deals)} packages leave"
    told = [
        f"While an ultimatum stands, {leave} no signatory worse off than no deal there. Of "
        f"{len(found.exchanges)} pairs of concession strategies {len(agreed)} agree within {found.rounds} offers. "
        f"Without an agreement the treaty ends in {percent(found.collapse)} of plays; over the pairs the probability "
        f"of the end runs from {percent(min(ends))} to {percent(max(ends))}."
    ]
    told += [exchange_words(found, found.exchange(pair), players) for pair in found.shown]
    return told


def exchange_words(found: Negotiation, each: Exchange, players: tuple[str, str]) -> str:
    """Return who plays what and what comes of it."""
    first, second = (the(title) for title in players)
    mine, other = (strategy_title(name) for name in each.strategies)
    opening = f"{first[0].upper()}{first[1:]} {mine}, {second} {other}: "
    if each.agreed is None:
        return f"{opening}no agreement, and the treaty ends in {percent(each.collapse)} of plays."
    last = each.offers[-1]
    shares = found.shares[each.agreed]
    return (
        f"{opening}{the(players[1 - last.proposer])} accepts “{found.deals[each.agreed].package.title}” at offer "
        f"{last.round + 1} ({percent(float(shares[0]))} of the most that {first} could gain, "
        f"{percent(float(shares[1]))} for {second}); the treaty ends in {percent(each.collapse)} of plays."
    )


def negotiation_table(found: Negotiation, players: tuple[str, str]) -> Table:
    """Return every pair of strategies with what is agreed, when, and how often the treaty ends."""
    rows = [
        (
            strategy_title(each.strategies[0]),
            strategy_title(each.strategies[1]),
            "none" if each.agreed is None else found.deals[each.agreed].package.title,
            "" if each.agreed is None else str(each.offers[-1].round + 1),
            *(
                ("", "")
                if each.agreed is None
                else (percent(float(found.shares[each.agreed, k])) for k in range(2))
            ),
            percent(each.collapse),
        )
        for each in found.exchanges
    ]
    first, second = players
    return Table((first, second, "agreed on", "offer", f"share of {first}", f"of {second}", "ends"), rows)


def negotiation_height(found: Negotiation) -> float:
    """Return the height of the figure in inches."""
    return 1.35 + PANEL_HEIGHT * ((len(found.shown) + 1) // 2) + MATRIX_HEIGHT


def negotiation_figure(figure: Figure, found: Negotiation, players: tuple[str, str]) -> None:
    """Place who concedes what and when for the pairs shown, and below them the end's probability for every pair."""
    width, height = (float(size) for size in figure.get_size_inches())
    columns = 2 if len(found.shown) > 1 else 1
    panel = (width - 0.6) / columns
    for k, pair in enumerate(found.shown):
        row, column = divmod(k, columns)
        left = 0.6 + column * panel
        top = 0.75 + row * PANEL_HEIGHT
        axes = place(figure, left, height - top - PANEL_HEIGHT + 0.55, width - left - panel + 0.15, top)
        draw_exchange(axes, found, found.exchange(pair), players)
        if column:
            axes.set_yticklabels([])
        else:
            axes.set_ylabel("own share", fontsize=8)
    lowest = 0.75 + PANEL_HEIGHT * ((len(found.shown) + 1) // 2)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="upper center", bbox_to_anchor=(0.5, 1 - 0.29 / height), ncol=4, fontsize=7.6,
        columnspacing=1.0,
    )  # fmt: skip
    draw_matrix(
        place(figure, 1.35, 0.35, 0.9, lowest + 0.5),
        found,
        players,
    )


def draw_exchange(axes: Axes, found: Negotiation, each: Exchange, players: tuple[str, str]) -> None:
    """Draw what each party's own offers would leave it, as shares of the most that it could gain, offer by offer."""
    for k, (colour, line, marker) in enumerate(((BLUE, "-", "o"), (VERMILION, "--", "s"))):
        own = [offer for offer in each.offers if offer.proposer == k]
        rounds = [offer.round + 1 for offer in own]
        worth = [100 * float(found.shares[offer.package, k]) for offer in own]
        axes.plot(
            rounds,
            worth,
            line,
            marker=marker,
            color=colour,
            markersize=4.5,
            linewidth=1.3,
            label=f"{players[k]} offers",
        )
        demands = [100 * offer.demand for offer in own]
        axes.plot(rounds, demands, ":", color=colour, linewidth=1.0, label=f"{players[k]} demands")
    last = each.offers[-1]
    if each.agreed is not None:
        value = 100 * float(found.shares[each.agreed, last.proposer])
        axes.plot(
            last.round + 1,
            value,
            "o",
            markersize=11,
            markerfacecolor="none",
            markeredgecolor=GREEN,
            markeredgewidth=1.6,
        )
    else:
        axes.text(0.5, 0.12, "no agreement", transform=axes.transAxes, ha="center", fontsize=8, color=GREY)
    mine, other = (strategy_title(name) for name in each.strategies)
    axes.set_title(fill(f"{mine} against {other}: ends {percent(each.collapse)}", 46), fontsize=8)
    axes.set_xlim(0.5, found.rounds + 0.5)
    axes.set_ylim(-4, 108)
    axes.set_xticks(range(1, found.rounds + 1))
    axes.tick_params(labelsize=7.5)
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0f} %")
    axes.grid(axis="y")


def draw_matrix(axes: Axes, found: Negotiation, players: tuple[str, str]) -> None:
    """Draw the probability of the end for every pair of strategies, the number of the last offer beneath it."""
    size = len(STRATEGIES)
    ends = np.array([each.collapse for each in found.exchanges]).reshape(size, size)
    axes.imshow(100 * ends, cmap="Greys", vmin=0, vmax=130, aspect="auto")
    for k, each in enumerate(found.exchanges):
        row, column = divmod(k, size)
        when = "no deal" if each.agreed is None else f"offer {each.offers[-1].round + 1}"
        axes.text(
            column, row, f"{percent(each.collapse)}\n{when}", ha="center", va="center", fontsize=7.6, linespacing=1.15,
            color="white" if each.collapse > 0.7 else INK,
        )  # fmt: skip
    names = [strategy_title(name) for name in STRATEGIES]
    axes.set_xticks(range(size), names, fontsize=8)
    axes.set_yticks(range(size), names, fontsize=8)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel(players[1], fontsize=8.5)
    axes.set_ylabel(players[0], fontsize=8.5)
    axes.tick_params(length=0)
    axes.set_xticks(np.arange(size - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(size - 1) + 0.5, minor=True)
    axes.grid(which="minor", color=RULE, linewidth=1.2)
    axes.tick_params(which="minor", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
