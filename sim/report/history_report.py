"""The report of ``treaty-sim history``: the observed path, what it teaches about the parameters, and the record."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.files import write_whole
from sim.report.captions import SURPRISE
from sim.report.numbers import fixed, percent
from sim.report.page import Picture, Section, Table, qualifications, render_page
from sim.report.provenance import Provenance
from sim.report.style import BLUE, GREY, INK, PALE, SKY, house_style, new_figure, place
from sim.report.surprise import (
    likelihood_sentences,
    probability_text,
    step_table,
    surprise_figure,
    surprise_height,
)
from sim.report.write import FIGURES, saved
from sim.study.calibration import IDENTIFIED, Calibration, Contraction
from sim.study.history_study import HistoryResult

REPORT = "report.html"
LIMIT = (
    "One history is one draw, chosen because it is famous: a good fit to it is no evidence for the model, and "
    "what it teaches about the parameters holds only if the model is right."
)


def write_history_report(result: HistoryResult, directory: Path, made: Provenance) -> Path:
    """Draw the figures into ``directory/figures`` and write ``report.html``."""
    world = f"{result.scenario.name} / {result.scenario.reading}"
    margin = f"{world} · {result.draws} draws · seed {result.seed}, {made.mark}"
    pictures = {}
    with house_style():
        figure = new_figure(
            surprise_height(result.likelihood), "How surprised the model was by each step", margin
        )
        surprise_figure(figure, result.likelihood)
        pictures["surprise"] = saved(figure, "png")
        if result.calibration is not None:
            shown = shown_parameters(result.calibration)
            figure = new_figure(1.3 + 0.3 * len(shown), "What the observed path teaches", margin)
            contraction_figure(figure, shown, trusted=result.calibration.has_converged)
            pictures["contraction"] = saved(figure, "png")
    for name, png in pictures.items():
        write_whole(directory / FIGURES / f"{name}.png", png)
    page = render_page(
        title=f"{result.scenario.title}: what happened, seen through the model",
        lead=f"{result.history.title}; scenario {result.scenario.name}, {result.draws} parameter draws",
        headline=_headline(result),
        findings=likelihood_sentences(result.likelihood),
        sections=_sections(result, pictures),
        command=made.command,
        manifest=made.manifest,
    )
    return write_whole(directory / REPORT, page.encode())


def history_lines(result: HistoryResult) -> list[str]:
    """Return what the terminal shows."""
    lines = [_headline(result), ""]
    for step in result.likelihood.events:
        assert step.event is not None
        lines.append(
            f"  {step.event.day}  the model gave this step probability {probability_text(step.mean):8} "
            f"({fixed(step.surprise, 1)} bits)  {step.words}"
        )
    lines += ["", *likelihood_sentences(result.likelihood)[:1]]
    if result.calibration is not None:
        lines += ["", result.calibration.verdict, *_taught(result.calibration), LIMIT]
    return [*lines, *(["", *result.notes] if result.notes else [])]


def contraction_figure(figure: Figure, parameters: tuple[Contraction, ...], *, trusted: bool) -> None:
    """Place prior and posterior of the parameters on `figure`, each on the scale of its own prior."""
    axes = place(figure, 2.35, 0.75, 0.95, 0.42)
    draw_contractions(axes, parameters, trusted=trusted)


def draw_contractions(axes: Axes, parameters: tuple[Contraction, ...], *, trusted: bool) -> None:
    """Draw for each parameter the prior (mean and two standard deviations) and the posterior on it."""
    rows = np.arange(len(parameters))
    for row, each in zip(rows, parameters, strict=True):
        scale = each.prior_sd or 1.0
        axes.barh(row, 4, left=-2, height=0.62, color=PALE, edgecolor="none")
        mean, sd = (each.mean - each.prior_mean) / scale, each.sd / scale
        colour = BLUE if trusted and each.is_identified else GREY
        axes.hlines(row, mean - 2 * sd, mean + 2 * sd, color=colour, linewidth=4 if colour == BLUE else 2)
        axes.plot([mean], [row], "o", color=colour, markeredgecolor="white", markersize=6)
        text = percent(max(each.contraction, 0.0)) if trusted else "no interval"
        axes.annotate(text, (2.15, row), va="center", fontsize=8, color=INK, annotation_clip=False)
    axes.axvline(0, color=SKY, linewidth=0.9, zorder=0)
    axes.set_yticks(rows, [_parameter_label(each.path) for each in parameters], fontsize=8)
    axes.set_ylim(len(parameters) - 0.4, -0.6)
    axes.set_xlim(-2.1, 2.1)
    axes.set_xlabel("prior standard deviations; beside it the contraction")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def shown_parameters(posterior: Calibration, most: int = 14) -> tuple[Contraction, ...]:
    """Return the selected parameters and those that were contracted most, at most `most`."""
    own = [each for each in posterior.parameters if each.path in posterior.selected]
    others = sorted(
        (each for each in posterior.parameters if each.path not in posterior.selected),
        key=lambda each: -each.contraction,
    )
    return tuple(sorted((own + others)[:most], key=lambda each: -each.contraction))


def parameter_table(posterior: Calibration) -> Table:
    """Return prior, posterior and contraction of every parameter, the most contracted first."""
    rows = []
    for each in sorted(posterior.parameters, key=lambda each: -each.contraction):
        interval = "—" if each.low is None else f"{fixed(each.low, 3)} to {fixed(each.high, 3)}"
        known = "no interval: not converged"
        if posterior.has_converged:
            known = "identified" if each.is_identified else "not identified"
        rows.append(
            (
                each.path + (" *" if each.path in posterior.selected else ""),
                f"{fixed(each.prior_mean, 3)} ± {fixed(each.prior_sd, 3)}",
                f"{fixed(each.mean, 3)} ± {fixed(each.sd, 3)}" if posterior.has_converged else "—",
                interval,
                f"{fixed(100 * each.contraction, 0)} ± {fixed(100 * each.error, 0)}\u00a0%",
                known,
            )
        )
    return Table(("parameter", "prior", "posterior", "90\u00a0% interval", "contraction", ""), rows)


def _sections(result: HistoryResult, pictures: Mapping[str, bytes]) -> list[Section]:
    steps = result.likelihood.events
    sections = [
        Section(
            heading="Step by step",
            pictures=[
                Picture(
                    name="surprise",
                    png=pictures["surprise"],
                    caption=SURPRISE,
                    alt="; ".join(f"{step.words} {percent(step.mean)}" for step in steps),
                )
            ],
            table=step_table(result.likelihood),
            caption="What the model gave each step, once everything before had happened",
            numeric=True,
        )
    ]
    posterior = result.calibration
    if posterior is not None:
        sections.append(
            Section(
                heading="What the path teaches about the parameters",
                sentences=[posterior.verdict, *_taught(posterior), LIMIT],
                pictures=[
                    Picture(
                        name="contraction",
                        png=pictures["contraction"],
                        caption="Pale: two prior standard deviations either way. Line and dot: the posterior. Blue: "
                        "contracted by 20\u00a0% or more and by more than twice the error of that number.",
                        alt="; ".join(
                            f"{each.path} contracted by {percent(max(each.contraction, 0.0))}"
                            for each in shown_parameters(posterior)
                        ),
                    )
                ],
                table=parameter_table(posterior),
                caption="Prior and posterior; * the proposals were fitted to these. Each actor's weight of "
                "predictability is fixed: it is the unit in which that actor's other weights are told.",
            )
        )
        sections.append(
            Section(
                heading="Predictive checks, in sample",
                table=Table(
                    ("what was observed", "probability under the prior", "under the posterior"),
                    [
                        (check.words, probability_text(check.prior), probability_text(check.posterior))
                        for check in result.checks
                    ],
                ),
                caption="A step that stays improbable after calibration is one that no weights in the prior explain",
                numeric=True,
            )
        )
    facts = [
        (
            fact.day.isoformat(),
            fact.text,
            fact.coding or "—",
            fact.source + " (not checked)" * (not fact.checked),
        )
        for fact in result.history.facts
    ]
    sections.append(
        Section(
            heading="The record",
            table=Table(("day", "what happened", "how it is coded", "source"), facts),
            caption=f"Not recorded and summed over: {', '.join(result.history.hidden).replace('_', ' ')}",
        )
    )
    return sections + qualifications(result.notes)


def _headline(result: HistoryResult) -> str:
    events = result.likelihood.events
    if not events:
        quiet = result.likelihood.steps
        probability = float(np.prod([step.probability for step in quiet], axis=0).mean())
        return f"Nothing happened, and the model gave that probability {probability_text(probability)}."
    worst = max(events, key=lambda step: step.surprise)
    return (
        f"Of {len(events)} steps of what happened, the most surprising is “{worst.words}”: the model gave this "
        f"step probability {probability_text(worst.mean)}."
    )


def _taught(posterior: Calibration) -> list[str]:
    if not posterior.has_converged:
        return []
    known = [each for each in posterior.parameters if each.is_identified]
    count = len(posterior.parameters)
    names = ", ".join(f"{each.path} ({percent(each.contraction)})" for each in known) or "none"
    return [
        f"Contracted by {percent(IDENTIFIED)} or more: {names}. The other {count - len(known)} of {count} "
        "uncertain parameters are not identified by this path."
    ]


def _parameter_label(path: str) -> str:
    parts = path.split(".")
    return (
        f"{parts[1]}: {parts[-1].replace('_', ' ')}" if parts[0] == "actors" else parts[-1].replace("_", " ")
    )
