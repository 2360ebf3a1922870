"""The logit branch of a stochastic game, compiled: Newton and pseudo-arclength steps by block elimination.

The unknowns are the log-odds θ of every action against a reference action of the same player in the same
state, and the values V.  The equations are

    θ_a - θ⁰_a - λ (Q_a - Q_ref) = 0,        V_i(s) - Σ_a σ_a Q_a = 0,

with σ the softmax of θ and Q_a the expected payoff of an action, δ Σ p V included.  The derivatives of
θ-equations by θ are block diagonal over states, so θ is eliminated state by state with one transposed
solve per player, and what remains is a dense system in the values only.  Each linearisation gives the
Newton step and the tangent at once.

Arrays (letters: S states, N players, R joint actions over all states, M actions over all states and players):
``first_row [S + 1]``, ``place [R, N]`` (the number in 0..M-1 of each player's action), ``payoffs [R, N]``,
``law [R, S]``, ``discount [N]``, ``start [S, N]``, ``count [S, N]``, ``block [S + 1]``, ``law_by_state [S,
R]``.
"""

import numpy as np

from sim.compiled import inlined, loop_kernel
from sim.solvers.kernels.dense_lu import factor, solve, solve_transposed
from sim.solvers.kernels.state_tables import mix_strategies, regret, state_tables

REACHED, SATISFIED, OUT_OF_STEPS, STUCK = 1, 2, 0, -1

SETTLING, POLISHING, RENEWING, TRYING = 0, 1, 2, 3

FAR = 0.3
CLOSE = 1e-2
NEAR = 3e-2
BEND = 0.8
"""A step is taken if it lands within `FAR` of its length, on a residual below `CLOSE` and a last correction
below `NEAR`, and if the tangent turns by less than the angle with cosine `BEND`: near folds a small residual
alone may belong to no solution."""


