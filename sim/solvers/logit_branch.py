r"""The principal branch of logit equilibria, followed by a compiled predictor-corrector.

With rationality :math:`λ` the logit equilibrium solves :math:`x_{ia} ∝ \exp(λ u_{ia}(x))`.  In the unknowns
:math:`z_{ia} = \log(x_{ia} / x_{i0})`,

.. math:: F_{ia}(z, λ) = z_{ia} - λ [u_{ia}(x) - u_{i0}(x)] = 0,

whose solutions contain a curve that starts at the centroid, :math:`(z, λ) = 0`, and for almost all games
leads to one equilibrium as :math:`λ → ∞`.  The curve may turn back in λ; it is followed by arc length, with
steps that grow with the unknowns, so that the points lie evenly on a logarithmic axis once λ is large.

A kernel and all that it calls stand in this one file, because the compiler's cache does not see a change made
elsewhere.

References
----------
McKelvey & Palfrey (1995), Quantal response equilibria for normal form games.
Turocy (2005), A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence.
Allgower & Georg (1990), Numerical Continuation Methods, chapter 6.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit

from sim.arrays import FloatArray, IntArray, sealed
from sim.games.normal_form import NormalFormGame

FIRST_STEP = 0.1
LARGEST_STEP = 0.6  # relative to 1 + the size of the unknowns
SMALLEST_STEP = 1e-7
CORRECTED = 1e-12  # last change by Newton's method where the branch ends
ROUGHLY_CORRECTED = 1e-5  # elsewhere: the error is of the order of its square
MAX_CORRECTIONS = 5
LARGEST_CORRECTION = 0.05  # of the step; more, and the branch may have been left
MAX_POLISHING = 8
POLISHED = 1e-9  # regret of the limit, in units of the payoff range
MAX_POINTS = 4000
REACHED, TOO_MANY_STEPS, STUCK = 0, 1, 2


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
    """

    rationality: FloatArray
    strategies: FloatArray
    outcome: int
    limit: FloatArray
    limit_regret: float


def follow_branch(
    game: NormalFormGame, max_rationality: float, longest_step: float = LARGEST_STEP
) -> LogitBranch:
    """Return the principal branch from the centroid until it first reaches `max_rationality`.

    The last point lies at `max_rationality` exactly, if it was reached.

    Parameters
    ----------
    max_rationality : float
        Per unit of payoff, at least 0.
    longest_step : float
        Relative change of the unknowns in one step.
    """
    players = game.num_players
    num_actions, places = _tables(game.num_actions)
    scale = float(np.ptp(game.payoffs, axis=tuple(range(1, players + 1))).max()) or 1.0
    flat = np.ascontiguousarray(game.payoffs.reshape(players, -1).T) / scale
    count = sum(game.num_actions)
    rationality = np.empty(MAX_POINTS)
    strategies = np.empty((MAX_POINTS, count))
    limit = np.empty(count)
    points, outcome, regret = _follow(
        flat,
        num_actions,
        places,
        max_rationality * scale,
        longest_step,
        rationality,
        strategies,
        limit,
    )
    return LogitBranch(
        rationality=sealed(rationality[:points] / scale),
        strategies=sealed(strategies[:points]),
        outcome=outcome,
        limit=sealed(limit),
        limit_regret=regret * scale,
    )


