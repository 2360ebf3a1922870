"""The floors of the architecture, the owners of heavy libraries, and the size of rooms."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "sim").rglob("*.py"))
LINES = 400
VAGUE = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "handler"}


def lint_imports(directory):
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-cache",
    ]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


def test_every_contract_of_the_floors_is_kept():
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_the_contracts_notice_imports_upward_and_libraries_in_the_wrong_room(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    unwanted = ["hydra", "matplotlib.pyplot", "nashpy", "sim.report"]
    intruder = "def late():\n" + "".join(f"    import {module}\n" for module in unwanted)
    (tmp_path / "sim" / "games" / "intruder.py").write_text(intruder)
    outcome = lint_imports(tmp_path)
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert "4 broken" in outcome.stdout


def test_the_contracts_name_every_room():
    rooms = {path.name for path in (ROOT / "sim").iterdir() if path.is_dir() and any(path.glob("*.py"))}
    rooms |= {path.stem for path in (ROOT / "sim").glob("*.py")} - {"__init__", "__main__"}
    text = (ROOT / "pyproject.toml").read_text()
    assert not [room for room in rooms if f"sim.{room}" not in text]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_and_imports_only_what_others_offer(source):
    text = source.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LINES, f"{source} has more than {LINES} lines: what is the second idea?"
    assert not VAGUE & set(source.with_suffix("").parts)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sim":
            private = [alias.name for alias in node.names if alias.name.startswith("_")]
            assert not private, f"{source}:{node.lineno} imports another module's private {private}"
            bag = node.module == "sim" and not all(is_module(alias.name) for alias in node.names)
            assert not bag, f"{source}:{node.lineno} imports from sim/__init__.py"


def is_module(name):
    return (ROOT / "sim" / f"{name}.py").is_file() or (ROOT / "sim" / name).is_dir()
