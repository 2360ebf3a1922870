"""What a solver's first call costs where nothing has been compiled yet.

Processor time of one call in a process of its own with an empty cache of compiled kernels, imports of the package
not counted; the target holds for the largest solver. A second process finds the kernels in the cache.
"""

import os
import subprocess
import sys
import tempfile

TARGET = 15.0
SOLVERS = {  # what: (imports and the game, the call)
    "all equilibria of a batch of 3x3 games": (
        "from sim.solvers.solve import solve_batch; import numpy; "
        "games = numpy.random.default_rng(0).normal(size=(10, 2, 3, 3))",
        "solve_batch(games)",
    ),
    "all equilibria of a batch of 3x3x3 games": (
        "from sim.solvers.solve import solve_batch; import numpy; "
        "games = numpy.random.default_rng(0).normal(size=(2, 3, 3, 3, 3))",
        "solve_batch(games)",
    ),
    "logit branch of a 3x3x3 game": (
        "from sim.solvers.logit import logit_equilibria; from sim.games.normal_form import NormalFormGame; "
        "import numpy; game = NormalFormGame(numpy.random.default_rng(0).normal(size=(3, 3, 3, 3)))",
        "logit_equilibria(game)",
    ),
    "Markov perfect, 5 states": (
        "from sim.solvers.markov_perfect import markov_perfect; from sim.games.stochastic import StochasticGame; "
        "import numpy; rng = numpy.random.default_rng(0); game = StochasticGame(rng.random((5, 3, 4, 4, 4)), "
        "rng.dirichlet(numpy.ones(5), (5, 4, 4, 4)), 0.95)",
        "markov_perfect(game, starts=0)",
    ),
    "logit Markov equilibrium of the treaty game, one draw": (
        "from sim.app.plan import load; from sim.study.draws import games_of; "
        "from sim.solvers.treaty_logit import solve_treaty_logit; plan = load('inf_2019', ['engine.draws=1']); "
        "games = games_of(plan.scenario, 1, plan.engine.seed)",
        "solve_treaty_logit(games, 0, rationality=plan.solver.rationality)",
    ),
}


def rows():
    """Yield the rows of the table."""
    for what, (before, call) in SOLVERS.items():
        with tempfile.TemporaryDirectory() as cache:
            first, second = seconds(before, call, cache), seconds(before, call, cache)
        note = f"{second:.2g} s with a filled cache"
        yield {"what": what, "value": first, "unit": "s", "target": TARGET, "better": "less", "note": note}


def seconds(before, call, cache):
    """Return the processor time of `call` after `before`, in a new process with the kernels of `cache`."""
    script = f"import time; {before}; start = time.process_time(); {call}; print(time.process_time() - start)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"NUMBA_CACHE_DIR": cache},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.split()[-1])
