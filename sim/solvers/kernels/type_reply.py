"""The logit best reply of one type of one party to fixed Markov strategies of everyone else, compiled.

First what each own move leads to is tabulated with the others' moves and signals averaged out; then values are
iterated, states in the order in which their successors mostly come first, with the probability of staying put
eliminated. Letters as in ``sim.games.treaty.graph``; K is the largest number of successors of a situation.
"""

import numpy as np

from sim.compiled import kernel

ALARM = 1
FREE_CHOICE = -1


@kernel
def tabulate(  # type: ignore[no-untyped-def]
    party,
    moves,
    breach,
    first_row,
    num_legal,
    outsider_rows,
    idle_row,
    can_build,
    kernels,
    rises,
    factors,
    lumps,
    finding,
    signals,
    place_of,
    lead,
    worth,
    builds,
):
    """Write what each own slot leads to, by own course; the slot after the last is a period without an opportunity.

    Parameters
    ----------
    moves [S, actors, slots], breach [S, parties] : the others' strategies
    place_of [R, 9] : place of what follows among the situation's successors

    Writes
    ------
    lead [S, slots + 1, courses, K] : probability of each successor
    worth [S, slots + 1, courses] : expected lumps of the party
    builds [S] : probability that the outsider makes a step of build-up, given an opportunity
    """
    num_places = factors.shape[1]
    other = 1 - party
    idle = worth.shape[1] - 1
    law = np.zeros((2, 3))
    for m in range(first_row.size - 1):
        n1, n2, n3 = num_legal[m, 1], num_legal[m, 2], outsider_rows[m]
        for x in range(num_places):
            s = m * num_places + x
            builds[s] = 0.0
            if n3 == 1 and num_legal[m, 3] > 1 and can_build[m, x]:
                builds[s] = moves[s, 3, 1]
            b = breach[s, other]
            for k in range(-1, first_row[m + 1] - first_row[m]):
                if k < 0:
                    row, slot, likely = idle_row[m], idle, 1.0
                    if row < 0:
                        continue
                else:
                    row = first_row[m] + k
                    slots = (k // (n3 * n2 * n1), k // (n3 * n2) % n1)
                    slot = slots[party]
                    likely = moves[s, other, slots[other]] * moves[s, 2, k // n3 % n2]
                    if n3 > 1:
                        likely *= moves[s, 3, k % n3]
                if likely == 0.0:
                    continue
                lump = 0.0
                for f in range(factors.shape[0]):
                    lump += factors[f, x] * lumps[row, f, party]
                for z in range(3):
                    k_other = kernels[row, other]
                    law[other, z] = (1 - b) * signals[k_other, other, 0, z] + b * signals[
                        k_other, other, 1, z
                    ]
                for course in range(2):
                    for z in range(3):
                        law[party, z] = signals[kernels[row, party], party, course, z]
                    worth[s, slot, course] += likely * lump
                    if rises[row, party]:
                        worth[s, slot, course] += likely * law[party, ALARM] * finding[party]
                    for z0 in range(3):
                        for z1 in range(3):
                            mass = likely * law[0, z0] * law[1, z1]
                            lead[s, slot, course, place_of[row, 3 * z0 + z1]] += mass


@kernel
def iterate(  # type: ignore[no-untyped-def]
    rationality,
    holding,
    discount,
    tol,
    max_sweeps,
    order,
    successors,
    menu,
    chance,
    free,
    course,
    mixing,
    lead,
    worth,
    builds,
    flows,
    stake,
    values,
    moves,
    breach,
):
    """Iterate values [S] of the type to a fixed point; write its moves [S, slots] and breach [S].

    Parameters
    ----------
    holding : worth of holding a course for a mean time between opportunities, 1 - exp(-r h)
    successors [M, K] : situations, -1 beyond the last; menu [S] : number of own legal slots; chance [S]
    course [S] : 0 or 1 where it is given, `FREE_CHOICE` where it is chosen
    mixing [2, X, X] : law of the environment without and with a step of build-up
    flows [S] : payoff of a period, the other's breach included; stake [S] : what one's own breach adds

    Returns
    -------
    residual, sweeps : largest change of a value in the last sweep, and how many there were
    """
    num_places = mixing.shape[1]
    slots = moves.shape[1]
    ahead = np.zeros((2, successors.shape[1]))
    gain = np.zeros((slots + 1, 2))  # by slot and course, what follows included
    total = np.zeros(slots)
    residual = np.inf
    sweeps = 0
    while residual > tol and sweeps < max_sweeps:
        residual = 0.0
        sweeps += 1
        for m in order:
            for x in range(num_places):
                s = m * num_places + x
                here = -1
                for k in range(successors.shape[1]):
                    if successors[m, k] < 0:
                        break
                    if successors[m, k] == m:
                        here = k
                    for built in range(2):
                        expected = 0.0
                        for y in range(num_places):
                            expected += mixing[built, x, y] * values[successors[m, k] * num_places + y]
                        ahead[built, k] = expected
                count = menu[s]
                for a in range(slots + 1):
                    if slots > a >= count:
                        continue
                    rising = builds[s] if a < slots else 0.0
                    for c in range(2):
                        sum_ = 0.0
                        for k in range(successors.shape[1]):
                            if successors[m, k] < 0:
                                break
                            expected = ahead[0, k] + rising * (ahead[1, k] - ahead[0, k])
                            sum_ += lead[s, a, c, k] * expected
                        gain[a, c] = worth[s, a, c] + discount * sum_
                if free[s]:
                    b = 0.0
                elif course[s] != FREE_CHOICE:
                    b = float(course[s])
                else:
                    advantage = stake[s] + (1 - chance[s]) * (gain[slots, 1] - gain[slots, 0])
                    for a in range(count):
                        advantage += chance[s] * moves[s, a] * (gain[a, 1] - gain[a, 0])
                    b = 1.0 / (1.0 + np.exp(-rationality * advantage / holding))
                breach[s] = b
                best = -np.inf
                for a in range(count):
                    total[a] = (1 - b) * gain[a, 0] + b * gain[a, 1]
                    best = max(best, total[a])
                mass = 0.0
                for a in range(count):
                    moves[s, a] = np.exp(rationality * (total[a] - best))
                    mass += moves[s, a]
                value = flows[s] + b * stake[s]
                value += (1 - chance[s]) * ((1 - b) * gain[slots, 0] + b * gain[slots, 1])
                stay = 0.0
                if here >= 0:
                    stay = (1 - chance[s]) * mixing[0, x, x]
                    stay *= (1 - b) * lead[s, slots, 0, here] + b * lead[s, slots, 1, here]
                for a in range(count):
                    moves[s, a] /= mass
                    value += chance[s] * moves[s, a] * total[a]
                    if here >= 0:
                        back = mixing[0, x, x] + builds[s] * (mixing[1, x, x] - mixing[0, x, x])
                        back *= (1 - b) * lead[s, a, 0, here] + b * lead[s, a, 1, here]
                        stay += chance[s] * moves[s, a] * back
                value = (value - discount * stay * values[s]) / (1 - discount * stay)
                residual = max(residual, abs(value - values[s]))
                values[s] = value
    return residual, sweeps
