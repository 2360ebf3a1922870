"""Profiles of a repeated game by the names of textbook strategies, and the door to the solvers that takes them.

The solvers work on automata and know no names. A name is read through the game's own signals: under perfect
monitoring of two players a strategy sees who did what; with more players, or where the public signal says only
quiet or alarm, it is the form of the strategy that reacts to alarms.
"""

import re
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any

from sim.errors import ParameterError
from sim.games.automaton import Automaton
from sim.games.repeated import RepeatedGame
from sim.solvers import solve as solvers
from sim.solvers.solution import Solution
from sim.strategies import textbook

FAMILY = re.compile(r"(suspension|tolerance)_([1-9]\d?)")
"""``suspension_<periods>`` and ``tolerance_<alarms>``, from 1 to 99."""

OVER_PAIRS: MappingProxyType[str, Callable[[], Automaton]] = MappingProxyType(
    {**textbook.OVER_PAIRS, "grim_trigger": textbook.grim}
)
OVER_ALARMS: MappingProxyType[str, Callable[[], Automaton]] = MappingProxyType(
    {"grim_trigger": textbook.trigger, "trigger": textbook.trigger}
)
ALARMS = 2  # public signals of a game with quiet and alarm


def solve(game: Any, concept: str = "nash", **options: Any) -> Solution:
    """Return the equilibria of `game` in the sense of `concept`, each with its certificate.

    As `sim.solvers.solve.solve`, where the concepts and their options are; a `profile` of a repeated game may
    name its strategies.

    Raises
    ------
    ParameterError
        If the concept, an option or a strategy is unknown.

    Examples
    --------
    >>> from sim.games.catalogue import prisoners_dilemma
    >>> game = RepeatedGame(prisoners_dilemma(), 0.0)
    >>> for name in ("grim_trigger", "tit_for_tat", "suspension_2"):
    ...     found = solve(game, "critical_discount", profile=name).extra["critical_discount"]
    ...     print(name, round(found.least_nash, 6))
    grim_trigger 0.5
    tit_for_tat 0.666667
    suspension_2 0.618034
    """
    if isinstance(game, RepeatedGame) and "profile" in options:
        options = {**options, "profile": named_profile(game, options["profile"])}
    return solvers.solve(game, concept, **options)


def named_profile(game: RepeatedGame, profile: Any) -> Any:
    """Return `profile` with each strategy's name replaced by its automaton for that player of `game`.

    Parameters
    ----------
    game : RepeatedGame
    profile : str or sequence
        One name for all players, or one entry per player; what is no name is left as it is.

    Raises
    ------
    ParameterError
        If a name is unknown, or its strategy cannot read the game's signals; the message lists those that can.

    Examples
    --------
    >>> from sim.games.catalogue import prisoners_dilemma
    >>> game = RepeatedGame(prisoners_dilemma(), 0.9)
    >>> [one.transitions.tolist() for one in named_profile(game, "tit_for_tat")]
    [[[0, 1, 0, 1], [0, 1, 0, 1]], [[0, 0, 1, 1], [0, 0, 1, 1]]]
    """
    if isinstance(profile, str):
        profile = [profile] * game.num_players
    if not isinstance(profile, Sequence) or not any(isinstance(one, str) for one in profile):
        return profile
    if len(profile) != game.num_players:
        raise ParameterError(
            f"profile needs one strategy per player ({game.num_players}), got {len(profile)}"
        )
    return tuple(
        _named(game, one, player) if isinstance(one, str) else one for player, one in enumerate(profile)
    )


def _named(game: RepeatedGame, name: str, player: int) -> Automaton:
    if any(count != 2 for count in game.stage.num_actions):
        raise ParameterError(
            "named strategies need two actions each, comply and breach, got a stage game of "
            f"{'×'.join(map(str, game.stage.num_actions))} actions"
        )
    pairs = game.is_perfect and game.num_players == 2
    if not pairs and not game.is_perfect and game.num_signals != ALARMS:
        raise ParameterError(
            f"named strategies read two public signals, quiet and alarm, this game has {game.num_signals}; "
            "give automata instead"
        )
    family = FAMILY.fullmatch(name)
    if pairs and name in OVER_PAIRS:
        return textbook.seated(OVER_PAIRS[name](), player)
    if family:
        make = textbook.suspension if family[1] == "suspension" else textbook.tolerance
        automaton = make(int(family[2]))
    elif name in OVER_ALARMS:
        automaton = OVER_ALARMS[name]()
    else:
        known = sorted({*OVER_ALARMS, *(OVER_PAIRS if pairs else ())})
        legal = ", ".join([*known, "suspension_<periods>", "tolerance_<alarms>"])
        raise ParameterError(f"strategy of player {player} must be one of {legal}, got {name!r}")
    return textbook.reading_breaches(automaton, game.num_players) if game.is_perfect else automaton
