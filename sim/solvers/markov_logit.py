r"""The logit branch of a stochastic game: Markov quantal response equilibria as rationality grows.

In a logit Markov equilibrium with rationality λ (per payoff unit) every player in every state plays

.. math::  σ_i(a | s) ∝ \exp(λ Q_i(s, a)), \qquad
           Q_i(s, a) = \sum_{a_{-i}} σ_{-i}(a_{-i} | s) \Big[u_i(s, a) + δ_i \sum_{s'} p(s' | s, a)
           V_i(s')\Big].

At λ = 0 all actions are equally likely (or as a *prior* says); from there the branch of solutions is
followed by pseudo-arclength steps, through turning points.  Its limit points as λ grows are Markov perfect
equilibria.

References
----------
McKelvey & Palfrey (1995), Quantal response equilibria; Turocy (2005), A dynamic homotopy interpretation of
the logistic quantal response equilibrium; Eibelshäuser & Poensgen (2019), Markov quantal response
equilibrium and a homotopy method for computing and selecting Markov perfect equilibria of dynamic
stochastic games.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.stochastic import MarkovProfile, StochasticGame, auxiliary_game, check_markov_profile
from sim.solvers.markov_arrays import FlatGame, flat_game
from sim.solvers.markov_walk import Outcome, branch_of
from sim.solvers.solution import Solution, Status

BRANCH = tuple(10.0 ** np.linspace(-2, 3, 41))
"""Rationalities at which the whole branch is reported, in units of one over the payoffs' range."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MarkovBranch:
    """Points of the logit branch.

    Attributes
    ----------
    rationality : float array [points]
        λ per payoff unit, in the order of the path.
    profiles : tuple of Markov profiles, one per point
    values : float array [points, states, players]
        Discounted payoffs from each state.
    regrets : float array [points]
        Largest gain of a one-shot deviation in any state.
    """

    rationality: FloatArray
    profiles: tuple[MarkovProfile, ...]
    values: FloatArray
    regrets: FloatArray


def markov_logit(
    game: StochasticGame,
    *,
    rationality: float | Sequence[float] | None = None,
    prior: Sequence[Any] | None = None,
    max_steps: int = 20_000,
) -> Solution:
    """Return the logit Markov equilibrium at given rationality, or the whole branch.

    Parameters
    ----------
    game : StochasticGame
    rationality : float or increasing list of floats, optional
        λ per payoff unit. Default: 41 points on a log axis from .01 to 1000 over the payoffs' range.
    prior : Markov profile with positive probabilities, optional
        The strategies at λ = 0. Default: all actions equally likely.
    max_steps : int
        Limit of linear solves.

    Returns
    -------
    solution : Solution
        One profile per rationality that was reached; `regrets` are the largest one-shot gains, the ε of each;
        ``extra["branch"]`` is a `MarkovBranch`, ``extra["residual"]`` the largest distance of a
        probability from the logit response to its point.

    Raises
    ------
    ParameterError
        If a rationality is negative, not finite or out of order, or the prior is no interior Markov profile.

    Notes
    -----
    Where the branch turns back in λ, its first solution at the given λ is returned.
    One linear solve costs O(states · joint actions · (states + actions²) + (states · players)³).

    Examples
    --------
    >>> import numpy as np
    >>> from math import exp
    >>> coin = StochasticGame([[[1.0, 0.0]]], np.ones((1, 2, 1)), 0.5)
    >>> probability = markov_logit(coin, rationality=2.0).profiles[0][0][0, 0]
    >>> round(float(probability), 6) == round(1 / (1 + exp(-2)), 6)
    True
    """
    flat = flat_game(game)
    wanted = _wanted(rationality, flat.scale)
    walk = branch_of(flat, None if prior is None else interior_prior(flat, prior))
    profiles, values, reached = [], [], []
    status, left = Status.CONVERGED, max_steps
    for strength in wanted:
        if strength > 0:
            outcome, solves = walk.advance(strength * flat.scale, -1.0, left)
            left -= solves
            if outcome is not Outcome.REACHED or not walk.settle(strength * flat.scale):
                status = Status.OUT_OF_STEPS
                break
        profiles.append(walk.flat.profile(walk.sigma))
        values.append(walk.values * flat.scale)
        reached.append(strength)
    certificates = [
        markov_regrets(game, profile, worth) for profile, worth in zip(profiles, values, strict=True)
    ]
    residuals = [
        logit_residual(game, profile, worth, strength)
        for profile, worth, strength in zip(profiles, values, reached, strict=True)
    ]
    regrets = np.array([certificate.max() for certificate in certificates])
    shape = (len(profiles), game.num_states, game.num_players)
    branch = MarkovBranch(
        rationality=sealed(reached),
        profiles=tuple(profiles),
        values=sealed(np.array(values).reshape(shape)),
        regrets=sealed(regrets),
    )
    return Solution(
        profiles=tuple(profiles),
        payoffs=np.array(values).reshape(shape)[:, game.initial],
        regrets=regrets,
        concept="markov_logit",
        method="pseudo-arclength path from the prior, block elimination",
        status=status,
        extra={"branch": branch, "residual": max(residuals, default=0.0)},
    )


