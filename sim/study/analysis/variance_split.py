r"""How much of an outcome's variance is what we do not know, and how much is chance.

The law of total variance over parameter points p and dice: :math:`Var(Y) = Var_p(E[Y|p]) + E_p(Var(Y|p))`. What is
seen at a point is a mean over R plays, whose own error adds :math:`E_p(e_p^2)` to the first term; it is removed.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError


@dataclass(frozen=True, kw_only=True)
class VarianceSplit:
    """Epistemic and aleatory variance, the share of the first with its 95 % interval, and what was removed."""

    epistemic: float
    aleatory: float
    share: float
    share_low: float
    share_high: float
    removed: float
    points: int


def variance_split(
    means: FloatArray, errors: FloatArray, variances: FloatArray, *, resampled: int = 500, seed: int = 0
) -> VarianceSplit:
    """Return the split from each point's mean, its standard error and the variance of one play, [points] each.

    The interval resamples the points, one resample at a time: memory grows with the points, not with their product.

    Raises
    ------
    ParameterError
        If fewer than two points are whole.

    Examples
    --------
    >>> split = variance_split(np.array([0.0, 1.0]), np.zeros(2), np.zeros(2))
    >>> split.epistemic, split.aleatory, split.share
    (0.5, 0.0, 1.0)
    """
    columns = np.stack([np.asarray(each, dtype=np.float64) for each in (means, errors, variances)])
    columns = columns[:, np.isfinite(columns).all(axis=0)]
    count = columns.shape[1]
    if count < 2:
        raise ParameterError(f"a variance split needs at least 2 points, got {count}")
    generator = np.random.default_rng(seed)
    shares = [_split(columns[:, generator.integers(0, count, count)])[2] for _ in range(resampled)]
    epistemic, aleatory, share = _split(columns)
    low, high = np.quantile(shares, [0.025, 0.975])
    return VarianceSplit(
        epistemic=epistemic,
        aleatory=aleatory,
        share=share,
        share_low=float(low),
        share_high=float(high),
        removed=float((columns[1] ** 2).mean()),
        points=count,
    )


def bernoulli_variance(means: FloatArray, errors: FloatArray) -> FloatArray:
    """Return the variance of one play of an event, p (1 - p), from its observed share and that share's error.

    The observed m (1 - m) is too small by the square of the error, which is added.
    """
    means = np.asarray(means, dtype=np.float64)
    return np.asarray(means * (1 - means) + np.asarray(errors, dtype=np.float64) ** 2)


def _split(columns: FloatArray) -> tuple[float, float, float]:
    means, errors, variances = columns
    between = max(float(means.var(ddof=1) - (errors**2).mean()), 0.0)
    within = float(variances.mean())
    total = between + within
    return between, within, between / total if total > 0 else 0.0
