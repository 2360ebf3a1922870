r"""Logit response: everybody leans towards better actions, the more so the larger the rationality λ.

.. math::  x_{t+1} = (1 - η) x_t + η L(x_t), \qquad L_i(x)(a) ∝ \exp(λ u_i(a, x_{-i})).

Rest points are the logit quantal response equilibria; small steps η follow the logit flow :math:`\dot x =
L(x) - x`.

References
----------
Fudenberg & Levine (1998), chapter 4; Hopkins (2002), Two competing models of how people learn in games.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.arrays import sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, Profile, deviation_payoffs
from sim.strategies.learning import Field, Trajectory, checked_steps, starting_profile


def logit_response(
    game: NormalFormGame,
    rationality: float,
    steps: int,
    *,
    step: float = 0.1,
    start: Sequence[Any] | None = None,
) -> Trajectory:
    """Return the strategies over `steps` revisions, in each of which a share `step` of them is revised.

    Parameters
    ----------
    rationality : float
        λ per payoff unit, at least 0.
    step : float
        η, in (0, 1].

    Examples
    --------
    >>> dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> round(float(logit_response(dilemma, 1.0, 500).final[0][0]), 6)
    0.226751
    """
    if not 0 < step <= 1:
        raise ParameterError(f"step must lie in (0, 1], got {step}")
    count = checked_steps(steps)
    profile = starting_profile(game, start)
    path = [np.empty((count + 1, actions)) for actions in game.num_actions]
    field = logit_field(rationality)
    for t in range(count + 1):
        for player, own in enumerate(profile):
            path[player][t] = own
        profile = tuple(
            own + step * change for own, change in zip(profile, field(game, profile), strict=True)
        )
    return Trajectory(
        rule=f"logit response, λ = {rationality:g}",
        strategies=tuple(sealed(strategies) for strategies in path),
    )


def logit_field(rationality: float) -> Field:
    """Return the velocity field of the logit flow at the given λ."""
    if not (np.isfinite(rationality) and rationality >= 0):
        raise ParameterError(f"rationality must be finite and at least 0, got {rationality}")

    def logit_flow(game: NormalFormGame, profile: Profile) -> Profile:
        velocities = []
        for own, payoffs in zip(profile, deviation_payoffs(game, profile), strict=True):
            weights = np.exp(rationality * (payoffs - payoffs.max()))
            velocities.append(weights / weights.sum() - own)
        return tuple(velocities)

    return logit_flow