@inlined
def _linearise(  # type: ignore[no-untyped-def]
    game, theta, values, rationality, prior, reference, support, polishing, work
):
    """Evaluate and solve: return (regular, residual); the Newton step and the tangent are left in `work`.

    When `polishing`, the equations are Q_a = Q_ref on the support instead, and λ plays no part.
    """
    start, count, block = game[5], game[6], game[7]
    sigma, q, pair, reach, w, worth, blocks, pivots, slot, ahead, mix, own = work[:12]
    residual, step, tangent, value_residual, value_step, value_tangent, schur, schur_pivots, flat = work[
        12:21
    ]
    num_states, num_players = values.shape
    mix_strategies(game, theta, support, polishing, sigma)
    size_values = num_states * num_players
    worst = 0.0
    for r in range(size_values):
        for c in range(size_values):
            schur[r, c] = 0.0
    for s in range(num_states):
        state_tables(game, s, sigma, values, q, pair, reach, w, worth)
        base = block[s]
        matrix = blocks[s]
        size = 0
        for i in range(num_players):
            for a in range(start[s, i], start[s, i] + count[s, i]):
                slot[a] = -1
                if a != reference[s, i]:
                    slot[a] = size
                    size += 1
        for i in range(num_players):
            ref = reference[s, i]
            v = 0.0
            for t in range(num_states):
                own[s, i, t] = 0.0
            for a in range(start[s, i], start[s, i] + count[s, i]):
                v += sigma[a] * q[a]
                for t in range(num_states):
                    own[s, i, t] += sigma[a] * reach[a - base, t]
            h = values[s, i] - v
            value_residual[s, i] = h
            worst = max(worst, abs(h))
            for a in range(start[s, i], start[s, i] + count[s, i]):
                for j in range(num_players):  # how each player's value in s moves with θ_a
                    if j == i:
                        mix[a, j] = sigma[a] * (q[a] - v)
                    else:
                        t_sum, v_j = 0.0, 0.0
                        for b in range(start[s, j], start[s, j] + count[s, j]):
                            t_sum += sigma[b] * pair[b - base, a - base]
                            v_j += sigma[b] * q[b]
                        mix[a, j] = sigma[a] * (t_sum - v_j)
                if a == ref:
                    continue
                r = slot[a]
                for c in range(size):
                    matrix[r, c] = 0.0
                tangent[a] = q[a] - q[ref]
                if polishing and not support[a]:
                    matrix[r, r] = 1.0
                    residual[a] = 0.0
                    tangent[a] = 0.0
                    for t in range(num_states):
                        ahead[a, t] = 0.0
                    continue
                strength = 1.0 if polishing else rationality
                if polishing:
                    residual[a] = -tangent[a]
                else:
                    matrix[r, r] = 1.0
                    residual[a] = (theta[a] - theta[ref]) - (prior[a] - prior[ref]) - rationality * tangent[a]
                worst = max(worst, abs(residual[a]))
                for k in range(num_players):
                    if k != i:
                        for b in range(start[s, k], start[s, k] + count[s, k]):
                            if slot[b] >= 0:
                                moved = (pair[a - base, b - base] - q[a]) - (
                                    pair[ref - base, b - base] - q[ref]
                                )
                                matrix[r, slot[b]] -= strength * sigma[b] * moved
                for t in range(num_states):
                    ahead[a, t] = -strength * (reach[a - base, t] - reach[ref - base, t])
        if not factor(matrix, size, pivots[s]):
            return False, worst
        for j in range(num_players):
            row = j * num_states + s
            schur[row, row] += 1.0
            for t in range(num_states):
                schur[row, j * num_states + t] -= own[s, j, t]
            for a in range(base, block[s + 1]):
                if slot[a] >= 0:
                    flat[slot[a]] = mix[a, j]
            solve_transposed(matrix, size, pivots[s], flat)
            value_step[s, j] = -value_residual[s, j]
            value_tangent[s, j] = 0.0
            for i in range(num_players):
                for a in range(start[s, i], start[s, i] + count[s, i]):
                    if slot[a] >= 0:
                        f = flat[slot[a]]
                        value_step[s, j] -= f * residual[a]
                        value_tangent[s, j] += f * tangent[a]
                        if f != 0.0:
                            for t in range(num_states):
                                schur[row, i * num_states + t] += f * ahead[a, t]
    if not factor(schur, size_values, schur_pivots):
        return False, worst
    for solution in (value_step, value_tangent):
        for s in range(num_states):
            for i in range(num_players):
                flat[i * num_states + s] = solution[s, i]
        solve(schur, size_values, schur_pivots, flat)
        for s in range(num_states):
            for i in range(num_players):
                solution[s, i] = flat[i * num_states + s]
    for s in range(num_states):
        size = 0
        for a in range(block[s], block[s + 1]):
            if slot[a] >= 0:
                size += 1
        for which in range(2):
            for i in range(num_players):
                for a in range(start[s, i], start[s, i] + count[s, i]):
                    if slot[a] >= 0:
                        f = -residual[a] if which == 0 else tangent[a]
                        for t in range(num_states):
                            f -= ahead[a, t] * (value_step[t, i] if which == 0 else value_tangent[t, i])
                        flat[slot[a]] = f
            solve(blocks[s], size, pivots[s], flat)
            for a in range(block[s], block[s + 1]):
                solved = flat[slot[a]] if slot[a] >= 0 else 0.0
                if which == 0:
                    step[a] = solved
                else:
                    tangent[a] = solved
    return True, worst


