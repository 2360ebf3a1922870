"""The report of a comparison: figures, one page of HTML, and the same page as a PDF."""

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from textwrap import fill

from matplotlib.figure import Figure

from sim.files import write_whole
from sim.report.comparison_figures import (
    differences_figure,
    draw_differences,
    draw_regret,
    height_of,
    regret_figure,
    survivals_figure,
)
from sim.report.comparison_words import (
    MAIN,
    changes_table,
    comparison_findings,
    comparison_headline,
    comparison_label,
    comparison_table,
    difference_of,
    ranking_table,
    regret_table,
    title_of,
    value_of,
)
from sim.report.labels import sentence_case
from sim.report.page import Picture, Section, qualifications, render_page
from sim.report.provenance import Provenance
from sim.report.style import GREY, INK, RULE, house_style, new_figure, place
from sim.report.tables import Table
from sim.report.write import FIGURES, saved
from sim.study.comparison.paired import direction
from sim.study.comparison.result import BASELINE, Comparison

REPORT, PDF = "report.html", "report.pdf"
A4 = (8.27, 11.69)
"""Inches."""

_HOW = (
    "Every policy is played on the same parameter draws as the baseline, so a difference is one of policies and not of "
    "luck; intervals (95 %) are over draws. "
)


def write_comparison_report(result: Comparison, directory: Path, made: Provenance) -> list[Path]:
    """Write figures, ``report.html`` and ``report.pdf`` into `directory`, and return their paths.

    Raises
    ------
    ArtifactError
        If a file cannot be written.
    """
    directory = Path(directory)
    note = (
        f"{result.scenario.name} / {result.reading} · {result.draws} draws · seed {result.seed}, {made.mark}"
    )
    with house_style():
        pictures = [
            _picture(result, note, *exhibit)
            for exhibit in (
                (
                    "differences",
                    "Each policy against the baseline",
                    height_of(result, 1.45),
                    differences_figure,
                    f"{_HOW}Filled blue: better, filled vermilion: worse, open grey: not told apart from zero.",
                ),
                (
                    "regret",
                    "Regret under each reading of the facts",
                    height_of(result, 1.6),
                    regret_figure,
                    "What a policy loses against the best policy if this reading is right; at the right the largest.",
                ),
                (
                    "survival",
                    "Survival under each policy",
                    3.2,
                    survivals_figure,
                    "The mean over draws; best and worst by the ranking are named, the others are grey.",
                ),
            )
        ]
        pdf = _pdf(result, note, made)
    paths = [write_whole(directory / FIGURES / f"{each.name}.png", each.png) for each in pictures]
    page = render_page(
        title=f"{result.scenario.title}: policies compared",
        lead=result.scenario.question,
        headline=comparison_headline(result),
        findings=comparison_findings(result),
        sections=_sections(result, {picture.name: picture for picture in pictures}),
        command=made.command,
        attachments={
            **{f"Policy {name}": text for name, text in made.texts.items()},
            "The whole configuration of the baseline": made.config_yaml,
        },
        manifest=made.manifest,
    )
    paths.append(write_whole(directory / REPORT, page.encode()))
    paths.append(write_whole(directory / PDF, pdf))
    return paths


def _sections(result: Comparison, pictures: Mapping[str, Picture]) -> list[Section]:
    detail = tuple(dict.fromkeys(row.outcome for row in result.rows if row.outcome not in MAIN))
    sections = [
        Section(
            heading="What each policy changes",
            pictures=[pictures["differences"], pictures["survival"]],
            table=comparison_table(result),
            caption="Policies by rank. Differences to the baseline with 95 % intervals, shares in percentage points",
            numeric=True,
        ),
        Section(
            heading="How sure the ranking is",
            table=ranking_table(result),
            caption=f"By {comparison_label(result.ranking.outcome, result)}, over resampled draws",
            numeric=True,
        ),
        Section(
            heading="If another reading is right",
            pictures=[pictures["regret"]],
            table=regret_table(result),
            caption=f"Regret in {comparison_label(result.regret.outcome, result)}",
            numeric=True,
        ),
        Section(
            heading="Every outcome",
            table=_long_table(result, detail),
            caption="Value, and difference to the baseline with its 95 % interval",
            numeric=True,
        ),
        Section(
            heading="The policies",
            sentences=[f"{policy.title}: {policy.sentence}" for policy in result.policies[1:]],
            table=changes_table(result),
            caption="Every number that a policy moves, and where it is from",
        ),
    ]
    return sections + qualifications([*map(sentence_case, result.twins), *result.notes])


def _long_table(result: Comparison, outcomes: tuple[str, ...]) -> Table:
    rows = []
    for outcome in outcomes:
        for name in result.ranking.order:
            row = result.row(name, outcome)
            label = f"{sentence_case(comparison_label(outcome, result))}: {title_of(name, result)}"
            rows.append((label, value_of(row), "" if name == BASELINE else difference_of(row)))
    return Table(("outcome and policy", "value", "against the baseline"), rows)


def _picture(
    result: Comparison,
    note: str,
    name: str,
    title: str,
    height: float,
    draw: Callable[[Figure, Comparison], None],
    caption: str,
) -> Picture:
    figure = new_figure(height, title, note)
    draw(figure, result)
    alt = f"{title}. {comparison_headline(result)}"
    return Picture(name=name, png=saved(figure, "png"), caption=caption, alt=alt)


