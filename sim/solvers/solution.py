"""What every solver returns: equilibria with their certificate."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sim.arrays import FloatArray
from sim.games.normal_form import Profile


class Status(Enum):
    """How a solver ended; the value is the sentence to show."""

    CONVERGED = "converged"
    OUT_OF_STEPS = (
        "stopped at the step limit before the residual reached the tolerance; raise max_steps or loosen tol"
    )
    NO_EQUILIBRIUM_FOUND = "no profile passed the regret check; this says nothing about existence"
    INFEASIBLE = "the problem has no solution"


class Completeness(Enum):
    """Whether all equilibria were found.

    `proved`: exhaustive, every near-zero decision rechecked exactly. `consistent`: all found are regular and
    their indices sum to +1; a missed pair of opposite index remains possible. `no`: no claim.
    """

    PROVED = "proved"
    CONSISTENT = "consistent"
    NO = "no"


@dataclass(frozen=True, eq=False, kw_only=True)
class Component:
    """A connected set of equilibria of a degenerate game.

    `extreme_points` are profiles; in a two-player game the component is the union of `subsets`, each the
    product of the hulls of some strategies of player 0 and of player 1 (a maximal Nash subset), given as
    pairs of tuples of strategies.
    """

    extreme_points: tuple[Profile, ...]
    subsets: tuple[tuple[tuple[FloatArray, ...], tuple[FloatArray, ...]], ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Solution:
    """Equilibria of one game, each with its regret.

    Attributes
    ----------
    profiles : tuple of profiles
        One tuple of arrays per equilibrium; of a degenerate two-player game the extreme points.
    payoffs : float array [equilibria, players]
    regrets : float array [equilibria]
        Largest regret of any player, payoff units.
    complete : Completeness
    degenerate : bool
    components : tuple of Component
        Filled when the game is degenerate.
    status : Status
    concept, method, selection : str
        What was asked for and how it was obtained.
    extra : dict
        What only this concept has (for instance the branch of a quantal response equilibrium).
    """

    profiles: tuple[Profile, ...]
    payoffs: FloatArray
    regrets: FloatArray
    concept: str
    method: str
    complete: Completeness = Completeness.NO
    degenerate: bool = False
    components: tuple[Component, ...] = ()
    status: Status = Status.CONVERGED
    selection: str = "all"
    extra: dict[str, Any] = field(default_factory=dict)
