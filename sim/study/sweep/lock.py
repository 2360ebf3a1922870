"""One driver per directory: a lock that the system takes back when its holder dies, however it dies."""

import os
import platform
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from sim.errors import ArtifactError

LOCK = ".lock"


class Lock:
    """Hold ``.lock`` in a directory.

    The file stays behind and says who held it; only the system's lock on it counts. On a file system of a cluster
    it holds between machines if that file system does locks (NFS 4, Lustre with ``flock``, …).

    Raises
    ------
    ArtifactError
        If another driver holds it; the message says which process, where and since when.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / LOCK
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        try:
            self._file = self._path.open("a+", encoding="utf-8")
            _take(self._file)
        except BlockingIOError:
            self._file.seek(0)  # type: ignore[union-attr]
            holder = self._file.read().strip() or "another process"  # type: ignore[union-attr]
            self._file.close()  # type: ignore[union-attr]
            self._file = None
            raise ArtifactError(f"{self._path.parent} is being worked on by {holder}") from None
        except OSError as error:
            raise ArtifactError(f"{self._path} cannot be locked: {error.strerror}") from None
        since = datetime.now().astimezone().isoformat(timespec="seconds")
        self._file.truncate(0)
        self._file.write(f"process {os.getpid()} on {platform.node()} since {since}\n")
        self._file.flush()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


def _take(file: IO[Any]) -> None:
    """Take the lock on an open file at once, or raise BlockingIOError."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            # a byte far behind the text: locked bytes cannot be read there
            file.seek(1 << 20)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            raise BlockingIOError from None
    else:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
