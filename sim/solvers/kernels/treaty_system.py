"""The Newton system of the treaty game around its response: continuation values, elimination, recovery.

Letters as in `sim.solvers.kernels.treaty_response`.
"""

from sim.compiled import loop_kernel
from sim.solvers.kernels.treaty_derivatives import NUM_ACTORS


@loop_kernel
def expect(values, law, members, places, base, expected):  # type: ignore[no-untyped-def]
    """Write the expected continuation values [built, M, X, actors] of a component's situations.

    `base` holds what is solved already, the rest is added from `values` [C N, actors].
    """
    num_places = len(places)
    for c in range(len(members)):
        m = members[c]
        for built in range(2):
            for x in places:
                for i in range(NUM_ACTORS):
                    expected[built, m, x, i] = base[built, m, x, i]
                for f in range(num_places):
                    p = law[built, x, places[f]]
                    if p > 0:
                        for i in range(NUM_ACTORS):
                            expected[built, m, x, i] += p * values[c * num_places + f, i]


@loop_kernel
def eliminate(odds_gap, lever, value_gap, right):  # type: ignore[no-untyped-def]
    """Write the right-hand side of the Newton system in values alone [C N, actors]."""
    for here in range(len(right)):
        for i in range(NUM_ACTORS):
            right[here, i] = value_gap[here, i]
            for line in range(odds_gap.shape[1]):
                right[here, i] += lever[here, i, line] * odds_gap[here, line]


@loop_kernel
def recover(  # type: ignore[no-untyped-def]
    step, odds_gap, inverse, pull, law, members, places, who, number_of, successor_lists, num_successors,
    member_of, drive, ahead, odds_step,
):  # fmt: skip
    """Write the step of the log-odds [C N, Y] that goes with a `step` of values [C N, actors].

    `drive` [Y] and `ahead` [actors] are room to work in.
    """
    num_places = len(places)
    for c in range(len(members)):
        m = members[c]
        for e in range(num_places):
            here = c * num_places + e
            number = number_of[here]
            for line in range(number):
                drive[line] = odds_gap[here, line]
            for k in range(num_successors[m]):
                target = member_of[successor_lists[m, k]]
                if target < 0:
                    continue
                for i in range(NUM_ACTORS):
                    ahead[i] = 0.0
                for f in range(num_places):
                    p = law[0, places[e], places[f]]
                    for i in range(NUM_ACTORS):
                        ahead[i] += p * step[target * num_places + f, i]
                for line in range(number):
                    drive[line] += pull[here, k, line] * ahead[who[here, line]]
            for line in range(number):
                change = 0.0
                for column in range(number):
                    change += inverse[here, line, column] * drive[column]
                odds_step[here, line] = change
