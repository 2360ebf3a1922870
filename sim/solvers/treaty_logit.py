r"""The logit Markov equilibrium of the treaty game: choices whose log-odds are λ times differences of worth.

Unknown are the continuation values :math:`V_i(s)`, the log-odds of the moves at an opportunity against the first
move of the menu, and the log-odds of breaching.  At rationality λ a move's log-odds are λ times the difference of
its worth :math:`Q_i(s, a)`, and the hidden course is breach with log-odds

.. math:: λ A_p(s) / (1 - e^{-r h}),

:math:`A_p` being the one-period advantage of breaching and the divisor the worth of holding a course for one
mean time between opportunities, so that the length `h` of a period does not decide the outcome.

Of several equilibria the one on the *principal branch* is returned: the curve of equilibria that starts at λ = 0,
where everyone chooses evenly and there is only one, followed through its folds to where it first reaches λ
(`sim.solvers.treaty_branch`).  The state graph is taken apart first (`sim.solvers.treaty_components`): what can
no longer be left is solved before what leads to it, so that the selection in a subgame does not depend on how it was
reached.

A *centre* is one draw's equilibrium with what it takes to start from it: points of its branch and their factorised
Newton matrices. From there the equilibrium of other parameters is found on the same branch, checked on the way
(`sim.solvers.treaty_warm`); where it cannot be checked the cold path is taken.

Cost: 1.5 to 2 s for 2,872 states where the branch has no folds, some 0.1 s for each fold. From a centre less
than a tenth of that near it, nine tenths where parameters differ so much that play does too.

Sources: McKelvey & Palfrey (1995), Games and Economic Behavior 10; Breitmoser, Tan & Zizzo (2010), Economic
Theory 45 (the logit Markov branch); Harsanyi & Selten (1988), A General Theory of Equilibrium Selection in Games
(selection in subgames first).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import STARTS
from sim.games.treaty.rules import NUM_ACTORS, PARTIES
from sim.solvers.treaty_branch import follow_branch
from sim.solvers.treaty_components import Component, components_of
from sim.solvers.treaty_newton import ComponentProblem, TreatyNumbers
from sim.solvers.treaty_warm import Rung, climb, rungs_of

PRIOR_ODDS = 4.0
"""Log-odds of upholding, and of making no move, in the prior of the status quo."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TreatyEquilibrium:
    """A logit Markov equilibrium of one draw.

    Attributes
    ----------
    breach [S, parties] ; moves [S, actors, slots] : the profile
    values [S, actors] : continuation values, payoff units
    move_values [S, actors, slots] : Q, up to a constant per state and actor; 0 at illegal slots
    course_advantage [S, parties] : one-period advantage of breaching
    residual : largest change of a probability under one more exact response
    value_residual : largest change of a value, likewise
    regret [actors] : largest one-shot gain, over moves (at an opportunity) and courses (in a period)
    iterations : evaluations of the response, over all components
    folds, jumps : turns of the branch in λ before it reached the rationality wanted, and times that it was left
        for a branch nearby (or found at its end to be on another one), over all components
    warm, joined : components found from a centre alone, and those whose branch was begun there and then followed by
        the cold path; the others took the cold path from λ = 0
    converged : bool
    """

    breach: FloatArray
    moves: FloatArray
    values: FloatArray
    move_values: FloatArray
    course_advantage: FloatArray
    residual: float
    value_residual: float
    regret: FloatArray
    iterations: int
    folds: int
    jumps: int
    warm: int
    joined: int
    converged: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class TreatyCentre:
    """An equilibrium to start others from, which differ in numbers but not in graph, rationality and start.

    Attributes
    ----------
    equilibrium : TreatyEquilibrium
    rationality, start : as it was solved
    rungs : of each component, in the order of `components_of`; none where its branch folds
    """

    equilibrium: TreatyEquilibrium
    rationality: float
    start: str
    rungs: tuple[tuple[Rung, ...], ...]

    @property
    def digest(self) -> str:
        """SHA-256 of its profile and values, in hexadecimal digits."""
        found = self.equilibrium
        content = b"".join(each.tobytes() for each in (found.breach, found.moves, found.values))
        return hashlib.sha256(content).hexdigest()


