"""What a participant may ask for, and what comes of it: the only way from a browser into a lesson.

Everything a participant sends becomes one of these commands; `act` checks it against the lesson and answers with
events, or refuses with the key of a sentence. Nothing here trusts a number that came from outside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.errors import SimError
from sim.games.treaty.moves import Move
from sim.seminar import events as e
from sim.seminar.deals import Deal
from sim.seminar.setup import NUM_SEATS, SCENES, Kind, Scene
from sim.seminar.state import PARTIES, Choice, Lesson, Participant, Table
from sim.seminar.table_game import TableGame

NAME_LENGTH = 40
MESSAGE_LENGTH = 280
MESSAGES_PER_ROUND = 10
PROPOSALS_PER_ROUND = 12

GameOf = Callable[[tuple[str, ...]], TableGame | None]
"""The game under some deals, None while it is being prepared."""


class RefusedError(SimError):
    """A command that may not be; `key` names the sentence that says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True)
class StateForecast:
    """How likely the treaty survives, in percent."""

    percent: int


@dataclass(frozen=True)
class Propose:
    """Put a choice to the vote in one's delegation; `round` is the one that it was made for, None for any."""

    choice: Choice
    round: int | None = None


@dataclass(frozen=True)
class Vote:
    """Give one's vote to a proposal of a round."""

    proposal: int
    round: int | None = None


@dataclass(frozen=True)
class Commit:
    """Commit the delegation to a proposal, or to a choice of one's own.

    A second press of the button may arrive when the round is over; `round` keeps it from counting in the next.
    """

    proposal: int | None = None
    choice: Choice | None = None
    round: int | None = None


@dataclass(frozen=True)
class PassHead:
    """Hand the office of head to another member."""

    to: int


@dataclass(frozen=True)
class Say:
    """Send a message to a seat, or to the whole table."""

    to: int | None
    text: str


@dataclass(frozen=True)
class MakeOffer:
    """Offer a deal to its signatories."""

    deal: str


@dataclass(frozen=True)
class AnswerOffer:
    """Accept or decline an offer."""

    offer: int
    accept: bool


@dataclass(frozen=True)
class Advance:
    """Go on to the next scene; for one who plays alone."""


Command = StateForecast | Propose | Vote | Commit | PassHead | Say | MakeOffer | AnswerOffer | Advance


def act(
    lesson: Lesson, who: int, command: Command, *, now: float, game_of: GameOf, deals: Mapping[str, Deal]
) -> list[e.Event]:
    """Return the events of a participant's command.

    Raises
    ------
    RefusedError
        If the command may not be; nothing has happened then.
    """
    try:
        actor = lesson.participant(who)
    except KeyError:
        raise RefusedError("refused_unknown") from None
    table = lesson.table(actor.table)
    match command:
        case StateForecast(percent):
            _require(lesson.scene in (Scene.LOBBY, Scene.BRIEF), "refused_forecast_late")
            return [e.Forecast(participant=who, percent=_percent(percent))]
        case Propose(choice, number):
            _deciding(lesson, table, actor, number)
            return _proposed(table, actor, checked(choice, table, actor.seat, game_of))
        case Vote(proposal, number):
            _deciding(lesson, table, actor, number)
            _proposal(table, actor, proposal)
            return [e.Voted(participant=who, proposal=proposal)]
        case Commit():
            return _committed(lesson, table, actor, command, game_of)
        case PassHead(to):
            _require(table.seats[actor.seat].head == who, "refused_not_head")
            _require(any(p.number == to for p in lesson.present(actor.table, actor.seat)), "refused_unknown")
            return [e.HeadPassed(participant=who, to=to)]
        case Say(to, text):
            return [_said(lesson, table, actor, to, text)]
        case MakeOffer(deal):
            return [_offered(lesson, table, actor, deal, deals)]
        case AnswerOffer(offer, accept):
            return [_answered(lesson, table, actor, offer, accept)]
        case Advance():
            _require(lesson.setup.kind is Kind.SOLO, "refused_desk_only")
            return [next_scene(lesson, now)]


def next_scene(lesson: Lesson, now: float) -> e.SceneBegun:
    """Return the beginning of the scene that follows; RefusedError if play is not over, or nothing follows."""
    order = (Scene.LOBBY, *SCENES, Scene.OVER)
    place = order.index(lesson.scene)
    _require(place + 1 < len(order), "refused_over")
    _require(
        lesson.scene is not Scene.PLAY or all(t.finished for t in lesson.tables), "refused_still_playing"
    )
    scene = order[place + 1]
    seconds = lesson.setup.timers.of(scene) if lesson.setup.timed else None
    return e.SceneBegun(scene=scene, until=None if seconds is None else now + seconds)


def checked(choice: Choice, table: Table, seat: int, game_of: GameOf) -> Choice:
    """Return `choice` if the seat may make it now; what it cannot say is left out.

    Raises
    ------
    RefusedError
        If the move is not on the menu, a course is not the seat's to choose, or a percentage is none.
    """
    game, position = game_of(table.deals), table.position
    if game is None or position is None:
        raise RefusedError("refused_preparing")
    offered = game.is_offered(position, table.number)
    legal = game.menu(position, seat) if offered else (Move.NONE,)
    _require(type(choice.move) is int and choice.move in [int(move) for move in legal], "refused_illegal")
    _require(type(choice.breach) is bool, "refused_illegal")
    _require(not choice.breach or may_breach(game, table, seat), "refused_course")
    said = choice.suspicion
    _require(isinstance(said, tuple) and len(said) == len(PARTIES), "refused_illegal")
    kept = [None if said[p] is None or p == seat else _percent(said[p]) for p in PARTIES]
    return Choice(move=choice.move, breach=choice.breach, suspicion=(kept[0], kept[1]))


