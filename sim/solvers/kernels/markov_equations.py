"""The equations of a stochastic game's logit branch, compiled: one point's Newton step and tangent.

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

from sim.compiled import loop_kernel
from sim.solvers.kernels.dense_lu import factor, solve, solve_transposed
from sim.solvers.kernels.state_tables import mix_strategies, state_tables


@loop_kernel
def linearise(  # type: ignore[no-untyped-def]
    game, theta, values, rationality, prior, reference, support, polishing, solving, work
):
    """Evaluate and solve: return (regular, residual); strategies, Newton step and tangent are left in `work`.

    When `polishing`, the equations are Q_a = Q_ref on the support instead, and λ plays no part. When not `solving`,
    only the strategies are computed and the largest gain of a one-shot deviation, which is returned as the residual.
    """
    _, _, _, _, _, start, count, block, _ = game
    (
        sigma, q, pair, reach, w, worth, blocks, pivots, slot, ahead, mix, own,
        residual, step, tangent, value_residual, value_step, value_tangent, schur, schur_pivots, flat,
    ) = work  # fmt: skip
    num_states, num_players = values.shape
    mix_strategies(game, theta, support, polishing, sigma)
    size_values = num_states * num_players
    worst = 0.0
    for r in range(size_values):
        for c in range(size_values):
            schur[r, c] = 0.0
    for s in range(num_states):
        state_tables(game, s, sigma, values, q, pair, reach, w, worth)
        if not solving:
            for i in range(num_players):
                best, v = q[start[s, i]], 0.0
                for a in range(start[s, i], start[s, i] + count[s, i]):
                    best = max(best, q[a])
                    v += sigma[a] * q[a]
                worst = max(worst, best - v)
            continue
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
    if not solving:
        return True, worst
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
