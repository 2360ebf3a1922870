r"""How a type plays against actors who do not know it: the logit best reply to fixed Markov strategies.

The others play as they would if there were no types. Against them a type of a party faces a Markov decision
process on the public states: at an opportunity it makes move `a` with probability proportional to
:math:`e^{λ Q(s, a)}`, and where its course is its own it breaches with probability
:math:`1 / (1 + e^{-λ A(s) / (1 - e^{-r h})})`, as in the equilibrium (`sim.solvers.treaty_logit`); a type whose course
is given (a hidden stock is there or is not) chooses its moves only. So the reply of a type that is like its actor,
against the equilibrium, is the equilibrium.

Steps: 1. average the others' moves and signals out; 2. iterate values, states in an order in which what follows
mostly comes first (Gauss-Seidel), the probability of staying put eliminated, until they stand still.

Cost: O(rows × environments × 18) once, then O(states × slots × successors) a sweep; some tenths of a second for
2,872 states.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.errors import ParameterError
from sim.games.treaty.graph import MAX_MOVES, TreatyGraph
from sim.games.treaty.numbers import BREACH, UPHOLD, TreatyGames, environment_law
from sim.games.treaty.profile import legal_slots
from sim.games.treaty.rules import PARTIES, other_party
from sim.games.treaty.situation import OPENNESS
from sim.solvers.kernels.type_reply import FREE_CHOICE, iterate, tabulate


@dataclass(frozen=True, eq=False, kw_only=True)
class TypeReply:
    """A type's logit best reply in one draw.

    Attributes
    ----------
    breach [S], moves [S, slots] : its strategy
    values [S] : its continuation values, payoff units
    residual : largest change of a value in the last sweep
    sweeps : int
    converged : bool
    """

    breach: FloatArray
    moves: FloatArray
    values: FloatArray
    residual: float
    sweeps: int
    converged: bool


def solve_type_reply(
    games: TreatyGames,
    draw: int,
    party: int,
    *,
    moves: FloatArray,
    breach: FloatArray,
    rationality: float,
    course: IntArray | None = None,
    values: FloatArray | None = None,
    tol: float = 1e-9,
    max_sweeps: int = 20_000,
) -> TypeReply:
    """Return the logit best reply of a type of `party` with the weights of `games`.

    Parameters
    ----------
    moves : float array [S, actors, slots]; breach : float array [S, parties]
        The Markov strategies of everyone; those of `party` are where the iteration begins.
    rationality : float
        λ, per payoff unit; at least 0 and finite.
    course : int array [S], optional
        ``UPHOLD`` or ``BREACH`` where the type's course is given, ``FREE_CHOICE`` where it is its own.
    values : float array [S], optional
        Where the values begin.
    tol : float
        Largest change of a value in a sweep, relative to the largest value.

    Raises
    ------
    ParameterError
        If `rationality` is negative or not finite, or `party` is none.
    """
    if party not in PARTIES:
        raise ParameterError(f"only the parties {PARTIES} have types, got {party}")
    if not (np.isfinite(rationality) and rationality >= 0):
        raise ParameterError(f"solver.rationality must be finite and at least 0, got {rationality}")
    graph, other = games.graph, other_party(party)
    successors, place_of = _successors(graph)
    states, widest = graph.num_states, successors.shape[1]
    lead = np.zeros((states, MAX_MOVES + 1, 2, widest))
    worth = np.zeros((states, MAX_MOVES + 1, 2))
    builds = np.zeros(states)
    signals, finding = games.signals[draw], games.finding[draw]
    tabulate(
        *(party, np.ascontiguousarray(moves), np.ascontiguousarray(breach), graph.first_row, graph.num_legal),
        *(graph.outsider_rows, graph.idle_row, graph.can_build, graph.kernels, graph.rises),
        *(graph.factors, games.lumps[draw], finding, signals, place_of, lead, worth, builds),
    )
    free = np.repeat(graph.free[:, party], graph.num_environments)
    stake = np.ascontiguousarray(games.courses[draw, :, party, party])
    flows = games.flows[draw, :, party] + breach[:, other] * games.courses[draw, :, other, party]
    own, hidden = np.array(moves[:, party]), np.array(breach[:, party])
    worthwhile = np.zeros(states) if values is None else np.array(values)
    chance = np.repeat(np.where(graph.forced, 1.0, games.opportunity[draw]), graph.num_environments)
    scale = max(1.0, float(np.abs(worthwhile).max(initial=0.0)))
    residual, sweeps = iterate(
        *(float(rationality), float(games.opportunity[draw]), float(games.discount[draw, party])),
        *(tol * scale, max_sweeps, backward_order(graph), successors),
        *(legal_slots(graph, party).sum(axis=1), chance),
        *(free, np.full(states, FREE_CHOICE) if course is None else np.asarray(course, np.int64)),
        *(environment_law(games, draw), lead, worth, builds, flows, stake, worthwhile, own, hidden),
    )
    return TypeReply(
        breach=sealed(hidden),
        moves=sealed(own),
        values=sealed(worthwhile),
        residual=float(residual),
        sweeps=int(sweeps),
        converged=bool(residual <= tol * scale),
    )


def given_course(graph: TreatyGraph, party: int, course: str | None, inspected: str | None) -> IntArray:
    """Return the course that a type is bound to in each public state [S], `FREE_CHOICE` where it may choose.

    `inspected` holds while an offer of its own to be inspected is being answered.
    """
    codes = {None: FREE_CHOICE, "uphold": UPHOLD, "breach": BREACH}
    shown = np.array([s.agenda is OPENNESS[party] for s in graph.situations])
    by_situation = np.where(shown, codes[inspected or course], codes[course])
    return sealed(np.repeat(by_situation, graph.num_environments), np.int64)


def with_course(graph: TreatyGraph, party: int, breach: FloatArray, course: IntArray) -> FloatArray:
    """Return breach probabilities [..., S] with those of a given `course` [S] in place, 0 where the party is free."""
    bound = ~np.repeat(graph.free[:, party], graph.num_environments)
    return np.where(course == FREE_CHOICE, breach, (course == BREACH) * bound)


@lru_cache(maxsize=8)
def _successors(graph: TreatyGraph) -> tuple[IntArray, IntArray]:
    """Return each situation's successors [M, K], -1 beyond the last, and their places by row and signals [R, 9]."""
    lists: list[list[int]] = []
    place_of = np.zeros(graph.following.shape, np.int64)
    for m in range(graph.num_situations):
        rows = slice(int(graph.first_row[m]), int(graph.first_row[m + 1]))
        found, where = np.unique(graph.following[rows], return_inverse=True)
        place_of[rows] = where.reshape(-1, graph.following.shape[1])
        lists.append(found.tolist())
    widest = max(map(len, lists))
    return sealed([each + [-1] * (widest - len(each)) for each in lists], np.int64), sealed(
        place_of, np.int64
    )


def backward_order(graph: TreatyGraph) -> IntArray:
    """Return situations in an order in which what follows mostly comes first: the end, then short clocks."""
    keys = [(-s.phase, s.clock, -sum(s.deployed)) for s in graph.situations]
    return sealed(sorted(range(len(keys)), key=keys.__getitem__), np.int64)


__all__ = [
    "FREE_CHOICE",
    "TypeReply",
    "backward_order",
    "given_course",
    "solve_type_reply",
    "with_course",
]
