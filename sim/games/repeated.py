r"""Infinitely repeated games with public monitoring.

A stage game is played again and again; player `i` discounts with :math:`δ_i ∈ [0, 1)`.  After each period all
see a public signal :math:`y` with probability :math:`π(y | a)`.  Under *perfect* monitoring the signal is the
executed joint action itself, numbered in C order.  With *execution error* :math:`e_i` the action that
player `i` chose is replaced, with probability :math:`e_i`, by one of the others, each equally likely;
payoffs and signals follow the executed actions.

Values are discounted sums :math:`\sum_t δ^t u_t` unless a function says *average*, which is the sum times
:math:`1 - δ`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import FloatArray, finite, sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame


@dataclass(frozen=True, eq=False)
class PublicMonitoring:
    """A distribution of public signals.

    Parameters
    ----------
    probabilities : float array [*actions, signals]
        Chance of each signal after each executed joint action; rows sum to 1.
    signals : names, optional
        Default ``("0", "1", …)``.
    """

    probabilities: FloatArray
    signals: tuple[str, ...] = None  # type: ignore[assignment]  # filled in below

    def __post_init__(self) -> None:
        probabilities = probability_rows(self.probabilities, "monitoring")
        count = probabilities.shape[-1]
        names = (
            tuple(str(k) for k in range(count))
            if self.signals is None
            else tuple(str(k) for k in self.signals)
        )
        if len(names) != count or len(set(names)) != count:
            raise ParameterError(f"monitoring: signals must be {count} distinct names, got {list(names)}")
        object.__setattr__(self, "probabilities", probabilities)
        object.__setattr__(self, "signals", names)


@dataclass(frozen=True, eq=False)
class RepeatedGame:
    """A stage game repeated for ever.

    Parameters
    ----------
    stage : NormalFormGame
    discount : float or one per player
        Per-period factor δ, in [0, 1).
    monitoring : PublicMonitoring or float array [*actions, signals], optional
        None is perfect monitoring: the signal is the executed joint action in C order.
    execution_error : float or one per player
        Probability that another action than the chosen one is executed, in [0, 1].

    Raises
    ------
    ParameterError
        If a discount is outside [0, 1), an error outside [0, 1], or the monitoring does not fit the stage
        game.

    Examples
    --------
    >>> game = RepeatedGame(NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]), 0.9)
    >>> game.discounts.tolist(), game.num_signals, game.is_perfect
    ([0.9, 0.9], 4, True)
    """

    stage: NormalFormGame
    discount: Any
    monitoring: Any = None
    execution_error: Any = 0.0

    def __post_init__(self) -> None:
        stage = self.stage
        if not isinstance(stage, NormalFormGame):
            raise ParameterError(f"stage must be a NormalFormGame, got {type(stage).__name__}")
        discounts = checked_discounts(self.discount, stage.num_players)
        errors = _per_player(self.execution_error, stage.num_players, "execution_error")
        if not ((errors >= 0) & (errors <= 1)).all():
            raise ParameterError(f"execution_error must lie in [0, 1], got {errors.tolist()}")
        single = [p for p, count in enumerate(stage.num_actions) if count == 1 and errors[p] > 0]
        if single:
            raise ParameterError(
                f"execution_error: player {single[0]} has one action only, so its error must be 0"
            )
        monitoring = self.monitoring
        if monitoring is not None and not isinstance(monitoring, PublicMonitoring):
            monitoring = PublicMonitoring(monitoring)
        if monitoring is not None and monitoring.probabilities.shape[:-1] != stage.num_actions:
            raise ParameterError(
                f"monitoring must have shape [*actions, signals] with actions {stage.num_actions}, "
                f"got {monitoring.probabilities.shape}"
            )
        object.__setattr__(self, "discount", discounts)
        object.__setattr__(self, "monitoring", monitoring)
        object.__setattr__(self, "execution_error", errors)

    @property
    def discounts(self) -> FloatArray:
        """Discount factor of each player, [players]."""
        discounts: FloatArray = self.discount
        return discounts

    @property
    def num_players(self) -> int:
        """Number of players."""
        return self.stage.num_players

    @property
    def is_perfect(self) -> bool:
        """Whether executed actions are seen."""
        return self.monitoring is None

    @property
    def num_signals(self) -> int:
        """Number of public signals."""
        return int(np.prod(self.stage.num_actions)) if self.is_perfect else len(self.monitoring.signals)

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of the public signals; under perfect monitoring the joint actions."""
        if not self.is_perfect:
            names: tuple[str, ...] = self.monitoring.signals
            return names
        actions = self.stage.actions
        return tuple(
            "/".join(actions[i][k] for i, k in enumerate(joint))
            for joint in np.ndindex(self.stage.num_actions)
        )

    def payoffs(self) -> FloatArray:
        """Return the expected payoff of each *chosen* joint action, [players, *actions].

        Examples
        --------
        >>> stage = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
        >>> RepeatedGame(stage, 0.9, execution_error=0.5).payoffs()[0].tolist()  # nobody does what it chose
        [[2.25, 2.25], [2.25, 2.25]]
        """
        return self.through_execution(np.moveaxis(self.stage.payoffs, 0, -1)).transpose(
            (self.num_players, *range(self.num_players))
        )

    def signal_probabilities(self) -> FloatArray:
        """Return the chance of each signal after each *chosen* joint action, [*actions, signals]."""
        counts = self.stage.num_actions
        executed = (
            np.eye(self.num_signals).reshape(*counts, -1)
            if self.is_perfect
            else self.monitoring.probabilities
        )
        return self.through_execution(executed)

    def through_execution(self, by_executed: FloatArray) -> FloatArray:
        """Average an array [*actions, …] over executed actions, given the chosen ones."""
        result = by_executed
        for player, error in enumerate(self.execution_error):
            if error > 0:
                count = self.stage.num_actions[player]
                slips = np.full((count, count), error / (count - 1))
                np.fill_diagonal(slips, 1 - error)
                result = np.moveaxis(np.tensordot(slips, result, axes=(1, player)), 0, player)
        return result


