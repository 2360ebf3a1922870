"""A claim about the model, and what testing it over prior draws yields."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from math import sqrt

import numpy as np

from sim.arrays import BoolArray, FloatArray


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim, stated before it is tested.

    Attributes
    ----------
    number : int
    sentence : str
    profile : what the actors play
    start : the state from which outcomes are counted
    horizon : how long plays last
    outcome : what is measured
    effect : what must be true of it in a draw for the claim to hold there
    counterfactual : the changed world in which the claim must fail
    """

    number: int
    sentence: str
    profile: str
    start: str
    horizon: str
    outcome: str
    effect: str
    counterfactual: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Measured:
    """What was measured in every draw, and which parts of the claim hold there.

    Attributes
    ----------
    effects : name -> number [D]
    parts : name -> whether this part of the claim holds [D]; the claim holds where all parts do
    usable : whether the equilibria behind it converged [D]; other draws count for nothing
    """

    effects: Mapping[str, FloatArray]
    parts: Mapping[str, BoolArray]
    usable: BoolArray

    @property
    def holds(self) -> BoolArray:
        """Whether the whole claim holds, [usable draws]."""
        return np.asarray(reduce(np.logical_and, self.parts.values()))[self.usable]

    @property
    def share(self) -> float:
        """Share of the usable draws in which the claim holds."""
        return float(self.holds.mean())

    @property
    def standard_error(self) -> float:
        """Standard error of `share`."""
        return share_error(int(self.holds.sum()), len(self.holds))


@dataclass(frozen=True, eq=False, kw_only=True)
class ClaimResult:
    """A claim, what was measured, and what was measured in its counterfactual."""

    claim: Claim
    found: Measured
    counterfactual: Measured


def share_error(successes: int, draws: int) -> float:
    """Return the standard error of a share: its posterior deviation under a uniform prior.

    Unlike the plain binomial error it does not vanish when all draws agree.

    Examples
    --------
    >>> round(share_error(32, 32), 3), round(share_error(16, 32), 3)
    (0.029, 0.085)
    """
    mean = (successes + 1) / (draws + 2)
    return sqrt(mean * (1 - mean) / (draws + 3))
