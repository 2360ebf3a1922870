"""How the workers of a sweep hold memory, which a C library decides when a process starts.

A point makes and drops arrays of some megabytes. The GNU C library maps such arrays anew each time and gives them back
at once, and every page of them is then faulted in again: a sixth of the time of a point. Processes started later keep
them; other C libraries take no notice.
"""

import os

KEPT = {"MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "268435456"}
"""Bytes from which an array is mapped on its own (the most that can be asked for), and of free memory that is kept."""


def let_workers_keep_memory() -> None:
    """Set the environment of processes started from now on, unless somebody has."""
    for name, value in KEPT.items():
        os.environ.setdefault(name, value)
