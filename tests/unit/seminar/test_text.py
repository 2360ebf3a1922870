"""Every sentence used exists, every sentence there is is used, and drawings and exports are safe."""

import re
from pathlib import Path

import pytest

from sim.errors import ParameterError
from sim.games.treaty.moves import Move
from sim.seminar import drawing
from sim.seminar.desk import FinishPlay, NextScene
from sim.seminar.export import tables
from sim.seminar.network import listening
from sim.seminar.text import sentences, t

ROOM = Path(drawing.__file__).parent
CODE = "\n".join(
    path.read_text(encoding="utf-8") for pattern in ("**/*.py", "**/*.j2") for path in ROOM.glob(pattern)
)
MADE_UP = (
    "move.",
    "did.",
    "refused.",
    "state.",
    "slider.",
    "actor.",
    "deal.",
    "theory.plan_",
    "common.scene_",
)


def test_every_sentence_that_is_asked_for_exists():
    asked = set(re.findall(r"""\bt\(\s*f?["']([a-z_]+\.[a-z_0-9]+)["']""", CODE))
    asked = {key for key in asked if not key.endswith("_")}  # what is put together is tried below
    assert len(asked) > 150
    assert not asked - set(sentences())
    for move in Move:
        assert t(f"move.{move.name.lower()}")
        assert t(f"did.{move.name.lower()}", who="x")
    refusals = set(re.findall(r'"refused_([a-z_]+)"', CODE))
    assert not {f"refused.{key}" for key in refusals} - set(sentences())


def test_no_sentence_is_left_over():
    stems = set(re.findall(r"[a-z]+\.[a-z_0-9]+", CODE))
    starts = tuple(re.findall(r"""["']([a-z]+\.[a-z_]*)(?:\{|["'] ~)""", CODE))
    unused = [
        key
        for key in sentences()
        if key not in stems and not key.startswith(MADE_UP) and not (starts and key.startswith(starts))
    ]
    assert not [key for key in unused if not re.search(rf"\b{key.split('.')[1]}\b", CODE)]


def test_drawings_escape_every_word():
    evil = '"><script>alert(1)</script>'
    drawn = drawing.bars([(evil, 0.5, 0.2)], evil, names=(evil, evil))
    drawn += drawing.forecast_strip([50], [(evil, 0.5, "circle")], evil)
    drawn += drawing.course_strip("ub", [evil] * 3, [(0, 1, 50)], [1], evil)
    assert "<script" not in drawn
    assert "&lt;script" in drawn


def test_no_cell_of_an_export_is_a_formula(classroom, setup, desk, game):
    lesson = classroom.open(setup)
    classroom.join(lesson.code, "=HYPERLINK(1)", 1, 0, address="a")
    classroom.join(lesson.code, '@sum, "x"', 1, 1, address="a")
    for _ in range(2):
        classroom.act_for_desk(desk, lesson.number, NextScene())
    classroom.act_for_desk(desk, lesson.number, FinishPlay())
    files = tables(classroom.lessons[lesson.number], classroom.store.events(lesson.number), game)
    assert set(files) == {
        f"{name}.csv" for name in ("participants", "decisions", "periods", "messages", "offers", "events")
    }
    people = files["participants.csv"].decode().splitlines()
    assert people[1].startswith("1,'=HYPERLINK(1),1,usa")
    assert len(files["periods.csv"].decode().splitlines()) == 1 + 2 * 48
    assert "\n=" not in files["messages.csv"].decode()


@pytest.mark.parametrize(("host", "network"), [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)])
def test_the_server_says_where_it_listens(host, network):
    place = listening(host, 18765)
    assert place.network is network
    assert ":18765" in place.address


@pytest.mark.parametrize(("host", "port"), [("example.org", 18765), ("", 18765), ("127.0.0.1", 0)])
def test_a_host_or_port_that_cannot_be_is_refused(host, port):
    with pytest.raises(ParameterError, match="seminar"):
        listening(host, port)
