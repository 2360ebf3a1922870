"""Expected payoffs in one state of a stochastic game, compiled; arrays as in `markov_equations`."""

import numpy as np

from sim.compiled import inlined


@inlined
def mix_strategies(game, theta, support, restricted, sigma):  # type: ignore[no-untyped-def]
    """Fill `sigma` with the softmax of θ, over the support only where `restricted`."""
    _, _, _, _, _, start, count, _, _ = game
    for s in range(start.shape[0]):
        for i in range(start.shape[1]):
            first, size = start[s, i], count[s, i]
            top = -np.inf
            for a in range(first, first + size):
                if (support[a] or not restricted) and theta[a] > top:
                    top = theta[a]
            total = 0.0
            for a in range(first, first + size):
                sigma[a] = np.exp(theta[a] - top) if support[a] or not restricted else 0.0
                total += sigma[a]
            for a in range(first, first + size):
                sigma[a] /= total


@inlined
def state_tables(game, s, sigma, values, q, pair, reach, w, worth):  # type: ignore[no-untyped-def]
    """Fill state `s`: Q of each action and of each pair of two players' actions, and the law ahead."""
    first_row, place, payoffs, law, discount, _, _, block, law_by_state = game
    num_states, num_players = values.shape
    base = block[s]
    size = block[s + 1] - base
    begin, rows = first_row[s], first_row[s + 1] - first_row[s]
    for a in range(size):
        q[base + a] = 0.0
        for b in range(size):
            pair[a, b] = 0.0
        for t in range(num_states):
            reach[a, t] = 0.0
    for i in range(num_players):  # joint actions innermost, so that several are done at once
        for r in range(rows):
            worth[i, r] = 0.0
        for t in range(num_states):
            v = discount[i] * values[t, i]
            for r in range(rows):
                worth[i, r] += v * law_by_state[t, begin + r]
        for r in range(rows):
            worth[i, r] += payoffs[begin + r, i]
    for r in range(rows):
        row = begin + r
        after = 1.0  # w[num_players + k] is the product of the probabilities of players k, k + 1, …
        w[2 * num_players] = 1.0
        for i in range(num_players - 1, -1, -1):
            w[i] = sigma[place[row, i]]
            after *= w[i]
            w[num_players + i] = after
        before = 1.0
        for i in range(num_players):
            a = place[row, i] - base
            others = before * w[num_players + i + 1]
            if others != 0.0:
                q[base + a] += others * worth[i, r]
                f = others * discount[i]
                for t in range(num_states):
                    reach[a, t] += f * law[row, t]
            between = before
            for k in range(i + 1, num_players):
                b = place[row, k] - base
                rest = between * w[num_players + k + 1]
                pair[a, b] += rest * worth[i, r]
                pair[b, a] += rest * worth[k, r]
                between *= w[k]
            before *= w[i]
