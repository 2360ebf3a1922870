"""Uncertain values: a number, or a distribution over numbers, with its unit and where it comes from.

A parameter with a distribution is *epistemic* uncertainty: it is drawn once per parameter draw, by inverse
distribution from a uniform number that is addressed by the parameter's name. In configs it is a list:

======================================  =====================================================
``[uniform, low, high]``                equally likely between `low` and `high`
``[triangular, low, mode, high]``       most likely at `mode`
``[normal, mean, sd, low, high]``       normal, truncated to `low` .. `high`
``[beta, a, b]``                        beta on 0 .. 1
``[beta, a, b, low, high]``             beta on `low` .. `high`
``[choice, x, y, ...]``                 one of these numbers, equally likely
======================================  =====================================================
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from math import isfinite
from typing import Any, ClassVar, NamedTuple

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError


@dataclass(frozen=True)
class About:
    """What a number is: its unit, its source or the reasoning behind it, and whether it is a judgement."""

    unit: str
    source: str
    assumed: bool = False


class Distribution(ABC):
    """A distribution over numbers, given by its quantiles."""

    word: ClassVar[str]
    """How it is called in configs."""

    form: ClassVar[str]
    """How it is written in configs."""

    @abstractmethod
    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values below which the shares `u` in (0, 1) of the distribution lie."""

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """The least and the greatest possible value."""

    @property
    def median(self) -> float:
        """The value that half of the distribution lies below."""
        return float(self.quantile(np.array([0.5]))[0])

    def __str__(self) -> str:
        """Return the distribution as it is written in configs."""
        return f"[{', '.join([self.word, *(f'{number:.12g}' for number in self.numbers)])}]"

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers that describe it, in the order of its config form."""
        return tuple(getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Uniform(Distribution):
    """Equally likely between `low` and `high`.

    Examples
    --------
    >>> Uniform(0.2, 0.8).median
    0.5
    """

    low: float
    high: float
    word = "uniform"
    form = "[uniform, low, high]"

    def __post_init__(self) -> None:
        _ordered(self, "low", "high")

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values below which the shares `u` in (0, 1) of the distribution lie."""
        return self.low + (self.high - self.low) * np.asarray(u)

    @property
    def support(self) -> tuple[float, float]:
        """The least and the greatest possible value."""
        return self.low, self.high


@dataclass(frozen=True)
class Triangular(Distribution):
    """Density rising linearly from `low` to `mode` and falling to `high`.

    Examples
    --------
    >>> round(Triangular(0.0, 0.5, 1.0).median, 12)
    0.5
    """

    low: float
    mode: float
    high: float
    word = "triangular"
    form = "[triangular, low, mode, high]"

    def __post_init__(self) -> None:
        _ordered(self, "low", "mode", "high")

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values below which the shares `u` in (0, 1) of the distribution lie."""
        u = np.asarray(u, dtype=np.float64)
        width, rise, fall = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(u * width * rise)
        falling = self.high - np.sqrt((1 - u) * width * fall)
        return np.where(u * width < rise, rising, falling)

    @property
    def support(self) -> tuple[float, float]:
        """The least and the greatest possible value."""
        return self.low, self.high


@dataclass(frozen=True)
class Normal(Distribution):
    """Normal with the given mean and standard deviation before truncation to `low` .. `high`."""

    mean: float
    sd: float
    low: float
    high: float
    word = "normal"
    form = "[normal, mean, sd, low, high]"

    def __post_init__(self) -> None:
        _positive(self, "sd")
        _ordered(self, "low", "high")
        if self.low > self.mean + 8 * self.sd or self.high < self.mean - 8 * self.sd:
            raise ParameterError(
                f"low .. high must come within 8 sd of the mean, got {self.low:g} .. {self.high:g}"
            )

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values below which the shares `u` in (0, 1) of the distribution lie."""
        from scipy.special import ndtr, ndtri

        # mirrored into the lower tail, where ndtr keeps its relative accuracy
        mirrored = self.low > self.mean
        sign = -1.0 if mirrored else 1.0
        ends = sorted(sign * (end - self.mean) / self.sd for end in self.support)
        below, above = ndtr(ends[0]), ndtr(ends[1])
        shares = 1 - np.asarray(u) if mirrored else np.asarray(u)
        values = self.mean + sign * self.sd * ndtri(below + (above - below) * shares)
        return np.asarray(np.clip(values, self.low, self.high))

    @property
    def support(self) -> tuple[float, float]:
        """The least and the greatest possible value."""
        return self.low, self.high


