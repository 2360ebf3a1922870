"""What may be seen by whom: the only things that pages are made of.

`public` is what everyone at a table may know, `private` what one delegation may know beyond that. Pages get these
and nothing else, so that what is secret cannot be shown by mistake. Only `truth`, which is made for the reveal,
tells hidden courses.
"""

from dataclasses import dataclass

from sim.games.treaty.moves import Move
from sim.games.treaty.rules import OUTSIDER, PARTIES
from sim.games.treaty.situation import OFFER, OPENNESS, Agenda, Phase
from sim.games.treaty.transitions import Signal
from sim.seminar.commands import may_breach
from sim.seminar.readings import Reading
from sim.seminar.setup import NUM_SEATS, Scene
from sim.seminar.state import Choice, Lesson, Message, Offer, Participant, Played, Position, Proposal, Table
from sim.seminar.table_game import TableGame, weights_of
from sim.seminar.text import month, t, t_or

HEAVIEST = 4
"""Interests that the map of interests shows of each side."""


@dataclass(frozen=True, kw_only=True)
class SeatView:
    """Who sits where: title, names, and whether a robot plays."""

    seat: int
    title: str
    names: tuple[str, ...]
    robot: bool
    committed: bool


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of the public state: what it is about, what it is, and whether it is grave."""

    label: str
    value: str
    grave: bool = False


@dataclass(frozen=True, kw_only=True)
class Happening:
    """What was seen in one month, in words."""

    month: str
    words: tuple[str, ...]
    deciding: bool


@dataclass(frozen=True, kw_only=True)
class PublicView:
    """A table as everyone sees it."""

    number: int
    month: str
    round: int
    rounds: int
    deciding: bool
    finished: bool
    until: float | None
    headline: str
    facts: tuple[Fact, ...]
    happenings: tuple[Happening, ...]
    seats: tuple[SeatView, ...]
    deals: tuple[str, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, kw_only=True)
class CardView:
    """A seat's card: what it cares about and what its analysts believe."""

    seat: int
    title: str
    knows: str
    interests: tuple[tuple[str, float], ...]
    reading: str
    beliefs: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, kw_only=True)
class MenuView:
    """What a delegation can choose in this round."""

    offered: bool
    moves: tuple[tuple[int, str], ...]
    course: bool
    held: bool
    suspects: tuple[tuple[int, str], ...]


@dataclass(frozen=True, kw_only=True)
class PrivateView:
    """What one delegation may know beyond the public."""

    seat: int
    payoff: float
    courses: tuple[tuple[str, bool], ...]
    proposals: tuple[Proposal, ...]
    committed: Choice | None
    head: int | None
    members: tuple[tuple[int, str, bool], ...]
    messages: tuple[Message, ...]
    offers: tuple[Offer, ...]


def titles(game: TableGame) -> tuple[str, ...]:
    """Return the actors' titles by seat."""
    return tuple(t_or(f"actor.{actor.name}", actor.title) for actor in game.scenario.actors)


def the(title: str) -> str:
    """Return a title as it stands in a sentence."""
    return f"the {title}" if title.startswith("United") else title


def month_at(game: TableGame, period: int) -> str:
    """Return the month of a period of the play."""
    return month(game.scenario.start_date, period * game.scenario.treaty.period_months)


def public(lesson: Lesson, table: Table, game: TableGame) -> PublicView:
    """Return a table as everyone sees it."""
    assert table.position is not None
    headline, facts = _state(game, table.position)
    return PublicView(
        number=table.number,
        month=month_at(game, table.position.period),
        round=table.round,
        rounds=lesson.setup.rounds,
        deciding=table.deciding,
        finished=table.finished,
        until=table.until,
        headline=headline,
        facts=facts,
        happenings=tuple(happening for played in table.played if (happening := _seen(game, played))),
        seats=tuple(_seat(lesson, table, game, seat) for seat in range(NUM_SEATS)),
        deals=table.deals,
        messages=tuple(message for message in table.messages if message.to is None),
    )


