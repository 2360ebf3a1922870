r"""Equilibrium selection: rules that are asked for and recorded, never applied in silence.

``all``
    every equilibrium that was found.
``payoff_dominant``
    those that no other equilibrium Pareto-dominates.
``risk_dominant``
    those that no other pure equilibrium risk-dominates: `e` risk-dominates `f` when the product of the
    players' losses from deviating alone from `e` to their part of `f` is larger than the other way round.
``welfare``
    those with the largest sum of payoffs.
``logit_limit``
    the limit of the principal branch of logit equilibria as rationality grows.
``uniform``
    every equilibrium, with equal weights in ``extra["weights"]``.

A rule may leave several: then it does not decide between them.

References
----------
Harsanyi & Selten (1988), A General Theory of Equilibrium Selection in Games, sections 3.6 and 5.4.
McKelvey & Palfrey (1995), Quantal response equilibria for normal form games, section 2 (limit of the branch).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sim.arrays import sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, Profile, deviation_payoffs
from sim.solvers.solution import Solution

RELATIVE_TIE = 1e-9
SAME_PROFILE = 1e-6


def selected(game: NormalFormGame, solution: Solution, rule: str) -> Solution:
    """Return `solution` with the equilibria that `rule` keeps, and the rule's name.

    Raises
    ------
    ParameterError
        If there is no such rule.

    Examples
    --------
    >>> from sim.solvers.pure_nash import pure_equilibria
    >>> stag_hunt = NormalFormGame([[[9, 0], [8, 7]], [[9, 8], [0, 7]]])
    >>> for rule in ("payoff_dominant", "risk_dominant"):
    ...     print(rule, selected(stag_hunt, pure_equilibria(stag_hunt), rule).payoffs.tolist())
    payoff_dominant [[9.0, 9.0]]
    risk_dominant [[7.0, 7.0]]
    """
    if rule not in RULES:
        raise ParameterError(f"selection must be one of {', '.join(RULES)}, got {rule!r}")
    if rule == "all" or not solution.profiles:
        return replace(solution, selection=rule)
    if rule == "logit_limit":
        return _logit_limit(game, solution)
    if rule == "uniform":
        weights = sealed(np.full(len(solution.profiles), 1 / len(solution.profiles)))
        return replace(solution, selection=rule, extra={**solution.extra, "weights": weights})
    kept = _FILTERS[rule](game, solution)
    return replace(
        solution,
        profiles=tuple(solution.profiles[k] for k in kept),
        payoffs=sealed(solution.payoffs[kept]),
        regrets=sealed(solution.regrets[kept]),
        selection=rule,
    )


def _payoff_dominant(game: NormalFormGame, solution: Solution) -> list[int]:
    tie = RELATIVE_TIE * max(1.0, float(np.ptp(game.payoffs)))
    payoffs = solution.payoffs
    return [
        k
        for k, own in enumerate(payoffs)
        if not any((other >= own - tie).all() and (other > own + tie).any() for other in payoffs)
    ]


def _welfare(game: NormalFormGame, solution: Solution) -> list[int]:
    welfare = solution.payoffs.sum(axis=1)
    tie = RELATIVE_TIE * max(1.0, float(np.ptp(game.payoffs)))
    return [int(k) for k in np.flatnonzero(welfare >= welfare.max() - tie)]


def _risk_dominant(game: NormalFormGame, solution: Solution) -> list[int]:
    """Compare pure equilibria pairwise; with none, or only one equilibrium, nothing is excluded."""
    pure = [k for k, profile in enumerate(solution.profiles) if all(own.max() > 1 - 1e-9 for own in profile)]
    if not pure:
        return list(range(len(solution.profiles)))
    beaten = {
        k
        for k in pure
        for rival in pure
        if rival != k
        and _deviation_losses(game, solution.profiles[rival], solution.profiles[k])
        > _deviation_losses(game, solution.profiles[k], solution.profiles[rival]) * (1 + RELATIVE_TIE)
    }
    return [k for k in pure if k not in beaten] or pure


def _deviation_losses(game: NormalFormGame, profile: Profile, other: Profile) -> float:
    """Return the product of the losses from moving alone to `other`, over those whose strategies differ."""
    losses = [
        max(0.0, float(payoffs @ own - payoffs @ there))
        for payoffs, own, there in zip(deviation_payoffs(game, profile), profile, other, strict=True)
        if np.abs(own - there).max() > SAME_PROFILE
    ]
    return float(np.prod(losses))


def _logit_limit(game: NormalFormGame, solution: Solution) -> Solution:
    from sim.solvers.logit import logit_equilibria

    limit = logit_equilibria(game)
    return replace(
        solution,
        profiles=limit.profiles,
        payoffs=limit.payoffs,
        regrets=limit.regrets,
        status=limit.status,
        selection="logit_limit",
    )


_FILTERS: dict[str, Callable[[NormalFormGame, Solution], list[int]]] = {
    "payoff_dominant": _payoff_dominant,
    "risk_dominant": _risk_dominant,
    "welfare": _welfare,
}
RULES = ("all", *_FILTERS, "logit_limit", "uniform")
