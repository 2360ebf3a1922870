"""A cluster by Dask distributed: one on this machine, or any whose scheduler has an address.

Dask starts a batch anew when its worker dies, and gives up on one that has cost several workers. Nothing depends on
its memory: parts come back to the driver, which puts them on disk, so that workers need no common file system.
Everything that a worker needs travels with the tasks and can be sent again; nothing is scattered, because what is
scattered dies with its worker.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sim.errors import ArtifactError
from sim.study.sweep.batch import Batch, Work
from sim.study.sweep.executors.interface import AHEAD, Results
from sim.study.sweep.executors.memory import let_workers_keep_memory

UNWATCHED = {"distributed.worker.profile.enabled": False}
"""Nobody looks at the profile of our own workers, which takes a tenth of their time."""


@dataclass(frozen=True)
class DaskExecutor:
    """Work on the cluster whose scheduler is at `address`, or on one of `workers` processes started here."""

    workers: int = 0
    address: str | None = None

    def results(self, work: Work, batches: Iterator[Batch]) -> Results:
        """Yield the number and the part of every batch, as they are finished."""
        import dask
        from distributed import Client, LocalCluster

        if self.address is None:
            let_workers_keep_memory()
            with (
                dask.config.set(UNWATCHED),
                LocalCluster(
                    n_workers=self.workers or os.cpu_count() or 1,
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address=None,
                ) as cluster,
                Client(cluster) as client,
                closing(distributed_results(client, work, batches)) as results,
            ):
                yield from results
            return
        try:
            client = Client(self.address)
        except OSError as error:
            raise ArtifactError(f"no Dask scheduler answers at {self.address}: {error}") from None
        with client, closing(distributed_results(client, work, batches)) as results:
            yield from results


def distributed_results(client: Any, work: Work, batches: Iterator[Batch]) -> Results:
    """Yield the number and the part of every batch, worked on by the cluster of `client`."""
    from distributed import KilledWorker, as_completed

    waiting, numbers, finished = iter(batches), dict[Any, int](), as_completed()
    shipped = client.submit(_itself, work, pure=False)

    def hand_out() -> None:
        wanted = AHEAD * max(sum(client.nthreads().values()), 1)
        while len(numbers) < wanted and (batch := next(waiting, None)) is not None:
            future = client.submit(_done, shipped, batch, pure=False)
            numbers[future] = batch.number
            finished.add(future)

    try:
        hand_out()
        for future in finished:
            number = numbers.pop(future)
            try:
                content: bytes | None = future.result()
            except KilledWorker:
                content = None
            future.release()
            hand_out()
            yield number, content
    finally:
        client.cancel(list(numbers))


def _itself(work: Work) -> Work:
    return work


def _done(work: Work, batch: Batch) -> bytes:
    return work(batch)
