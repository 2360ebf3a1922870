"""Room for `treaty_response.respond` to work in, from its caller: a kernel of plain loops allocates nothing.

Each call needs a room of its own, since calls run side by side.
"""

from typing import Any

import numpy as np

from sim.solvers.kernels.treaty_derivatives import NUM_ACTORS
from sim.solvers.kernels.treaty_response import NUM_KERNELS, NUM_SIGNALS, NUM_SLOTS


def workspace(widest: int, most: int) -> tuple[Any, ...]:
    """Return the last arguments of `respond`, in their order.

    Parameters
    ----------
    widest : int
        Log-odds of a state, at most.
    most : int
        Successors of a situation, at most.
    """
    return (
        np.zeros((2, NUM_KERNELS, NUM_SIGNALS)),  # mixed: signal law of each party by kernel, over its course
        np.zeros((2, NUM_KERNELS, NUM_SIGNALS)),  # shift: what breaching instead of upholding does to it
        np.zeros(NUM_ACTORS, dtype=np.int64),  # slot of each actor in the row at hand
        np.zeros(NUM_ACTORS),  # chosen: probability of each actor's slot
        np.zeros(NUM_ACTORS),  # others: probability of everyone else's
        np.zeros(NUM_ACTORS),  # worth
        np.zeros((2, NUM_ACTORS)),  # by_course
        np.zeros(2),  # by_both
        np.zeros(2),  # gain
        np.zeros((3, NUM_SIGNALS * NUM_SIGNALS)),  # row_law
        # sums over joint moves; the second index is the actor whose move is held fixed, the third that move
        np.zeros((NUM_ACTORS, NUM_ACTORS, NUM_SLOTS)),  # held
        np.zeros((NUM_ACTORS, NUM_SLOTS, NUM_ACTORS, NUM_SLOTS)),  # held_two
        np.zeros((2, NUM_ACTORS, NUM_SLOTS)),  # held_course
        np.zeros((2, NUM_ACTORS, NUM_SLOTS)),  # held_gain
        np.zeros((NUM_ACTORS, NUM_SLOTS, most)),  # reach
        np.zeros((2, most)),  # reach_gain
        np.zeros(most),  # reach_all
        np.zeros(NUM_ACTORS),  # total
        np.zeros(NUM_ACTORS),  # played
        np.zeros((2, NUM_ACTORS)),  # total_course
        np.zeros(2),  # total_both
        np.zeros(2),  # total_gain
        np.zeros(2),  # played_gain
        np.zeros((widest, widest)),  # matrix
        np.zeros(widest, dtype=np.int64),  # order: of its rows while it is inverted
        np.zeros(widest),  # swapped: one of them
        np.zeros((NUM_ACTORS, widest)),  # effect
    )


__all__ = ["workspace"]
