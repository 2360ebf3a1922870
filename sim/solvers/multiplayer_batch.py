r"""Equilibria of many games with three or more players: compiled search through all supports.

For supports :math:`S_i` with :math:`k_i + 1` actions the unknowns are the weights of all but the first
action of each support and the equations say that every action of a support pays its player as much as the
first: a square system of multilinear equations, solved by Newton's method from several fixed starting
points.  Supports in which an action is strictly dominated within the others' supports are skipped by bit
masks, and those with :math:`k_i > Σ_{j≠i} k_j` for some `i`, which carry no regular equilibrium.

A regular equilibrium has the index :math:`\operatorname{sign} \det(-J)`, J the Jacobian of its system, and
the indices of all equilibria of a regular game sum to +1 (Gül, Pearce & Stacchetti 1993).  A sum of +1 does
not prove that none is missed: two of opposite index may be.  A root near the boundary of its supports, a
tie outside them or a singular Jacobian mark the game as degenerate.

References
----------
McKelvey & McLennan (1996), Computation of equilibria in finite games, Handbook of Computational Economics 1.
Govindan & Wilson (2003), A global Newton method to compute Nash equilibria, section 2 (index).
"""

from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np

from sim.arrays import BoolArray, FloatArray, IntArray
from sim.compiled import loop_kernel, part
from sim.solvers.kernels.dominated_actions import MARGIN, undominated_masks
from sim.solvers.kernels.elimination import STACK, UNDECIDED, bernstein_tables, eliminate
from sim.solvers.kernels.indifference import FAILED, SINGULAR_ROOT, gains_in_support, newton
from sim.solvers.kernels.mixed_payoffs import payoffs_and_regret, slack_outside
from sim.solvers.support_table import starting_points, support_table

SAME_ROOT = 1e-6
MOST_ROOTS = 256  # of one profile of supports


@dataclass(frozen=True, eq=False, kw_only=True)
class Found:
    """Equilibria found in a batch, one game's after the other's.

    ``latest`` [games] is the last starting point that found an equilibrium that no earlier one had.
    """

    strategies: FloatArray
    payoffs: FloatArray
    regrets: FloatArray
    indices: IntArray
    counts: IntArray
    degenerate: BoolArray
    latest: IntArray


def search_supports(payoffs: FloatArray, num_starts: int) -> Found:
    """Return the equilibria found from `num_starts` starting points per support.

    Parameters
    ----------
    payoffs : float array [games, players, *actions]
    """
    num_actions = payoffs.shape[2:]
    table = support_table(num_actions)
    games, players = payoffs.shape[:2]
    flat = np.ascontiguousarray(payoffs).reshape(games, players, prod(num_actions))
    starts = starting_points(num_starts, num_actions)
    scaled = _scaled(flat)
    degenerate = _have_near_twins(scaled.reshape(payoffs.shape))
    tables = bernstein_tables(2 * max(num_actions) - 1)
    room = _workspace(num_actions, table.rival_masks.shape[1], table.bases.shape[1], len(tables[0]))
    counts = np.zeros(games, dtype=np.int64)
    latest = np.zeros(games, dtype=np.int64)
    parts = []
    start, capacity = 0, 4 * games + 256
    while start < games:  # the buffer is filled, stored, and filled again
        strategies = np.zeros((capacity, sum(num_actions)))
        values = np.empty((capacity, players))
        regrets = np.empty(capacity)
        indices = np.empty(capacity, dtype=np.int64)
        stopped, used = _search(
            flat, scaled, table.num_actions, table.members, table.supports, table.sizes, table.roles,
            table.rivals, table.rival_masks, table.rival_counts, table.bases, table.strides,
            *tables, starts, start,
            strategies, values, regrets, indices, counts, degenerate, latest, *room,
        )  # fmt: skip
        parts.append((strategies[:used], values[:used], regrets[:used], indices[:used]))
        if stopped == start:
            capacity *= 4  # one game alone did not fit
        start = stopped
    strategies, values, regrets, indices = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Found(
        strategies=strategies,
        payoffs=values,
        regrets=regrets,
        indices=indices,
        counts=counts,
        degenerate=degenerate,
        latest=latest,
    )


