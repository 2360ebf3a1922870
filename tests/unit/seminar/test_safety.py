"""Nobody acts for another, reads another's card, or reaches the desk; rates are bounded; nothing secret is public."""

import contextlib
import random
from dataclasses import fields, replace

import pytest

from sim.errors import ArtifactError, ParameterError
from sim.games.treaty.moves import Move
from sim.seminar.apply import lesson_of
from sim.seminar.classroom import Classroom
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
from sim.seminar.desk import FinishPlay, NextScene, Pause, SeatForDevice
from sim.seminar.limits import JOINS
from sim.seminar.setup import Kind, Scene, Setup
from sim.seminar.state import Choice
from sim.seminar.store import Store
from sim.seminar.table_game import load_plan
from sim.seminar.tokens import CODE_LENGTH, Role, new_code, new_token
from sim.seminar.truth import truth_of
from sim.seminar.views import PublicView, private, public
from sim.seminar.web.forms import choice_of, command_of, desk_command_of, message, setup_of


def refused(key):
    return pytest.raises(RefusedError, match=f"^{key}$")


@pytest.fixture
def playing(classroom, setup, desk):
    lesson = classroom.open(setup)
    ann = classroom.join(lesson.code, "Ann", 1, 0, address="a")
    bob = classroom.join(lesson.code, "Bob", 1, 1, address="a")
    for _ in range(2):
        classroom.act_for_desk(desk, lesson.number, NextScene())
    return lesson.number, ann, bob


def test_tokens_cannot_be_guessed_and_codes_are_no_words():
    assert len({new_token() for _ in range(1000)}) == 1000
    assert min(len(new_token()) for _ in range(100)) >= 32  # 192 bits
    assert all(len(new_code()) == CODE_LENGTH and not set(new_code()) & set("AEIOU01") for _ in range(100))


@pytest.mark.parametrize("token", [None, "", "x", "' or 1=1 --", "a" * 5000])
def test_a_wrong_token_opens_nothing(classroom, playing, token):
    number, *_ = playing
    with refused("refused_token"):
        classroom.act(token, StateForecast(1))
    with refused("refused_token"):
        classroom.act_for_desk(token, number, Pause())
    with refused("refused_token"):
        classroom.act_for_device(token, number, 1, Commit(choice=Choice()))
    with refused("refused_token"):
        classroom.participant_of(token)


def test_no_token_opens_what_another_kind_opens(classroom, playing, desk):
    number, ann, _ = playing
    projector = classroom.new_projector_token(number)
    for token in (ann, projector):
        with refused("refused_token"):
            classroom.act_for_desk(token, number, NextScene())
        with refused("refused_token"):
            classroom.act_for_device(token, number, 1, Commit(choice=Choice()))
    for token in (desk, projector):
        with refused("refused_token"):
            classroom.act(token, Commit(choice=Choice()))
    with refused("refused_token"):
        classroom.grant_of(ann, Role.PROJECTOR)
    with refused(
        "refused_not_yours"
    ):  # a desk enters votes for seats that were made for that, and for no others
        classroom.act_for_device(desk, number, 1, Commit(choice=Choice()))


def test_a_token_acts_for_its_own_seat_whatever_a_message_says(classroom, playing):
    number, ann, bob = playing
    fields_sent = {"move": "0", "round": "1", "participant": "1", "seat": "0", "table": "2", "on_behalf": "1"}
    fields_sent["token"] = ann
    classroom.act(bob, command_of("commit_now", fields_sent))
    seats = classroom.lessons[number].table(1).seats
    assert seats[0].committed is None
    assert seats[1].committed is not None
    with refused("refused_desk_only"):
        classroom.act(bob, Advance())
    with refused("refused_not_head"):
        classroom.act(bob, PassHead(1)) if seats[1].head != 2 else classroom.act(
            classroom.join(classroom.lessons[number].code, "Cid", 1, 1, address="a"), PassHead(2)
        )


def test_what_is_public_tells_nothing_that_is_secret(classroom, playing, game):
    number, ann, bob = playing
    secret = Choice(breach=True, suspicion=(88, None))
    classroom.act(bob, Propose(secret))
    classroom.act(ann, Say(1, "between us"))
    classroom.act(bob, Commit(choice=secret))
    before = classroom.lessons[number]

    def seen(lesson):
        return public(lesson, lesson.table(1), game), private(lesson, lesson.table(1), game, 0)

    # had Russia chosen to uphold, or proposed nothing, everyone else would see the very same
    table = before.table(1)
    seats = tuple(
        replace(d, proposals=(), committed=Choice()) if k == 1 else d for k, d in enumerate(table.seats)
    )
    other = replace(before, tables=(replace(table, seats=seats), *before.tables[1:]))
    assert seen(before) == seen(other)
    assert "between us" not in repr(public(before, table, game))
    assert "between us" not in repr(private(before, table, game, 2))
    assert "between us" in repr(private(before, table, game, 0))
    with pytest.raises(PermissionError):
        truth_of(before, table, game)
    assert not {"breaches", "courses", "payoffs", "proposals"} & {field.name for field in fields(PublicView)}