def markov_values(game: StochasticGame, profile: MarkovProfile) -> FloatArray:
    """Return the discounted payoffs of a Markov profile from each state, [states, players]."""
    law = np.empty((game.num_states, game.num_states))
    rewards = np.empty((game.num_states, game.num_players))
    for state, counts in enumerate(game.num_actions):
        joint = np.ones(())
        for player, count in enumerate(counts):
            joint = np.multiply.outer(joint, profile[player][state, :count])
        law[state] = joint.ravel() @ game.transitions[state].reshape(-1, game.num_states)
        rewards[state] = game.payoffs[state].reshape(game.num_players, -1) @ joint.ravel()
    identity = np.eye(game.num_states)
    return np.stack(
        [np.linalg.solve(identity - d * law, rewards[:, i]) for i, d in enumerate(game.discounts)], axis=1
    )


def markov_regrets(
    game: StochasticGame, profile: MarkovProfile, values: FloatArray | None = None
) -> FloatArray:
    """Return each player's largest one-shot gain in each state, [states, players].

    With `values` the profile's own values (default: computed) this certifies a Markov perfect equilibrium: by
    the one-shot deviation principle all are zero exactly there; no plan gains more than max / (1 - δ).
    """
    from sim.games.normal_form import regrets

    worth = markov_values(game, profile) if values is None else values
    return np.array(
        [
            regrets(
                auxiliary_game(game, state, worth),
                [s[state, :n] for s, n in zip(profile, counts, strict=True)],
            )
            for state, counts in enumerate(game.num_actions)
        ]
    )


def logit_residual(
    game: StochasticGame, profile: MarkovProfile, values: FloatArray, rationality: float
) -> float:
    """Return the largest distance of a probability from the logit response (with a uniform prior)."""
    from sim.games.normal_form import deviation_payoffs

    worst = 0.0
    for state, counts in enumerate(game.num_actions):
        here = [strategy[state, :count] for strategy, count in zip(profile, counts, strict=True)]
        for own, payoffs in zip(
            here, deviation_payoffs(auxiliary_game(game, state, values), here), strict=True
        ):
            weights = np.exp(rationality * (payoffs - payoffs.max()))
            worst = max(worst, float(abs(weights / weights.sum() - own).max()))
    return worst


def interior_prior(flat: FlatGame, prior: Sequence[Any]) -> FloatArray:
    """Return a Markov profile as flat probabilities; raise ParameterError unless every action has some."""
    sigma = flat.flat(check_markov_profile(flat.game, prior))
    if not (sigma > 0).all():
        raise ParameterError("prior must give every action a positive probability")
    return sigma


def _wanted(rationality: float | Sequence[float] | None, scale: float) -> list[float]:
    if rationality is None:
        return [strength / scale for strength in BRANCH]
    wanted = np.atleast_1d(np.asarray(rationality, dtype=float))
    if wanted.ndim != 1 or len(wanted) == 0 or not (np.isfinite(wanted) & (wanted >= 0)).all():
        raise ParameterError(f"rationality must be finite and not negative, got {rationality}")
    if (np.diff(wanted) <= 0).any():
        raise ParameterError(f"rationality must be a list in increasing order, got {rationality}")
    return [float(strength) for strength in wanted]
