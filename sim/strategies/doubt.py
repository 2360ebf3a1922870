"""Conditions on what is believed: ``doubt_other_at_least: 0.7``.

Doubt about a party is the common belief that it is of its second type. Beliefs live on a grid of whole steps of
log-odds (``beliefs.resolution``), and so do thresholds: `at_least` is moved up to the first point of the grid that
reaches it, `at_most` down to the last that keeps to it. Nobody is in doubt about an actor without types. The grid
never reaches certainty: where there are types, `at_least` holds everywhere with 0 and nowhere with 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, floor, inf, log
from typing import Any

from sim.errors import ParameterError
from sim.games.treaty.profile import Thresholds
from sim.strategies.perspective import SUBJECTS, parties_meant

When = tuple[tuple[str, Any], ...]
"""Conditions with the answers that they want."""

DOUBTS = tuple(f"doubt_{subject}_{bound}" for subject in SUBJECTS for bound in ("at_least", "at_most"))
"""Every condition on beliefs by name."""

ROUNDING = 1e-9
"""Share of a step by which a threshold may miss a point of the grid and still be it."""


@dataclass(frozen=True, kw_only=True)
class DoubtGrid:
    """Where doubt can stand: `resolution`, the step of log-odds, and the parties that have a `secret`."""

    resolution: float = 1.0
    secret: tuple[int, ...] = ()

    def first_step(self, key: str, probability: float) -> float:
        """Return the least number of steps at which doubt is `probability`, or, for ``at_most``, is above it.

        Examples
        --------
        >>> grid = DoubtGrid(resolution=0.5, secret=(1,))
        >>> [grid.first_step(f"doubt_other_{bound}", 0.7) for bound in ("at_least", "at_most")]
        [2, 2]
        >>> grid.first_step("doubt_other_at_least", 0.5), grid.first_step("doubt_other_at_most", 0.5)
        (0, 1)
        """
        if probability in (0, 1):
            return inf if probability else -inf
        steps = log(probability / (1 - probability)) / self.resolution
        return ceil(steps - ROUNDING) if key.endswith("at_least") else floor(steps + ROUNDING) + 1

    def thresholds(self, conditions: Sequence[When], actor: int) -> Thresholds:
        """Return the steps, per party, at which some condition on the doubt about it changes its answer."""
        found: list[set[int]] = [set(), set()]
        for key, wanted in (each for when in conditions for each in when if each[0] in DOUBTS):
            step = self.first_step(key, wanted)
            for party in parties_meant(_subject(key), actor):
                if party in self.secret and abs(step) < inf:
                    found[party].add(int(step))
        first, second = (tuple(sorted(steps)) for steps in found)
        return first, second

    def levels(self, thresholds: Thresholds) -> list[tuple[float, float]]:
        """Return, for every level of doubt, the least steps about either party; -inf below the first threshold."""
        lows = [(-inf, *steps) for steps in thresholds]
        return [(first, second) for first, second in product(*lows)]

    def holds(self, when: When, actor: int, level: tuple[float, float]) -> bool:
        """Tell whether the conditions on beliefs among `when` hold at a level of doubt; others are passed over."""
        return all(self._holds(key, wanted, actor, level) for key, wanted in when if key in DOUBTS)

    def _holds(self, key: str, wanted: float, actor: int, level: tuple[float, float]) -> bool:
        step, least = self.first_step(key, wanted), key.endswith("at_least")
        meant = parties_meant(_subject(key), actor)
        if least and wanted == 0:
            return bool(meant)
        reached = [party in self.secret and level[party] >= step for party in meant]
        return any(reached) if least else not all(reached)


def checked_doubt(wanted: Any, where: str) -> float:
    """Return a wanted belief; raise ParameterError unless it is a probability."""
    if isinstance(wanted, bool) or not isinstance(wanted, int | float) or not 0 <= wanted <= 1:
        raise ParameterError(f"{where} must be a probability, got {wanted!r}")
    return float(wanted)


def _subject(key: str) -> str:
    return key.removeprefix("doubt_").removesuffix("_at_least").removesuffix("_at_most")


__all__ = ["DOUBTS", "DoubtGrid", "When", "checked_doubt"]