@lru_cache(maxsize=64)
def _tables(num_actions: tuple[int, ...]) -> tuple[IntArray, IntArray]:
    """Return the numbers of actions and where each player's action stands in a row of strategies, [joint, players]."""
    starts = np.cumsum([0, *num_actions[:-1]])
    places = np.indices(num_actions).reshape(len(num_actions), -1).T + starts
    return sealed(num_actions, np.int64), sealed(places, np.int64)


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(
    payoffs: FloatArray,
    num_actions: IntArray,
    places: IntArray,
    goal: float,
    longest_step: float,
    rationality: FloatArray,
    strategies: FloatArray,
    limit: FloatArray,
) -> tuple[int, int, float]:
    """Fill `rationality`, `strategies`, `limit`; return the number of points, the outcome, the limit's regret."""
    players = len(num_actions)
    total = num_actions.sum()
    unknown = total - players
    z = np.zeros(unknown + 1)  # the last unknown is the rationality
    trial = np.zeros(unknown + 1)
    tangent = np.zeros(unknown + 1)
    previous = np.zeros(unknown + 1)
    before = np.zeros(unknown + 1)
    bend = np.zeros(unknown + 1)
    covered = 1.0
    x = np.empty(total)
    own = np.empty(total)
    slopes = np.empty((total, total))
    matrix = np.empty((unknown + 1, unknown + 2))
    step = np.empty(unknown + 1)
    previous[unknown] = 1.0
    length = FIRST_STEP
    points = 0
    _strategies(z, num_actions, x)
    rationality[0] = 0.0
    strategies[0] = x
    points = 1
    if goal <= 0.0:
        return points, REACHED, np.inf
    while points < len(rationality):
        # predict along the tangent, oriented as before; correct across it
        _system(payoffs, num_actions, places, z, x, own, slopes, matrix)
        for c in range(unknown + 1):
            matrix[unknown, c] = previous[c]
            matrix[c, unknown + 1] = 0.0
        matrix[unknown, unknown + 1] = 1.0
        if not _gauss(matrix, unknown + 1, tangent):
            return points, STUCK, np.inf
        size = 0.0
        for c in range(unknown + 1):
            size = max(size, abs(tangent[c]) / (1.0 + abs(z[c])))
        for c in range(unknown + 1):
            tangent[c] /= size
            bend[c] = (tangent[c] - before[c]) / covered if points > 1 else 0.0
            before[c] = tangent[c]
        accepted = False
        while not accepted:
            if length < SMALLEST_STEP:
                return points, STUCK, np.inf
            for c in range(unknown + 1):
                trial[c] = z[c] + length * (tangent[c] + 0.5 * length * bend[c])
            last = trial[unknown] >= goal
            if last:  # meet the goal exactly: stay in the plane of that rationality
                share = (goal - z[unknown]) / (trial[unknown] - z[unknown])
                for c in range(unknown + 1):
                    trial[c] = z[c] + share * (trial[c] - z[c])
                trial[unknown] = goal
            first_correction = 0.0
            for correction in range(MAX_CORRECTIONS):
                _system(payoffs, num_actions, places, trial, x, own, slopes, matrix)
                for c in range(unknown + 1):
                    matrix[unknown, c] = 0.0 if last else tangent[c] / ((1.0 + abs(z[c])) * (1.0 + abs(z[c])))
                if last:
                    matrix[unknown, unknown] = 1.0
                matrix[unknown, unknown + 1] = 0.0
                if not _gauss(matrix, unknown + 1, step):
                    break
                moved = 0.0
                for c in range(unknown + 1):
                    trial[c] += step[c]
                    moved = max(moved, abs(step[c]) / (1.0 + abs(trial[c])))
                if correction == 0:
                    first_correction = moved
                if moved > LARGEST_CORRECTION * length + ROUGHLY_CORRECTED:
                    break
                if moved < (CORRECTED if last else ROUGHLY_CORRECTED):
                    accepted = True
                    break
            if not accepted:
                length *= 0.4
        covered = length
        _strategies(trial, num_actions, x)
        for c in range(unknown + 1):
            previous[c] = (trial[c] - z[c]) / ((1.0 + abs(trial[c])) * (1.0 + abs(trial[c])))
            z[c] = trial[c]
        rationality[points] = z[unknown]
        strategies[points] = x
        points += 1
        if last:
            regret = np.inf
            for exponent in range(2, 5):  # thresholds 1e-2 to 1e-4 of what counts as little weight
                regret = _polish(payoffs, num_actions, places, x, 10.0**-exponent, own, slopes, limit)
                if regret < POLISHED:
                    break
            return points, REACHED, regret
        grow = 2.0 if first_correction < 0.03 * length else 1.3 if first_correction < 0.12 * length else 0.8
        length = min(longest_step, length * grow)
    return points, TOO_MANY_STEPS, np.inf


@njit(cache=True, nogil=True, error_model="numpy")
def _polish(
    payoffs: FloatArray,
    num_actions: IntArray,
    places: IntArray,
    near: FloatArray,
    threshold: float,
    own: FloatArray,
    slopes: FloatArray,
    x: FloatArray,
) -> float:
    """Fill `x` with the profile next to `near` that makes the supports' actions equally good; return its regret."""
    players = len(num_actions)
    unknown = 0
    places_of = np.empty(len(near), dtype=np.int64)  # unknowns are the weights in the supports
    firsts = np.empty(players + 1, dtype=np.int64)
    start = 0
    for i in range(players):
        firsts[i] = unknown
        total = 0.0
        for a in range(start, start + num_actions[i]):
            x[a] = near[a] if near[a] > threshold else 0.0
            total += x[a]
            if x[a] > 0.0:
                places_of[unknown] = a
                unknown += 1
        for a in range(start, start + num_actions[i]):
            x[a] /= total
        start += num_actions[i]
    firsts[players] = unknown
    matrix = np.empty((unknown, unknown + 1))
    step = np.empty(unknown)
    for _ in range(MAX_POLISHING):
        _action_payoffs(payoffs, num_actions, places, x, own, slopes)
        for i in range(players):
            for row in range(firsts[i], firsts[i + 1]):
                base = places_of[firsts[i]]
                for column in range(unknown):
                    inside = firsts[i] <= column < firsts[i + 1]
                    if row == firsts[i]:  # the probabilities keep their sum
                        matrix[row, column] = 1.0 if inside else 0.0
                    elif inside:
                        matrix[row, column] = 0.0
                    else:
                        there = places_of[column]
                        matrix[row, column] = slopes[places_of[row], there] - slopes[base, there]
                matrix[row, unknown] = own[base] - own[places_of[row]]
        if not _gauss(matrix, unknown, step):
            return np.inf
        moved = 0.0
        for row in range(unknown):
            x[places_of[row]] += step[row]
            moved = max(moved, abs(step[row]))
        if moved < 1e-14:
            break
    for a in range(len(x)):
        if x[a] < 0.0 or abs(x[a] - near[a]) > threshold:
            return np.inf
    _action_payoffs(payoffs, num_actions, places, x, own, slopes)
    regret = 0.0
    start = 0
    for i in range(players):
        value = 0.0
        best = own[start]
        for a in range(start, start + num_actions[i]):
            value += x[a] * own[a]
            best = max(best, own[a])
        regret = max(regret, best - value)
        start += num_actions[i]
    return regret


