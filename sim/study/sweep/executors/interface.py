"""What an executor is: something that does the same work on many batches, somewhere."""

from collections.abc import Generator, Iterator
from typing import Protocol

from sim.study.sweep.batch import Batch, Work

AHEAD = 2
"""Batches handed out per worker: one to work on, one waiting."""

Results = Generator[tuple[int, bytes | None], None, None]
"""Number and part of each batch; None for one whose workers died each time."""


class Executor(Protocol):
    """Batches go in, parts come out, in any order.

    An executor never holds more than a few batches per worker, so that memory does not grow with their number. It
    does batches again whose worker died; one whose worker dies each time comes out as None. Closing the iterator
    stops the workers.
    """

    def results(self, work: Work, batches: Iterator[Batch]) -> Results:
        """Yield the number and the part of every batch, as they are finished."""
