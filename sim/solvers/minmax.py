r"""The worst that the others can do to a player: pure and mixed minmax values.

.. math::  \underline{v}_i = \min_{σ_{-i}} \max_{a_i} u_i(a_i, σ_{-i}).

With two players the mixed value is a linear programme.  With more, the others' *independent* mixtures make
the problem non-convex: the value reported is the least that alternating linear programmes reach from every
pure and from the uniform start, an upper bound; the programme over *correlated* punishments gives a lower
bound, and where both meet the value is proved.

References
----------
Fudenberg & Maskin (1986), The folk theorem in repeated games; Osborne & Rubinstein (1994), chapter 8.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from sim.arrays import BoolArray, FloatArray, sealed
from sim.errors import SolverError
from sim.games.normal_form import NormalFormGame, Profile


@dataclass(frozen=True, eq=False, kw_only=True)
class Minmax:
    """Minmax values and how to hold each player to its own.

    Attributes
    ----------
    values : float array [players]
    lower : float array [players]
        Proved lower bound on each value.
    punishments : per player a profile
        The others' strategies, and a best reply of the punished player in its own place.
    proved : bool array [players]
        Whether value and lower bound agree.
    """

    values: FloatArray
    lower: FloatArray
    punishments: tuple[Profile, ...]
    proved: BoolArray


def pure_minmax(stage: NormalFormGame) -> Minmax:
    """Return the minmax values when the others use pure actions.

    Examples
    --------
    >>> pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> pure_minmax(pennies).values.tolist()
    [1.0, 1.0]
    """
    values, punishments = [], []
    for player, payoffs in enumerate(stage.payoffs):
        best = payoffs.max(axis=player, keepdims=True)
        where = [int(k) for k in np.unravel_index(int(best.argmin()), best.shape)]
        values.append(float(best.min()))
        where[player] = int(np.moveaxis(payoffs, player, -1)[tuple(np.delete(where, player))].argmax())
        punishments.append(tuple(sealed(np.eye(n)[k]) for n, k in zip(stage.num_actions, where, strict=True)))
    return _record(values, values, punishments)


def mixed_minmax(stage: NormalFormGame) -> Minmax:
    """Return the minmax values when the others mix, independently of each other.

    Raises
    ------
    SolverError
        If a linear programme fails.

    Examples
    --------
    >>> pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> mixed_minmax(pennies).values.round(9).tolist()
    [0.0, 0.0]
    """
    values, lower, punishments = [], [], []
    for player in range(stage.num_players):
        payoffs = np.moveaxis(stage.payoffs[player], player, 0)  # own action first, the others' in order
        bound, joint = _hold_down(payoffs.reshape(len(payoffs), -1))
        if payoffs.ndim == 2:
            value, others = bound, [joint]
        elif payoffs.ndim == 1:
            value, others = bound, []
        else:
            value, others = _alternate(payoffs)
        expected = payoffs
        for strategy in others:
            expected = np.tensordot(expected, strategy, axes=(1, 0))
        reply = np.eye(len(payoffs))[int(expected.argmax())]
        others.insert(player, reply)
        values.append(value)
        lower.append(bound)
        punishments.append(tuple(sealed(strategy) for strategy in others))
    return _record(values, lower, punishments)


def _record(values: list[float], lower: list[float], punishments: list[Profile]) -> Minmax:
    gap = np.array(values) - np.array(lower)
    proved = gap <= 1e-8 * np.maximum(1.0, abs(np.array(values)))
    return Minmax(
        values=sealed(values),
        lower=sealed(lower),
        punishments=tuple(punishments),
        proved=sealed(proved, np.bool_),
    )


def _hold_down(payoffs: FloatArray) -> tuple[float, FloatArray]:
    """Return min over mixtures of columns of the largest row of `payoffs` [own, columns], and the mixture."""
    from scipy.optimize import linprog

    rows, columns = payoffs.shape
    if columns == 1:
        return float(payoffs.max()), np.ones(1)
    shift = payoffs.min()
    result = linprog(
        np.append(np.zeros(columns), 1.0),
        A_ub=np.hstack([payoffs - shift, -np.ones((rows, 1))]),
        b_ub=np.zeros(rows),
        A_eq=np.append(np.ones(columns), 0.0)[None],
        b_eq=[1.0],
        bounds=[(0, None)] * (columns + 1),
        method="highs",
    )
    if result.status != 0:
        raise SolverError(f"minmax: the linear programme failed: {result.message}")
    mixture = np.clip(result.x[:-1], 0, None)
    mixture /= mixture.sum()
    return float((payoffs @ mixture).max()), mixture


def _alternate(payoffs: FloatArray) -> tuple[float, list[FloatArray]]:
    """Improve one punisher at a time by its linear programme, from every pure and from the uniform start."""
    counts = payoffs.shape[1:]
    starts = [[np.full(n, 1 / n) for n in counts]]
    starts += [
        [np.eye(n)[k] for n, k in zip(counts, joint, strict=True)] for joint in product(*map(range, counts))
    ]
    best_value, best = np.inf, starts[0]
    for start in starts:
        others, value = list(start), np.inf
        while True:
            before = value
            for punisher in range(len(counts)):
                reduced = payoffs
                for other in reversed(range(len(counts))):
                    if other != punisher:
                        reduced = np.tensordot(reduced, others[other], axes=(1 + other, 0))
                value, others[punisher] = _hold_down(reduced)
            if value >= before - 1e-10:
                break
        if value < best_value - 1e-12:
            best_value, best = value, list(others)
    return best_value, best