@njit(cache=True, nogil=True, error_model="numpy")
def _strategies(z: FloatArray, num_actions: IntArray, x: FloatArray) -> None:
    """Fill `x` with the strategies whose log odds against the first action are `z`."""
    start = 0
    unknown = 0
    for i in range(len(num_actions)):
        highest = 0.0
        for a in range(1, num_actions[i]):
            highest = max(highest, z[unknown + a - 1])
        x[start] = np.exp(-highest)
        total = x[start]
        for a in range(1, num_actions[i]):
            x[start + a] = np.exp(z[unknown + a - 1] - highest)
            total += x[start + a]
        for a in range(num_actions[i]):
            x[start + a] /= total
        start += num_actions[i]
        unknown += num_actions[i] - 1


@njit(cache=True, nogil=True, error_model="numpy")
def _system(
    payoffs: FloatArray,
    num_actions: IntArray,
    places: IntArray,
    z: FloatArray,
    x: FloatArray,
    own: FloatArray,
    slopes: FloatArray,
    matrix: FloatArray,
) -> None:
    """Fill the Jacobian of F by all unknowns and, as right-hand side, -F."""
    players = len(num_actions)
    unknown = len(z) - 1
    rationality = z[unknown]
    _strategies(z, num_actions, x)
    _action_payoffs(payoffs, num_actions, places, x, own, slopes)
    start = 0
    row = 0
    for i in range(players):
        for a in range(1, num_actions[i]):
            column = 0
            other = 0
            for j in range(players):
                if j == i:
                    for b in range(1, num_actions[j]):
                        matrix[row, column] = 1.0 if b == a else 0.0
                        column += 1
                else:
                    mean = 0.0
                    for b in range(num_actions[j]):
                        gap = slopes[start + a, other + b] - slopes[start, other + b]
                        mean += x[other + b] * gap
                    for b in range(1, num_actions[j]):
                        gap = slopes[start + a, other + b] - slopes[start, other + b]
                        matrix[row, column] = -rationality * x[other + b] * (gap - mean)
                        column += 1
                other += num_actions[j]
            gain = own[start + a] - own[start]
            matrix[row, unknown] = -gain
            matrix[row, unknown + 1] = rationality * gain - z[row]
            row += 1
        start += num_actions[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _action_payoffs(
    payoffs: FloatArray,
    num_actions: IntArray,
    places: IntArray,
    x: FloatArray,
    own: FloatArray,
    slopes: FloatArray,
) -> None:
    """Fill each action's payoff against the others, and its derivatives by their probabilities.

    ``places[joint, i]`` is where the action of player i stands in `x`, ``payoffs[joint, i]`` what it earns.
    """
    joint, players = payoffs.shape
    own[:] = 0.0
    slopes[:] = 0.0
    for q in range(joint):
        for i in range(players):
            mine = places[q, i]
            for j in range(players):
                if j != i:
                    partial = payoffs[q, i]
                    for k in range(players):
                        if k != i and k != j:  # noqa: PLR1714  # a set here costs ten times the product
                            partial *= x[places[q, k]]
                    slopes[mine, places[q, j]] += partial
    rival_start = num_actions[0]  # a payoff is linear in any one rival's strategy
    for mine in range(len(own)):
        first, last = (rival_start, rival_start + num_actions[1]) if mine < rival_start else (0, rival_start)
        for theirs in range(first, last):
            own[mine] += slopes[mine, theirs] * x[theirs]


@njit(cache=True, nogil=True, error_model="numpy")
def _gauss(matrix: FloatArray, k: int, solution: FloatArray) -> bool:
    """Solve the augmented system [k, k + 1] in place; False if it is singular."""
    for column in range(k):
        best = column
        largest = abs(matrix[column, column])
        for row in range(column + 1, k):
            if abs(matrix[row, column]) > largest:
                largest = abs(matrix[row, column])
                best = row
        if not largest > 1e-300:
            return False
        if best != column:
            for j in range(column, k + 1):
                matrix[column, j], matrix[best, j] = matrix[best, j], matrix[column, j]
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
    return True