@dataclass(frozen=True)
class Beta(Distribution):
    """Beta with shapes `a` and `b`, stretched to `low` .. `high`."""

    a: float
    b: float
    low: float = 0.0
    high: float = 1.0
    word = "beta"
    form = "[beta, a, b] or [beta, a, b, low, high]"

    def __post_init__(self) -> None:
        _positive(self, "a")
        _positive(self, "b")
        _ordered(self, "low", "high")

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values below which the shares `u` in (0, 1) of the distribution lie."""
        from scipy.special import betaincinv

        return self.low + (self.high - self.low) * np.asarray(betaincinv(self.a, self.b, np.asarray(u)))

    @property
    def support(self) -> tuple[float, float]:
        """The least and the greatest possible value."""
        return self.low, self.high


@dataclass(frozen=True)
class Choice(Distribution):
    """One of some numbers, each equally likely (a number given twice is twice as likely).

    Examples
    --------
    >>> Choice((0.2, 0.3, 0.9)).median
    0.3
    """

    values: tuple[float, ...]
    word = "choice"
    form = "[choice, x, y, ...]"

    def __post_init__(self) -> None:
        if not self.values:
            raise ParameterError("needs at least one number to choose from")
        object.__setattr__(self, "values", tuple(sorted(self.values)))

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers to choose from, in rising order."""
        return self.values

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values below which the shares `u` in (0, 1) of the distribution lie."""
        place = np.ceil(np.asarray(u) * len(self.values)).astype(np.int64) - 1
        return np.array(self.values)[np.clip(place, 0, len(self.values) - 1)]

    @property
    def support(self) -> tuple[float, float]:
        """The least and the greatest possible value."""
        return self.values[0], self.values[-1]


Value = float | Distribution
"""A number, or a distribution over numbers."""

DISTRIBUTIONS: dict[str, type[Distribution]] = {
    kind.word: kind for kind in (Uniform, Triangular, Normal, Beta, Choice)
}
"""The legal distributions by their word in configs."""


class Domain(NamedTuple):
    """An interval of legal values."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def __str__(self) -> str:
        """Return the interval in mathematical notation, or in words where it has no upper end."""
        if self.high == float("inf"):
            return f"{'above' if self.low_open else 'at least'} {self.low:g}"
        return (
            f"in {'(' if self.low_open else '['}{self.low:g}, {self.high:g}{')' if self.high_open else ']'}"
        )

    def holds(self, low: float, high: float) -> bool:
        """Whether everything from `low` to `high` is legal."""
        above = low > self.low if self.low_open else low >= self.low
        below = high < self.high if self.high_open else high <= self.high
        return above and below


PROBABILITY = Domain(0, 1)
SIGNAL_PROBABILITY = Domain(0, 1, high_open=True)
DISCOUNT = Domain(0, 1, low_open=True, high_open=True)
RATE = Domain(0, float("inf"))
DURATION = Domain(0, float("inf"), low_open=True)
ANYTHING = Domain(-float("inf"), float("inf"))


def parse_value(value: Any, path: str) -> Value:
    """Return the number or distribution that a config holds at `path`.

    Raises
    ------
    ParameterError
        In one line that names `path`, what is legal there, and what was got.

    Examples
    --------
    >>> parse_value(["triangular", 0.3, 0.5, 0.8], "treaty.detection")
    Triangular(low=0.3, mode=0.5, high=0.8)
    >>> parse_value(["uniform", 0.8, 0.2], "treaty.detection")
    Traceback (most recent call last):
        ...
    sim.errors.ParameterError: treaty.detection: [uniform, low, high] needs low <= high, got [uniform, 0.8,
    0.2]
    """
    if isinstance(value, Distribution):
        return value
    if _is_number(value):
        return _finite(value, path)
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ParameterError(
            f"{path} must be a number or a distribution such as [uniform, 0.2, 0.8], got {value!r}"
        )
    shown = f"[{', '.join(str(item) for item in value)}]"
    kind = DISTRIBUTIONS.get(value[0]) if value and isinstance(value[0], str) else None
    if kind is None:
        raise ParameterError(
            f"{path} must be a number or a list that begins with one of {', '.join(DISTRIBUTIONS)}, "
            f"got {shown}"
        )
    for item in value[1:]:
        if not _is_number(item):
            raise ParameterError(f"{path}: {kind.form} takes numbers, got {shown}")
    numbers = tuple(_finite(item, path) for item in value[1:])
    try:
        return kind(numbers) if kind is Choice else kind(*numbers)
    except TypeError:
        raise ParameterError(f"{path}: write {kind.form}, got {shown}") from None
    except ParameterError as error:
        raise ParameterError(f"{path}: {kind.form} {error}, got {shown}") from None


def check_domain(value: Value, path: str, domain: Domain) -> Value:
    """Return `value` if everything that it can be is legal, else raise ParameterError.

    Examples
    --------
    >>> check_domain(1.2, "treaty.detection", PROBABILITY)
    Traceback (most recent call last):
        ...
    sim.errors.ParameterError: treaty.detection must be in [0, 1], got 1.2
    """
    low, high = value.support if isinstance(value, Distribution) else (value, value)
    if not domain.holds(low, high):
        shown = str(value) if isinstance(value, Distribution) else f"{value:.12g}"
        raise ParameterError(f"{path} must be {domain}, got {shown}")
    return value


def median_of(value: Value) -> float:
    """Return the number itself, or the distribution's median."""
    return value.median if isinstance(value, Distribution) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _finite(value: float, path: str) -> float:
    if not isfinite(value):
        raise ParameterError(f"{path} must be finite, got {value}")
    return float(value)


def _ordered(distribution: Distribution, *names: str) -> None:
    numbers = [getattr(distribution, name) for name in names]
    if any(earlier > later for earlier, later in pairwise(numbers)):
        raise ParameterError(f"needs {' <= '.join(names)}")


def _positive(distribution: Distribution, name: str) -> None:
    if not getattr(distribution, name) > 0:
        raise ParameterError(f"needs {name} > 0")
