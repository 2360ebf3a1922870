r"""What all learning rules share: a trajectory of mixed strategies, and flows in continuous time.

A *field* is a function ``field(game, profile) -> per player the velocity [actions]`` of the mixed strategies;
velocities of a player sum to zero, so that probabilities stay probabilities.  `integrate` follows one from
a start. Fields are in the file of their rule: `best_response_field`, `logit_field`, `replicator_field`.

References
----------
Fudenberg & Levine (1998), The theory of learning in games; Sandholm (2010), Population games and
evolutionary dynamics.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError, SolverError
from sim.games.normal_form import NormalFormGame, Profile, check_profile, regrets

Field = Callable[[NormalFormGame, Profile], Profile]


@dataclass(frozen=True, eq=False, kw_only=True)
class Trajectory:
    """Mixed strategies over time.

    Attributes
    ----------
    rule : str
    strategies : per player float array [points, actions]
        After each play, or at the times that were asked for.
    actions : integer array [plays, players] or None
        What was played, of rules that play pure actions.
    """

    rule: str
    strategies: tuple[FloatArray, ...]
    actions: Any = None

    @property
    def final(self) -> Profile:
        """The last strategies."""
        return tuple(strategy[-1] for strategy in self.strategies)

    def regrets(self, game: NormalFormGame) -> FloatArray:
        """Return each player's regret at the last strategies, [players]."""
        return regrets(game, self.final)


def integrate(field: Field, game: NormalFormGame, start: Sequence[Any], times: Sequence[float]) -> Trajectory:
    """Follow a flow from `start` and report it at `times`, which begin with the time of the start.

    Raises
    ------
    ParameterError
        If the start is no profile or the times do not increase.
    SolverError
        If the integrator gives up.
    """
    from scipy.integrate import solve_ivp

    profile = check_profile(game, start)
    at = checked_times(times)
    cuts = np.cumsum(game.num_actions)[:-1]

    def velocity(_: float, flat: FloatArray) -> FloatArray:
        return np.concatenate(field(game, tuple(np.split(flat, cuts))))

    found = solve_ivp(
        velocity, (at[0], at[-1]), np.concatenate(profile), method="LSODA", t_eval=at, rtol=1e-9, atol=1e-11
    )
    if found.status != 0:
        raise SolverError(f"the flow could not be followed: {found.message}")
    parts = np.split(np.clip(found.y, 0, None), cuts, axis=0)
    strategies = tuple(sealed((part / part.sum(axis=0)).T) for part in parts)
    return Trajectory(rule=field.__name__, strategies=strategies)


def checked_times(times: Sequence[float]) -> FloatArray:
    """Return the times of a flow; raise ParameterError unless there are two at least and they increase."""
    at = np.asarray(times, dtype=float)
    if at.ndim != 1 or len(at) < 2 or not (np.diff(at) > 0).all() or not np.isfinite(at).all():
        raise ParameterError(f"times must be at least two finite increasing numbers, got {list(times)}")
    return at


def starting_profile(game: NormalFormGame, start: Sequence[Any] | None) -> Profile:
    """Return `start` checked, or the uniform profile."""
    if start is None:
        return tuple(np.full(count, 1 / count) for count in game.num_actions)
    return check_profile(game, start)


def checked_steps(steps: int) -> int:
    """Return the number of plays; raise ParameterError unless it is a whole number of at least 1."""
    if steps != int(steps) or steps < 1:
        raise ParameterError(f"steps must be a whole number of at least 1, got {steps}")
    return int(steps)
