"""A game-theoretic negotiation simulator for arms-control treaties.

The names below are public and stable. They are bound when they are first asked for (PEP 562), so that
importing the package costs nothing; nothing inside the package imports from here.

Examples
--------
>>> import sim
>>> dilemma = sim.NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
>>> sim.solve(dilemma, concept="nash").payoffs.tolist()
[[1.0, 1.0]]
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.app.plan import load as load
    from sim.engine.automata_exact import outcomes_exact as outcomes_exact
    from sim.engine.automata_plays import simulate as simulate
    from sim.games.extensive import ExtensiveGame as ExtensiveGame
    from sim.games.normal_form import NormalFormGame as NormalFormGame
    from sim.games.repeated import RepeatedGame as RepeatedGame
    from sim.games.stochastic import StochasticGame as StochasticGame
    from sim.solvers.audit import audit as audit
    from sim.solvers.solve import solve_batch as solve_batch
    from sim.strategies.named_profile import solve as solve

_PLACES = {
    "ExtensiveGame": "sim.games.extensive",
    "NormalFormGame": "sim.games.normal_form",
    "RepeatedGame": "sim.games.repeated",
    "StochasticGame": "sim.games.stochastic",
    "audit": "sim.solvers.audit",
    "load": "sim.app.plan",
    "outcomes_exact": "sim.engine.automata_exact",
    "simulate": "sim.engine.automata_plays",
    "solve": "sim.strategies.named_profile",
    "solve_batch": "sim.solvers.solve",
}

__all__ = list(_PLACES)


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_PLACES])
