"""What a lesson is set up with: scenario, tables, rounds and how long everything takes."""

from dataclasses import dataclass, field
from enum import StrEnum

from sim.errors import ParameterError

MAX_ROUNDS = 8
MAX_TABLES = 24
NUM_SEATS = 4
DELEGATION_SIZE = 4
"""Participants who can share one seat."""


class Scene(StrEnum):
    """Where a lesson stands: a waiting room, five scenes, and the end."""

    LOBBY = "lobby"
    BRIEF = "brief"
    PLAY = "play"
    REVEAL = "reveal"
    THEORY = "theory"
    DEBRIEF = "debrief"
    OVER = "over"


SCENES = (Scene.BRIEF, Scene.PLAY, Scene.REVEAL, Scene.THEORY, Scene.DEBRIEF)


class Kind(StrEnum):
    """Who holds the seats: a class with its devices, one visitor alone, or a class before one device."""

    CLASS = "class"
    SOLO = "solo"
    DEVICE = "device"


@dataclass(frozen=True, kw_only=True)
class Timers:
    """How long everything takes, in seconds.

    Examples
    --------
    >>> Timers().lesson(rounds=MAX_ROUNDS) / 60
    44.0
    """

    brief: float = 300.0
    decision: float = 120.0
    reveal: float = 360.0
    theory: float = 540.0
    debrief: float = 480.0

    def __post_init__(self) -> None:
        for name in ("brief", "decision", "reveal", "theory", "debrief"):
            if not 1 <= getattr(self, name) <= 7200:
                raise ParameterError(
                    f"seminar.{name}_seconds must lie in 1..7200, got {getattr(self, name):g}"
                )

    def lesson(self, *, rounds: int) -> float:
        """Return how long a lesson of so many decision rounds takes at most."""
        return self.brief + rounds * self.decision + self.reveal + self.theory + self.debrief

    def of(self, scene: Scene) -> float | None:
        """Return how long a scene takes; None for play, which ends with its rounds."""
        return {
            Scene.BRIEF: self.brief,
            Scene.REVEAL: self.reveal,
            Scene.THEORY: self.theory,
            Scene.DEBRIEF: self.debrief,
        }.get(scene)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A lesson's setup.

    Attributes
    ----------
    kind : who holds the seats
    scenario, reading : names of configs
    overrides : further arguments, as on the command line
    robots : strategy of every seat that nobody holds; "" leaves the scenario's own
    tables : int, tables at the beginning
    rounds : int, decision rounds of a table at most
    months : float, length of the play
    seed : int
    timed : whether scenes and rounds end by the clock
    timers : Timers
    """

    kind: Kind = Kind.CLASS
    scenario: str = "inf_2019"
    reading: str = "neutral"
    overrides: tuple[str, ...] = ()
    robots: str = ""
    tables: int = 1
    rounds: int = MAX_ROUNDS
    months: float = 48.0
    seed: int = 20190802
    timed: bool = True
    timers: Timers = field(default_factory=Timers)

    def __post_init__(self) -> None:
        if not 1 <= self.tables <= MAX_TABLES:
            raise ParameterError(f"seminar.tables must lie in 1..{MAX_TABLES}, got {self.tables}")
        if not 1 <= self.rounds <= MAX_ROUNDS:
            raise ParameterError(f"seminar.rounds must lie in 1..{MAX_ROUNDS}, got {self.rounds}")
        if not 1 <= self.months <= 240:
            raise ParameterError(f"seminar.months must lie in 1..240, got {self.months:g}")

    def arguments(self) -> list[str]:
        """Return the overrides that compose the lesson's scenario, as the command line would have them."""
        given = [f"reading={self.reading}", *self.overrides, "engine.draws=1", f"engine.seed={self.seed}"]
        given.append(f"engine.horizon_months={self.months:g}")
        return [*given, f"strategy={{everyone: {self.robots}}}"] if self.robots else given
