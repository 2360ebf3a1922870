r"""The principal branch of logit equilibria, followed by a compiled predictor-corrector.

With rationality :math:`λ` the logit equilibrium solves :math:`x_{ia} ∝ \exp(λ u_{ia}(x))`.  In the unknowns
:math:`z_{ia} = \log(x_{ia} / x_{i0})`,

.. math:: F_{ia}(z, λ) = z_{ia} - λ [u_{ia}(x) - u_{i0}(x)] = 0,

whose solutions contain a curve that starts at the centroid, :math:`(z, λ) = 0`, and for almost all games
leads to one equilibrium as :math:`λ → ∞`.  The curve may turn back in λ; it is followed by arc length, with
steps that grow with the unknowns, so that the points lie evenly on a logarithmic axis once λ is large.

References
----------
McKelvey & Palfrey (1995), Quantal response equilibria for normal form games.
Turocy (2005), A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence.
Allgower & Georg (1990), Numerical Continuation Methods, chapter 6.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.games.normal_form import NormalFormGame
from sim.solvers.kernels.logit_path import REACHED, STUCK, follow_path

LARGEST_STEP = 1.0  # relative to 1 + the size of the unknowns
MAX_POINTS = 4000
END_OF_BRANCH = 1e5  # there the branch is within 1e-4 of most limits
FAR_END_OF_BRANCH = 1e8  # for the others
SHORT_STEPS = 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class LogitBranch:
    """Points of the principal branch in the order in which it runs.

    Attributes
    ----------
    rationality : float array [points]
        Per unit of payoff; not monotone if the branch turns back.
    strategies : float array [points, sum of actions]
        The strategies of a profile, one player after the other.
    outcome : int
        `REACHED`, `TOO_MANY_STEPS` or `STUCK`.
    limit : float array [sum of actions]
        The profile near the last point whose support has no action of little weight and in which all actions
        of the support are equally good: the limit, if its regret says that it is an equilibrium.
    limit_regret : float
        Payoff units; infinite if no such profile was found near the last point.
    last_regret : float
        Of the last point, payoff units.
    payoffs : float array [players]
        Of the limit; of the last point if the limit's regret is infinite.
    """

    rationality: FloatArray
    strategies: FloatArray
    outcome: int
    limit: FloatArray
    limit_regret: float
    last_regret: float
    payoffs: FloatArray


def follow_branch(
    game: NormalFormGame, max_rationality: float | None, longest_step: float = LARGEST_STEP
) -> LogitBranch:
    """Return the principal branch from the centroid until it first reaches `max_rationality`.

    The last point lies at `max_rationality` exactly, if it was reached.

    Parameters
    ----------
    max_rationality : float, optional
        Per unit of payoff, at least 0. Default: far enough to tell the limit, `END_OF_BRANCH` divided by the
        largest payoff range if that will do.
    longest_step : float
        Relative change of the unknowns in one step.
    """
    spread = float(np.ptp(game.payoffs.reshape(game.num_players, -1), axis=1).max()) or 1.0
    if max_rationality is not None:
        return _careful_branch(game, max_rationality * spread, spread, longest_step)
    branch = _careful_branch(game, END_OF_BRANCH, spread, longest_step)
    if branch.outcome == REACHED and not branch.limit_regret < float("inf"):
        return _careful_branch(game, FAR_END_OF_BRANCH, spread, longest_step)
    return branch


def _careful_branch(game: NormalFormGame, goal: float, spread: float, longest_step: float) -> LogitBranch:
    """Follow the branch, again with shorter steps if it was lost."""
    branch = _branch(game, goal, spread, longest_step)
    if branch.outcome == STUCK:
        return _branch(game, goal, spread, SHORT_STEPS * longest_step)
    return branch


def _branch(game: NormalFormGame, goal: float, spread: float, longest_step: float) -> LogitBranch:
    players = game.num_players
    num_actions, places = _tables(game.num_actions)
    flat = np.ascontiguousarray(game.payoffs.reshape(players, -1).T) / spread
    count = sum(game.num_actions)
    rationality = np.empty(MAX_POINTS)
    strategies = np.empty((MAX_POINTS, count))
    limit = np.empty(count)
    values = np.zeros(players)
    points, outcome, limit_regret, last_regret = follow_path(
        flat,
        num_actions,
        places,
        goal,
        longest_step,
        rationality,
        strategies,
        limit,
        values,
    )
    return LogitBranch(
        rationality=sealed(rationality[:points] / spread),
        strategies=sealed(strategies[:points]),
        outcome=outcome,
        limit=sealed(limit),
        limit_regret=limit_regret * spread,
        last_regret=last_regret * spread,
        payoffs=sealed(values * spread),
    )


@lru_cache(maxsize=64)
def _tables(num_actions: tuple[int, ...]) -> tuple[IntArray, IntArray]:
    """Return the numbers of actions, and where each action of [joint, players] stands in a profile's row."""
    starts = np.cumsum([0, *num_actions[:-1]])
    places = np.indices(num_actions).reshape(len(num_actions), -1).T + starts
    return sealed(num_actions, np.int64), sealed(places, np.int64)
