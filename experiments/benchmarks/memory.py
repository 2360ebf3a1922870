"""Memory of an ensemble, which must not grow with the number of plays.

Peak resident memory of a process that simulates 10^4 to 10^7 plays of the default scenario over three periods, less
that of one that simulates a thousand (compiled code, game and libraries included).
"""

import resource
import subprocess
import sys

from play import default_plan

from sim.engine.monte_carlo import simulate

BASE = 1_000
PLAYS = (10_000, 100_000, 1_000_000, 10_000_000)


def rows():
    """Yield the rows of the table."""
    peak_with(BASE)  # compiles
    base = peak_with(BASE)
    for plays in PLAYS:
        what = f"peak over the base, {plays:,} plays"
        yield {"what": what, "value": peak_with(plays) - base, "unit": "MiB", "target": 300, "better": "less"}


def peak_with(plays):
    """Return the peak resident memory [MiB] of a process of its own that simulates `plays` plays."""
    done = subprocess.run([sys.executable, __file__, str(plays)], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main(plays):
    """Simulate and print the peak."""
    plan = default_plan(["strategy=grim_trigger", "engine.draws=1", "engine.horizon_months=3"])
    simulate(plan, replications=plays)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak / 2**20 if sys.platform == "darwin" else peak / 2**10)


if __name__ == "__main__":
    main(int(sys.argv[1]))
