"""A real server and real browsers: chromium in CI must be there, elsewhere its absence skips these tests."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

SERVER_STARTS = 240
"""Seconds that a server may take on a machine that has compiled nothing yet."""


@pytest.fixture(scope="session")
def chromium():
    """Where chromium is; in CI its absence is a failure."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no chromium: apt-get install chromium")
    return found


class Server:
    """A seminar in a process of its own, in a directory of its own."""

    def __init__(self, directory):
        self.directory = directory
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.process, self.desk = None, ""

    def start(self):
        """Start, and wait until pages are served."""
        log = self.directory / "server.log"
        command = [sys.executable, "-m", "sim", "seminar", "strategy=as_it_happened"]
        command += ["seminar.open_browser=false", f"seminar.port={self.port}", "seminar.months=18"]
        with log.open("w") as out:
            self.process = subprocess.Popen(
                command, cwd=self.directory, stdout=out, stderr=subprocess.STDOUT, env=environment()
            )
        deadline = time.monotonic() + SERVER_STARTS
        while time.monotonic() < deadline:
            said = log.read_text()
            assert self.process.poll() is None, said
            if "/desk/" in said and self._answers():
                self.desk = re.search(r"(http://\S+/desk/\S+)", said).group(1)
                return self
            time.sleep(0.2)
        raise AssertionError(f"the server did not start: {log.read_text()}")

    def kill(self):
        """Kill as by ``kill -9``."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def _answers(self):
        try:
            return urllib.request.urlopen(self.base, timeout=5).status == 200
        except OSError:
            return False


def environment():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return kept | {"OPENBLAS_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A running server."""
    running = Server(tmp_path_factory.mktemp("seminar")).start()
    yield running
    if running.process.poll() is None:
        running.kill()


@pytest.fixture(scope="module")
def browser(chromium):
    """A headless browser."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


class Person:
    """Someone at a device of their own: own cookies, own page, and a list of what went wrong there."""

    def __init__(self, browser, base):
        self.context = browser.new_context(viewport={"width": 390, "height": 844})
        self.context.set_default_timeout(30_000)
        self.base, self.errors, self.outside = base, [], []
        self.page = self.open_page()

    def open_page(self):
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._note)
        return page

    def _note(self, request):
        if not request.url.startswith((self.base, "data:", "blob:", self.base.replace("http", "ws"))):
            self.outside.append(request.url)

    def join(self, code, name, table, seat):
        self.page.goto(f"{self.base}/join?code={code}")
        self.page.fill("#name", name)
        self.page.check(f"#place-{table}-{seat}")
        self.page.click("text=Take this seat")
        self.sees("You are")
        return self

    def sees(self, words):
        self.page.locator(f"text={words} >> visible=true").first.wait_for()
        return self

    def presses(self, words):
        self.page.locator(f"button:has-text('{words}'):visible").first.click()
        return self

    def text(self):
        return self.page.inner_text("body")


@pytest.fixture
def person(browser, server):
    """A function that brings in someone new; at the end nothing may have gone wrong on any device."""
    people = []

    def come():
        people.append(Person(browser, server.base))
        return people[-1]

    yield come
    for someone in people:
        someone.context.close()
        assert not someone.errors
        assert not someone.outside


@pytest.fixture
def teacher(person, server):
    """Someone at the desk."""
    someone = person()
    someone.page.goto(server.desk)
    someone.sees("Set up a lesson") if "Another lesson" not in someone.text() else None
    return someone
