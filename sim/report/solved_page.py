"""Write the figures and the page of one solved game."""

from collections.abc import Sequence
from pathlib import Path

from sim.files import write_whole
from sim.report.page import Picture, Section, render_page
from sim.report.provenance import Provenance
from sim.report.solved_figures import plates
from sim.report.solved_words import certificate, equilibrium_table, remarks
from sim.report.style import house_style
from sim.report.write import FIGURES, saved
from sim.study.solved_game import SolvedGame

REPORT = "report.html"


def write_page(
    solved: SolvedGame,
    directory: Path,
    made: Provenance,
    *,
    sections: Sequence[Section] = (),
) -> Path:
    """Draw the figures of `solved` into ``directory/figures``, write ``report.html`` and return its path.

    Parameters
    ----------
    made : Provenance
        What reproduces it.
    sections : sequence of Section
        What else was found, between the equilibria and the figures.

    Raises
    ------
    ArtifactError
        If a file cannot be written.
    """
    pictures = []
    with house_style():
        for plate in plates(solved):
            png = saved(plate.make(f"{solved.title} · {made.mark}"), "png")
            write_whole(directory / FIGURES / f"{plate.name}.png", png)
            pictures.append(Picture(name=plate.name, png=png, caption=plate.caption, alt=plate.alt))
    page = render_page(
        title=solved.title,
        lead=f"Source: {solved.source}" if solved.source else "",
        headline=_headline(solved),
        findings=remarks(solved),
        sections=[
            Section(
                heading="Equilibria",
                sentences=[f"Certificate: {certificate(solved.solution)}."],
                table=equilibrium_table(solved),
                caption="Regret: the most that a player could still gain"
                if solved.solution.profiles
                else "Extreme points of the set, average payoffs per period",
            ),
            *sections,
            *([Section(heading="Figures", pictures=pictures)] if pictures else []),
        ],
        command=made.command,
        manifest=made.manifest,
    )
    return write_whole(directory / REPORT, page.encode())


def _headline(solved: SolvedGame) -> str:
    count, concept = len(solved.solution.profiles), solved.solution.concept.replace("_", " ")
    if not count:
        return ""
    what = "extreme points of degenerate sets of equilibria" if solved.solution.components else "equilibria"
    what = what if count > 1 or solved.solution.components else "equilibrium"
    rule = solved.solution.selection
    return f"{count} {concept} {what}" + ("" if rule == "all" else f", selected as {rule.replace('_', ' ')}")
