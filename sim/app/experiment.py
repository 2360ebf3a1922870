"""What an experiment publishes: its numbers, its figure, and sentences that are made from the numbers.

The README of an experiment holds the sentences between two marks. They are written there from ``finding.json`` and
a test makes them again from it, so that no number is typed.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.app.artifacts import as_json
from sim.app.manifest import commit
from sim.files import write_whole

FINDING, FIGURE, README = "finding.json", "finding.png", "README.md"
BEGIN, END = "<!-- findings: begin -->\n", "<!-- findings: end -->\n"


def given(*defaults: int) -> list[int]:
    """Return the whole numbers that the command line gives an experiment, those not given as in `defaults`."""
    said = sys.argv[1:]
    if len(said) > len(defaults) or not all(each.isdecimal() for each in said):
        raise SystemExit(f"error: at most {len(defaults)} whole numbers may be given, got {' '.join(said)}")
    return [*map(int, said), *defaults[len(said) :]]


def publish(directory: Path, numbers: Mapping[str, Any], sentences: Sequence[str], figure: bytes) -> None:
    """Write ``finding.json``, ``finding.png`` and the findings of ``README.md`` in `directory`; print the findings."""
    facts = {"source": commit(), **numbers}
    write_whole(directory / FINDING, as_json(facts))
    write_whole(directory / FIGURE, figure)
    page = (directory / README).read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    write_whole(directory / README, (before + BEGIN + block(sentences) + END + after).encode())
    sys.stdout.write(block(sentences))


def block(sentences: Sequence[str]) -> str:
    r"""Return sentences as the README shows them.

    Examples
    --------
    >>> block(["It ends in 3 of 4 plays."])
    '- It ends in 3 of 4 plays.\n'
    """
    return "".join(f"- {sentence}\n" for sentence in sentences)


def published(directory: Path) -> tuple[dict[str, Any], str]:
    """Return the numbers of an experiment, and the findings as its README has them."""
    numbers = json.loads((directory / FINDING).read_text("utf-8"))
    page = (directory / README).read_text("utf-8")
    return numbers, page.partition(BEGIN)[2].partition(END)[0]
