"""Shipped studies of any size, swept into a directory that is thrown away; for the benchmarks of sweeps."""

import tempfile
import time
from pathlib import Path
from typing import Any

from sim.app.build import compose
from sim.app.config_dir import config_dir
from sim.app.study_plan import Composed, study_of
from sim.study.sweep.driver import run_sweep


def study(name: str, size: int, *overrides: str) -> Any:
    """Return a shipped study with `size` points."""
    given = [f"study={name}", f"study.design.size={size}", *overrides]
    return study_of(
        Composed(
            config=compose(given), arguments=given, directories=[config_dir()], choices={}, compose=compose
        )
    )


def swept(own: Any, executor: Any) -> float:
    """Sweep into a temporary directory; return the processor time of this process."""
    with tempfile.TemporaryDirectory() as place:
        start = time.process_time()
        end = run_sweep(own, Path(place), executor, manifest={"verb": "sweep", "study": own.facts()})
        seconds = time.process_time() - start
        assert end.failed == 0, f"{end.failed} points failed"
        assert not end.lost
    return seconds
