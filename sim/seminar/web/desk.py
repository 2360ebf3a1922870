"""The teacher's desk: set lessons up, pace them, watch all tables, take everything home."""

from functools import lru_cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from nicegui import app, run, ui

from sim.seminar.commands import RefusedError
from sim.seminar.export import write_csv, zipped
from sim.seminar.setup import MAX_ROUNDS, MAX_TABLES, SCENES, Kind, Scene
from sim.seminar.state import Lesson
from sim.seminar.text import t
from sim.seminar.tokens import Role
from sim.seminar.views import people, public, titles
from sim.seminar.web.configs import ROBOTS, names_of
from sim.seminar.web.forms import desk_command_of, setup_of, whole
from sim.seminar.web.live import LivePage, still
from sim.seminar.web.report import after_action
from sim.seminar.web.site import Web, token_of, with_cookie
from sim.seminar.web.templates import asset, drawn, render, render_once

REST = 0.4
"""Seconds between two drawings of a page that shows all tables, while the class decides."""

LAYOUT: list[Any] = ["bar", [["pace", "tables"], ["join", "new", "people"]]]
DOCUMENTS = {"plan_50": "lesson_plan_50.md", "plan_90": "lesson_plan_90.md", "handout": "handout.md"}


def register(web: Web) -> None:
    """Add the desk's pages and routes."""
    classroom = web.classroom

    @app.get("/desk/{token}")
    def enter(token: str) -> Response:
        try:
            classroom.grant_of(token, Role.DESK)
        except RefusedError:
            return HTMLResponse(t("refused.token"), status_code=403)
        return with_cookie("/desk", Role.DESK, token)

    @ui.page("/desk", title=t("desk.heading"))
    def page(request: Request) -> None:
        token = token_of(request, Role.DESK)
        if not _opens(web, token):
            still(render("refused", words=t("refused.token")))
            return
        chosen: list[int] = [_latest(web)]

        async def act(name: str, fields: dict[str, Any]) -> None:
            if name == "open":
                setup = setup_of(fields, web.base)
                await run.io_bound(classroom.games.prepared, setup)
                classroom.grant_of(token, Role.DESK)
                chosen[0] = classroom.open(setup).number
            elif name == "choose":
                chosen[0] = whole(fields, "lesson")
            else:
                classroom.act_for_desk(token, chosen[0], desk_command_of(name, fields))

        def shows() -> tuple[object, ...]:
            lesson = classroom.lessons.get(chosen[0])
            return chosen[0], len(web.visitors), *(web.whole(lesson) if lesson else ())

        web.watch(LivePage(lambda: regions(web, chosen[0]), LAYOUT, act, shows=shows, rest=REST))

    @app.get("/export/{number}/{what}")
    async def export(request: Request, number: int, what: str) -> Response:
        if not _opens(web, token_of(request, Role.DESK)):
            return PlainTextResponse(t("refused.token"), status_code=403)
        lesson = classroom.lessons.get(number)
        if lesson is None or what not in ("data.zip", "report.html"):
            return PlainTextResponse(t("refused.unknown"), status_code=404)
        directory = web.directory / f"lesson-{number}-{lesson.code}"
        await run.io_bound(classroom.games.prepared, lesson.setup)
        game = classroom.games.prepared(lesson.setup)
        if what == "data.zip":
            files = write_csv(directory, lesson, classroom.store.events(number), game)
            name = f'attachment; filename="lesson-{number}.zip"'
            return Response(
                zipped(files), media_type="application/zip", headers={"Content-Disposition": name}
            )
        page = after_action(classroom, lesson, game, style=asset("seminar.css"))
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "report.html").write_text(page, encoding="utf-8")
        return HTMLResponse(page)

    @app.get("/qr/{number}.svg")
    def qr(request: Request, number: int) -> Response:
        lesson = classroom.lessons.get(number)
        if lesson is None or not _opens(web, token_of(request, Role.DESK)):
            return PlainTextResponse(t("refused.token"), status_code=403)
        return Response(qr_code(join_link(web, lesson)), media_type="image/svg+xml")


