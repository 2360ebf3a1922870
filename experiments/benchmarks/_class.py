"""A real server in a process of its own, and students who come to it through sockets, without browsers.

A student here does what the page of a browser does: asks for the page with its cookie, connects by socket.io with the
number that the page names, sends the messages of its forms and takes in what is drawn anew. The benchmark of the
classroom and its end-to-end tests share this file.
"""

import asyncio
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import httpx
import socketio

SERVER_STARTS = 240
"""Seconds that a server may take on a machine that has compiled nothing yet."""

PATIENCE = 60
"""Seconds that a student waits for its page to change."""


class Server:
    """A seminar in a process of its own, in a directory of its own; lessons have 18 months unless told otherwise."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        self.directory, self.arguments = directory, arguments
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.process, self.desk = None, ""

    @property
    def record(self) -> Path:
        """The file in which lessons are kept."""
        return self.directory / "results" / "seminar" / "lessons.sqlite"

    def start(self) -> "Server":
        """Start, and wait until pages are served."""
        log = self.directory / "server.log"
        command = [sys.executable, "-m", "sim", "seminar", "strategy=as_it_happened", "seminar.months=18"]
        command += ["seminar.open_browser=false", f"seminar.port={self.port}", *self.arguments]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        with log.open("w") as out:
            self.process = subprocess.Popen(
                command, cwd=self.directory, stdout=out, stderr=subprocess.STDOUT,
                env=kept | {"OPENBLAS_NUM_THREADS": "1"},
            )  # fmt: skip
        deadline = time.monotonic() + SERVER_STARTS
        while time.monotonic() < deadline:
            said = log.read_text()
            assert self.process.poll() is None, said
            if "/desk/" in said and self._answers():
                self.desk = re.search(r"(http://\S+/desk/\S+)", said).group(1)
                return self
            time.sleep(0.2)
        raise AssertionError(f"the server did not start: {log.read_text()}")

    def kill(self) -> None:
        """Kill as by ``kill -9``."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def processor_time(self) -> float:
        """Return the seconds of processor time that the server has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _answers(self) -> bool:
        try:
            return urllib.request.urlopen(self.base, timeout=5).status == 200
        except OSError:
            return False


class Visitor:
    """Someone with cookies and one open page, whose regions are kept up to date by the server."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.web = httpx.AsyncClient(base_url=base, follow_redirects=True, timeout=60)
        self.wire: socketio.AsyncClient | None = None
        self._session: aiohttp.ClientSession | None = None
        self.regions: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._ids: tuple[str, str] = ("", "")

    @property
    def markup(self) -> str:
        """All that the page shows."""
        return "\n".join(self.regions.values())

    async def open(self, path: str) -> "Visitor":
        """Open a page and connect to the server as its script would."""
        await self.close_page()
        answer = await self.web.get(path)
        answer.raise_for_status()
        page = re.search(r"String\.raw`(.*?)`\)", answer.text, re.DOTALL).group(1)
        page = page.replace("&lt;", "<").replace("&gt;", ">").replace("&#36;", "$").replace("&#96;", "`")
        elements = json.loads(page.replace("&amp;", "&"))
        client = re.search(r"'client_id': '([^']+)'", answer.text).group(1)
        listeners = [e["listener_id"] for e in elements["0"]["events"] if e["type"] == "act"]
        self._ids = client, listeners[0] if listeners else ""
        self._take(elements)
        self._session = aiohttp.ClientSession()  # of our own, so that it is closed however the wire ends
        self.wire = socketio.AsyncClient(reconnection=False, http_session=self._session)
        self.wire.on("update", self._take)
        query = f"client_id={client}&next_message_id=0&implicit_handshake=true"
        query += f"&document_id={client}&tab_id={client}"
        await self.wire.connect(
            f"{self.base}?{query}", socketio_path="/_nicegui_ws/socket.io", transports=["websocket"]
        )
        return self

    async def ask(self, act: str, **fields: object) -> None:
        """Send what a form of the page would send."""
        await self.send({"act": act, "fields": fields})

    async def send(self, sent: object) -> None:
        """Send anything at all to the page's listener."""
        client, listener = self._ids
        message = {"id": 0, "client_id": client, "listener_id": listener, "args": [json.dumps(sent)]}
        await self.wire.emit("event", message)

    async def sees(self, found: Callable[[str], bool], patience: float = PATIENCE) -> None:
        """Wait until the page's markup is as wanted."""
        deadline = time.monotonic() + patience
        while not found(self.markup):
            self._changed.clear()
            if found(self.markup):
                return
            left = deadline - time.monotonic()
            assert left > 0, f"the page does not show it: {re.sub('<[^>]+>', ' ', self.markup)[:3000]}"
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)

    async def close_page(self) -> None:
        """Close the page; its cookies stay."""
        if self.wire is not None:
            with suppress(Exception):
                await self.wire.disconnect()
            self.wire = None
            await self._session.close()
        self.regions = {}

    async def leave(self) -> None:
        """Close everything."""
        await self.close_page()
        await self.web.aclose()

    def _take(self, elements: dict) -> None:
        for number, element in elements.items():
            if isinstance(element, dict) and "innerHTML" in element.get("props", {}):
                self.regions[str(number)] = element["props"]["innerHTML"]
        self._changed.set()


