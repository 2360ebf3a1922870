"""The command line in this process, and a made-up result in place of a long computation."""

import importlib.util
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import pytest

from sim.app.hydra_door import FULL
from sim.app.main import main
from sim.app.plan import RunPlan
from sim.study.aside import Aside, at_once


class Ended(NamedTuple):
    """How a command ended: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line of an error; there must be no more than one."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        return lines[0]


def _alone(*, wanted: bool) -> nullcontext[Aside]:
    """No second process: nothing here is worth its start."""
    return nullcontext(at_once)


@pytest.fixture
def treaty_sim(
    empty_directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ended]:
    """Return a function that runs the command in an empty directory."""
    monkeypatch.setattr(sys, "argv", ["treaty-sim"])
    monkeypatch.setattr("sim.kernel_cache.is_cold", lambda *sources: False)

    def run(*arguments: str) -> Ended:
        monkeypatch.setenv(FULL, "0")
        capsys.readouterr()
        status = 0
        try:
            main(list(arguments))
        except SystemExit as stopped:
            status = stopped.code if isinstance(stopped.code, int) else int(bool(stopped.code))
        return Ended(status, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def small_run() -> Callable[..., Path]:
    """Return a function that really runs the command in a directory, without pictures, and returns what it wrote."""

    def run(place: Path, *arguments: str) -> Path:
        with pytest.MonkeyPatch.context() as patched:
            patched.chdir(place)
            patched.setattr(sys, "argv", ["treaty-sim"])
            patched.setenv(FULL, "0")
            patched.setattr("sim.app.commands.run.companion", _alone)
            patched.setattr("sim.report.write.write_figures", lambda *_, **__: [])
            patched.setattr("sim.report.html.write_report", lambda result, directory, made: directory)
            main(["run", *arguments, "engine.workers=2", "hydra.run.dir=finished"])
        return place / "finished"

    return run


@pytest.fixture(scope="session")
def made_up():
    """Return the synthetic result that the tests of the report use."""
    path = Path(__file__).parents[1] / "report" / "fake_result.py"
    spec = importlib.util.spec_from_file_location("fake_result_for_app", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.fake_result()


@pytest.fixture
def no_pictures(quick_result, monkeypatch: pytest.MonkeyPatch):
    """Leave out figures and report, which take most of the time."""
    monkeypatch.setattr("sim.report.write.write_figures", lambda *_, **__: [])
    monkeypatch.setattr("sim.report.html.write_report", lambda result, directory, made: directory)
    return quick_result


@pytest.fixture
def quick_result(made_up, monkeypatch: pytest.MonkeyPatch):
    """Make every run end at once with the synthetic result."""
    monkeypatch.setattr("sim.app.commands.run.companion", _alone)
    monkeypatch.setattr(RunPlan, "run", lambda plan, progress=None, **_: made_up)
    return made_up
