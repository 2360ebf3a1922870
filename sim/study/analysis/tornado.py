"""What each parameter alone does: from one-at-a-time points, or read off a sample.

One at a time shows no interaction: a parameter may do nothing at the baseline and much elsewhere. Read off a
sample, a bar compares the mean outcome over the lowest and highest tenth of a parameter, all others varying.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError

TAIL = 0.1


@dataclass(frozen=True, eq=False, kw_only=True)
class Tornado:
    """Outcomes at the low and high end of each parameter, widest first.

    Attributes
    ----------
    names [k]
    low, high [k] : outcomes there ; low_error, high_error [k] : their standard errors
    middle : outcome at the baseline, or the mean over the sample
    sampled : whether ends are tenths of a sample
    """

    names: tuple[str, ...]
    low: FloatArray
    high: FloatArray
    low_error: FloatArray
    high_error: FloatArray
    middle: float
    sampled: bool


def tornado(
    x: FloatArray, y: FloatArray, errors: FloatArray, names: tuple[str, ...], baseline: FloatArray
) -> Tornado:
    """Return the tornado of a one-at-a-time design around `baseline` [k].

    Raises
    ------
    ParameterError
        If no point is the baseline.
    """
    x, y, errors = (np.asarray(each, dtype=np.float64) for each in (x, y, errors))
    differs = ~np.isclose(x, baseline, rtol=1e-12, atol=0)
    alone = differs.sum(axis=1)
    home = np.flatnonzero((alone == 0) & np.isfinite(y))
    if not home.size:
        raise ParameterError("a tornado needs the baseline among its points")
    ends = []
    for i in range(len(names)):
        mine = np.flatnonzero((alone <= 1) & (differs[:, i] | (alone == 0)) & np.isfinite(y))
        ends.append((mine[x[mine, i].argmin()], mine[x[mine, i].argmax()]))
    low, high = (np.array([pair[k] for pair in ends]) for k in range(2))
    return _sorted(
        names,
        (y[low], y[high], errors[low], errors[high]),
        float(y[home[0]]),
        sampled=False,
    )


def sampled_tornado(x: FloatArray, y: FloatArray, names: tuple[str, ...]) -> Tornado:
    """Return the mean outcome over the lowest and the highest tenth of each parameter's values.

    Raises
    ------
    ParameterError
        If fewer than 20 points are whole.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    whole = np.isfinite(y)
    x, y = x[whole], y[whole]
    if len(y) < 20:
        raise ParameterError(f"tenths of a sample need at least 20 points, got {len(y)}")
    cells = []
    for i in range(x.shape[1]):
        below, above = np.quantile(x[:, i], [TAIL, 1 - TAIL])
        parts = [y[x[:, i] <= below], y[x[:, i] >= above]]
        means = [float(part.mean()) for part in parts]
        spreads = [float(part.std() / np.sqrt(len(part))) for part in parts]
        cells.append((*means, *spreads))
    return _sorted(names, tuple(np.array(cells).T), float(y.mean()), sampled=True)


def _sorted(
    names: tuple[str, ...], columns: tuple[FloatArray, ...], middle: float, *, sampled: bool
) -> Tornado:
    low, high, low_error, high_error = columns
    order = np.argsort(-np.abs(high - low), kind="stable")
    return Tornado(
        names=tuple(names[k] for k in order),
        low=sealed(low[order]),
        high=sealed(high[order]),
        low_error=sealed(low_error[order]),
        high_error=sealed(high_error[order]),
        middle=middle,
        sampled=sampled,
    )
