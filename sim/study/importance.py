r"""Weighted draws: how much they are worth, and whether an average over them can be trusted.

Draws come from a mixture of proposals in the unit cube, where the prior is uniform:
:math:`q(u) = \sum_r (n_r / N) q_r(u)`, and weigh :math:`w = L(u) / q(u)`. The effective sample size is
:math:`(\sum w)^2 / \sum w^2`. The tail of the weights is fitted by a generalised Pareto distribution whose shape k
tells whether their variance exists: above 0.7 no average over them can be trusted, whatever their number.

Sources: Owen & Zhou (2000), JASA 95 (mixtures of proposals); Cornuet et al. (2012), Scand. J. Statist. 39
(adaptive multiple importance sampling); Vehtari, Simpson, Gelman, Yao & Gabry (2024), JMLR 25 (k and its
thresholds); Zhang & Stephens (2009), Technometrics 51 (the fit).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError

BOUNDED = 0.7
"""Largest Pareto shape with which averages are trusted."""


@dataclass(frozen=True, kw_only=True)
class BetaProposal:
    """Independent beta distributions over some coordinates of the unit cube; the others are uniform.

    Attributes
    ----------
    a, b [P] : shapes, at least 1 each, so that the density is bounded
    prior_share : float, share of draws that come from the prior all the same, so that no weight can explode
    """

    a: FloatArray
    b: FloatArray
    prior_share: float = 0.3

    def density(self, u: FloatArray) -> FloatArray:
        """Return the density at `u` [N, P] relative to the prior, [N]."""
        from scipy.special import betaln

        clipped = np.clip(u, 1e-12, 1 - 1e-12)
        logs = (self.a - 1) * np.log(clipped) + (self.b - 1) * np.log1p(-clipped) - betaln(self.a, self.b)
        density: FloatArray = self.prior_share + (1 - self.prior_share) * np.exp(logs.sum(axis=1))
        return density

    def points(self, uniforms: FloatArray, choice: FloatArray) -> FloatArray:
        """Return points [N, P] from independent `uniforms` [N, P] and `choice` [N] of prior or betas."""
        from scipy.special import betaincinv

        from_betas = betaincinv(self.a, self.b, uniforms)
        points: FloatArray = np.where((choice < self.prior_share)[:, None], uniforms, from_betas)
        return points


def fit_proposal(u: FloatArray, weights: FloatArray, *, spread: float = 1.5) -> BetaProposal:
    """Return betas with the weighted means of `u` [N, P] and `spread` times its variances, never narrower than those.

    Examples
    --------
    >>> flat = fit_proposal(np.linspace(0.001, 0.999, 999)[:, None], np.ones(999))
    >>> flat.a.round(2).tolist(), flat.b.round(2).tolist()
    ([1.0], [1.0])
    """
    share = weights / weights.sum()
    mean = share @ u
    variance = np.minimum(spread * (share @ (u - mean) ** 2), mean * (1 - mean) * 0.999)
    total = mean * (1 - mean) / np.maximum(variance, 1e-4) - 1
    return BetaProposal(a=np.maximum(mean * total, 1.0), b=np.maximum((1 - mean) * total, 1.0))


def effective_size(weights: FloatArray) -> float:
    """Return the number of equally weighted draws that `weights` are worth.

    Examples
    --------
    >>> effective_size(np.array([1.0, 1.0, 0.0, 0.0]))
    2.0
    """
    total = float(weights.sum())
    return total**2 / float((weights**2).sum()) if total > 0 else 0.0


def temper(log_weights: FloatArray, wanted: float) -> float:
    """Return the largest exponent up to 1 at which `log_weights` are worth at least `wanted` draws."""
    low, high = 0.0, 1.0
    shifted = log_weights - log_weights.max()
    if effective_size(np.exp(shifted)) >= wanted:
        return 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if effective_size(np.exp(middle * shifted)) >= wanted else (low, middle)
    return low


def smoothed(log_weights: FloatArray) -> tuple[FloatArray, float]:
    """Return normalised weights with their tail smoothed, and the tail's Pareto shape k.

    The largest ``min(N / 5, 3 sqrt(N))`` weights are replaced by expected order statistics of the fitted
    distribution, none above the largest raw one. With fewer than five in the tail k is infinite.

    Raises
    ------
    ParameterError
        If no weight is positive.
    """
    if not np.isfinite(log_weights).any():
        raise ParameterError("no draw gives what was observed any probability: there is nothing to weigh")
    raw = np.exp(log_weights - log_weights.max())
    size = len(raw)
    tail = int(np.ceil(min(size / 5, 3 * np.sqrt(size))))
    order = np.argsort(raw, kind="stable")
    cut = raw[order[-tail - 1]] if size > tail else 0.0
    excess = raw[order[-tail:]] - cut
    if tail < 5 or not excess[-1] > 0:
        return raw / raw.sum(), float("inf")
    k, sigma = _pareto(np.maximum(excess, 1e-300))
    ranks = (np.arange(tail) + 0.5) / tail
    expected = -sigma * np.log1p(-ranks) if abs(k) < 1e-9 else sigma / k * np.expm1(-k * np.log1p(-ranks))
    weights = raw.copy()
    weights[order[-tail:]] = np.minimum(cut + expected, 1.0)
    return weights / weights.sum(), k


def weighted_quantiles(values: FloatArray, weights: FloatArray, levels: Sequence[float]) -> FloatArray:
    """Return the quantiles of weighted draws.

    Examples
    --------
    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0]), [0.5]).tolist()
    [2.0]
    """
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    places = np.searchsorted(below, np.asarray(levels) * below[-1] - 1e-12)
    return np.asarray(values[order][np.clip(places, 0, len(values) - 1)])


def _pareto(excess: FloatArray) -> tuple[float, float]:
    """Return shape and scale of a generalised Pareto distribution fitted to rising `excess` (Zhang & Stephens)."""
    size = len(excess)
    grid = 30 + int(np.sqrt(size))
    quartile = excess[max(int(size / 4 + 0.5) - 1, 0)]
    theta = 1 / excess[-1] + (1 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))) / (3 * quartile)
    k = np.log1p(-theta[:, None] * excess).mean(axis=1)
    profile = size * (np.log(-theta / k) - k - 1)
    share = 1 / np.exp(profile - profile[:, None]).sum(axis=1)
    best = float((theta * share).sum())
    shape = float(np.log1p(-best * excess).mean())
    sigma = -shape / best
    # a weak prior towards one half, worth ten observations, as Vehtari et al. advise
    return (shape * size + 0.5 * 10) / (size + 10), sigma
