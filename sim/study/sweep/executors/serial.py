"""One batch after the other in this process: nothing to start, nothing to debug but the work itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.study.sweep.batch import Batch, Work
from sim.study.sweep.executors.interface import Results


@dataclass(frozen=True)
class SerialExecutor:
    """Work in this process."""

    def results(self, work: Work, batches: Iterator[Batch]) -> Results:
        """Yield the number and the part of every batch, in order."""
        for batch in batches:
            yield batch.number, work(batch)
