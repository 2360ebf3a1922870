"""The report of a study of deals: figures and a page."""

from collections.abc import Callable, Mapping
from pathlib import Path

from matplotlib.figure import Figure

from sim.files import write_whole
from sim.report.bargaining_figures import (
    ROW_HEIGHT,
    draws_figure,
    linkage_figure,
    offers_figure,
    zone_figure,
)
from sim.report.bargaining_words import (
    changes_table,
    deal_table,
    draws_table,
    findings,
    headline,
    linkage_table,
    offers_table,
    player_titles,
)
from sim.report.negotiation import (
    negotiation_figure,
    negotiation_height,
    negotiation_sentences,
    negotiation_table,
)
from sim.report.page import Picture, Section, qualifications, render_page
from sim.report.provenance import Provenance
from sim.report.style import house_style, new_figure
from sim.report.write import FIGURES, saved
from sim.study.bargaining.result import Bargaining

REPORT = "report.html"


def write_bargaining_report(result: Bargaining, directory: Path, made: Provenance) -> list[Path]:
    """Write figures and ``report.html`` into `directory`, and return their paths.

    Raises
    ------
    ArtifactError
        If a file cannot be written.
    """
    directory = Path(directory)
    pictures = draw_bargaining(result, made.mark)
    paths = [write_whole(directory / FIGURES / f"{each.name}.png", each.png) for each in pictures.values()]
    page = render_page(
        title=f"{result.scenario.title}: deals",
        lead="Which agreements would the actors sign, and which would they keep?",
        headline=headline(result),
        findings=findings(result),
        sections=_sections(result, pictures),
        command=made.command,
        attachments={
            **{f"Issue {name}": text for name, text in made.texts.items()},
            "The whole configuration without a deal": made.config_yaml,
        },
        manifest=made.manifest,
    )
    paths.append(write_whole(directory / REPORT, page.encode()))
    return paths


def draw_bargaining(result: Bargaining, mark: str) -> dict[str, Picture]:
    """Return the figures by name; `mark` stands in their margins."""
    note = f"{result.scenario.name} / {result.scenario.reading} · medians · seed {result.seed}, {mark}"
    exhibits: list[tuple[str, str, float, Callable[[Figure, Bargaining], None], str]] = [
        (
            "zone",
            "The zone of agreement",
            5.2,
            zone_figure,
            "Each mark is a package, placed by what the two players gain over no deal at the central parameters. "
            "Packages far outside the zone may be cut off.",
        ),
    ]
    if result.linkages:
        exhibits.append(
            (
                "linkage",
                "What each issue adds",
                1.7 + ROW_HEIGHT * len(result.linkages),
                linkage_figure,
                "How the gains at Nash's solution change when an issue is taken off the table.",
            )
        )
    exhibits.append(
        (
            "offers",
            "Alternating offers until the deadline",
            3.3,
            offers_figure,
            "Solved backwards from the last offer, which is a take-it-or-leave-it: what the proposal of each round "
            "would be worth if play came to it. With patient players the first proposal is accepted.",
        )
    )
    if result.over_draws:
        exhibits.append(
            (
                "draws",
                "Deals over the parameter draws",
                1.7 + 0.45 * len(result.over_draws),
                draws_figure,
                "The same deals where the parameters are drawn from their distributions in place of the medians.",
            )
        )
    negotiation = result.negotiation
    if negotiation is not None:
        players = player_titles(result)
        exhibits.append(
            (
                "negotiation",
                "Offers while the ultimatum stands",
                negotiation_height(negotiation),
                lambda figure, _: negotiation_figure(figure, negotiation, players),
                "Above: what each side's own offers would leave it (marks), what it demanded (dotted), and what is "
                "agreed on (circled). Below: how often the treaty ends, for every pair of concession strategies.",
            )
        )
    pictures = {}
    with house_style():
        for name, title, height, draw, caption in exhibits:
            figure = new_figure(height, title, note)
            draw(figure, result)
            alt = f"{title}. {headline(result)}"
            pictures[name] = Picture(name=name, png=saved(figure, "png"), caption=caption, alt=alt)
    return pictures


def _sections(result: Bargaining, pictures: Mapping[str, Picture]) -> list[Section]:
    lapse = "for ever" if result.reversion_months is None else f"for {result.reversion_months:g} months"
    sections = [
        Section(
            heading="What would be signed, and what would be kept",
            sentences=[
                "Gains are differences to the no-deal equilibrium, both solved alike. A deal is worth signing if no "
                "signatory loses by it; it enforces itself if, while it is kept, nobody gains anywhere by breaching, "
                f"by another move or by both, given that after its public trigger ({', '.join(result.trigger)}) it "
                f"lapses {lapse} and the no-deal equilibrium is played. Slack is the least margin; δ the least common "
                "discount factor per year that would do."
            ],
            pictures=[pictures["zone"]],
            table=deal_table(result),
            caption="Gains in payoff units at the central parameters",
            numeric=True,
        )
    ]
    if "draws" in pictures:
        sections.append(
            Section(
                heading="How robust that is",
                pictures=[pictures["draws"]],
                table=draws_table(result),
                caption="Shares of parameter draws with 95 % intervals (Wilson), and mean gains",
                numeric=True,
            )
        )
    if "linkage" in pictures:
        sections.append(
            Section(
                heading="Linked issues",
                pictures=[pictures["linkage"]],
                table=linkage_table(result),
                caption="At Nash's solution over lotteries, without one issue",
                numeric=True,
            )
        )
    sections += [
        Section(
            heading="Who would propose what, and when",
            pictures=[pictures["offers"]],
            table=offers_table(result),
            caption="Backward induction from the deadline",
            numeric=True,
        ),
        *_negotiation(result, pictures),
        Section(
            heading="The levels on the table",
            sentences=[
                f"{deal.package.title}: {deal.package.sentence}"
                for deal in result.deals[1:]
                if len(deal.package.terms) == 1
            ],
            table=changes_table(result),
            caption="Every number that a level moves, and where it is from",
        ),
    ]
    return sections + qualifications(result.notes)


def _negotiation(result: Bargaining, pictures: Mapping[str, Picture]) -> list[Section]:
    found = result.negotiation
    if found is None:
        return []
    players = player_titles(result)
    return [
        Section(
            heading="Offers while the ultimatum stands",
            sentences=[
                *negotiation_sentences(found, players),
                "Both sides know what a package is worth to both, at the central parameters; offers take no time of "
                "their own. Boulware holds out and gives way at the end, conceder gives way at once, linear in equal "
                "steps, tit for tat by as much as it was given (Faratin, Sierra and Jennings 1998).",
            ],
            pictures=[pictures["negotiation"]],
            table=negotiation_table(found, players),
            caption="Every pair of strategies",
        )
    ]
