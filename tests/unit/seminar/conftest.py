"""Classrooms to test with: automata in place of solved robots, and a clock that tests turn."""

import pytest

from sim.seminar.classroom import Classroom
from sim.seminar.games import Games
from sim.seminar.setup import Setup
from sim.seminar.store import Store

AUTOMATA = ("strategy=as_it_happened",)
START = 1_000_000.0


class Clock:
    """Seconds that pass when told to."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture(scope="session")
def games():
    """Games that are ready when asked for."""
    shelf = Games(wait=True)
    yield shelf
    shelf.close()


@pytest.fixture
def setup():
    return Setup(overrides=AUTOMATA, tables=2)


@pytest.fixture
def game(games, setup):
    return games.prepared(setup)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def classroom(tmp_path, games, clock):
    store = Store(tmp_path / "lessons.sqlite")
    yield Classroom(store, games, clock=clock)
    store.close()


@pytest.fixture
def pass_time(classroom, clock):
    """A function that lets so many seconds pass, in small steps."""

    def turn(seconds, step=1.0):
        for _ in range(round(seconds / step)):
            clock.now += step
            classroom.tick()

    return turn


@pytest.fixture
def desk(classroom):
    return classroom.new_desk_token()
