"""One sweep of values and logit replies over public states and beliefs, compiled. See `sim.engine.belief_equilibrium`.

Letters as in ``sim.games.treaty.graph``; `V` roles (a party once per type, then the ally and the outsider), `B` cells
of belief, the second party's doubt changing first.
"""

import numpy as np

from sim.compiled import kernel
from sim.engine.codes import ALARM

FREE_CHOICE = -1
LEAST = 1e-300


@kernel
def sweep(  # type: ignore[no-untyped-def]
    rationality,
    damping,
    holding,
    order,
    graph,
    mixing,
    shared,
    roles,
    beliefs,
    values,
    ahead,
    moves,
    breach,
    regrets,
):
    """Go once through all cells and situations, in place; return the largest changes of log-odds and of values.

    Parameters
    ----------
    damping : in (0, 1], share of the way that log-odds go towards those of the logit reply; 0 leaves strategies alone
    holding : worth of holding a course for a mean time between opportunities, 1 - exp(-r h)
    order [M] : situations
    graph : first_row, num_legal, outsider_rows, idle_row, can_build, kernels, rises, following, factors
    mixing [2, X, X] : law of the environment without and with a step of build-up
    shared : signals [kernels, parties, courses, 3], chance [M], free [M, parties]
    roles : actor [V], discount [V], flows [V, S], courses [V, S, parties], lumps [V, R, 3], finding [V],
        building [V], course [V, S] (`FREE_CHOICE` where it is chosen), menu [V, S]
    beliefs : share [V, B], points [2], by_move [2][B, S, slots], by_signal [2][B, S, kernels, 3]
    values [V, B, S], ahead [V, 2, B, S] : values, and what they are expected to be after the environment has moved
    moves [V, B, S, slots], breach [V, B, S]
    regrets [V] : largest one-shot gain, written
    """
    first_row, num_legal, outsider_rows, idle_row, can_build, kernels, rises, following, factors = graph
    signals, chances, free = shared
    actor_of, discount, flows, courses, lumps, finding, building, given, menu = roles
    share, points, by_move0, by_move1, by_signal0, by_signal1 = beliefs
    num_roles, num_cells, _ = values.shape
    num_places = mixing.shape[1]
    slots = moves.shape[3]
    idle = slots
    gain = np.zeros((num_roles, slots + 1, 2))
    stay = np.zeros((num_roles, slots + 1, 2))
    mixed = np.zeros((2, 3))  # of a party's move and signal to those who do not know its type
    own = np.zeros((2, 2, 3))
    plain = np.zeros(2)
    total = np.zeros(slots)
    change, drift = 0.0, 0.0
    for role in range(num_roles):
        regrets[role] = 0.0
    for cell in range(num_cells):
        at0, at1 = cell // points[1], cell % points[1]
        for m in order:
            n1, n2, n3 = num_legal[m, 1], num_legal[m, 2], outsider_rows[m]
            chance = chances[m]
            for x in range(num_places):
                s = m * num_places + x
                raising = n3 == 1 and num_legal[m, 3] > 1 and can_build[m, x]
                rising = moves[num_roles - 1, cell, s, 1] if raising else 0.0
                gain[:] = 0.0
                stay[:] = 0.0
                for k in range(-1, first_row[m + 1] - first_row[m]):
                    i0, i1, i2, i3 = 0, 0, 0, 0
                    if k < 0:
                        row = idle_row[m]
                        if row < 0:
                            continue
                    else:
                        row = first_row[m] + k
                        i0, i1, i2, i3 = k // (n3 * n2 * n1), k // (n3 * n2) % n1, k // n3 % n2, k % n3
                    move2, move3 = 1.0, 1.0
                    if k >= 0:
                        move2 = moves[num_roles - 2, cell, s, i2]
                        if n3 > 1:
                            move3 = moves[num_roles - 1, cell, s, i3]
                    for p in range(2):
                        plain[p] = 0.0
                        for z in range(3):
                            mixed[p, z] = 0.0
                            for c in range(2):
                                own[p, c, z] = signals[kernels[row, p], p, c, z]
                    for role in range(num_roles - 2):
                        p = actor_of[role]
                        likely = share[role, cell]
                        if k >= 0:
                            likely *= moves[role, cell, s, i0 if p == 0 else i1]
                        b = breach[role, cell, s]
                        plain[p] += likely
                        for z in range(3):
                            mixed[p, z] += likely * ((1 - b) * own[p, 0, z] + b * own[p, 1, z])
                    for role in range(num_roles):  # what the joint move itself is worth
                        actor = actor_of[role]
                        slot, likely = idle, 1.0
                        if k >= 0:
                            slot = i0 if actor == 0 else i1 if actor == 1 else i2 if actor == 2 else i3
                            likely = (move2 if actor != 2 else 1.0) * (move3 if actor != 3 else 1.0)
                        likely *= (plain[0] if actor != 0 else 1.0) * (plain[1] if actor != 1 else 1.0)
                        lump = 0.0
                        for f in range(factors.shape[0]):
                            lump += factors[f, x] * lumps[role, row, f]
                        gain[role, slot, 0] += likely * lump
                        if actor == 3 and raising and k >= 0:
                            gain[role, 1, 0] += likely * lump
                        if actor < 2:
                            gain[role, slot, 1] += likely * lump
                            if rises[row, actor]:
                                for c in range(2):
                                    gain[role, slot, c] += likely * own[actor, c, ALARM] * finding[role]
                    for z0 in range(3):
                        if own[0, 0, z0] == 0.0 and own[0, 1, z0] == 0.0:
                            continue  # nobody looks, as after the end
                        step0 = by_signal0[cell, s, kernels[row, 0], z0]
                        if k >= 0:
                            step0 += by_move0[cell, s, i0]
                        next0 = min(max(at0 + step0, 0), points[0] - 1)
                        for z1 in range(3):
                            if own[1, 0, z1] == 0.0 and own[1, 1, z1] == 0.0:
                                continue
                            step1 = by_signal1[cell, s, kernels[row, 1], z1]
                            if k >= 0:
                                step1 += by_move1[cell, s, i1]
                            next1 = min(max(at1 + step1, 0), points[1] - 1)
                            following_cell = next0 * points[1] + next1
                            then = following[row, 3 * z0 + z1]
                            here = then == m and following_cell == cell
                            y = then * num_places + x
                            for role in range(num_roles):
                                actor = actor_of[role]
                                lasting = ahead[role, 0, following_cell, y]
                                higher = 0.0
                                if raising and k >= 0:
                                    higher = ahead[role, 1, following_cell, y] - lasting
                                if actor == 0:
                                    likely = move2 * move3 * mixed[1, z1]
                                    slot = i0 if k >= 0 else idle
                                    for c in range(2):
                                        mass = likely * own[0, c, z0]
                                        gain[role, slot, c] += (
                                            mass * discount[role] * (lasting + rising * higher)
                                        )
                                        if here:
                                            stay[role, slot, c] += mass
                                elif actor == 1:
                                    likely = move2 * move3 * mixed[0, z0]
                                    slot = i1 if k >= 0 else idle
                                    for c in range(2):
                                        mass = likely * own[1, c, z1]
                                        gain[role, slot, c] += (
                                            mass * discount[role] * (lasting + rising * higher)
                                        )
                                        if here:
                                            stay[role, slot, c] += mass
                                elif actor == 2:
                                    mass = move3 * mixed[0, z0] * mixed[1, z1]
                                    slot = i2 if k >= 0 else idle
                                    gain[role, slot, 0] += mass * discount[role] * (lasting + rising * higher)
                                    if here:
                                        stay[role, slot, 0] += mass
                                else:
                                    mass = move2 * mixed[0, z0] * mixed[1, z1]
                                    slot = i3 if k >= 0 else idle
                                    gain[role, slot, 0] += mass * discount[role] * lasting
                                    if here:
                                        stay[role, slot, 0] += mass
                                    if raising and k >= 0:
                                        gain[role, 1, 0] += mass * discount[role] * (lasting + higher)
                                        if here:
                                            stay[role, 1, 0] += mass
                for role in range(num_roles):
                    actor = actor_of[role]
                    count = menu[role, s]
                    b, stake = 0.0, 0.0
                    flow = flows[role, s]
                    for other in range(num_roles - 2):
                        p = actor_of[other]
                        if p != actor:
                            flow += share[other, cell] * breach[other, cell, s] * courses[role, s, p]
                    if actor == 3 and raising:
                        gain[role, 1, 0] += building[role]
                    if actor < 2:
                        stake = courses[role, s, actor]
                        old = breach[role, cell, s]
                        b = old
                        if free[m, actor]:
                            b = 0.0
                        elif given[role, s] != FREE_CHOICE:
                            b = float(given[role, s])
                        else:
                            advantage = stake + (1 - chance) * (gain[role, idle, 1] - gain[role, idle, 0])
                            for a in range(count):
                                advantage += (
                                    chance * moves[role, cell, s, a] * (gain[role, a, 1] - gain[role, a, 0])
                                )
                            regrets[role] = max(regrets[role], max(advantage, 0.0) - old * advantage)
                            wanted = rationality * advantage / holding
                            now = np.log(max(old, LEAST)) - np.log(max(1.0 - old, LEAST))
                            wanted = min(max(wanted, -30.0), 30.0)
                            now = min(max(now, -30.0), 30.0)
                            change = max(change, abs(wanted - now))
                            if damping > 0.0:
                                b = 1.0 / (1.0 + np.exp(-(now + damping * (wanted - now))))
                        breach[role, cell, s] = b
                    best, mean = -np.inf, 0.0
                    for a in range(count):
                        total[a] = (1 - b) * gain[role, a, 0] + b * gain[role, a, 1]
                        best = max(best, total[a])
                        mean += moves[role, cell, s, a] * total[a]
                    regrets[role] = max(regrets[role], best - mean)
                    if count > 1:
                        top, level = -np.inf, 0.0
                        for a in range(
                            count
                        ):  # log-odds against the mean log, so that no move is singled out
                            log = np.log(max(moves[role, cell, s, a], LEAST))
                            level += (rationality * total[a] - log) / count
                        for a in range(count):
                            log = np.log(max(moves[role, cell, s, a], LEAST))
                            away = rationality * total[a] - log - level
                            change = max(change, abs(away))
                            log += damping * away
                            top = max(top, log)
                            total[a] = log
                        if damping > 0.0:
                            mass = 0.0
                            for a in range(count):
                                total[a] = np.exp(total[a] - top)
                                mass += total[a]
                            for a in range(count):
                                moves[role, cell, s, a] = total[a] / mass
                    value = flow + b * stake
                    value += (1 - chance) * ((1 - b) * gain[role, idle, 0] + b * gain[role, idle, 1])
                    back = (1 - chance) * mixing[0, x, x]
                    back *= (1 - b) * stay[role, idle, 0] + b * stay[role, idle, 1]
                    for a in range(count):
                        likely = chance * moves[role, cell, s, a]
                        value += likely * ((1 - b) * gain[role, a, 0] + b * gain[role, a, 1])
                        lasts = mixing[0, x, x]
                        if raising and actor != 3:
                            lasts += rising * (mixing[1, x, x] - mixing[0, x, x])
                        elif raising and a == 1:
                            lasts = mixing[1, x, x]
                        back += likely * lasts * ((1 - b) * stay[role, a, 0] + b * stay[role, a, 1])
                    d = discount[role]
                    value = (value - d * back * values[role, cell, s]) / (1 - d * back)
                    drift = max(drift, abs(value - values[role, cell, s]))
                    values[role, cell, s] = value
            for role in range(num_roles):
                for x in range(num_places):
                    for built in range(2):
                        expected = 0.0
                        for y in range(num_places):
                            expected += mixing[built, x, y] * values[role, cell, m * num_places + y]
                        ahead[role, built, cell, m * num_places + x] = expected
    return change, drift


__all__ = ["FREE_CHOICE", "sweep"]
