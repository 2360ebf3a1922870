r"""Level-k play: how far reasoning about the other's reasoning goes.

Level 0 plays `start` (uniformly, unless given); level :math:`k` plays a best response to level :math:`k -
1` of everybody else, equally often where several are best.  This is no equilibrium: its regret says how far
from one it is.

References
----------
Nagel (1995), Unraveling in guessing games, American Economic Review 85. Stahl & Wilson (1994).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.arrays import sealed
from sim.errors import ParameterError
from sim.games.normal_form import (
    NormalFormGame,
    Profile,
    check_profile,
    deviation_payoffs,
    expected_payoffs,
    regrets,
)
from sim.solvers.solution import Solution

TIE = 1e-12


def level_k_play(game: NormalFormGame, level: int = 2, start: Sequence[Any] | None = None) -> Solution:
    """Return how players of the given level play; ``extra["levels"]`` holds all levels from 0 on.

    Raises
    ------
    ParameterError
        If `level` is not a whole number >= 0, or `start` is not a profile.

    Examples
    --------
    >>> chicken = NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]])
    >>> [[own.tolist() for own in profile] for profile in level_k_play(chicken, level=1).profiles]
    [[[1.0, 0.0], [1.0, 0.0]]]
    """
    if isinstance(level, bool) or not isinstance(level, int) or level < 0:
        raise ParameterError(f"level must be a whole number >= 0, got {level!r}")
    uniform = [np.full(count, 1 / count) for count in game.num_actions]
    levels: list[Profile] = [check_profile(game, uniform if start is None else start)]
    for _ in range(level):
        levels.append(_best_responses(game, levels[-1]))
    profile = levels[-1]
    return Solution(
        profiles=(profile,),
        payoffs=sealed([expected_payoffs(game, profile)]),
        regrets=sealed([max(0.0, regrets(game, profile).max())]),
        concept="level_k",
        method=f"level {level} best responses",
        extra={"levels": tuple(levels)},
    )


def _best_responses(game: NormalFormGame, profile: Profile) -> Profile:
    responses = []
    for player, payoffs in enumerate(deviation_payoffs(game, profile)):
        tie = TIE * float(np.abs(game.payoffs[player]).max())
        best = payoffs >= payoffs.max() - tie
        responses.append(sealed(best / best.sum()))
    return tuple(responses)
