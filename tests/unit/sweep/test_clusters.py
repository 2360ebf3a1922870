"""A real cluster of two workers on this machine: the same bytes, also when a worker is killed, also by hand."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sim.app.stored_sweep import stored_sweep
from sim.app.study_plan import study_of
from sim.study.sweep.driver import run_sweep
from sim.study.sweep.executors.serial import SerialExecutor

pytest.importorskip("distributed")

PAGE = Path(__file__).resolve().parents[3] / "docs" / "clusters.md"


def in_a_process(code, *arguments):
    """Run `code` in a process of its own: a cluster leaves threads and warnings behind that are none of ours."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done


KILLED = """
import os, pickle, signal, sys
from pathlib import Path

def main():
    from distributed import Client, LocalCluster
    from sim.study.sweep.driver import run_sweep
    from sim.study.sweep.executors.dask import DaskExecutor

    study = pickle.loads(Path(sys.argv[1]).read_bytes())
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        workers, killed = client.run(os.getpid), []
        def progress(label, share):
            if share > 0.2 and not killed:
                killed.append(next(iter(workers.values())))
                os.kill(killed[0], signal.SIGKILL)
        facts = {"verb": "sweep", "study": study.facts()}
        executor = DaskExecutor(address=cluster.scheduler_address)
        end = run_sweep(study, Path(sys.argv[2]), executor, manifest=facts, progress=progress)
        assert killed and end.lost == (), end

if __name__ == "__main__":
    main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_worker_of_a_cluster_that_is_killed_changes_no_byte(small_study, swept, tmp_path, parts):
    import pickle

    study = small_study(size=120, batch=6)
    swept(study, tmp_path / "calm")
    (tmp_path / "study").write_bytes(pickle.dumps(study))
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    in_a_process(
        f"import runpy; runpy.run_path({str(script)!r}, run_name='__main__')",
        tmp_path / "study",
        tmp_path / "d",
    )
    assert parts(tmp_path / "d") == parts(tmp_path / "calm")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell")
def test_the_commands_of_the_page_about_clusters(empty_directory, parts):
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert len(blocks) == 2
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    script = "set -e\n" + "".join(blocks).replace("8786", port)
    places = empty_directory / "bin"
    places.mkdir()
    for name, module in (("treaty-sim", "sim"), ("dask", "dask")):
        command = places / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        command.chmod(0o755)
    process = subprocess.Popen(
        ["bash", "-c", script],
        env=os.environ | {"PATH": f"{places}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=300)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, err
    assert out.count("finished: 2,000 points") == 2
    directories = list(Path("results/sweep").iterdir())
    assert len(directories) == 2
    for directory in directories:
        study, alone = study_of(stored_sweep(directory)), empty_directory / directory.name
        run_sweep(study, alone, SerialExecutor(), manifest={"verb": "sweep", "study": study.facts()})
        assert parts(directory) == parts(alone)
