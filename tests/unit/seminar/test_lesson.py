"""A lesson from the first join to the end, on a clock that the tests turn."""

import pytest

from sim.games.treaty.moves import Move
from sim.seminar.apply import lesson_of
from sim.seminar.classroom import GRACE
from sim.seminar.commands import (
    Advance,
    AnswerOffer,
    Commit,
    MakeOffer,
    PassHead,
    Propose,
    RefusedError,
    Say,
    StateForecast,
    Vote,
)
from sim.seminar.desk import AddTestParticipants, Extend, FinishPlay, NextScene, OpenTable, Pause, Resume
from sim.seminar.setup import SCENES, Kind, Scene, Setup, Timers
from sim.seminar.state import Choice

UPHOLD = Choice()


def opened(classroom, setup, names="Ann"):
    lesson = classroom.open(setup)
    tokens = [classroom.join(lesson.code, name, 1, 0, address="a") for name in names.split()]
    for token in tokens:
        classroom.connected(token)
    return lesson.number, tokens


def play(classroom, desk, number):
    for _ in range(2):
        classroom.act_for_desk(desk, number, NextScene())
    return classroom.lessons[number]


def refused(key):
    return pytest.raises(RefusedError, match=f"^{key}$")


def test_with_default_timers_a_lesson_of_eight_rounds_fits_45_minutes(
    classroom, setup, desk, clock, pass_time
):
    number, _ = opened(classroom, setup)
    classroom.act_for_desk(desk, number, NextScene())
    begun, seen = clock.now, {}
    while classroom.lessons[number].scene is not Scene.OVER:
        scene = classroom.lessons[number].scene
        pass_time(1)
        seen[scene] = seen.get(scene, 0) + 1
    assert list(seen) == list(SCENES)
    assert 25 * 60 < clock.now - begun <= 45 * 60
    table = classroom.lessons[number].table(1)
    assert table.finished
    assert 1 <= len(table.decided) <= 8
    assert len(table.played) == table.position.period == 48
    assert seen[Scene.PLAY] <= 8 * 120 + 9


def test_the_longest_lesson_is_bounded_by_arithmetic():
    assert Timers().lesson(rounds=8) <= 45 * 60


def test_events_alone_rebuild_a_lesson(classroom, setup, desk, pass_time):
    number, tokens = opened(classroom, setup, "Ann Bob")
    classroom.act(tokens[0], StateForecast(40))
    play(classroom, desk, number)
    classroom.act(tokens[1], Propose(UPHOLD))
    classroom.act(tokens[0], Vote(1))
    classroom.act(tokens[0], Commit(proposal=1))
    pass_time(300)
    lesson = classroom.lessons[number]
    assert lesson.table(1).decided
    assert lesson_of(event for _, event in classroom.store.events(number)) == lesson
    assert lesson.version == len(classroom.store.events(number))


def test_a_delegation_proposes_votes_and_its_head_commits(classroom, setup, desk):
    number, (ann, bob, cid) = opened(classroom, setup, "Ann Bob Cid")
    play(classroom, desk, number)
    press = Choice(move=int(Move.PRESS), breach=True, suspicion=(None, 70))
    classroom.act(bob, Propose(press))
    classroom.act(cid, Propose(UPHOLD))
    classroom.act(cid, Vote(1))
    seat = classroom.lessons[number].table(1).seats[0]
    assert [len(p.votes) for p in seat.proposals] == [2, 0]
    with refused("refused_not_head"):
        classroom.act(bob, Commit(proposal=1))
    with refused("refused_unknown"):
        classroom.act(ann, Commit(proposal=3))
    classroom.act(ann, Commit(proposal=1))
    decided = classroom.lessons[number].table(1).decided
    assert decided[0].choices[0] == press
    assert decided[0].by == ("participant 1", "robot", "robot", "robot")


