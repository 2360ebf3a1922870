"""The web server of a classroom: routes, pages, cookies, and the pulse that lets time pass."""

import asyncio
from typing import Any
from urllib.parse import quote

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from nicegui import app, core, run, ui
from nicegui.client import Client
from starlette.middleware.trustedhost import TrustedHostMiddleware

from sim.errors import SimError
from sim.seminar.commands import RefusedError
from sim.seminar.limits import Limit, Limiter
from sim.seminar.setup import NUM_SEATS, Kind, Setup
from sim.seminar.state import Lesson
from sim.seminar.text import t
from sim.seminar.tokens import Role
from sim.seminar.views import titles
from sim.seminar.web import desk, device, laboratory, projector, student
from sim.seminar.web.forms import command_of, place_of, whole
from sim.seminar.web.live import LivePage, refusal, still
from sim.seminar.web.site import Web, address_of, token_of, with_cookie
from sim.seminar.web.templates import render

PULSE = 0.1
"""Seconds between two looks at the clock."""

SOCKET = Limit(burst=60, per_second=30)
"""Messages of one connection, whatever they say."""

HEADERS = {
    # everything comes from this server; NiceGUI's own scripts need inline code
    "Content-Security-Policy": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "connect-src 'self' ws: wss:; frame-ancestors 'none'; form-action 'self'; base-uri 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def serve(web: Web, *, host: str, port: int, hosts: list[str], show: str | None, secret: str) -> None:
    """Serve until stopped.

    Parameters
    ----------
    host, port : where to listen
    hosts : names under which the server may be asked for
    show : path to open in a browser, None for none
    secret : signs NiceGUI's own cookie
    """
    prepare(web, hosts)
    ui.run(
        host=host, port=port, title=t("common.title"), language="en-US", reload=False, show=show or False,
        tailwind=False, show_welcome_message=False, storage_secret=secret, binding_refresh_interval=None,
        reconnect_timeout=10.0, favicon="☮", uvicorn_logging_level="error", access_log=False,
        ws_max_size=200_000,
    )  # fmt: skip


def prepare(web: Web, hosts: list[str]) -> None:
    """Register pages, routes and guards."""
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts)
    _guard_headers()
    _guard_socket(Limiter())
    _public_pages(web)
    _seat_pages(web)
    desk.register(web)
    projector.register(web)
    device.register(web)
    laboratory.register(web)

    async def beat() -> None:
        while True:
            await web.pulse()
            await asyncio.sleep(PULSE)

    tasks: list[asyncio.Task[None]] = []
    app.on_startup(lambda: tasks.append(asyncio.create_task(beat())))
    app.on_shutdown(lambda: [task.cancel() for task in tasks])


def _guard_headers() -> None:
    @app.middleware("http")
    async def add_headers(request: Request, call_next: Any) -> Response:
        answer: Response = await call_next(request)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer


def _guard_socket(limiter: Limiter) -> None:
    """Let a connection act for its own page only, and only so often.

    NiceGUI takes the page that a message names on trust; knowing another page's number would be enough to act for
    it. Here the number must be that of the page which the connection opened.
    """

    @core.sio.on("event")
    def guarded(sid: str, sent: Any) -> None:
        if not isinstance(sent, dict) or not isinstance(sent.get("client_id"), str):
            return
        if sent["client_id"] not in core.sio.rooms(sid):
            return
        if not limiter.allows(sid, SOCKET, asyncio.get_running_loop().time()):
            return
        client = Client.instances.get(sent["client_id"])
        if client is not None and client.has_socket_connection:
            client.handle_event(sent)

    def own(name: str) -> None:
        handle = core.sio.handlers["/"][name]

        @core.sio.on(name)
        def guarded_as_well(sid: str, sent: Any) -> None:
            # answers to scripts, acknowledgements and logs of another page are none of a connection's business
            known = isinstance(sent, dict) and sent.get("client_id") in core.sio.rooms(sid)
            if known and limiter.allows(sid, SOCKET, asyncio.get_running_loop().time()):
                handle(sid, sent)

    for name in ("javascript_response", "ack", "log"):
        own(name)