@loop_kernel
def walk(  # type: ignore[no-untyped-def]
    game,
    theta,
    values,
    direction,
    value_direction,
    state,
    prior,
    reference,
    support,
    phase,
    stop,
    floor,
    limit,
    work,
):
    """Settle, polish or follow, with at most `limit` linear solves; return (status, solves, regret).

    `phase` SETTLING is Newton at the fixed λ of ``state[0]``; POLISHING is Newton for indifference on the
    support; RENEWING follows the branch until λ reaches `stop` or the regret falls below `floor`.
    `theta`, `values`, their tangents and ``state`` (λ, its tangent, the step length) are updated in place.
    A tangent of λ of zero says that none is known yet.  All phases share the one place at which the equations
    are solved, as compiling that is what takes time.
    """
    step, tangent, value_step, value_tangent = work[13], work[14], work[16], work[17]
    num_states, num_players = values.shape
    num = theta.shape[0]
    trial, trial_values = work[21], work[22]
    for a in range(num):
        trial[a] = theta[a]
    for s in range(num_states):
        for i in range(num_players):
            trial_values[s, i] = values[s, i]
    rationality, length, landing, fresh = state[0], state[2], False, False
    polishing = phase == POLISHING
    before, tries, current, steps = np.inf, 0, np.inf, 0
    if phase == RENEWING and state[1] != 0.0:
        phase = TRYING
    for solves in range(limit):
        if phase == TRYING and tries == 0:
            length = state[2]
            landing = state[1] > 0 and state[0] + length * state[1] >= stop
            if landing:
                length = (stop - state[0]) / state[1]
            for a in range(num):
                trial[a] = theta[a] + length * direction[a]
            for s in range(num_states):
                for i in range(num_players):
                    trial_values[s, i] = values[s, i] + length * value_direction[s, i]
            rationality = state[0] + length * state[1]
            before = np.inf
        regular, worst = _linearise(
            game, trial, trial_values, rationality, prior, reference, support, polishing, work
        )
        usable = regular and worst < 1e12
        if phase != TRYING and not usable:
            return STUCK, solves + 1, current
        fixed = phase in (SETTLING, POLISHING) or landing or state[1] == 0.0
        turn, square, overlap = state[1], 1.0, 0.0
        for a in range(num):
            turn += direction[a] * tangent[a]
            overlap += direction[a] * step[a]
            square += tangent[a] ** 2
        change = 0.0 if fixed else -overlap / turn
        moved, largest, size = change * change, 0.0, 1.0
        for a in range(num):
            shift = step[a] + change * tangent[a]
            moved += shift * shift
            largest = max(largest, abs(shift))
            size = max(size, abs(trial[a]))
        damping = 3.0 / largest if polishing and largest > 3.0 else 1.0
        hopeless = phase == TRYING and (
            not usable or not worst < 0.5 * before or (not landing and moved > (FAR * length) ** 2)
        )
        if not hopeless:
            for a in range(num):
                trial[a] += damping * (step[a] + change * tangent[a])
            for s in range(num_states):
                for i in range(num_players):
                    trial_values[s, i] += damping * (value_step[s, i] + change * value_tangent[s, i])
            rationality += change
        before = worst
        tries += 1
        if phase in (SETTLING, POLISHING) and not (worst < 1e-12 * size and largest < 1e-7 * size):
            continue
        cosine = turn / np.sqrt(square)
        if phase != TRYING:
            # near a fold the last point and its tangent are too rough: correct the one, renew the other
            if phase == RENEWING and worst > 1e-10 and tries < 6 and state[1] != 0.0:
                continue
            accepted = True
        else:
            close = worst < (1e-9 if landing else CLOSE) and moved < NEAR**2
            accepted = close and not hopeless and abs(cosine) > BEND and rationality > -1e-9
            if not accepted and not hopeless and not close and tries < 6:
                continue
        if not accepted:
            state[2] = 0.4 * length
            if state[2] < 1e-9:
                return STUCK, solves + 1, current
            phase = TRYING if fresh else RENEWING
            fresh, tries = True, 0
            for a in range(num):
                trial[a] = theta[a]
            for s in range(num_states):
                for i in range(num_players):
                    trial_values[s, i] = values[s, i]
            rationality, landing = state[0], False
            continue
        norm = (-1.0 if cosine < 0 and state[1] != 0.0 else 1.0) / np.sqrt(square)
        for a in range(num):
            theta[a] = trial[a]
            direction[a] = tangent[a] * norm
        for s in range(num_states):
            for i in range(num_players):
                values[s, i] = trial_values[s, i]
                value_direction[s, i] = value_tangent[s, i] * norm
        state[0], state[1] = rationality, norm
        outcome = REACHED if phase in (SETTLING, POLISHING) else OUT_OF_STEPS
        if phase == TRYING:
            fresh = False
            steps += 1
            if not landing:
                quick = tries <= 2 and abs(cosine) > 0.98
                state[2] = length * (1.4 if quick else 1.2 if tries <= 3 else 0.7)
            if landing or rationality >= stop:
                outcome = REACHED
        if outcome == REACHED or (phase == TRYING and steps % 4 == 3):
            mix_strategies(game, theta, support, polishing, work[0])
            current = regret(game, work[0], values, work)
            if outcome == REACHED:
                return outcome, solves + 1, current
            if current < floor:
                return SATISFIED, solves + 1, current
        phase, tries = TRYING, 0
    return OUT_OF_STEPS, limit, current
