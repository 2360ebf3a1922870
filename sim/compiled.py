"""The one way to compile a kernel: ``@kernel``, numba's ``njit`` with a cache that cannot go stale.

Kernels release the interpreter's lock, so that threads can run them side by side.  Neither ``fastmath`` nor
``parallel`` is used: the same numbers on every machine and for any number of threads.
See `sim.kernel_cache` for where the compiled code is kept.
"""

import gc
from functools import partial
from pathlib import Path
from typing import Any

import numba
from numba.core import event as events

from sim.kernel_cache import cache_directory

_settings: Any = numba.config
_njit: Any = numba.njit  # its annotations do not know every option


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


def loop_kernel(function: Any = None, *, rewriting: bool = False) -> Any:
    """Compile a kernel of plain loops over arrays that its caller provides: it must not allocate any.

    Arrays are not reference-counted inside, which makes it shorter, so that it compiles in half the time, and up to
    four times as fast. A division by zero gives what numpy gives. Only with numba's pass of `rewriting`, a tenth of
    the compilation, may an argument be None and may a tuple of different things be indexed rather than unpacked.
    """
    if function is None:
        return partial(loop_kernel, rewriting=rewriting)
    return _compiled(function, **_loops(rewriting))


def part(function: Any = None, *, rewriting: bool = False) -> Any:
    """Compile `function` for the kernels that call it: it cannot be called from elsewhere."""
    if function is None:
        return partial(part, rewriting=rewriting)
    return _njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **_loops(rewriting))(function)


def inlined(function: Any = None, *, rewriting: bool = False) -> Any:
    """Compile `function` into a `loop_kernel` that calls it; a function kept in the cache could not be."""
    if function is None:
        return partial(inlined, rewriting=rewriting)
    return _njit(nogil=True, forceinline=True, no_cfunc_wrapper=True, **_loops(rewriting))(function)


def _loops(rewriting: bool) -> dict[str, Any]:
    return {"_nrt": False, "error_model": "numpy", "no_rewrites": not rewriting}


def _compiled(function: Any, **options: Any) -> Any:
    before = _settings.CACHE_DIR
    _settings.CACHE_DIR = str(
        cache_directory(Path(function.__code__.co_filename))
    )  # read once, while decorating
    try:
        return _njit(cache=True, nogil=True, no_cfunc_wrapper=True, **options)(function)  # C calls none
    finally:
        _settings.CACHE_DIR = before


class _RareCollections(events.Listener):
    """Lets Python search for unused cycles less often while it compiles one of our kernels.

    Compiling makes millions of objects that are in use until it ends: looking through them is a twentieth of its time.
    Numba announces compilations under its lock, one inside the other.
    """

    _before: tuple[int, int, int] | None = None
    _outermost: Any = None

    def on_start(self, event: Any) -> None:
        module = event.data["dispatcher"].py_func.__module__ or ""  # None of functions made by `exec`
        if self._before is None and module.startswith("sim."):
            self._before, self._outermost = gc.get_threshold(), event.data["dispatcher"]
            gc.set_threshold(min(200 * self._before[0], 2**31 - 1), *self._before[1:])

    def on_end(self, event: Any) -> None:
        if self._before is not None and event.data["dispatcher"] is self._outermost:
            gc.set_threshold(*self._before)
            self._before = None


_register: Any = events.register  # without annotations
_register("numba:compile", _RareCollections())
