r"""How probable an observed path is where types are drawn: the mean over types, weighted by what the path taught.

With `w_c` the probability of combination `c` of types and `p_{c,t}` that of period `t` given what was seen before,

.. math:: P(o_t \mid o_0 … o_{t-1}) = \frac{\sum_c w_c \prod_{s \le t} p_{c,s}}{\sum_c w_c \prod_{s < t} p_{c,s}}.
"""

from collections.abc import Sequence

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.engine.filtering import FilteredPath


def filtered_mixture(parts: Sequence[FilteredPath], weights: FloatArray) -> FilteredPath:
    """Return the path seen through the mixture of types.

    Parameters
    ----------
    parts : the path seen through the game and profile of each combination of types
    weights [D, combinations] : their probabilities in every draw
    """
    if len(parts) == 1:
        return parts[0]
    each = np.stack([part.probability for part in parts])  # combinations, draws, periods
    before = np.ones_like(each)
    before[..., 1:] = np.cumprod(each, axis=-1)[..., :-1]
    taught = weights.T[..., None] * before
    total = taught.sum(axis=0)
    taught = np.divide(taught, total, out=np.zeros_like(taught), where=total > 0)

    def mean(values: Sequence[FloatArray]) -> FloatArray:
        stacked = np.stack(values)
        shares = taught.reshape(*taught.shape, *[1] * (stacked.ndim - taught.ndim))
        return sealed((shares * stacked).sum(axis=0))

    expected = []
    for t, shares in enumerate(zip(*(part.expected for part in parts), strict=True)):
        pairs = {pair: None for share in shares for pair in share}
        expected.append(
            {
                pair: sum(taught[c, :, t] * share[pair] for c, share in enumerate(shares) if pair in share)
                + np.zeros(len(weights))
                for pair in pairs
            }
        )
    return FilteredPath(
        probability=mean([part.probability for part in parts]),
        alternative=mean([part.alternative for part in parts]),
        breach=mean([part.breach for part in parts]),
        environment=mean([part.environment for part in parts]),
        expected=tuple(expected),
    )


__all__ = ["filtered_mixture"]
