"""Monte Carlo over types: each play under the tables of the types that it has drawn, on its own dice.

A plan with types holds, for every draw, the tables of all combinations of types in a row, all at the draw's address;
the replications of a draw are shared out among them. Sums over the shares are added in the order of combinations, so
that workers and chunks change nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.engine.monte_carlo import Ensemble, Plan, simulate


def simulate_types(
    plan: Plan,
    types: IntArray,
    *,
    workers: int = 1,
    conditional: bool = True,
    chunk: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Ensemble:
    """Play every draw and return its statistics over types.

    Parameters
    ----------
    types [D, replications] : number of the combination of types of every play, from `drawn_types`
    workers, conditional, chunk, progress : as for `simulate`
    """
    draws, replications = types.shape
    options: dict[str, Any] = {
        "replications": replications,
        "workers": workers,
        "conditional": conditional,
        "chunk": chunk,
        "progress": progress,
    }
    each = len(plan.tables) // draws
    if each == 1:
        return simulate(plan, **options)
    selected = [np.flatnonzero(types[draw] == number) for draw in range(draws) for number in range(each)]
    return pooled(simulate(plan, selected=selected, **options), each)


def pooled(ensemble: Ensemble, each: int) -> Ensemble:
    """Return the ensemble of draws from that of `each` neighbouring tables that shared out their replications."""

    def added(parts: FloatArray) -> FloatArray:
        return sealed(parts.reshape(-1, each, *parts.shape[1:]).sum(axis=1))

    return replace(
        ensemble,
        means=added(ensemble.means),
        squares=added(ensemble.squares),
        raw=added(ensemble.raw),
        delay_mirrored=added(ensemble.delay_mirrored),
        survival=added(ensemble.survival),
        survival_squares=added(ensemble.survival_squares),
    )


__all__ = ["pooled", "simulate_types"]
