"""The command as a user waits for it.

Wall-clock time of whole commands, start of Python included, in an empty directory. *First ever* has an empty
cache of compiled kernels; the other runs are the best of three with a filled one. Beside it the processor time of all
their processes, which a busy machine stretches less.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = Path(sys.executable).with_name("treaty-sim")


def seconds(*arguments, repeats=3, cache=None):
    """Return the least time of `repeats` calls of the command, and the least processor time."""
    environment = os.environ | ({"NUMBA_CACHE_DIR": cache} if cache else {})
    environment = {name: value for name, value in environment.items() if not name.endswith("NUM_THREADS")}
    times = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as directory:
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(
                [COMMAND, *arguments], cwd=directory, env=environment, capture_output=True, check=True
            )
            waited, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append((waited, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    return [min(each) for each in zip(*times, strict=True)]


def rows():
    """Yield the rows of the table."""
    quick = ("run", "engine=quick", "strategy=grim_trigger")
    with tempfile.TemporaryDirectory() as cache:
        first = seconds(*quick, repeats=1, cache=cache)
        yield row("`treaty-sim run engine=quick strategy=grim_trigger`, first ever", first, 30)
        first = seconds(*quick[:-1], "strategy=equilibrium", repeats=1, cache=cache)
        yield row("`treaty-sim run engine=quick strategy=equilibrium`, first after that", first)
    seconds(*quick, repeats=1)
    yield row("`treaty-sim run engine=quick strategy=grim_trigger`", seconds(*quick), 6)
    equilibrium = ("run", "engine=quick", "strategy=equilibrium")
    seconds(*equilibrium, repeats=1)
    yield row("`treaty-sim run engine=quick strategy=equilibrium`", seconds(*equilibrium), 15)
    yield row("`treaty-sim run`", seconds("run", repeats=1), 180)
    yield row("`treaty-sim --help`", seconds("--help"), 0.5)


def row(what, times, target=None):
    """Return one row: seconds, the fewer the better."""
    waited, worked = times
    aim = {} if target is None else {"target": target, "better": "less"}
    return {"what": what, "value": waited, "unit": "s", "note": f"{worked:.2g} s of processor time", **aim}
