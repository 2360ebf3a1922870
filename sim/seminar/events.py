"""Everything that can happen in a lesson, as facts; a lesson is the fold of its events.

Whatever the dice or a solver decided stands in the events, so that reading them back needs neither.
"""

import json
import types
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from sim.errors import ArtifactError
from sim.seminar.setup import Scene, Setup
from sim.seminar.state import Choice, Decided, Played, Position


@dataclass(frozen=True, kw_only=True)
class LessonOpened:
    """A lesson was opened under a code."""

    number: int
    code: str
    setup: Setup


@dataclass(frozen=True, kw_only=True)
class TableOpened:
    """A table was opened, its play at `position`."""

    table: int
    position: Position


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Someone took a place at a seat."""

    participant: int
    name: str
    table: int
    seat: int
    test: bool = False
    device: bool = False


@dataclass(frozen=True, kw_only=True)
class Moved:
    """The teacher gave a participant another seat."""

    participant: int
    table: int
    seat: int


@dataclass(frozen=True, kw_only=True)
class Left:
    """A participant is gone; whoever is still there, or a robot, goes on."""

    participant: int


@dataclass(frozen=True, kw_only=True)
class Returned:
    """A participant is back."""

    participant: int


@dataclass(frozen=True, kw_only=True)
class SceneBegun:
    """A scene began; `until` is when it ends by the clock."""

    scene: Scene
    until: float | None


@dataclass(frozen=True, kw_only=True)
class Paused:
    """All clocks stopped."""

    at: float


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """All clocks run on, later by as long as they stood."""

    at: float


@dataclass(frozen=True, kw_only=True)
class Extended:
    """The teacher gave more time, or less, to a table's round or (table None) to the scene and every round."""

    seconds: float
    table: int | None = None


@dataclass(frozen=True, kw_only=True)
class ResultsShown:
    """The teacher shows or hides the class's results."""

    shown: bool


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """A participant said how likely it holds the treaty to survive, in percent."""

    participant: int
    percent: int


@dataclass(frozen=True, kw_only=True)
class RoundBegun:
    """A decision round began."""

    table: int
    round: int
    until: float | None


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A participant put a choice to the vote in its delegation."""

    participant: int
    proposal: int
    choice: Choice


@dataclass(frozen=True, kw_only=True)
class Voted:
    """A participant's vote went to a proposal; it has one vote a round."""

    participant: int
    proposal: int


@dataclass(frozen=True, kw_only=True)
class HeadPassed:
    """The head of a delegation passed the office on."""

    participant: int
    to: int


@dataclass(frozen=True, kw_only=True)
class Committed:
    """The head of a delegation committed it."""

    participant: int
    choice: Choice


@dataclass(frozen=True, kw_only=True)
class RoundPlayed:
    """A round was decided and played to the next decision, or the end; `decided` is None when robots finish."""

    table: int
    decided: Decided | None
    played: tuple[Played, ...]
    position: Position
    courses: tuple[bool, bool]


@dataclass(frozen=True, kw_only=True)
class TableFinished:
    """A table's play is over."""

    table: int


@dataclass(frozen=True, kw_only=True)
class Said:
    """A participant sent a message in its delegation's name."""

    participant: int
    to: int | None
    text: str


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A seat offered a deal; the offerer has accepted it by that."""

    table: int
    seat: int
    deal: str
    signatories: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A seat answered an offer; `by` is a participant, None for a robot."""

    table: int
    offer: int
    seat: int
    accept: bool
    by: int | None = None


Event = (
    LessonOpened | TableOpened | Joined | Moved | Left | Returned | SceneBegun | Paused | Resumed | Extended
    | ResultsShown | Forecast | RoundBegun | Proposed | Voted | HeadPassed | Committed | RoundPlayed
    | TableFinished | Said | Offered | Answered
)  # fmt: skip

KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Event)}


def to_text(event: Event) -> tuple[str, str]:
    """Return an event's kind and its body as JSON.

    Examples
    --------
    >>> to_text(Left(participant=3))
    ('Left', '{"participant":3}')
    """
    return type(event).__name__, json.dumps(_plain(event), ensure_ascii=False, separators=(",", ":"))


def from_text(kind: str, body: str) -> Event:
    """Return the event that `to_text` wrote.

    Raises
    ------
    ArtifactError
        If there is no such kind of event, or the body does not describe one.

    Examples
    --------
    >>> from_text("Left", '{"participant":3}')
    Left(participant=3)
    """
    if kind not in KINDS:
        raise ArtifactError(f"a lesson's record holds an event of unknown kind {kind!r}")
    try:
        event: Event = _typed(KINDS[kind], json.loads(body))
    except (ValueError, TypeError, KeyError) as error:
        raise ArtifactError(f"a lesson's record holds a damaged event {kind}: {error}") from None
    return event


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Enum) else value


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _typed(kind: Any, value: Any) -> Any:
    if get_origin(kind) in (types.UnionType, Union):
        (inner,) = (each for each in get_args(kind) if each is not types.NoneType)
        return None if value is None else _typed(inner, value)
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else inner
        return tuple(_typed(each, part) for each, part in zip(kinds, value, strict=True))
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _typed(hints[name], part) for name, part in value.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if kind is float:
        return float(value)
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, got {value!r}")
    return value
