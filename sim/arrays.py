"""Sealed arrays: the data that frozen dataclasses carry.

Axes stand in this order, absent ones left out:
``[games, replications, periods, states, players, *actions]``.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import ParameterError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def sealed(values: Any, dtype: Any = np.float64) -> NDArray[Any]:
    """Return a read-only, contiguous copy of `values`.

    Examples
    --------
    >>> sealed([1, 2]).flags.writeable
    False
    """
    array = np.array(values, dtype=dtype, order="C")
    array.setflags(write=False)
    return array


def finite(values: Any, name: str) -> FloatArray:
    """Return a sealed float array; raise ParameterError naming `name` and the first value that is not finite.

    Examples
    --------
    >>> finite([1.0, float("nan")], "payoffs")
    Traceback (most recent call last):
        ...
    sim.errors.ParameterError: payoffs must be finite numbers, got nan at index (1,)
    """
    try:
        given = np.asarray(values)
        array = np.array(0.0 if np.iscomplexobj(given) else given, dtype=np.float64, order="C")
    except (TypeError, ValueError) as error:
        raise ParameterError(f"{name} must be a rectangular array of numbers: {error}") from None
    if np.iscomplexobj(given):
        raise ParameterError(f"{name} must be real numbers, got complex ones")
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        where = tuple(int(k) for k in bad[0])
        raise ParameterError(f"{name} must be finite numbers, got {array[where]} at index {where}")
    array.setflags(write=False)
    return array
