"""The principal branch of logit equilibria, compiled: predictor, corrector, and the limit polished.

Payoffs are given flat, ``payoffs[joint action, player]``, in units of the largest payoff range; a profile is
one row, one player after the other, and ``places[joint action, player]`` says where an action stands in it.
The method is described in `sim.solvers.logit_branch`.
"""

import numpy as np

from sim.arrays import FloatArray, IntArray
from sim.compiled import kernel
from sim.solvers.kernels.linear_system import gauss

FIRST_STEP = 0.1
SMALLEST_STEP = 1e-7
CORRECTED = 1e-12  # last change by Newton's method where the branch ends
ROUGHLY_CORRECTED = 1e-5  # elsewhere: the error is of the order of its square
MAX_CORRECTIONS = 5
LARGEST_CORRECTION = 0.03  # of the step; more, and the branch may have been left
MAX_POLISHING = 8
POLISHED = 1e-9  # regret of the limit
REACHED, TOO_MANY_STEPS, STUCK = 0, 1, 2


@kernel
def follow_path(
    payoffs: FloatArray,
    num_actions: IntArray,
    places: IntArray,
    goal: float,
    longest_step: float,
    rationality: FloatArray,
    strategies: FloatArray,
    limit: FloatArray,
    values: FloatArray,
) -> tuple[int, int, float, float]:
    """Fill the branch, its limit and the limit's payoffs (without a limit, the last point's).

    Returns the number of points, the outcome, the regret of the limit, and that of the last point.
    """
    players = len(num_actions)
    total = len(limit)
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
    jacobian = np.empty((unknown, unknown + 1))
    step = np.empty(unknown + 1)
    previous[unknown] = 1.0
    length = FIRST_STEP
    points = 0
    _strategies(z, num_actions, x)
    rationality[0] = 0.0
    _copy(x, strategies[0])
    points = 1
    if goal <= 0.0:
        return points, REACHED, np.inf, _worth(payoffs, num_actions, places, x, own, slopes, values)
    _system(payoffs, num_actions, places, z, x, own, slopes, matrix)
    for r in range(unknown):
        for c in range(unknown + 1):
            jacobian[r, c] = matrix[r, c]
    while points < len(rationality):
        # predict along the tangent, oriented as before; correct across it
        # (the Jacobian is that of the last correction but one, which differs in the tenth digit)
        for c in range(unknown + 1):
            for r in range(unknown):
                matrix[r, c] = jacobian[r, c]
            matrix[unknown, c] = previous[c]
            matrix[c, unknown + 1] = 0.0
        matrix[unknown, unknown + 1] = 1.0
        if gauss(matrix, unknown + 1, tangent)[0] == 0:
            return points, STUCK, np.inf, np.inf
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
                return points, STUCK, np.inf, np.inf
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
                    for r in range(unknown):
                        jacobian[r, c] = matrix[r, c]
                    matrix[unknown, c] = 0.0 if last else tangent[c] / ((1.0 + abs(z[c])) * (1.0 + abs(z[c])))
                if last:
                    matrix[unknown, unknown] = 1.0
                matrix[unknown, unknown + 1] = 0.0
                if gauss(matrix, unknown + 1, step)[0] == 0:
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
        _copy(x, strategies[points])
        points += 1
        if last:
            last_regret = _worth(payoffs, num_actions, places, x, own, slopes, values)
            regret = np.inf
            for exponent in range(2, 5):  # thresholds 1e-2 to 1e-4 of what counts as little weight
                regret = _polish(payoffs, num_actions, places, x, 10.0**-exponent, own, slopes, limit, values)
                if regret < POLISHED:
                    break
            return points, REACHED, regret, last_regret
        used = first_correction / (LARGEST_CORRECTION * length)
        grow = 2.0 if used < 0.1 else 1.4 if used < 0.35 else 1.0 if used < 0.6 else 0.8
        length = min(longest_step, length * grow)
    return points, TOO_MANY_STEPS, np.inf, np.inf


@kernel
def _polish(
    payoffs: FloatArray,
    num_actions: IntArray,
    places: IntArray,
    near: FloatArray,
    threshold: float,
    own: FloatArray,
    slopes: FloatArray,
    x: FloatArray,
    values: FloatArray,
) -> float:
    """Fill `x` with the profile next to `near` whose actions in use are equally good; return its regret."""
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
        if gauss(matrix, unknown, step)[0] == 0:
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
    regret: float = _worth(payoffs, num_actions, places, x, own, slopes, values)
    return regret


@kernel
def _worth(
    payoffs: FloatArray,
    num_actions: IntArray,
    places: IntArray,
    x: FloatArray,
    own: FloatArray,
    slopes: FloatArray,
    values: FloatArray,
) -> float:
    """Fill the players' payoffs at `x`; return the largest regret."""
    players = len(num_actions)
    _action_payoffs(payoffs, num_actions, places, x, own, slopes)
    regret = 0.0
    start = 0
    for i in range(players):
        value = 0.0
        best = own[start]
        for a in range(start, start + num_actions[i]):
            value += x[a] * own[a]
            best = max(best, own[a])
        values[i] = value
        regret = max(regret, best - value)
        start += num_actions[i]
    return regret


@kernel
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


@kernel
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


@kernel
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
    for mine in range(len(own)):
        own[mine] = 0.0
        for theirs in range(len(own)):
            slopes[mine, theirs] = 0.0
    for q in range(joint):
        for i in range(players):
            mine = places[q, i]
            for j in range(players):
                if j != i:
                    partial = payoffs[q, i]
                    if players == 3:
                        partial *= x[places[q, 3 - i - j]]
                    elif players > 3:
                        for k in range(players):
                            if k != i and k != j:  # noqa: PLR1714  # a set here costs ten times the product
                                partial *= x[places[q, k]]
                    slopes[mine, places[q, j]] += partial
        if players == 1:
            own[places[q, 0]] = payoffs[q, 0]
    if players == 1:
        return
    rival_start = num_actions[0]  # a payoff is linear in any one rival's strategy
    for mine in range(len(own)):
        first, last = (rival_start, rival_start + num_actions[1]) if mine < rival_start else (0, rival_start)
        for theirs in range(first, last):
            own[mine] += slopes[mine, theirs] * x[theirs]


@kernel
def _copy(source: FloatArray, target: FloatArray) -> None:
    for k in range(len(source)):
        target[k] = source[k]
