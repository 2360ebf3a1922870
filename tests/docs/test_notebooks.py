"""The notebooks run, and say what they said when they were stored."""

import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "docs" / "notebooks").glob("*.ipynb"))
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")


def shape_and_numbers(text):
    """The words of an output, and its numbers as they are printed."""
    return NUMBER.sub("#", " ".join(text.split())), [float(number) for number in NUMBER.findall(text)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_what_is_stored(path, run_notebooks):
    stored = run_notebooks.read(path)
    now, then = (run_notebooks.text_of(one) for one in (run_notebooks.run(stored), stored))
    assert len(now) == len(then), f"run: python docs/run_notebooks.py {path}"
    for said, kept in zip(now, then, strict=True):
        (words, numbers), (kept_words, kept_numbers) = shape_and_numbers(said), shape_and_numbers(kept)
        assert words == kept_words, f"run: python docs/run_notebooks.py {path}"
        assert numbers == pytest.approx(kept_numbers, abs=0.011), f"run: python docs/run_notebooks.py {path}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_as_github_wants_it(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert any("image/png" in output.get("data", {}) for cell in code for output in cell["outputs"])
    assert not [line for cell in code for line in cell["source"] if line.lstrip().startswith(("%", "!"))]


def test_there_are_three():
    assert len(NOTEBOOKS) == 3
