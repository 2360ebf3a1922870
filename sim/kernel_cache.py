"""Where compiled kernels are kept between runs, so that a machine compiles each of them once.

Numba keys a cached kernel by the text of the file that holds it.  A kernel may also use functions and
constants of other files; after an edit there the cached code would be loaded all the same, and be wrong.
So each source file gets a directory of its own, named by a fingerprint of that file *and of every file of
the package that it imports, directly or not*::

    <cache root>/<stem>-<fingerprint>/

Only the standard library is imported here: the command line asks `is_cold` before anything heavy is loaded.
"""

import hashlib
import os
import re
import sys
import tempfile
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
"""The directory whose files are followed when a fingerprint is taken."""

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+(sim[\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\n]*)|import[ \t]+(sim[\w.]*))", re.M
)
_WORD = re.compile(rb"[A-Za-z_]\w*")


def cache_root() -> Path:
    """Return the directory for compiled kernels, created if need be and writable by this user alone.

    The first that can be written: ``NUMBA_CACHE_DIR``, the platform's per-user cache directory, a directory
    in the temporary one.

    Raises
    ------
    OSError
        If not even a temporary directory can be made.
    """
    return _writable_root(os.environ.get("NUMBA_CACHE_DIR", ""))


def cache_directory(source: Path) -> Path:
    """Return the directory for the kernels of the file `source`: it is another one after any relevant edit.

    Cost: one read of each file that `source` imports within the package, a few milliseconds.
    """
    return cache_root() / f"{source.stem}-{fingerprint(source)}"


def fingerprint(source: Path) -> str:
    """Return a hash of the file `source` and of all files of the package that it imports, directly or not.

    The place of the package and the version of Python enter too, since numba compiles anew for each; after an
    upgrade of numba itself it notices on its own.
    """
    digest = hashlib.sha256(f"{PACKAGE} {sys.implementation.cache_tag}".encode())
    for file in sorted(_closure(source.resolve())):
        digest.update(os.path.relpath(file, PACKAGE).replace(os.sep, "/").encode())
        digest.update(_facts(file)[0])
    return digest.hexdigest()[:16]


def kernel_sources() -> list[Path]:
    """Return the files of the package that hold compiled kernels, sorted."""
    return sorted(
        file for file in PACKAGE.rglob("*.py") if re.search(rb"^@(?:loop_)?kernel\b", file.read_bytes(), re.M)
    )


def is_cold(*sources: Path) -> bool:
    """Tell whether any of the files `sources` has no compiled kernel yet.

    Without `sources`: whether none of the package's files has.  Cost: about 10 ms.
    """
    if sources:
        return not all(_is_compiled(source) for source in sources)
    return not any(_is_compiled(source) for source in kernel_sources())


@cache
def _writable_root(wanted: str) -> Path:
    for candidate in (Path(wanted) / "treaty-sim" if wanted else None, _user_cache(), _shared_temporary()):
        if candidate is not None and _is_ours(candidate):
            return candidate
    return Path(tempfile.mkdtemp(prefix="treaty-sim-"))  # compiled anew in each process, but right


def _user_cache() -> Path | None:
    try:
        home = Path.home()
    except RuntimeError:  # no home directory is known, as in some containers
        return None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "treaty-sim" / "kernels"


def _shared_temporary() -> Path:
    user = getattr(os, "getuid", lambda: "user")()
    return Path(tempfile.gettempdir()) / f"treaty-sim-kernels-{user}"


def _is_ours(directory: Path) -> bool:
    """Tell whether `directory` can be written and belongs to this user: what lies in it is loaded as code."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if hasattr(os, "getuid") and directory.stat().st_uid != os.getuid():
            return False
        with tempfile.TemporaryFile(dir=directory):
            return True
    except OSError:
        return False


def _is_compiled(source: Path) -> bool:
    return any(cache_directory(source).rglob("*.nbc"))


def _closure(source: Path) -> set[Path]:
    found = {source}
    waiting = [source]
    while waiting:
        for file in _facts(waiting.pop())[1] - found:
            found.add(file)
            waiting.append(file)
    return found


@cache
def _facts(source: Path) -> tuple[bytes, frozenset[Path]]:
    """Return the hash of `source` and the files of the package that it imports."""
    text = source.read_bytes()
    imported: set[Path] = set()
    for module, names, plain in _IMPORT.findall(text):
        dotted = (module or plain).decode().split(".")[1:]
        candidates = [dotted] + [[*dotted, name.decode()] for name in _WORD.findall(names)]
        for parts in candidates:
            base = PACKAGE.joinpath(*parts)
            imported.update(
                file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()
            )
    return hashlib.sha256(text).digest(), frozenset(imported)
