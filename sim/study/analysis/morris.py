r"""Morris's elementary effects: which parameters matter at all, at few points (Morris 1991).

Along a trajectory neighbouring points differ in one parameter i by Δ (a share of its range), and the elementary
effect is :math:`d_i = (y' - y) / Δ`. Over trajectories μ* is the mean of |d_i| (Campolongo et al. 2007), μ the mean
and σ the deviation of d_i: a large σ beside μ* says that the effect depends on where the others stand.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.study.estimates import Z95


@dataclass(frozen=True, eq=False, kw_only=True)
class ElementaryEffects:
    """Elementary effects over trajectories, in units of the outcome for a move across the whole range.

    Attributes
    ----------
    names : of the parameters
    mu_star, mu, sigma [k]
    mu_star_low, mu_star_high [k] : 95 % interval
    trajectories : used; `dropped` had a point that failed
    """

    names: tuple[str, ...]
    mu_star: FloatArray
    mu_star_low: FloatArray
    mu_star_high: FloatArray
    mu: FloatArray
    sigma: FloatArray
    trajectories: int
    dropped: int


def elementary_effects(
    x: FloatArray, y: FloatArray, names: tuple[str, ...], low: FloatArray, high: FloatArray
) -> ElementaryEffects:
    """Return the elementary effects of outcome `y` [points] at trajectories `x` [points, k] within low .. high.

    Raises
    ------
    ParameterError
        If points do not form trajectories of k + 1 rows that differ in one parameter each, or fewer than two
        trajectories are whole.
    """
    count = len(names)
    width = np.asarray(high, dtype=np.float64) - np.asarray(low, dtype=np.float64)
    if len(x) != len(y) or len(y) % (count + 1):
        raise ParameterError(
            f"a Morris design of {count} parameters has a multiple of {count + 1} points, got {len(y)}"
        )
    paths = ((np.asarray(x) - low) / np.where(width > 0, width, 1.0)).reshape(-1, count + 1, count)
    values = np.asarray(y, dtype=np.float64).reshape(-1, count + 1)
    steps = np.diff(paths, axis=1)
    moved = np.abs(steps) > 1e-9
    if not ((moved.sum(axis=2) == 1).all() and (moved.sum(axis=1) == 1).all()):
        raise ParameterError("every step of a Morris trajectory must move one parameter, each once")
    which = moved.argmax(axis=2)
    size = np.take_along_axis(steps, which[..., None], axis=2)[..., 0]
    effects = np.empty((len(paths), count))
    np.put_along_axis(effects, which, np.diff(values, axis=1) / size, axis=1)
    whole = np.isfinite(effects).all(axis=1)
    effects = effects[whole]
    if len(effects) < 2:
        raise ParameterError(
            f"elementary effects need two trajectories without a failure, got {len(effects)}"
        )
    sizes = np.abs(effects)
    reach = Z95 * sizes.std(axis=0, ddof=1) / np.sqrt(len(sizes))
    return ElementaryEffects(
        names=tuple(names),
        mu_star=sealed(sizes.mean(axis=0)),
        mu_star_low=sealed(np.maximum(sizes.mean(axis=0) - reach, 0.0)),
        mu_star_high=sealed(sizes.mean(axis=0) + reach),
        mu=sealed(effects.mean(axis=0)),
        sigma=sealed(effects.std(axis=0, ddof=1)),
        trajectories=len(effects),
        dropped=int((~whole).sum()),
    )
