"""The state of a lesson: immutable, and rebuilt from its events.

Seats are numbered by role: 0 and 1 are the parties, 2 the ally, 3 the outside player. Times are seconds since the
epoch. Participants are known by number; who holds which number is the business of ``tokens``.
"""

from dataclasses import dataclass, field

from sim.seminar.setup import NUM_SEATS, Scene, Setup

PARTIES = (0, 1)


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a table's play stands: period, situation, environment and each automaton's state."""

    period: int
    situation: int
    environment: int
    memory: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a seat decides: a move, a course (parties only), and how likely it holds each party to be breaching.

    Attributes
    ----------
    move : code of the move, 0 for none
    breach : whether the hidden course until the next decision is a breach
    suspicion : in percent, by party; None for oneself or where nothing is said
    """

    move: int = 0
    breach: bool = False
    suspicion: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A choice put to the vote inside a delegation; `votes` are participants, the proposer's own included."""

    number: int
    by: int
    choice: Choice
    votes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """Who speaks for a seat, what is on its table, and what it has committed to in this round."""

    head: int | None = None
    proposals: tuple[Proposal, ...] = ()
    committed: Choice | None = None


@dataclass(frozen=True, kw_only=True)
class Played:
    """One period that was played: the state it began in, what was done, what was seen, what it paid.

    `breaches` has one bit per party. `payoffs` are discounted and count everything; `observed` leaves out what the
    actor cannot see while it plays.
    """

    period: int
    situation: int
    environment: int
    row: int
    signals: tuple[int, int]
    breaches: int
    offered: bool
    built: bool
    payoffs: tuple[float, float, float, float]
    observed: tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What all seats chose in a round; `by` says who chose: a participant, or ``robot`` or ``clock``."""

    round: int
    period: int
    choices: tuple[Choice, Choice, Choice, Choice]
    by: tuple[str, str, str, str]


@dataclass(frozen=True, kw_only=True)
class Message:
    """A short message; `to` is a seat, or None when everyone at the table may read it."""

    seat: int
    to: int | None
    text: str
    round: int
    author: str


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A deal that a seat has offered; it is struck when every signatory has accepted."""

    number: int
    seat: int
    deal: str
    signatories: tuple[int, ...]
    accepted: tuple[int, ...]
    declined_by: int | None = None
    struck: bool = False
    round: int = 0

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return not self.struck and self.declined_by is None


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: four seats and one play.

    Attributes
    ----------
    round : decision round that runs or ran last; 0 before the first
    deciding : whether a round runs; `until` is when it ends, None without a clock
    finished : whether the play is over
    courses : courses that the parties hold, True for breach
    deals : names of deals in force, in the order in which they were struck
    """

    number: int
    position: Position | None = None
    round: int = 0
    deciding: bool = False
    until: float | None = None
    finished: bool = False
    courses: tuple[bool, bool] = (False, False)
    seats: tuple[Delegation, ...] = (Delegation(),) * NUM_SEATS
    played: tuple[Played, ...] = ()
    decided: tuple[Decided, ...] = ()
    messages: tuple[Message, ...] = ()
    offers: tuple[Offer, ...] = ()
    deals: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Participant:
    """Someone in a seat. `test` marks one that the teacher made up, `device` one for whom the teacher enters."""

    number: int
    name: str
    table: int
    seat: int
    present: bool = True
    test: bool = False
    device: bool = False
    forecast: int | None = None


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A whole lesson.

    `until` is when the scene ends by the clock; `paused_at` is set while everything stands still; `version` counts
    the events, so that whoever has seen one version knows what is new.
    """

    number: int
    code: str
    setup: Setup
    scene: Scene = Scene.LOBBY
    until: float | None = None
    paused_at: float | None = None
    results_shown: bool = True
    participants: tuple[Participant, ...] = ()
    tables: tuple[Table, ...] = field(default=())
    version: int = 0

    def participant(self, number: int) -> Participant:
        """Return a participant by number; KeyError if there is none."""
        for each in self.participants:
            if each.number == number:
                return each
        raise KeyError(number)

    def table(self, number: int) -> Table:
        """Return a table by number; KeyError if there is none."""
        for each in self.tables:
            if each.number == number:
                return each
        raise KeyError(number)

    def members(self, table: int, seat: int) -> tuple[Participant, ...]:
        """Return everyone who belongs to a seat, present or not."""
        return tuple(p for p in self.participants if (p.table, p.seat) == (table, seat))

    def present(self, table: int, seat: int) -> tuple[Participant, ...]:
        """Return the members of a seat who are there."""
        return tuple(p for p in self.members(table, seat) if p.present)

    def is_robot(self, table: int, seat: int) -> bool:
        """Whether a robot decides for a seat, because nobody is there, or only made-up participants are."""
        return all(p.test for p in self.present(table, seat))
