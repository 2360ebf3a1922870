"""Nash equilibria of a game in normal form, by the solver that fits it.

Of games with three or more players strictly dominated actions are eliminated, which keeps every equilibrium;
if only two players still have a choice, the game is a bimatrix game and its solution is proved complete.
"""

from dataclasses import replace
from math import prod

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, Profile, expected_payoffs, regrets
from sim.solvers.selection import selected
from sim.solvers.solution import Completeness, Component, Solution

LARGEST_CROSS_CHECK = 49  # pairs of supports, 3 x 3 actions: a few milliseconds of nashpy


def nash_equilibria(
    game: NormalFormGame, selection: str = "all", cross_check: bool | None = None
) -> Solution:
    """Return all equilibria that can be found, with the verdict on completeness.

    Parameters
    ----------
    selection : str
        One of `sim.solvers.selection.RULES`.
    cross_check : bool, optional
        Ask nashpy for a second opinion on a two-player game, kept in ``extra["second_opinion"]``; an
        equilibrium that only nashpy found takes the claim of completeness away. Default: for games up to 3 x 3.

    Raises
    ------
    ParameterError
        If the selection is unknown or the game too large.

    Examples
    --------
    >>> stag_hunt = NormalFormGame([[[4, 0], [3, 2]], [[4, 3], [0, 2]]])
    >>> solution = nash_equilibria(stag_hunt)
    >>> len(solution.profiles), solution.complete.value, solution.extra["second_opinion"].confirmed
    (3, 'proved', 3)
    """
    solution = all_equilibria(game)
    if cross_check is None:
        supports = prod(2**count - 1 for count in game.num_actions)
        cross_check = game.num_players == 2 and supports <= LARGEST_CROSS_CHECK
    if cross_check:
        solution = _cross_checked(game, solution)
    return selected(game, solution, selection)


def all_equilibria(game: NormalFormGame) -> Solution:
    """Return what `nash_equilibria` returns, without selection and second opinion."""
    from sim.solvers.bimatrix import bimatrix_equilibria
    from sim.solvers.multiplayer import multiplayer_equilibria

    if game.num_players == 1:
        return _best_actions(game)
    if game.num_players == 2:
        return bimatrix_equilibria(game)
    kept = _undominated(game.payoffs)
    active = [player for player, own in enumerate(kept) if len(own) > 1]
    if len(active) > 2:
        return multiplayer_equilibria(game)
    active = (active + [player for player in range(game.num_players) if player not in active])[:2]
    active.sort()
    fixed = [own if player in active else own[0] for player, own in enumerate(kept)]
    rest = np.array(
        [
            game.payoffs[player][np.ix_(*([own] if np.isscalar(own) else own for own in fixed))].reshape(
                [len(kept[one]) for one in active]
            )
            for player in active
        ]
    )
    return _embedded(game, kept, active, bimatrix_equilibria(NormalFormGame(rest)))


def _undominated(payoffs: FloatArray) -> list[list[int]]:
    """Return each player's actions that survive iterated strict dominance by other actions."""
    kept = [list(range(count)) for count in payoffs.shape[1:]]
    while True:
        reduced = payoffs[np.ix_(range(len(kept)), *kept)]
        removed = False
        for player, own in enumerate(kept):
            table = np.moveaxis(reduced[player], player, 0).reshape(len(own), -1)
            worse = [k for k in range(len(own)) if (table > table[k]).all(axis=1).any()]
            if worse:
                kept[player] = [action for k, action in enumerate(own) if k not in worse]
                removed = True
                break
        if not removed:
            return kept


def _embedded(game: NormalFormGame, kept: list[list[int]], active: list[int], solution: Solution) -> Solution:
    """Return the solution of a game of the players `active` with the actions `kept` as one of `game`."""

    def whole(profile: Profile) -> Profile:
        strategies = [np.zeros(count) for count in game.num_actions]
        for player, own in enumerate(kept):
            strategies[player][own[0]] = 1.0
        for player, strategy in zip(active, profile, strict=True):
            strategies[player][kept[player]] = strategy
        return tuple(map(sealed, strategies))

    profiles = tuple(map(whole, solution.profiles))
    components = tuple(
        Component(extreme_points=tuple(map(whole, component.extreme_points)))
        for component in solution.components
    )
    return replace(
        solution,
        profiles=profiles,
        payoffs=sealed(
            np.reshape([expected_payoffs(game, profile) for profile in profiles], (-1, game.num_players))
        ),
        regrets=sealed([max(0.0, regrets(game, profile).max()) for profile in profiles]),
        components=components,
    )


def _best_actions(game: NormalFormGame) -> Solution:
    """Return the optimal actions of the only player."""
    from sim.solvers.pure_nash import pure_equilibria

    solution = pure_equilibria(game)
    components = (Component(extreme_points=solution.profiles),) if solution.degenerate else ()
    return replace(solution, concept="nash", components=components)


def _cross_checked(game: NormalFormGame, solution: Solution) -> Solution:
    if game.num_players != 2:
        raise ParameterError(f"cross_check needs a game of 2 players, got {game.num_players}")
    from sim.solvers.nashpy_door import second_opinion

    opinion = second_opinion(game, solution.profiles)
    contradicted = bool(opinion.surplus) and not solution.degenerate
    return replace(
        solution,
        complete=Completeness.NO if contradicted else solution.complete,
        extra={**solution.extra, "second_opinion": opinion},
    )
