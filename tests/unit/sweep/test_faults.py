"""What goes wrong in long sweeps: killed at any moment, by anybody, they go on and end with the same bytes."""

import errno
import json
import multiprocessing
import os
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from sim.app.stored_sweep import stored_sweep
from sim.app.study_plan import study_of
from sim.errors import ArtifactError
from sim.study.sweep.column import Column
from sim.study.sweep.driver import run_sweep
from sim.study.sweep.executors.local import LocalExecutor
from sim.study.sweep.executors.serial import SerialExecutor
from sim.study.sweep.lock import Lock
from sim.study.sweep.names import part_name

MODULE = """
import os, signal, sys
real = os.replace
def replace(source, target):
    here = str(target).endswith("part-000004.parquet")
    if here:
        {before}
    real(source, target)
    if here:
        {after}
os.replace = replace
from sim.app.main import main
main(sys.argv[1:])
"""
KILL = "os.kill(os.getpid(), signal.SIGKILL)"
NOTE = (
    "from multiprocessing import active_children as own; "
    "open('workers', 'w').write(' '.join(str(child.pid) for child in own())); "
)
STUDY = ("study=dilemma_noise", "study.design.size=1000", "study.batch=25", "executor.workers=2")


def swept_until(executor, *, before="pass", after="pass"):
    """A sweep in a process and session of its own, to which something happens around the rename of its part 4.

    Returns exit status, what it said, and its directory.
    """
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            MODULE.format(before=before, after=after),
            "sweep",
            *STUDY,
            f"executor={executor}",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _, err = process.communicate(timeout=300)
    (directory,) = Path("results/sweep").iterdir()
    return process.returncode, err, directory


def finish(directory, parts):
    """Go on in this process until everything is there; return how it ended and the bytes of the tables."""
    study = study_of(stored_sweep(Path(directory)))
    end = run_sweep(study, Path(directory), SerialExecutor(), manifest={})
    return end, parts(Path(directory))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The bytes of the tables of that study, swept on one core without any trouble."""
    home = tmp_path_factory.mktemp("undisturbed")
    command = [sys.executable, "-m", "sim", "sweep", *STUDY, "executor=serial"]
    subprocess.run(command, cwd=home, capture_output=True, check=True)
    return {path.name: path.read_bytes() for path in home.rglob("*.parquet")}


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_kill_of_the_driver_around_the_rename(moment, undisturbed, empty_directory, parts):
    status, _, directory = swept_until("serial", **{moment: KILL})
    assert status == -signal.SIGKILL
    assert (directory / "part-000004.parquet").exists() == (moment == "after")
    assert (directory / ".part-000004.parquet.partial").exists() == (moment == "before")
    end, found = finish(directory, parts)
    assert found == undisturbed
    assert end.found == 4 * 25
    assert not list(directory.glob(".*.partial"))
    if moment == "after":
        assert [line.split()[0] for line in end.untrusted] == ["part-000004.parquet"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_workers_do_not_outlive_a_driver_that_is_killed(undisturbed, empty_directory, parts):
    status, _, directory = swept_until("local", after=NOTE + KILL)
    assert status == -signal.SIGKILL
    workers = [int(word) for word in Path("workers").read_text().split()]
    assert len(workers) == 2
    deadline = time.monotonic() + 60
    while any(alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [worker for worker in workers if alive(worker)]
    assert finish(directory, parts)[1] == undisturbed


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("executor", ["serial", "local"])
def test_ctrl_c_leaves_a_directory_that_can_be_resumed_and_says_how(
    executor, undisturbed, empty_directory, parts
):
    # a terminal sends it to all processes of the foreground
    status, err, directory = swept_until(executor, after="os.killpg(0, signal.SIGINT)")
    assert status == 130
    assert "Traceback" not in err
    again = err.strip().splitlines()[-1].partition("go on with: treaty-sim ")[2]
    assert shlex.split(again) == ["sweep", "--resume", str(directory)]
    assert len(parts(directory)) < len(undisturbed)
    assert finish(directory, parts)[1] == undisturbed


HALF = """
import os, struct, sys, time
from sim.study.sweep.executors.local import _end, _pool

