"""Start-up in processor time, which a busy machine stretches less than the clock.

User and system time of whole commands in an empty directory, compiling included. The clock is what a user waits for and
what the targets are about: the module `command` measures it.
"""

import os
import resource
import subprocess
import sys
import tempfile


def rows():
    """Yield the rows of the table."""
    quick = ("run", "engine=quick")
    with tempfile.TemporaryDirectory() as cache:
        for strategy in ("grim_trigger", "equilibrium"):
            arguments = (*quick, f"strategy={strategy}")
            what = f"`treaty-sim {' '.join(arguments)}`"
            order = "first ever" if strategy == "grim_trigger" else "first after the one above"
            yield {"what": f"{what}, {order}", "value": seconds(arguments, cache), "unit": "s"}
            yield {"what": f"{what}, warm", "value": seconds(arguments, cache), "unit": "s"}
        yield {"what": "`treaty-sim --help`", "value": seconds(("--help",), cache), "unit": "s"}


def seconds(arguments, cache):
    """Return the processor time of one call of the command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as directory:
        environment = os.environ | {"NUMBA_CACHE_DIR": cache}
        subprocess.run(
            [sys.executable, "-m", "sim", *arguments],
            cwd=directory,
            env=environment,
            capture_output=True,
            check=True,
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