def probability_rows(values: Any, name: str) -> FloatArray:
    """Return a sealed array whose last axis are probabilities; a ParameterError names the first bad row."""
    rows = finite(values, name)
    if rows.ndim < 2 or 0 in rows.shape:
        raise ParameterError(
            f"{name} must have a last axis of probabilities and no empty axis, got {rows.shape}"
        )
    negative = np.argwhere(rows < 0)
    if len(negative):
        where = tuple(int(k) for k in negative[0])
        raise ParameterError(
            f"{name}: probabilities must not be negative, got {rows[where]} at index {where}"
        )
    wrong = np.argwhere(abs(rows.sum(axis=-1) - 1) > 1e-9)
    if len(wrong):
        where = tuple(int(k) for k in wrong[0])
        raise ParameterError(f"{name}: row {where} must sum to 1, got {rows[where].sum():.12g}")
    return sealed(rows / rows.sum(axis=-1, keepdims=True))


def checked_discounts(discount: Any, num_players: int) -> FloatArray:
    """Return one discount per player; raise ParameterError unless each lies in [0, 1)."""
    discounts = _per_player(discount, num_players, "discount")
    for player, value in enumerate(discounts):
        if not 0 <= value < 1:
            raise ParameterError(f"discount of player {player} must lie in [0, 1), got {value}")
    return discounts


def _per_player(values: Any, num_players: int, name: str) -> FloatArray:
    given = finite(values, name)
    if given.shape not in ((), (num_players,)):
        raise ParameterError(
            f"{name} must be one number or one per player ({num_players}), got shape {given.shape}"
        )
    return sealed(np.broadcast_to(given, num_players))
