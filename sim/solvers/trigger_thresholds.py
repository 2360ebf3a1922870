r"""Least discount factors of the classic strategies of a repeated prisoner's dilemma, in closed form.

Stage payoffs :math:`T > R > P > S` (temptation, reward, punishment, sucker).  Every function returns the
least δ, or a number of at least 1 where no δ < 1 will do.

References
----------
Friedman (1971), A non-cooperative equilibrium for supergames; Axelrod & Hamilton (1981), The evolution of
cooperation; Mailath & Samuelson (2006), Repeated Games and Reputations, section 2.5.
"""

from collections.abc import Sequence

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame


def grim_threshold(*, temptation: float, reward: float, punishment: float) -> float:
    """Return (T - R) / (T - P): comply until the first breach, then breach for ever.

    Examples
    --------
    >>> grim_threshold(temptation=5, reward=3, punishment=1)
    0.5
    """
    _check_order(temptation, reward, punishment)
    return (temptation - reward) / (temptation - punishment)


def tit_for_tat_threshold(*, temptation: float, reward: float, punishment: float, sucker: float) -> float:
    """Return max{(T - R) / (T - P), (T - R) / (R - S)}: tit for tat is a best reply to itself.

    This is the *nash* verdict; that tit for tat also be perfect is another matter (see `audit`).

    Examples
    --------
    >>> round(tit_for_tat_threshold(temptation=5, reward=3, punishment=1, sucker=0), 6)
    0.666667
    """
    _check_order(temptation, reward, punishment)
    if sucker >= punishment:
        raise ParameterError(f"sucker must be below punishment {punishment}, got {sucker}")
    return (temptation - reward) / min(temptation - punishment, reward - sucker)


def suspension_threshold(*, temptation: float, reward: float, punishment: float, periods: int) -> float:
    """Return the least δ with δ + … + δ^K >= (T - R) / (R - P): suspend for K periods after a breach.

    Examples
    --------
    >>> round(suspension_threshold(temptation=5, reward=3, punishment=1, periods=2), 6)
    0.618034
    """
    _check_order(temptation, reward, punishment)
    if periods < 1 or periods != int(periods):
        raise ParameterError(f"periods must be a whole number of at least 1, got {periods}")
    needed = (temptation - reward) / (reward - punishment)

    def deterrence(factor: float) -> float:
        return float(factor ** np.arange(1, int(periods) + 1) @ np.ones(int(periods)))

    low, high = 0.0, 1.0
    while (
        deterrence(high) < needed
    ):  # beyond 1 the answer only says "never", but stays continuous in the payoffs
        high *= 2
    if deterrence(1.0) == needed:
        return 1.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if deterrence(middle) < needed else (low, middle)
    return high


def reversion_threshold(
    stage: NormalFormGame, target: Sequence[int], punishment: Sequence[int] | Sequence[Sequence[int]]
) -> float:
    """Return the least common δ at which reverting to `punishment` for ever sustains `target`.

    Player `i` complies iff :math:`δ ≥ (D_i - R_i) / (D_i - P_i)` with its best deviation D, its payoff R
    at the target and P after reversion.

    Parameters
    ----------
    target, punishment : one action per player
        `punishment` should be an equilibrium of the stage, else the threat is not credible; that is checked.
        Infinity is returned if some player loses nothing by reversion.

    Raises
    ------
    ParameterError
        If an action does not exist or `punishment` is no equilibrium of the stage game.

    Examples
    --------
    >>> stage = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> reversion_threshold(stage, (0, 0), (1, 1))
    0.5
    """
    aim, threat = _joint(stage, target, "target"), _joint(stage, punishment, "punishment")
    if (best_deviations(stage, threat) > _payoffs_at(stage, threat) + 1e-12).any():
        raise ParameterError(f"punishment must be an equilibrium of the stage game, got {list(threat)}")
    reward = _payoffs_at(stage, aim)
    after = _payoffs_at(stage, threat)
    temptation = best_deviations(stage, aim)
    worst = 0.0
    for player in range(stage.num_players):
        if temptation[player] > reward[player]:
            loss = temptation[player] - after[player]
            worst = max(worst, (temptation[player] - reward[player]) / loss if loss > 0 else np.inf)
    return float(worst)


def best_deviations(stage: NormalFormGame, joint: Sequence[int]) -> FloatArray:
    """Return what each player gets by its best reply to the others' part of the joint action, [players]."""
    return np.array(
        [
            np.moveaxis(payoffs, player, -1)[(*joint[:player], *joint[player + 1 :])].max()
            for player, payoffs in enumerate(stage.payoffs)
        ]
    )


def _payoffs_at(stage: NormalFormGame, joint: tuple[int, ...]) -> FloatArray:
    payoffs: FloatArray = np.moveaxis(stage.payoffs, 0, -1)[joint]
    return payoffs


def _joint(stage: NormalFormGame, joint: Sequence[object], name: str) -> tuple[int, ...]:
    given = np.asarray(joint)
    if given.shape != (stage.num_players,) or not np.issubdtype(given.dtype, np.integer):
        raise ParameterError(
            f"{name} must be one action number per player ({stage.num_players}), got {joint}"
        )
    if (given < 0).any() or (given >= stage.num_actions).any():
        raise ParameterError(f"{name} must hold action numbers below {stage.num_actions}, got {joint}")
    return tuple(int(k) for k in given)


def _check_order(temptation: float, reward: float, punishment: float) -> None:
    if not temptation > reward > punishment:
        raise ParameterError(
            f"payoffs must be ordered temptation > reward > punishment, got {temptation}, {reward}, "
            f"{punishment}"
        )
