"""What the command prints, with which status it ends, and that errors of use take one line."""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim.app.commands.outcomes import dictionary
from sim.app.complaints import complaint
from sim.app.main import COMMANDS
from sim.app.plan import RunPlan, load
from sim.engine.outcomes import outcomes_of
from sim.errors import ParameterError


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    script = (
        "import sys; from sim.app.main import main; main(['--help']);"
        "heavy = {'hydra', 'omegaconf', 'numpy', 'numba', 'scipy', 'matplotlib', 'rich'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for verb in COMMANDS:
        assert f"\n  {verb}" in done.stdout


def test_python_m_sim_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim", "nonsense"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: the command must be one of run, ")
    assert done.stderr.count("\n") == 1


def test_the_dictionary_of_outcomes_is_complete(treaty_sim) -> None:
    ended = treaty_sim("outcomes")
    assert ended.out == dictionary()
    for outcome in outcomes_of(("usa", "russia", "nato", "china")):
        assert f"{outcome.name} " in ended.out
        assert outcome.unit in ended.out


def test_check_says_what_would_be_run_and_leaves_nothing_behind(treaty_sim) -> None:
    ended = treaty_sim("check", "engine=quick")
    assert ended.status == 0
    assert "public states" in ended.out
    assert "4 draws of 500 plays over 84 months" in ended.out
    assert list(Path.cwd().iterdir()) == []


def test_check_tells_of_rounded_clocks_and_of_arguments_that_are_overruled(treaty_sim) -> None:
    ended = treaty_sim(
        "check", "engine=quick", "treaty.ultimatum_months=1.5", "reading=moscow", "treaty.false_alarm=0.02"
    )
    assert "rounded up to 2" in ended.out
    assert "treaty.false_alarm_of.russia overrules it for russia" in ended.out


def test_a_number_that_a_file_sets_without_a_source_is_told(treaty_sim) -> None:
    mine = Path("mine/scenario")
    mine.mkdir(parents=True)
    head = "# @package _global_\ndefaults: [inf_2019, _self_]\nscenario: {name: mine}\ntreaty: {detection: 0.4}\n"
    (mine / "mine.yaml").write_text(head)
    given = ("--config-dir", "mine", "scenario=mine")
    told = treaty_sim("check", *given).out
    assert "treaty.detection is set in" in told
    assert "without a unit and a source in about.treaty.detection" in told
    explained = treaty_sim("check", "--explain", "treaty.detection", *given).out
    assert "none is given with it; that of the number it replaces:" in explained
    (mine / "mine.yaml").write_text(head + "about: {treaty: {detection: {assumed: true}}}\n")
    assert "without a unit" in treaty_sim("check", *given).out
    assert "without a unit" not in treaty_sim("check", "study=crisis_equilibrium").out  # which makes settings
    about = "about: {treaty: {detection: {unit: probability a year, source: a guess, assumed: true}}}\n"
    (mine / "mine.yaml").write_text(head + about)
    assert "without a unit" not in treaty_sim("check", *given).out
    assert "assumed: a guess" in treaty_sim("check", "--explain", "treaty.detection", *given).out


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            ["scenario=better_verification", "treaty.detection=0.8"],
            [
                "treaty.detection = 0.8",
                "set by       command line (treaty.detection=0.8)",
                "scenario/better_verification.yaml, chosen on the command line (scenario=",
                "treaty/inf.yaml: [triangular, 0.3, 0.5, 0.8]",
                "source       command line",
            ],
        ),
        (
            ["reading=neutral"],
            [
                "treaty.detection = [triangular, 0.3, 0.5, 0.8]",
                "treaty/inf.yaml",
                "assumed: six years passed",
            ],
        ),
    ],
)
def test_explain_names_who_set_a_value_and_who_was_overruled(
    treaty_sim, arguments: list[str], lines: list[str]
) -> None:
    ended = treaty_sim("check", "--explain", "treaty.detection", *arguments)
    assert ended.status == 0
    places = [ended.out.index(os.path.normpath(line) if line[:4] == "scen" else line) for line in lines]
    assert places == sorted(places)


