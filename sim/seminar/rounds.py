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
) -> tuple[tuple[Played, ...], Position]:
    """Return the periods from a decision to the next one, and where they end.

    In the first period everyone makes the move of `choices`, if moves are possible in it. People hold the course of
    their choice until the next decision; robots choose theirs afresh in every period.
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
        if game.is_over(position) or game.is_offered(position, number):
            return tuple(periods), position
        moves = None


def play_to_the_end(game: TableGame, number: int, position: Position) -> tuple[tuple[Played, ...], Position]:
    """Return the rest of a play in which robots hold every seat."""
    periods: list[Played] = []
    while not game.is_over(position):
        choices = [game.robot_choice(position, number, seat) for seat in range(NUM_SEATS)]
        played, position = play_round(game, number, position, choices, (True,) * NUM_SEATS)
        periods.extend(played)
    return tuple(periods), position
