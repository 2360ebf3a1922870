"""What a study of deals says, in sentences and tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.games.reference_models.wilson import wilson_interval
from sim.report.labels import sentence_case, the, titles
from sim.report.negotiation import negotiation_sentences
from sim.report.numbers import fixed, percent, signed
from sim.report.tables import Table
from sim.solvers.bargaining import Bargain
from sim.study.bargaining.enforcement import Deviation
from sim.study.bargaining.result import Assessed, Bargaining, OverDraws

if TYPE_CHECKING:
    from rich.console import RenderableType

SHOWN = 14
"""Deals in the tables of a page, and of the terminal at most."""


def player_titles(result: Bargaining) -> tuple[str, str]:
    """Return the titles of the two players."""
    every = titles(result.scenario)
    first, second = result.players
    return every[first], every[second]


def leading(result: Bargaining, most: int = SHOWN) -> list[int]:
    """Return the deals worth showing: looked at over the draws, efficient, in the zone by Nash's product, single."""
    over = [result.number(each.package.name) for each in result.over_draws[1:]]
    product = np.prod(np.clip(result.zone.gains, 0, None), axis=1)
    inside = [k for k in np.argsort(-product, kind="stable").tolist() if result.zone.rational[k]]
    efficient = np.flatnonzero(result.zone.efficient).tolist()
    alone = [k for k, deal in enumerate(result.deals) if len(deal.package.terms) == 1]
    order: dict[int, None] = dict.fromkeys([*over, *efficient, *inside, *alone])
    return [k for k in order if k != 0][:most]


def headline(result: Bargaining) -> str:
    """Return the one finding: how many deals both would sign, and whether the chosen one enforces itself."""
    first, second = (the(title) for title in player_titles(result))
    count, inside = len(result.deals) - 1, int(result.zone.rational[1:].sum())
    if not inside:
        return f"None of {count} deals leaves {first} and {second} both at least as well off as no deal."
    holding = sum(deal.enforced for deal, ok in zip(result.deals, result.zone.rational, strict=True) if ok)
    kept = "none of them enforces itself" if not holding else f"{holding} of them enforce themselves"
    kept = "one of them enforces itself" if holding == 1 else kept
    chosen = result.zone.nash_pure
    pick = (
        f"; Nash's solution among them is “{result.deals[chosen.ties[0]].package.title}”"
        if chosen.ties
        else ""
    )
    return (
        f"{inside} of {count} deals are worth signing for {first}, {second} and every other signatory; "
        f"{kept}{pick}."
    )


def findings(result: Bargaining) -> list[str]:
    """Return the sentences that follow the headline."""
    first, second = player_titles(result)
    base = result.disagreements[0]
    found = [
        f"Without a deal the treaty ends within {result.horizon_months:g} months in {percent(base.collapse)} of plays; "
        f"gains are counted against that equilibrium (λ = {result.rationality:g})."
    ]
    if len(result.disagreements) > 1:
        robust = sum(deal.robustly for deal in result.deals[1:])
        found.append(
            f"{len(result.disagreements)} no-deal equilibria were found; {robust} deals are worth signing against "
            "each signatory's best one."
        )
    safest = min(range(len(result.deals)), key=lambda k: result.deals[k].collapse)
    found.append(
        f"The deal under which the treaty ends least often is “{result.deals[safest].package.title}”: "
        f"{percent(result.deals[safest].collapse)}."
    )
    if len(result.zone.hull) == 1 and result.zone.hull[0]:
        found.append(
            f"“{result.deals[result.zone.hull[0]].package.title}” is best for both: nothing is left to divide, so that "
            "every theory of bargaining chooses it."
        )
    if result.zone.nash.agreement:
        found.append(f"Nash's solution over lotteries: {lottery_words(result, result.zone.nash)}.")
        found.append(f"Kalai and Smorodinsky's: {lottery_words(result, result.zone.kalai_smorodinsky)}.")
    agreed = result.zone.agreed
    proposer = (first, second)[result.zone.rounds[0].proposer]
    apart = "a month" if result.round_months == 1 else f"{result.round_months:g} months"
    deadline = f"{len(result.zone.rounds)} offers {apart} apart"
    found.append(
        f"Alternating offers, {deadline}, {the(proposer)} first: "
        + (
            "nothing is proposed that would be accepted."
            if agreed is None
            else f"“{result.deals[agreed].package.title}” at once."
        )
    )
    missed = [each for each in result.linkages if np.abs(each.loss).max() > 1e-6]
    if missed:
        worst = max(missed, key=lambda each: float(each.loss.sum()))
        found.append(
            f"Without “{worst.title}” on the table Nash's solution would change by {signed(-float(worst.loss[0]))} for "
            f"{the(first)} and {signed(-float(worst.loss[1]))} for {the(second)}: the issue that counts most."
        )
    return found


def lottery_words(result: Bargaining, found: Bargain) -> str:
    """Return what a lottery is over, and what it is worth to the players."""
    first, second = player_titles(result)
    parts = sorted(found.ties, key=lambda k: -found.lottery[k])
    words = [
        (f"{percent(float(found.lottery[k]))} " if len(parts) > 1 else "")
        + f"“{result.deals[k].package.title}”"
        for k in parts
    ]
    return (
        f"{' and '.join(words)}, worth {signed(float(found.utilities[0]))} to {the(first)} and "
        f"{signed(float(found.utilities[1]))} to {the(second)}"
    )


