"""One decision round of a table, from the choices of its seats to the next decision or the end."""

from collections.abc import Sequence

from sim.seminar.setup import NUM_SEATS
from sim.seminar.state import PARTIES, Choice, Played, Position
from sim.seminar.table_game import TableGame


def play_round(
    game: TableGame,
    number: int,
    position: Position,
    choices: Sequence[Choice],
    robots: Sequence[bool],
    *,
    longest: int | None = None,
) -> tuple[tuple[Played, ...], Position]:
    """Return the periods from a decision to the next one, and where they end.

    In the first period everyone makes the move of `choices`, if moves are possible in it. People hold the course of
    their choice until the next decision; robots choose theirs afresh in every period. The next decision is called
    for when moves are possible again, or after `longest` periods without an occasion for them.
    """
    moves = [choice.move for choice in choices] if game.is_offered(position, number) else None
    periods = []
    while True:
        breaches = [
            game.robot_choice(position, number, party).breach if robots[party] else choices[party].breach
            for party in PARTIES
        ]
        played, position = game.step(position, number, breaches, moves)
        periods.append(played)
        full = longest is not None and len(periods) >= longest
        if full or game.is_over(position) or game.is_offered(position, number):
            return tuple(periods), position
        moves = None


def longest_stretch(periods_left: int, rounds_left: int) -> int:
    """Return how many periods a round may cover at most, so that no table runs out of decisions or of time early.

    Examples
    --------
    >>> longest_stretch(48, 8), longest_stretch(40, 7), longest_stretch(3, 1)
    (6, 6, 3)
    """
    return -(-periods_left // max(rounds_left, 1))


def play_to_the_end(game: TableGame, number: int, position: Position) -> tuple[tuple[Played, ...], Position]:
    """Return the rest of a play in which robots hold every seat."""
    periods: list[Played] = []
    while not game.is_over(position):
        choices = [game.robot_choice(position, number, seat) for seat in range(NUM_SEATS)]
        played, position = play_round(game, number, position, choices, (True,) * NUM_SEATS)
        periods.extend(played)
    return tuple(periods), position
