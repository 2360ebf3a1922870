"""A column of a design: one parameter that a study varies, and what it may be.

In a study's file a column is written as

======================================  ==========================================================
``[0.2, 0.5, 0.8]``                     these values
``[range, low, high, count]``           so many values, evenly spaced, ends included
``[uniform, 0.2, 0.8]``                 a distribution, as everywhere in the configs
``prior``                               the distribution that the scenario itself gives
``[tit_for_tat, grim_trigger]``         names: a strategy, a reading, or what else the key takes
======================================  ==========================================================
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError
from sim.model.uncertain import DISTRIBUTIONS, Distribution, Value, parse_value

LEVER, UNCERTAINTY = "lever", "uncertainty"
PRIOR, RANGE = "prior", "range"
FORM = (
    "a list of values, [range, low, high, count], a distribution such as [uniform, 0.2, 0.8], or prior, "
    "the scenario's own distribution"
)

Level = float | str | bool


@dataclass(frozen=True, kw_only=True)
class Column:
    """One parameter of a design.

    Attributes
    ----------
    path : str, config path
    kind : ``lever``, what somebody could choose, or ``uncertainty``, what nobody can
    law : Distribution or None
    levels : the values that it takes, in place of a law
    """

    path: str
    kind: str
    law: Distribution | None = None
    levels: tuple[Level, ...] = ()

    def __post_init__(self) -> None:
        if (self.law is None) == (not self.levels):
            raise ParameterError(f"{self.path} must have values or a distribution")
        if len(set(map(str, self.levels))) != len(self.levels):
            raise ParameterError(f"{self.path} must take different values, got {_shown(self.levels)}")

    @property
    def named(self) -> bool:
        """Whether its levels are names or truth values: a design then holds their places."""
        return any(isinstance(level, str | bool) for level in self.levels)

    @property
    def codes(self) -> FloatArray:
        """What a design holds for each level, [levels]."""
        held: list[float] = [*range(len(self.levels))] if self.named else [float(x) for x in self.levels]
        return np.array(held, np.float64)

    @property
    def range(self) -> tuple[float, float]:
        """Ends of what a design can hold."""
        if self.law is not None:
            return self.law.support
        return float(self.codes.min()), float(self.codes.max())

    def at(self, u: FloatArray) -> FloatArray:
        """Return what stands at the shares `u` in [0, 1] of the law, or of the levels taken as equally likely."""
        if self.law is not None:
            return np.asarray(self.law.quantile(u), np.float64)
        place = np.floor(np.asarray(u) * len(self.levels)).astype(np.int64)
        return self.codes[np.clip(place, 0, len(self.levels) - 1)]

    def level_of(self, code: float) -> Level:
        """Return the value that a design's number stands for."""
        return self.levels[int(code)] if self.named else float(code)

    def code_of(self, level: Level) -> float:
        """Return the number that stands for `level` in a design; a name that is no level is -1."""
        if not self.named:
            return float(level)
        found = [place for place, own in enumerate(self.levels) if str(own) == str(level)]
        return float(found[0]) if found else -1.0


def parse_columns(
    uncertainties: Mapping[str, Any], levers: Mapping[str, Any], numbers: Mapping[str, Value]
) -> tuple[Column, ...]:
    """Return the columns that a study's file describes; `numbers` are the scenario's, by config path.

    Raises
    ------
    ParameterError
        If there is none, one is both, or one is badly written.

    Examples
    --------
    >>> parse_columns({}, {"treaty.detection": ["range", 0.2, 0.8, 4]}, {})[0].levels
    (0.2, 0.4, 0.6, 0.8)
    """
    both = sorted(set(uncertainties) & set(levers))
    if both:
        raise ParameterError(
            f"{both[0]} must be either under study.uncertainties or under study.levers, got both"
        )
    if not uncertainties and not levers:
        raise ParameterError("study must vary something: give study.uncertainties or study.levers")
    return tuple(
        parse_column(path, kind, content, numbers.get(path))
        for kind, group in ((UNCERTAINTY, uncertainties), (LEVER, levers))
        for path, content in group.items()
    )


def parse_column(path: str, kind: str, content: Any, own: Value | None) -> Column:
    """Return one column; `own` is what the scenario holds at `path`."""
    where = f"study.{'levers' if kind == LEVER else 'uncertainties'}: {path}"
    if content == PRIOR:
        if not isinstance(own, Distribution):
            raise ParameterError(f"{where} must have a distribution in the scenario to be prior, got {own}")
        return Column(path=path, kind=kind, law=own)
    if not isinstance(content, Sequence) or isinstance(content, str) or not content:
        raise ParameterError(f"{where} must be {FORM}; got {content!r}")
    if content[0] == RANGE:
        return Column(path=path, kind=kind, levels=_spaced(content[1:], where))
    if content[0] in DISTRIBUTIONS:
        law = parse_value(list(content), where)
        assert isinstance(law, Distribution)
        if law.support[0] == law.support[1]:
            raise ParameterError(f"{where} must vary, got {law}")
        return Column(path=path, kind=kind, law=law)
    for level in content:
        if not isinstance(level, int | float | str) or (isinstance(level, float) and not isfinite(level)):
            raise ParameterError(f"{where} must be {FORM}; got {_shown(content)}")
    if len({isinstance(level, str | bool) for level in content}) > 1:
        raise ParameterError(f"{where} must hold numbers only or names only, got {_shown(content)}")
    plain = [level if isinstance(level, str | bool) else float(level) for level in content]
    return Column(path=path, kind=kind, levels=tuple(plain))


def _spaced(content: Sequence[Any], where: str) -> tuple[float, ...]:
    numbers = [item for item in content if isinstance(item, int | float) and not isinstance(item, bool)]
    if len(content) != 3 or len(numbers) != 3 or numbers[2] != int(numbers[2]) or numbers[2] < 2:
        raise ParameterError(
            f"{where} must be [range, low, high, count] with a count of 2 or more, "
            f"got {_shown((RANGE, *content))}"
        )
    low, high, count = float(numbers[0]), float(numbers[1]), int(numbers[2])
    if not low < high or not isfinite(high - low):
        raise ParameterError(
            f"{where}: [range, low, high, count] needs low < high, got {_shown((RANGE, *content))}"
        )
    steps = np.arange(count) / (count - 1)
    return tuple(float(f"{value:.12g}") for value in low + (high - low) * steps)


def _shown(items: Sequence[Any]) -> str:
    return f"[{', '.join(str(item) for item in items)}]"
