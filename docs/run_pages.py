"""Runs what the pages of the documentation print, in the order in which they print it.

Run it as ``python docs/run_pages.py docs/tutorial.md``.

Each page is a lesson in one empty directory. Its fenced blocks mean:

``sh``
    commands, run one after the other; a failing one ends the lesson.
``python``
    a script in an interpreter of its own, or, where it begins with ``>>>``, a doctest.
``text`` directly after one of these
    what it prints; ``...`` stands for anything, and runs of blanks are alike.
``yaml``, ``python`` or ``toml`` whose first line, or second after ``# @package``, is a comment with a path
    a file, written under that path.
``diff`` whose first line is ``--- path``
    an edit of the package: the lines with a blank or a minus must stand together in the file, once; those with a
    blank or a plus replace them. A page with edits works on a copy of the checkout.

A block after the comment ``<!-- not run: why -->`` is left alone, and so are blocks in other languages.
"""

import doctest
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(
    r"(?P<skip><!-- not run: [^\n]+ -->\n+)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)
FILE = re.compile(r"(?:# @package \w+\n)?# ([\w./-]+\.(?:yaml|py|toml))\n")
COPIED = ("sim", "configs")
LENIENT = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, what it holds, its line, and what it prints if the page says so."""

    language: str
    text: str
    line: int
    prints: str | None = None

    @property
    def path(self) -> str | None:
        """The file that the block is to be written to."""
        named = FILE.match(self.text)
        return named[1] if named and self.language in ("yaml", "python", "toml") else None


def blocks_of(page: str) -> list[Block]:
    r"""Return the blocks of a page that mean something, each with the output that stands directly after it.

    Examples
    --------
    >>> page = "```sh\necho 1\n```\n\n```text\n1\n```\n"
    >>> [(block.language, block.line, block.prints) for block in blocks_of(page)]
    [('sh', 1, '1\n')]
    """
    found: list[Block] = []
    end = 0
    for fence in FENCE.finditer(page):
        language, text = fence["language"], fence["text"]
        adjacent = not page[end : fence.start()].strip()
        end = fence.end()
        if fence["skip"]:
            continue
        if language == "text" and adjacent and found and found[-1].prints is None:
            last = found.pop()
            found.append(Block(last.language, last.text, last.line, text))
        elif language in ("sh", "python", "yaml", "toml", "diff"):
            found.append(Block(language, text, page[: fence.start("language")].count("\n") + 1))
    return found


def run_page(page: Path, directory: Path) -> int:
    """Do what a page says in `directory`; return the number of blocks done.

    Raises
    ------
    AssertionError
        With page and line, if a command fails, prints something else, or an edit does not fit.
    """
    blocks = blocks_of(page.read_text(encoding="utf-8"))
    edits = any(block.language == "diff" or (block.path or "").startswith("sim/") for block in blocks)
    if edits:
        for name in COPIED:
            shutil.copytree(ROOT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
    environment = _environment(directory, edits=edits)
    names: dict[str, object] = {}
    for block in blocks:
        where = f"{page.name}, line {block.line}"
        if block.path is not None:
            target = directory / block.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        elif block.language == "diff":
            _edit(block.text, directory, where)
        elif block.language == "sh":
            _check(["sh", "-ec", block.text], block, directory, environment, where)
        elif block.language == "python" and block.text.startswith(">>>"):
            _doctest(block, names, where)
        elif block.language == "python":
            _check([sys.executable, "-c", block.text], block, directory, environment, where)
    return len(blocks)


def edited(text: str, diff: str, where: str) -> str:
    r"""Return `text` after the edits of `diff`, whose hunks are apart by lines that begin with ``@@``.

    Examples
    --------
    >>> edited("a\nb\nc\n", " a\n-b\n+B\n", "example")
    'a\nB\nc\n'
    """
    for hunk in re.split(r"^@@.*\n", diff, flags=re.M):
        lines = [line if line else " " for line in hunk.splitlines()]
        before, after = (
            "".join(f"{line[1:]}\n" for line in lines if line[0] in (" ", sign)) for sign in ("-", "+")
        )
        if not before:
            assert not after, f"{where}: an edit without a line to hold on to"
            continue
        found = text.count(before)
        assert found == 1, f"{where}: these lines must stand in the file once, not {found} times:\n{before}"
        text = text.replace(before, after)
    return text


def printed_as(expected: str, printed: str) -> bool:
    r"""Tell whether `printed` is what a page expects: ``...`` stands for anything, all blanks are alike.

    Examples
    --------
    >>> printed_as("ends in ... % of plays\n", "ends  in 36\u00a0%\nof plays"), printed_as("1", "12")
    (True, False)
    """
    parts = [re.escape(" ".join(part.split())) for part in expected.split("...")]
    return re.fullmatch(r" ?.*? ?".join(parts), " ".join(printed.split())) is not None


def _edit(diff: str, directory: Path, where: str) -> None:
    head, _, body = diff.partition("\n")
    assert head.startswith("--- "), f"{where}: the first line of an edit must be --- and a path"
    target = directory / head.removeprefix("--- ").strip()
    target.write_text(edited(target.read_text(encoding="utf-8"), body, where), encoding="utf-8")


def _environment(directory: Path, *, edits: bool) -> dict[str, str]:
    environment = os.environ | {
        "OPENBLAS_NUM_THREADS": "1",
        "COLUMNS": "110",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }
    commands = directory / ".commands"
    commands.mkdir()
    here = f'PYTHONPATH="{directory}" ' if edits else ""
    for name, what in (("treaty-sim", "-m sim"), ("python", "")):
        shim = commands / name
        shim.write_text(f'#!/bin/sh\n{here}exec "{sys.executable}" {what} "$@"\n', encoding="utf-8")
        shim.chmod(0o755)
    if edits:
        environment["PYTHONPATH"] = str(directory)
    environment["PATH"] = os.pathsep.join([str(commands), environment.get("PATH", os.defpath)])
    return environment


def _check(
    command: list[str], block: Block, directory: Path, environment: dict[str, str], where: str
) -> None:
    done = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"{where}: status {done.returncode}\n{done.stdout}{done.stderr}"
    if block.prints is not None:
        assert printed_as(block.prints, done.stdout), (
            f"{where}: the page says\n{block.prints}\nand this was printed\n{done.stdout}"
        )


def _doctest(block: Block, names: dict[str, object], where: str) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, names, where, None, block.line)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=LENIENT)
    failed, _ = runner.run(test, out=told.append, clear_globs=False)
    names.update(test.globs)
    assert not failed, f"{where}:\n{''.join(told)}"


if __name__ == "__main__":
    for given in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as temporary:
            print(f"{given}: {run_page(Path(given).resolve(), Path(temporary).resolve())} blocks done")
