"""What happens by itself: rounds begin and end, robots choose and answer, scenes give way to the next.

`due` looks at a lesson and a clock and says what is due now; whoever calls it applies that and asks again until
nothing is. A game that is still being prepared makes it wait, never guess.
"""

from collections.abc import Sequence
from dataclasses import replace

from sim.games.treaty.moves import Move
from sim.seminar import events as e
from sim.seminar.commands import GameOf, next_scene
from sim.seminar.rounds import longest_stretch, play_round, play_to_the_end
from sim.seminar.setup import NUM_SEATS, Kind, Scene
from sim.seminar.state import Choice, Decided, Delegation, Lesson, Offer, Played, Table
from sim.seminar.table_game import TableGame

ROBOTS_ALONE = 6.0
"""Seconds that a round lasts at a table where only robots sit, so that it can be watched."""


def due(lesson: Lesson, *, now: float, game_of: GameOf) -> list[e.Event]:
    """Return what is due at `now`; empty if nothing is."""
    if lesson.paused_at is not None or lesson.scene in (Scene.LOBBY, Scene.OVER):
        return []
    if lesson.scene is not Scene.PLAY:
        over = lesson.until is not None and now >= lesson.until
        return [next_scene(lesson, now)] if over else []
    if not lesson.setup.timed and not any(p.present for p in lesson.participants):
        return []  # someone who plays alone has closed the page: the play waits
    for table in lesson.tables:
        found = _due_at(lesson, table, now, game_of)
        if found:
            return found
    if lesson.setup.timed and lesson.tables and all(table.finished for table in lesson.tables):
        return [next_scene(lesson, now)]
    return []


def finished(table: Table, game: TableGame) -> list[e.Event]:
    """Return the end of a table's play, the months that are left played by robots."""
    assert table.position is not None
    if table.finished:
        return []
    played, position = play_to_the_end(game, table.number, table.position)
    courses = _courses(played, table)
    return [
        e.RoundPlayed(table=table.number, decided=None, played=played, position=position, courses=courses),
        e.TableFinished(table=table.number),
    ]


def _due_at(lesson: Lesson, table: Table, now: float, game_of: GameOf) -> list[e.Event]:
    if table.finished or table.position is None:
        return []
    game = game_of(table.deals)
    if game is None:
        return []
    if not table.deciding:
        if game.is_over(table.position):
            return [e.TableFinished(table=table.number)]
        if table.round >= lesson.setup.rounds:
            return finished(table, game)
        until = now + lesson.setup.timers.decision if lesson.setup.timed else None
        return [e.RoundBegun(table=table.number, round=table.round + 1, until=until)]
    for offer in table.offers:
        answer = _robot_answer(lesson, table, offer, game, game_of)
        if answer is not None:
            return [answer]
    return [_resolved(lesson, table, game)] if _is_decided(lesson, table, now) else []


def _is_decided(lesson: Lesson, table: Table, now: float) -> bool:
    """Whether a round is over: everyone there has committed, or the time is up."""
    if table.until is not None and now >= table.until:
        return True
    people = [seat for seat in range(NUM_SEATS) if not lesson.is_robot(table.number, seat)]
    if people:
        return all(table.seats[seat].committed is not None for seat in people)
    if lesson.setup.kind is Kind.SOLO:
        return False
    wait = min(ROBOTS_ALONE, lesson.setup.timers.decision)
    return table.until is None or now >= table.until - lesson.setup.timers.decision + wait


def _resolved(lesson: Lesson, table: Table, game: TableGame) -> e.RoundPlayed:
    """Return the round that the choices of all seats make."""
    assert table.position is not None
    choices, by = [], []
    for seat in range(NUM_SEATS):
        choice, author = _choice_of(lesson, table, seat, game)
        choices.append(choice)
        by.append(author)
    robots = [author == "robot" for author in by]
    longest = longest_stretch(game.periods - table.position.period, lesson.setup.rounds - table.round + 1)
    played, position = play_round(game, table.number, table.position, choices, robots, longest=longest)
    decided = Decided(
        round=table.round,
        period=table.position.period,
        choices=(choices[0], choices[1], choices[2], choices[3]),
        by=(by[0], by[1], by[2], by[3]),
    )
    courses = _courses(played, table)
    return e.RoundPlayed(
        table=table.number, decided=decided, played=played, position=position, courses=courses
    )


def _choice_of(lesson: Lesson, table: Table, seat: int, game: TableGame) -> tuple[Choice, str]:
    """Return what a seat does, and who chose it: its head, a robot, or the clock."""
    assert table.position is not None
    delegation = table.seats[seat]
    if delegation.committed is not None:
        return delegation.committed, f"participant {delegation.head}"
    if lesson.is_robot(table.number, seat):
        choice = game.robot_choice(table.position, table.number, seat)
        offered = game.is_offered(table.position, table.number)
        return choice if offered else replace(choice, move=int(Move.NONE)), "robot"
    return _by_the_clock(table, seat, delegation, game), "clock"


def _by_the_clock(table: Table, seat: int, delegation: Delegation, game: TableGame) -> Choice:
    """Return what happens to a delegation that did not commit: most votes, else no move and the same course."""
    assert table.position is not None
    if delegation.proposals:
        return max(delegation.proposals, key=lambda p: (len(p.votes), -p.number)).choice
    menu = game.menu(table.position, seat)
    silent = Move.NONE if Move.NONE in menu else Move.DECLINE
    offered = game.is_offered(table.position, table.number)
    held = seat < len(table.courses) and table.courses[seat] and not game.is_free(table.position, seat)
    return Choice(move=int(silent) if offered else 0, breach=held)


def _courses(played: Sequence[Played], table: Table) -> tuple[bool, bool]:
    if not played:
        return table.courses
    last = played[-1].breaches
    return bool(last & 1), bool(last & 2)


def _robot_answer(
    lesson: Lesson, table: Table, offer: Offer, game: TableGame, game_of: GameOf
) -> e.Answered | None:
    """Return a robot's answer to an offer: yes if its expected payoff from here on is higher under the deal."""
    waiting = [s for s in offer.signatories if s not in offer.accepted]
    robots = [seat for seat in waiting if lesson.is_robot(table.number, seat)]
    if not offer.open or not robots or table.position is None:
        return None
    changed = game_of((*table.deals, offer.deal))
    if changed is None:
        return None
    gain = changed.worth(table.position, robots[0]) - game.worth(table.position, robots[0])
    return e.Answered(table=table.number, offer=offer.number, seat=robots[0], accept=bool(gain > 0))
