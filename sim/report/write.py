"""Write the figures of a run."""

import os
from io import BytesIO
from pathlib import Path

from sim.errors import ArtifactError
from sim.report.gallery import GALLERY, drawn
from sim.report.style import PNG_DPI, house_style
from sim.report.words import margin_note
from sim.study.result import ScenarioResult

FIGURES = "figures"
"""Directory of the figures inside a run's directory."""


def write_figures(result: ScenarioResult, directory: Path, *, seed_note: str = "") -> list[Path]:
    """Draw every figure that `result` has the data for into ``directory/figures``, as PNG and as SVG.

    Parameters
    ----------
    result : ScenarioResult
    directory : Path
        The run's directory; it must exist and be writable.
    seed_note : str
        What stands in the margin of each figure; by default scenario, draws and seed.

    Returns
    -------
    paths : list of Path
        The PNG files; each has an SVG of the same stem beside it.

    Raises
    ------
    ArtifactError
        If a file cannot be written; no partial file is left under a final name.
    """
    note = seed_note or margin_note(result)
    folder = Path(directory) / FIGURES
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArtifactError(f"{folder}: cannot be made: {error.strerror}") from error
    paths = []
    with house_style():
        for exhibit in GALLERY:
            if not exhibit.applies(result):
                continue
            figure = drawn(exhibit, result, note)
            png, svg = BytesIO(), BytesIO()
            figure.savefig(
                png, format="png", dpi=PNG_DPI, metadata={"Software": None}, pil_kwargs={"compress_level": 3}
            )
            figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
            paths.append(write_whole(folder / f"{exhibit.name}.png", png.getvalue()))
            write_whole(folder / f"{exhibit.name}.svg", svg.getvalue())
    return paths


def write_whole(path: Path, content: bytes) -> Path:
    """Write `content` to `path` so that the file is either whole or absent.

    Raises
    ------
    ArtifactError
        Naming the file, if it cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ArtifactError(f"{path}: cannot be written: {error.strerror}") from error
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return path