def test_a_second_commit_counts_for_nothing(classroom, setup, desk):
    number, (ann,) = opened(classroom, setup)
    other = classroom.join(classroom.lessons[number].code, "Eve", 1, 1, address="a")
    play(classroom, desk, number)
    classroom.act(ann, Commit(choice=UPHOLD))
    with refused("refused_committed"):
        classroom.act(ann, Commit(choice=Choice(move=int(Move.WITHDRAW))))
    classroom.act(other, Commit(choice=UPHOLD))
    assert classroom.lessons[number].table(1).decided[0].choices[0] == UPHOLD


def test_the_head_is_passed_on_by_will_and_by_absence(classroom, setup, desk, pass_time):
    number, (ann, bob, _cid) = opened(classroom, setup, "Ann Bob Cid")
    head = lambda: classroom.lessons[number].table(1).seats[0].head  # noqa: E731
    assert head() == 1
    with refused("refused_not_head"):
        classroom.act(bob, PassHead(2))
    classroom.act(ann, PassHead(2))
    assert head() == 2
    classroom.disconnected(bob)
    pass_time(GRACE + 1)
    assert head() == 1
    assert not classroom.lessons[number].participant(2).present
    classroom.connected(bob)
    assert classroom.lessons[number].participant(2).present
    assert head() == 1


def test_a_robot_takes_over_for_those_who_leave_and_steps_back_for_those_who_return(
    classroom, setup, desk, pass_time
):
    number, (ann,) = opened(classroom, setup)
    bob = classroom.join(classroom.lessons[number].code, "Bob", 1, 1, address="a")
    classroom.connected(bob)
    play(classroom, desk, number)
    classroom.disconnected(ann)
    pass_time(GRACE + 1)
    assert classroom.lessons[number].is_robot(1, 0)
    classroom.act(bob, Commit(choice=UPHOLD))
    assert classroom.lessons[number].table(1).decided[0].by[0] == "robot"
    classroom.connected(ann)
    assert not classroom.lessons[number].is_robot(1, 0)
    classroom.act(bob, Commit(choice=UPHOLD))
    assert len(classroom.lessons[number].table(1).decided) == 1


def test_when_time_is_up_the_most_voted_proposal_counts_or_silence(classroom, setup, desk, pass_time):
    number, (ann, bob) = opened(classroom, setup, "Ann Bob")
    play(classroom, desk, number)
    classroom.act(ann, Propose(UPHOLD))
    classroom.act(bob, Propose(Choice(breach=True)))
    classroom.act(ann, Vote(2))
    pass_time(121)
    decided = classroom.lessons[number].table(1).decided[0]
    assert decided.by[0] == "clock"
    assert decided.choices[0].breach
    assert classroom.lessons[number].table(1).round == 2
    pass_time(121)
    second = classroom.lessons[number].table(1).decided[1]
    assert second.choices[0].breach  # nobody spoke: the course is held, and no move is made
    assert second.choices[0].move in (Move.NONE, Move.DECLINE)


def test_pausing_stops_all_clocks_and_extending_moves_them(classroom, setup, desk, clock, pass_time):
    number, (ann,) = opened(classroom, setup)
    lesson = play(classroom, desk, number)
    until = lesson.table(1).until
    classroom.act_for_desk(desk, number, Pause())
    pass_time(500, step=50)
    with refused("refused_paused"):
        classroom.act(ann, Commit(choice=UPHOLD))
    classroom.act_for_desk(desk, number, Resume())
    assert classroom.lessons[number].table(1).until == until + 500
    classroom.act_for_desk(desk, number, Extend(60.0, 1))
    classroom.act_for_desk(desk, number, Extend(-30.0))
    assert classroom.lessons[number].table(1).until == until + 530
    assert not classroom.lessons[number].table(1).decided


def test_an_accepted_deal_changes_the_treaty_that_is_played(classroom, setup, desk, games):
    number, (ann,) = opened(classroom, setup)
    bob = classroom.join(classroom.lessons[number].code, "Bob", 1, 1, address="a")
    play(classroom, desk, number)
    classroom.act(ann, MakeOffer("mutual_inspections"))
    with refused("refused_on_table"):
        classroom.act(bob, MakeOffer("mutual_inspections"))
    with refused("refused_not_yours"):
        classroom.act(ann, AnswerOffer(1, accept=True))
    classroom.act(bob, AnswerOffer(1, accept=True))
    table = classroom.lessons[number].table(1)
    assert table.deals == ("mutual_inspections",)
    with refused("refused_in_force"):
        classroom.act(ann, MakeOffer("mutual_inspections"))
    under = games.prepared(setup, table.deals)
    for token in (ann, bob):
        classroom.act(token, Commit(choice=UPHOLD))
    played = classroom.lessons[number].table(1).played[0]
    moves = [choice.move for choice in classroom.lessons[number].table(1).decided[0].choices]
    assert played == under.step(under.start, 1, [False, False], moves)[0]


