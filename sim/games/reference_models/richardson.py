r"""Richardson's arms race (AT-17): x' = k y − a x + g, y' = l x − b y + h.

Stable exactly if a b > k l, and then it ends at :math:`x^* = (bg+kh)/(ab-kl)`, :math:`y^* = (ah+lg)/(ab-kl)`.

References
----------
Richardson (1960), Arms and Insecurity.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray


@dataclass(frozen=True, kw_only=True)
class ArmsRace:
    """Fatigue a and b, reaction k and l, grievance g and h."""

    fatigue: tuple[float, float]
    reaction: tuple[float, float]
    grievance: tuple[float, float]

    @property
    def matrix(self) -> FloatArray:
        """The linear part of the motion."""
        return np.array([[-self.fatigue[0], self.reaction[0]], [self.reaction[1], -self.fatigue[1]]])


def rest_point(race: ArmsRace) -> tuple[float, float]:
    """Return the balance of arms.

    Examples
    --------
    >>> race = ArmsRace(fatigue=(0.9, 1.0), reaction=(0.5, 0.6), grievance=(10, 8))
    >>> [round(level, 4) for level in rest_point(race)]
    [23.3333, 22.0]
    """
    (a, b), (k, m), (g, h) = race.fatigue, race.reaction, race.grievance
    determinant = a * b - k * m
    return (b * g + k * h) / determinant, (a * h + m * g) / determinant


def is_stable(race: ArmsRace) -> bool:
    """Return whether a b > k l."""
    return race.fatigue[0] * race.fatigue[1] > race.reaction[0] * race.reaction[1]


def eigenvalues(race: ArmsRace) -> tuple[float, float]:
    """Return the rates of the motion, the slower first; from trace and determinant."""
    trace = -race.fatigue[0] - race.fatigue[1]
    determinant = race.fatigue[0] * race.fatigue[1] - race.reaction[0] * race.reaction[1]
    root = (trace * trace / 4 - determinant) ** 0.5
    return trace / 2 + root, trace / 2 - root


def by_integration(race: ArmsRace, *, years: float = 200.0, step: float = 0.01) -> tuple[float, float]:
    """Return where the arms race is after `years`, from zero, by classical Runge-Kutta steps."""
    matrix, push = race.matrix, np.array(race.grievance, dtype=float)
    state = np.zeros(2)
    for _ in range(round(years / step)):
        first = matrix @ state + push
        second = matrix @ (state + step / 2 * first) + push
        third = matrix @ (state + step / 2 * second) + push
        fourth = matrix @ (state + step * third) + push
        state = state + step / 6 * (first + 2 * second + 2 * third + fourth)
    return float(state[0]), float(state[1])
