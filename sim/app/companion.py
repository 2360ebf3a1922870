"""A second process for what can be done apart while this one goes on: drawing, and asking another library.

It is a plain child that reads tasks from its standard input and ends when that is closed, so that it cannot outlive
its parent, however the parent ends. What it cannot do is done here.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib import import_module
from types import TracebackType
from typing import Any, Self, TypeVar

from sim.study.aside import Aside, at_once

Value = TypeVar("Value")

AT_FIRST = ("sim.solvers.bimatrix", "nashpy", "sim.report.write")
"""What a run asks the second process for, in this order."""

LATER = ("sim.report.html",)
"""What a run needs itself when all is computed."""


class Companion:
    """Calls functions in a second process; `aside(function, ...)` returns a function that waits for the value.

    Functions and values must be picklable, and a function must give the same value wherever it is called.

    Parameters
    ----------
    modules : sequence of str
        What the second process imports while it has nothing to do.
    meanwhile : sequence of str
        What this process imports while it waits for a value.

    Examples
    --------
    >>> with Companion(["math"]) as aside:
    ...     root = aside(pow, 2, 10)
    ...     root()
    1024
    """

    def __init__(self, modules: Sequence[str], meanwhile: Sequence[str] = ()) -> None:
        self._meanwhile = list(meanwhile)
        start = (
            f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import serve; serve({list(modules)!r})"
        )
        self._line = ThreadPoolExecutor(1)  # one task at a time: sent whole, then its answer awaited
        self._child: subprocess.Popen[bytes] | None = None
        with suppress(OSError):  # no room for another process
            self._child = subprocess.Popen(
                [sys.executable, "-c", start],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                process_group=0 if os.name == "posix" else None,  # Ctrl-C is for this process alone
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child is not None:
            self._child.kill()  # it holds nothing that could be lost; a task under way finds its line dead
        self._line.shutdown()
        if self._child is not None:
            self._child.communicate()

    def __call__(self, function: Callable[..., Value], *args: Any, **keywords: Any) -> Callable[[], Value]:
        """Begin ``function(*args, **keywords)`` in the second process; what is returned waits for its value.

        What the second process has not begun when its value is wanted is done here. An exception of the function is
        raised there.
        """
        answer = self._line.submit(self._ask, (function, args, keywords))

        def value() -> Value:
            if answer.cancel():
                return function(*args, **keywords)
            while self._meanwhile and not answer.done():
                import_module(self._meanwhile.pop())
            done, found = answer.result()
            return found if done else function(*args, **keywords)  # where it failed, it fails here

        return value

    def _ask(self, task: Any) -> tuple[bool, Any]:
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            return False, None
        try:
            child.stdin.write(pickle.dumps(task, pickle.HIGHEST_PROTOCOL))  # whole or not at all
            child.stdin.flush()
            done, value = pickle.load(child.stdout)  # noqa: S301  # from our own child
        except Exception:  # noqa: BLE001  # what cannot be sent, or a process that has ended
            return False, None
        return done, value


@contextmanager
def companion(*, wanted: bool = True) -> Iterator[Aside]:
    """Yield whoever computes aside: a second process if it is `wanted` and there is a second core for it."""
    if wanted and (os.cpu_count() or 1) > 1:
        with Companion(AT_FIRST, meanwhile=LATER) as aside:
            yield aside
    else:
        yield at_once


def serve(modules: Sequence[str]) -> None:
    """Answer tasks from standard input on standard output until the input ends."""
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with the answers
    for module in modules:
        import_module(module)
    with suppress(EOFError, OSError):
        while True:
            function, args, keywords = pickle.load(tasks)  # noqa: S301  # from our own parent
            try:
                answer = True, function(*args, **keywords)
            except Exception:  # noqa: BLE001  # told by failing again in the parent
                answer = False, None
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
