"""Tables in the terminal: the outcomes that a run ends with, and any table of a page."""

from typing import TYPE_CHECKING

from sim.report.labels import outcome_label, sentence_case
from sim.report.tables import exact_cell, interval_cell, value_cell
from sim.report.why import why_sentences
from sim.report.words import headline

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.report.page import Table
    from sim.study.result import ScenarioResult


def summary_table(result: "ScenarioResult") -> "RenderableType":
    """Return the headline and a table of outcomes with their errors, to be printed by rich."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    has_exact = any(estimate.exact is not None for estimate in result.estimates.values())
    table = Table(box=SIMPLE_HEAD, pad_edge=False, caption_justify="left")
    table.add_column("outcome", overflow="fold")
    for column in ("estimate", "95 % interval", *(["exact"] if has_exact else []), "unit"):
        table.add_column(column, justify="left" if column == "unit" else "right", no_wrap=True)
    for estimate in result.estimates.values():
        cells = [
            sentence_case(outcome_label(estimate.name, result.scenario)),
            value_cell(estimate),
            interval_cell(estimate),
        ]
        if has_exact:
            cells.append(exact_cell(estimate))
        table.add_row(*cells, "" if estimate.unit == "probability" else estimate.unit)
    return Group(
        Text(headline(result), style="bold"),
        table,
        *(Text(f"Why: {sentence}") for sentence in why_sentences(result)[:1]),
        *(Text(note, style="dim") for note in result.notes),
    )


def printed(table: "Table | None", title: str, caption: str) -> "RenderableType":
    """Return a page's table, to be printed by rich; only title and caption where there is none."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table as Grid
    from rich.text import Text

    if table is None:
        return Group(Text(title, style="bold"), Text(caption, style="dim"))
    grid = Grid(box=SIMPLE_HEAD, title=Text(title), caption=Text(caption), pad_edge=False)
    for column, *cells in zip(table.columns, *table.rows, strict=True):
        grid.add_column(
            Text(column), justify="right" if all(map(_is_number, cells)) else "left", overflow="fold"
        )
    for row in table.rows:
        grid.add_row(*map(Text, row))
    return grid


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
