r"""Games in normal form.

A game has players :math:`i = 0, …, n-1`, each with a finite set of actions :math:`A_i`, and payoffs
:math:`u_i(a)` for every joint action :math:`a ∈ A_0 × … × A_{n-1}`.  A *strategy* of player `i` is a
probability vector over :math:`A_i`; a *profile* is one strategy per player.  The *regret* of player `i` at a
profile is what the best unilateral deviation would gain,

.. math:: r_i(x) = \max_{a ∈ A_i} u_i(a, x_{-i}) - u_i(x),

and a profile is a Nash equilibrium exactly when all regrets are zero.

Axes: ``payoffs [players, *actions]``, axis ``1 + i`` is the action of player ``i``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import FloatArray, finite
from sim.errors import ParameterError

Profile = tuple[FloatArray, ...]


@dataclass(frozen=True, eq=False)
class NormalFormGame:
    """A game in normal form.

    Parameters
    ----------
    payoffs : float array [players, *actions]
        Payoff of each player for each joint action, payoff units. Finite.
    players : names, one per player, optional
        Default ``("1", "2", …)``.
    actions : for each player the names of its actions, optional
        Default ``("1", "2", …)``.

    Raises
    ------
    ParameterError
        If the number of axes does not fit the number of players, an action set is empty, a payoff is not
        finite, or names do not fit or repeat.

    Examples
    --------
    >>> game = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]], actions=[["C", "D"]] * 2)
    >>> game.num_players, game.num_actions
    (2, (2, 2))
    """

    payoffs: FloatArray
    players: tuple[str, ...] = None  # type: ignore[assignment]  # filled in below
    actions: tuple[tuple[str, ...], ...] = None  # type: ignore[assignment]
    name: str = ""

    if TYPE_CHECKING:  # what the constructor takes is more than what the fields hold

        def __init__(
            self,
            payoffs: ArrayLike,
            players: Sequence[str] | None = None,
            actions: Sequence[Sequence[str] | None] | None = None,
            name: str = "",
        ) -> None: ...

    def __post_init__(self) -> None:
        payoffs = finite(self.payoffs, "payoffs")
        if payoffs.ndim < 2 or payoffs.ndim != len(payoffs) + 1:
            raise ParameterError(
                f"payoffs must have shape [players, *actions] with one action axis per player, got {payoffs.shape}"
            )
        if 0 in payoffs.shape:
            empty = payoffs.shape[1:].index(0)
            raise ParameterError(f"player {empty}: the action set is empty, it needs at least one action")
        players = _names(self.players, len(payoffs), "players")
        given = self.actions if self.actions is not None else [None] * len(payoffs)
        if len(given) != len(payoffs):
            raise ParameterError(
                f"actions must name the actions of {len(payoffs)} players, got {len(given)} lists"
            )
        actions = tuple(
            _names(names, count, f"actions of player {player!r}")
            for names, count, player in zip(given, payoffs.shape[1:], players, strict=True)
        )
        object.__setattr__(self, "payoffs", payoffs)
        object.__setattr__(self, "players", players)
        object.__setattr__(self, "actions", actions)

    @property
    def num_players(self) -> int:
        """Number of players."""
        return len(self.payoffs)

    @property
    def num_actions(self) -> tuple[int, ...]:
        """Number of actions of each player."""
        return self.payoffs.shape[1:]

    @classmethod
    def read(cls, path: str | Path) -> "NormalFormGame":
        """Read a Gambit ``.nfg`` file; see `sim.games.gambit_files`."""
        from sim.games.gambit_files import read_normal_form

        return read_normal_form(path)

    def write(self, path: str | Path) -> None:
        """Write a Gambit ``.nfg`` file.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as directory:
        ...     NormalFormGame([[1, 0], [0, 1]][:1]).write(f"{directory}/game.nfg")
        ...     NormalFormGame.read(f"{directory}/game.nfg").payoffs.tolist()
        [[1.0, 0.0]]
        """
        from sim.games.gambit_files import write_normal_form

        write_normal_form(self, path)


def deviation_payoffs(game: NormalFormGame, profile: Sequence[Any]) -> tuple[FloatArray, ...]:
    """Return, per player, the payoff of each own action against the others' strategies.

    Examples
    --------
    >>> game = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> deviation_payoffs(game, ([1, 0], [0.25, 0.75]))[0].tolist()
    [-0.5, 0.5]
    """
    result = []
    for player in range(game.num_players):
        payoffs: Any = game.payoffs[player]
        for other in reversed(range(game.num_players)):  # last axis first, so earlier axes keep their number
            if other != player:
                payoffs = np.tensordot(payoffs, np.asarray(profile[other], dtype=float), axes=(other, 0))
        result.append(payoffs)
    return tuple(result)


def expected_payoffs(game: NormalFormGame, profile: Sequence[Any]) -> FloatArray:
    """Return each player's expected payoff under `profile`, [players]."""
    deviations = deviation_payoffs(game, profile)
    return np.array(
        [payoffs @ np.asarray(own, dtype=float) for payoffs, own in zip(deviations, profile, strict=True)]
    )


def regrets(game: NormalFormGame, profile: Sequence[Any]) -> FloatArray:
    """Return each player's gain from the best unilateral deviation, [players].

    Examples
    --------
    >>> game = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> regrets(game, ([1, 0], [1, 0])).tolist()
    [2.0, 2.0]
    """
    deviations = deviation_payoffs(game, profile)
    return np.array(
        [
            payoffs.max() - payoffs @ np.asarray(own, dtype=float)
            for payoffs, own in zip(deviations, profile, strict=True)
        ]
    )


def check_profile(game: NormalFormGame, profile: Sequence[Any]) -> Profile:
    """Return `profile` as sealed arrays; raise ParameterError unless each strategy is a probability vector."""
    if len(profile) != game.num_players:
        raise ParameterError(f"a profile needs {game.num_players} strategies, got {len(profile)}")
    checked = []
    for player, (strategy, count) in enumerate(zip(profile, game.num_actions, strict=True)):
        probabilities = finite(strategy, f"strategy of player {player}")
        if probabilities.shape != (count,):
            raise ParameterError(
                f"strategy of player {player} needs {count} probabilities, got {probabilities.shape}"
            )
        if (probabilities < 0).any() or abs(probabilities.sum() - 1) > 1e-9:
            raise ParameterError(
                f"strategy of player {player} must be probabilities summing to 1, got {probabilities}"
            )
        checked.append(probabilities)
    return tuple(checked)


def _names(names: Sequence[str] | None, count: int, what: str) -> tuple[str, ...]:
    if names is None:
        return tuple(str(k + 1) for k in range(count))
    names = tuple(str(name) for name in names)
    if len(names) != count or len(set(names)) != count:
        raise ParameterError(f"{what} must be {count} distinct names, got {list(names)}")
    return names
