"""Files that are either whole or absent."""

import os
from contextlib import suppress
from pathlib import Path

from sim.errors import ArtifactError


def write_whole(path: Path, content: bytes) -> Path:
    """Write `content` to `path` through a temporary file beside it, so that `path` never holds half of it.

    Raises
    ------
    ArtifactError
        In one line that names the file, if the disk is full, the directory cannot be written, or the like.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        with suppress(OSError):  # what hinders writing may hinder tidying up too
            partial.unlink(missing_ok=True)
        raise ArtifactError(f"{path} cannot be written: {error.strerror}") from error
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return path