def half_a_message():
    results = sys._getframe(1).f_locals["result_queue"]
    os.write(results._writer.fileno(), struct.pack("!i", 1000) + b"half")
    open("begun", "w").close()
    time.sleep(600)

if __name__ == "__main__":
    pool = _pool(None, 1)
    pool.submit(half_a_message)
    while not os.path.exists("begun"):
        time.sleep(0.05)
    _end(pool)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the length before a message is that of POSIX pipes")
def test_a_worker_that_is_ended_while_it_sends_keeps_nobody_waiting(empty_directory):
    """The pool's own thread reads what a worker sends, and Python waits for that thread before it ends."""
    Path("half.py").write_text(HALF)
    ended = subprocess.run(
        [sys.executable, "half.py"], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_kill_of_a_worker_loses_nothing_and_changes_no_byte(small_study, swept, tmp_path, parts):
    study = small_study(size=200, batch=10)
    swept(study, tmp_path / "calm")
    killed = []

    def progress(label, share):
        workers = multiprocessing.active_children()
        if 0.2 < share < 0.8 and len(killed) < 2 and workers:
            killed.append(workers[0].pid)
            os.kill(workers[0].pid, signal.SIGKILL)

    end = swept(study, tmp_path / "killed", LocalExecutor(2), progress=progress)
    assert killed
    assert end.lost == ()
    assert parts(tmp_path / "killed") == parts(tmp_path / "calm")


DEADLY = """
import os
from dataclasses import dataclass
from typing import Any

@dataclass(frozen=True)
class Deadly:
    own: Any
    def __getattr__(self, name):
        if name.startswith("__") or name == "own":
            raise AttributeError(name)
        return getattr(self.own, name)
    def evaluate(self, values):
        if (values == 0.1).any():
            os._exit(3)
        return self.own.evaluate(values)
"""


def test_a_batch_that_always_ends_its_worker_is_named_and_the_others_go_on(
    small_study, swept, tmp_path, parts, monkeypatch
):
    (tmp_path / "deadly.py").write_text(DEADLY)
    monkeypatch.syspath_prepend(tmp_path)
    from deadly import Deadly

    study = small_study(size=41, batch=4)  # errors 0, .005, …: the twenty-first is 0.1
    swept(study, tmp_path / "calm")
    work = replace(study, points=Deadly(study.points))
    end = swept(work, tmp_path / "deadly", LocalExecutor(2))
    assert end.lost == (5,)
    expected = {name: content for name, content in parts(tmp_path / "calm").items() if name != part_name(5)}
    assert parts(tmp_path / "deadly") == expected
    assert swept(study, tmp_path / "deadly").lost == ()
    assert parts(tmp_path / "deadly") == parts(tmp_path / "calm")


@pytest.mark.parametrize("number", range(2, 9))
def test_a_full_disk_is_one_line_and_what_is_finished_stays(
    number, small_study, swept, tmp_path, parts, monkeypatch
):
    study = small_study(size=20, batch=5)
    swept(study, tmp_path / "calm")
    real, calls = os.fsync, []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) == number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArtifactError, match="cannot be written: No space left on device"):
        swept(study, tmp_path / "full")
    assert not list((tmp_path / "full").glob(".*.partial"))
    monkeypatch.setattr(os, "fsync", real)
    swept(study, tmp_path / "full")
    assert parts(tmp_path / "full") == parts(tmp_path / "calm")