def _pdf(result: Comparison, note: str, made: Provenance) -> bytes:
    """Return the report on one page of A4, the configuration on pages behind it."""
    from matplotlib.backends.backend_pdf import PdfPages

    content = BytesIO()
    facts = {
        "Title": f"{result.scenario.title}: policies compared",
        "Keywords": made.command,
        "CreationDate": None,
    }
    with PdfPages(content, metadata=facts) as pages:
        pages.savefig(_front_page(result, note, made.command))
        for page in _text_pages(made.config_yaml, made.texts):
            pages.savefig(page)
    return content.getvalue()


def _front_page(result: Comparison, note: str, command: str) -> Figure:
    figure = Figure(figsize=A4)
    width, height = A4
    y = height - 0.55

    def write(
        text: str, size: float, *, weight: str = "normal", columns: int = 105, colour: str = INK
    ) -> None:
        nonlocal y
        shown = fill(text, columns)
        figure.text(0.6 / width, y / height, shown, va="top", fontsize=size, fontweight=weight, color=colour)
        y -= (shown.count("\n") + 1) * size * 1.28 / 72 + 0.06

    write(f"{result.scenario.title}: policies compared", 15, weight="bold", columns=70)
    write(result.scenario.question, 9, colour=GREY)
    write(comparison_headline(result), 10.5, weight="bold", columns=88)
    for sentence in comparison_findings(result):
        write(f"• {sentence}", 8, columns=118)
    names = list(result.ranking.order)
    rows_height = 0.19 * len(names)
    y -= 0.42
    _panels(figure, result, names, top=y, height=rows_height)
    y -= rows_height + 1.15
    axes_left = 2.2
    half = (width - 0.6 - axes_left) / 2
    titles = [title_of(name, result) for name in result.regret.policies]
    order = [int(k) for k in result.regret.worst.argsort(kind="stable")]
    for k, matrix in enumerate((result.regret, result.payoff_regret)):
        left = axes_left + k * half
        bottom = y - rows_height
        axes = place(figure, left, bottom, width - left - half + 0.15, height - y)
        draw_regret(axes, matrix, titles if k == 0 else [""] * len(titles), order)
        unit = "percentage points" if matrix.unit == "probability" else matrix.unit
        axes.set_title(f"Regret: {comparison_label(matrix.outcome, result)}\n({unit})", fontsize=8, pad=16)
        axes.tick_params(labelsize=7.5)
    y -= rows_height + 0.3
    for text in (*result.twins, *result.notes)[:6]:
        write(text, 6.5, columns=150, colour=GREY)
    write(f"Reproduce: {command}", 7, columns=130)
    figure.text(1 - 0.6 / width, 0.3 / height, note, ha="right", fontsize=6.5, color=GREY)
    figure.text(
        0.6 / width, 0.3 / height, "A model of a negotiation, not a forecast.", fontsize=6.5, color=GREY
    )
    return figure


def _panels(figure: Figure, result: Comparison, names: list[str], *, top: float, height: float) -> None:
    """Draw the main differences beside each other, the values written at the right of each panel."""
    width, page = A4
    left, outcomes = 2.2, ("collapse_probability", "months_to_collapse", "payoff_joint")
    panel = (width - 0.6 - left) / len(outcomes)
    for k, outcome in enumerate(outcomes):
        rows = [result.row(name, outcome) for name in names]
        axes = place(
            figure, left + k * panel, top - height, width - left - (k + 1) * panel + 0.62, page - top
        )
        draw_differences(axes, rows, direction(outcome))
        axes.tick_params(labelsize=7.5)
        unit = "percentage points" if rows[0].unit == "probability" else rows[0].unit
        axes.set_xlabel(f"difference, {unit}", fontsize=7.5)
        axes.set_title(fill(sentence_case(comparison_label(outcome, result)), 18), fontsize=8)
        axes.set_yticklabels([title_of(name, result) for name in names] if k == 0 else [])
        for place_, row in enumerate(rows):
            axes.annotate(
                value_of(row), (1.05, place_), xycoords=("axes fraction", "data"), va="center", fontsize=7
            )
        axes.axhline(names.index(BASELINE), color=RULE, linewidth=6, zorder=0)


def _text_pages(config_yaml: str, policy_yaml: Mapping[str, str]) -> list[Figure]:
    """Return pages with the texts of the policies and the configuration, in two columns."""
    lines: list[str] = []
    for name, text in policy_yaml.items():
        lines += [f"# policy/{name}.yaml", *text.rstrip().splitlines(), ""]
    lines += ["# the whole configuration of the baseline", *config_yaml.rstrip().splitlines()]
    wrapped = [part for line in lines for part in _broken(line, 92)]
    per_column, columns = 132, 2
    pages = []
    for start in range(0, len(wrapped), per_column * columns):
        figure = Figure(figsize=A4)
        for k in range(columns):
            part = wrapped[start + k * per_column : start + (k + 1) * per_column]
            figure.text(0.06 + 0.46 * k, 0.97, "\n".join(part), va="top", fontsize=4.4, family="monospace")
        pages.append(figure)
    return pages


def _broken(line: str, columns: int) -> list[str]:
    escaped = line.replace("$", r"\$")
    return [escaped[k : k + columns] for k in range(0, len(escaped), columns)] or [""]
