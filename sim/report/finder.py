"""What the deal finder found: sentences, a figure and a page."""

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from sim.files import write_whole
from sim.report.labels import the, titles
from sim.report.numbers import fixed, percent, percent_range, signed
from sim.report.page import Picture, Section, Table, qualifications, render_page
from sim.report.provenance import Provenance
from sim.report.style import BLUE, INK, VERMILION, house_style, new_figure, place
from sim.report.write import FIGURES, saved
from sim.study.bargaining.found import Alive, Bought, Found

if TYPE_CHECKING:
    from rich.console import RenderableType

REPORT = "report.html"

HARDLY = 0.005
"""Suspension in fewer plays than this is not worth a clause."""

SHORTENED = " The change was made smaller by bisection and is not proven to be the least."

MEANING = (
    "Alive means that nobody has left for good. A treaty that a party has suspended is alive in this sense, on paper: "
    "“on paper only” says how often."
)


def headline(found: Found) -> str:
    """Return whether anything reaches the target, and what is smallest or closest."""
    goal = f"alive at {found.horizon_months:g} months with probability {percent(found.target)}"
    if found.change is not None and found.change_reached:
        words = f"The smallest change found that keeps the treaty {goal}: {_change_words(found)}"
    elif found.cheapest:
        words = f"No change of one or two levers keeps the treaty {goal}, but packages do"
    else:
        words = f"Nothing that was tried keeps the treaty {goal}"
    return f"{words}."


def sentences(found: Found) -> list[str]:
    """Return what was found, each number with the interval of the fresh draws."""
    told = [f"As things stand it is alive in {_alive(found.fresh_without)}."]
    change = found.change
    if change is not None and change.fresh is not None:
        if found.change_reached:
            told.append(
                f"{_change_words(found)}: {_alive(change.fresh)}; {_verdict(change.fresh, found.target)}."
            )
        else:
            told.append(f"Closest with one or two levers is {_change_words(found)}: {_alive(change.fresh)}.")
    for each in dict.fromkeys(found.cheapest.values()):
        if each.fresh is not None:
            sides = [the(titles(found.scenario)[p]) for p, best in found.cheapest.items() if best is each]
            told.append(
                f"Cheapest package for {' and for '.join(sides)} that reaches the target: "
                f"{_package_words(found, each)}; {_verdict(each.fresh, found.target)}."
            )
    if found.closest is not None and not found.cheapest:
        told.append(f"The package that comes closest: {_package_words(found, found.closest)}.")
    told.append(
        f"{found.screened} worlds were screened at the medians and {found.solutions} equilibria solved for; the "
        f"numbers above are means with 95 % intervals over {found.draws} fresh draws, of another seed than the search."
    )
    return told


def table(found: Found) -> Table:
    """Return what was evaluated afresh."""
    actors = titles(found.scenario)
    nothing = ("",) * (len(actors) + 1)
    rows = [("as things stand", *nothing, *_plain(found.fresh_without))]
    if found.change is not None:
        rows.append((_change_words(found), *nothing, *_plain(found.change.fresh)))
    rows += [
        (
            each.package.title,
            *(signed(float(gain)) for gain in each.gains),
            "yes" if each.consented else "no",
            *_plain(each.fresh),
        )
        for each in found.bought
    ]
    return Table(("change or package", *actors, "signed", "alive", "on paper only"), rows)


def finder_figure(figure: Figure, found: Found) -> None:
    """Place the probability that the treaty is alive, by draw and on average, for what was evaluated afresh."""
    axes = place(figure, 2.3, 0.6, 0.25, 0.45)
    rows: list[tuple[str, Alive | None]] = [("as things stand", found.fresh_without)]
    if found.change is not None:
        rows.append((_change_words(found), found.change.fresh))
    rows += [(each.package.title, each.fresh) for each in found.bought]
    for k, (_, alive) in enumerate(rows):
        if alive is None:
            continue
        axes.plot(100 * alive.by_draw, [k] * len(alive.by_draw), "|", color=BLUE, markersize=9, alpha=0.7)
        if alive.low is not None and alive.high is not None:
            axes.plot([100 * alive.low, 100 * alive.high], [k + 0.22] * 2, color=INK, linewidth=1.4)
        axes.plot(100 * alive.mean, k + 0.22, "o", color=INK, markersize=5)
    axes.axvline(100 * found.target, color=VERMILION, linestyle="--", linewidth=1.3)
    axes.annotate(
        "target", (100 * found.target, len(rows) - 0.45), xytext=(-3, 0), textcoords="offset points", ha="right",
        fontsize=8, color=VERMILION,
    )  # fmt: skip
    axes.set_yticks(range(len(rows)), [fill(label, 36) for label, _ in rows], fontsize=7.8)
    axes.set_ylim(len(rows) - 0.3, -0.5)
    axes.set_xlim(-2, 102)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(f"% alive at {found.horizon_months:g} months", x=0.35)