def _scaled(payoffs: FloatArray) -> FloatArray:
    """Return payoffs [games, players, joint actions] with each player's brought to [0, 1]."""
    low = payoffs.min(axis=2, keepdims=True)
    spread = payoffs.max(axis=2, keepdims=True) - low
    factor = np.divide(1.0, spread, out=np.ones_like(spread), where=spread > 0.0)
    scaled: FloatArray = (payoffs - low) * factor
    return scaled


def _have_near_twins(scaled: FloatArray) -> BoolArray:
    """Return for each game whether two actions of one player give all players nearly the same payoffs throughout."""
    games, players, *num_actions = scaled.shape
    twins = np.zeros(games, dtype=np.bool_)
    for i in range(players):
        for a, b in combinations(range(num_actions[i]), 2):
            apart = np.abs(scaled.take(a, axis=2 + i) - scaled.take(b, axis=2 + i))
            twins |= (apart <= MARGIN).reshape(games, -1).all(axis=1)
    return twins


def _workspace(
    num_actions: tuple[int, ...], rivals: int, points: int, degrees: int
) -> tuple[FloatArray | IntArray, ...]:
    """Return the last arguments of `_search`, in their order: room to work in."""
    players, widest, unknowns = len(num_actions), max(num_actions), sum(num_actions)
    return (
        np.empty((players, rivals), dtype=np.int64),  # alive: actions not dominated, as bits
        np.empty((widest, widest), dtype=np.int64),  # beaten
        np.append(0, np.cumsum(num_actions)).astype(np.int64),  # offsets: where a player's weights begin
        np.empty((unknowns, points)),  # gains
        np.empty((players, points, players), dtype=np.int64),  # local
        np.empty((players, widest)),  # x: weights on the supports
        np.empty((MOST_ROOTS, players, widest)),  # found: roots of the supports at hand
        np.empty(unknowns),  # residual
        np.empty((unknowns, players, widest)),  # slopes
        np.empty((unknowns, unknowns + 1)),  # jacobian
        np.empty(unknowns),  # step
        np.empty(degrees),  # curve
        np.empty((STACK, degrees)),  # stack
        np.empty((2, STACK)),  # intervals: where those on the stack begin, and how wide they are
        np.empty((2, widest + 1, widest + 1)),  # matrices
        np.empty((degrees, players, widest)),  # candidates
    )