def test_offers_are_seen_by_those_whom_they_concern(classroom, playing, game):
    number, ann, _ = playing
    classroom.act(ann, MakeOffer("mutual_inspections"))
    lesson = classroom.lessons[number]
    shown = [len(private(lesson, lesson.table(1), game, seat).offers) for seat in range(4)]
    assert shown == [1, 1, 0, 0]


def test_rates_are_bounded(classroom, setup, playing):
    number, ann, _ = playing
    code = classroom.lessons[number].code

    def until_too_fast(ask, times):
        for k in range(times):
            try:
                ask(k)
            except RefusedError as error:
                if error.key == "refused_too_fast":
                    return k
        raise AssertionError("nothing bounds this")

    assert until_too_fast(lambda k: classroom.act(ann, Vote(99)), 40) == 20
    assert until_too_fast(lambda k: classroom.find("ZZZZZ", address="evil"), 40) == 10
    assert until_too_fast(lambda k: classroom.join(code, "Bot", 1, 0, address="evil"), 300) == JOINS.burst
    classroom.find(code, address="good")  # nobody else is held up


def test_four_in_a_delegation_vote_at_the_same_moment(classroom, setup, desk):
    lesson = classroom.open(setup)
    tokens = [classroom.join(lesson.code, f"P{k}", 1, 0, address="a") for k in range(4)]
    for _ in range(2):
        classroom.act_for_desk(desk, lesson.number, NextScene())
    for token in tokens:  # all propose the same, twice: it stands on the list once, with four votes
        for _ in range(2):
            classroom.act(token, Propose(Choice(breach=True), 1))
    (proposal,) = classroom.lessons[lesson.number].table(1).seats[0].proposals
    assert sorted(proposal.votes) == [1, 2, 3, 4]
    classroom.act(tokens[1], Propose(Choice(), 1))
    assert [len(p.votes) for p in classroom.lessons[lesson.number].table(1).seats[0].proposals] == [3, 1]
    classroom.act(tokens[0], Commit(proposal=1, round=1))
    assert classroom.lessons[lesson.number].table(1).round == 2
    for late in (
        Commit(proposal=1, round=1),
        Commit(choice=Choice(), round=1),
        Vote(1, 1),
        Propose(Choice(), 1),
    ):
        for token in tokens:  # what was pressed for the first round counts for nothing in the second
            with refused("refused_round_over"):
                classroom.act(token, late)
    seat = classroom.lessons[lesson.number].table(1).seats[0]
    assert seat.committed is None
    assert not seat.proposals


def test_a_lesson_goes_on_in_every_scene_after_a_restart_whatever_the_clock_says(
    tmp_path, games, clock, setup
):
    store = Store(tmp_path / "restarted.sqlite")
    room = Classroom(store, games, clock=clock)
    lesson = room.open(setup)
    desk, ann = room.new_desk_token(), room.join(lesson.code, "Ann", 1, 0, address="a")
    room.connected(ann)
    for skew in (5, -3600, 0, 90, 1, 2, 3):
        room.act_for_desk(desk, lesson.number, NextScene())
        if room.lessons[lesson.number].scene is Scene.PLAY:
            room.act(ann, Commit(choice=Choice(breach=True), round=1))
            room.act_for_desk(desk, lesson.number, FinishPlay())
        before = room.lessons[lesson.number]
        store.close()
        clock.now += skew  # the laptop was closed for a while, or its clock was set back
        store = Store(tmp_path / "restarted.sqlite")
        room = Classroom(store, games, clock=clock)
        room.connected(ann)
        after = room.lessons[lesson.number]
        room.tick()
        assert after.scene is before.scene
        assert [t.decided for t in after.tables] == [t.decided for t in before.tables]
        if before.scene is Scene.OVER:
            break
    assert room.lessons[lesson.number].scene is Scene.OVER
    assert any(c.breach for d in room.lessons[lesson.number].table(1).decided for c in d.choices[:1])
    store.close()


def test_a_lesson_that_cannot_go_on_does_not_stop_the_others(classroom, setup, desk, clock, monkeypatch):
    stuck, fine = classroom.open(setup), classroom.open(setup)
    for lesson in (stuck, fine):
        for _ in range(2):
            classroom.act_for_desk(desk, lesson.number, NextScene())
    usual = classroom.game_of

    def broken(lesson):
        if lesson.number == stuck.number:
            raise ArtifactError("the disk is full")
        return usual(lesson)

    monkeypatch.setattr(classroom, "game_of", broken)
    clock.now += 10
    classroom.tick()
    assert classroom.lessons[fine.number].table(1).round == 2


