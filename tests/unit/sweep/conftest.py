"""Small studies of a repeated game: quick to evaluate, and picklable, so that workers can be sent them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.study.sweep.column import Column
from sim.study.sweep.design import DesignOptions, build_design
from sim.study.sweep.driver import run_sweep
from sim.study.sweep.executors.serial import SerialExecutor
from sim.study.sweep.match_points import ERRORS, PAYOFFS, MatchPoints
from sim.study.sweep.study import Study

DILEMMA = (3.0, 0.0, 5.0, 1.0, 3.0, 5.0, 0.0, 1.0)
MANIFEST = {"verb": "sweep"}


@pytest.fixture
def match_points():
    """Return a function from columns to how a repeated prisoner's dilemma is evaluated."""

    def make(columns, replications=20, **numbers):
        held = {"match.first": "tit_for_tat", "match.second": "generous_tit_for_tat", "match.turns": 15}
        held |= (
            {"match.execution_error": 0.05} | dict.fromkeys(ERRORS) | dict(zip(PAYOFFS, DILEMMA, strict=True))
        )
        return MatchPoints(columns=columns, numbers=held | numbers, seed=7, replications=replications)

    return make


@pytest.fixture
def small_study(match_points):
    """Return a function that makes a study of `size` errors from `low` to `high`, by default legal ones."""

    def make(size=40, batch=6, low=0.0, high=0.2, columns=None):
        if columns is None:
            levels = tuple(low + (high - low) * k / (size - 1) for k in range(size))
            columns = (Column(path="match.execution_error", kind="uncertainty", levels=levels),)
        design = build_design(columns, np.full(len(columns), -1.0), DesignOptions(kind="grid"))
        return Study(
            name="small",
            title="",
            question="",
            design=design,
            baseline=np.full(len(columns), -1.0),
            outcomes=(),
            points=match_points(columns),
            batch=batch,
            config_hash="none",
        )

    return make


@pytest.fixture
def swept() -> Callable[..., object]:
    """Return a function that sweeps a study into a directory."""

    def sweep(study, directory, executor=None, **more):
        facts = {**MANIFEST, "study": study.facts()}
        return run_sweep(study, directory, executor or SerialExecutor(), manifest=facts, **more)

    return sweep


@pytest.fixture
def parts() -> Callable[[Path], dict[str, bytes]]:
    """Return a function from a directory to the bytes of its tables, by name."""

    def read(directory):
        return {path.name: path.read_bytes() for path in sorted(directory.glob("*.parquet"))}

    return read