async def joined(base: str, code: str, name: str, table: int, seat: int) -> Visitor:
    """Return a student who has taken a seat and sees its page."""
    student = Visitor(base)
    answer = await student.web.post("/join", data={"code": code, "name": name, "place": f"{table}.{seat}"})
    answer.raise_for_status()
    await student.open("/seat")
    await student.sees(lambda page: "You are" in page)
    return student


@dataclass
class Lesson:
    """A lesson as those who sent its decisions know it.

    Attributes
    ----------
    committed : by (table, seat, round) what its head sent and saw confirmed on its own page
    proposed : by (table, seat, round, name) what a member proposed and saw in its delegation's list
    waits : seconds from sending to the sender's own page showing it
    """

    number: int = 0
    committed: dict[tuple[int, int, int], dict[str, str]] = field(default_factory=dict)
    proposed: dict[tuple[int, int, int, str], dict[str, str]] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)


@dataclass
class Student:
    """A student's name, place and page."""

    name: str
    place: tuple[int, int]
    page: Visitor

    @property
    def is_head(self) -> bool:
        """Whether the page lets it commit its delegation."""
        return 'data-act="commit_now"' in self.page.markup

    @property
    def decides(self) -> bool:
        """Whether the page asks it for a decision."""
        return self.is_head or 'data-act="propose"' in self.page.markup


class ClassPlays:
    """A whole class plays a lesson, the desk and the projector open.

    Parameters
    ----------
    spread : seconds over which the decisions of a round are spread; 0 sends all at once
    presses : how often everyone presses the button
    """

    def __init__(
        self,
        server: Server,
        *,
        tables: int,
        students: int,
        rounds: int,
        spread: float = 0.0,
        presses: int = 1,
    ) -> None:
        self.server, self.tables, self.rounds = server, tables, rounds
        self.spread, self.presses, self.lesson = spread, presses, Lesson()
        self.rng = random.Random(students)
        self.desk, self.screen = Visitor(server.base), Visitor(server.base)
        self.students = [
            Student(f"S{k}", (1 + k % tables, k // tables % 4), Visitor(server.base)) for k in range(students)
        ]

    async def play(self, *, kill_in: int | None = None) -> Lesson:
        """Play; in the middle of round `kill_in` the server is killed and started again."""
        try:
            await self._begin()
            for number in range(1, self.rounds + 1):
                await self._everyone_in(number)
                deciding = [each for each in self.students if each.decides]
                members = [each for each in deciding if not each.is_head]
                heads = [each for each in deciding if each.is_head]
                await asyncio.gather(*(self._propose(number, each) for each in members))
                half = len(heads) // 2 if number == kill_in else len(heads)
                await asyncio.gather(*(self._commit(number, each) for each in heads[:half]))
                if number == kill_in:
                    await self._kill()
                    await asyncio.gather(*(self._commit(number, each) for each in heads[half:]))
            await self._everyone_in(self.rounds + 1)
            return self.lesson
        finally:
            for page in (self.desk, self.screen, *(each.page for each in self.students)):
                await page.leave()

    async def _begin(self) -> None:
        await self.desk.open(self.server.desk.removeprefix(self.server.base))
        old = self.desk.markup
        await self.desk.ask(
            "open", kind="class", scenario="inf_2019", reading="neutral", robots="",
            tables=str(self.tables), rounds=str(self.rounds), seconds="1800",
        )  # fmt: skip
        number = re.compile(r"/show/(\d+)")
        before = number.findall(old)
        await self.desk.sees(lambda page: number.findall(page) not in ([], before))
        self.lesson.number = int(number.findall(self.desk.markup)[0])
        code = re.search(r'class="code">(\w+)<', self.desk.markup).group(1)
        self.screen.web.cookies.update(self.desk.web.cookies)
        await self.screen.open(f"/show/{self.lesson.number}")
        for each in self.students:
            place = "{}.{}".format(*each.place)
            answer = await each.page.web.post("/join", data={"code": code, "name": each.name, "place": place})
            answer.raise_for_status()
            await each.page.open("/seat")
            await each.page.sees(lambda page: "You are" in page)
        for words in ("What only you know", "Your decision"):
            await self.desk.ask("next")
            await asyncio.gather(*(each.page.sees(lambda page, w=words: w in page) for each in self.students))

    async def _everyone_in(self, number: int) -> None:
        """Wait until every page asks for a decision of round `number` or a later one, or play is over there."""
        later = [f"Decision {k} of" for k in range(number, 9)] + ["Play is over", "What was true"]
        await asyncio.gather(
            *(each.page.sees(lambda page: any(w in page for w in later)) for each in self.students)
        )

    async def _propose(self, number: int, who: Student) -> None:
        choice = self._choice(who)
        mark = f'name="proposal" value="{1 + who.page.markup.count(chr(34) + "vote" + chr(34))}"'
        waited = await self._sent(who, "propose", choice, lambda page: mark in page or "Committed:" in page)
        self.lesson.waits.append(waited)
        self.lesson.proposed[(*who.place, number, who.name)] = choice

    async def _commit(self, number: int, who: Student) -> None:
        choice, here = self._choice(who), f"Decision {number} of"

        def confirmed(page: str) -> bool:
            return "Committed:" in page or "Play is over" in page or here not in page

        waited = await self._sent(who, "commit_now", choice, confirmed)
        self.lesson.waits.append(waited)
        self.lesson.committed[(*who.place, number)] = choice

    async def _sent(
        self, who: Student, act: str, choice: dict[str, str], confirmed: Callable[[str], bool]
    ) -> float:
        await asyncio.sleep(self.rng.uniform(0, self.spread))
        began = time.perf_counter()
        for _ in range(self.presses):
            await who.page.ask(act, **choice)
        await who.page.sees(confirmed)
        return time.perf_counter() - began

    def _choice(self, who: Student) -> dict[str, str]:
        """Return what the form of the page would send, filled in at random; suspicions tell one from another."""
        form = re.search(r'<form data-act="(?:propose|commit_now)">.*?</form>', who.page.markup, re.DOTALL)
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.group()))
        for name in ("move", "breach"):
            values = re.findall(rf'type="radio" [^>]*name="{name}" value="(\w+)"', form.group())
            if values:  # the first move is to make none, so that a lesson has its rounds
                fields[name] = values[0] if self.rng.random() < 0.8 else self.rng.choice(values)
        for name in re.findall(r'type="range" [^>]*name="(\w+)"', form.group()):
            fields[name] = str(self.rng.randrange(101))
        return fields

    async def _kill(self) -> None:
        """Kill the server, start it again, and let everyone open their page again."""
        self.server.kill()
        self.server.start()
        await self.desk.open(self.server.desk.removeprefix(self.server.base))
        await self.screen.open(f"/show/{self.lesson.number}")
        for each in self.students:
            await each.page.open("/seat")


