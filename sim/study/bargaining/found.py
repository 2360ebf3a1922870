"""What the deal finder finds: the record that its sentences, figure and page are made from."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.model.deal import Package
from sim.model.lever import Lever
from sim.model.scenario import Scenario
from sim.study.comparison.paired import mean_interval


@dataclass(frozen=True, eq=False, kw_only=True)
class Alive:
    """How often the treaty stands at the horizon.

    Attributes
    ----------
    by_draw [D] : probability ; mean, low, high : over draws, with its 95 % interval
    payoffs [D, actors]
    suspended : probability, over draws, that it stands on paper only, suspended by a party or more
    """

    by_draw: FloatArray
    payoffs: FloatArray
    suspended: float
    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Change:
    """A change of one lever or two.

    Attributes
    ----------
    levers, values : what is set to what ; present : what stands, at the median
    distance : steps away from it, summed over levers
    searched : on the draws of the search ; fresh : on those of another seed
    """

    levers: tuple[Lever, ...]
    present: tuple[float, ...]
    values: tuple[float, ...]
    distance: float
    searched: Alive
    fresh: Alive | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Bought:
    """A package: gains [actors] over no deal on the same draws, and how often the treaty stands under it."""

    package: Package
    gains: FloatArray
    consented: bool
    searched: Alive
    fresh: Alive | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Found:
    """What the deal finder found.

    Attributes
    ----------
    without : as things stand, on the draws of the search ; fresh_without : on those of the other seed
    change : the smallest change that reaches the target, or the closest one ; change_reached : which of the two
    cheapest : player -> the package that reaches the target and leaves that player best off
    closest : the package under which the treaty stands most often
    solutions : equilibria that were solved for
    """

    scenario: Scenario
    target: float
    horizon_months: float
    seed: int
    draws: int
    players: tuple[int, int]
    without: Alive
    fresh_without: Alive
    change: Change | None
    change_reached: bool
    cheapest: dict[int, Bought]
    closest: Bought | None
    screened: int
    solutions: int
    notes: tuple[str, ...] = ()

    @property
    def bought(self) -> tuple[Bought, ...]:
        """The packages that were evaluated afresh, each once."""
        every = [*self.cheapest.values(), *([] if self.closest is None else [self.closest])]
        return tuple({each.package.name: each for each in every}.values())


def summarised(by_draw: FloatArray, payoffs: FloatArray, suspended: FloatArray) -> Alive:
    """Return probabilities by draw with their mean and its interval, Student's over draws, cut to [0, 1]."""
    interval = mean_interval(by_draw)
    return Alive(
        by_draw=sealed(by_draw),
        payoffs=sealed(payoffs),
        suspended=float(np.mean(suspended)),
        mean=interval.mean,
        low=None if interval.low is None else max(0.0, interval.low),
        high=None if interval.high is None else min(1.0, interval.high),
    )
