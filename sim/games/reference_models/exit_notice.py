r"""An exit clause with notice as an option (AT-09, stylised).

A treaty yields u_G per period in good times and u_B in bad ones (G→B with probability a, B→G with r);
outside it yields 0.  Leaving costs k and takes effect after N periods of notice, which cannot be taken
back.  Then notice is given in bad times exactly if the expected value of the treaty N periods from now is
below −k,

.. math:: \bar V + g\,λ^N < -k, \quad λ = 1-a-r, \quad g = -\frac{π_G (u_G - u_B)}{1-δλ}.

If notice is free and can be taken back it is given at once: a standing option.
"""

from dataclasses import dataclass
from math import log

import numpy as np

from sim.errors import ParameterError


@dataclass(frozen=True, kw_only=True)
class ExitOption:
    """Parameters of the exit clause; flows per period."""

    good: float
    bad: float
    worsens: float
    recovers: float
    discount: float
    exit_cost: float

    def __post_init__(self) -> None:
        if not (0 < self.worsens < 1 and 0 < self.recovers < 1):
            raise ParameterError(
                f"worsens and recovers must lie in (0, 1), got {self.worsens}, {self.recovers}"
            )
        if not 0 <= self.discount < 1:
            raise ParameterError(f"discount must lie in [0, 1), got {self.discount}")

    @property
    def persistence(self) -> float:
        """λ, how much of today's condition is left after a period."""
        return 1 - self.worsens - self.recovers

    @property
    def mean_value(self) -> float:
        """Value of the treaty under the stationary distribution."""
        share = self.worsens / (self.worsens + self.recovers)
        return ((1 - share) * self.good + share * self.bad) / (1 - self.discount)

    @property
    def gap(self) -> float:
        """Value in bad times minus the mean value."""
        good_share = self.recovers / (self.worsens + self.recovers)
        return -good_share * (self.good - self.bad) / (1 - self.discount * self.persistence)


def longest_exit_notice(option: ExitOption) -> float:
    """Return N*: notice is given in bad times if it is shorter than N*.

    Examples
    --------
    >>> option = ExitOption(good=1, bad=-4, worsens=0.01, recovers=0.05, discount=0.98, exit_cost=10)
    >>> round(longest_exit_notice(option), 2)
    17.12
    """
    if option.mean_value <= -option.exit_cost:
        return float("inf")
    share = (-option.exit_cost - option.mean_value) / option.gap
    return log(share) / log(option.persistence) if share < 1 else 0.0


def gives_notice(option: ExitOption, periods: int, *, sweeps: int = 20_000) -> bool:
    """Return whether notice of `periods` is given in bad times, by value iteration over (time, clock)."""
    chain = np.array([[1 - option.worsens, option.worsens], [option.recovers, 1 - option.recovers]])
    flow = np.array([option.good, option.bad])
    notice = np.full(2, -option.exit_cost)  # value when the clock has run out
    for _ in range(periods):
        notice = flow + option.discount * chain @ notice
    stay = np.zeros(2)
    for _ in range(sweeps):
        better = np.maximum(flow + option.discount * chain @ stay, notice)
        if np.abs(better - stay).max() < 1e-13:
            break
        stay = better
    keep = flow + option.discount * chain @ stay
    return bool(notice[1] > keep[1] + 1e-9)


def never_leaving(option: ExitOption) -> tuple[float, float]:
    """Return the treaty's value in good and in bad times if nobody ever leaves, from the linear system."""
    chain = np.array([[1 - option.worsens, option.worsens], [option.recovers, 1 - option.recovers]])
    values = np.linalg.solve(np.eye(2) - option.discount * chain, [option.good, option.bad])
    return float(values[0]), float(values[1])


def exit_probability_by_chain(recovers: float, periods: int) -> float:
    """Return the probability that free notice given in bad times runs out, by the chain of clocks: (1−r)^(N−1).

    The notice is taken back in the first good period.

    Examples
    --------
    >>> exit_probability_by_chain(0.5, 3)
    0.25
    """
    clocks = np.zeros(periods)
    clocks[0] = 1.0
    for _ in range(periods - 1):
        clocks = np.concatenate([[0.0], clocks[:-1] * (1 - recovers)])
    return float(clocks[-1])
