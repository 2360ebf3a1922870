"""The driver of a sweep: what is done, what remains, and how far the rest has come."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import ArtifactError
from sim.study.progress import Progress, silent
from sim.study.sweep.executors.interface import Executor, Results
from sim.study.sweep.lock import Lock
from sim.study.sweep.store import Store
from sim.study.sweep.study import Study


@dataclass(frozen=True, kw_only=True)
class SweepEnd:
    """How a sweep ended.

    Attributes
    ----------
    directory : Path
    points : int, in the design
    found : int, points that were already there
    failed : int, points that could not be evaluated; they stand in ``failures.parquet``
    lost : batches whose workers died each time; they are tried again when the sweep is resumed
    untrusted : sentences on files that were not trusted and done again
    """

    directory: Path
    points: int
    found: int
    failed: int
    lost: tuple[int, ...] = ()
    untrusted: tuple[str, ...] = ()


def run_sweep(
    study: Study,
    directory: Path,
    executor: Executor,
    *,
    manifest: Mapping[str, Any],
    progress: Progress = silent,
    tell: Callable[[str], None] | None = None,
) -> SweepEnd:
    """Evaluate what is not yet evaluated; every finished batch is on disk before the next is waited for.

    Parameters
    ----------
    manifest : what ``manifest.json`` holds at the beginning
    progress : called with a label and the share of the points that is done
    tell : called with a sentence worth showing at once

    Raises
    ------
    ArtifactError
        If another driver works in `directory`, it belongs to another plan, or the disk fails.

    Notes
    -----
    Memory holds the design and the batches in flight. Interrupted or killed at any moment, the same call goes on.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArtifactError(f"{directory} cannot be made: {error.strerror}") from None
    with Lock(directory):
        store = Store(directory, study)
        untrusted = store.open(manifest)
        found, total = store.points_done, study.design.num_points
        for sentence in untrusted if tell else ():
            tell(sentence)  # type: ignore[misc]  # it is there
        lost = []
        remaining = store.remaining
        if remaining:
            _solve_centre(store, progress, tell)
            with closing(executor.results(study.work(), study.batches(remaining))) as results:
                for number, content in _told(results, store, total, progress):
                    if content is None:
                        lost.append(number)
                    else:
                        store.keep(number, content)
        store.finish()
        return SweepEnd(
            directory=directory,
            points=total,
            found=found,
            failed=store.failed,
            lost=tuple(sorted(lost)),
            untrusted=tuple(untrusted),
        )


def _solve_centre(store: Store, progress: Progress, tell: Callable[[str], None] | None) -> None:
    """Solve what points start from before any of them, and put its hash into the manifest."""
    progress("solving the central point", 0.0)
    own = store.study.points.centre()
    if own and store.record_centre(own) and tell:
        tell("the central point has other last digits here than where the sweep began: another machine")


def _told(
    results: Results, store: Store, total: int, progress: Progress
) -> Iterator[tuple[int, bytes | None]]:
    """Pass results on, telling before each wait how far the sweep is."""
    while True:
        progress("sweeping", store.points_done / total)
        try:
            result = next(results)
        except StopIteration:
            return
        yield result