def solve_treaty_logit(
    games: TreatyGames,
    draw: int,
    *,
    rationality: float,
    tol: float = 1e-9,
    max_steps: int = 600,
    start: str = "centroid",
    centre: TreatyCentre | None = None,
) -> TreatyEquilibrium:
    """Return the logit Markov equilibrium of `draw` on the branch that begins at `start`.

    Parameters
    ----------
    games : TreatyGames
    draw : int
    rationality : float
        λ, per payoff unit; at least 0 and finite.
    tol : float
        Largest residual of any log-odds, and of any value relative to the largest.
    max_steps : int
        Limit on points along the branch of each component; beyond it `converged` is False.
    start : str
        Selects among several equilibria: ``centroid`` is the principal branch; ``status_quo`` begins where
        everyone upholds and nobody moves, and lets that prior fade as λ rises.
    centre : TreatyCentre
        Start from here where that leads to the same equilibrium.

    Raises
    ------
    ParameterError
        If `rationality` is negative or not finite, `start` is unknown, there are no opportunities, or `centre` is of
        another rationality or start.
    """
    if centre is not None and (centre.rationality, centre.start) != (rationality, start):
        raise ParameterError(
            f"a centre of rationality {centre.rationality:g} and start {centre.start} cannot serve "
            f"{rationality:g} and {start}"
        )
    prior = _prior_of(games, start)
    return _solve(games, draw, rationality, tol, max_steps, prior, centre)[0]


def solve_from_prior(
    games: TreatyGames,
    draw: int,
    prior: Callable[[Component], FloatArray | None],
    *,
    rationality: float,
    tol: float = 1e-9,
    max_steps: int = 600,
) -> TreatyEquilibrium:
    """Return the equilibrium on the branch that begins where everyone plays `prior`.

    `prior` gives the log-odds [C N, Y] of each component, None for even ones; it is called once for each, in order.
    The rest as in `solve_treaty_logit`.
    """
    return _solve(games, draw, rationality, tol, max_steps, prior, None)[0]


def solve_centre(
    games: TreatyGames,
    draw: int,
    *,
    rationality: float,
    tol: float = 1e-9,
    max_steps: int = 600,
    start: str = "centroid",
) -> TreatyCentre:
    """Return the equilibrium of `draw`, found by the cold path, as one that others can be started from.

    Parameters and errors are those of `solve_treaty_logit`. Keeps some 20 MB for each rung of 1,436 states.
    """
    prior = _prior_of(games, start)
    found, rungs = _solve(games, draw, rationality, tol, max_steps, prior, None, keep=True)
    return TreatyCentre(equilibrium=found, rationality=rationality, start=start, rungs=rungs)


def _solve(
    games: TreatyGames,
    draw: int,
    rationality: float,
    tol: float,
    max_steps: int,
    prior_of: Callable[[Component], FloatArray | None],
    centre: TreatyCentre | None,
    *,
    keep: bool = False,
) -> tuple[TreatyEquilibrium, tuple[tuple[Rung, ...], ...]]:
    if not (np.isfinite(rationality) and rationality >= 0):
        raise ParameterError(f"solver.rationality must be finite and at least 0, got {rationality}")
    if games.opportunity[draw] == 0:
        raise ParameterError("treaty.opportunity_rate must be above 0 for an equilibrium in moves, got 0")
    numbers = TreatyNumbers(games, draw)
    found = _Profile(games)
    kept: list[tuple[Rung, ...]] = []
    for number, component in enumerate(components_of(games.graph)):
        prior = prior_of(component)
        problem = ComponentProblem(numbers, component, found.values, prior)
        start_at = None
        if centre is not None:
            climbed = climb(problem, centre.rungs[number], tol=tol)
            start_at = climbed.point
            found.iterations += climbed.evaluations
        if start_at is not None and climbed.done:
            found.warm += 1
            found.take(problem, start_at[:-1], rationality)
            continue
        branch = follow_branch(problem, rationality, tol=tol, max_steps=max_steps, keep=keep, start=start_at)
        # where a branch that is left leads to, last digits of what comes before decide
        if centre is not None and (branch.jumps or branch.strayed or not branch.reached):
            return _solve(games, draw, rationality, tol, max_steps, prior_of, None)
        found.joined += start_at is not None
        found.take(problem, branch.point, rationality)
        found.iterations += branch.evaluations
        found.folds += branch.folds
        found.jumps += branch.jumps + branch.strayed
        found.converged &= branch.reached
        if keep:
            kept.append(rungs_of(problem, branch, rationality, tol=tol))
    return found.equilibrium(), tuple(kept)