def write_finder_report(found: Found, directory: Path, made: Provenance) -> list[Path]:
    """Write the figure and ``report.html`` into `directory`, and return their paths."""
    note = f"{found.scenario.name} / {found.scenario.reading} · seeds {found.seed}, {found.seed + 1}, {made.mark}"
    with house_style():
        figure = new_figure(1.5 + 0.5 * (2 + len(found.bought)), "What would keep the treaty alive", note)
        finder_figure(figure, found)
        picture = Picture(
            name="alive",
            png=saved(figure, "png"),
            caption="Each bar is a parameter draw of the fresh seed; the dot is the mean with its interval.",
            alt=headline(found),
        )
    page = render_page(
        title=f"{found.scenario.title}: what would keep it alive",
        lead="The smallest change, and the cheapest package for each side.",
        headline=headline(found),
        findings=sentences(found),
        sections=[
            Section(
                heading="Checked afresh",
                pictures=[picture],
                table=table(found),
                caption="Probability of being alive with 95 % interval; gains over no deal in payoff units",
                numeric=True,
            ),
            Section(
                heading="What was moved",
                sentences=[
                    MEANING,
                    "Distances are in steps of each lever, summed: what counts as one step is assumed."
                    + (SHORTENED if found.change_reached else ""),
                ],
            ),
            *qualifications(found.notes),
        ],
        command=made.command,
        attachments={
            **{f"Issue {name}": text for name, text in made.texts.items()},
            "The whole configuration": made.config_yaml,
        },
        manifest=made.manifest,
    )
    return [
        write_whole(Path(directory) / FIGURES / "alive.png", picture.png),
        write_whole(Path(directory) / REPORT, page.encode()),
    ]


def terminal_lines(found: Found) -> "RenderableType":
    """Return headline and sentences, to be printed by rich."""
    from rich.console import Group
    from rich.text import Text

    return Group(
        Text(headline(found), style="bold"),
        *(Text(sentence) for sentence in sentences(found)),
        *(Text(note, style="dim") for note in found.notes),
    )


def _change_words(found: Found) -> str:
    change = found.change
    if change is None:
        return "no lever"
    parts = [
        f"{lever.title} from {_number(before)} to {_number(value)}"
        for lever, before, value in zip(change.levers, change.present, change.values, strict=True)
    ]
    return f"{' and '.join(parts)} ({fixed(change.distance, 1)} steps)"


def _package_words(found: Found, each: Bought) -> str:
    actors = titles(found.scenario)
    gains = ", ".join(f"{actors[player]} {signed(float(each.gains[player]))}" for player in found.players)
    signed_by = "every signatory gains" if each.consented else "some signatory would lose"
    alive = "" if each.fresh is None else f", alive in {_alive(each.fresh)}"
    return f"“{each.package.title}”{alive}; {gains}; {signed_by}"


def _verdict(alive: Alive, target: float) -> str:
    if alive.low is not None and alive.low >= target:
        return "the whole interval reaches the target"
    if alive.mean >= target:
        return "the mean of the fresh draws reaches the target, its whole interval does not"
    if alive.high is not None and alive.high >= target:
        return "on fresh draws it falls short, though the interval does not exclude the target"
    return "on fresh draws it falls short"


def _alive(alive: Alive) -> str:
    paper = f", suspended in {percent(alive.suspended)}" if alive.suspended >= HARDLY else ""
    return f"{percent(alive.mean)} of plays{_spread(alive)}{paper}"


def _plain(alive: Alive | None) -> tuple[str, str]:
    """Return how often the treaty is alive, and how often on paper only."""
    if alive is None:
        return "", ""
    return percent(alive.mean) + _spread(alive), percent(alive.suspended)


def _spread(alive: Alive) -> str:
    return "" if alive.low is None else f" ({percent_range(alive.low, alive.high)})"


def _number(value: float) -> str:
    return f"{value:.3g}"
