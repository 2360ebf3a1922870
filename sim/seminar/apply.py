"""What an event makes of a lesson: pure, total on events that ``commands`` and ``conduct`` produce, no clock."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import reduce
from typing import Any

from sim.errors import ArtifactError
from sim.seminar import events as e
from sim.seminar.state import Delegation, Lesson, Message, Offer, Participant, Proposal, Table


def lesson_of(events: Iterable[e.Event]) -> Lesson:
    """Return the lesson that `events` tell, the first of which opens it."""
    first, *rest = events
    if not isinstance(first, e.LessonOpened):
        raise ArtifactError(f"a lesson's record must begin with LessonOpened, got {type(first).__name__}")
    opened = Lesson(number=first.number, code=first.code, setup=first.setup, version=1)
    return reduce(apply, rest, opened)


def apply(lesson: Lesson, event: e.Event) -> Lesson:
    """Return `lesson` after `event`."""
    after = _APPLY[type(event)](lesson, event)
    return replace(after, version=lesson.version + 1)


def _with_table(lesson: Lesson, number: int, change: Callable[[Table], Table]) -> Lesson:
    return replace(
        lesson, tables=tuple(change(t) if t.number == number else t for t in lesson.tables)
    )  # fmt: skip


def _with_seat(
    lesson: Lesson, table: int, seat: int, change: Callable[[Delegation], Delegation]
) -> Lesson:  # fmt: skip
    def changed(t: Table) -> Table:
        return replace(t, seats=tuple(change(d) if k == seat else d for k, d in enumerate(t.seats)))

    return _with_table(lesson, table, changed)


def _with_participant(lesson: Lesson, number: int, **changes: Any) -> Lesson:
    return replace(
        lesson,
        participants=tuple(replace(p, **changes) if p.number == number else p for p in lesson.participants),
    )


def _seat_of(lesson: Lesson, participant: int) -> tuple[int, int]:
    who = lesson.participant(participant)
    return who.table, who.seat


def _headed(lesson: Lesson, table: int, seat: int) -> Lesson:
    """Pass the head on if it is absent and someone else is there."""
    present = [p.number for p in lesson.present(table, seat)]
    delegation = lesson.table(table).seats[seat]
    if delegation.head in present:
        return lesson
    head = present[0] if present else delegation.head
    return _with_seat(lesson, table, seat, lambda d: replace(d, head=head))


def _opened(lesson: Lesson, event: e.TableOpened) -> Lesson:
    table = Table(number=event.table, position=event.position)
    return replace(lesson, tables=(*lesson.tables, table))


def _joined(lesson: Lesson, event: e.Joined) -> Lesson:
    newcomer = Participant(
        number=event.participant, name=event.name, table=event.table, seat=event.seat,
        test=event.test, device=event.device,
    )  # fmt: skip
    return _headed(
        replace(lesson, participants=(*lesson.participants, newcomer)), event.table, event.seat
    )  # fmt: skip


def _moved(lesson: Lesson, event: e.Moved) -> Lesson:
    old = _seat_of(lesson, event.participant)
    lesson = _without_voice(lesson, event.participant)
    lesson = _with_participant(lesson, event.participant, table=event.table, seat=event.seat)
    return _headed(_headed(lesson, *old), event.table, event.seat)


def _without_voice(lesson: Lesson, participant: int) -> Lesson:
    """Take back a participant's office and votes."""

    def silent(d: Delegation) -> Delegation:
        proposals = tuple(
            replace(p, votes=tuple(v for v in p.votes if v != participant)) for p in d.proposals
        )
        return replace(d, head=None if d.head == participant else d.head, proposals=proposals)

    return _with_seat(lesson, *_seat_of(lesson, participant), silent)


def _left(lesson: Lesson, event: e.Left) -> Lesson:
    lesson = _with_participant(lesson, event.participant, present=False)
    return _headed(lesson, *_seat_of(lesson, event.participant))


def _returned(lesson: Lesson, event: e.Returned) -> Lesson:
    lesson = _with_participant(lesson, event.participant, present=True)
    return _headed(lesson, *_seat_of(lesson, event.participant))


def _scene(lesson: Lesson, event: e.SceneBegun) -> Lesson:
    return replace(lesson, scene=event.scene, until=event.until, paused_at=None)


def _later(lesson: Lesson, seconds: float, table: int | None = None) -> Lesson:
    def later(until: float | None) -> float | None:
        return None if until is None else until + seconds

    if table is not None:
        return _with_table(lesson, table, lambda t: replace(t, until=later(t.until)))
    tables = tuple(replace(t, until=later(t.until)) for t in lesson.tables)
    return replace(lesson, until=later(lesson.until), tables=tables)


def _resumed(lesson: Lesson, event: e.Resumed) -> Lesson:
    stood = event.at - (event.at if lesson.paused_at is None else lesson.paused_at)
    return replace(_later(lesson, stood), paused_at=None)


