r"""Conflicts as graphs: states, the moves that each decision maker can make, and what each prefers.

In the graph model for conflict resolution (Kilgour, Hipel & Fang 1987; Fang, Hipel & Kilgour 1993) there
are no payoffs to add up, only an order of the states per decision maker, and a move once made can be
answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from sim.arrays import BoolArray, FloatArray, finite, sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame


@dataclass(frozen=True, eq=False)
class ConflictGraph:
    """A graph model of a conflict.

    Parameters
    ----------
    states : names
    players : names of the decision makers
    moves : bool array [players, states, states]
        Whether the player can move the conflict from the first state to the second by itself.
    preferences : float array [players, states]
        A larger number is preferred; only the order counts, equal numbers are indifference.

    Raises
    ------
    ParameterError
        If shapes do not fit, names repeat, a preference is not finite, or a move leads from a state to
        itself.

    Examples
    --------
    >>> ConflictGraph(("peace", "war"), ("A",), [[[False, True], [False, False]]], [[1, 0]]).moves.shape
    (1, 2, 2)
    """

    states: tuple[str, ...]
    players: tuple[str, ...]
    moves: BoolArray
    preferences: FloatArray

    def __post_init__(self) -> None:
        states, players = tuple(map(str, self.states)), tuple(map(str, self.players))
        for names, what in ((states, "states"), (players, "players")):
            if not names or len(set(names)) < len(names):
                raise ParameterError(f"{what} must be distinct names, at least one, got {list(names)}")
        moves = sealed(self.moves, bool)
        if moves.shape != (len(players), len(states), len(states)):
            raise ParameterError(
                f"moves must have shape [players, states, states] for {len(players)} players and "
                f"{len(states)} states, got {moves.shape}"
            )
        loops = np.argwhere(np.diagonal(moves, axis1=1, axis2=2))
        if len(loops):
            player, state = loops[0]
            raise ParameterError(
                f"player {players[player]!r}: a move must leave its state, got {states[state]!r}"
            )
        preferences = finite(self.preferences, "preferences")
        if preferences.shape != moves.shape[:2]:
            raise ParameterError(
                f"preferences must have shape [players, states] = {moves.shape[:2]}, got {preferences.shape}"
            )
        for key, value in {
            "states": states, "players": players, "moves": moves, "preferences": preferences,
        }.items():  # fmt: skip
            object.__setattr__(self, key, value)

    @classmethod
    def from_normal_form(
        cls, game: NormalFormGame, irreversible: Sequence[tuple[int, int]] = ()
    ) -> "ConflictGraph":
        """Return the graph whose states are the joint actions; each player moves by changing its own action.

        Parameters
        ----------
        game : NormalFormGame
        irreversible : (player, action) pairs
            Once there, the player cannot leave that action (for instance a withdrawal).
        """
        cells = list(product(*(range(n) for n in game.num_actions)))
        for player, action in irreversible:
            if not (0 <= player < game.num_players and 0 <= action < game.num_actions[player]):
                raise ParameterError(f"irreversible must name players' actions, got ({player}, {action})")
        moves = np.zeros((game.num_players, len(cells), len(cells)), dtype=bool)
        for (a, here), (b, there) in product(enumerate(cells), repeat=2):
            changed = [k for k in range(game.num_players) if here[k] != there[k]]
            if len(changed) == 1 and (changed[0], here[changed[0]]) not in irreversible:
                moves[changed[0], a, b] = True
        names = tuple(", ".join(game.actions[k][action] for k, action in enumerate(cell)) for cell in cells)
        return cls(names, game.players, moves, game.payoffs.reshape(game.num_players, -1))
