"""Pages of HTML that need nothing else: templates, tables and embedded pictures put together."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sim.report.labels import sentence_case

_TEMPLATES = Path(__file__).parent / "templates"

FOR_MACHINES = ("automata", "tables")
"""Keys of a manifest that would fill pages."""


class Table(NamedTuple):
    """A table: heading of each column, rows of cells; the first column names the row."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure on a page: its PNG file, the words under it and those in its place."""

    name: str
    png: bytes
    caption: str
    alt: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a page: a heading, sentences, pictures and a table with its caption, in this order."""

    heading: str
    sentences: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    table: Table | None = None
    caption: str = ""
    numeric: bool = False


def qualifications(notes: Sequence[str]) -> list[Section]:
    """Return the section of sentences that qualify the numbers of a page, none where there are none."""
    sentences = [f"{note.rstrip('.')}." for note in notes]
    return [Section(heading="To be kept in mind", sentences=sentences)] if notes else []


def render_page(
    *,
    title: str,
    lead: str,
    sections: Sequence[Section],
    command: str,
    headline: str = "",
    findings: Sequence[str] = (),
    manifest: Mapping[str, Any] | None = None,
    attachments: Mapping[str, str] | None = None,
) -> str:
    """Return a page as HTML.

    Parameters
    ----------
    lead : str
        The line under the title, such as a source.
    command : str
        What reproduces the page.
    manifest : mapping, optional
        Versions, hashes and the like; shown as a table.
    attachments : mapping, optional
        Heading to text that is shown when asked for, such as a configuration.
    """
    return rendered(
        "page.html.j2",
        title=title,
        lead=lead,
        headline=headline,
        findings=list(findings),
        sections=[
            {
                "heading": section.heading,
                "sentences": section.sentences,
                "figures": [picture.name for picture in section.pictures],
                "table": section.table,
                "caption": section.caption,
                "numeric": section.numeric,
            }
            for section in sections
        ],
        figures={
            picture.name: {"source": embedded(picture.png), "alt": picture.alt, "caption": picture.caption}
            for section in sections
            for picture in section.pictures
        },
        command=command,
        attachments=dict(attachments or {}),
        manifest=facts_of(manifest or {}),
    )


def rendered(template: str, **words: Any) -> str:
    """Return a template of this package filled with `words`; a word that is missing is an error."""
    return str(_environment().get_template(template).render(**words))


def embedded(png: bytes) -> str:
    """Return a picture as an address that holds it."""
    return f"data:image/png;base64,{b64encode(png).decode()}"


def facts_of(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the rows of a manifest that a person reads, each key as a heading, each value in one line."""
    return [
        (sentence_case(str(key).replace("_", " ")), _flat(value))
        for key, value in manifest.items()
        if key not in FOR_MACHINES
    ]


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_flat(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_flat, value))
    return "" if value is None else str(value)


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