def _begun(lesson: Lesson, event: e.RoundBegun) -> Lesson:
    def begun(t: Table) -> Table:
        seats = tuple(replace(d, proposals=(), committed=None) for d in t.seats)
        return replace(t, round=event.round, deciding=True, until=event.until, seats=seats)

    return _with_table(lesson, event.table, begun)


def _proposed(lesson: Lesson, event: e.Proposed) -> Lesson:
    new = Proposal(number=event.proposal, by=event.participant, choice=event.choice, votes=())
    where = _seat_of(lesson, event.participant)
    lesson = _with_seat(lesson, *where, lambda d: replace(d, proposals=(*d.proposals, new)))
    return _voted(lesson, e.Voted(participant=event.participant, proposal=event.proposal))


def _voted(lesson: Lesson, event: e.Voted) -> Lesson:
    def counted(p: Proposal) -> Proposal:
        others = tuple(v for v in p.votes if v != event.participant)
        return replace(p, votes=(*others, event.participant) if p.number == event.proposal else others)

    where = _seat_of(lesson, event.participant)
    return _with_seat(lesson, *where, lambda d: replace(d, proposals=tuple(counted(p) for p in d.proposals)))


def _committed(lesson: Lesson, event: e.Committed) -> Lesson:
    where = _seat_of(lesson, event.participant)
    return _with_seat(lesson, *where, lambda d: replace(d, committed=event.choice))


def _played(lesson: Lesson, event: e.RoundPlayed) -> Lesson:
    def played(t: Table) -> Table:
        return replace(
            t, deciding=False, until=None, position=event.position, courses=event.courses,
            played=(*t.played, *event.played),
            decided=t.decided if event.decided is None else (*t.decided, event.decided),
        )  # fmt: skip

    return _with_table(lesson, event.table, played)


def _said(lesson: Lesson, event: e.Said) -> Lesson:
    who = lesson.participant(event.participant)

    def said(t: Table) -> Table:
        new = Message(seat=who.seat, to=event.to, text=event.text, round=t.round, author=who.name)
        return replace(t, messages=(*t.messages, new))

    return _with_table(lesson, who.table, said)


def _offered(lesson: Lesson, event: e.Offered) -> Lesson:
    def offered(t: Table) -> Table:
        accepted = (event.seat,) if event.seat in event.signatories else ()
        new = Offer(
            number=len(t.offers) + 1, seat=event.seat, deal=event.deal, signatories=event.signatories,
            accepted=accepted, round=t.round,
        )  # fmt: skip
        return _struck(replace(t, offers=(*t.offers, new)))

    return _with_table(lesson, event.table, offered)


def _answered(lesson: Lesson, event: e.Answered) -> Lesson:
    def answer(o: Offer) -> Offer:
        if o.number != event.offer:
            return o
        if not event.accept:
            return replace(o, declined_by=event.seat)
        return replace(o, accepted=(*o.accepted, event.seat))

    return _with_table(
        lesson, event.table, lambda t: _struck(replace(t, offers=tuple(answer(o) for o in t.offers)))
    )


def _struck(table: Table) -> Table:
    """Bring into force what every signatory has accepted."""
    deals, offers = list(table.deals), []
    for offer in table.offers:
        struck = offer.open and set(offer.signatories) <= set(offer.accepted)
        offers.append(replace(offer, struck=True) if struck else offer)
        if struck and offer.deal not in deals:
            deals.append(offer.deal)
    return replace(table, offers=tuple(offers), deals=tuple(deals))


_APPLY: dict[type[Any], Callable[[Lesson, Any], Lesson]] = {
    e.TableOpened: _opened,
    e.Joined: _joined,
    e.Moved: _moved,
    e.Left: _left,
    e.Returned: _returned,
    e.SceneBegun: _scene,
    e.Paused: lambda lesson, event: replace(lesson, paused_at=event.at),
    e.Resumed: _resumed,
    e.Extended: lambda lesson, event: _later(lesson, event.seconds, event.table),
    e.ResultsShown: lambda lesson, event: replace(lesson, results_shown=event.shown),
    e.Forecast: lambda lesson, event: _with_participant(lesson, event.participant, forecast=event.percent),
    e.RoundBegun: _begun,
    e.Proposed: _proposed,
    e.Voted: _voted,
    e.HeadPassed: lambda lesson, event: _with_seat(
        lesson, *_seat_of(lesson, event.participant), lambda d: replace(d, head=event.to)
    ),
    e.Committed: _committed,
    e.RoundPlayed: _played,
    e.TableFinished: lambda lesson, event: _with_table(
        lesson, event.table, lambda t: replace(t, finished=True, deciding=False, until=None)
    ),
    e.Said: _said,
    e.Offered: _offered,
    e.Answered: _answered,
}
