"""What the teacher's desk may ask for, and what comes of it."""

from dataclasses import dataclass

from sim.seminar import events as e
from sim.seminar.commands import NAME_LENGTH, RefusedError, clean_text, next_scene
from sim.seminar.setup import DELEGATION_SIZE, MAX_TABLES, NUM_SEATS, Kind, Scene
from sim.seminar.state import Lesson, Position

LONGEST_EXTENSION = 1800.0


@dataclass(frozen=True)
class NextScene:
    """Go on to the next scene; from play only when every table has finished."""


@dataclass(frozen=True)
class Pause:
    """Stop all clocks."""


@dataclass(frozen=True)
class Resume:
    """Let them run on."""


@dataclass(frozen=True)
class Extend:
    """Give `seconds` more, or less, to one table or to all."""

    seconds: float
    table: int | None = None


@dataclass(frozen=True)
class OpenTable:
    """Open one more table."""


@dataclass(frozen=True)
class AddTestParticipants:
    """Fill every empty seat of every table with a made-up participant, played by a robot."""


@dataclass(frozen=True)
class Reseat:
    """Give a participant another seat."""

    participant: int
    table: int
    seat: int


@dataclass(frozen=True)
class FinishPlay:
    """End play at one table or at all: robots play the remaining months."""

    table: int | None = None


@dataclass(frozen=True)
class ShowResults:
    """Show or hide the class's results."""

    shown: bool


@dataclass(frozen=True)
class SeatForDevice:
    """In one-device mode: a seat is played by the class, the desk enters its votes."""

    table: int
    seat: int
    name: str


DeskCommand = (
    NextScene | Pause | Resume | Extend | OpenTable | AddTestParticipants | Reseat | FinishPlay | ShowResults
    | SeatForDevice
)  # fmt: skip


def act_for_desk(lesson: Lesson, command: DeskCommand, *, now: float, start: Position) -> list[e.Event]:
    """Return the events of a desk's command; `start` is where a new table begins.

    `FinishPlay` is not answered here, because it needs the game; see ``conduct.finished``.

    Raises
    ------
    RefusedError
        If the command may not be.
    """
    match command:
        case NextScene():
            return [next_scene(lesson, now)]
        case Pause():
            return [] if lesson.paused_at is not None else [e.Paused(at=now)]
        case Resume():
            return [] if lesson.paused_at is None else [e.Resumed(at=now)]
        case Extend(seconds, table):
            if not -LONGEST_EXTENSION <= seconds <= LONGEST_EXTENSION:
                raise RefusedError("refused_illegal")
            _known(lesson, table)
            return [e.Extended(seconds=float(seconds), table=table)]
        case OpenTable():
            _early(lesson)
            if len(lesson.tables) >= MAX_TABLES:
                raise RefusedError("refused_too_many")
            return [e.TableOpened(table=len(lesson.tables) + 1, position=start)]
        case AddTestParticipants():
            return _made_up(lesson)
        case Reseat(participant, table, seat):
            _known(lesson, table)
            _place(lesson, table, seat)
            if participant not in [p.number for p in lesson.participants]:
                raise RefusedError("refused_unknown")
            return [e.Moved(participant=participant, table=table, seat=seat)]
        case ShowResults(shown):
            return [e.ResultsShown(shown=bool(shown))]
        case SeatForDevice(table, seat, name):
            if lesson.setup.kind is not Kind.DEVICE:
                raise RefusedError("refused_desk_only")
            return joined(lesson, name, table, seat, device=True)
        case FinishPlay(table):
            _known(lesson, table)
            return []


def joined(
    lesson: Lesson, name: str, table: int, seat: int, *, test: bool = False, device: bool = False
) -> list[e.Event]:
    """Return the events of someone's taking a place.

    Raises
    ------
    RefusedError
        If the lesson is over, the seat does not exist or is full, or the name is none.
    """
    if lesson.scene is Scene.OVER:
        raise RefusedError("refused_over")
    _known(lesson, table)
    _place(lesson, table, seat)
    number = 1 + max((p.number for p in lesson.participants), default=0)
    return [
        e.Joined(
            participant=number, name=clean_text(name, NAME_LENGTH), table=table, seat=seat,
            test=test, device=device,
        )
    ]  # fmt: skip


def _made_up(lesson: Lesson) -> list[e.Event]:
    first = 1 + max((p.number for p in lesson.participants), default=0)
    empty = [
        (table.number, seat)
        for table in lesson.tables
        for seat in range(NUM_SEATS)
        if not lesson.present(table.number, seat)
    ]
    return [
        e.Joined(participant=first + k, name=f"Test {first + k}", table=table, seat=seat, test=True)
        for k, (table, seat) in enumerate(empty)
    ]


def _known(lesson: Lesson, table: int | None) -> None:
    if table is not None and table not in [t.number for t in lesson.tables]:
        raise RefusedError("refused_unknown")


def _place(lesson: Lesson, table: int, seat: int) -> None:
    if type(seat) is not int or not 0 <= seat < NUM_SEATS:
        raise RefusedError("refused_unknown")
    people = [p for p in lesson.present(table, seat) if not p.test]
    if len(people) >= DELEGATION_SIZE:
        raise RefusedError("refused_full")


def _early(lesson: Lesson) -> None:
    if lesson.scene not in (Scene.LOBBY, Scene.BRIEF):
        raise RefusedError("refused_not_now")