def test_robots_sign_what_raises_their_expected_payoff_and_nothing_else(classroom, setup, desk, games):
    number, (ann,) = opened(classroom, setup)
    play(classroom, desk, number)
    base = games.prepared(setup)
    for name in games.deals:
        position = classroom.lessons[number].table(1).position
        classroom.act(ann, MakeOffer(name))
        offer = classroom.lessons[number].table(1).offers[-1]
        assert not offer.open
        deals = classroom.lessons[number].table(1).deals
        before = tuple(d for d in deals if d != name)
        gains = {
            seat: games.prepared(setup, (*before, name)).worth(position, seat)
            - (games.prepared(setup, before) if before else base).worth(position, seat)
            for seat in offer.signatories[1:]
        }
        assert offer.struck == all(gain > 0 for gain in gains.values())


def test_messages_are_kept_short_and_few(classroom, setup, desk, clock):
    number, (ann,) = opened(classroom, setup)
    play(classroom, desk, number)
    classroom.act(ann, Say(None, " hello \x07 there "))
    assert classroom.lessons[number].table(1).messages[0].text == "hello there"
    for bad, key in ((" ", "refused_empty"), ("x" * 281, "refused_too_long"), (7, "refused_illegal")):
        with refused(key):
            classroom.act(ann, Say(None, bad))
    with refused("refused_unknown"):
        classroom.act(ann, Say(0, "to myself"))
    clock.now += 60
    for k in range(9):
        clock.now += 3
        classroom.act(ann, Say(1, f"message {k}"))
    clock.now += 3
    with refused("refused_too_many"):
        classroom.act(ann, Say(1, "one more"))


def test_one_visitor_alone_goes_from_scene_to_scene(classroom, clock):
    alone = Setup(kind=Kind.SOLO, timed=False, overrides=("strategy=as_it_happened",))
    token = classroom.open_alone(alone, "Ann", 1, address="a")
    classroom.connected(token)
    lesson, _who = classroom.participant_of(token)
    classroom.act(token, Advance())
    classroom.act(token, StateForecast(20))
    classroom.act(token, Advance())
    with refused("refused_still_playing"):
        classroom.act(token, Advance())
    for _ in range(8):
        if not classroom.lessons[lesson.number].table(1).finished:
            clock.now += 5
            position = classroom.lessons[lesson.number].table(1).position
            menu = classroom.games.prepared(alone).menu(position, 1)
            move = Move.NONE if Move.NONE in menu else menu[0]
            classroom.act(token, Commit(choice=Choice(move=int(move))))
    assert classroom.lessons[lesson.number].table(1).finished
    for scene in (Scene.REVEAL, Scene.THEORY, Scene.DEBRIEF, Scene.OVER):
        classroom.act(token, Advance())
        assert classroom.lessons[lesson.number].scene is scene
    with refused("refused_over"):
        classroom.act(token, Advance())


def test_test_participants_fill_empty_seats_and_are_played(classroom, setup, desk, pass_time):
    number, _ = opened(classroom, setup)
    classroom.act_for_desk(desk, number, OpenTable())
    classroom.act_for_desk(desk, number, AddTestParticipants())
    lesson = classroom.lessons[number]
    assert len(lesson.participants) == 12
    assert lesson.is_robot(2, 0)
    play(classroom, desk, number)
    pass_time(8)
    assert classroom.lessons[number].table(3).round == 2
    classroom.act_for_desk(desk, number, FinishPlay())
    pass_time(1)
    assert classroom.lessons[number].scene is Scene.REVEAL
