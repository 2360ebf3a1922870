r"""What a profile of automata brings in a repeated or stochastic game over a finite horizon, exactly.

A profile is a Markov chain on the automata's states and the public state (`sim.solvers.product_chain`); its
distribution is carried forward period by period, :math:`p_{t+1} = p_t P`, and expectations are read from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.automaton import AutomatonProfile
from sim.games.repeated import RepeatedGame
from sim.games.stochastic import StochasticGame
from sim.solvers.product_chain import product_chain


@dataclass(frozen=True, eq=False, kw_only=True)
class AutomataOutcomes:
    """Expectations over `T` periods.

    Attributes
    ----------
    payoffs : float array [players]
        Discounted sum over the horizon, of payoffs per period.
    by_period : float array [T, players]
        Expected payoff of each period.
    actions : per player float array [T, actions]
        Probability that each action is executed.
    states : float array [T + 1, states]
        Distribution of the public state at the start of each period and after the last; a repeated game has one.
    num_cells : int
        Combinations of automaton and public states that play can reach.
    """

    payoffs: FloatArray
    by_period: FloatArray
    actions: tuple[FloatArray, ...]
    states: FloatArray
    num_cells: int


def outcomes_exact(
    game: RepeatedGame | StochasticGame, profile: AutomatonProfile | Sequence[Any], horizon: int
) -> AutomataOutcomes:
    """Return what `profile` brings in `game` over `horizon` periods, without sampling.

    Parameters
    ----------
    game : RepeatedGame or StochasticGame
    profile : one Automaton per player, or one array: a mixed action, or a Markov strategy [states, actions]
    horizon : int
        Number of periods, at least 1.

    Raises
    ------
    ParameterError
        If the profile does not fit the game, or the horizon is no whole number of at least 1.

    Notes
    -----
    Costs O(horizon × transitions of the chain).

    Examples
    --------
    >>> from sim.games.normal_form import NormalFormGame
    >>> game = RepeatedGame(NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]), 0.5)
    >>> outcomes_exact(game, ([1, 0], [0, 1]), horizon=2).payoffs.tolist()
    [0.0, 7.5]
    """
    if not isinstance(game, RepeatedGame | StochasticGame):
        raise ParameterError(f"game must be a RepeatedGame or a StochasticGame, got {type(game).__name__}")
    periods = whole(horizon, "horizon")
    chain = product_chain(game, profile)
    forward = chain.transition().T.tocsr()
    mass = np.zeros((periods + 1, chain.num_cells))
    mass[0, chain.initial] = 1.0
    for t in range(periods):
        mass[t + 1] = forward @ mass[t]
    expected = np.stack(
        [
            (chosen * rewards).sum(axis=1)
            for chosen, rewards in zip(chain.behaviour, chain.rewards, strict=True)
        ]
    )
    by_period = (mass[:periods, None] * expected).sum(axis=-1)
    states = np.zeros((periods + 1, game.num_states if isinstance(game, StochasticGame) else 1))
    for cell, state in enumerate(chain.cells[:, -1]):
        states[:, state] += mass[:, cell]
    return AutomataOutcomes(
        payoffs=sealed((by_period * discount_factors(game, periods)).sum(axis=0)),
        by_period=sealed(by_period),
        actions=tuple(
            sealed((mass[:periods, :, None] * executed(chosen, error)).sum(axis=1))
            for chosen, error in zip(chain.behaviour, execution_errors(game), strict=True)
        ),
        states=sealed(states),
        num_cells=chain.num_cells,
    )


def executed(chosen: FloatArray, error: float) -> FloatArray:
    """Return the probabilities [..., actions] of executed actions, given those of chosen ones.

    With probability `error` one of the other actions is executed, each alike.
    """
    if error == 0:
        return chosen
    slipped: FloatArray = chosen * (1 - error) + (1 - chosen) * error / (chosen.shape[-1] - 1)
    return slipped


def execution_errors(game: RepeatedGame | StochasticGame) -> list[float]:
    """Return each player's probability of an error; a stochastic game has none."""
    if isinstance(game, StochasticGame):
        return [0.0] * game.num_players
    return [float(error) for error in game.execution_error]


def discount_factors(game: RepeatedGame | StochasticGame, periods: int) -> FloatArray:
    """Return what a payoff in each period is worth at the start, [periods, players]."""
    factors = np.ones((periods, game.num_players))
    for t in range(1, periods):
        factors[t] = factors[t - 1] * game.discounts
    return factors


def whole(number: Any, name: str, least: int = 1) -> int:
    """Return `number` if it is a whole one of at least `least`; else raise ParameterError."""
    if isinstance(number, bool) or number != int(number) or number < least:
        raise ParameterError(f"{name} must be a whole number of at least {least}, got {number}")
    return int(number)