def compare_with_record(lesson: Lesson, record: Path) -> int:
    """Return how many commitments a record holds; AssertionError unless each that was confirmed is there once.

    The server must have ended: the file is its own while it runs.
    """
    from sim.seminar.events import Committed, Proposed, RoundPlayed
    from sim.seminar.store import Store

    store = Store(record)
    events = [event for _, event in store.events(lesson.number)]
    now = store.lesson(lesson.number)
    store.close()
    place = {p.number: (p.table, p.seat, p.name) for p in now.participants}
    committed: list[tuple[tuple[int, int, int], dict[str, str]]] = []
    proposed: list[tuple[tuple[int, int, int, str], dict[str, str]]] = []
    rounds = dict.fromkeys((t.number for t in now.tables), 1)
    for event in events:
        if isinstance(event, RoundPlayed) and event.decided is not None:
            for seat, choice in enumerate(event.decided.choices):
                sent = lesson.committed.get((event.table, seat, event.decided.round))
                assert sent is None or _plain(choice) == _plain_sent(sent), (
                    "a round was not played as decided"
                )
            rounds[event.table] += 1
        elif isinstance(event, Committed):
            table, seat, _ = place[event.participant]
            committed.append(((table, seat, rounds[table]), _plain(event.choice)))
        elif isinstance(event, Proposed):
            table, seat, name = place[event.participant]
            proposed.append(((table, seat, rounds[table], name), _plain(event.choice)))
    for kept, seen in ((committed, lesson.committed), (proposed, lesson.proposed)):
        assert len(kept) == len(dict(kept)), "something counted twice"
        assert dict(kept) == {key: _plain_sent(sent) for key, sent in seen.items()}, "something was lost"
    return len(committed)


def _plain(choice) -> dict[str, object]:
    said = {f"suspicion_{p}": s for p, s in enumerate(choice.suspicion) if s is not None}
    return {"move": choice.move, "breach": choice.breach} | said


def _plain_sent(sent: dict[str, str]) -> dict[str, object]:
    said = {name: int(value) for name, value in sent.items() if name.startswith("suspicion_")}
    return {"move": int(sent["move"]), "breach": sent.get("breach") == "1"} | said
