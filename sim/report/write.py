"""Write the figures of a run."""

from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from sim.files import write_whole
from sim.report.gallery import GALLERY, drawn
from sim.report.style import PNG_DPI, house_style
from sim.report.words import margin_note
from sim.study.aside import Aside, at_once
from sim.study.result import ScenarioResult

FIGURES = "figures"
"""Directory of the figures inside a run's directory."""

_SAVING: dict[str, dict[str, Any]] = {  # no dates in files: the same numbers give the same bytes
    "png": {"metadata": {"Software": None}, "pil_kwargs": {"compress_level": 1}},
    "svg": {"metadata": {"Date": None, "Creator": None}},
    "pdf": {"metadata": {"CreationDate": None, "Creator": None, "Producer": None}},
}


def write_figures(
    result: ScenarioResult,
    directory: Path,
    *,
    seed_note: str = "",
    aside: Aside = at_once,
) -> list[Path]:
    """Draw every figure that `result` has the data for into ``directory/figures``.

    Parameters
    ----------
    result : ScenarioResult
    directory : Path
        The run's directory; it must exist and be writable.
    seed_note : str
        What stands in the margin of each figure beside scenario and draws; by default the seed.
    aside : Aside
        Draws a part while the rest is drawn here.

    Returns
    -------
    paths : list of Path
        The PNG files, figure by figure.

    Raises
    ------
    ArtifactError
        If a file cannot be written; no partial file is left under a final name.

    Notes
    -----
    About a fifth of a second per figure, nearly all of it text.
    """
    note = margin_note(result, seed_note)
    names = [exhibit.name for exhibit in GALLERY if exhibit.applies(result)]
    begun = [aside(drawing, result, name, note) for name in names]
    from_the_end = [picture() for picture in reversed(begun)]  # whoever helps began at the other one
    folder = Path(directory) / FIGURES
    return [
        write_whole(folder / f"{name}.png", content)
        for name, content in zip(names, reversed(from_the_end), strict=True)
    ]


def drawing(result: ScenarioResult, name: str, note: str) -> bytes:
    """Return the exhibit `name` of the gallery as a PNG file; `note` stands in its margin."""
    (exhibit,) = (each for each in GALLERY if each.name == name)
    with house_style():
        return saved(drawn(exhibit, result, note), "png")


def saved(figure: Figure, kind: str) -> bytes:
    """Return `figure` as a file of the given format, among ``png``, ``svg`` and ``pdf``.

    The bytes depend on nothing but the figure and the version of matplotlib.
    """
    content = BytesIO()
    figure.savefig(content, format=kind, dpi=PNG_DPI, **_SAVING[kind])
    return content.getvalue()
