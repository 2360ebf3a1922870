"""The Newton system of one state of the treaty game, compiled as a part of `sim.solvers.kernels.treaty_response`.

On its own because the compiler's analysis of a function grows faster than the function.
"""

from sim.compiled import part
from sim.solvers.kernels.inverse import invert

NUM_ACTORS = 4
LEAST_PIVOT = 0.03
"""A state's own game may be degenerate where the whole game is not: its inverse is kept moderate there."""


@part
def differentiate(  # type: ignore[no-untyped-def]
    m, x, e, here, number, num_moves, ahead, chance, strength, damping, opportunity,
    who, what, places, law, discount, moves, breach, block_of,
    held, held_two, held_course, held_gain, reach, reach_gain, reach_all,
    played, total_course, total_both, played_gain, matrix, order, swapped, effect,
    inverse, pull, lever, blocks,
):  # fmt: skip
    """Write the Newton system of one state from its sums over joint moves; return the sign of det(I - dφ/dy).

    The letters and arrays are those of `respond`.
    """
    num_places = len(places)
    # I - dφ/dy, column by column
    for column in range(number):
        j, k = who[here, column], what[here, column]
        spread = moves[here, j, k] if k >= 0 else breach[here, j] * (1 - breach[here, j])
        for line in range(number):
            i, a = who[here, line], what[here, line]
            same = 1.0 + damping if line == column else 0.0
            if column < num_moves:
                if line < num_moves:
                    slope = 0.0
                    if i != j:
                        slope = held_two[i, a, j, k] - held[i, i, a]
                        slope -= held_two[i, 0, j, k] - held[i, i, 0]
                else:
                    slope = chance * (held_gain[i, j, k] - played_gain[i]) / opportunity
            elif line < num_moves:
                slope = held_course[j, i, a] - held_course[j, i, 0]
            else:
                slope = 0.0 if i == j else total_both[i] / opportunity
            matrix[line, column] = same - strength * spread * slope
        for i in range(NUM_ACTORS):
            if column < num_moves:
                effect[i, column] = spread * chance * (held[i, j, k] - played[i])
            else:
                effect[i, column] = spread * total_course[j, i]
    sign = invert(matrix, number, LEAST_PIVOT, order, swapped)
    for line in range(number):
        i, a = who[here, line], what[here, line]
        for column in range(number):
            inverse[here, line, column] = matrix[line, column]
        if a >= 0:
            for k in range(ahead):
                pull[here, k, line] = strength * discount[i] * (reach[i, a, k] - reach[i, 0, k])
        else:
            for k in range(ahead):
                pull[here, k, line] = strength * discount[i] * reach_gain[i, k] / opportunity
    for i in range(NUM_ACTORS):
        for column in range(number):
            entry = 0.0
            for line in range(number):
                entry += effect[i, line] * matrix[line, column]
            lever[here, i, column] = entry
    # values of state (m, x) against values of every successor in every environment of the component
    for k in range(ahead):
        block = block_of[m, k]
        if block < 0:
            continue
        for i in range(NUM_ACTORS):
            for j in range(NUM_ACTORS):
                slope = discount[i] * reach_all[k] if i == j else 0.0
                for line in range(number):
                    if who[here, line] == j:
                        slope += lever[here, i, line] * pull[here, k, line]
                if slope != 0.0:
                    for f in range(num_places):
                        blocks[block, NUM_ACTORS * e + i, NUM_ACTORS * f + j] -= slope * law[0, x, places[f]]
    return sign
