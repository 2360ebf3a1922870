"""The report of a run: one HTML file that needs nothing else, to be read, handed on and reproduced."""

from collections.abc import Mapping
from pathlib import Path

from sim.files import write_whole
from sim.report import tables
from sim.report.credibility import credibility_section
from sim.report.gallery import GALLERY
from sim.report.labels import observed_sentence, the, titles
from sim.report.page import embedded, facts_of, rendered
from sim.report.provenance import Provenance
from sim.report.solved_words import certificate
from sim.report.surprise import likelihood_sentences, step_table
from sim.report.why import why_sentences
from sim.report.words import decisive_terms, findings, headline
from sim.report.write import FIGURES, write_figures
from sim.study.result import MarkovEquilibrium, ScenarioResult

REPORT = "report.html"


def write_report(
    result: ScenarioResult,
    directory: Path,
    made: Provenance | None = None,
) -> Path:
    """Write ``directory/report.html`` and return its path.

    The figures are taken from ``directory/figures``, where `write_figures` leaves them; if they are not there
    they are drawn first. They are embedded, so that the file can be handed on alone.

    Parameters
    ----------
    result : ScenarioResult
    directory : Path
        The run's directory.
    made : Provenance, optional
        The configuration and what reproduces the run, to be shown.

    Raises
    ------
    ArtifactError
        If a file cannot be written.
    """
    directory = Path(directory)
    wanted = [exhibit for exhibit in GALLERY if exhibit.applies(result)]
    if not all((directory / FIGURES / f"{exhibit.name}.png").is_file() for exhibit in wanted):
        write_figures(result, directory)
    page = render_report(
        result,
        {exhibit.name: (directory / FIGURES / f"{exhibit.name}.png").read_bytes() for exhibit in wanted},
        made or Provenance(),
    )
    return write_whole(directory / REPORT, page.encode())


def render_report(
    result: ScenarioResult,
    pictures: Mapping[str, bytes],
    made: Provenance,
) -> str:
    """Return the report as HTML; `pictures` maps the names of figures to PNG files."""
    first, second, *_ = titles(result.scenario)
    assumptions, assumption_count = tables.assumption_table(result)
    decomposed = bool(result.decomposition.any())
    return rendered(
        "report.html.j2",
        scenario=result.scenario,
        result=result,
        headline=headline(result),
        findings=findings(result),
        figures={name: _figure(name, result, picture) for name, picture in pictures.items()},
        outcomes=tables.outcome_table(result),
        path_classes=tables.path_class_table(result) if result.path_classes else None,
        observed=observed_sentence(result),
        steps=None if result.likelihood is None else step_table(result.likelihood),
        step_words=[] if result.likelihood is None else likelihood_sentences(result.likelihood),
        stage=tables.stage_table(result),
        stage_verdict=certificate(result.stage.central),
        equilibrium=tables.equilibrium_table(result),
        decomposition=tables.decomposition_table(result) if decomposed else None,
        moments=why_sentences(result),
        credible=credibility_section(result.audit, _solved_by_all(result), titles(result.scenario)),
        decisive=[
            decisive_terms(result, actor) for actor in range(len(titles(result.scenario))) if decomposed
        ],
        compliance=[
            (f"Why {the(title)} does or does not comply", found)
            for party, title in enumerate((first, second))
            if (found := tables.compliance_table(result, party)) is not None
        ],
        actors=[
            (title, strategy)
            for title, strategy in zip(titles(result.scenario), result.strategies, strict=True)
        ],
        assumptions=assumptions,
        assumption_count=assumption_count,
        facts=tables.fact_table(result),
        config_yaml=made.config_yaml,
        command=made.command,
        manifest=facts_of(made.manifest),
    )


def _figure(name: str, result: ScenarioResult, picture: bytes) -> dict[str, str]:
    exhibit = next(exhibit for exhibit in GALLERY if exhibit.name == name)
    return {
        "name": name,
        "title": exhibit.title,
        "source": embedded(picture),
        "alt": exhibit.alt(result),
        "caption": exhibit.caption(result),
    }


def _solved_by_all(result: ScenarioResult) -> MarkovEquilibrium | None:
    """Return the equilibrium if everyone plays it, and nobody has a secret."""
    alike = len(set(result.strategies)) == 1 and not result.scenario.types
    return result.equilibrium if alike and result.audit is None else None
