"""The one way to compile a kernel: ``@kernel``, numba's ``njit`` with a cache that cannot go stale.

Kernels release the interpreter's lock, so that threads can run them side by side.  Neither ``fastmath`` nor
``parallel`` is used: the same numbers on every machine and for any number of threads.
See `sim.kernel_cache` for where the compiled code is kept.
"""

from pathlib import Path
from typing import Any

import numba

from sim.kernel_cache import cache_directory

_settings: Any = numba.config
_njit: Any = numba.njit  # its annotations do not know every option
_LOOPS: Any = {"_nrt": False, "error_model": "numpy"}


def kernel(function: Any) -> Any:
    """Compile `function` at its first call, or load what an earlier run compiled.

    It may use functions and constants of other files of the package: an edit there leads to a fresh
    compilation.  The settings of numba itself, and so a caller's own kernels, stay as they were.

    Examples
    --------
    >>> from sim.engine.philox import philox4x32
    >>> philox4x32.targetoptions["nogil"]
    True
    """
    return _compiled(function)


def loop_kernel(function: Any) -> Any:
    """Compile a kernel of plain loops over arrays that its caller provides: it must not allocate any.

    Arrays are not reference-counted inside, which makes it shorter, so that it compiles in half the time, and up to
    four times as fast. A division by zero gives what numpy gives.
    """
    return _compiled(function, **_LOOPS)


def part(function: Any) -> Any:
    """Compile `function` for the `loop_kernel` that calls it: it cannot be called from elsewhere."""
    return _njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **_LOOPS)(function)


def inlined(function: Any) -> Any:
    """Compile `function` into a `loop_kernel` that calls it; a function kept in the cache could not be."""
    return _njit(nogil=True, forceinline=True, no_cfunc_wrapper=True, **_LOOPS)(function)


def _compiled(function: Any, **options: Any) -> Any:
    before = _settings.CACHE_DIR
    _settings.CACHE_DIR = str(
        cache_directory(Path(function.__code__.co_filename))
    )  # read once, while decorating
    try:
        return _njit(cache=True, nogil=True, no_cfunc_wrapper=True, **options)(function)  # C calls none
    finally:
        _settings.CACHE_DIR = before
