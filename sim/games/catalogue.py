"""Textbook games, each with its source and its equilibria.

``CATALOGUE[name]`` has the game and all its Nash equilibria as exact fractions, found by hand;
`sim.study.verify` compares the solver with them.  Payoffs are those of the source or, where it only orders
them, 4 to 1 or 3 to 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.games.reference_models.inspection import inspection_game

Strategies = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True, eq=False)
class TextbookGame:
    """A game, its source, what it teaches, and all its Nash equilibria (one tuple of fractions each)."""

    game: NormalFormGame
    source: str
    lesson: str
    equilibria: tuple[Strategies, ...]


def prisoners_dilemma(
    temptation: float = 5.0, reward: float = 3.0, punishment: float = 1.0, sucker: float = 0.0
) -> NormalFormGame:
    """Return the prisoner's dilemma; T > R > P > S is required.

    Examples
    --------
    >>> prisoners_dilemma(reward=6)
    Traceback (most recent call last):
        ...
    sim.errors.ParameterError: temptation > reward > punishment > sucker is needed, got 5.0, 6, 1.0, 0.0
    """
    if not temptation > reward > punishment > sucker:
        raise ParameterError(
            "temptation > reward > punishment > sucker is needed, got "
            f"{temptation}, {reward}, {punishment}, {sucker}"
        )
    return _symmetric(
        [[reward, sucker], [temptation, punishment]], ("cooperate", "defect"), "Prisoner's dilemma"
    )


def stag_hunt() -> NormalFormGame:
    """Return the stag hunt: safety against the common good."""
    return _symmetric([[4, 1], [3, 2]], ("stag", "hare"), "Stag hunt")


def chicken() -> NormalFormGame:
    """Return chicken, the game of brinkmanship."""
    return _symmetric([[3, 2], [4, 1]], ("yield", "hold on"), "Chicken")


def deadlock() -> NormalFormGame:
    """Return deadlock: both prefer mutual defection."""
    return _symmetric([[2, 1], [4, 3]], ("cooperate", "defect"), "Deadlock")


def battle_of_the_sexes() -> NormalFormGame:
    """Return the battle of the sexes: agreement on terms that favour one side."""
    return NormalFormGame(
        np.array([[[3.0, 0.0], [0.0, 2.0]], [[2.0, 0.0], [0.0, 3.0]]]),
        ("she", "he"),
        (("ballet", "match"), ("ballet", "match")),
        "Battle of the sexes",
    )


def matching_pennies() -> NormalFormGame:
    """Return matching pennies: pure conflict, no pure equilibrium."""
    return NormalFormGame(
        np.array([[[1.0, -1.0], [-1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]]),
        ("matcher", "mismatcher"),
        (("heads", "tails"), ("heads", "tails")),
        "Matching pennies",
    )


def trust_game() -> NormalFormGame:
    """Return the trust game in normal form: sending is worth it only if the trustee honours it."""
    return NormalFormGame(
        np.array([[[2.0, -1.0], [0.0, 0.0]], [[2.0, 3.0], [0.0, 0.0]]]),
        ("truster", "trustee"),
        (("trust", "keep"), ("honour", "betray")),
        "Trust game",
    )


def textbook_inspection_game() -> NormalFormGame:
    """Return the inspection game with certain detection (e = 1/5, a = 1/2, b = 1)."""
    return inspection_game(cost=0.2, loss=0.5, penalty=1.0, detection=1.0)


def _symmetric(own: Sequence[Sequence[float]], actions: tuple[str, str], name: str) -> NormalFormGame:
    """Return the symmetric two-player game with row payoffs `own`."""
    table = np.array(own, dtype=float)
    return NormalFormGame(np.array([table, table.T]), ("row", "column"), (actions, actions), name)


def _profile(*strategies: Sequence[str]) -> Strategies:
    return tuple(tuple(Fraction(p) for p in strategy) for strategy in strategies)


_FIRST, _SECOND = ("1", "0"), ("0", "1")

CATALOGUE: MappingProxyType[str, TextbookGame] = MappingProxyType(
    {
        "prisoners_dilemma": TextbookGame(
            prisoners_dilemma(),
            "Tucker (1950); payoffs of Axelrod (1984), The Evolution of Cooperation",
            "what each wants, both regret",
            (_profile(_SECOND, _SECOND),),
        ),
        "stag_hunt": TextbookGame(
            stag_hunt(),
            "Rousseau (1755); Jervis (1978), Cooperation under the security dilemma",
            "trust decides between the good and the safe equilibrium",
            # indifferent at q: 4q + (1-q) = 3q + 2(1-q)
            (_profile(_FIRST, _FIRST), _profile(_SECOND, _SECOND), _profile(("1/2", "1/2"), ("1/2", "1/2"))),
        ),
        "chicken": TextbookGame(
            chicken(),
            "Schelling (1960), The Strategy of Conflict",
            "whoever commits first wins, and both may crash",
            # indifferent at q: 3q + 2(1-q) = 4q + (1-q)
            (_profile(_FIRST, _SECOND), _profile(_SECOND, _FIRST), _profile(("1/2", "1/2"), ("1/2", "1/2"))),
        ),
        "deadlock": TextbookGame(
            deadlock(),
            "Oye (1986), Cooperation under Anarchy",
            "no treaty where conflict is preferred",
            (_profile(_SECOND, _SECOND),),
        ),
        "battle_of_the_sexes": TextbookGame(
            battle_of_the_sexes(),
            "Luce & Raiffa (1957), Games and Decisions",
            "agreement is wanted, its terms are fought over",
            # column indifferent at p: 2p = 3(1-p); row at q: 3q = 2(1-q)
            (_profile(_FIRST, _FIRST), _profile(_SECOND, _SECOND), _profile(("3/5", "2/5"), ("2/5", "3/5"))),
        ),
        "matching_pennies": TextbookGame(
            matching_pennies(),
            "von Neumann & Morgenstern (1944), Theory of Games and Economic Behavior",
            "be unpredictable",
            (_profile(("1/2", "1/2"), ("1/2", "1/2")),),
        ),
        "inspection": TextbookGame(
            textbook_inspection_game(),
            "Avenhaus, von Stengel & Zamir (2002), Inspection games, Handbook of Game Theory III",
            "better detection is used less often",
            # p* = 1/((1+b)d), q* = e/((1-a)d + e)
            (_profile(("1/2", "1/2"), ("5/7", "2/7")),),
        ),
        "trust": TextbookGame(
            trust_game(),
            "Kreps (1990), Corporate culture and economic theory",
            "no trust without a reason to honour it",
            # keep against betray with probability r: keep is best while 2(1-r) - r <= 0, so r >= 2/3
            (_profile(_SECOND, ("0", "1")), _profile(_SECOND, ("1/3", "2/3"))),
        ),
    }
)
"""Textbook games by name; of the degenerate trust game the extreme points of its component are listed."""
