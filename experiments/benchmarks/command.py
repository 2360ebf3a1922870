"""The command as a user waits for it.

Wall-clock time of whole commands, start of Python included, in an empty directory. *First ever* has an empty
cache of compiled kernels; the other runs are the best of three with a filled one.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = Path(sys.executable).with_name("treaty-sim")


def seconds(*arguments, repeats=3, cache=None):
    """Return the least time of `repeats` calls of the command."""
    environment = os.environ | ({"NUMBA_CACHE_DIR": cache} if cache else {})
    environment = {name: value for name, value in environment.items() if not name.endswith("NUM_THREADS")}
    times = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as directory:
            start = time.perf_counter()
            subprocess.run(
                [COMMAND, *arguments], cwd=directory, env=environment, capture_output=True, check=True
            )
            times.append(time.perf_counter() - start)
    return min(times)


def rows():
    """Yield the rows of the table."""
    quick = ("run", "engine=quick", "strategy=grim_trigger")
    with tempfile.TemporaryDirectory() as cache:
        yield row(
            "`treaty-sim run engine=quick strategy=grim_trigger`, first ever",
            seconds(*quick, repeats=1, cache=cache),
            30,
        )
    seconds(*quick, repeats=1)
    yield row("`treaty-sim run engine=quick strategy=grim_trigger`", seconds(*quick), 6)
    equilibrium = ("run", "engine=quick", "strategy=equilibrium")
    seconds(*equilibrium, repeats=1)
    yield row("`treaty-sim run engine=quick strategy=equilibrium`", seconds(*equilibrium), 15)
    yield row("`treaty-sim run`", seconds("run", repeats=1), 180)
    yield row("`treaty-sim --help`", seconds("--help"), 0.5)


def row(what, value, target):
    """Return one row: seconds, the fewer the better."""
    return {"what": what, "value": value, "unit": "s", "target": target, "better": "less"}
