"""The report of a sweep: the question, the design, what was found in sentences, figures, how to do it again."""

from collections.abc import Callable, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from sim.files import write_whole
from sim.report import sweep_figures as draw
from sim.report.labels import sentence_case
from sim.report.numbers import fixed
from sim.report.page import Picture, Section, qualifications, render_page
from sim.report.style import house_style, new_figure, place
from sim.report.sweep_words import (
    convergence_table,
    leaves_table,
    number_words,
    parameter_label,
    sobol_table,
    sweep_findings,
    sweep_headline,
    sweep_outcome_label,
)
from sim.report.tables import Table
from sim.report.write import FIGURES, saved
from sim.study.analysis.findings import Findings, findings
from sim.study.analysis.regimes import Threshold
from sim.study.sweep_table import StudyFacts, SweepTable

REPORT = "report.html"
MOST_OUTCOMES = 3
"""Outcomes that get figures; the others are in the table."""


def write_sweep_report(
    table: SweepTable, study: StudyFacts, directory: Path, *, threshold: Threshold | None = None
) -> Path:
    """Analyse a finished sweep, write ``figures/*.png`` and ``report.html`` into `directory`.

    Parameters
    ----------
    threshold : curve to lay over the regime map of the first outcome, where theory knows one

    Returns
    -------
    path : Path of the report

    Raises
    ------
    ArtifactError
        If a file cannot be written.
    ParameterError
        If the study names an outcome that the table lacks.

    Notes
    -----
    A few seconds for 10^5 points, most of them drawing.
    """
    directory = Path(directory)
    names = _defined(table, study.outcomes or tuple(table.outcomes))
    told = [
        findings(table, name, threshold=threshold if k == 0 else None)
        for k, name in enumerate(names[:MOST_OUTCOMES])
    ]
    note = f"{study.name} · {table.num_points:,} points · seed {study.seed}"
    note += f", config {study.config_hash}" if study.config_hash else ""
    sections = [_design_section(table, study)]
    with house_style():
        for k, found in enumerate(told):
            pictures = _pictures(table, found, note)
            for picture in pictures:
                write_whole(directory / FIGURES / f"{picture.name}.png", picture.png)
            sections += _outcome_sections(found, pictures, sweep_findings(found) if k else [])
    sections.append(_all_outcomes(table))
    sections += qualifications(study.notes)
    page = render_page(
        title=study.title,
        lead=study.question,
        headline=sweep_headline(told[0]) if told else "No outcome is defined at any point.",
        findings=sweep_findings(told[0]) if told else [],
        sections=sections,
        command=study.command,
        attachments={"The whole configuration": study.config_yaml} if study.config_yaml else {},
        manifest=study.manifest,
    )
    return write_whole(directory / REPORT, page.encode())


def _defined(table: SweepTable, names: Sequence[str]) -> list[str]:
    import numpy as np

    return [name for name in names if name not in table.outcomes or np.isfinite(table.outcomes[name]).any()]


def _design_section(table: SweepTable, study: StudyFacts) -> Section:
    rows = []
    for k, name in enumerate(table.names):
        values = ", ".join(table.labels.get(name, ())) or f"{table.low[k]:.4g} to {table.high[k]:.4g}"
        rows.append((name, table.kinds[k], values, table.units[k]))
    plays = f"{table.replications:,} plays at each" if table.replications else "outcomes computed exactly"
    sentence = (
        f"{table.num_points:,} points of a {table.design.replace('_', ' ')} design over {len(table.names)} "
        f"parameters, {plays}; {study.failures:,} points failed. Levers, which somebody could choose, are blue in "
        "the figures; uncertainties, which nobody can, are orange and hatched."
    )
    return Section(
        heading="Design",
        sentences=[sentence],
        table=Table(("parameter", "kind", "values", "unit"), rows),
        caption="What was varied; everything else is as the configuration has it",
    )


def _outcome_sections(found: Findings, pictures: list[Picture], sentences: list[str]) -> list[Section]:
    label = sentence_case(sweep_outcome_label(found.outcome))
    sections = [Section(heading=label, sentences=sentences, pictures=pictures)]
    for table, heading, caption in (
        (sobol_table(found), "shares of the variance", "Sobol' indices with 95 % intervals"),
        (leaves_table(found), "the tree", "The boxes of the tree, judged on points held out"),
        (
            convergence_table(found),
            "convergence",
            "Every number against what it is from half of the points, or of the plays at each",
        ),
    ):
        if table is not None:
            sections.append(
                Section(heading=f"{label}: {heading}", table=table, caption=caption, numeric=True)
            )
    return sections


