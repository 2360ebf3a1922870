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

A kernel and all that it calls stand in this one file, because the compiler's cache does not see a change made
elsewhere.

References
----------
McKelvey & McLennan (1996), Computation of equilibria in finite games, Handbook of Computational Economics 1.
Govindan & Wilson (2003), A global Newton method to compute Nash equilibria, section 2 (index).
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import comb, prod

import numpy as np
from numba import njit

from sim.arrays import BoolArray, FloatArray, IntArray, sealed
from sim.errors import ParameterError

MARGIN = 1e-8  # in units of the player's payoff range
SINGULAR = 1e-7  # smallest pivot of a Jacobian that counts as regular, same unit
CONVERGED = 1e-13
MAX_STEPS = 30
LARGEST_JOINT = 62  # joint actions of the others must fit the bits of a word
LARGEST_ENUMERATION = 400_000  # profiles of supports
NO_PIVOT = 1e-14
SAME_ROOT = 1e-6
FAILED, REGULAR_ROOT, SINGULAR_ROOT = 0, 1, 2
UNDECIDED = -1
STACK = 64  # intervals waiting while roots are isolated
TINY = 1e-10  # a coefficient, relative to the largest, whose sign is not trusted
ROUGH = 1e-3  # a weight this far below zero is not a root's rounding error
ROOT_HALVINGS = 30
SPLIT = 0.4817  # roots of games with round payoffs do not lie here
DUST = 1e-15  # a value, relative to the largest, that is rounding error
FAINT = 1e-4  # minors this small do not determine weights
NARROW = 1e-6  # an interval that still may hold two roots


@dataclass(frozen=True, eq=False, kw_only=True)
class SupportTable:
    """What depends on the numbers of actions only.

    Attributes
    ----------
    members : int array [profiles of supports, players]
        A bit mask of actions per player, small supports first.
    rivals : int array [profiles of supports, players]
        Row of `rival_masks` that holds the others' supports.
    rival_masks : int array [players, combinations]
        The others' joint actions within their supports, as bits.
    rival_counts : int array [players]
        Number of combinations.
    bases : int array [players, joint actions of the others]
        Flat joint action with the player's own action 0.
    strides : int array [players]
        What one own action adds to it.
    """

    members: IntArray
    rivals: IntArray
    rival_masks: IntArray
    rival_counts: IntArray
    bases: IntArray
    strides: IntArray
    num_actions: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Found:
    """Equilibria found in a batch, one game's after the other's."""

    strategies: FloatArray
    payoffs: FloatArray
    regrets: FloatArray
    indices: IntArray
    counts: IntArray
    degenerate: BoolArray


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
    counts = np.zeros(games, dtype=np.int64)
    degenerate = np.zeros(games, dtype=np.bool_)
    parts = []
    start, capacity = 0, 4 * games + 256
    while start < games:  # the buffer is filled, stored, and filled again
        strategies = np.zeros((capacity, sum(num_actions)))
        values = np.empty((capacity, players))
        regrets = np.empty(capacity)
        indices = np.empty(capacity, dtype=np.int64)
        stopped, used = _search(
            flat, table.num_actions, table.members, table.rivals, table.rival_masks, table.rival_counts,
            table.bases, table.strides, *bernstein_tables(2 * max(num_actions) - 1), starts, start,
            strategies, values, regrets, indices, counts, degenerate,
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
    )


