"""Numbers moved relative to what they are: scaled or shifted, distributions as a whole."""

from dataclasses import replace

from sim.errors import ParameterError
from sim.model.uncertain import Beta, Choice, Normal, Triangular, Uniform, Value


def scaled(value: Value, factor: float) -> Value:
    """Return `value` times `factor`, which is at least 0; a distribution keeps its shape.

    Examples
    --------
    >>> scaled(Triangular(0.25, 0.5, 1.0), 2)
    Triangular(low=0.5, mode=1.0, high=2.0)
    >>> scaled(0.25, 0.4)
    0.1
    """
    if not factor >= 0:
        raise ParameterError(f"a factor must be at least 0, got {factor:g}")
    if isinstance(value, float | int):
        return value * factor
    if factor == 0:
        return 0.0
    match value:
        case Uniform(low, high):
            return Uniform(low * factor, high * factor)
        case Triangular(low, mode, high):
            return Triangular(low * factor, mode * factor, high * factor)
        case Normal(mean, sd, low, high):
            return Normal(mean * factor, sd * factor, low * factor, high * factor)
        case Beta():
            return replace(value, low=value.low * factor, high=value.high * factor)
        case Choice(values):
            return Choice(tuple(each * factor for each in values))
    raise ParameterError(f"{value} cannot be scaled")


def shifted(value: Value, by: float) -> Value:
    """Return `value` plus `by`; a distribution keeps its shape.

    Examples
    --------
    >>> shifted(Uniform(0.25, 0.5), 0.25)
    Uniform(low=0.5, high=0.75)
    """
    match value:
        case float() | int():
            return value + by
        case Uniform(low, high):
            return Uniform(low + by, high + by)
        case Triangular(low, mode, high):
            return Triangular(low + by, mode + by, high + by)
        case Normal(mean, sd, low, high):
            return Normal(mean + by, sd, low + by, high + by)
        case Beta():
            return replace(value, low=value.low + by, high=value.high + by)
        case Choice(values):
            return Choice(tuple(each + by for each in values))
    raise ParameterError(f"{value} cannot be shifted")
