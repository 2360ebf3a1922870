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

SHARE_ASIDE = 0.6
"""Share of the figures drawn aside: whoever draws there has loaded matplotlib while waiting."""

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
    names = [exhibit.name for exhibit in GALLERY if exhibit.applies(result)]
    cut = round(len(names) * SHARE_ASIDE)
    first = aside(drawings, result, names[:cut], note, formats)
    second = drawings(result, names[cut:], note, formats)
    folder = Path(directory) / FIGURES
    return [write_whole(folder / name, content) for name, content in (first() | second).items()]


def drawings(
    result: ScenarioResult, names: Sequence[str], note: str, formats: Sequence[str] = ("png",)
) -> dict[str, bytes]:
    """Return the named exhibits of the gallery as files, name -> bytes; `note` stands in the margin of each."""
    files: dict[str, bytes] = {}
    with house_style():
        for exhibit in GALLERY:
            if exhibit.name in names:
                figure = drawn(exhibit, result, note)
                files |= {f"{exhibit.name}.{kind}": saved(figure, kind) for kind in formats}
    return files


def saved(figure: Figure, kind: str) -> bytes:
    """Return `figure` as a file of the given format, among ``png``, ``svg`` and ``pdf``.

    The bytes depend on nothing but the figure and the version of matplotlib.
    """
    content = BytesIO()
    figure.savefig(content, format=kind, dpi=PNG_DPI, **_SAVING[kind])
    return content.getvalue()
