"""Where lessons are kept: one SQLite file of events that are only ever added.

Every append is one transaction that is on the disk when `append` returns (write-ahead log, synchronous FULL), so
that nothing decided is lost when the process is killed. A version is written once: (lesson, version) is the key.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sim.errors import ArtifactError
from sim.seminar.apply import lesson_of
from sim.seminar.events import Event, from_text, to_text
from sim.seminar.state import Lesson
from sim.seminar.tokens import Grant, Role, fingerprint

_SCHEMA = """
create table if not exists events (
  lesson integer not null, version integer not null, at real not null, kind text not null, body text not null,
  primary key (lesson, version)
) without rowid;
create table if not exists tokens (
  fingerprint text primary key, role text not null, lesson integer not null, participant integer not null
) without rowid;
"""


class Store:
    """The file of a server's lessons; one process at a time.

    Raises
    ------
    ArtifactError
        If the file cannot be opened, is no such file, or another process has it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=1.0
            )
        except (OSError, sqlite3.Error) as error:
            raise ArtifactError(f"{path} cannot be opened: {error}") from None
        try:
            for pragma in ("locking_mode=exclusive", "journal_mode=wal", "synchronous=full"):
                self._connection.execute(f"pragma {pragma}")
            self._connection.executescript(f"begin exclusive; {_SCHEMA} commit;")
        except sqlite3.Error as error:
            self._connection.close()
            busy = "locked" in str(error)
            why = "another server has it open" if busy else f"it is not a record of lessons ({error})"
            raise ArtifactError(f"{path} cannot be used: {why}") from None

    def append(self, lesson: int, version: int, at: float, events: Sequence[Event]) -> None:
        """Add `events`, the first of which makes `version`; all of them or none, and on the disk.

        Raises
        ------
        ArtifactError
            If the disk is full, or someone else has written that version.
        """
        rows = [(lesson, version + k, at, *to_text(event)) for k, event in enumerate(events)]
        self._write("insert into events values (?, ?, ?, ?, ?)", rows)

    def grant(self, token: str, grant: Grant) -> None:
        """Keep what `token` stands for, under its hash."""
        row = (fingerprint(token), grant.role.value, grant.lesson, grant.participant)
        self._write("insert into tokens values (?, ?, ?, ?)", [row])

    def granted(self, token: str) -> Grant | None:
        """Return what `token` stands for, None if for nothing."""
        found = self._connection.execute(
            "select role, lesson, participant from tokens where fingerprint = ?", (fingerprint(token),)
        ).fetchone()
        return None if found is None else Grant(Role(found[0]), found[1], found[2])

    def lessons(self) -> list[int]:
        """Return the numbers of all lessons, in order."""
        rows = self._connection.execute("select distinct lesson from events order by lesson")
        return [number for (number,) in rows]

    def events(self, lesson: int) -> list[tuple[float, Event]]:
        """Return a lesson's events with their times, in order."""
        rows = self._connection.execute(
            "select at, kind, body from events where lesson = ? order by version", (lesson,)
        )
        return [(at, from_text(kind, body)) for at, kind, body in rows]

    def lesson(self, number: int) -> Lesson:
        """Return a lesson as its events tell it."""
        return lesson_of(event for _, event in self.events(number))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            self._connection.execute("begin immediate")
            self._connection.executemany(statement, rows)
            self._connection.execute("commit")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            raise ArtifactError(f"{self.path} cannot be written: {error}") from None
