"""The classroom: lessons in memory and on disk, tokens, games. No web here.

Every change goes one way: a command or the clock gives events, the store has them on the disk, then the lesson in
memory changes; whoever shows a lesson sees by its version that it has. All of it on one thread.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sim.errors import SimError
from sim.seminar.apply import apply, lesson_of
from sim.seminar.commands import Command, GameOf, RefusedError, Say, act
from sim.seminar.conduct import due, finished
from sim.seminar.desk import DeskCommand, FinishPlay, act_for_desk, joined
from sim.seminar.events import Event, Left, LessonOpened, Paused, Resumed, Returned, TableOpened
from sim.seminar.games import Games
from sim.seminar.limits import COMMANDS, JOINS, LESSONS, MESSAGES, WRONG_CODES, Limit, Limiter
from sim.seminar.setup import Kind, Scene, Setup
from sim.seminar.state import Lesson, Participant
from sim.seminar.store import Store
from sim.seminar.table_game import TableGame
from sim.seminar.tokens import Grant, Role, new_code, new_token, normalised_code

GRACE = 12.0
"""Seconds without any connection after which a participant counts as gone."""

AFTER_RESTART = 45.0
"""The same, for those who were there before the server was started again."""

FORGOTTEN = 6 * 3600.0
"""Seconds after which a lesson that was cut off does not go on by itself when the server is started again."""

LONGEST_CHAIN = 1000
"""Steps that the clock may take at once; more would mean that it turns in a circle."""

_LOG = logging.getLogger(__name__)


@dataclass
class Connections:
    """The open pages of everyone, and since when someone has none."""

    pages: dict[tuple[int, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    gone_since: dict[tuple[int, int], float] = field(default_factory=dict)


class Classroom:
    """All lessons of one server.

    Parameters
    ----------
    store : where they are kept; what it holds is taken up again
    games : the games that tables play
    clock : seconds since the epoch
    """

    def __init__(self, store: Store, games: Games, *, clock: Callable[[], float] = time.time) -> None:
        self.store, self.games, self.clock = store, games, clock
        self.limiter = Limiter()
        self.lessons: dict[int, Lesson] = {number: store.lesson(number) for number in store.lessons()}
        self._connections = Connections()
        now = clock()
        for lesson in list(self.lessons.values()):
            self._take_up(lesson, now)
            for p in lesson.participants:
                if p.present and not (p.test or p.device):
                    self._connections.gone_since[lesson.number, p.number] = now + AFTER_RESTART - GRACE

    def _take_up(self, lesson: Lesson, now: float) -> None:
        """Stop a lesson's clocks for the time in which no server ran; an old lesson stays stopped."""
        if lesson.scene in (Scene.LOBBY, Scene.OVER) or lesson.paused_at is not None:
            return
        last = self.store.events(lesson.number)[-1][0]
        events: list[Event] = [Paused(at=last)]
        if now - last < FORGOTTEN:
            events.append(Resumed(at=max(now, last)))
        self._record(lesson, events)

    # lessons and tokens

    def open(self, setup: Setup) -> Lesson:
        """Open a lesson; its game is prepared first, so this may take a second or two."""
        start = self.games.prepared(setup).start
        for name in self.games.deals:
            self.games.find(setup, (name,))
        codes = {lesson.code for lesson in self.lessons.values() if lesson.scene is not Scene.OVER}
        code = next(code for code in iter(new_code, "") if code not in codes)
        number = 1 + max(self.lessons, default=0)
        tables = [TableOpened(table=k + 1, position=start) for k in range(setup.tables)]
        events: list[Event] = [LessonOpened(number=number, code=code, setup=setup), *tables]
        self.store.append(number, 1, self.clock(), events)
        self.lessons[number] = lesson_of(events)
        return self.lessons[number]

    def open_alone(self, setup: Setup, name: str, seat: int, *, address: str) -> str:
        """Open a lesson for one visitor who plays `seat` against robots; return the visitor's token."""
        self._allow(address, LESSONS)
        lesson = self.open(setup)
        return self._seated(lesson, joined(lesson, name, 1, seat))

    def join(self, code: str, name: str, table: int, seat: int, *, address: str) -> str:
        """Take a place in the lesson with `code`; return the token that holds it."""
        self._allow(address, JOINS)
        lesson = self.find(code, address=address)
        return self._seated(lesson, joined(lesson, name, table, seat))

    def find(self, code: str, *, address: str) -> Lesson:
        """Return the lesson with a code; RefusedError if there is none, or `address` has guessed too often."""
        wanted = normalised_code(code)
        for lesson in self.lessons.values():
            open_to_join = lesson.setup.kind is Kind.CLASS and lesson.scene is not Scene.OVER
            if open_to_join and wanted == lesson.code:
                return lesson
        self._allow(address, WRONG_CODES)
        raise RefusedError("refused_code")

    def new_desk_token(self) -> str:
        """Return a token that opens the desk of every lesson on this server."""
        return self._token(Grant(Role.DESK, 0))

    def new_projector_token(self, lesson: int) -> str:
        """Return a token that opens the projector view of a lesson, and nothing else."""
        return self._token(Grant(Role.PROJECTOR, lesson))

    def grant_of(self, token: str | None, role: Role) -> Grant:
        """Return what `token` stands for; RefusedError unless it is of this role."""
        grant = self.store.granted(token) if token else None
        if grant is None or grant.role is not role:
            raise RefusedError("refused_token")
        return grant

    def participant_of(self, token: str | None) -> tuple[Lesson, Participant]:
        """Return the participant that `token` stands for; RefusedError if it stands for none."""
        grant = self.grant_of(token, Role.SEAT)
        lesson = self.lessons[grant.lesson]
        return lesson, lesson.participant(grant.participant)

    # what people do

    def act(self, token: str | None, command: Command) -> None:
        """Do what a participant asks, in its own name; RefusedError if it may not."""
        lesson, who = self.participant_of(token)
        key = f"{lesson.number}/{who.number}"
        self._allow(key, COMMANDS)
        if isinstance(command, Say):
            self._allow(key, MESSAGES)
        self._act(lesson, who.number, command)

    def act_for_device(self, token: str | None, number: int, participant: int, command: Command) -> None:
        """Do what the class says in front of one device: the desk enters it for a seat made for that."""
        self.grant_of(token, Role.DESK)
        lesson = self._lesson(number)
        if not any(p.device and p.number == participant for p in lesson.participants):
            raise RefusedError("refused_not_yours")
        self._act(lesson, participant, command)

    def act_for_desk(self, token: str | None, number: int, command: DeskCommand) -> None:
        """Do what the desk asks; RefusedError if `token` does not open the desk, or it may not be."""
        self.grant_of(token, Role.DESK)
        lesson = self._lesson(number)
        game = self.games.find(lesson.setup)
        if game is None:
            raise RefusedError("refused_preparing")
        events = act_for_desk(lesson, command, now=self.clock(), start=game.start)
        if isinstance(command, FinishPlay):
            events = self._finished(lesson, command)
        self._happen(lesson, events)

    def connected(self, token: str, page: str = "") -> None:
        """Note that a page of the participant is open."""
        lesson, who = self.participant_of(token)
        key = lesson.number, who.number
        self._connections.pages[key].add(page)
        self._connections.gone_since.pop(key, None)
        if not who.present:
            self._happen(lesson, [Returned(participant=who.number)])

    def disconnected(self, token: str, page: str = "") -> None:
        """Note that a page of the participant was closed."""
        lesson, who = self.participant_of(token)
        key = lesson.number, who.number
        self._connections.pages[key].discard(page)
        if not self._connections.pages[key]:
            self._connections.gone_since[key] = self.clock()

    # the clock

    def tick(self) -> None:
        """Let everything happen that is due now; to be called a few times a second."""
        now = self.clock()
        for (number, participant), since in list(self._connections.gone_since.items()):
            if now - since >= GRACE:
                del self._connections.gone_since[number, participant]
                lesson = self.lessons[number]
                if lesson.participant(participant).present:
                    self._happen(lesson, [Left(participant=participant)])
        for lesson in list(self.lessons.values()):
            try:
                self._settle(lesson)
            except SimError:  # a full disk, a game that cannot be built: the other lessons go on
                _LOG.exception("lesson %d", lesson.number)

    def game_of(self, lesson: Lesson) -> GameOf:
        """Return the function that finds the lesson's game under some deals."""

        def find(deals: tuple[str, ...]) -> TableGame | None:
            return self.games.find(lesson.setup, deals)

        return find

    def _act(self, lesson: Lesson, who: int, command: Command) -> None:
        events = act(
            lesson, who, command, now=self.clock(), game_of=self.game_of(lesson), deals=self.games.deals
        )
        self._happen(lesson, events)

    def _finished(self, lesson: Lesson, command: FinishPlay) -> list[Event]:
        if lesson.scene is not Scene.PLAY:
            raise RefusedError("refused_not_now")
        events: list[Event] = []
        for table in lesson.tables:
            if command.table in (None, table.number):
                game = self.games.find(lesson.setup, table.deals)
                if game is None:
                    raise RefusedError("refused_preparing")
                events += finished(table, game)
        return events

    def _lesson(self, number: int) -> Lesson:
        if number not in self.lessons:
            raise RefusedError("refused_unknown")
        return self.lessons[number]

    def _seated(self, lesson: Lesson, events: Sequence[Event]) -> str:
        self._happen(lesson, events)
        newcomer = self.lessons[lesson.number].participants[-1]
        token = self._token(Grant(Role.SEAT, lesson.number, newcomer.number))
        # whoever takes a seat and never opens its page is gone like anyone else
        self._connections.gone_since[lesson.number, newcomer.number] = self.clock() + AFTER_RESTART
        return token

    def _token(self, grant: Grant) -> str:
        token = new_token()
        self.store.grant(token, grant)
        return token

    def _allow(self, key: str, limit: Limit) -> None:
        if not self.limiter.allows(key, limit, self.clock()):
            raise RefusedError("refused_too_fast")

    def _happen(self, lesson: Lesson, events: Sequence[Event]) -> None:
        """Keep events, apply them, then let the clock do what follows at once."""
        if self._record(lesson, events):
            self._settle(self.lessons[lesson.number])

    def _settle(self, lesson: Lesson) -> None:
        for _ in range(LONGEST_CHAIN):
            events = due(lesson, now=self.clock(), game_of=self.game_of(lesson))
            if not events:
                break
            self._record(lesson, events)
            lesson = self.lessons[lesson.number]

    def _record(self, lesson: Lesson, events: Sequence[Event]) -> bool:
        if not events:
            return False
        after = lesson
        for event in events:  # an event that does not fit must not reach the disk
            after = apply(after, event)
        self.store.append(lesson.number, lesson.version + 1, self.clock(), events)
        self.lessons[lesson.number] = after
        return True
