"""Sweeps: points of the actual model, points of a repeated game, Hydra's launcher

Processor time of all processes, in which a machine's other work matters little. ``SWEEP_POINTS`` (prescribed
automata, by default 2,000), ``SWEEP_SOLVED`` (equilibria, 8) and ``SWEEP_MATCHES`` (repeated games, 100,000) set the
sizes: 100000, 1000 and 100000 are the real ones. Times for more points than were measured are scaled, and say so.
Hydra's launcher is measured with a few jobs of ``treaty-sim run -m``, their start left out, and scaled to 1,000.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from _sweeping import study, swept

import sim.study.sweep.store as store_module
import sim.study.sweep.treaty_points as points_module
from sim.engine.match_kernel import BLOCKS, play_two_by_two
from sim.engine.philox import id_of_name, key_of_seed
from sim.study.sweep.executors.serial import SerialExecutor

POINTS, SOLVED, MATCHES = (
    int(os.environ.get(f"SWEEP_{name}", default))
    for name, default in (("POINTS", 2000), ("SOLVED", 8), ("MATCHES", 100_000))
)
STAGES = {  # what a point's time is spent on, by the functions that spend it
    "build": [
        (points_module, "tables_of_points"),
        (points_module, "build_games"),
        (points_module, "tables_of_draws"),
    ],
    "solve": [(points_module, name) for name in ("build_profile", "solve_centre", "solve_treaty_logit")],
    "play": [(points_module, "simulate_prefixes")],
    "write": [(store_module.Store, "keep")],
}


def rows() -> Iterator[dict[str, Any]]:
    """Yield the rows of the table."""
    yield from treaty_rows("crisis_lhs", POINTS, 100_000, 15, [])
    yield from treaty_rows("crisis_equilibrium", SOLVED, 1000, 20, ["study.batch=8"])
    yield match_row()
    yield launcher_row()


def treaty_rows(name: str, size: int, real: int, minutes: float, more: list[str]) -> Iterator[dict[str, Any]]:
    """Yield processor time per point and its split, and what `real` points take on two cores."""
    swept(study(name, 2, *more), SerialExecutor())  # compiles
    spent, wrapped = dict.fromkeys(STAGES, 0.0), []
    for stage, functions in STAGES.items():
        for place, function in functions:
            wrapped.append((place, function, getattr(place, function)))
            setattr(place, function, timed(getattr(place, function), stage, spent))
    total = swept(study(name, size, *more), SerialExecutor())
    for place, function, original in wrapped:
        setattr(place, function, original)
    split = ", ".join(f"{stage} {1e3 * seconds / size:.3g}" for stage, seconds in spent.items())
    what = f"`{name}`, {size:,} points of 100 plays"
    note = f"{split}, rest {1e3 * (total - sum(spent.values())) / size:.3g} ms"
    yield {"what": f"{what}, a point", "value": 1e3 * total / size, "unit": "ms", "note": note}
    scaled = total / size * real / 2 / 60
    yield {
        "what": f"{real:,} points on two cores",
        "value": scaled,
        "unit": "min",
        "target": minutes,
        "better": "less",
        "note": "" if size == real else f"scaled from {size:,}",
    }


def timed(function: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    """Return `function` adding its processor time to `spent`."""

    def call(*arguments: Any, **named: Any) -> Any:
        start = time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            spent[stage] += time.process_time() - start

    return call


def match_row() -> dict[str, Any]:
    """Return the time of a sweep of a repeated game over that of the bare kernel for the same plays."""
    from sim.engine.match_batch import play_match_points
    from sim.strategies.textbook import by_name, seated

    overrides = ("study.levers.match.first=null",)
    own = study("dilemma_noise", MATCHES, *overrides)
    swept(study("dilemma_noise", 2, *overrides), SerialExecutor())
    ours = swept(own, SerialExecutor())
    # the kernel of single matches, in a loop over the same points
    seats = [seated(by_name("tit_for_tat"), player) for player in range(2)]
    errors = np.repeat(own.design.values[:, :1], 2, axis=1)
    following = np.array(
        [
            [2 * seats[0].transitions[p, joint] + seats[1].transitions[q, joint] for joint in range(4)]
            for p in range(2)
            for q in range(2)
        ],
        np.int64,
    )
    chosen = [np.array([1.0, 1.0, 0.0, 0.0]), np.array([1.0, 0.0, 1.0, 0.0])]
    first, second = (
        np.rint((each * (1 - errors[:, :1]) + (1 - each) * errors[:, :1]) * 2.0**32).astype(np.uint64)
        for each in chosen
    )
    words, counts = np.zeros(4 * BLOCKS, np.uint64), np.zeros((100, 4), np.int64)
    address = (0, np.uint64(id_of_name("")), *key_of_seed(own.points.seed))

    def play(point: int) -> None:
        counts[:] = 0
        play_two_by_two(
            *(first[point], second[point], following, 0, 60, np.uint64(0), *address, words, counts)
        )

    play(0)
    expected = play_match_points(*seats, errors[:1], matches=100, turns=60, seed=own.points.seed).sums[0]
    assert (counts.sum(axis=0) == expected).all(), "not the same plays"
    start = time.process_time()
    for point in range(MATCHES):
        play(point)
    bare = time.process_time() - start
    what = f"{MATCHES:,} points of a repeated game, 100 × 60 turns, over the bare kernel"
    note = f"{ours:.3g} s against {bare:.3g} s: points share their dice, which are drawn once"
    return {"what": what, "value": ours / bare, "unit": "×", "target": 1.3, "better": "less", "note": note}


def launcher_row() -> dict[str, Any]:
    """Return the time of 1,000 points by Hydra's basic launcher over that of a sweep, processor time of all."""
    setting = ["strategy=as_it_happened", "engine.draws=1", "engine.replications=100"]
    times = []
    processor_seconds(["run", *setting])  # compiles what only a run needs
    for jobs in (1, 4):
        values = ",".join(f"0.{4 + job}" for job in range(jobs))
        times.append(processor_seconds(["run", "-m", *setting, f"treaty.detection={values}"]))
    a_job = (times[1] - times[0]) / 3
    swept(study("crisis_lhs", 2), SerialExecutor())
    ours = swept(study("crisis_lhs", 1000), SerialExecutor())
    note = f"{a_job:.3g} s a job, figures and report included; scaled from 3 jobs"
    return {
        "what": "1,000 points by Hydra's basic launcher over a sweep",
        "value": 1000 * a_job / ours,
        "unit": "×",
        "target": 500,
        "note": note,
    }


def processor_seconds(arguments: list[str], place: str | None = None) -> float:
    """Run the command in a process of its own and return its processor time."""
    with tempfile.TemporaryDirectory() as home:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "sim", *arguments], cwd=place or home, check=True, capture_output=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    for row in rows():
        print(row)