@pytest.mark.parametrize("executor", ["serial", "local"])
def test_a_point_that_raises_is_recorded_and_the_rest_goes_on(executor, small_study, swept, tmp_path):
    study = small_study(size=16, batch=5, low=0.5, high=2.0)  # an error above 1 is none
    end = swept(study, tmp_path, LocalExecutor(1) if executor == "local" else None)
    errors = study.design.values[:, 0]
    failures = parquet.read_table(tmp_path / "failures.parquet").to_pydict()
    assert end.failed == len(failures["point"]) == (errors > 1).sum() > 0
    assert failures["point"] == np.flatnonzero(errors > 1).tolist()
    assert failures["match.execution_error"] == errors[errors > 1].tolist()
    assert set(failures["error"]) == {"ParameterError"}
    assert set(failures["message"]) == {"an execution error must lie in [0, 1]"}
    tables = [parquet.read_table(path) for path in sorted(tmp_path.glob("part-*.parquet"))]
    assert len({str(table.schema.remove_metadata()) for table in tables}) == 1, "readers expect one schema"
    assert [point for table in tables for point in table["point"].to_pylist()] == np.flatnonzero(
        errors <= 1
    ).tolist()


@pytest.mark.parametrize("damage", ["truncated", "foreign", "one bit", "gone", "index cut", "index gone"])
def test_a_damaged_part_or_index_is_found_and_done_again(damage, small_study, swept, tmp_path, parts):
    study = small_study()
    swept(study, tmp_path)
    calm = parts(tmp_path)
    part, index = tmp_path / part_name(2), tmp_path / "index.jsonl"
    content = part.read_bytes()
    match damage:
        case "truncated":
            part.write_bytes(content[:-100])
        case "foreign":
            part.write_bytes((tmp_path / part_name(1)).read_bytes())
        case "one bit":
            part.write_bytes(content[:50] + bytes([content[50] ^ 1]) + content[51:])
        case "gone":
            part.unlink()
        case "index cut":
            index.write_bytes(index.read_bytes()[:-40])
        case "index gone":
            index.unlink()
    end = swept(study, tmp_path)
    assert end.found < end.points
    assert len(end.untrusted) == {"gone": 0, "index gone": 7}.get(damage, 1)
    assert parts(tmp_path) == calm
    assert swept(study, tmp_path).found == study.design.num_points


def test_a_second_driver_is_told_who_holds_the_directory(small_study, swept, tmp_path):
    study = small_study()
    swept(study, tmp_path)
    with Lock(tmp_path), pytest.raises(ArtifactError) as raised:
        swept(study, tmp_path)
    words = f"{tmp_path} is being worked on by process {os.getpid()} on "
    assert str(raised.value).startswith(words)
    swept(study, tmp_path)  # the lock is not held any more


def test_the_directory_of_another_plan_is_refused(small_study, swept, tmp_path):
    swept(small_study(), tmp_path)
    with pytest.raises(ArtifactError, match=r"belongs to another plan .*: its configs have changed since"):
        swept(small_study(batch=7), tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["study"] |= {"plan_hash": "0", "engine_version": "0.0.1+00000000"}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError, match=r"it was made by treaty-sim 0\.0\.1\+00000000, this is "):
        swept(small_study(), tmp_path)


def test_another_program_on_a_worker_is_refused(small_study, monkeypatch):
    study = small_study()
    work = study.work()
    monkeypatch.setattr("sim.study.sweep.batch.engine_version", lambda: "0.0.1+00000000")
    with pytest.raises(ArtifactError, match="install the same one everywhere"):
        work(next(study.batches([0])))


def test_named_columns_come_back_as_names(small_study, swept, tmp_path):
    columns = (
        Column(path="match.first", kind="lever", levels=("grim", "tit_for_tat")),
        Column(path="match.execution_error", kind="uncertainty", levels=(0.1, 2.0)),
    )
    swept(small_study(columns=columns, batch=3), tmp_path)
    failures = parquet.read_table(tmp_path / "failures.parquet").to_pydict()
    assert failures["match.first"] == ["grim", "tit_for_tat"]
    table = parquet.read_table(tmp_path / part_name(0)).to_pydict()
    assert table["match.first"] == ["grim", "tit_for_tat"]
    assert table["match.second"] == ["generous_tit_for_tat"] * 2


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
