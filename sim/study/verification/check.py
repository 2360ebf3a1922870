"""One check: what was expected, by which source, and what came out."""

from collections.abc import Sequence
from dataclasses import dataclass

Value = float | str


@dataclass(frozen=True)
class Check:
    """One comparison.

    Attributes
    ----------
    name : str
        ``AT-01 …`` for the reference models, ``textbook …`` for the catalogue.
    source : str
        Who published the model.
    expected, got : float or str
    tolerance : float
        Largest absolute difference of numbers that passes; 0 for words.
    passed : bool
    """

    name: str
    source: str
    expected: Value
    got: Value
    tolerance: float
    passed: bool


@dataclass(frozen=True)
class Checker:
    """Makes the checks of one model, all with its name and source.

    Examples
    --------
    >>> check = Checker("AT-00", "nobody")
    >>> check("half", 0.5, 1 / 2).passed, check("third", 0.333, 1 / 3, 1e-4).passed
    (True, False)
    """

    model: str
    source: str

    def __call__(
        self, what: str, expected: Value | bool, got: Value | bool, tolerance: float = 1e-9
    ) -> Check:
        """Compare `got` with `expected`: numbers within `tolerance`, words and truth exactly."""
        if isinstance(expected, str | bool) or isinstance(got, str | bool):
            wanted, found = _word(expected), _word(got)
            return Check(f"{self.model} {what}", self.source, wanted, found, 0.0, wanted == found)
        passed = bool(abs(float(got) - float(expected)) <= tolerance)  # false for NaN
        return Check(f"{self.model} {what}", self.source, float(expected), float(got), tolerance, passed)

    def agree(
        self, what: str, closed: Sequence[float], independent: Sequence[float], tolerance: float
    ) -> Check:
        """Check by their largest difference that a closed form and an independent computation agree."""
        worst = max((abs(float(a) - float(b)) for a, b in zip(closed, independent, strict=True)), default=0.0)
        return self(what, 0.0, worst, tolerance)


def _word(value: Value | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