def _prior_of(games: TreatyGames, start: str) -> Callable[[Component], FloatArray | None]:
    if start not in STARTS:
        raise ParameterError(f"solver.start must be one of {', '.join(STARTS)}, got {start!r}")
    return lambda component: status_quo(games, component) if start == "status_quo" else None


def status_quo(games: TreatyGames, component: Component) -> FloatArray:
    """Return log-odds [C N, Y] at which everyone upholds and makes no move, or declines if asked, nearly surely."""
    graph = games.graph
    members = np.repeat(component.elimination.members, len(component.places))
    codes = graph.legal[members[:, None], np.maximum(component.who, 0), np.maximum(component.what, 0)]
    odds = np.where((component.what > 0) & (codes == Move.DECLINE), PRIOR_ODDS, -PRIOR_ODDS)
    return sealed(np.where(component.who >= 0, odds, 0.0))


class _Profile:
    """What the components found so far say about every public state."""

    def __init__(self, games: TreatyGames) -> None:
        states, slots = games.graph.num_states, games.graph.legal.shape[2]
        self.values = np.zeros((states, NUM_ACTORS))
        self.moves = np.zeros((states, NUM_ACTORS, slots))
        self.move_values = np.zeros((states, NUM_ACTORS, slots))
        self.breach = np.zeros((states, len(PARTIES)))
        self.advantage = np.zeros((states, len(PARTIES)))
        self.residual = self.change = 0.0
        self.iterations = self.folds = self.jumps = 0
        self.warm = self.joined = 0
        self.converged = True

    def take(self, problem: ComponentProblem, point: FloatArray, strength: float) -> None:
        """Add a component, as it responds to `point`."""
        problem.evaluate(point, strength)
        moves, breach = problem.moves.copy(), problem.breach.copy()
        image = point + problem.gaps()
        self.change = max(self.change, float(np.abs(problem.value_gap).max()))
        problem.evaluate(image, strength)
        for now, before in ((problem.moves, moves), (problem.breach, breach)):
            self.residual = max(self.residual, float(np.abs(now - before).max()))
        self.values[problem.states] = problem.values(image)
        self.moves[problem.states] = problem.moves
        self.move_values[problem.states] = problem.move_values
        self.breach[problem.states] = problem.breach
        self.advantage[problem.states] = problem.advantage

    def equilibrium(self) -> TreatyEquilibrium:
        """Return what was found, with its regret."""
        best = np.where(self.moves > 0, self.move_values, -np.inf).max(axis=2)
        regret = (best - (self.moves * self.move_values).sum(axis=2)).max(axis=0)
        courses = (np.maximum(self.advantage, 0) - self.breach * self.advantage).max(axis=0)
        regret[:2] = np.maximum(regret[:2], courses)
        return TreatyEquilibrium(
            breach=sealed(self.breach),
            moves=sealed(self.moves),
            values=sealed(self.values),
            move_values=sealed(self.move_values),
            course_advantage=sealed(self.advantage),
            residual=self.residual,
            value_residual=self.change,
            regret=sealed(regret),
            iterations=self.iterations,
            folds=self.folds,
            jumps=self.jumps,
            warm=self.warm,
            joined=self.joined,
            converged=bool(self.converged),
        )


__all__ = [
    "TreatyCentre",
    "TreatyEquilibrium",
    "solve_centre",
    "solve_from_prior",
    "solve_treaty_logit",
    "status_quo",
]
