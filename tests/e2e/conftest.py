"""A real server and real browsers: chromium in CI must be there, elsewhere its absence skips these tests."""

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def loaded(path):
    """The module in a file that is no part of a package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CLASS = loaded(ROOT / "experiments" / "benchmarks" / "_class.py")


@pytest.fixture
def students():
    """A class without browsers, and the server that it comes to: what the benchmark is made with."""
    return CLASS


@pytest.fixture(scope="session")
def chromium():
    """Where chromium is; in CI its absence is a failure."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no chromium: apt-get install chromium")
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A running server."""
    running = CLASS.Server(tmp_path_factory.mktemp("seminar")).start()
    yield running
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