def private(lesson: Lesson, table: Table, game: TableGame, seat: int) -> PrivateView:
    """Return what the delegation of `seat` may know beyond the public."""
    delegation = table.seats[seat]
    own = [(month_at(game, p.period), bool(p.breaches >> seat & 1)) for p in table.played if seat in PARTIES]
    return PrivateView(
        seat=seat,
        payoff=round(sum(p.observed[seat] for p in table.played), 3),
        courses=_stretches(own),
        proposals=delegation.proposals,
        committed=delegation.committed,
        head=delegation.head,
        members=tuple((p.number, p.name, p.present) for p in lesson.members(table.number, seat)),
        messages=tuple(m for m in table.messages if m.to is None or seat in (m.to, m.seat)),
        offers=tuple(offer for offer in table.offers if can_see_deal(offer, seat)),
    )


def menu(lesson: Lesson, table: Table, game: TableGame, seat: int) -> MenuView | None:
    """Return what a delegation can choose now, None if it cannot choose."""
    if lesson.scene is not Scene.PLAY or not table.deciding or table.position is None:
        return None
    offered = game.is_offered(table.position, table.number)
    moves = game.menu(table.position, seat) if offered else ()
    return MenuView(
        offered=offered and len(moves) > 1,
        moves=tuple((int(move), t(f"move.{move.name.lower()}")) for move in moves),
        course=may_breach(game, table, seat),
        held=seat in PARTIES and table.courses[seat],
        suspects=tuple(
            (party, the(titles(game)[party]))
            for party in PARTIES
            if party != seat and not game.is_free(table.position, party)
        ),
    )


def card(game: TableGame, seat: int, reading: Reading) -> CardView:
    """Return a seat's card."""
    return CardView(
        seat=seat,
        title=titles(game)[seat],
        knows=t(f"brief.knows_{seat}"),
        interests=tuple((term, round(weight, 2)) for term, weight in weights_of(game, seat).items()),
        reading=reading.sentence,
        beliefs=tuple(
            (the(titles(game)[party]), reading.detection[party], reading.false_alarm[party])
            for party in PARTIES
        ),
    )


def interests(game: TableGame) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each side's heaviest interests, for the map: (title, payoff terms)."""
    return tuple(
        (titles(game)[seat], tuple(list(weights_of(game, seat))[:HEAVIEST])) for seat in range(NUM_SEATS)
    )


def choice_words(choice: Choice, seat: int, course: bool) -> str:
    """Return a choice in words; the course only where there is one to choose."""
    words = t(f"move.{Move(choice.move).name.lower()}")
    if seat in PARTIES and course:
        words += "; " + t("play.breach" if choice.breach else "play.uphold").lower()
    return words


def can_see_deal(offer: Offer, seat: int) -> bool:
    """Whether an offer concerns a seat: its signatories and whoever made it."""
    return seat in offer.signatories or seat == offer.seat


def author_of(lesson: Lesson, by: str) -> str:
    """Return who decided, in words."""
    if by.startswith("participant "):
        number = int(by.removeprefix("participant "))
        return next((p.name for p in lesson.participants if p.number == number), "")
    return t(f"reveal.by_{by}")


def people(lesson: Lesson) -> tuple[Participant, ...]:
    """Return the participants who are no inventions."""
    return tuple(p for p in lesson.participants if not p.test)


def _seat(lesson: Lesson, table: Table, game: TableGame, seat: int) -> SeatView:
    robot = lesson.is_robot(table.number, seat)
    return SeatView(
        seat=seat,
        title=titles(game)[seat],
        names=tuple(p.name for p in lesson.present(table.number, seat)),
        robot=robot,
        committed=table.seats[seat].committed is not None,
    )