def test_a_delegation_has_at_most_four(classroom, setup):
    lesson = classroom.open(setup)
    for k in range(4):
        classroom.join(lesson.code, f"P{k}", 1, 0, address="a")
    with refused("refused_full"):
        classroom.join(lesson.code, "P5", 1, 0, address="a")
    for place in ((0, 0), (3, 0), (1, 4), (1, -1)):
        with pytest.raises(RefusedError):
            classroom.join(lesson.code, "P6", *place, address="a")


def test_one_device_votes_are_entered_by_the_desk_for_seats_made_for_it(classroom, desk):
    setup = Setup(kind=Kind.DEVICE, timed=False, overrides=("strategy=as_it_happened",), rounds=1)
    lesson = classroom.open(setup)
    with refused("refused_code"):
        classroom.join(lesson.code, "Ann", 1, 0, address="a")
    classroom.act_for_desk(desk, lesson.number, SeatForDevice(1, 0, "Class"))
    for _ in range(2):
        classroom.act_for_desk(desk, lesson.number, NextScene())
    classroom.act_for_device(desk, lesson.number, 1, Commit(choice=Choice()))
    classroom.tick()
    assert classroom.lessons[lesson.number].table(1).finished


MANY = {str(k): 1 for k in range(99)}
NONSENSE = [None, 7, "x", [], {}, {"act": 3}, {"act": "say", "fields": 3}, {"act": "a", "fields": MANY}]


@pytest.mark.parametrize("sent", NONSENSE)
def test_nonsense_is_refused_not_crashed_on(sent):
    with pytest.raises(RefusedError):
        command_of(*message(sent))
    with pytest.raises(RefusedError):
        desk_command_of(*message(sent))


@pytest.mark.parametrize("value", ["", "1.5", "1e3", "٣", "--1", "9" * 30, None, [], {"a": 1}, "0x1", "nan"])
def test_numbers_are_plain_whole_numbers(value):
    with pytest.raises(RefusedError):
        choice_of({"move": value})


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a b", "x,y", "inf_2019 hydra.run.dir=/tmp", "a" * 99, "ä"]
)
def test_config_names_are_names(name):
    sent = {
        "kind": "class",
        "scenario": name,
        "reading": "neutral",
        "tables": "1",
        "rounds": "8",
        "seconds": "60",
    }
    with pytest.raises(RefusedError):
        setup_of(sent, Setup())


def test_types_are_refused_in_one_line():
    with pytest.raises(ParameterError, match=r"^seminar plays without types, got types of ") as refusal:
        load_plan(Setup(overrides=("strategy=as_it_happened", "types=accusations")))
    assert "\n" not in str(refusal.value)


def test_whatever_is_asked_in_whatever_order_the_lesson_stays_whole(classroom, setup, desk, clock):
    """A thousand random requests: none but a refusal is raised, and the record always rebuilds the lesson."""
    rng = random.Random(7)
    lesson = classroom.open(setup)
    tokens = [classroom.join(lesson.code, f"P{k}", 1 + k % 2, k % 4, address="a") for k in range(10)]
    moves = [int(move) for move in Move]

    def choice():
        return Choice(
            move=rng.choice(moves), breach=rng.random() < 0.4, suspicion=(rng.choice([None, 5, 101]), None)
        )

    def command():
        return rng.choice(
            [
                StateForecast(rng.randrange(-5, 110)), Propose(choice()), Vote(rng.randrange(4)),
                Commit(choice=Choice()), Commit(choice=choice()), Commit(proposal=rng.randrange(4)),
                PassHead(rng.randrange(12)), Say(rng.choice([None, 0, 1, 9]), "hello"), Advance(),
                MakeOffer(rng.choice([*classroom.games.deals, "nothing"])),
                AnswerOffer(rng.randrange(4), accept=rng.random() < 0.5),
            ]
        )  # fmt: skip

    decisions = 0
    for k in range(1000):
        clock.now += rng.random() * 2
        with contextlib.suppress(RefusedError):
            classroom.act(rng.choice(tokens), command())
        if k % 40 == 3:
            if rng.random() < 0.5:
                classroom.disconnected(rng.choice(tokens))
            else:
                classroom.connected(rng.choice(tokens))
        if k in (30, 60):
            classroom.act_for_desk(desk, lesson.number, NextScene())
        classroom.tick()
    classroom.act_for_desk(desk, lesson.number, FinishPlay()) if classroom.lessons[
        1
    ].scene is Scene.PLAY else None
    now = classroom.lessons[lesson.number]
    assert lesson_of(event for _, event in classroom.store.events(lesson.number)) == now
    for table in now.tables:
        decisions += len(table.decided)
        assert [p.period for p in table.played] == list(range(len(table.played)))
        assert [d.round for d in table.decided] == list(range(1, len(table.decided) + 1))
    assert decisions > 4
