"""Continuation values of a treaty game under a profile: a linear system per actor, or a backward recursion.

``V_i = r_i + delta_i P V_i`` on the chain of all (automata, public state) pairs.
"""

from typing import Any

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.compiled import kernel
from sim.engine.exact_chain import TreatyChain, build_chain
from sim.errors import SolverError
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyProfile

TOLERANCE = 1e-9
"""Largest residual of the linear system that is accepted, relative to the largest value."""


def state_values(
    games: TreatyGames, draw: int, profile: TreatyProfile, periods: int | None = None
) -> FloatArray:
    """Return every actor's expected discounted payoff from each state on, [Q, S, actors].

    Parameters
    ----------
    periods : int, optional
        Horizon in periods; without it the play never ends.

    Returns
    -------
    values : float array [Q, S, actors]
        `Q` numbers the product states of the automata, the last actor's changing fastest.

    Raises
    ------
    ParameterError
        If the chain is too large.
    SolverError
        If the linear system cannot be solved to `TOLERANCE`.
    """
    chain = build_chain(games, draw, profile, everywhere=True)
    discount = games.discount[draw]
    if periods is not None:
        values = _backward(
            periods,
            *chain.law,
            chain.payoffs,
            discount,
        )
    else:
        values = _stationary(chain, discount)
    return sealed(values.reshape(profile.num_product_states, games.graph.num_states, -1))


def transition_matrix(chain: TreatyChain) -> Any:
    """Return the chain's transition matrix, SciPy sparse [N X, N X]."""
    from scipy import sparse

    places = len(chain.up)
    source = np.repeat(np.arange(chain.num_states), np.diff(chain.first_edge))
    here = source % places
    before = sparse.csr_array(
        (
            np.concatenate([chain.stay, chain.rise]),
            (
                np.concatenate([source, source]),
                np.concatenate([chain.target * places + here, chain.target * places + chain.up[here]]),
            ),
        ),
        shape=(chain.num_states, chain.num_states),
    )
    before.eliminate_zeros()
    return before @ sparse.kron(sparse.eye_array(chain.num_nodes), chain.mixing, format="csr")


def _stationary(chain: TreatyChain, discount: FloatArray) -> FloatArray:
    from scipy import sparse
    from scipy.sparse.linalg import splu

    matrix = transition_matrix(chain).tocsc()
    identity = sparse.eye_array(chain.num_states, format="csc")
    values = np.empty_like(chain.payoffs)
    solved: dict[float, Any] = {}
    for actor, factor in enumerate(discount):
        if float(factor) not in solved:
            solved[float(factor)] = splu(identity - factor * matrix)
        values[:, actor] = solved[float(factor)].solve(chain.payoffs[:, actor])
    residual = np.abs(chain.payoffs + discount * (matrix @ values) - values).max()
    if not residual <= TOLERANCE * max(1.0, np.abs(values).max()):
        raise SolverError(f"continuation values have a residual of {residual:.1e}")
    return values


@kernel
def _backward(  # type: ignore[no-untyped-def]
    periods, first_edge, target, stay, rise, mixing, up, payoffs, discount
):
    states, actors = payoffs.shape
    places = mixing.shape[0]
    values = np.zeros((states, actors))
    for _ in range(periods):
        ahead = np.zeros((states, actors))  # before climate and review have moved
        for z in range(states):
            node, x = z // places, z % places
            for then in range(places):
                law = mixing[x, then]
                if law != 0.0:
                    for actor in range(actors):
                        ahead[z, actor] += law * values[node * places + then, actor]
        for z in range(states):
            x = z % places
            for actor in range(actors):
                values[z, actor] = payoffs[z, actor]
            for e in range(first_edge[z], first_edge[z + 1]):
                same, above = target[e] * places + x, target[e] * places + up[x]
                for actor in range(actors):
                    values[z, actor] += discount[actor] * (
                        stay[e] * ahead[same, actor] + rise[e] * ahead[above, actor]
                    )
    return values