def join_link(web: Web, lesson: Lesson) -> str:
    """Return the address that a phone opens to join a lesson."""
    return f"{web.address}/join?code={lesson.code}"


@lru_cache(maxsize=64)
def qr_code(link: str) -> str:
    """Return a QR code of an address as SVG."""
    import segno

    code: str = segno.make(link, error="m").svg_inline(border=2, title=link, omitsize=True)
    return code


def regions(web: Web, number: int) -> dict[str, str]:
    """Return the regions of the desk."""
    lesson = web.classroom.lessons.get(number)
    found = {
        "bar": render("desk_bar", lesson=lesson, lessons=_choices(web), paused=lesson and lesson.paused_at),
        "new": render_once("desk_new", **_options(web, lesson)),
    }
    if lesson is None:
        return found
    game = web.classroom.games.find(lesson.setup)
    if game is None:
        return found | {"pace": f'<section class="region">{t("play.preparing")}</section>'}
    tables = []
    for table in lesson.tables:
        under = web.classroom.games.find(lesson.setup, table.deals) or game
        tables.append(public(lesson, table, under))
    place = SCENES.index(lesson.scene) if lesson.scene in SCENES else -1
    following = SCENES[place + 1] if place + 1 < len(SCENES) else Scene.OVER
    forecasts = [p for p in people(lesson) if p.forecast is not None]
    return found | {
        "pace": render(
            "desk_pace",
            lesson=lesson,
            following=t(f"common.scene_{following.value}"),
            playing=lesson.scene is Scene.PLAY and not all(table.finished for table in lesson.tables),
            early=lesson.scene in (Scene.LOBBY, Scene.BRIEF),
            minutes=round(lesson.setup.timers.lesson(rounds=lesson.setup.rounds) / 60),
            forecasts=len(forecasts),
            people=len(people(lesson)),
            documents=DOCUMENTS,
        ),
        "tables": render("desk_tables", tables=tables, scene=lesson.scene.value),
        "join": render(
            "desk_join",
            lesson=lesson,
            link=join_link(web, lesson),
            qr=drawn(qr_code(join_link(web, lesson))),
            network=web.network,
            visitors=len([a for a in web.visitors if a not in ("127.0.0.1", "::1", "testclient")]),
            is_class=lesson.setup.kind is Kind.CLASS,
        ),
        "people": render_once(
            "desk_people",
            people=lesson.participants,
            movable=tuple(p for p in people(lesson) if not p.device),
            titles=titles(game),
            tables=tuple(table.number for table in lesson.tables),
            over=lesson.scene is Scene.OVER,
        ),
    }


def _opens(web: Web, token: str | None) -> bool:
    try:
        web.classroom.grant_of(token, Role.DESK)
    except RefusedError:
        return False
    return True


def _latest(web: Web) -> int:
    numbers = [n for n, lesson in web.classroom.lessons.items() if lesson.setup.kind is not Kind.SOLO]
    return max(numbers, default=0)


def _choices(web: Web) -> list[tuple[int, str]]:
    return [
        (number, t("desk.current", number=number, scenario=lesson.setup.scenario))
        for number, lesson in sorted(web.classroom.lessons.items(), reverse=True)
        if lesson.setup.kind is not Kind.SOLO
    ][:20]


def _options(web: Web, lesson: Lesson | None) -> dict[str, Any]:
    """Return what the form for a new lesson offers."""
    base = web.base
    return {
        "scenarios": tuple(names_of("scenario", base.scenario)),
        "readings": tuple(names_of("reading", base.reading)),
        "robots": ROBOTS,
        "base": base,
        "max_rounds": MAX_ROUNDS,
        "max_tables": MAX_TABLES,
        "folded": lesson is not None and lesson.scene is not Scene.OVER,
    }


__all__ = ["join_link", "qr_code", "regions", "register"]