def deal_table(result: Bargaining, rows: Sequence[int] | None = None) -> Table:
    """Return deals with everybody's gains, the probability of the end, and whether they would be signed and kept."""
    over = {each.package.name: each for each in result.over_draws}
    lines = []
    for k in leading(result) if rows is None else rows:
        deal = result.deals[k]
        lines.append(
            (
                deal.package.title,
                *(signed(float(gain)) for gain in deal.gains),
                percent(deal.collapse),
                signed_words(deal, bool(result.zone.efficient[k])),
                kept_words(result, deal),
                _shares(over.get(deal.package.name)),
            )
        )
    return Table(
        ("deal", *titles(result.scenario), "ends", "signed", "kept", "signed, kept over draws"), lines
    )


def signed_words(deal: Assessed, efficient: bool) -> str:
    """Return whether every signatory gains, robustly, and nothing is better for both."""
    if not deal.consented:
        return "no"
    return ("yes" if deal.robustly else "not robustly") + (", efficient" if efficient else "")


def kept_words(result: Bargaining, deal: Assessed) -> str:
    """Return whether a deal enforces itself, with its slack, or who would do what else."""
    found = deal.enforcement
    if found is None:
        return "not audited"
    if found.perfect:
        least = deal.least_discount
        patience = "" if least is None or not np.isfinite(least) else f", δ ≥ {fixed(least, 3)}"
        return f"yes, slack {fixed(found.slack, 3)}{patience}"
    if found.binding is None or found.binding.margin > 0:  # it is after a lapse, or by two things at once
        return f"no: {titles(result.scenario)[int(found.gain.argmax())]} gains {fixed(float(found.gain.max()), 3)}"
    return f"no: {deviation_words(result, found.binding)}"


def deviation_words(result: Bargaining, found: Deviation) -> str:
    """Return who gains how much by what.

    A course counts in one period, a move given an opportunity.
    """
    verb = found.action.replace("_", " ")
    return f"{titles(result.scenario)[found.actor]} gains {fixed(-found.margin, 3)} by {verb}"


def offers_table(result: Bargaining) -> Table:
    """Return the play of alternating offers, round by round."""
    lines = []
    for number, each in enumerate(result.zone.rounds):
        proposal = result.deals[each.proposals[0]].package.title if each.proposals else "waits"
        more = f" (or {len(each.proposals) - 1} as good)" if len(each.proposals) > 1 else ""
        lines.append(
            (
                f"{number + 1} (month {number * result.round_months:g})",
                player_titles(result)[each.proposer],
                proposal + more,
                *(signed(float(value)) for value in each.values),
                str(int(each.accepted.sum())),
            )
        )
    first, second = player_titles(result)
    return Table(("offer", "by", "proposes", f"worth to {first}", f"to {second}", "would be accepted"), lines)


def linkage_table(result: Bargaining) -> Table:
    """Return what leaving each issue off the table costs at Nash's solution."""
    first, second = player_titles(result)
    lines = [
        (
            each.title,
            signed(-float(each.loss[0])),
            signed(-float(each.loss[1])),
            str(int(each.zone.rational[1:].sum())),
            str(int(each.zone.efficient[1:].sum())),
        )
        for each in sorted(result.linkages, key=lambda each: -float(each.loss.sum()))
    ]
    return Table(("without the issue", first, second, "deals in the zone", "efficient"), lines)


def draws_table(result: Bargaining) -> Table:
    """Return the examined deals over the parameter draws, each share with its 95 % interval (Wilson)."""
    lines = [
        (
            each.package.title,
            _share(each.consented),
            _share(each.enforced),
            percent(float(each.collapse.mean())),
            *(signed(float(gain)) for gain in each.gains.mean(axis=0)),
        )
        for each in result.over_draws
    ]
    return Table(("deal", "worth signing", "enforces itself", "ends", *titles(result.scenario)), lines)


def changes_table(result: Bargaining) -> Table:
    """Return every level on the table with what it changes and where that is from."""
    rows = []
    for deal in result.deals[1:]:
        if len(deal.package.terms) == 1:
            rows += [
                (deal.package.title, change.path, change.words, "assumed: " * change.assumed + change.source)
                for change in deal.changes
            ]
    return Table(("level", "key", "change", "from"), rows)


def _share(hits: np.ndarray) -> str:
    low, high = wilson_interval(int(hits.sum()), len(hits))
    return f"{percent(float(hits.mean()))} ({percent(low)} to {percent(high)})"


def _shares(over: OverDraws | None) -> str:
    if over is None:
        return ""
    return f"{percent(float(over.consented.mean()))}, {percent(float(over.enforced.mean()))}"


def terminal_table(result: Bargaining) -> "RenderableType":
    """Return headline, deals and findings, to be printed by rich."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table as RichTable
    from rich.text import Text

    table = RichTable(box=SIMPLE_HEAD, pad_edge=False)
    for k, column in enumerate(("deal", *result.scenario.actor_names, "ends", "signed", "kept")):
        number = 0 < k <= len(result.scenario.actors) + 1
        table.add_column(column, justify="right" if number else "left", overflow="fold")
    for k in leading(result, 10):
        deal = result.deals[k]
        table.add_row(
            deal.package.title,
            *(signed(float(gain)) for gain in deal.gains),
            percent(deal.collapse),
            ("yes, efficient" if result.zone.efficient[k] else "yes") if deal.consented else "no",
            "yes" if deal.enforced else "no",
        )
    return Group(
        Text(headline(result), style="bold"),
        table,
        *(Text(sentence_case(sentence)) for sentence in findings(result)),
        *(
            Text(sentence)
            for sentence in (
                ()
                if result.negotiation is None
                else negotiation_sentences(result.negotiation, player_titles(result))
            )
        ),
        *(Text(note, style="dim") for note in result.notes),
    )
