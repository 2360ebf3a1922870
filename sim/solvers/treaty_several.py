"""Several logit Markov equilibria of the treaty game, where there are several: branches from several priors.

From each prior a branch of equilibria is followed from λ = 0, where everyone plays the prior and its weight is
whole, to the λ wanted, where it is none (`sim.solvers.treaty_branch`); different priors may end at different
equilibria. The first prior is even, and leads to the equilibrium that is selected everywhere else; the second is the
status quo; the others are random, the same for the same seed. What is found are equilibria; that there are no
more is never claimed.

Source: Harsanyi & Selten (1988), A General Theory of Equilibrium Selection in Games (the tracing procedure).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyGames
from sim.solvers.treaty_components import Component
from sim.solvers.treaty_logit import TreatyEquilibrium, solve_from_prior, status_quo

SPREAD = 4.0
"""Standard deviation of the log-odds of a random prior."""
SAME = 1e-6
"""Equilibria that differ nowhere by more than this are one: in probabilities, and in values over the largest."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FoundEquilibrium:
    """One equilibrium and the names of the priors that led to it; `selected` is the one on the principal branch."""

    equilibrium: TreatyEquilibrium
    priors: tuple[str, ...]
    selected: bool


def treaty_equilibria(
    games: TreatyGames,
    draw: int,
    *,
    rationality: float,
    priors: int,
    seed: int = 0,
    tol: float = 1e-9,
    max_steps: int = 600,
) -> tuple[FoundEquilibrium, ...]:
    """Return the distinct equilibria that the first `priors` priors lead to, the selected one first.

    A branch that does not reach `rationality` within `max_steps` contributes nothing. Costs one solution a prior.

    Raises
    ------
    ParameterError
        If `priors` is below 1, or as `solve_treaty_logit`.
    """
    if priors < 1:
        raise ParameterError(f"solver.priors must be at least 1, got {priors}")
    found: list[tuple[TreatyEquilibrium, list[str]]] = []
    for number in range(priors):
        name, prior = _prior(games, number, seed)
        new = solve_from_prior(games, draw, prior, rationality=rationality, tol=tol, max_steps=max_steps)
        if not new.converged:
            continue
        for known, names in found:
            if _same(known, new):
                names.append(name)
                break
        else:
            found.append((new, [name]))
    return tuple(
        FoundEquilibrium(equilibrium=each, priors=tuple(names), selected="centroid" in names)
        for each, names in found
    )


def _prior(
    games: TreatyGames, number: int, seed: int
) -> tuple[str, Callable[[Component], FloatArray | None]]:
    if number == 0:
        return "centroid", _even
    if number == 1:
        return "status_quo", lambda component: status_quo(games, component)
    rng = np.random.default_rng((seed, number))

    def drawn(component: Component) -> FloatArray:
        odds = rng.normal(0.0, SPREAD, component.who.shape)
        return sealed(np.where(component.who >= 0, odds, 0.0))

    return f"random {number - 1}", drawn


def _even(_component: Component) -> None:
    """Return no log-odds: all moves alike."""


def _same(one: TreatyEquilibrium, other: TreatyEquilibrium) -> bool:
    scale = max(1.0, float(np.abs(one.values).max()))
    return all(
        float(np.abs(a - b).max()) <= SAME * unit
        for a, b, unit in (
            (one.moves, other.moves, 1.0),
            (one.breach, other.breach, 1.0),
            (one.values, other.values, scale),
        )
    )


__all__ = ["FoundEquilibrium", "treaty_equilibria"]
