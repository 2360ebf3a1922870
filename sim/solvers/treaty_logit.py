r"""The logit Markov equilibrium of the treaty game.

Unknown are the continuation values :math:`V_i(s)` and the one-period advantage of breaching :math:`A_p(s)` of
each bound party.  At rationality λ and given (V, A), moves at an opportunity are the logit equilibrium of the
stage game with payoffs :math:`Q_i(s, a)`, and the hidden course is breach with probability

.. math:: β_p(s) = 1 / (1 + e^{-λ A_p(s) / (1 - e^{-r h})}),

the divisor being the worth of holding a course for one mean time between opportunities, so that the length
`h` of a period does not decide the outcome.  The map (V, A) → (V, A) is iterated with Anderson acceleration
while λ rises to its target from the centroid, which follows the branch that starts at λ = 0.

Steps: 1. courses from A; 2. in every state, after those that follow it (Gauss-Seidel), the payoffs of all
joint moves and the stage's logit equilibrium; 3. new values with the probability of staying eliminated,
because most periods change nothing; 4. Anderson step; 5. stop when probabilities and values both stand still.

Cost: one iteration is O(rows × environments × signal pairs × actors), about 15 ms for 2,872 states; some 80
iterations.

Sources: McKelvey & Palfrey (1995), Games and Economic Behavior 10; Breitmoser, Tan & Zizzo (2010), Economic
Theory 45 (the logit Markov branch); Walker & Ni (2011), SIAM J. Numer. Anal. 49 (Anderson acceleration).
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.errors import ParameterError
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames, environment_law
from sim.games.treaty.profile import STARTS, legal_slots
from sim.games.treaty.rules import NUM_ACTORS
from sim.solvers.kernels.treaty_response import respond

WINDOW = 16
"""Residuals that Anderson acceleration remembers."""


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
    iterations : int
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
    converged: bool


def solve_treaty_logit(
    games: TreatyGames,
    draw: int,
    *,
    rationality: float,
    tol: float = 1e-9,
    max_steps: int = 600,
    start: str = "status_quo",
) -> TreatyEquilibrium:
    """Return a logit Markov equilibrium of `draw`, the one that the iteration reaches from `start`.

    Parameters
    ----------
    games : TreatyGames
    draw : int
    rationality : float
        λ, per payoff unit; at least 0 and finite.
    tol : float
        Largest residual of any choice probability, and of any value relative to the largest.
    max_steps : int
        Limit on iterations in all; beyond it `converged` is False.
    start : str
        Selects among several equilibria: ``status_quo`` begins with the values of the profile in which everyone
        upholds and nobody moves, at full rationality; ``centroid`` with no values at low rationality, which then
        rises, and which may meet a fold of the branch and fail.

    Raises
    ------
    ParameterError
        If `rationality` is negative or not finite, or `start` is unknown.
    """
    if not (np.isfinite(rationality) and rationality >= 0):
        raise ParameterError(f"solver.rationality must be finite and at least 0, got {rationality}")
    if start not in STARTS:
        raise ParameterError(f"solver.start must be one of {', '.join(STARTS)}, got {start!r}")
    problem = _Problem(games, draw)
    used = 0
    if start == "status_quo":
        point, used = problem.status_quo(max_steps)
        stages = [rationality]
    else:
        point, stages = problem.centroid(), _stages(rationality)
    for stage, strength in enumerate(stages):
        last = stage == len(stages) - 1
        point, steps = _iterate(problem, point, strength, tol if last else 1e-3, max_steps - used)
        used += steps
    return problem.equilibrium(point, rationality, used, tol)


def _stages(rationality: float) -> list[float]:
    """Return rising rationalities up to the target: short steps stay on the branch, and near its next point."""
    stages = [rationality]
    while stages[0] > 2:
        stages.insert(0, stages[0] / 2**0.5)
    return stages


def _iterate(
    problem: "_Problem", point: FloatArray, strength: float, tol: float, max_steps: int
) -> tuple[FloatArray, int]:
    """Iterate the response map at fixed rationality with safeguarded Anderson acceleration."""
    points: list[FloatArray] = []
    residuals: list[FloatArray] = []
    smallest = np.inf
    for step in range(1, max_steps + 1):
        image = problem.response(point, strength)
        residual = image - point
        if problem.distance(point, image) <= tol:
            return image, step
        size = float(np.abs(residual).max())
        if size > 10 * smallest:  # acceleration has gone astray: start afresh from a plain step
            points, residuals, smallest = [], [], np.inf
            point = point + 0.5 * residual
            continue
        smallest = min(smallest, size)
        points.append(point)
        residuals.append(residual)
        if len(points) > WINDOW:
            del points[0], residuals[0]
        point = _anderson(points, residuals)
    return point, max_steps


def _anderson(points: list[FloatArray], residuals: list[FloatArray]) -> FloatArray:
    """Return the next point: the combination of past images whose residual is least."""
    newest = points[-1] + residuals[-1]
    if len(points) == 1:
        return newest
    differences = np.stack([residuals[-1] - r for r in residuals[:-1]])
    gram = differences @ differences.T
    gram[np.diag_indices_from(gram)] *= 1 + 1e-10
    try:
        weights = np.linalg.solve(gram, differences @ residuals[-1])
    except np.linalg.LinAlgError:
        return newest
    for weight, p, r in zip(weights, points[:-1], residuals[:-1], strict=True):
        newest = newest - weight * (points[-1] + residuals[-1] - p - r)
    return newest


def _order(graph: TreatyGraph) -> IntArray:
    """Return situations in an order in which what follows mostly comes first: the end, then short clocks."""
    keys = [(-s.phase, s.clock, -sum(s.deployed)) for s in graph.situations]
    return sealed(sorted(range(len(keys)), key=keys.__getitem__), np.int64)


KEEP = -1.0
"""In place of a rationality: keep the moves of the problem, uphold, and only evaluate."""


class _Problem:
    """One draw's arrays; a point packs values [S, actors] and course advantages [S, parties]."""

    def __init__(self, games: TreatyGames, draw: int) -> None:
        graph = games.graph
        holding = float(games.opportunity[draw])
        if holding == 0:
            raise ParameterError("treaty.opportunity_rate must be above 0 for an equilibrium in moves, got 0")
        self.holding = holding
        self.discount = games.discount[draw]
        self.law = environment_law(games, draw)
        self.arrays = (
            graph.first_row,
            graph.num_legal,
            graph.outsider_rows,
            graph.idle_row,
            graph.forced,
            graph.free,
            graph.can_build,
            graph.kernels,
            graph.rises,
            graph.following,
            graph.factors,
            self.law,
            self.discount,
            games.flows[draw],
            games.courses[draw],
            games.lumps[draw],
            games.finding[draw],
            float(games.building[draw]),
            holding,
            games.signals[draw],
        )
        self.graph = graph
        self.num_states = graph.num_states
        self.order = _order(graph)
        legal = np.stack([legal_slots(graph, actor) for actor in range(NUM_ACTORS)], axis=1)
        self.legal = legal > 0
        self.moves = legal / legal.sum(axis=2, keepdims=True)
        self.move_values = np.zeros(legal.shape)
        self.breach = np.zeros((self.num_states, 2))
        self.residual = np.inf

    def centroid(self) -> FloatArray:
        return np.zeros(self.num_states * (NUM_ACTORS + 2))

    def status_quo(self, max_steps: int) -> tuple[FloatArray, int]:
        """Return the values of the profile in which everyone upholds and nobody moves, or declines if asked."""
        menu = np.repeat(self.graph.legal, self.graph.num_environments, axis=0)
        idle = np.where(menu == Move.NONE, 2, menu == Move.DECLINE).argmax(axis=2)
        self.moves = np.zeros(self.legal.shape)
        np.put_along_axis(self.moves, idle[..., None], 1.0, axis=2)
        profile = self.moves.copy()
        point, steps = _iterate(self, self.centroid(), KEEP, 1e-8, max_steps)
        self.unpack(point)[1][:] = 0.0
        self.moves = profile
        return point, steps

    def unpack(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        cut = self.num_states * NUM_ACTORS
        return point[:cut].reshape(-1, NUM_ACTORS), point[cut:].reshape(-1, 2)

    def response(self, point: FloatArray, strength: float) -> FloatArray:
        """Return the improved point; leave the profile played, and how far it moved, in the problem."""
        values, advantage = self.unpack(point)
        image = np.empty_like(point)
        new_values, new_advantage = self.unpack(image)
        staying = np.empty(self.num_states)
        moves, breach = self.moves.copy(), self.breach.copy()
        if strength == KEEP:
            advantage = np.full_like(advantage, -np.inf)
        respond(
            *(values, advantage, strength, abs(strength) / self.holding, *self.arrays, self.order),
            *(self.moves, self.move_values, self.breach, new_values, new_advantage, staying),
        )
        self.residual = max(
            float(np.abs(self.moves - moves).max()), float(np.abs(self.breach - breach).max())
        )
        return image

    def distance(self, point: FloatArray, image: FloatArray) -> float:
        values, new_values = self.unpack(point)[0], self.unpack(image)[0]
        scale = max(1.0, float(np.abs(new_values).max()))
        return max(self.residual, float(np.abs(new_values - values).max()) / scale)

    def equilibrium(self, point: FloatArray, strength: float, steps: int, tol: float) -> TreatyEquilibrium:
        image = self.response(point, strength)
        values, advantage = self.unpack(image)
        change = float(np.abs(values - self.unpack(point)[0]).max())
        best = np.where(self.legal, self.move_values, -np.inf).max(axis=2)
        regret = (best - (self.moves * self.move_values).sum(axis=2)).max(axis=0)
        courses = (np.maximum(advantage, 0) - self.breach * advantage).max(axis=0)
        regret[:2] = np.maximum(regret[:2], courses)
        converged = max(self.residual, change / max(1.0, float(np.abs(values).max()))) <= 10 * tol
        return TreatyEquilibrium(
            breach=self.breach,
            moves=self.moves,
            values=values,
            move_values=self.move_values,
            course_advantage=advantage,
            residual=self.residual,
            value_residual=change,
            regret=regret,
            iterations=steps,
            converged=bool(converged),
        )


__all__ = ["TreatyEquilibrium", "solve_treaty_logit"]
