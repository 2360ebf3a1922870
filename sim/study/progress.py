"""How long computations say how far they are."""

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of it that is done."""


def silent(label: str, share: float) -> None:
    """Say nothing."""
