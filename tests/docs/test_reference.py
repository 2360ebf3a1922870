"""The reference is what the code makes."""

from pathlib import Path

import pytest

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", ["commands.md", "configs.md", "game.md", "python.md"])
def test_the_reference_is_up_to_date(name, made):
    committed = (REFERENCE / name).read_text(encoding="utf-8").splitlines()
    lines = made[name].splitlines()
    differing = [(old, new) for old, new in zip(committed, lines, strict=False) if old != new][:3]
    assert committed == lines, f"run: python docs/make_reference.py\nfirst differences: {differing}"


def test_every_page_is_made(made):
    assert {path.name for path in REFERENCE.iterdir()} == set(made)


@pytest.fixture(scope="module")
def made(make_reference):
    return make_reference.pages()