def check_searchable(num_actions: tuple[int, ...]) -> None:
    """Raise ParameterError unless games with these numbers of actions are small enough to search."""
    others = max(prod(num_actions) // count for count in num_actions)
    supports = prod(2**count - 1 for count in num_actions)
    if others > LARGEST_JOINT or supports > LARGEST_ENUMERATION:
        raise ParameterError(
            f"mixed equilibria of {len(num_actions)} players are searched up to {LARGEST_JOINT} joint actions of "
            f"the others and {LARGEST_ENUMERATION} profiles of supports, got {others} and {supports}"
        )


@lru_cache(maxsize=16)
def support_table(num_actions: tuple[int, ...]) -> SupportTable:
    """Return the support profiles that may carry a regular equilibrium, small ones first."""
    check_searchable(num_actions)
    players = len(num_actions)
    profiles = [
        masks
        for masks in product(*(range(1, 1 << count) for count in num_actions))
        if _may_be_regular([mask.bit_count() - 1 for mask in masks])
    ]
    profiles.sort(key=lambda masks: (sum(mask.bit_count() for mask in masks), masks))
    strides = [prod(num_actions[i + 1 :]) for i in range(players)]
    bases = np.zeros((players, max(prod(num_actions) // count for count in num_actions)), dtype=np.int64)
    rivals = np.zeros((len(profiles), players), dtype=np.int64)
    rival_masks = []
    for i in range(players):
        others = [j for j in range(players) if j != i]
        joints = list(product(*(range(num_actions[j]) for j in others)))
        bases[i, : len(joints)] = [
            sum(a * strides[j] for a, j in zip(joint, others, strict=True)) for joint in joints
        ]
        seen: dict[tuple[int, ...], int] = {}
        masks_of_player = []
        for row, masks in enumerate(profiles):
            key = tuple(masks[j] for j in others)
            if key not in seen:
                seen[key] = len(seen)
                masks_of_player.append(
                    sum(
                        1 << position
                        for position, joint in enumerate(joints)
                        if all(mask >> a & 1 for mask, a in zip(key, joint, strict=True))
                    )
                )
            rivals[row, i] = seen[key]
        rival_masks.append(masks_of_player)
    table = np.zeros((players, max(map(len, rival_masks))), dtype=np.int64)
    for i, masks_of_player in enumerate(rival_masks):
        table[i, : len(masks_of_player)] = masks_of_player
    return SupportTable(
        members=sealed(profiles, np.int64),
        rivals=sealed(rivals, np.int64),
        rival_masks=sealed(table, np.int64),
        rival_counts=sealed([len(masks_of_player) for masks_of_player in rival_masks], np.int64),
        bases=sealed(bases, np.int64),
        strides=sealed(strides, np.int64),
        num_actions=sealed(num_actions, np.int64),
    )


@lru_cache(maxsize=16)
def starting_points(count: int, num_actions: tuple[int, ...]) -> FloatArray:
    """Return positive weights [starts, players, actions]: equal ones, then a fixed random sample."""
    rng = np.random.default_rng(20190802)
    weights = rng.exponential(size=(count, len(num_actions), max(num_actions)))
    weights[0] = 1.0
    return sealed(weights)


@lru_cache(maxsize=16)
def bernstein_tables(size: int) -> tuple[FloatArray, FloatArray]:
    """Return, for each degree below `size`, points in (0, 1) and the matrix from values there to coefficients.

    Returns
    -------
    nodes : float array [size, size]
        Row d holds the d + 1 points for polynomials of degree d.
    to_bernstein : float array [size, size, size]
    """
    nodes = np.zeros((size, size))
    matrices = np.zeros((size, size, size))
    for degree in range(size):
        count = degree + 1
        points = 0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / count)
        basis = [[comb(degree, j) * t**j * (1 - t) ** (degree - j) for j in range(count)] for t in points]
        nodes[degree, :count] = points
        matrices[degree, :count, :count] = np.linalg.inv(np.array(basis))
    return sealed(nodes), sealed(matrices)


def _may_be_regular(spare: list[int]) -> bool:
    return 2 * max(spare) <= sum(spare)


@njit(cache=True, nogil=True, error_model="numpy")
def _search(
    payoffs: FloatArray,
    num_actions: IntArray,
    members: IntArray,
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
) -> tuple[int, int]:
    """Fill the output arrays from game `first_game` on; return the first game left out and the rows used."""
    games, players, joint = payoffs.shape
    widest = num_actions.max()
    unknowns = num_actions.sum()
    scaled = np.empty((players, joint))
    alive = np.empty((players, rival_masks.shape[1]), dtype=np.int64)
    beaten = np.empty((widest, widest), dtype=np.int64)
    support = np.empty((players, widest), dtype=np.int64)
    sizes = np.empty(players, dtype=np.int64)
    offsets = np.zeros(players + 1, dtype=np.int64)
    for i in range(players):
        offsets[i + 1] = offsets[i] + num_actions[i]
    gains = np.empty((unknowns, bases.shape[1]))
    local = np.empty((players, bases.shape[1], players), dtype=np.int64)
    x = np.empty((players, widest))
    found = np.empty((256, players, widest))
    residual = np.empty(unknowns)
    slopes = np.empty((unknowns, players, widest))
    jacobian = np.empty((unknowns, unknowns + 1))
    step = np.empty(unknowns)
    degrees = len(nodes)
    curve = np.empty(degrees)
    stack = np.empty((STACK, degrees))
    matrices = np.empty((2, widest + 1, widest + 1))
    candidates = np.empty((degrees, players, widest))
    used = 0
    for game in range(first_game, games):
        begin = used
        _scale(payoffs[game], scaled)
        odd = _has_near_twins(scaled, num_actions, bases, strides)
        for i in range(players):
            _alive(
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
            unknown = 0
            mixing = 0
            for i in range(players):
                size = 0
                for action in range(num_actions[i]):
                    if members[row, i] >> action & 1:
                        support[i, size] = action
                        size += 1
                sizes[i] = size
                unknown += size - 1
                mixing += size > 1
            _gains(scaled, bases, strides, num_actions, support, sizes, gains, local)
            distinct = 0
            tries = len(starts) if mixing > 2 else 1  # with two who mix the system is linear
            eliminated = 0
            if mixing == 3:
                eliminated = _eliminate(gains, sizes, nodes, to_bernstein, curve, stack, matrices, candidates)
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
                verdict, sign = _newton(gains, local, sizes, unknown, x, residual, slopes, jacobian, step)
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
                slack = _evaluate(
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
                _payoffs_and_regret(
                    payoffs[game], strategies[used], offsets, num_actions, bases, strides, values[used],
                    regrets, used,
                )  # fmt: skip
                used += 1
        counts[game] = used - begin
        degenerate[game] = odd
    return games, used


@njit(cache=True, nogil=True, error_model="numpy")
def _scale(payoffs: FloatArray, scaled: FloatArray) -> None:
    """Bring each player's payoffs to [0, 1]."""
    players, joint = payoffs.shape
    for i in range(players):
        low = payoffs[i].min()
        high = payoffs[i].max()
        factor = 1.0 / (high - low) if high > low else 1.0
        for q in range(joint):
            scaled[i, q] = (payoffs[i, q] - low) * factor


@njit(cache=True, nogil=True, error_model="numpy")
def _has_near_twins(scaled: FloatArray, num_actions: IntArray, bases: IntArray, strides: IntArray) -> bool:
    """Whether two actions of one player give all players nearly the same payoffs throughout."""
    players, joint = scaled.shape
    for i in range(players):
        for a in range(num_actions[i]):
            for b in range(a):
                twins = True
                for q in range(joint // num_actions[i]):
                    base = bases[i, q]
                    for j in range(players):
                        here = scaled[j, base + a * strides[i]]
                        there = scaled[j, base + b * strides[i]]
                        if abs(here - there) > MARGIN:
                            twins = False
                            break
                    if not twins:
                        break
                if twins:
                    return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _alive(
    own: FloatArray,
    actions: int,
    bases: IntArray,
    stride: int,
    others: int,
    rival_masks: IntArray,
    rival_count: int,
    beaten: IntArray,
    alive: IntArray,
) -> None:
    """Fill `alive` with the actions not clearly dominated within each combination of the others' supports."""
    for a in range(actions):
        for b in range(actions):
            mask = 0
            for q in range(others):
                if own[bases[q] + b * stride] > own[bases[q] + a * stride] + MARGIN:
                    mask |= 1 << q
            beaten[a, b] = mask
    for combination in range(rival_count):
        rivals = rival_masks[combination]
        surviving = 0
        for a in range(actions):
            dominated = False
            for b in range(actions):
                if rivals & ~beaten[a, b] == 0:
                    dominated = True
                    break
            if not dominated:
                surviving |= 1 << a
        alive[combination] = surviving


@njit(cache=True, nogil=True, error_model="numpy")
def _gains(
    scaled: FloatArray,
    bases: IntArray,
    strides: IntArray,
    num_actions: IntArray,
    support: IntArray,
    sizes: IntArray,
    gains: FloatArray,
    local: IntArray,
) -> None:
    """Fill ``gains[equation, q]``: what an action gains over the first of its support at the others' q-th point.

    ``local[player, q, other]`` is the place in the support of `other` at that point.
    """
    players = len(sizes)
    equation = 0
    for i in range(players):
        points = 1
        for j in range(players):
            if j != i:
                points *= sizes[j]
        for q in range(points):
            rest = q
            joint = 0
            for j in range(players - 1, -1, -1):
                if j != i:
                    place = rest % sizes[j]
                    rest //= sizes[j]
                    local[i, q, j] = place
                    joint += support[j, place] * strides[j]
            first = scaled[i, joint + support[i, 0] * strides[i]]
            for r in range(1, sizes[i]):
                gains[equation + r - 1, q] = scaled[i, joint + support[i, r] * strides[i]] - first
        equation += sizes[i] - 1


@njit(cache=True, nogil=True, error_model="numpy")
def _eliminate(
    gains: FloatArray,
    sizes: IntArray,
    nodes: FloatArray,
    to_bernstein: FloatArray,
    curve: FloatArray,
    stack: FloatArray,
    work: FloatArray,
    candidates: FloatArray,
) -> int:
    """Find all roots near the simplex of a system of three who mix, one of them between two actions.

    Given that player's probability t, the equations of the two others, a and b, are linear, so that their
    weights are minors of matrices linear in t, and the remaining equation is a polynomial in t.  Returns the
    number of `candidates` filled in, or UNDECIDED.
    """
    pivot, a, b = _roles(sizes)
    if pivot < 0:
        return UNDECIDED
    equal = sizes[a] == sizes[b]
    degree = 2 * (sizes[b] - 1) if equal else sizes[b]
    for q in range(degree + 1):
        curve[q] = _curve(gains, sizes, pivot, a, b, nodes[degree, q], work, candidates[0])
    largest = 0.0
    for j in range(degree + 1):
        value = 0.0
        for q in range(degree + 1):
            value += to_bernstein[degree, j, q] * curve[q]
        stack[0, j] = value
        largest = max(largest, abs(value))
    if abs(stack[0, 0]) <= TINY * largest or abs(stack[0, degree]) <= TINY * largest or largest < 1e-9:
        return UNDECIDED
    waiting = 1
    count = 0
    low = np.empty(STACK)
    width = np.empty(STACK)
    low[0] = 0.0
    width[0] = 1.0
    while waiting > 0:
        waiting -= 1
        top = waiting
        changes = 0
        for j in range(degree):
            if (stack[top, j] > 0.0) != (stack[top, j + 1] > 0.0):
                changes += 1
        if changes == 0:
            continue
        if changes == 1:
            t = low[top] + width[top] * _bracketed_root(stack[top], degree, curve)
            candidate = candidates[count]
            candidate[:] = 1.0
            _curve(gains, sizes, pivot, a, b, t, work, candidate)
            candidate[pivot, 0] = 1.0 - t
            candidate[pivot, 1] = t
            if min(_size(candidate[a], sizes[a]), _size(candidate[b], sizes[b])) < FAINT:
                return UNDECIDED
            if _as_weights(candidate[a], sizes[a]) and _as_weights(candidate[b], sizes[b]):
                count += 1
            continue
        if width[top] < NARROW or waiting + 2 > STACK:
            return UNDECIDED
        # de Casteljau's triangle gives the coefficients on both parts of the interval
        for j in range(degree + 1):
            curve[j] = stack[top, j]
        left = SPLIT * width[top]
        start = low[top]
        right = width[top] - left
        for level in range(degree + 1):
            stack[top, level] = curve[0]
            stack[top + 1, degree - level] = curve[degree - level]
            for j in range(degree - level):
                curve[j] += SPLIT * (curve[j + 1] - curve[j])
        if abs(stack[top + 1, 0]) <= DUST * largest:
            return UNDECIDED
        low[top], width[top] = start, left
        low[top + 1], width[top + 1] = start + left, right
        waiting = top + 2
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _roles(sizes: IntArray) -> tuple[int, int, int]:
    """Return the player with two actions and the other two who mix, the larger support first; -1 if unfit."""
    pivot = -1
    for i in range(len(sizes)):
        if sizes[i] == 2:
            pivot = i
    a = -1
    b = -1
    for i in range(len(sizes)):
        if i != pivot and sizes[i] > 1:
            if a < 0:
                a = i
            else:
                b = i
    if pivot < 0 or abs(sizes[a] - sizes[b]) > 1:
        return -1, a, b
    if sizes[b] > sizes[a]:
        a, b = b, a
    return pivot, a, b


@njit(cache=True, nogil=True, error_model="numpy")
def _curve(
    gains: FloatArray,
    sizes: IntArray,
    pivot: int,
    a: int,
    b: int,
    t: float,
    work: FloatArray,
    weights: FloatArray,
) -> float:
    """Return the polynomial whose roots are the pivot's probabilities t of its second action at solutions.

    Fills ``weights[a]`` and ``weights[b]``, up to a factor, with what solves the equations but for one.
    """
    row = 0
    for i in range(pivot):
        row += sizes[i] - 1
    extremal = sizes[a] > sizes[b]
    value = 0.0
    for side in range(2):
        own, other = (a, b) if side == 0 else (b, a)
        first = 0
        for i in range(own):
            first += sizes[i] - 1
        for r in range(sizes[own] - 1):
            for j in range(sizes[other]):
                q0 = 2 * j if other < pivot else j
                q1 = q0 + 1 if other < pivot else j + sizes[other]
                work[0, r, j] = (1.0 - t) * gains[first + r, q0] + t * gains[first + r, q1]
        if side == 1:  # the pivot's equation, given b's weights, is linear in a's
            for i in range(sizes[a]):
                total = 0.0
                for j in range(sizes[b]):
                    q = i * sizes[b] + j if a < b else j * sizes[a] + i
                    total += gains[row, q] * weights[b, j]
                work[0, sizes[a] - 1 if not extremal else sizes[a] - 2, i] = total
        known = sizes[other] - 1
        _minors(work, known, weights[other])
        if extremal == (side == 0):  # one equation is left: a's last, or the pivot's
            for j in range(sizes[other]):
                value += work[0, known, j] * weights[other, j]
    return value


@njit(cache=True, nogil=True, error_model="numpy")
def _size(vector: FloatArray, size: int) -> float:
    total = 0.0
    for j in range(size):
        total += abs(vector[j])
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _as_weights(vector: FloatArray, size: int) -> bool:
    """Divide `vector` by its sum; False if some weight is clearly negative."""
    total = 0.0
    for j in range(size):
        total += vector[j]
    if total == 0.0:
        return False
    for j in range(size):
        vector[j] /= total
        if vector[j] < -ROUGH:
            return False
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _minors(work: FloatArray, k: int, kernel: FloatArray) -> None:
    """Fill `kernel` with the signed minors of ``work[0]`` [k, k + 1], which span its kernel."""
    if k == 1:
        kernel[0] = work[0, 0, 1]
        kernel[1] = -work[0, 0, 0]
        return
    if k == 2:
        for j in range(3):
            one, two = (j + 1) % 3, (j + 2) % 3
            kernel[j] = work[0, 0, one] * work[0, 1, two] - work[0, 0, two] * work[0, 1, one]
        return
    sign = 1.0
    for left_out in range(k + 1):
        for i in range(k):
            for j in range(k):
                work[1, i, j] = work[0, i, j + (j >= left_out)]
        determinant = sign
        sign = -sign
        for column in range(k):
            best = column
            for row in range(column + 1, k):
                if abs(work[1, row, column]) > abs(work[1, best, column]):
                    best = row
            if best != column:
                determinant = -determinant
                for j in range(column, k):
                    work[1, column, j], work[1, best, j] = work[1, best, j], work[1, column, j]
            determinant *= work[1, column, column]
            if determinant == 0.0:
                break
            for row in range(column + 1, k):
                factor = work[1, row, column] / work[1, column, column]
                for j in range(column + 1, k):
                    work[1, row, j] -= factor * work[1, column, j]
        kernel[left_out] = determinant


@njit(cache=True, nogil=True, error_model="numpy")
def _bracketed_root(coefficients: FloatArray, degree: int, work: FloatArray) -> float:
    """Return the only root in (0, 1) of a polynomial in Bernstein form whose coefficients change sign once."""
    low = 0.0
    high = 1.0
    rising = coefficients[degree] > 0.0
    for _ in range(ROOT_HALVINGS):
        middle = 0.5 * (low + high)
        for j in range(degree + 1):
            work[j] = coefficients[j]
        for level in range(degree, 0, -1):
            for j in range(level):
                work[j] += middle * (work[j + 1] - work[j])
        if (work[0] > 0.0) == rising:
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)


@njit(cache=True, nogil=True, error_model="numpy")
def _newton(
    gains: FloatArray,
    local: IntArray,
    sizes: IntArray,
    unknown: int,
    x: FloatArray,
    residual: FloatArray,
    slopes: FloatArray,
    jacobian: FloatArray,
    step: FloatArray,
) -> tuple[int, int]:
    """Improve `x` to a root; return the verdict and the root's index."""
    players = len(sizes)
    if unknown == 0:
        return REGULAR_ROOT, 1
    for _ in range(MAX_STEPS):
        _linearise(gains, local, sizes, x, residual, slopes, jacobian)
        largest = 0.0
        for e in range(unknown):
            largest = max(largest, abs(residual[e]))
            jacobian[e, unknown] = -residual[e]
        sign, pivot = _gauss(jacobian, unknown, step)
        if largest < CONVERGED:
            if pivot < SINGULAR:
                return SINGULAR_ROOT, 0
            return REGULAR_ROOT, sign if unknown % 2 == 0 else -sign
        if sign == 0:
            return FAILED, 0
        longest = 0.0
        for e in range(unknown):
            longest = max(longest, abs(step[e]))
        shrink = 0.5 / longest if longest > 0.5 else 1.0
        e = 0
        for i in range(players):
            total = 0.0
            for a in range(1, sizes[i]):
                x[i, a] += shrink * step[e]
                e += 1
                total += x[i, a]
                if x[i, a] < -1.0 or x[i, a] > 2.0:
                    return FAILED, 0
            x[i, 0] = 1.0 - total
    return FAILED, 0


@njit(cache=True, nogil=True, error_model="numpy")
def _linearise(
    gains: FloatArray,
    local: IntArray,
    sizes: IntArray,
    x: FloatArray,
    residual: FloatArray,
    slopes: FloatArray,
    jacobian: FloatArray,
) -> None:
    """Fill the equations' residuals at `x` and their derivatives by all weights but the first of each player."""
    players = len(sizes)
    start = 0
    for i in range(players):
        equations = sizes[i] - 1
        if equations == 0:
            continue
        points = 1
        for j in range(players):
            if j != i:
                points *= sizes[j]
        for e in range(start, start + equations):
            residual[e] = 0.0
            for j in range(players):
                for a in range(sizes[j]):
                    slopes[e, j, a] = 0.0
        for q in range(points):
            for j in range(players):
                if j == i:
                    continue
                weight = 1.0
                for other in range(players):
                    if other != i and other != j:  # noqa: PLR1714  # a set here costs ten times the product
                        weight *= x[other, local[i, q, other]]
                place = local[i, q, j]
                for e in range(start, start + equations):
                    slopes[e, j, place] += gains[e, q] * weight
        rival = 0 if i > 0 else 1
        for e in range(start, start + equations):
            for a in range(sizes[rival]):
                residual[e] += slopes[e, rival, a] * x[rival, a]
            column = 0
            for j in range(players):
                for a in range(1, sizes[j]):
                    jacobian[e, column] = 0.0 if j == i else slopes[e, j, a] - slopes[e, j, 0]
                    column += 1
        start += equations


@njit(cache=True, nogil=True, error_model="numpy")
def _gauss(matrix: FloatArray, k: int, solution: FloatArray) -> tuple[int, float]:
    """Solve the augmented system [k, k + 1]; return the sign of the determinant and the smallest pivot."""
    sign = 1
    smallest = np.inf
    for column in range(k):
        best = column
        largest = abs(matrix[column, column])
        for row in range(column + 1, k):
            if abs(matrix[row, column]) > largest:
                largest = abs(matrix[row, column])
                best = row
        smallest = min(smallest, largest)
        if largest < NO_PIVOT:
            return 0, 0.0
        if best != column:
            sign = -sign
            for j in range(column, k + 1):
                matrix[column, j], matrix[best, j] = matrix[best, j], matrix[column, j]
        if matrix[column, column] < 0.0:
            sign = -sign
        inverse = 1.0 / matrix[column, column]
        for row in range(column + 1, k):
            factor = matrix[row, column] * inverse
            if factor != 0.0:
                for j in range(column + 1, k + 1):
                    matrix[row, j] -= factor * matrix[column, j]
    for row in range(k - 1, -1, -1):
        value = matrix[row, k]
        for j in range(row + 1, k):
            value -= matrix[row, j] * solution[j]
        solution[row] = value / matrix[row, row]
    return sign, smallest


@njit(cache=True, nogil=True, error_model="numpy")
def _write(
    strategy: FloatArray, offsets: IntArray, support: IntArray, sizes: IntArray, x: FloatArray
) -> None:
    """Write the weights `x` on the supports as one row of strategies."""
    strategy[:] = 0.0
    for i in range(len(sizes)):
        total = 0.0
        for a in range(sizes[i]):
            total += max(0.0, x[i, a])
        for a in range(sizes[i]):
            strategy[offsets[i] + support[i, a]] = max(0.0, x[i, a]) / total


@njit(cache=True, nogil=True, error_model="numpy")
def _action_payoffs(
    payoffs: FloatArray,
    player: int,
    strategy: FloatArray,
    offsets: IntArray,
    num_actions: IntArray,
    bases: IntArray,
    strides: IntArray,
    result: FloatArray,
) -> None:
    """Fill `result` with the payoff of each action of `player` against the others' strategies."""
    players, joint = payoffs.shape
    for a in range(num_actions[player]):
        result[a] = 0.0
    for q in range(joint // num_actions[player]):
        base = bases[player, q]
        weight = 1.0
        for j in range(players):
            if j != player:
                weight *= strategy[offsets[j] + base // strides[j] % num_actions[j]]
        if weight != 0.0:
            for a in range(num_actions[player]):
                result[a] += weight * payoffs[player, base + a * strides[player]]


@njit(cache=True, nogil=True, error_model="numpy")
def _evaluate(
    scaled: FloatArray,
    strategy: FloatArray,
    offsets: IntArray,
    num_actions: IntArray,
    bases: IntArray,
    strides: IntArray,
    masks: IntArray,
    work: FloatArray,
) -> float:
    """Return by how much the supports' actions beat the best action outside them, least over players."""
    slack = np.inf
    for i in range(len(num_actions)):
        _action_payoffs(scaled, i, strategy, offsets, num_actions, bases, strides, work)
        inside = -np.inf
        outside = -np.inf
        for a in range(num_actions[i]):
            if masks[i] >> a & 1:
                inside = max(inside, work[a])
            else:
                outside = max(outside, work[a])
        slack = min(slack, inside - outside)
    return slack


@njit(cache=True, nogil=True, error_model="numpy")
def _is_listed(strategies: FloatArray, begin: int, row: int) -> bool:
    """Whether one of the rows from `begin` on is the same profile as `row`."""
    for other in range(begin, row):
        distance = 0.0
        for k in range(strategies.shape[1]):
            distance = max(distance, abs(strategies[other, k] - strategies[row, k]))
        if distance < SAME_ROOT:
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _payoffs_and_regret(
    payoffs: FloatArray,
    strategy: FloatArray,
    offsets: IntArray,
    num_actions: IntArray,
    bases: IntArray,
    strides: IntArray,
    values: FloatArray,
    regrets: FloatArray,
    row: int,
) -> None:
    """Store all payoffs and the largest regret at the profile `strategy`."""
    work = np.empty(num_actions.max())
    largest = 0.0
    for i in range(len(num_actions)):
        _action_payoffs(payoffs, i, strategy, offsets, num_actions, bases, strides, work)
        best = -np.inf
        value = 0.0
        for a in range(num_actions[i]):
            best = max(best, work[a])
            value += strategy[offsets[i] + a] * work[a]
        values[i] = value
        largest = max(largest, best - value)
    regrets[row] = largest
