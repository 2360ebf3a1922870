"""A cluster by Ray: one on this machine, or any that has an address. Dask is the first choice; see docs/clusters.md."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.study.sweep.batch import Batch, Work
from sim.study.sweep.executors.interface import AHEAD, Results

ATTEMPTS = 3


@dataclass(frozen=True)
class RayExecutor:
    """Work on the Ray cluster at `address`, or on one of `workers` processes started here."""

    workers: int = 0
    address: str | None = None

    def results(self, work: Work, batches: Iterator[Batch]) -> Results:
        """Yield the number and the part of every batch, as they are finished."""
        import ray

        count = (self.workers or os.cpu_count() or 1) if self.address is None else None
        ray.init(address=self.address, num_cpus=count, include_dashboard=False, log_to_driver=False)
        try:
            done = ray.remote(max_retries=ATTEMPTS)(_done)  # retried when its worker dies
            waiting, numbers, shipped = iter(batches), dict[Any, int](), ray.put(work)
            while True:
                wanted = AHEAD * max(int(ray.cluster_resources().get("CPU", 1)), 1)
                while len(numbers) < wanted and (batch := next(waiting, None)) is not None:
                    numbers[done.remote(shipped, batch)] = batch.number
                if not numbers:
                    return
                (finished, *_), _ = ray.wait(list(numbers))
                number = numbers.pop(finished)
                try:
                    content: bytes | None = ray.get(finished)
                except ray.exceptions.WorkerCrashedError:
                    content = None
                yield number, content
        finally:
            ray.shutdown()


def _done(work: Work, batch: Batch) -> bytes:
    return work(batch)
