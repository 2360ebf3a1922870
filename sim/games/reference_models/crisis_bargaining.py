r"""Why wars start: take it or leave it, and commitment (AT-13, AT-14).

**Take it or leave it** (Fearon 1995): state 1 demands x of a pie of 1; war gives it p and costs c₁ and c₂,
with c₂ ~ U[0, C] private.  It demands :math:`x^* = p + (C - c_1)/2`, and war follows with probability
:math:`(C - c_1)/(2C)`, when that is interior.

**Commitment** (Fearon 1995, Powell 2006): state 1's power is about to fall from p₁ to p₂, and nothing that
state 2 promises for later binds it.  State 1 breaks the peace now exactly if
:math:`δ (p_1 - p_2) > (1-δ)(1-p_1) + c_1 + δ c_2`.

References
----------
Fearon (1995), Rationalist explanations for war, International Organization 49, 379-414.
Powell (2006), War as a commitment problem, International Organization 60, 169-203.
"""

import numpy as np


def best_demand(power: float, own_cost: float, largest_cost: float) -> tuple[float, float]:
    """Return (demand, probability of war) when the other's cost is uniform on [0, `largest_cost`].

    Examples
    --------
    >>> demand, war = best_demand(0.5, 0.1, 0.4)
    >>> round(demand, 9), round(war, 9)
    (0.65, 0.375)
    """
    risk = max(0.0, (largest_cost - own_cost) / (2 * largest_cost))
    return power + risk * largest_cost, risk


def demand_by_search(
    power: float, own_cost: float, largest_cost: float, *, points: int = 400_001
) -> tuple[float, float]:
    """Return the same by trying every demand on a grid."""
    demands = np.linspace(power, min(1.0, power + largest_cost), points)
    war = np.clip((demands - power) / largest_cost, 0.0, 1.0)  # the other fights if x - p exceeds its cost
    values = (1 - war) * demands + war * (power - own_cost)
    best = int(np.argmax(values))
    return float(demands[best]), float(war[best])


def breaks_the_peace(
    power: float, later_power: float, own_cost: float, other_cost: float, discount: float
) -> bool:
    """Return whether the state whose power is falling fights now.

    Examples
    --------
    >>> breaks_the_peace(0.7, 0.3, 0.1, 0.1, 0.9), breaks_the_peace(0.7, 0.3, 0.2, 0.2, 0.9)
    (True, False)
    """
    shift = discount * (power - later_power)
    return shift > (1 - discount) * (1 - power) + own_cost + discount * other_cost


def breaks_by_payoffs(
    power: float,
    later_power: float,
    own_cost: float,
    other_cost: float,
    discount: float,
    *,
    horizon: int = 4000,
) -> bool:
    """Return the same by adding up both courses period by period.

    War now: the pie for ever with probability p₁, less the cost.  Peace: the whole pie now at the best, and
    later what the other concedes to a state of power p₂, its war value plus the other's cost saved.  Values
    are averages per period, costs are paid on that scale.
    """
    weights = (1 - discount) * discount ** np.arange(horizon)
    war = power * weights.sum() - own_cost
    concession = later_power + other_cost  # the most that the other gives later rather than fight
    peace = weights[0] * 1.0 + weights[1:].sum() * concession
    return bool(war > peace)
