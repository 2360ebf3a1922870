"""Everything about a lesson as CSV files, one table each, for a spreadsheet or a notebook."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from sim.files import write_whole
from sim.games.treaty.moves import Move
from sim.games.treaty.rules import PARTIES
from sim.seminar.events import Event, to_text
from sim.seminar.state import Lesson
from sim.seminar.table_game import TableGame
from sim.seminar.views import author_of, month_at

Rows = Iterable[Sequence[object]]


def write_csv(
    directory: Path, lesson: Lesson, events: Sequence[tuple[float, Event]], game: TableGame
) -> dict[str, bytes]:
    """Write a lesson's tables to `directory`, each whole or not at all, and return them by file name."""
    directory.mkdir(parents=True, exist_ok=True)
    files = tables(lesson, events, game)
    for name, content in files.items():
        write_whole(directory / name, content)
    return files


def tables(lesson: Lesson, events: Sequence[tuple[float, Event]], game: TableGame) -> dict[str, bytes]:
    """Return a lesson's tables as the bytes of CSV files (UTF-8), by file name."""
    actors = game.scenario.actor_names
    return {
        "participants.csv": _csv(
            ("participant", "name", "table", "seat", "present", "made_up", "forecast_percent"),
            (
                (p.number, p.name, p.table, actors[p.seat], int(p.present), int(p.test), p.forecast)
                for p in lesson.participants
            ),
        ),
        "decisions.csv": _csv(
            (
                *("table", "round", "month", "period", "seat", "decided_by", "move", "breach"),
                *(f"suspicion_{actors[party]}_percent" for party in PARTIES),
            ),
            (
                (
                    *(
                        table.number,
                        decided.round,
                        month_at(game, decided.period),
                        decided.period,
                        actors[seat],
                    ),
                    *(
                        author_of(lesson, decided.by[seat]),
                        Move(choice.move).name.lower(),
                        int(choice.breach),
                    ),
                    *choice.suspicion,
                )
                for table in lesson.tables
                for decided in table.decided
                for seat, choice in enumerate(decided.choices)
            ),
        ),
        "periods.csv": _csv(
            (
                *("table", "period", "month", "phase", "situation", "environment", "offered"),
                *(f"breach_{actors[party]}" for party in PARTIES),
                *(f"signal_{actors[party]}" for party in PARTIES),
                *(f"payoff_{actor}" for actor in actors),
            ),
            (
                (
                    *(table.number, p.period, month_at(game, p.period)),
                    *(game.graph.situations[p.situation].phase.name.lower(), p.situation, p.environment),
                    int(p.offered),
                    *(p.breaches >> party & 1 for party in PARTIES),
                    *p.signals,
                    *(repr(payoff) for payoff in p.payoffs),
                )
                for table in lesson.tables
                for p in table.played
            ),
        ),
        "messages.csv": _csv(
            ("table", "round", "from", "to", "author", "text"),
            (
                (
                    table.number,
                    m.round,
                    actors[m.seat],
                    "all" if m.to is None else actors[m.to],
                    m.author,
                    m.text,
                )
                for table in lesson.tables
                for m in table.messages
            ),
        ),
        "offers.csv": _csv(
            ("table", "offer", "round", "deal", "offered_by", "accepted_by", "declined_by", "struck"),
            (
                (
                    *(table.number, o.number, o.round, o.deal, actors[o.seat]),
                    " ".join(actors[seat] for seat in o.accepted),
                    "" if o.declined_by is None else actors[o.declined_by],
                    int(o.struck),
                )
                for table in lesson.tables
                for o in table.offers
            ),
        ),
        "events.csv": _csv(
            ("version", "seconds", "kind", "body"),
            ((k + 1, f"{at:.3f}", *to_text(event)) for k, (at, event) in enumerate(events)),
        ),
    }


def zipped(files: dict[str, bytes]) -> bytes:
    """Return files as one ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _csv(header: Sequence[str], rows: Rows) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _harmless(cell: object) -> object:
    """Return text that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "@", "\t", "\r"):
        return f"'{cell}"
    if isinstance(cell, str) and cell[:1] == "-" and not cell[1:2].isdigit():
        return f"'{cell}"
    return "" if cell is None else cell