@loop_kernel
def _search(
    payoffs: FloatArray,
    all_scaled: FloatArray,
    num_actions: IntArray,
    members: IntArray,
    supports: IntArray,
    all_sizes: IntArray,
    roles: IntArray,
    rivals: IntArray,
    rival_masks: IntArray,
    rival_counts: IntArray,
    bases: IntArray,
    strides: IntArray,
    nodes: FloatArray,
    to_bernstein: FloatArray,
    starts: FloatArray,
    first_game: int,
    strategies: FloatArray,
    values: FloatArray,
    regrets: FloatArray,
    indices: IntArray,
    counts: IntArray,
    degenerate: BoolArray,
    latest: IntArray,
    alive: IntArray,
    beaten: IntArray,
    offsets: IntArray,
    gains: FloatArray,
    local: IntArray,
    x: FloatArray,
    found: FloatArray,
    residual: FloatArray,
    slopes: FloatArray,
    jacobian: FloatArray,
    step: FloatArray,
    curve: FloatArray,
    stack: FloatArray,
    intervals: FloatArray,
    matrices: FloatArray,
    candidates: FloatArray,
) -> tuple[int, int]:
    """Fill the output arrays from game `first_game` on; return the first game left out and the rows used."""
    games, players, joint = payoffs.shape
    zero = first_game - first_game  # a literal 0 would compile what it is handed to twice
    used = zero
    for game in range(first_game, games):
        begin = used
        last = 0
        scaled = all_scaled[game]
        odd = degenerate[game]
        for i in range(players):
            undominated_masks(
                scaled[i], num_actions[i], bases[i], strides[i], joint // num_actions[i],
                rival_masks[i], rival_counts[i], beaten, alive[i],
            )  # fmt: skip
        for row in range(len(members)):
            dominated = False
            for i in range(players):
                if members[row, i] & ~alive[i, rivals[row, i]]:
                    dominated = True
                    break
            if dominated:
                continue
            support, sizes = supports[row], all_sizes[row]
            unknown = zero
            mixing = 0
            for i in range(players):
                unknown += sizes[i] - 1
                mixing += sizes[i] > 1
            gains_in_support(scaled, strides, support, sizes, gains, local)
            distinct = 0
            tries = len(starts) if mixing > 2 else 1  # with two who mix the system is linear
            eliminated = 0
            if mixing == 3:
                eliminated = eliminate(
                    gains, sizes, roles[row], nodes, to_bernstein, curve, stack, intervals, matrices, candidates
                )  # fmt: skip
                if eliminated != UNDECIDED:
                    tries = eliminated
            for start in range(tries):
                for i in range(players):
                    total = 0.0
                    for a in range(sizes[i]):
                        x[i, a] = candidates[start, i, a] if eliminated > 0 else starts[start, i, a]
                        total += x[i, a]
                    for a in range(sizes[i]):
                        x[i, a] /= total
                verdict, sign = newton(gains, local, sizes, unknown, x, residual, slopes, jacobian, step)
                if verdict == FAILED:
                    continue
                nearest = 1.0
                for i in range(players):
                    for a in range(sizes[i]):
                        nearest = min(nearest, x[i, a])
                if nearest < -MARGIN:
                    continue
                known = False
                for other in range(distinct):
                    distance = 0.0
                    for i in range(players):
                        for a in range(sizes[i]):
                            distance = max(distance, abs(found[other, i, a] - x[i, a]))
                    if distance < SAME_ROOT:
                        known = True
                        break
                if known or distinct == len(found):
                    continue
                for i in range(players):
                    for a in range(sizes[i]):
                        found[distinct, i, a] = x[i, a]
                distinct += 1
                if used == len(strategies):
                    return game, begin
                _write(strategies[used], offsets, support, sizes, x)
                slack = slack_outside(
                    scaled, strategies[used], offsets, num_actions, bases, strides, members[row], step
                )
                if slack < -MARGIN:
                    continue
                if slack <= MARGIN or nearest <= MARGIN or verdict == SINGULAR_ROOT:
                    odd = True
                    if _is_listed(strategies, begin, used):
                        continue
                    sign = 0
                indices[used] = sign
                payoffs_and_regret(
                    payoffs[game], strategies[used], offsets, num_actions, bases, strides, values,
                    regrets, used, step,
                )  # fmt: skip
                used += 1
                if eliminated <= 0:
                    last = max(last, start)
        latest[game] = last
        counts[game] = used - begin
        degenerate[game] = odd
    return games, used


@part
def _write(
    strategy: FloatArray, offsets: IntArray, support: IntArray, sizes: IntArray, x: FloatArray
) -> None:
    """Write the weights `x` on the supports as one row of strategies."""
    for k in range(len(strategy)):
        strategy[k] = 0.0
    for i in range(len(sizes)):
        total = 0.0
        for a in range(sizes[i]):
            total += max(0.0, x[i, a])
        for a in range(sizes[i]):
            strategy[offsets[i] + support[i, a]] = max(0.0, x[i, a]) / total


@part
def _is_listed(strategies: FloatArray, begin: int, row: int) -> bool:
    """Whether one of the rows from `begin` on is the same profile as `row`."""
    for other in range(begin, row):
        distance = 0.0
        for k in range(strategies.shape[1]):
            distance = max(distance, abs(strategies[other, k] - strategies[row, k]))
        if distance < SAME_ROOT:
            return True
    return False
