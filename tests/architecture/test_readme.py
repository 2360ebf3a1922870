"""The README says only what is there: its example runs, its commands compose, its links lead somewhere."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("experiments/**/*.md"), *ROOT.glob("results/*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"treaty-sim ((?:run|check|replay|solve|verify)\b[^`#\n]*)", README)


def test_its_python_example_prints_what_it_shows():
    tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried.attempted
    assert not tried.failed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_every_command_of_the_makefile_that_it_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z-]+)", README)) <= targets
    assert set(re.findall(r"^make ([a-z-]+)", README, re.M)) <= targets


def test_every_command_it_shows_names_a_verb_and_configs_that_exist():
    from sim.app.main import COMMANDS as VERBS

    assert COMMANDS
    for command in COMMANDS:
        verb, *words = shlex.split(command.replace("<", "").replace(">", ""))
        assert verb in VERBS
        for word in words:
            group, _, choice = word.partition("=")
            if choice and group in {"scenario", "reading", "engine"} and choice != "its_name":
                assert (ROOT / "configs" / group / f"{choice}.yaml").is_file(), word


def test_the_version_is_the_same_everywhere():
    (version,) = re.findall(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
