r"""An escape clause with a penalty (AT-10, stylised after Rosendorff & Milner 2001).

Each period a shock ε ~ U[0, E] makes breaking the rule worth g + ε; whoever uses the clause pays k to the
partner, who suffers L.  The value per period is :math:`R + E[(g+ε-k)^+] + \Pr(g+ε>k)\,(k-L)`, largest at k
= L: the penalty should equal the harm (Pigou).

References
----------
Rosendorff & Milner (2001), The optimal design of international trade institutions, International
Organization 55.
"""

import numpy as np


def per_period_value(penalty: float, *, reward: float, gain: float, harm: float, shock: float) -> float:
    """Return the value per period under penalty k.

    Examples
    --------
    >>> per_period_value(3, reward=3, gain=0.5, harm=3, shock=4)
    3.28125
    """
    cut = min(max(penalty - gain, 0.0), shock)  # shocks above it use the clause
    used = (shock - cut) / shock
    mean_surplus = (
        ((gain + shock - penalty) ** 2 - max(gain - penalty, 0.0) ** 2) / (2 * shock) if used else 0.0
    )
    return reward + mean_surplus + used * (penalty - harm)


def use_probability(penalty: float, *, gain: float, shock: float) -> float:
    """Return the probability that the clause is used in a period."""
    return min(max((gain + shock - penalty) / shock, 0.0), 1.0)


def by_integration(
    penalty: float, *, reward: float, gain: float, harm: float, shock: float, points: int = 400_000
) -> tuple[float, float]:
    """Return (value per period, probability of use) by summing over a fine grid of shocks."""
    shocks = (np.arange(points) + 0.5) * shock / points
    use = gain + shocks > penalty
    value = reward + np.where(use, gain + shocks - penalty + penalty - harm, 0.0)
    return float(value.mean()), float(use.mean())


def best_penalty_by_search(*, reward: float, gain: float, harm: float, shock: float) -> float:
    """Return the best penalty on a grid of thousandths of the harm, by the integrated value."""
    grid = np.linspace(0.0, 2 * harm, 2001)
    known = {"reward": reward, "gain": gain, "harm": harm, "shock": shock}
    values = [by_integration(float(k), points=4000, **known)[0] for k in grid]
    best = np.flatnonzero(np.asarray(values) >= max(values) - 1e-12)
    return float(grid[best].mean())


def self_enforcing_slack(
    penalty: float,
    *,
    reward: float,
    punishment: float,
    gain: float,
    harm: float,
    shock: float,
    discount: float,
) -> float:
    """Return δ (V − V_P) − k: what paying is better than losing the treaty for ever."""
    value = per_period_value(penalty, reward=reward, gain=gain, harm=harm, shock=shock)
    return discount * (value - punishment) / (1 - discount) - penalty
