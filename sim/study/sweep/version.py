"""Which program made a number: the release, and a fingerprint of every source that numbers come from."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from sim.kernel_cache import PACKAGE

SOURCES = (
    *("model/**/*.py", "games/**/*.py", "solvers/**/*.py", "strategies/**/*.py", "engine/**/*.py"),
    *("study/profiles.py", "study/play_plan.py", "study/estimates.py", "study/sweep/**/*.py"),
)
"""The files that decide what comes out."""


@cache
def engine_version() -> str:
    """Return the release and eight digits that any edit of the model, the engine or a study changes.

    Examples
    --------
    >>> engine_version().count("+")
    1
    """
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for file in sorted(PACKAGE.glob(pattern)):
            digest.update(file.relative_to(PACKAGE).as_posix().encode())
            digest.update(file.read_bytes())
    try:
        release = version("treaty-sim")
    except PackageNotFoundError:
        release = "0"
    return f"{release}+{digest.hexdigest()[:8]}"