THROUGH_THE_COMMAND = [
    (["nonsense"], 2, "the command must be one of"),
    (["outcomes", "x"], 2, "takes no arguments"),
    (["check", "--explain"], 2, "--explain needs a key"),
    (["check", "nonsense"], 2, "an argument must be key=value, got 'nonsense'"),
    (["check", "--explain", "treaty.detction"], 1, "did you mean treaty.detection"),
    (["check", "treaty.detction=1"], 1, "treaty.detction is no key of the configuration; did you mean"),
    (["check", "scenario=inf_2020"], 1, "scenario must be one of abm_2001, better_verification"),
    (["run", "actors.usa.discount=1"], 1, "actors.usa.discount must be in (0, 1), got 1"),
    (["check", "hydra.run.dir=${nosuch}"], 1, "hydra.run.dir: Interpolation key 'nosuch' not found"),
    (["check", "treaty.detection=0.001"], 1, "treaty.detection must be at least treaty.false_alarm"),
]


@pytest.mark.parametrize(("arguments", "status", "words"), THROUGH_THE_COMMAND)
def test_an_error_of_use_takes_one_line_and_leaves_nothing_behind(
    treaty_sim, arguments: list[str], status: int, words: str
) -> None:
    ended = treaty_sim(*arguments)
    assert ended.status == status
    assert words in ended.line
    assert ended.line.startswith("error: ")
    assert list(Path.cwd().iterdir()) == []


BAD = [
    ("+treaty.detction=1", "treaty.detction is no key of the configuration; did you mean treaty.detection"),
    ("actors.uas.discount=0.9", "did you mean actors.usa"),
    ("actors.usa.weights.blmae=1", "did you mean actors.usa.weights.blame?"),
    ("treaty.detection.low=1", "treaty.detection is a value"),
    ("treaty.detection_of.france=1", "treaty.detection_of.france is no key"),
    ("strategy.france=grim_trigger", "strategy.france is no key"),
    ("strategy.usa=grimm", "strategy.usa must be one of always_breach"),
    ("strategy=grimm", "strategy must be one of always_breach"),
    ("engine.draws=many", "engine.draws: must be of type integer, got many"),
    ("engine.draws=1.5", "engine.draws: must be of type integer, got 1.5"),
    ("engine.draws=0", "engine.draws must be at least 1, got 0"),
    ("engine.estimator=luck", "engine.estimator must be one of conditional_hazard"),
    ("engine.horizon_months=0.5", "engine.horizon_months must be at least treaty.period_months"),
    ("engine.horizon_months=nan", "engine.horizon_months must be finite"),
    ("solver.rationality=-1", "solver.rationality must be finite and at least 0, got -1"),
    ("stage.plans=[]", "stage.plans must name at least one plan"),
    ("stage.plans=[uphold,cheat]", "stage.plans[1] must be one of"),
    ("treaty.detection=1.2", "treaty.detection must be in [0, 1), got 1.2"),
    ("treaty.detection=nan", "treaty.detection must be finite, got nan"),
    ("treaty.detection=", "treaty.detection must be a number or a distribution"),
    ("treaty.detection=[uniform,0.8,0.2]", "[uniform, low, high] needs low <= high"),
    ("treaty.detection=[uniform,0.8", "cannot be read"),
    ("treaty.period_months=12", "treaty.ultimatum_months must be at least half of"),
    ("treaty.notice_months=[uniform,3,6]", "treaty.notice_months must be a number, because"),
    ("actors.usa.role=ally", "actors.nato.role must differ from that of usa"),
    ("start.evidence.russia=5", "start.evidence.russia must lie in 0..2, got 5"),
    ("start.evidence.usa=2", "start.evidence.usa must lie in 0..1, got 2"),
    ("start.evidence.russia=-1", "start.evidence.russia must lie in 0..2, got -1"),
    ("start.deployed.usa_asia=1", "start.deployed must be zero while the treaty is in force"),
    ("start.toxic=perhaps", "start.toxic: "),
    ("~treaty.detection", "treaty.detection cannot be removed"),
    ("about.treaty.detection=3", "about.treaty.detection"),
    ("game=chicken", "game must be treaty to be played"),
    ("foo=1", "foo is no key of the configuration; its keys are actors, treaty"),
]


