r"""Inspection games: one inspection, leadership, false alarms (AT-01 to AT-03).

An inspector inspects or not, an inspectee is legal or violates.  With detection probability d the payoffs
(inspector, inspectee) are

========  ==================================  =========
          legal                               violate
========  ==================================  =========
inspect   (−e, 0)                             (−a d − (1 − d), −b d + (1 − d))
not       (0, 0)                              (−1, 1)
========  ==================================  =========

with 0 < e < a < 1 and b > 0.

References
----------
Avenhaus, von Stengel & Zamir (2002), Inspection games, Handbook of Game Theory III, chapter 51.
Maschler (1966), Naval Research Logistics Quarterly 13.
"""

from dataclasses import dataclass
from math import exp, log
from statistics import NormalDist

import numpy as np

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.games.reference_models.search import crossing, peak

NORMAL = NormalDist()


def inspection_game(*, cost: float, loss: float, penalty: float, detection: float = 1.0) -> NormalFormGame:
    """Return the 2×2 game; `cost` is e, `loss` (of a detected violation) a, `penalty` b, `detection` d.

    Raises
    ------
    ParameterError
        Unless 0 < cost < loss < 1, penalty > 0 and detection lies in [0, 1].
    """
    if not 0 < cost < loss < 1:
        raise ParameterError(f"0 < cost < loss < 1 is needed, got cost {cost} and loss {loss}")
    if not 0 < penalty < np.inf:
        raise ParameterError(f"penalty must be a positive number, got {penalty}")
    if not 0 <= detection <= 1:
        raise ParameterError(f"detection must lie in [0, 1], got {detection}")
    inspector = [[-cost, -loss * detection - (1 - detection)], [0.0, -1.0]]
    inspectee = [[0.0, -penalty * detection + (1 - detection)], [0.0, 1.0]]
    return NormalFormGame(
        np.array([inspector, inspectee]),
        ("inspector", "inspectee"),
        (("inspect", "not"), ("legal", "violate")),
        "Inspection game",
    )


def mixed_equilibrium(
    *, cost: float, loss: float, penalty: float, detection: float
) -> tuple[float, float] | None:
    """Return (probability of inspecting, of violating), None where the equilibrium is pure.

    p* = 1/((1+b)d), q* = e/((1−a)d + e), interior exactly when d > 1/(1+b).

    Examples
    --------
    >>> mixed_equilibrium(cost=0.2, loss=0.5, penalty=1, detection=0.8)
    (0.625, 0.3333333333333333)
    """
    if detection * (1 + penalty) <= 1:
        return None
    return 1 / ((1 + penalty) * detection), cost / ((1 - loss) * detection + cost)


def leadership(*, cost: float, loss: float, penalty: float, detection: float) -> tuple[float, float] | None:
    """Return (announced probability, inspector's payoff) when it commits first; None if it cannot deter.

    The inspectee, indifferent at p*, complies: the inspector gets −e p* instead of −q*.
    """
    inspection_game(cost=cost, loss=loss, penalty=penalty, detection=detection)
    probability = 1 / ((1 + penalty) * detection) if detection > 0 else np.inf
    return None if probability > 1 else (probability, -cost * probability)


def leadership_by_search(
    *, cost: float, loss: float, penalty: float, detection: float, steps: int = 20_001
) -> tuple[float, float]:
    """Return the best announcement on a grid; the inspectee replies best, legally if indifferent."""
    game = inspection_game(cost=cost, loss=loss, penalty=penalty, detection=detection)
    announced = np.linspace(0.0, 1.0, steps)[:, None] * np.array([1.0, -1.0]) + np.array([0.0, 1.0])
    inspectee = announced @ game.payoffs[1]
    violates = inspectee[:, 1] > inspectee[:, 0] + 1e-12
    values = np.where(violates, (announced @ game.payoffs[0])[:, 1], (announced @ game.payoffs[0])[:, 0])
    best = int(np.argmax(values))
    return float(announced[best, 0]), float(values[best])


@dataclass(frozen=True, kw_only=True)
class FalseAlarms:
    """The inspector chooses the false-alarm probability α of a statistical test with signal-to-noise ratio D.

    Undetected probability β(α) = Φ(z_{1−α} − D).  Payoffs (inspector, inspectee): legal (−e α, −f α), violate
    (−1 + (1−a)(1−β), −b + (1+b) β).
    """

    cost: float
    loss: float
    penalty: float
    nuisance: float
    ratio: float

    def undetected(self, alarm: float) -> float:
        """Return β(α)."""
        return NORMAL.cdf(NORMAL.inv_cdf(1 - alarm) - self.ratio)

    def payoffs(self, alarm: float) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return (inspector, inspectee) under legal behaviour and under violation."""
        missed = self.undetected(alarm)
        legal = (-self.cost * alarm, -self.nuisance * alarm)
        return legal, (-1 + (1 - self.loss) * (1 - missed), -self.penalty + (1 + self.penalty) * missed)


@dataclass(frozen=True, kw_only=True)
class FalseAlarmEquilibrium:
    """α*, β*, the probability of violating, the inspector's payoff when both move at once and if it leads."""

    alarm: float
    undetected: float
    violate: float
    simultaneous: float
    leader: float


def false_alarm_equilibrium(game: FalseAlarms) -> FalseAlarmEquilibrium:
    """Return the equilibrium from its first-order conditions.

    (1+b) β(α) − b + f α = 0 makes the inspectee indifferent; (1−q)/q = −(1−a) β'(α)/e makes α optimal.
    """

    def gap(alarm: float) -> float:
        return (1 + game.penalty) * game.undetected(alarm) - game.penalty + game.nuisance * alarm

    alarm = crossing(gap, 1e-12, 1 - 1e-12)
    # dβ/dα = -φ(z - D)/φ(z), z the 1-α quantile
    z = NORMAL.inv_cdf(1 - alarm)
    slope = -NORMAL.pdf(z - game.ratio) / NORMAL.pdf(z)
    odds = -(1 - game.loss) * slope / game.cost
    violate = 1 / (1 + odds)
    legal, caught = game.payoffs(alarm)
    return FalseAlarmEquilibrium(
        alarm=alarm,
        undetected=game.undetected(alarm),
        violate=violate,
        simultaneous=(1 - violate) * legal[0] + violate * caught[0],
        leader=legal[0],
    )


def false_alarm_by_search(game: FalseAlarms) -> FalseAlarmEquilibrium:
    """Return the same equilibrium from the payoffs alone.

    α is where the inspectee stops preferring to violate, q is where the inspector's best α becomes that one.
    """

    def inspectee_gain(alarm: float) -> float:
        legal, violate = game.payoffs(alarm)
        return violate[1] - legal[1]

    alarm = crossing(inspectee_gain, 1e-9, 1 - 1e-9)

    def excess(violate: float) -> float:
        """Return how far the inspector's best alarm probability lies above the one that deters."""

        def value(log_alarm: float) -> float:
            legal, caught = game.payoffs(exp(log_alarm))
            return (1 - violate) * legal[0] + violate * caught[0]

        return peak(value, log(1e-9), log(1 - 1e-9)) - log(alarm)

    violate = crossing(excess, 1e-9, 1 - 1e-9)  # the more it expects a violation, the more alarms it accepts
    legal, caught = game.payoffs(alarm)
    return FalseAlarmEquilibrium(
        alarm=alarm,
        undetected=game.undetected(alarm),
        violate=violate,
        simultaneous=(1 - violate) * legal[0] + violate * caught[0],
        leader=legal[0],
    )
