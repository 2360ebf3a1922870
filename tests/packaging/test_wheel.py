"""The wheel as a stranger meets it: built, installed into a fresh environment, run in an empty directory.

The slowest test of the suite: half a minute of it is pip fetching and unpacking the dependencies.
"""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = (
    ".hydra/config.yaml",
    ".hydra/overrides.yaml",
    "manifest.json",
    "summary.json",
    "equilibria.json",
    "outcomes.parquet",
    "replications.parquet",
    "report.html",
)
OFFLINE = re.compile(
    r"Temporary failure in name resolution|Network is unreachable|NewConnectionError|ConnectTimeout"
)


def run(*command, **options):
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the source distribution, as an index would offer it."""
    directory = tmp_path_factory.mktemp("dist")
    built = run(sys.executable, "-m", "build", "--no-isolation", "--outdir", directory, cwd=ROOT)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = directory.glob("*.whl")
    return wheel


def test_the_wheel_holds_the_configs_the_templates_the_type_marker_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    configs = {str(path.relative_to(ROOT).as_posix()) for path in (ROOT / "configs").rglob("*.yaml")}
    assert {f"sim/{name}" for name in configs} <= set(names)
    assert "sim/py.typed" in names
    data = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "sim").rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc", ".nbi", ".nbc"}
    }
    assert data <= set(names)
    assert not [name for name in names if name.split("/")[0] not in {"sim"} and ".dist-info/" not in name]
    assert not [name for name in names if name.endswith((".pyc", ".nbi", ".nbc"))]


def test_the_installed_command_runs_in_an_empty_directory(wheel, tmp_path):
    commands = install(wheel, tmp_path / "environment")
    empty = tmp_path / "empty"
    empty.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    arguments = ("run", "engine=quick", "strategy=grim_trigger")
    ran = run(commands / "treaty-sim", *arguments, cwd=empty, env=environment)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (directory,) = empty.glob("results/run/*/*")
    assert not [name for name in WRITTEN if not (directory / name).is_file()]
    assert list((directory / "figures").glob("*.png"))
    assert [path.name for path in empty.iterdir()] == ["results"]
    summary = json.loads((directory / "summary.json").read_text())
    assert {"schema_version", "scenario", "seed", "replications", "outcomes"} <= set(summary)
    assert 0 <= summary["outcomes"]["collapse_probability"]["estimate"] <= 1
    by_module = run(commands / "python", "-m", "sim", "--version", cwd=empty, env=environment)
    assert (
        by_module.stdout == run(commands / "treaty-sim", "--version", cwd=empty, env=environment).stdout != ""
    )


def install(wheel, directory):
    """Install `wheel` and what it requires into a fresh environment; return where its commands lie."""
    made = run(sys.executable, "-m", "venv", directory)
    assert made.returncode == 0, made.stderr
    commands = directory / ("Scripts" if sys.platform == "win32" else "bin")
    pip = (
        commands / "python",
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        "install",
        "--no-compile",
    )
    installed = run(*pip, "--constraint", ROOT / "constraints.txt", wheel)
    if installed.returncode and OFFLINE.search(installed.stderr):
        pytest.skip("the package index cannot be reached")
    assert installed.returncode == 0, installed.stderr
    return commands
