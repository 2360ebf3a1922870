"""Every command and script that a page shows does what the page says."""

import doctest
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
ELSEWHERE = {"clusters.md"}  # tests/unit/sweep/test_clusters.py runs it, against real schedulers
PAGES = [
    page
    for page in sorted(DOCS.rglob("*.md"))
    if page.name not in ELSEWHERE and page.parent.name not in ("seminar", "reference")
]


@pytest.mark.skipif(sys.platform == "win32", reason="pages are written for a POSIX shell")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_a_page_does_what_it_says(page, tmp_path, run_pages):
    run_pages.run_page(page, tmp_path)


def test_every_how_to_is_run(run_pages):
    for page in (DOCS / "how-to").glob("*.md"):
        kinds = [block.language for block in run_pages.blocks_of(page.read_text(encoding="utf-8"))]
        assert {"sh", "python"} & set(kinds), page.name


def test_the_examples_of_the_runner_hold(run_pages):
    assert doctest.testmod(run_pages).failed == 0


def test_a_wrong_page_is_found_out(tmp_path, run_pages):
    wrong = {
        "output": "```sh\necho 1\n```\n\n```text\n2\n```\n",
        "status": "```sh\nfalse\n```\n",
        "edit": "```diff\n--- sim/errors.py\n-no such line\n+another\n```\n",
        "doctest": "```python\n>>> 1 + 1\n3\n```\n",
    }
    for name, text in wrong.items():
        page = tmp_path / f"{name}.md"
        page.write_text(text)
        directory = tmp_path / name
        directory.mkdir()
        with pytest.raises(AssertionError, match=rf"{name}\.md, line 1"):
            run_pages.run_page(page, directory)
