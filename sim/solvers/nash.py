"""Nash equilibria of a game in normal form, by the solver that fits its number of players."""

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.solvers.solution import Solution


def nash_equilibria(game: NormalFormGame) -> Solution:
    """Return all equilibria that can be found, with the verdict on completeness."""
    if game.num_players == 2:
        from sim.solvers.bimatrix import bimatrix_equilibria

        return bimatrix_equilibria(game)
    raise ParameterError(f"nash: games of 2 players, got {game.num_players}")
