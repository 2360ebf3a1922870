r"""Audience costs and the ultimatum (AT-15, AT-22; stylised after Fearon 1994 and Schelling 1960).

A threat is carried out if fighting, :math:`p V - w`, is no worse than backing down, −a, with w ~ U[0, C]
private: the threat is credible with probability :math:`c(a) = \min(1, (pV + a)/C)`.  While audience costs
grow by a per period, a side is locked in once they reach its w: the horizon is :math:`\min_i w_i / a_i`.
The target complies exactly if its benefit of violating is at most c(a) times its loss from punishment; the
length of an ultimatum matters only through what accrues during it.

References
----------
Fearon (1994), Domestic political audiences and the escalation of international disputes, APSR 88, 577-592.
Schelling (1960), The Strategy of Conflict.
"""

from collections.abc import Sequence

import numpy as np

from sim.arrays import sealed
from sim.games.extensive import Chance, Decision, ExtensiveGame, Terminal


def credibility(stakes: float, audience_cost: float, largest_cost: float) -> float:
    """Return the probability that the threat is carried out; `stakes` is p V.

    Examples
    --------
    >>> round(credibility(0.5, 0.2, 0.8), 6)
    0.875
    """
    return min(1.0, max(0.0, (stakes + audience_cost) / largest_cost))


def credibility_by_types(
    stakes: float, audience_cost: float, largest_cost: float, *, types: int = 400_000
) -> float:
    """Return the same as the share of evenly spaced types that prefer to carry the threat out."""
    costs = (np.arange(types) + 0.5) * largest_cost / types
    return float((stakes - costs >= -audience_cost).mean())


def lock_in_horizon(war_costs: Sequence[float], growth: Sequence[float]) -> float:
    """Return when the first side can no longer back down.

    Examples
    --------
    >>> round(lock_in_horizon([0.6, 0.6], [0.05, 0.1]), 9)
    6.0
    """
    return min(cost / rate for cost, rate in zip(war_costs, growth, strict=True))


def lock_in_by_counting(war_costs: Sequence[float], growth: Sequence[float], *, step: float = 1e-3) -> float:
    """Return the same by letting the clock run in steps of `step`."""
    ticks = 0
    while all(ticks * step * rate < cost - 1e-12 for cost, rate in zip(war_costs, growth, strict=True)):
        ticks += 1
    return ticks * step


def complies(benefit: float, loss: float, credible: float) -> bool:
    """Return whether the target of the ultimatum complies: benefit of violating ≤ credibility × loss."""
    return benefit <= credible * loss


def ultimatum_tree(
    benefit: float, loss: float, *, stakes: float, audience_cost: float, largest_cost: float, types: int = 200
) -> ExtensiveGame:
    """Return the ultimatum as a tree with `types` equally likely costs of the threatener (player 1).

    The target (player 0) complies or violates; the threatener, who alone knows its cost, punishes or backs
    down.
    """
    costs = (np.arange(types) + 0.5) * largest_cost / types
    answers = tuple(
        Decision(
            0,
            "target",
            (
                Terminal(sealed([0.0, 0.0]), "complied"),
                Decision(
                    1,
                    f"cost {cost:.6f}",
                    (
                        Terminal(sealed([benefit - loss, stakes - cost]), "punished"),
                        Terminal(sealed([benefit, -audience_cost]), "backed down"),
                    ),
                    ("punish", "back down"),
                ),
            ),
            ("comply", "violate"),
        )
        for cost in costs
    )
    names = tuple(f"cost {cost:.6f}" for cost in costs)
    root = Chance(sealed(np.full(types, 1 / types)), answers, names)
    return ExtensiveGame(root, ("target", "threatener"), "Ultimatum with audience costs")
