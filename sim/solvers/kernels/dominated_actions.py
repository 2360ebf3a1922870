"""Which actions are dominated within which of the others' supports, as bit masks.

Payoffs are flat, as in `sim.solvers.kernels.mixed_payoffs`, and scaled to [0, 1].
"""

from sim.arrays import FloatArray, IntArray
from sim.compiled import part

MARGIN = 1e-8  # in units of the player's payoff range


@part
def undominated_masks(
    own: FloatArray,
    actions: int,
    bases: IntArray,
    stride: int,
    others: int,
    rival_masks: IntArray,
    rival_count: int,
    beaten: IntArray,
    alive: IntArray,
) -> None:
    """Fill `alive` with the actions not clearly dominated within each combination of the others' supports."""
    for a in range(actions):
        for b in range(actions):
            mask = 0
            for q in range(others):
                if own[bases[q] + b * stride] > own[bases[q] + a * stride] + MARGIN:
                    mask |= 1 << q
            beaten[a, b] = mask
    for combination in range(rival_count):
        alive[combination] = undominated(beaten, actions, rival_masks[combination])


@part
def undominated(beaten: IntArray, actions: int, rivals: int) -> int:
    """Return the mask of the actions that no other action beats against each of the `rivals`.

    ``beaten[a, b]`` is the mask of what action `b` beats action `a` against.
    """
    surviving = 0
    for a in range(actions):
        dominated = False
        for b in range(actions):
            if rivals & ~beaten[a, b] == 0:
                dominated = True
                break
        if not dominated:
            surviving |= 1 << a
    return surviving
