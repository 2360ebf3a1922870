"""The report is one valid page that needs nothing else."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sim.report.gallery import GALLERY
from sim.report.html import write_report
from sim.report.provenance import Provenance

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """Collects what the tests ask about, and fails on tags that do not nest."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.targets, self.images, self.headings, self.attributes = (
            [],
            [],
            [],
            [],
            [],
            [],
        )
        self.words = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.attributes.append((tag, attributes))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.targets.append(attributes["href"])
        if tag == "img":
            self.images.append(attributes)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def text(result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    path = write_report(
        result,
        folder,
        Provenance(
            config_yaml="scenario:\n  name: <inf> & more\n",
            manifest={
                "command": "treaty-sim run scenario=inf_2019 engine.seed=20190802",
                "versions": {"numpy": "2.0"},
                "config_hash": "0123abcd",
                "tables": ["4567cdef"],
            },
        ),
    )
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_the_page_is_well_formed(text, page):
    assert text.lstrip().startswith("<!DOCTYPE html>")
    assert ("html", {"lang": "en"}) in page.attributes
    assert page.headings.count(1) == 1
    assert page.headings[0] == 1
    assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False))
    assert len(page.ids) == len(set(page.ids))
    assert {target[1:] for target in page.targets} <= set(page.ids)


def test_every_figure_is_embedded_and_described(page):
    assert len(page.images) == len(GALLERY)
    for image in page.images:
        assert image["src"].startswith("data:image/png;base64,")
        assert len(image["alt"]) > 40


def test_nothing_is_fetched(text):
    without_pictures = re.sub(r'src="data:[^"]*"', "", text)
    assert not re.search(r"https?://|url\(|@import|<script|<link", without_pictures)


def test_the_configuration_is_shown_as_text_not_as_markup(text, page):
    assert "&lt;inf&gt; &amp; more" in text
    assert "name: <inf> & more" in "".join(page.words)


def test_the_page_tells_what_it_owes(page):
    words = " ".join("".join(page.words).split())
    for part in ("The treaty ends within 84 months", "regret", "assumed", "0123abcd", "engine.seed=20190802"):
        assert part in words
    assert "4567cdef" not in words  # hashes of tables would fill pages
    assert not re.search(r"\b(nan|None|undefined)\b", words)


def test_figures_that_are_already_there_are_used(result, tmp_path):
    (tmp_path / "figures").mkdir()
    for exhibit in GALLERY:
        (tmp_path / "figures" / f"{exhibit.name}.png").write_bytes(b"already there")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "figures").iterdir()}
    write_report(result, tmp_path)
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "figures").iterdir()}


def test_a_result_without_history_or_equilibrium_is_reported(fake, tmp_path):
    bare = replace(
        fake.fake_result(name="other", start_date="2020-01-15"), equilibrium=None, path_classes={}, notes=()
    )
    page = Page(write_report(bare, tmp_path).read_text(encoding="utf-8"))
    assert "★" not in "".join(page.words)
