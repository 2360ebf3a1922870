"""The concepts of repeated games behind the one door `solve`: payoff sets and critical discount factors.

Both answer with a `Solution` whose ``extra`` holds the full record, as these are sets and not profiles.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.errors import ParameterError
from sim.games.automaton import AutomatonProfile
from sim.games.repeated import RepeatedGame
from sim.games.stochastic import StochasticGame
from sim.solvers.abreu_sannikov import EquilibriumPayoffs, abreu_sannikov
from sim.solvers.aps import aps
from sim.solvers.critical_discount import critical_discount
from sim.solvers.payoff_set import payoff_set
from sim.solvers.solution import Completeness, Solution, Status


def payoff_set_solution(
    game: RepeatedGame, *, which: str | None = None, punishments: str = "mixed"
) -> Solution:
    """Return the extreme points of a set of average payoffs of a repeated game.

    Parameters
    ----------
    game : RepeatedGame
    which : "equilibrium" or "feasible", optional
        The payoffs of equilibria at the game's own discount factor (two players, a common factor, pure
        actions, public randomisation: Abreu-Sannikov under perfect monitoring, APS otherwise), or what is
        feasible and individually rational. Default: the first where it is defined.
    punishments : "mixed" or "pure"
        Which minmax values individual rationality is measured by.

    Returns
    -------
    solution : Solution
        ``payoffs`` [vertices, players]; no profiles; ``extra["feasible"]`` a `PayoffSet` and, if computed,
        ``extra["equilibrium"]`` an `EquilibriumPayoffs`.

    Examples
    --------
    >>> from sim.games.normal_form import NormalFormGame
    >>> game = RepeatedGame(NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]), 0.2)
    >>> payoff_set_solution(game).payoffs.tolist()
    [[1.0, 1.0]]
    >>> payoff_set_solution(game, which="feasible").payoffs.round(4).tolist()
    [[1.0, 1.0], [4.3333, 1.0], [3.0, 3.0], [1.0, 4.3333]]
    """
    if which not in (None, "equilibrium", "feasible"):
        raise ParameterError(f"which must be 'equilibrium' or 'feasible', got {which!r}")
    rational = payoff_set(game, punishments=punishments)
    defined = game.num_players == 2 and game.discounts[0] == game.discounts[1]
    if which == "feasible" or (which is None and not defined):
        return Solution(
            profiles=(),
            payoffs=rational.vertices,
            regrets=np.empty(0),
            concept="payoff_set",
            method=f"convex hull cut at the {punishments} minmax values",
            complete=Completeness.PROVED if rational.minmax.proved.all() else Completeness.NO,
            extra={"feasible": rational},
        )
    found: EquilibriumPayoffs
    if game.is_perfect and not game.execution_error.any():
        found, method = abreu_sannikov(game), "Abreu-Sannikov"
    else:
        found, method = aps(game), "APS, outer bound"
    return Solution(
        profiles=(),
        payoffs=found.vertices,
        regrets=np.empty(0),
        concept="payoff_set",
        method=f"{method}, pure actions, public randomisation",
        status=found.status,
        extra={"feasible": rational, "equilibrium": found},
    )


def critical_discount_solution(
    game: RepeatedGame | StochasticGame,
    *,
    profile: AutomatonProfile | Sequence[Any],
    varying: int | str | None = None,
) -> Solution:
    """Return for which discount factors a profile of automata is Nash, and for which it is perfect.

    Returns
    -------
    solution : Solution
        Without profiles; ``extra["critical_discount"]`` a `CriticalDiscount`, whose sets are exact.

    Examples
    --------
    >>> from sim.games.catalogue import prisoners_dilemma
    >>> from sim.strategies.textbook import grim
    >>> game = RepeatedGame(prisoners_dilemma(), 0.9)
    >>> found = critical_discount_solution(game, profile=(grim(), grim())).extra["critical_discount"]
    >>> float(found.least_nash)  # (T - R) / (T - P) with 5, 3, 1
    0.5
    """
    found = critical_discount(game, profile, varying=varying)
    return Solution(
        profiles=(),
        payoffs=np.empty((0, game.num_players)),
        regrets=np.empty(0),
        concept="critical_discount",
        method="polynomials of the product chain in integer arithmetic",
        complete=Completeness.PROVED,
        status=Status.CONVERGED if found.nash or found.perfect else Status.INFEASIBLE,
        extra={"critical_discount": found},
    )
