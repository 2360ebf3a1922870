"""All cores of this machine: a pool of processes, made anew when one of them dies.

Processes are spawned, never forked: the compiled kernels and the libraries below numpy keep threads, which a fork
would tear apart. A worker that dies breaks its pool; the batches that were in flight are then done again one at a
time, so that the one to blame is found and the others are not held up by it.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from sim.errors import ArtifactError
from sim.study.sweep.batch import Batch, Work
from sim.study.sweep.executors.interface import AHEAD, Results
from sim.study.sweep.executors.memory import let_workers_keep_memory

ATTEMPTS = 2
"""Times that a suspect is tried alone."""

HOPELESS = 3
"""Batches lost in a row after which it is no batch's fault."""

_work: Work | None = None


@dataclass(frozen=True)
class LocalExecutor:
    """Work on this machine's cores; `workers` processes, 0 for one per core."""

    workers: int = 0

    def results(self, work: Work, batches: Iterator[Batch]) -> Results:
        """Yield the number and the part of every batch, as they are finished."""
        count = self.workers or os.cpu_count() or 1
        let_workers_keep_memory()
        waiting, suspects = deque[Batch](), deque[tuple[Batch, int]]()
        pool, running, lost = _pool(work, count), dict[Future[bytes], Batch](), 0
        try:
            while True:
                broken = False
                ahead = 1 if suspects else AHEAD * count  # a suspect is tried alone
                while len(running) < ahead and not broken:
                    batch = suspects[0][0] if suspects else _next(waiting, batches)
                    if batch is None:
                        break
                    try:
                        running[pool.submit(_done, batch)] = batch
                    except BrokenProcessPool:  # noticed before this batch could be handed out
                        broken = True
                        waiting.extendleft([] if suspects else [batch])
                if not running and not broken:
                    return
                finished, _ = wait(running, return_when=FIRST_COMPLETED) if running else (set(), set())
                for future in finished:
                    if isinstance(future.exception(), BrokenProcessPool):
                        broken = True
                        continue
                    batch = running.pop(future)
                    if suspects:
                        suspects.popleft()
                    lost = 0
                    yield batch.number, future.result()
                if not broken:
                    continue
                pool.shutdown(wait=True, cancel_futures=True)
                pool = _pool(work, count)
                if suspects and running:
                    batch, tried = suspects.popleft()
                    if tried + 1 < ATTEMPTS:
                        suspects.appendleft((batch, tried + 1))
                    else:
                        lost += 1
                        if lost >= HOPELESS:
                            raise ArtifactError(
                                f"the workers of {lost} batches died one after the other: too little memory? "
                                "executor=serial shows what a batch does"
                            )
                        yield batch.number, None
                elif not suspects:
                    suspects.extend((batch, 0) for batch in running.values())
                running = {}
        finally:
            _end(pool)


def _next(waiting: deque[Batch], batches: Iterator[Batch]) -> Batch | None:
    return waiting.popleft() if waiting else next(batches, None)


def _pool(work: Work, workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(work,)
    )


def _prepare(work: Work) -> None:
    """Make a worker ready: it leaves Ctrl-C to the driver, and ends when the driver is gone."""
    global _work  # noqa: PLW0603  a process of the pool does one work
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    if driver is not None:
        driver.join()
        os._exit(1)


def _done(batch: Batch) -> bytes:
    assert _work is not None
    return _work(batch)


def _end(pool: ProcessPoolExecutor) -> None:
    """Stop a pool at once: what its workers are doing is not needed any more.

    A worker may be ended in the middle of what it sends; the pool's thread would wait for the rest of it for ever, were
    the sending end of the pipe not closed here too.
    """
    sending = getattr(getattr(pool, "_result_queue", None), "_writer", None)
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()
    if sending is not None:
        sending.close()
