"""Whether a number has settled: any statistic on growing parts of what it was computed from.

Parts are the first n items (plays, draws, or rows of a Sobol' design, whose beginnings are designs themselves),
n doubling. A number has *settled* if every later estimate from half of the items on lies within its interval.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.arrays import BoolArray, FloatArray, IntArray, sealed
from sim.errors import ParameterError
from sim.study.estimates import Z95

Statistic = Callable[[int], tuple[float, float, float]]
"""The number, low and high end of its interval, from the first n items."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Convergence:
    """One number against the number of items that it is computed from.

    Attributes
    ----------
    name : what the number is
    counts [steps] ; estimates, low, high [steps]
    settled : whether the last interval holds the estimate from half of the items
    needed : items at which the half width would be a tenth of the value, by the root law; None if it already is,
        or cannot be told
    """

    name: str
    counts: IntArray
    estimates: FloatArray
    low: FloatArray
    high: FloatArray
    settled: bool
    needed: int | None


def converge(name: str, total: int, statistic: Statistic, *, steps: int = 6) -> Convergence:
    """Return how a number settles over 2^-steps … 1 of `total` items.

    Examples
    --------
    >>> made = converge("constant", 64, lambda n: (1.0, 1.0 - 1 / n, 1.0 + 1 / n), steps=3)
    >>> made.counts.tolist(), made.settled, made.needed
    ([8, 16, 32, 64], True, None)
    """
    if total < 2:
        raise ParameterError(f"convergence needs at least 2 items, got {total}")
    counts = np.unique([max(total >> k, 2) for k in range(steps + 1)])
    rows = np.array([statistic(int(count)) for count in counts])
    estimate, low, high = rows[-1]
    half = (high - low) / 2
    before = rows[-2, 0] if len(rows) > 1 else estimate
    wanted = 0.1 * abs(estimate)
    unsettled = np.isfinite(half) and half > wanted > 0
    needed = int(np.ceil(total * (half / wanted) ** 2)) if unsettled else None
    return Convergence(
        name=name,
        counts=sealed(counts, np.int64),
        estimates=sealed(rows[:, 0]),
        low=sealed(rows[:, 1]),
        high=sealed(rows[:, 2]),
        settled=bool(low - 1e-12 <= before <= high + 1e-12),
        needed=needed,
    )


def running_mean(samples: FloatArray, *, common: float = 0.0) -> Statistic:
    """Return the statistic of the mean of the first n finite `samples`, independent, with its interval.

    Parameters
    ----------
    common : float
        Standard error that all samples share, such as that of the same dice: no number of samples makes it smaller.
    """
    values = np.asarray(samples, dtype=np.float64)
    whole: BoolArray = np.isfinite(values)
    values = values[whole]

    def mean(count: int) -> tuple[float, float, float]:
        part = values[: max(min(count, len(values)), 1)]
        middle = float(part.mean())
        own = float(part.std(ddof=1)) / np.sqrt(len(part)) if len(part) > 1 else np.inf
        reach = Z95 * float(np.hypot(own, common))
        return middle, middle - reach, middle + reach

    return mean
