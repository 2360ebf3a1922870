"""The logit response of the treaty game and its derivatives, state by state, compiled.

Unknown are, in every state of one component of the state graph, the values [actors], the log-odds of every
move against the first of its menu, and the log-odds of breaching. Letters as in ``sim.games.treaty.graph``,
and C the component's situations, N its environments, Y the widest state's number of log-odds, K the largest
number of successors.
"""

from sim.compiled import loop_kernel, part
from sim.solvers.kernels.choices import logistic, softmax
from sim.solvers.kernels.treaty_derivatives import NUM_ACTORS, differentiate

FREE = 0
ALARM = 1
NUM_SIGNALS = 3
NUM_KERNELS = 4
NUM_SLOTS = 7


@loop_kernel
def respond(  # type: ignore[no-untyped-def]
    values,
    odds,
    strength,
    with_derivatives,
    damping,
    expected,
    members,
    places,
    menus,
    who,
    what,
    number_of,
    block_of,
    first_row,
    outsider_rows,
    idle_row,
    forced,
    kernels,
    rises,
    following,
    successors,
    num_successors,
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
    moves,
    move_values,
    breach,
    advantage,
    value_gap,
    odds_gap,
    odds_slope,
    inverse,
    pull,
    lever,
    blocks,
    mixed,
    shift,
    slot,
    chosen,
    others,
    worth,
    by_course,
    by_both,
    gain,
    row_law,
    held,
    held_two,
    held_course,
    held_gain,
    reach,
    reach_gain,
    reach_all,
    total,
    played,
    total_course,
    total_both,
    total_gain,
    played_gain,
    matrix,
    order,
    swapped,
    effect,
):
    """Write the distance of a point from its logit response, and with derivatives the Newton system.

    Parameters
    ----------
    values [C N, actors], odds [C N, Y] : the point
    strength : float, λ
    damping : float, added to the diagonal of the Newton system; 0 for Newton steps
    expected [2, M, X, actors] : continuation values, from `expect`
    members [C], places [N] : situations and environments of the component
    menus [C N, actors] : number of legal moves
    who, what [C N, Y], number_of [C N] : actor and slot of each log-odds, moves before courses, whose slot is -1
    successors [R, 9] : place of what follows among the situation's successors; num_successors [M]
    block_of [M, K] : block of the Newton matrix for a successor, -1 if it lies outside the component

    Writes
    ------
    moves, move_values [C N, actors, slots], breach, advantage [C N, parties] : the profile that the point plays,
    the worth of its moves and its course advantages
    value_gap [C N, actors], odds_gap [C N, Y] : response minus point
    odds_slope [C N, Y] : derivative of the response by λ
    inverse [C N, Y, Y] : (I - dφ/dy)^-1 of the log-odds y of the state alone, φ their response
    pull [C N, K, Y] : derivative of φ by the expected value of each successor to the actor concerned
    lever [C N, actors, Y] : dV/dy times `inverse`
    blocks [B, 4 N, 4 N] : I - dT/dV with the log-odds eliminated, T the response of values
    mixed and all that follow : room to work in, see `sim.solvers.kernels.treaty_workspace`

    Returns
    -------
    sign : sign of the product of the determinants of all I - dφ/dy; 1 without derivatives
    """
    num_environments = law.shape[1]
    num_places = len(places)
    for party in range(2):
        for watch in range(NUM_KERNELS):
            for z in range(NUM_SIGNALS):
                shift[party, watch, z] = signals[watch, party, 1, z] - signals[watch, party, 0, z]
    # a course moves every actor's payoff, but without derivatives only that of its own party is asked for
    moved0, until0, moved1, until1 = 0, 1, 1, 2
    sign = 1.0
    if with_derivatives:
        until0, moved1, until1 = NUM_ACTORS, 0, NUM_ACTORS
        for block in range(len(blocks)):
            for k in range(blocks.shape[1]):
                for f in range(blocks.shape[2]):
                    blocks[block, k, f] = 0.0
    for c in range(len(members)):
        m = members[c]
        ahead = num_successors[m]
        for e in range(num_places):
            x = places[e]
            s = m * num_environments + x
            here = c * num_places + e
            chance = 1.0 if forced[m] else opportunity
            menu = menus[here]
            n3 = menu[3]
            num_rows = menu[0] * menu[1] * menu[2] * n3
            number = number_of[here]
            num_moves = menu[0] + menu[1] + menu[2] + n3 - NUM_ACTORS
            for i in range(NUM_ACTORS):
                for a in range(NUM_SLOTS):
                    moves[here, i, a] = 0.0
            breach[here, 0] = 0.0
            breach[here, 1] = 0.0
            for line in range(number):
                if what[here, line] >= 0:
                    moves[here, who[here, line], what[here, line]] = odds[here, line]
                else:
                    breach[here, who[here, line]] = logistic(odds[here, line])
            for i in range(NUM_ACTORS):
                softmax(moves, here, i, menu[i])
            for party in range(2):
                b = breach[here, party]
                for watch in range(NUM_KERNELS):
                    for z in range(NUM_SIGNALS):
                        mixed[party, watch, z] = signals[watch, party, 0, z] + b * shift[party, watch, z]
            for i in range(NUM_ACTORS):
                total[i] = (
                    flows[s, i] + breach[here, 0] * courses[s, 0, i] + breach[here, 1] * courses[s, 1, i]
                )
                played[i] = 0.0
                for j in range(NUM_ACTORS):
                    for a in range(menu[j]):
                        held[i, j, a] = 0.0
                if with_derivatives:
                    for a in range(menu[i]):
                        for j in range(NUM_ACTORS):
                            for k in range(menu[j]):
                                held_two[i, a, j, k] = 0.0
                        for k in range(ahead):
                            reach[i, a, k] = 0.0
                        for party in range(2):
                            held_course[party, i, a] = 0.0
                            held_gain[party, i, a] = 0.0
                for party in range(2):
                    total_course[party, i] = courses[s, party, i]
            for party in range(2):
                total_gain[party] = courses[s, party, party]
                played_gain[party] = 0.0
                total_both[party] = 0.0
                for k in range(ahead):
                    reach_gain[party, k] = 0.0
            for k in range(ahead):
                reach_all[k] = 0.0

            for r in range(-1, num_rows):
                built = 0
                if r < 0:  # the period without an opportunity
                    if chance == 1.0:
                        continue
                    row = idle_row[m]
                    p = 1 - chance
                else:
                    slot[3] = r % n3  # rows tell the outsider's slots apart, or its second slot is a build-up
                    rest = r // n3
                    row = first_row[m] + (r if outsider_rows[m] > 1 else rest)
                    built = slot[3] if outsider_rows[m] == 1 else 0
                    slot[2] = rest % menu[2]
                    rest //= menu[2]
                    slot[1] = rest % menu[1]
                    slot[0] = rest // menu[1]
                    for i in range(NUM_ACTORS):
                        chosen[i] = moves[here, i, slot[i]]
                    first, last = chosen[0] * chosen[1], chosen[2] * chosen[3]
                    others[0] = chosen[1] * last
                    others[1] = chosen[0] * last
                    others[2] = first * chosen[3]
                    others[3] = first * chosen[2]
                    p = chance * first * last
                kernel0, kernel1 = kernels[row, 0], kernels[row, 1]
                num0 = 1 if kernel0 == FREE else NUM_SIGNALS
                num1 = 1 if kernel1 == FREE else NUM_SIGNALS
                for i in range(NUM_ACTORS):
                    worth[i] = 0.0
                    by_course[0, i] = 0.0
                    by_course[1, i] = 0.0
                by_both[0] = 0.0
                by_both[1] = 0.0
                for z0 in range(num0):
                    for z1 in range(num1):
                        q = mixed[0, kernel0, z0] * mixed[1, kernel1, z1]
                        d0 = shift[0, kernel0, z0] * mixed[1, kernel1, z1]
                        d1 = mixed[0, kernel0, z0] * shift[1, kernel1, z1]
                        z = NUM_SIGNALS * z0 + z1
                        next_m = following[row, z]
                        for i in range(NUM_ACTORS):
                            worth[i] += q * expected[built, next_m, x, i]
                        for i in range(moved0, until0):
                            by_course[0, i] += d0 * expected[built, next_m, x, i]
                        for i in range(moved1, until1):
                            by_course[1, i] += d1 * expected[built, next_m, x, i]
                        if with_derivatives:
                            both = shift[0, kernel0, z0] * shift[1, kernel1, z1]
                            by_both[0] += both * expected[built, next_m, x, 0]
                            by_both[1] += both * expected[built, next_m, x, 1]
                            row_law[0, z] = q
                            row_law[1, z] = d0
                            row_law[2, z] = d1
                for i in range(NUM_ACTORS):
                    lump = 0.0
                    for f in range(factors.shape[0]):
                        lump += factors[f, x] * lumps[row, f, i]
                    worth[i] = lump + discount[i] * worth[i]
                    by_course[0, i] *= discount[i]
                    by_course[1, i] *= discount[i]
                for party in range(2):
                    watch = kernels[row, party]
                    by_both[party] *= discount[party]
                    if rises[row, party]:
                        worth[party] += finding[party] * mixed[party, watch, ALARM]
                        by_course[party, party] += finding[party] * shift[party, watch, ALARM]
                    gain[party] = by_course[party, party]
                if built:
                    worth[3] += building

                for i in range(NUM_ACTORS):
                    total[i] += p * worth[i]
                    total_course[0, i] += p * by_course[0, i]
                    total_course[1, i] += p * by_course[1, i]
                for party in range(2):
                    total_gain[party] += p * gain[party]
                    total_both[party] += p * by_both[party]
                if r >= 0:
                    for i in range(NUM_ACTORS):
                        played[i] += others[0] * chosen[0] * worth[i]
                        for j in range(NUM_ACTORS):
                            held[i, j, slot[j]] += others[j] * worth[i]
                    for party in range(2):
                        played_gain[party] += others[0] * chosen[0] * gain[party]
                if not with_derivatives:
                    continue
                stays = 1.0  # the level stays where it is, given a step of build-up
                if built:
                    stays = _staying(law, x, places)
                for z0 in range(num0):
                    for z1 in range(num1):
                        z = NUM_SIGNALS * z0 + z1
                        k = successors[row, z]
                        q = stays * row_law[0, z]
                        reach_all[k] += p * q
                        reach_gain[0, k] += p * stays * row_law[1, z]
                        reach_gain[1, k] += p * stays * row_law[2, z]
                        if r >= 0:
                            for i in range(NUM_ACTORS):
                                reach[i, slot[i], k] += others[i] * q
                if r >= 0:
                    for i in range(NUM_ACTORS):
                        a = slot[i]
                        for party in range(2):
                            held_course[party, i, a] += others[i] * by_course[party, i]
                            held_gain[party, i, a] += others[i] * gain[party]
                        for j in range(i + 1, NUM_ACTORS):
                            pair = 1.0
                            for h in range(NUM_ACTORS):
                                if h != i and h != j:  # noqa: PLR1714  # compiles to less than a tuple
                                    pair *= chosen[h]
                            held_two[i, a, j, slot[j]] += pair * worth[i]
                            held_two[j, slot[j], i, a] += pair * worth[j]

            for i in range(NUM_ACTORS):
                value_gap[here, i] = total[i] - values[here, i]
                for a in range(menu[i]):
                    move_values[here, i, a] = held[i, i, a]
            advantage[here, 0] = 0.0
            advantage[here, 1] = 0.0
            for line in range(number):
                i, a = who[here, line], what[here, line]
                if a >= 0:
                    difference = held[i, i, a] - held[i, i, 0]
                else:
                    advantage[here, i] = total_gain[i]
                    difference = total_gain[i] / opportunity
                odds_gap[here, line] = strength * difference - odds[here, line]
                odds_slope[here, line] = difference
            if not with_derivatives:
                continue

            sign *= differentiate(
                m, x, e, here, number, num_moves, ahead, chance, strength, damping, opportunity,
                who, what, places, law, discount, moves, breach, block_of,
                held, held_two, held_course, held_gain, reach, reach_gain, reach_all,
                played, total_course, total_both, played_gain, matrix, order, swapped, effect,
                inverse, pull, lever, blocks,
            )  # fmt: skip
    if with_derivatives:
        for c in range(len(members)):
            for k in range(blocks.shape[1]):
                blocks[c, k, k] += 1.0 + damping
    return sign


@part
def _staying(law, x, places):  # type: ignore[no-untyped-def]
    """Return the probability that a step of build-up leaves the level as it is."""
    with_build, without = 0.0, 0.0
    for y in places:
        with_build += law[1, x, y]
        without += law[0, x, y]
    return with_build / without