def _state(game: TableGame, position: Position) -> tuple[str, tuple[Fact, ...]]:
    """Return the public state: its headline and its facts."""
    situation, environment = game.situation(position), game.environment(position)
    names = [the(title) for title in titles(game)]
    months = round(situation.clock * game.scenario.treaty.period_months)
    who = t("common.and").join(names[p] for p in PARTIES if situation.who >> p & 1)
    match situation.phase:
        case Phase.IN_FORCE:
            headline = t("state.moratorium" if situation.terms else "state.in_force")
        case Phase.ULTIMATUM:
            headline = t(
                "state.ultimatum_over" if situation.expired else "state.ultimatum", who=who, months=months
            )
        case Phase.NOTICE:
            headline = t("state.notice", who=who, months=months)
        case Phase.ENDED:
            headline = t("state.ended")
    facts = []
    if situation.phase is not Phase.ENDED:
        for party in PARTIES:
            level = situation.evidence[party]
            facts.append(
                Fact(
                    label=t("state.evidence", who=names[party]),
                    value=t(f"state.evidence_{level}"),
                    grave=level > 1,
                )
            )
    facts += [
        Fact(label=t("state.suspended", who=names[p]), value="", grave=True)
        for p in PARTIES
        if situation.suspended >> p & 1
    ]
    facts += [
        Fact(label=t("state.sanctions", who=names[p]), value="", grave=True)
        for p in PARTIES
        if situation.sanctioned >> p & 1
    ]
    places = ((0, "europe"), (0, "asia"), (1, "europe"))
    for (party, where), level in zip(places, situation.deployed, strict=True):
        if level:
            label = t("state.deployed", who=names[party], where=t(f"state.{where}"))
            facts.append(Fact(label=label, value=t(f"state.level_{min(level, 2)}"), grave=True))
    top = max(e.level for e in game.graph.environments)
    outsider = names[OUTSIDER]
    if situation.bound:
        facts.append(Fact(label=t("state.outsider_bound", who=outsider), value=""))
    growth = t("state.outsider_of", level=environment.level, top=top)
    facts.append(Fact(label=t("state.outsider", who=outsider), value=growth, grave=environment.level == top))
    if game.graph.rules.climate:
        facts.append(
            Fact(
                label=t("state.climate"),
                value=t("state.toxic" if environment.toxic else "state.open"),
                grave=bool(environment.toxic),
            )
        )
    if game.graph.rules.review:
        facts.append(
            Fact(label=t("state.review"), value=t("state.near" if environment.near else "state.far"))
        )
    agenda = _agenda(game, situation.agenda, names)
    return headline, (*([Fact(label=agenda, value="", grave=True)] if agenda else []), *facts)


def _agenda(game: TableGame, agenda: Agenda, names: list[str]) -> str:
    if agenda in OPENNESS:
        return t("state.openness", who=names[OPENNESS.index(agenda)])
    if agenda in OFFER:
        key = "state.offer_moratorium" if game.graph.rules.offer_terms == "moratorium" else "state.offer"
        return t(key, who=names[OFFER.index(agenda)])
    if agenda is Agenda.INVITATION:
        return t("state.invitation", who=names[OUTSIDER])
    return ""


def _seen(game: TableGame, played: Played) -> Happening | None:
    """Return what everyone saw of a period, None if there was nothing to see."""
    names = [the(title) for title in titles(game)]
    words = []
    if played.offered:
        words += [
            t(f"did.{move.name.lower()}", who=names[seat]) for seat, move in moves_of(game, played) if move
        ]
    for party in PARTIES:
        signal = Signal(played.signals[party])
        if signal is Signal.ALARM:
            words.append(t("did.alarm", who=names[party]))
        elif signal is Signal.CLEAR and game.graph.situations[played.situation].evidence[party]:
            words.append(t("did.clear", who=names[party]))
    before = game.graph.situations[played.situation].phase
    after = game.graph.situations[
        int(game.graph.following[played.row, 3 * played.signals[0] + played.signals[1]])
    ].phase
    if after is Phase.ENDED and before is not Phase.ENDED:
        words.append(t("did.ended"))
    if before is Phase.ENDED and after is Phase.IN_FORCE:
        words.append(t("did.restored"))
    if not words:
        return None
    return Happening(month=month_at(game, played.period), words=tuple(words), deciding=played.offered)


def moves_of(game: TableGame, played: Played) -> list[tuple[int, Move]]:
    """Return the public moves of a period, by seat."""
    moves = [Move(code) for code in game.graph.row_moves[played.row]]
    if played.built:
        moves[OUTSIDER] = Move.BUILD
    return list(enumerate(moves))


def _stretches(own: list[tuple[str, bool]]) -> tuple[tuple[str, bool], ...]:
    """Return where a course changes, from a list of months and courses."""
    kept: list[tuple[str, bool]] = []
    for when, breach in own:
        if not kept or kept[-1][1] != breach:
            kept.append((when, breach))
    return tuple(kept)
