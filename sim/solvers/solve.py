"""One door to all solvers: ``solve(game, concept)`` and ``solve_batch(payoffs, concept)``.

A solver is a function ``f(game, **options) -> Solution``; its row in `SOLVERS` names the class of game, the
concept, and where the function lives.  It is imported when it is first asked for, so that nothing is loaded
or compiled that is not used.  A new solver is one file and one row.
"""

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

from sim.errors import ParameterError
from sim.solvers.batch_solution import BatchSolution
from sim.solvers.solution import Solution

SOLVERS: dict[tuple[str, str], str] = {  # (class of game, concept): "module:function"
    ("NormalFormGame", "pure"): "sim.solvers.pure_nash:pure_equilibria",
    ("NormalFormGame", "nash"): "sim.solvers.nash:nash_equilibria",
    ("NormalFormGame", "correlated"): "sim.solvers.correlated:correlated_equilibria",
    ("NormalFormGame", "coarse_correlated"): "sim.solvers.correlated:coarse_correlated_equilibria",
    ("NormalFormGame", "logit"): "sim.solvers.logit:logit_equilibria",
    ("NormalFormGame", "level_k"): "sim.solvers.level_k:level_k_play",
    ("ExtensiveGame", "nash"): "sim.solvers.tree_nash:tree_nash_equilibria",
    ("ExtensiveGame", "subgame_perfect"): "sim.solvers.subgame_perfect:subgame_perfect_equilibria",
    ("ExtensiveGame", "sequential"): "sim.solvers.sequential:sequential_equilibria",
    ("ExtensiveGame", "logit"): "sim.solvers.agent_logit:agent_logit_equilibria",
    ("SignallingGame", "sequential"): "sim.solvers.sequential:sequential_equilibria",
    ("RepeatedGame", "payoff_set"): "sim.solvers.repeated_concepts:payoff_set_solution",
    ("RepeatedGame", "critical_discount"): "sim.solvers.repeated_concepts:critical_discount_solution",
    ("StochasticGame", "critical_discount"): "sim.solvers.repeated_concepts:critical_discount_solution",
    ("StochasticGame", "markov_perfect"): "sim.solvers.markov_perfect:markov_perfect",
    ("StochasticGame", "markov_logit"): "sim.solvers.markov_logit:markov_logit",
}
BATCH_SOLVERS: dict[str, str] = {
    "nash": "sim.solvers.nash_batch:nash_batch",
}


def solve(game: Any, concept: str = "nash", **options: Any) -> Solution:
    """Return the equilibria of `game` in the sense of `concept`, each with its certificate.

    Parameters
    ----------
    game : a game of any class that `concept` is defined for
    concept : str
        The legal ones are listed when an unknown one is asked for.
    **options
        Keywords of the solver; an unknown one is an error.

    Raises
    ------
    ParameterError
        If the concept is unknown for this class of game, or an option is unknown to the solver.

    Examples
    --------
    >>> from sim.games.normal_form import NormalFormGame
    >>> dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> solve(dilemma).payoffs.tolist()
    [[1.0, 1.0]]
    """
    names = [cls.__name__ for cls in type(game).__mro__]
    where = next((SOLVERS[name, concept] for name in names if (name, concept) in SOLVERS), None)
    if where is None:
        legal = sorted({known for name, known in SOLVERS if name in names})
        if not legal:
            classes = sorted({name for name, _ in SOLVERS})
            raise ParameterError(f"game must be one of {', '.join(classes)}, got {type(game).__name__}")
        raise ParameterError(f"concept of a {names[0]} must be one of {', '.join(legal)}, got {concept!r}")
    solution: Solution = _checked(where, concept, options)(game, **options)
    return solution


def solve_batch(payoffs: Any, concept: str = "nash", **options: Any) -> BatchSolution:
    """Return the equilibria of many games at once.

    Parameters
    ----------
    payoffs : float array [games, players, *actions]
    concept : str
        ``nash``.

    Examples
    --------
    >>> batch = solve_batch([[[[6, 2], [7, 0]], [[6, 7], [2, 0]]], [[[3, 0], [5, 1]], [[3, 5], [0, 1]]]])
    >>> batch.counts.tolist()
    [3, 1]
    """
    where = BATCH_SOLVERS.get(concept)
    if where is None:
        raise ParameterError(f"concept of a batch must be one of {', '.join(BATCH_SOLVERS)}, got {concept!r}")
    batch: BatchSolution = _checked(where, concept, options)(payoffs, **options)
    return batch


def _checked(where: str, concept: str, options: dict[str, Any]) -> Callable[..., Any]:
    """Return the function named by ``module:function`` once it is known to take `options`."""
    module, name = where.split(":")
    solver: Callable[..., Any] = getattr(import_module(module), name)
    parameters = [
        parameter
        for parameter in list(inspect.signature(solver).parameters.values())[1:]
        if parameter.kind in {parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD}
    ]
    legal = [parameter.name for parameter in parameters]
    unknown = sorted(set(options) - set(legal))
    if unknown:
        allowed = f"must be one of {', '.join(legal)}" if legal else "takes none"
        raise ParameterError(f"option of concept {concept!r} {allowed}, got {', '.join(map(repr, unknown))}")
    missing = [one.name for one in parameters if one.default is one.empty and one.name not in options]
    if missing:
        raise ParameterError(f"concept {concept!r} needs the option {', '.join(missing)}, got none")
    return solver
