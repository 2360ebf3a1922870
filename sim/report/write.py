"""Write the figures of a run."""

from collections.abc import Sequence
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
    formats: Sequence[str] = ("png",),
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
    formats : sequence of str
        File formats, among ``png``, ``svg`` and ``pdf``; each costs one more drawing.
    aside : Aside
        Draws a part while the rest is drawn here.

    Returns
    -------
    paths : list of Path
        The files, figure by figure.

    Raises
    ------
    ArtifactError
        If a file cannot be written; no partial file is left under a final name.

    Notes
    -----
    About a fifth of a second per figure, nearly all of it text.
    """
    note = margin_note(result, seed_note)
    kinds = tuple(formats)
    begun = [
        aside(drawing, result, exhibit.name, note, kinds) for exhibit in GALLERY if exhibit.applies(result)
    ]
    from_the_end = [files() for files in reversed(begun)]  # whoever helps began at the other one
    folder = Path(directory) / FIGURES
    return [
        write_whole(folder / name, content)
        for files in reversed(from_the_end)
        for name, content in files.items()
    ]


def drawing(
    result: ScenarioResult, name: str, note: str, formats: Sequence[str] = ("png",)
) -> dict[str, bytes]:
    """Return the exhibit `name` of the gallery as files, name -> bytes; `note` stands in its margin."""
    (exhibit,) = (each for each in GALLERY if each.name == name)
    with house_style():
        figure = drawn(exhibit, result, note)
        return {f"{name}.{kind}": saved(figure, kind) for kind in formats}


def saved(figure: Figure, kind: str) -> bytes:
    """Return `figure` as a file of the given format, among ``png``, ``svg`` and ``pdf``.

    The bytes depend on nothing but the figure and the version of matplotlib.
    """
    content = BytesIO()
    figure.savefig(content, format=kind, dpi=PNG_DPI, **_SAVING[kind])
    return content.getvalue()
