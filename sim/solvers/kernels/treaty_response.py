"""The response map of the treaty game, compiled.

Array letters as in ``sim.games.treaty.graph``: S states, M situations, X environments, R rows. One file,
because a cached kernel does not notice a change in another.
"""

import numpy as np

from sim.compiled import kernel

ALARM = 1
NUM_SIGNALS = 3
NUM_KERNELS = 4
NUM_ACTORS = 4
STAGE_STEPS = 500
STAGE_TOL = 1e-14


@kernel
def respond(  # type: ignore[no-untyped-def]
    values,
    advantage,
    strength,
    course_strength,
    first_row,
    num_legal,
    outsider_rows,
    idle_row,
    forced,
    free,
    can_build,
    kernels,
    rises,
    following,
    factors,
    law,
    discount,
    flows,
    courses,
    lumps,
    finding,
    building,
    opportunity,
    signals,
    order,
    moves,
    move_values,
    breach,
    new_values,
    new_advantage,
    staying,
):
    """Reply to continuation values [S, actors] and course advantages [S, parties] at given rationality.

    In every state the logit equilibrium of the stage game of moves is found, starting from `moves`, which is
    overwritten, as are `move_values`, `breach`, `new_values`, `new_advantage` and the probability of
    `staying` in each state. Situations are taken in the given `order`, and each sees the new values of those
    before it (Gauss-Seidel), with the probability of staying eliminated.
    """
    num_situations = len(idle_row)
    num_environments = law.shape[1]
    expected = np.zeros((2, num_situations, num_environments, NUM_ACTORS))
    for m in range(num_situations):
        _expect(values, law, m, expected)
    mixed = np.zeros((2, NUM_KERNELS, NUM_SIGNALS))  # signal law of each party by kernel, over its course
    shift = np.zeros((2, NUM_KERNELS, NUM_SIGNALS))  # what breaching instead of upholding does to it
    for party in range(2):
        for watch in range(NUM_KERNELS):
            for z in range(NUM_SIGNALS):
                shift[party, watch, z] = signals[watch, party, 1, z] - signals[watch, party, 0, z]
    widest = 1
    for m in range(num_situations):
        widest = max(widest, num_legal[m, 0] * num_legal[m, 1] * num_legal[m, 2] * num_legal[m, 3])
    row_value = np.zeros((widest, NUM_ACTORS))
    row_advantage = np.zeros((widest, 2))
    row_stay = np.zeros(widest)

    for m in order:
        n3 = num_legal[m, 3]
        num_rows = num_legal[m, 0] * num_legal[m, 1] * num_legal[m, 2] * n3
        for x in range(num_environments):
            s = m * num_environments + x
            chance = 1.0 if forced[m] else opportunity
            for party in range(2):
                b = 0.0 if free[m, party] else _logistic(course_strength * advantage[s, party])
                breach[s, party] = b
                for watch in range(NUM_KERNELS):
                    for z in range(NUM_SIGNALS):
                        mixed[party, watch, z] = signals[watch, party, 0, z] + b * shift[party, watch, z]
            # the outsider's last slot is its build-up where it may build, else a move the rows tell apart
            menu3 = n3 if outsider_rows[m] > 1 or n3 == 1 or can_build[m, x] else 1
            for r in range(num_rows):
                slot3 = r % n3
                if slot3 >= menu3:
                    continue
                built = slot3 if outsider_rows[m] == 1 else 0
                row = first_row[m] + (r if outsider_rows[m] > 1 else r // n3)
                _row(
                    *(row, r, m, x, built, expected, law, discount, lumps, factors, finding, rises, kernels),
                    *(following, mixed, shift, row_value, row_advantage, row_stay),
                )
                if built:
                    row_value[r, 3] += building
            if strength >= 0:
                _stage(num_legal[m], menu3, row_value, strength, moves[s], move_values[s])

            total = new_values[s]
            for i in range(NUM_ACTORS):
                total[i] = flows[s, i]
                for party in range(2):
                    total[i] += breach[s, party] * courses[s, party, i]
            gain = new_advantage[s]
            gain[0], gain[1] = courses[s, 0, 0], courses[s, 1, 1]
            staying[s] = 0.0
            for r in range(num_rows):
                slot3 = r % n3
                rest = r // n3
                k2 = rest % num_legal[m, 2]
                rest //= num_legal[m, 2]
                k1 = rest % num_legal[m, 1]
                k0 = rest // num_legal[m, 1]
                p = chance * moves[s, 0, k0] * moves[s, 1, k1] * moves[s, 2, k2] * moves[s, 3, slot3]
                if p > 0:
                    _add(r, p, row_value, row_advantage, row_stay, total, gain, staying, s)
            if chance < 1:
                _row(
                    *(
                        idle_row[m],
                        0,
                        m,
                        x,
                        0,
                        expected,
                        law,
                        discount,
                        lumps,
                        factors,
                        finding,
                        rises,
                        kernels,
                    ),
                    *(following, mixed, shift, row_value, row_advantage, row_stay),
                )
                _add(0, 1 - chance, row_value, row_advantage, row_stay, total, gain, staying, s)
            for party in range(2):
                if free[m, party]:
                    gain[party] = 0.0
            for i in range(NUM_ACTORS):
                kept = discount[i] * staying[s]
                total[i] = (total[i] - kept * values[s, i]) / (1 - kept)
        _expect(new_values, law, m, expected)


@kernel
def _expect(values, law, m, expected):  # type: ignore[no-untyped-def]
    """Write the continuation values of situation `m` expected over the environment, [built, M, X, actors]."""
    num_environments = law.shape[1]
    for built in range(2):
        for x in range(num_environments):
            expected[built, m, x, :] = 0.0
            for y in range(num_environments):
                p = law[built, x, y]
                if p > 0:
                    for i in range(NUM_ACTORS):
                        expected[built, m, x, i] += p * values[m * num_environments + y, i]


@kernel
def _row(  # type: ignore[no-untyped-def]
    row, r, m, x, built, expected, law, discount, lumps, factors, finding, rises, kernels,
    following, mixed, shift, row_value, row_advantage, row_stay,
):  # fmt: skip
    """Write what joint move `row` is worth to each actor, what each party's breach adds, and P(stay)."""
    kernel0, kernel1 = kernels[row, 0], kernels[row, 1]
    for i in range(NUM_ACTORS):
        lump = 0.0
        for f in range(factors.shape[0]):
            lump += factors[f, x] * lumps[row, f, i]
        row_value[r, i] = lump
    for party in range(2):
        watch = kernels[row, party]
        row_value[r, party] += finding[party] * rises[row, party] * mixed[party, watch, ALARM]
        row_advantage[r, party] = finding[party] * rises[row, party] * shift[party, watch, ALARM]
    row_stay[r] = 0.0
    for z0 in range(NUM_SIGNALS):
        for z1 in range(NUM_SIGNALS):
            p = mixed[0, kernel0, z0] * mixed[1, kernel1, z1]
            d0 = shift[0, kernel0, z0] * mixed[1, kernel1, z1]
            d1 = mixed[0, kernel0, z0] * shift[1, kernel1, z1]
            if p == 0 and d0 == 0 and d1 == 0:
                continue
            next_m = following[row, NUM_SIGNALS * z0 + z1]
            for i in range(NUM_ACTORS):
                row_value[r, i] += discount[i] * p * expected[built, next_m, x, i]
            row_advantage[r, 0] += discount[0] * d0 * expected[built, next_m, x, 0]
            row_advantage[r, 1] += discount[1] * d1 * expected[built, next_m, x, 1]
            if next_m == m:
                row_stay[r] += p * law[built, x, x]


@kernel
def _stage(counts, menu3, row_value, strength, moves, move_values):  # type: ignore[no-untyped-def]
    """Solve the logit equilibrium of one stage game of moves, in place, by damped replies in turn."""
    n1, n2, n3 = counts[1], counts[2], counts[3]
    num_rows = counts[0] * n1 * n2 * n3
    slots = np.zeros(NUM_ACTORS, dtype=np.int64)
    menu = counts.copy()
    menu[3] = menu3
    step = 1.0
    last = np.inf
    for _ in range(STAGE_STEPS):
        change = 0.0
        for i in range(NUM_ACTORS):
            move_values[i, :] = 0.0
            for r in range(num_rows):
                slots[3] = r % n3
                if slots[3] >= menu3:
                    continue
                rest = r // n3
                slots[2] = rest % n2
                rest //= n2
                slots[1] = rest % n1
                slots[0] = rest // n1
                p = 1.0
                for j in range(NUM_ACTORS):
                    if j != i:
                        p *= moves[j, slots[j]]
                move_values[i, slots[i]] += p * row_value[r, i]
            if menu[i] > 1:
                best = move_values[i, : menu[i]].max()
                weights = np.exp(strength * (move_values[i, : menu[i]] - best))
                weights /= weights.sum()
                for k in range(menu[i]):
                    difference = weights[k] - moves[i, k]
                    change = max(change, abs(difference))
                    moves[i, k] += step * difference
        if change <= STAGE_TOL:
            break
        if change > 0.9 * last:
            step = max(0.7 * step, 0.05)
        last = change


@kernel
def _add(  # type: ignore[no-untyped-def]
    r, p, row_value, row_advantage, row_stay, total, gain, staying, s
):
    """Add joint move `r`, played with probability `p`, to a state's sums."""
    for i in range(NUM_ACTORS):
        total[i] += p * row_value[r, i]
    gain[0] += p * row_advantage[r, 0]
    gain[1] += p * row_advantage[r, 1]
    staying[s] += p * row_stay[r]


@kernel
def _logistic(z):  # type: ignore[no-untyped-def]
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))
