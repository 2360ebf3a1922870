"""What a user's own tools see: types, a quiet import, a version, names that every system can hold."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).resolve().parents[2]
VERSION = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(), re.M)[1]

STRANGER = """\
import sim

game: sim.NormalFormGame = sim.NormalFormGame([[[1, 0], [0, 1]], [[1, 0], [0, 1]]])
solution = sim.solve(game)
plan = sim.load("inf_2019")
reveal_type(solution.regrets.max)
reveal_type(plan.run().estimates["collapse_probability"].estimate)
sim.load(2019)
"""


def test_a_stranger_sees_the_types(tmp_path):
    script = tmp_path / "stranger.py"
    script.write_text(STRANGER)
    (tmp_path / "mypy.ini").write_text("[mypy]\nfollow_imports = silent\n")  # no settings of ours
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", ROOT / ".mypy_cache", script.name],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    errors = re.findall(r"stranger\.py:(\d+): error: (.*)", done.stdout)
    assert [(int(line), "str" in said) for line, said in errors] == [(8, True)], done.stdout + done.stderr
    assert "float | None" in done.stdout


@pytest.mark.parametrize("name", ["", *sim.__all__])
def test_importing_warns_of_nothing(name):
    what = f"sim.{name}" if name else "sim"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import sim; {what}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_importing_the_package_brings_nothing_along():
    asked = "import sys; before = set(sys.modules); import sim; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert not {"numpy", "scipy", "numba", "hydra", "matplotlib"} & set(done.stdout.split())


def test_the_command_says_its_version():
    done = subprocess.run(
        [sys.executable, "-m", "sim", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"treaty-sim {VERSION}\n"


def test_what_a_run_writes_can_be_named_everywhere():
    """Directories are named by date, time, scenario and hash: none of them may hold what Windows forbids."""
    text = (ROOT / "configs" / "config.yaml").read_text()
    patterns = re.findall(r"\$\{now:([^}]*)\}", text)
    assert patterns
    assert not [pattern for pattern in patterns if re.search(r'[:<>"|?*\\]', pattern)]


def test_the_workflow_runs_on_three_systems_what_exists_here():
    import yaml

    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    systems = {job["runs-on"] for job in workflow["jobs"].values()} | {
        system for job in workflow["jobs"].values() for system in job["strategy"]["matrix"].get("system", [])
    }
    assert {"ubuntu-latest", "windows-latest", "macos-latest"} <= systems
    commands = [step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"]]
    for path in re.findall(r"--ignore (\S+)", " ".join(commands)):
        assert (ROOT / path).exists(), path
    assert "make test" in commands
