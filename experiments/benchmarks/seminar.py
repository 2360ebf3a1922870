"""A class of sixty at ten tables

Sixty students in forty delegations decide through eight rounds: every decision is checked, written to the disk with
fsync, and the decider's own page is drawn; then the other pages of the table, the desk and the projector are. Timed
without browsers and sockets, in one process. No decision may be lost or counted twice.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sim.seminar.classroom import Classroom
from sim.seminar.commands import Commit, RefusedError
from sim.seminar.desk import NextScene
from sim.seminar.games import Games
from sim.seminar.setup import Setup
from sim.seminar.state import Choice
from sim.seminar.store import Store
from sim.seminar.web import desk, projector, student
from sim.seminar.web.site import Web

TABLES, STUDENTS, MOST = 10, 60, 0.3


def rows():
    """Yield the table's rows; AssertionError if the 95th percentile or the count of decisions is missed."""
    with TemporaryDirectory() as directory:
        games = Games(wait=True)
        setup = Setup(overrides=("strategy=as_it_happened",), tables=TABLES, timed=False)
        classroom = Classroom(Store(Path(directory) / "lessons.sqlite"), games)
        web = Web(classroom, setup, "http://127.0.0.1:8080", False, Path(directory))
        lesson = classroom.open(setup)
        tokens = [
            classroom.join(lesson.code, f"S{k}", 1 + k % TABLES, k // TABLES % 4, address=f"10.0.0.{k}")
            for k in range(STUDENTS)
        ]
        office = classroom.new_desk_token()
        for _ in range(2):
            classroom.act_for_desk(office, lesson.number, NextScene())
        student.regions(classroom, tokens[0])
        answered, shown, sent = [], [], 0
        for _ in range(8):
            for token in tokens:
                began = time.perf_counter()
                try:
                    classroom.act(token, Commit(choice=Choice(move=silent(classroom, token))))
                    sent += 1
                except RefusedError:  # a member without the office of head, or a table that has finished
                    continue
                student.regions(classroom, token)
                answered.append(time.perf_counter() - began)
                number = classroom.participant_of(token)[1].table
                for other in tokens:
                    if classroom.participant_of(other)[1].table == number:
                        student.regions(classroom, other)
                desk.regions(web, lesson.number)
                projector.regions(web, classroom.lessons[lesson.number])
                shown.append(time.perf_counter() - began)
        now = classroom.lessons[lesson.number]
        counted = sum(by.startswith("participant") for t in now.tables for d in t.decided for by in d.by)
        waiting = sum(seat.committed is not None for t in now.tables if t.deciding for seat in t.seats)
        assert counted + waiting == sent, f"{sent} decisions were sent, {counted + waiting} are there"
        worst = float(np.quantile(answered, 0.95))
        assert worst < MOST, f"the 95th percentile of a decision is {1000 * worst:.0f} ms"
        yield {"what": "decisions, none lost or twice", "value": sent, "unit": "decisions", "target": 100}
        for what, times, target in (
            ("until the decider sees it, 95 %", answered, {"target": 1000 * MOST}),
            ("until the table, the desk and the projector are drawn, 95 %", shown, {}),
        ):
            value = 1000 * float(np.quantile(times, 0.95))
            yield {"what": what, "value": value, "unit": "ms", "better": "less", **target}
        classroom.store.close()
        games.close()


def silent(classroom, token):
    """Return the move of one who does nothing, or declines what must be answered."""
    lesson, who = classroom.participant_of(token)
    table = lesson.table(who.table)
    game = classroom.games.prepared(lesson.setup, table.deals)
    if table.position is None or not game.is_offered(table.position, table.number):
        return 0
    menu = [int(move) for move in game.menu(table.position, who.seat)]
    return 0 if 0 in menu else menu[-1]
