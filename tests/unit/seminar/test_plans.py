"""The lesson plans and the handout say what the pages say: every label that they name in italics is there."""

import re
from pathlib import Path

import pytest

from sim.seminar.setup import Timers
from sim.seminar.text import sentences

DOCS = Path(__file__).resolve().parents[3] / "docs" / "seminar"
NOT_LABELS = {
    "public move",
    "hidden course",
    "alarm",
    "evidence",
    "ultimatum",
    "notice",
    "equilibrium",
    "credible",
}
"""Words that the handout explains."""


def spoken(sentence):
    return sentence.lower().strip(" .:")


@pytest.mark.parametrize("name", ["lesson_plan_50.md", "lesson_plan_90.md", "handout.md"])
def test_every_label_that_a_plan_names_is_in_the_pages(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    named = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", text)
    labels = {spoken(s) for s in sentences().values()}
    scenes = {spoken(f"Begin: {s}") for s in ("Brief", "Play")} | {"next scene"}
    shown = labels | scenes | NOT_LABELS
    strange = [words for words in named if spoken(words) not in shown and not sentence_of_its_own(words)]
    assert not strange


def sentence_of_its_own(words):
    """Whether words are a thesis or a task for the class, not a label."""
    return words.endswith(".") and len(words.split()) >= 4


def test_the_plan_of_50_minutes_has_the_timers_of_the_server():
    text = (DOCS / "lesson_plan_50.md").read_text(encoding="utf-8")
    assert f"{Timers().lesson(rounds=8) / 60:.0f} minutes with the default timers" in text
    rows = re.findall(r"^\| (\d+)–(\d+) \|", text, re.MULTILINE)
    assert [int(a) for a, _ in rows[1:]] == [int(b) for _, b in rows[:-1]]
    assert (int(rows[0][0]), int(rows[-1][1])) == (0, 50)
