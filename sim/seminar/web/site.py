"""What all pages share: the classroom on the web, the open pages, and the cookies that hold tokens."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import ui

from sim.seminar.classroom import Classroom
from sim.seminar.lab import Bench
from sim.seminar.setup import Setup
from sim.seminar.tokens import Role
from sim.seminar.web.live import LivePage

COOKIES = {Role.SEAT: "treaty_seat", Role.DESK: "treaty_desk", Role.PROJECTOR: "treaty_projector"}
DAY = 86_400


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
    pages : open pages, with the lesson that each shows (None for those that show none)
    visitors : addresses from which the join page was opened
    """

    classroom: Classroom
    base: Setup
    address: str
    network: bool
    directory: Path
    pages: dict[str, tuple[LivePage, Callable[[], int | None]]] = field(default_factory=dict)
    visitors: set[str] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    prepared: int = 0
    benches: dict[tuple[str, str, str], Future[Bench]] = field(default_factory=dict)

    def watch(self, page: LivePage, lesson: Callable[[], int | None]) -> None:
        """Draw `page` anew whenever the lesson that it shows changes."""
        client = ui.context.client
        self.pages[client.id] = page, lesson
        client.on_delete(lambda: self.pages.pop(client.id, None))

    def pulse(self) -> None:
        """Let time pass and draw what has changed."""
        self.classroom.tick()
        changed, self.changed = self.changed, set()
        prepared, self.prepared = self.prepared, self.classroom.games.finished
        for page, lesson in list(self.pages.values()):
            if lesson() in changed or prepared != self.prepared:
                page.refresh()


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