def may_breach(game: TableGame, table: Table, seat: int) -> bool:
    """Whether a seat has a hidden course to choose."""
    return seat in PARTIES and table.position is not None and not game.is_free(table.position, seat)


def clean_text(text: Any, longest: int) -> str:
    r"""Return `text` without control characters and needless space; RefusedError if nothing is left, or too much.

    Examples
    --------
    >>> clean_text("  trust \n but\tverify ", 40)
    'trust but verify'
    """
    _require(isinstance(text, str), "refused_illegal")
    _require(len(text) <= 4 * longest, "refused_too_long", longest=longest)
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    _require(bool(words), "refused_empty")
    _require(len(words) <= longest, "refused_too_long", longest=longest)
    return words


def _require(condition: bool, key: str, **values: object) -> None:
    if not condition:
        raise RefusedError(key, **values)


def _percent(value: Any) -> int:
    _require(type(value) is int and 0 <= value <= 100, "refused_percent")
    return int(value)


def _deciding(lesson: Lesson, table: Table, actor: Participant, number: Any) -> None:
    _require(lesson.scene is Scene.PLAY and table.deciding, "refused_not_now")
    _require(number is None or number == table.round, "refused_round_over")
    _require(lesson.paused_at is None, "refused_paused")
    _require(table.seats[actor.seat].committed is None, "refused_committed")


def _talking(lesson: Lesson, table: Table) -> None:
    _require(lesson.scene is Scene.PLAY and not table.finished, "refused_not_now")
    _require(lesson.paused_at is None, "refused_paused")


def _proposed(table: Table, actor: Participant, choice: Choice) -> list[e.Event]:
    """Return a new proposal; what is on the list already gets the proposer's vote instead."""
    proposals = table.seats[actor.seat].proposals
    for proposal in proposals:
        if proposal.choice == choice:
            voted = actor.number in proposal.votes
            return [] if voted else [e.Voted(participant=actor.number, proposal=proposal.number)]
    _require(len(proposals) < PROPOSALS_PER_ROUND, "refused_too_many")
    return [e.Proposed(participant=actor.number, proposal=len(proposals) + 1, choice=choice)]


def _proposal(table: Table, actor: Participant, number: Any) -> Choice:
    for proposal in table.seats[actor.seat].proposals:
        if type(number) is int and proposal.number == number:
            return proposal.choice
    raise RefusedError("refused_unknown")


def _committed(
    lesson: Lesson, table: Table, actor: Participant, command: Commit, game_of: GameOf
) -> list[e.Event]:
    _deciding(lesson, table, actor, command.round)
    _require(table.seats[actor.seat].head == actor.number, "refused_not_head")
    choice = command.choice
    if choice is None:
        choice = _proposal(table, actor, command.proposal)
    return [e.Committed(participant=actor.number, choice=checked(choice, table, actor.seat, game_of))]


def _said(lesson: Lesson, table: Table, actor: Participant, to: Any, text: Any) -> e.Said:
    _talking(lesson, table)
    _require(to is None or (type(to) is int and 0 <= to < NUM_SEATS and to != actor.seat), "refused_unknown")
    own = [m for m in table.messages if m.seat == actor.seat and m.round == table.round]
    _require(len(own) < MESSAGES_PER_ROUND, "refused_too_many")
    return e.Said(participant=actor.number, to=to, text=clean_text(text, MESSAGE_LENGTH))


def _offered(
    lesson: Lesson, table: Table, actor: Participant, deal: Any, deals: Mapping[str, Deal]
) -> e.Offered:
    _talking(lesson, table)
    _require(isinstance(deal, str) and deal in deals, "refused_unknown")
    _require(table.seats[actor.seat].head == actor.number, "refused_not_head")
    _require(deal not in table.deals, "refused_in_force")
    running = [o for o in table.offers if o.deal == deal]
    _require(not any(o.open for o in running), "refused_on_table")
    _require(not any(o.round == table.round and o.seat == actor.seat for o in running), "refused_too_many")
    return e.Offered(
        table=table.number, seat=actor.seat, deal=deal, signatories=tuple(deals[deal].signatories)
    )


def _answered(lesson: Lesson, table: Table, actor: Participant, number: Any, accept: Any) -> e.Answered:
    _talking(lesson, table)
    _require(table.seats[actor.seat].head == actor.number, "refused_not_head")
    _require(type(accept) is bool, "refused_illegal")
    for offer in table.offers:
        if type(number) is int and offer.number == number and offer.open:
            mine = actor.seat in offer.signatories and actor.seat not in offer.accepted
            _require(mine, "refused_not_yours")
            return e.Answered(
                table=table.number, offer=number, seat=actor.seat, accept=accept, by=actor.number
            )
    raise RefusedError("refused_unknown")
