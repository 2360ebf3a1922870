"""What can be computed apart from the rest: the signature of whoever does it, and doing it at once."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

Value = TypeVar("Value")


class Aside(Protocol):
    """Begins ``function(*args, **keywords)`` somewhere, and returns a function that waits for its value."""

    def __call__(self, function: Callable[..., Value], *args: Any, **keywords: Any) -> Callable[[], Value]:
        """Begin it."""


def at_once(function: Callable[..., Value], *args: Any, **keywords: Any) -> Callable[[], Value]:
    """Compute it here and now.

    Examples
    --------
    >>> at_once(max, 1, 2)()
    2
    """
    value = function(*args, **keywords)
    return lambda: value