def _all_outcomes(table: SweepTable) -> Section:
    import numpy as np

    rows = []
    for name, column in table.outcomes.items():
        whole = column[np.isfinite(column)]
        unit = table.outcome_units.get(name, "")
        if not whole.size:
            rows.append((name, "—", "—", "—", "—"))
            continue
        low, middle, high = np.quantile(whole, [0.05, 0.5, 0.95])
        errors = table.errors.get(name)
        dice = "" if errors is None else fixed(float(np.nanmean(errors)), 4)
        span = f"{number_words(float(low), unit)} to {number_words(float(high), unit)}"
        mean, half = (number_words(float(value), unit) for value in (whole.mean(), middle))
        rows.append((name, mean, half, span, dice))
    return Section(
        heading="Every outcome",
        table=Table(("outcome", "mean", "median", "middle 90\u00a0% of points", "dice at a point"), rows),
        caption="Over the points of the design; at the right the mean standard error of a point's dice",
        numeric=True,
    )


def _pictures(table: SweepTable, found: Findings, note: str) -> list[Picture]:
    kinds = dict(zip(table.names, table.kinds, strict=True))
    count = len(table.names)
    made: list[Picture] = []

    def add(name: str, title: str, height: float, paint: Callable[[Figure], None], caption: str) -> None:
        figure = new_figure(height, draw.outcome_title(title, found.outcome), note)
        paint(figure)
        made.append(
            Picture(
                name=f"{name}_{found.outcome}",
                png=saved(figure, "png"),
                caption=caption,
                alt=f"{draw.outcome_title(title, found.outcome)}. {sweep_headline(found)}",
            )
        )

    if (indices := found.sobol) is not None:
        add(
            "sobol",
            "Share of the variance",
            draw.bars_height(count),
            lambda figure: draw.draw_sobol(draw.bars_axes(figure), indices, kinds),
            f"Sobol' indices from {indices.rows:,} base rows, lines are 95 % intervals. "
            f"{100 * indices.noise_share:.1f} % of the variance is the dice's.",
        )
    if (effects := found.morris) is not None:
        add(
            "morris",
            "Elementary effects",
            draw.bars_height(count),
            lambda figure: draw.draw_morris(draw.bars_axes(figure), effects, kinds),
            "A spread beside a mean effect says that it depends on where the other parameters stand.",
        )
    if (bars := found.tornado) is not None and found.sobol is None:
        how = "the lowest and highest tenth of each, all others varying" if bars.sampled else "one at a time"
        add(
            "tornado",
            "What each parameter moves",
            draw.bars_height(count),
            lambda figure: draw.draw_tornado(draw.bars_axes(figure), bars, kinds, found.unit),
            f"Outcome at the ends of each parameter, {how}; the triangle marks the high end.",
        )
    if (regimes := found.regimes) is not None:
        add(
            "regimes",
            "Regimes",
            3.6,
            lambda figure: draw.draw_regimes(
                place(figure, 0.85, 0.62, 0.3, 0.72 if regimes.threshold else 0.5),
                figure,
                regimes,
                found.unit,
                dict(zip(table.names, table.units, strict=True)),
            ),
            f"Mean over the points of each cell, by {parameter_label(regimes.names[0])} and "
            f"{parameter_label(regimes.names[1])}.",
        )
    if (box := found.prim) is not None and box.chosen.box.limits:
        add(
            "prim",
            "Scenario discovery",
            3.3,
            lambda figure: draw.draw_prim(place(figure, 0.75, 0.62, 0.3, 0.5), box),
            "Each dot is a box of the peeling (PRIM), judged on points held out from the search.",
        )
    if found.convergence:
        add(
            "convergence",
            "Convergence",
            3.0,
            lambda figure: draw.draw_convergence(place(figure, 0.85, 0.62, 0.3, 0.5), found.convergence),
            "Every number of this section from growing parts of the points, and from half of the plays; green ones lie "
            "within their final interval from half on.",
        )
    return made
