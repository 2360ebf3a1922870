r"""Dominated actions and their iterated elimination.

An action is *strictly dominated* when some pure or mixed strategy of the same player pays more against
every joint action of the others, *weakly* when it pays at least as much against all and more against one.
Iterated elimination of strictly dominated actions keeps every equilibrium, whatever the order; that of
weakly dominated ones may lose some.  Comparisons of actions with actions are taken as they stand; those
with mixtures, by linear programming, need an advantage of `MARGIN` of the player's payoff range.

References
----------
Fudenberg & Tirole (1991), Game Theory, section 1.1 and 2.1.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame

MARGIN = 1e-9


@dataclass(frozen=True, kw_only=True)
class Eliminated:
    """One step: `player` will not use `action`, because `better` pays more whatever the others do.

    `better` holds (action, probability) pairs; all actions are numbered as in the whole game.
    """

    player: int
    action: int
    better: tuple[tuple[int, float], ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Reduction:
    """What is left of a game: the smaller `game`, the actions `kept` of each player, the `steps` taken."""

    game: NormalFormGame
    kept: tuple[tuple[int, ...], ...]
    steps: tuple[Eliminated, ...]


def iterated_dominance(game: NormalFormGame, *, weak: bool = False, mixed: bool = True) -> Reduction:
    """Eliminate dominated actions one after the other until none is left.

    Parameters
    ----------
    weak : bool
        Eliminate weakly dominated actions too; the result may then depend on the order, which is by player
        and action, and equilibria may be lost.
    mixed : bool
        Look for dominating mixtures too, by linear programming.

    Examples
    --------
    >>> dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]], actions=[["C", "D"]] * 2)
    >>> iterated_dominance(dilemma).kept
    ((1,), (1,))
    """
    kept = [list(range(count)) for count in game.num_actions]
    steps: list[Eliminated] = []
    while True:
        step = _next_step(game, kept, weak=weak, mixed=mixed)
        if step is None:
            return Reduction(game=restricted(game, kept), kept=tuple(map(tuple, kept)), steps=tuple(steps))
        steps.append(step)
        kept[step.player].remove(step.action)


def restricted(game: NormalFormGame, kept: list[list[int]]) -> NormalFormGame:
    """Return the game in which each player has the actions `kept` only."""
    if len(kept) != game.num_players:
        raise ParameterError(
            f"kept must list the actions of {game.num_players} players, got {len(kept)} lists"
        )
    return NormalFormGame(
        _payoffs(game, kept),
        players=game.players,
        actions=tuple(
            tuple(names[action] for action in own) for names, own in zip(game.actions, kept, strict=True)
        ),
        name=game.name,
    )


def _payoffs(game: NormalFormGame, kept: list[list[int]]) -> FloatArray:
    payoffs: FloatArray = game.payoffs[np.ix_(range(game.num_players), *kept)]
    return payoffs


def _next_step(game: NormalFormGame, kept: list[list[int]], *, weak: bool, mixed: bool) -> Eliminated | None:
    payoffs = _payoffs(game, kept)
    for player, own in enumerate(kept):
        table = np.moveaxis(payoffs[player], player, 0).reshape(len(own), -1)
        for position in range(len(own)):
            better = _dominating(table, position, weak=weak, mixed=mixed)
            if better is not None:
                mixture = tuple((own[k], float(weight)) for k, weight in enumerate(better) if weight > 0)
                return Eliminated(player=player, action=own[position], better=mixture)
    return None


def _dominating(table: FloatArray, position: int, *, weak: bool, mixed: bool) -> FloatArray | None:
    """Return the weights on the rows of `table` that dominate row `position`, or None."""
    gains = table - table[position]
    pure = (gains > 0).all(axis=1)
    if weak:
        pure = (gains >= 0).all(axis=1) & (gains > 0).any(axis=1)
    if pure.any():
        weights = np.zeros(len(table))
        weights[int(np.argmax(pure))] = 1.0
        return weights
    if not mixed or len(table) < 3:
        return None
    return _dominating_mixture(gains, position, weak=weak)


def _dominating_mixture(gains: FloatArray, position: int, *, weak: bool) -> FloatArray | None:
    """Solve for the mixture whose least (strict) or total (weak) gain is largest."""
    from scipy.optimize import linprog

    scale = float(np.ptp(gains)) or 1.0
    rows, columns = gains.shape
    bounds: list[tuple[float | None, float | None]] = [(0, 0 if k == position else 1) for k in range(rows)]
    probabilities = np.ones((1, rows))
    if weak:
        result = linprog(
            -gains.sum(axis=1) / scale, A_ub=-gains.T / scale, b_ub=np.zeros(columns), A_eq=probabilities,
            b_eq=[1.0], bounds=bounds,
        )  # fmt: skip
        found = result.status == 0 and -result.fun > MARGIN * columns
    else:  # the last variable is the least gain
        result = linprog(
            [0.0] * rows + [-1.0],
            A_ub=np.hstack([-gains.T / scale, np.ones((columns, 1))]),
            b_ub=np.zeros(columns),
            A_eq=np.hstack([probabilities, [[0.0]]]),
            b_eq=[1.0],
            bounds=[*bounds, (None, None)],
        )
        found = result.status == 0 and -result.fun > MARGIN
    if not found:
        return None
    weights: FloatArray = np.clip(result.x[:rows], 0.0, None)
    weights[weights < MARGIN] = 0.0
    weights /= weights.sum()
    return weights
