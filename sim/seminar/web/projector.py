"""The projector view: what the whole room may see, large enough for the last row."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from nicegui import app, ui

from sim.seminar.commands import RefusedError
from sim.seminar.setup import Kind, Scene
from sim.seminar.state import Lesson
from sim.seminar.text import t
from sim.seminar.tokens import Grant, Role
from sim.seminar.views import people, public, titles
from sim.seminar.web import scenes
from sim.seminar.web.desk import REST, join_link, qr_code
from sim.seminar.web.live import LivePage, still
from sim.seminar.web.site import Web, token_of, with_cookie
from sim.seminar.web.templates import drawn, render


def register(web: Web) -> None:
    """Add the projector's page and routes."""
    classroom = web.classroom

    @app.get("/show/{number}")
    def show(request: Request, number: int) -> Response:
        try:
            classroom.grant_of(token_of(request, Role.DESK), Role.DESK)
        except RefusedError:
            return HTMLResponse(t("refused.token"), status_code=403)
        if number not in classroom.lessons:
            return RedirectResponse("/desk", status_code=303)
        return with_cookie("/projector", Role.PROJECTOR, classroom.new_projector_token(number))

    @app.get("/projector/{token}")
    def enter(token: str) -> Response:
        if _grant(web, token) is None:
            return HTMLResponse(t("refused.token"), status_code=403)
        return with_cookie("/projector", Role.PROJECTOR, token)

    @ui.page("/projector", title=t("desk.projector"))
    def page(request: Request) -> None:
        grant = _grant(web, token_of(request, Role.PROJECTOR))
        if grant is None or grant.lesson not in classroom.lessons:
            still(render("refused", words=t("refused.token")))
            return
        number = grant.lesson
        live = LivePage(
            lambda: regions(web, classroom.lessons[number]), ["bar", "scene"], kind="projector",
            shows=lambda: web.whole(classroom.lessons[number]), rest=REST,
        )  # fmt: skip
        web.watch(live)


def regions(web: Web, lesson: Lesson) -> dict[str, str]:
    """Return the regions of the projector: public information only."""
    game = web.classroom.games.find(lesson.setup)
    if game is None:
        return {"scene": f'<section class="region"><h1>{t("play.preparing")}</h1></section>'}
    shown = scenes.Shown(web.classroom, lesson, game)
    tables = []
    for table in lesson.tables:
        under = web.classroom.games.find(lesson.setup, table.deals) or game
        tables.append(public(lesson, table, under))
    values: dict[str, Any] = {
        "lesson": lesson,
        "tables": tables,
        "deal_title": web.classroom.games.title,
        "solo": False,
    }
    match lesson.scene:
        case Scene.LOBBY:
            joins = lesson.setup.kind is Kind.CLASS
            values |= {
                "link": join_link(web, lesson).split("//", 1)[-1].split("/join")[0],
                "qr": drawn(qr_code(join_link(web, lesson))) if joins else "",
                "people": len(people(lesson)),
            }
        case Scene.BRIEF:
            values |= scenes.brief(shown)
        case Scene.REVEAL:
            values["rows"] = [scenes.reveal(shown, table) for table in lesson.tables]
        case Scene.THEORY:
            values |= scenes.theory(shown)
        case Scene.DEBRIEF | Scene.OVER:
            values |= scenes.debrief(shown)
    scene = "debrief" if lesson.scene is Scene.OVER else lesson.scene.value
    return {
        "bar": render(
            "projector_bar",
            title=game.scenario.title,
            scene=scene,
            until=lesson.until,
            paused=lesson.paused_at,
            code=lesson.code if lesson.setup.kind is Kind.CLASS else "",
        ),
        "scene": render(f"projector_{scene}", names=values.pop("names", titles(game)), **values),
    }


def _grant(web: Web, token: str | None) -> Grant | None:
    try:
        return web.classroom.grant_of(token, Role.PROJECTOR)
    except RefusedError:
        return None
