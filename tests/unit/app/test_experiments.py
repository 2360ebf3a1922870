"""What an experiment's README says is what its committed numbers say."""

import importlib.util
from pathlib import Path

import pytest

from sim.app.experiment import FIGURE, block, given, published

EXPERIMENTS = Path(__file__).resolve().parents[3] / "experiments"
NAMES = (
    "bargaining",
    "false_alarms",
    "outsider",
    "policies",
    "threats",
    "ultimatum_or_inspections",
    "uncertainty",
    "verification",
)


def module(name):
    spec = importlib.util.spec_from_file_location(f"experiment_{name}", EXPERIMENTS / name / "run.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_says_what_the_numbers_say(name):
    numbers, shown = published(EXPERIMENTS / name)
    assert shown == block(module(name).sentences(numbers))
    assert shown.strip()


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_has_its_command_and_figure(name):
    page = (EXPERIMENTS / name / "README.md").read_text("utf-8")
    assert f"python experiments/{name}/run.py" in page
    assert f"({FIGURE})" in page
    assert (EXPERIMENTS / name / FIGURE).read_bytes().startswith(b"\x89PNG")
    assert f"{name}/README.md" in (EXPERIMENTS / "README.md").read_text("utf-8")


@pytest.mark.parametrize(("said", "numbers"), [([], [16, 8]), (["3"], [3, 8]), (["3", "2"], [3, 2])])
def test_numbers_of_the_command_line(monkeypatch, said, numbers):
    monkeypatch.setattr("sys.argv", ["run.py", *said])
    assert given(16, 8) == numbers


@pytest.mark.parametrize("said", [["many"], ["1", "2"]])
def test_numbers_that_are_none_are_refused_in_one_line(monkeypatch, said):
    monkeypatch.setattr("sys.argv", ["run.py", *said])
    with pytest.raises(SystemExit, match=f"at most 1 whole numbers may be given, got {' '.join(said)}"):
        given(16)


def test_theory_of_false_alarms_agrees_with_the_exact_engine():
    numbers, _ = published(EXPERIMENTS / "false_alarms")
    assert numbers["largest_gap"] < 1e-9