FILES = [
    ("name: [oops\n", "bad.yaml cannot be read as YAML: line 2, column 1: "),
    (
        "",
        "scenario.name has no value: the scenario's file sets it, and its first line is '# @package _global_'",
    ),
    (
        "# @package _global_\ndefaults: [inf_2019, _self_]\nstart: 3\n",
        "scenario/bad.yaml: start must hold keys, got 3",
    ),
]


@pytest.mark.parametrize(("content", "words"), FILES)
def test_a_wrong_file_is_told_in_one_line(treaty_sim, content: str, words: str) -> None:
    mine = Path("mine/scenario")
    mine.mkdir(parents=True)
    (mine / "bad.yaml").write_text(content)
    ended = treaty_sim("check", "--config-dir", "mine", "scenario=bad")
    assert ended.status == 1
    assert words in ended.line
    with pytest.raises(ParameterError, match=re.escape(words)):
        load("bad", directories=["mine"])


@pytest.mark.parametrize(
    ("name", "override", "words"),
    [
        ("inf_2020", "engine=quick", "scenario must be one of abm_2001"),
        ("inf_2019", "engine.draws=many", "engine.draws: must be of type integer, got many"),
        ("inf_2019", "strategy.rusia=x", "strategy.rusia is no key"),
    ],
)
def test_python_refuses_in_the_words_of_the_command(name: str, override: str, words: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(words)):
        load(name, [override])


@pytest.mark.parametrize(("override", "words"), BAD)
def test_a_wrong_argument_is_told_in_one_line(override: str, words: str) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        load("inf_2019", [override])
    found = complaint(caught.value)
    assert found is not None
    line, status = found
    assert status == 1
    assert words in line
    assert "\n" not in line


def test_an_unknown_flag_is_an_error_of_use(treaty_sim) -> None:
    ended = treaty_sim("check", "--nonsense")
    assert ended.status == 2
    assert "--nonsense" in ended.err


def test_an_unexpected_exception_keeps_its_traceback(treaty_sim, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(plan: RunPlan, *_: object, **__: object) -> None:
        raise ZeroDivisionError("a fault of the program")

    monkeypatch.setattr(RunPlan, "run", broken)
    with pytest.raises(ZeroDivisionError):
        treaty_sim("run", "engine=quick")


def test_ctrl_c_ends_in_one_line(treaty_sim, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(plan: RunPlan, *_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(RunPlan, "run", interrupted)
    ended = treaty_sim("run", "engine=quick")
    assert ended.status == 130
    assert ended.line.startswith("error: interrupted")
    assert not list(Path.cwd().rglob("*.json"))


def test_a_file_in_the_way_of_the_results_is_one_line(treaty_sim, quick_result) -> None:
    Path("results").write_text("not a directory")
    ended = treaty_sim("run", "engine=quick")
    assert ended.status == 1
    assert "results" in ended.line
    assert Path("results").read_text() == "not a directory"


def test_a_full_disk_is_one_line_and_leaves_no_half_file(
    treaty_sim, no_pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync
    files: list[str] = []

    def full(descriptor: int) -> None:
        files.append(str(descriptor))
        if len(files) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    ended = treaty_sim("run", "engine=quick")
    assert ended.status == 1
    assert "cannot be written: No space left on device" in ended.line
    written = {file.name for file in Path("results").rglob("*") if file.is_file()}
    assert not any(name.endswith(".partial") for name in written)
    assert "manifest.json" not in written


def test_a_scenario_file_without_its_first_line_is_told_what_is_missing(treaty_sim) -> None:
    Path("mine/scenario").mkdir(parents=True)
    Path("mine/scenario/bare.yaml").write_text("defaults: [inf_2019, _self_]\nscenario: {name: bare}\n")
    ended = treaty_sim("check", "--config-dir", "mine", "scenario=bare")
    assert ended.status == 1
    assert "scenario/bare.yaml holds scenario" in ended.line
    assert "# @package _global_" in ended.line
