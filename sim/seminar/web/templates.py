"""Templates of the pages: everything that goes into a page goes through one escaping environment."""

from collections.abc import Hashable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.report.labels import term_label
from sim.seminar import drawing
from sim.seminar.text import t, t_or

_HERE = Path(__file__).parent


@cache
def environment() -> Environment:
    """Return the environment; whatever is not marked as markup by it is escaped."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(t=t, t_or=t_or, term_label=term_label, colours=drawing.ROLE_COLOURS)
    return made


def drawn(svg: str) -> Markup:
    """Mark a drawing as markup: ``drawing`` escapes every word in it."""
    return Markup(svg)  # noqa: S704


def render(template: str, /, **values: Any) -> str:
    """Return a template filled in."""
    return environment().get_template(f"{template}.html.j2").render(**values)


@lru_cache(maxsize=2048)
def render_once(template: str, /, **values: Hashable) -> str:
    """Return a template filled in, kept: for what many pages show, or one shows again and again."""
    return render(template, **values)


def asset(name: str) -> str:
    """Return the text of a style sheet or script."""
    return (_HERE / "static" / name).read_text(encoding="utf-8")
