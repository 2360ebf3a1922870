"""Many decisions at once, each sent twice: none is lost, none counts twice."""

from collections import Counter

from sim.games.treaty.moves import Move
from sim.seminar.commands import Commit, RefusedError
from sim.seminar.desk import NextScene
from sim.seminar.setup import Setup
from sim.seminar.state import Choice


def test_no_decision_is_lost_or_counted_twice(classroom, desk, clock):
    setup = Setup(overrides=("strategy=as_it_happened",), tables=3, timed=False)
    lesson = classroom.open(setup)
    seats = [(table, seat) for table in (1, 2, 3) for seat in range(4)]
    tokens = {place: classroom.join(lesson.code, "S", *place, address="a") for place in seats}
    for _ in range(2):
        classroom.act_for_desk(desk, lesson.number, NextScene())
    sent = Counter()
    for _ in range(40):
        for place, token in tokens.items():
            clock.now += 1
            table = classroom.lessons[lesson.number].table(place[0])
            if table.finished:
                continue
            game = classroom.games.prepared(setup)
            offered = game.is_offered(table.position, table.number)
            menu = game.menu(table.position, place[1]) if offered else (Move.NONE,)
            move = Move.NONE if Move.NONE in menu else menu[-1]
            for _ in range(2):  # an impatient finger
                before = classroom.lessons[lesson.number].table(place[0])
                if before.round != table.round:
                    break  # the first press was the last that the round waited for
                try:
                    classroom.act(token, Commit(choice=Choice(move=int(move))))
                    sent[place] += 1
                except RefusedError as error:
                    if error.key not in ("refused_committed", "refused_not_now"):
                        raise
    now = classroom.lessons[lesson.number]
    for table in now.tables:
        assert table.finished
        for seat in range(4):
            assert sent[table.number, seat] == len(table.decided)
        assert {by for d in table.decided for by in d.by} == {
            f"participant {p.number}" for p in now.participants if p.table == table.number
        }
