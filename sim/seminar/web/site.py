"""What all pages share: the classroom on the web, the open pages, and the cookies that hold tokens."""

import asyncio
import logging
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import ui

from sim.seminar.classroom import Classroom
from sim.seminar.lab import Bench
from sim.seminar.setup import Setup
from sim.seminar.state import Lesson
from sim.seminar.tokens import Role
from sim.seminar.truth import REVEALED
from sim.seminar.web.live import LivePage

COOKIES = {Role.SEAT: "treaty_seat", Role.DESK: "treaty_desk", Role.PROJECTOR: "treaty_projector"}
DAY = 86_400

BREATH = 0.02
"""Seconds of drawing for others after which whoever has just decided is answered first."""

_LOG = logging.getLogger(__name__)


@dataclass(eq=False)
class Web:
    """A classroom on the web.

    Attributes
    ----------
    classroom : what is shown
    base : setup from which new lessons start
    address : where others reach this server
    network : whether it listens beyond this computer
    directory : where exports are written
    pages : open pages that change when a lesson does, by the number of their connection
    visitors : addresses from which the join page was opened
    """

    classroom: Classroom
    base: Setup
    address: str
    network: bool
    directory: Path
    pages: dict[str, LivePage] = field(default_factory=dict)
    visitors: set[str] = field(default_factory=set)
    benches: dict[tuple[str, str, str], Future[Bench]] = field(default_factory=dict)

    def watch(self, page: LivePage) -> None:
        """Draw `page` anew whenever what it shows changes."""
        client = ui.context.client
        self.pages[client.id] = page
        client.on_delete(lambda: self.pages.pop(client.id, None))

    async def pulse(self) -> None:
        """Let time pass and draw what has changed; what fails is logged, and everything else goes on."""
        try:
            self.classroom.tick()
        except Exception:  # noqa: BLE001  one lesson must not stop the others
            _LOG.exception("the clock")
        began = time.monotonic()
        for number, page in list(self.pages.items()):
            try:
                if number in self.pages and page.stale:
                    page.refresh()
            except Exception:  # noqa: BLE001  one lesson must not stop the others
                _LOG.exception("a page")
            if time.monotonic() - began > BREATH:
                await asyncio.sleep(0)
                began = time.monotonic()

    def whole(self, lesson: Lesson) -> tuple[object, ...]:
        """Return what a page is made of that shows all tables of a lesson."""
        return lesson.number, lesson.version, self.classroom.games.finished

    def around(self, lesson: Lesson, table: int) -> tuple[object, ...]:
        """Return what a page is made of that shows one table of a lesson; in the scenes after play, the class."""
        if lesson.scene in REVEALED:
            return self.whole(lesson)
        people = tuple(p for p in lesson.participants if p.table == table)
        frame = lesson.scene, lesson.until, lesson.paused_at, lesson.results_shown
        return *frame, lesson.table(table), people, self.classroom.games.finished


def with_cookie(target: str, role: Role, token: str) -> Response:
    """Return a redirection that hands over a token as a cookie which scripts cannot read."""
    answer = RedirectResponse(target, status_code=303)
    answer.set_cookie(COOKIES[role], token, max_age=DAY, httponly=True, samesite="lax", path="/")
    return answer


def token_of(request: Request, role: Role) -> str | None:
    """Return the token of a role that a request carries."""
    return request.cookies.get(COOKIES[role])


def address_of(request: Request) -> str:
    """Return the address that a request comes from."""
    return request.client.host if request.client else ""
