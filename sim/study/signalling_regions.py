"""Where a signal can tell types apart: kinds of perfect Bayesian equilibria over two parameters.

For the display of January 2019 (`sim.games.demonstration`) every equilibrium is found at every point of a grid; for two
rounds of trust (`sim.games.reassurance`) the separating profile is tested by its regrets. Closed forms are for the
figures and the tests, never for the regions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import BoolArray, FloatArray, sealed
from sim.games.behaviour import nash_regrets
from sim.games.demonstration import SHOW, SILENT, TRUST, Demonstration
from sim.games.reassurance import Reassurance
from sim.games.ultimatum_game import UltimatumGame
from sim.solvers.signalling_equilibria import signalling_equilibria

KINDS = ("separating", "semi-separating", "silent_trusted", "silent_left", "shown_trusted", "shown_left")
"""Kinds of equilibria: types told apart, partly told apart, or pooled on a message that is trusted or not."""

PURE = 1 - 1e-9
TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False, kw_only=True)
class SignallingRegions:
    """Which kinds of equilibria exist; `A` values of the first parameter, `B` of the second.

    Attributes
    ----------
    first, second : the parameters' values, [A] and [B]
    exists : kind -> whether an equilibrium of that kind exists, [A, B]
    """

    first: FloatArray
    second: FloatArray
    exists: dict[str, BoolArray]


def kinds_of(game: Demonstration) -> frozenset[str]:
    """Return the kinds of all equilibria of the display.

    Examples
    --------
    >>> sorted(kinds_of(Demonstration(UltimatumGame(breach=0.9, detection=0.8))))
    ['separating']
    """
    solution = signalling_equilibria(game.game())
    place = {label: number for number, label in enumerate(solution.extra["information_sets"])}
    found = set()
    for profile, kind in zip(solution.profiles, solution.extra["kinds"], strict=True):
        if kind != "pooling":
            found.add(kind)
            continue
        sent = np.asarray(profile[place["in compliance"]])
        for message, name, word in ((SHOW, "show", "shown"), (SILENT, "silent", "silent")):
            if sent[message] >= PURE:
                trust = np.asarray(profile[place[name]])[TRUST]
                if trust >= PURE or trust <= 1 - PURE:
                    found.add(f"{word}_trusted" if trust >= PURE else f"{word}_left")
    return frozenset(found)


def demonstration_regions(
    numbers: UltimatumGame, priors: Sequence[float], detections: Sequence[float]
) -> SignallingRegions:
    """Return the regions over the prior of breach and the detection of inspections.

    Cost: about 40 ms a point.
    """
    found = [
        [kinds_of(Demonstration(replace(numbers, breach=float(p), detection=float(d)))) for d in detections]
        for p in priors
    ]
    exists = {kind: sealed([[kind in each for each in row] for row in found], np.bool_) for kind in KINDS}
    return SignallingRegions(first=sealed(priors), second=sealed(detections), exists=exists)


def reassurance_regions(
    numbers: Reassurance, trusts: Sequence[float], stakes: Sequence[float]
) -> SignallingRegions:
    """Return where the first of two rounds separates the trustworthy, over trust and the stake of the first round.

    Cost: about 1 ms a point.
    """
    exists = np.zeros((len(trusts), len(stakes)), np.bool_)
    for a, trust in enumerate(trusts):
        for b, stake in enumerate(stakes):
            game = replace(numbers, trust=float(trust), stake=float(stake))
            tree = game.tree()
            exists[a, b] = nash_regrets(tree, game.separating_profile(tree)).max() <= TOLERANCE
    found = {"separating": sealed(exists, np.bool_)}
    return SignallingRegions(first=sealed(trusts), second=sealed(stakes), exists=found)


__all__ = ["KINDS", "SignallingRegions", "demonstration_regions", "kinds_of", "reassurance_regions"]
