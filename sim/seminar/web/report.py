"""The after-action report of a lesson: one file that needs nothing else, to be read and handed on."""

from sim.seminar.classroom import Classroom
from sim.seminar.setup import Scene
from sim.seminar.state import Lesson
from sim.seminar.table_game import TableGame
from sim.seminar.truth import REVEALED
from sim.seminar.views import public, titles
from sim.seminar.web import scenes
from sim.seminar.web.student import messages
from sim.seminar.web.templates import render


def after_action(classroom: Classroom, lesson: Lesson, game: TableGame, *, style: str) -> str:
    """Return the report as HTML; before the reveal it holds public information only."""
    shown = scenes.Shown(classroom, lesson, game)
    tables = []
    for table in lesson.tables:
        under = classroom.games.prepared(lesson.setup, table.deals)
        tables.append(
            {
                "public": public(lesson, table, under),
                "reveal": scenes.reveal(shown, table) if lesson.scene in REVEALED else None,
                "messages": messages(game, table.messages if lesson.scene in REVEALED else ()),
            }
        )
    return render(
        "report",
        style=style,
        lesson=lesson,
        scenario=game.scenario,
        names=titles(game),
        tables=tables,
        theory=scenes.theory(shown),
        debrief=scenes.debrief(shown),
        over=lesson.scene in (Scene.DEBRIEF, Scene.OVER),
    )
