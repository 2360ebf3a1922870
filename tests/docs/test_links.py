"""Links lead somewhere, into headings too, and a file that is said to hold a name holds it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"(?<!!)\[(?P<text>(?:[^][]|\[[^]]*\])*)\]\((?P<target>[^()\s]+)\)")
NAMED = re.compile(r"((?:`\w+(?:\.\w+)?`(?:, | and )?)+) in \[[^]]+\]\(([^()#\s]+\.py)\)")


def prose(page):
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def anchors(page):
    """What GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.M)
    plain = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    wrong = []
    for link in LINK.finditer(prose(page)):
        path, _, anchor = link["target"].partition("#")
        if re.match(r"\w+:", path):
            continue
        target = (page.parent / path).resolve() if path else page
        found = target.exists() and (not anchor or anchor in anchors(target))
        if not found or not target.is_relative_to(ROOT):
            wrong.append(link["target"])
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_name_is_in_the_file_that_is_said_to_hold_it(page):
    for names, path in NAMED.findall(prose(page)):
        text = (page.parent / path).read_text(encoding="utf-8")
        for name in re.findall(r"`(\w+(?:\.\w+)?)`", names):
            last = name.rpartition(".")[2]
            assert re.search(rf"(?:def|class) {last}\b|^    def {last}\b|^{last}\b", text, re.M), (name, path)


def test_every_page_can_be_reached_from_the_readme():
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        waiting += [
            (page.parent / target.partition("#")[0]).resolve()
            for _, target in LINK.findall(prose(page))
            if target.partition("#")[0].endswith(".md") and not re.match(r"\w+:", target)
        ]
    assert not [page.relative_to(ROOT) for page in PAGES if page not in seen]
