"""Executors of sweeps, going on with one that was interrupted, and analysing one

Two Dask workers against two local processes by the clock, start of the workers included, on ``EXECUTOR_POINTS``
points (by default 4,000; 100000 is the real size). Resumption is the processor time from the interpreter's start to
the first batch of a sweep of 100,000 points of which one batch is missing. Sobol' indices, first, total and second
order with their intervals, are computed from random numbers in place of outcomes: their cost is the same.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from _sweeping import study, swept

from sim.study.analysis.sobol_indices import sobol_indices
from sim.study.sweep.executors.dask import DaskExecutor
from sim.study.sweep.executors.local import LocalExecutor
from sim.study.sweep.store import part_name

AGAINST = int(os.environ.get("EXECUTOR_POINTS", "4000"))

PEAK = """
import resource, sys
from sim.app.main import main
main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""

UNTIL_WORK = """
import sys, time
from sim.app.main import main
from sim.study.sweep.batch import Work
work = Work.__call__
def told(self, batch):
    print(time.process_time())
    return work(self, batch)
Work.__call__ = told
main(sys.argv[1:])
"""


def rows() -> Iterator[dict[str, Any]]:
    """Yield the rows of the table."""
    yield dask_row()
    yield from resume_rows()
    yield sobol_row()


def sobol_row() -> dict[str, Any]:
    """Return the time of the indices of ten parameters from about 10^5 evaluations."""
    names = tuple(f"x{k}" for k in range(10))
    base = 4608  # times 2 · 10 + 2 blocks of a Saltelli design: 101,376
    y = np.random.default_rng(1).random(base * (2 * len(names) + 2))
    start = time.process_time()
    sobol_indices(y, names, base)
    seconds = time.process_time() - start
    return {
        "what": f"Sobol' indices of 10 parameters from {len(y):,} evaluations",
        "value": seconds,
        "unit": "s",
        "target": 5.0,
        "better": "less",
    }


def dask_row() -> dict[str, Any]:
    """Return the time of two Dask workers over that of two local processes, by the clock."""
    own, clocks = study("crisis_lhs", AGAINST), {}
    for name, executor in (("local", LocalExecutor(2)), ("dask", DaskExecutor(2))):
        start = time.perf_counter()
        swept(own, executor)
        clocks[name] = time.perf_counter() - start
    note = (
        f"{clocks['dask']:.3g} s against {clocks['local']:.3g} s by the clock, start of the workers included"
    )
    return {
        "what": f"two Dask workers over two processes, {AGAINST:,} points",
        "value": clocks["dask"] / clocks["local"],
        "unit": "×",
        "target": 1.3,
        "better": "less",
        "note": note,
    }


def resume_rows() -> Iterator[dict[str, Any]]:
    """Yield the processor time until 100,000 points, of which one batch is missing, go on, and the peak memory."""
    given = ["study=dilemma_noise", "executor=serial", "study.batch=256"]
    peaks = {}
    for size in (10_000, 100_000):
        with tempfile.TemporaryDirectory() as place:
            command = [sys.executable, "-c", PEAK, "sweep", *given, f"study.design.size={size}"]
            done = subprocess.run(command, cwd=place, check=True, capture_output=True, text=True)
            peaks[size] = int(done.stdout.split()[-1])
            (directory,) = (Path(place) / "results" / "sweep").iterdir()
            (directory / part_name(3)).unlink()
            command = [sys.executable, "-c", UNTIL_WORK, "sweep", "--resume", str(directory)]
            done = subprocess.run(command, cwd=place, check=True, capture_output=True, text=True)
            seconds = float(done.stdout.split()[0])
    what = "resuming 100,000 points: from the interpreter's start to the first batch"
    yield {"what": what, "value": seconds, "unit": "s", "target": 2.0, "better": "less"}
    more = (peaks[100_000] - peaks[10_000]) / 2**10
    yield {
        "what": "peak memory, 100,000 points over 10,000",
        "value": more,
        "unit": "MiB",
        "target": 50,
        "better": "less",
    }


if __name__ == "__main__":
    for row in rows():
        print(row)