def _public_pages(web: Web) -> None:
    classroom = web.classroom

    @ui.page("/", title=t("common.title"))
    def home(request: Request, refused: str = "") -> None:
        seated = True
        try:
            classroom.participant_of(token_of(request, Role.SEAT))
        except (RefusedError, KeyError):
            seated = False
        still(render("home", words=_words(refused), seated=seated, seats=_seat_titles(web)))

    @ui.page("/join", title=t("home.join_heading"))
    def join_page(request: Request, code: str = "", refused: str = "") -> Any:
        web.visitors.add(address_of(request))
        try:
            lesson = classroom.find(code, address=address_of(request))
        except RefusedError as error:
            return RedirectResponse(f"/?refused={quote(error.key)}", status_code=303)
        still(render("join", code=lesson.code, words=_words(refused), tables=_tables(web, lesson)))
        return None

    @app.post("/join")
    def join(request: Request, code: str = Form(""), name: str = Form(""), place: str = Form("")) -> Response:
        try:
            table, seat = place_of({"place": place})
            token = classroom.join(code, name, table, seat, address=address_of(request))
        except RefusedError as error:
            return RedirectResponse(f"/join?code={quote(code)}&refused={quote(error.key)}", status_code=303)
        return with_cookie("/seat", Role.SEAT, token)

    @app.post("/alone")
    async def alone(request: Request, name: str = Form(""), seat: str = Form("0")) -> Response:
        base = web.base
        setup = Setup(
            kind=Kind.SOLO, scenario=base.scenario, reading=base.reading, overrides=base.overrides,
            robots=base.robots, rounds=base.rounds, months=base.months, seed=base.seed, timed=False,
            timers=base.timers,
        )  # fmt: skip
        try:
            number = whole({"seat": seat}, "seat")
            await run.io_bound(classroom.games.prepared, setup)
            token = classroom.open_alone(setup, name, number, address=address_of(request))
        except RefusedError as error:
            return RedirectResponse(f"/?refused={quote(error.key)}", status_code=303)
        except SimError as error:
            return PlainTextResponse(str(error), status_code=400)
        return with_cookie("/seat", Role.SEAT, token)


def _seat_pages(web: Web) -> None:
    classroom = web.classroom

    @ui.page("/seat", title=t("common.title"))
    def seat(request: Request) -> None:
        token = token_of(request, Role.SEAT) or ""
        try:
            classroom.participant_of(token)
        except (RefusedError, KeyError):
            still(render("refused", words=t("refused.token")))
            return

        def shows() -> tuple[object, ...]:
            now, who = classroom.participant_of(token)
            return who.number, *web.around(now, who.table)

        page = LivePage(
            lambda: student.regions(classroom, token),
            student.LAYOUT,
            lambda act, fields: classroom.act(token, command_of(act, fields)),
            shows=shows,
        )
        web.watch(page)
        client = ui.context.client
        client.on_connect(lambda: classroom.connected(token, client.id))
        client.on_disconnect(lambda: classroom.disconnected(token, client.id))

    @app.get("/back/{token}")
    def back(token: str) -> Response:
        try:
            classroom.participant_of(token)
        except (RefusedError, KeyError):
            return HTMLResponse(t("refused.token"), status_code=403)
        return with_cookie("/seat", Role.SEAT, token)


def _words(key: str) -> str:
    """Return the sentence of a refusal that a redirection names, nothing for any other text."""
    try:
        return refusal(RefusedError(key, longest=40)) if key else ""
    except KeyError:
        return ""


def _seat_titles(web: Web) -> list[str]:
    game = web.classroom.games.find(web.base)
    return list(titles(game)) if game else ["United States", "Russia", "NATO", "China"]


def _tables(web: Web, lesson: Lesson) -> list[dict[str, Any]]:
    game = web.classroom.games.prepared(lesson.setup)
    counts = {
        (table.number, seat): len([p for p in lesson.present(table.number, seat) if not p.test])
        for table in lesson.tables
        for seat in range(NUM_SEATS)
    }
    best = min(counts, key=lambda place: (counts[place], place))
    return [
        {
            "number": table.number,
            "seats": [
                {
                    "title": title,
                    "count": counts[table.number, seat],
                    "best": (table.number, seat) == best,
                }
                for seat, title in enumerate(titles(game))
            ],
        }
        for table in lesson.tables
    ]
