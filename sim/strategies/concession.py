r"""Concession strategies of automated negotiation: what a party demands in each round, and what it offers.

Two parties propose packages in turn until a deadline. Each knows what every package is worth to itself and to the
other, as a share of the most that it can gain, in [0, 1]; no agreement is worth 0. In round t of T a party *demands*
a share of at least

.. math:: 1 - (1 - r)\,(t / (T - 1))^{1/β}

with reservation r: *boulware* (β < 1) holds out and gives way at the end, *conceder* (β > 1) gives way at once,
*linear* (β = 1) in equal steps. *Tit for tat* gives way by as much as the other's last offer was better for it than the
one before, and never first. It proposes, of the packages that meet its demand, the one that is best for the other; it
accepts an offer that meets what it would demand itself in its next turn.

Sources: Faratin, Sierra & Jennings (1998), Negotiation decision functions for autonomous agents, Robotics and
Autonomous Systems 24, 159-182 (time-dependent and behaviour-dependent tactics); Baarslag, Hindriks & Jonker (2013),
Acceptance conditions in automated negotiation (the condition AC_next).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from sim.arrays import FloatArray, finite
from sim.errors import ParameterError

BETA = {"boulware": 0.2, "linear": 1.0, "conceder": 5.0}
"""Exponent of each time-dependent strategy."""

TIT_FOR_TAT = "tit_for_tat"
STRATEGIES = (*BETA, TIT_FOR_TAT)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One offer.

    Attributes
    ----------
    round : from 0
    proposer : 0 or 1
    package : its number
    demand : share that the proposer wanted at least
    accepted : whether the other takes it
    """

    round: int
    proposer: int
    package: int
    demand: float
    accepted: bool


def time_demand(strategy: str, time: float, reservation: float = 0.0) -> float:
    """Return the share demanded at `time` in [0, 1] of the rounds by a time-dependent strategy.

    Examples
    --------
    >>> [round(time_demand("boulware", t), 3) for t in (0, 0.5, 1)]
    [1.0, 0.969, 0.0]
    >>> round(time_demand("conceder", 0.5), 3), time_demand("linear", 0.5, reservation=0.2)
    (0.129, 0.6)
    """
    return 1.0 - (1.0 - reservation) * float(float(time) ** (1.0 / BETA[strategy]))


def exchange(
    shares: Any,
    strategies: Sequence[str],
    *,
    rounds: int,
    first: int = 0,
    reservations: Sequence[float] = (0.0, 0.0),
    tol: float = 1e-9,
) -> tuple[Offer, ...]:
    """Return the offers that two strategies exchange; the last one is accepted, or there is no agreement.

    Parameters
    ----------
    shares : float array [packages, 2]
        What each package is worth to each party, as a share of the most that it can gain.
    strategies : two names of `STRATEGIES`
    rounds : number of offers until the deadline, at least 1
    first : who proposes first
    reservations : shares below which each party never goes, in [0, 1]

    Raises
    ------
    ParameterError
        If a strategy is unknown, the deadline is not positive, or a number is out of range.

    Examples
    --------
    Halves are agreed on by two who concede in equal steps; nobody moves first in tit for tat:

    >>> pies = [[k / 10, 1 - k / 10] for k in range(11)]
    >>> exchange(pies, ["linear", "linear"], rounds=11)[-1].package
    5
    >>> exchange(pies, ["tit_for_tat", "tit_for_tat"], rounds=11)[-1].accepted
    False
    """
    table = finite(shares, "shares")
    if table.ndim != 2 or table.shape[1] != 2 or not len(table):
        raise ParameterError(f"shares must have shape [packages, 2], at least one package, got {table.shape}")
    for name in strategies:
        if name not in STRATEGIES:
            raise ParameterError(f"an offer strategy must be one of {', '.join(STRATEGIES)}, got {name!r}")
    if rounds < 1:
        raise ParameterError(f"bargain.offers.rounds must be at least 1, got {rounds}")
    for reservation in reservations:
        if not 0 <= reservation <= 1:
            raise ParameterError(f"bargain.offers.aspiration must lie in [0, 1], got {reservation:g}")
    made: list[Offer] = []
    for number in range(rounds):
        proposer = (first + number) % 2
        demand = _demand(table, strategies, reservations, made, proposer, number, rounds)
        package = _proposal(table, proposer, demand, tol)
        other = 1 - proposer
        offer = Offer(round=number, proposer=proposer, package=package, demand=demand, accepted=False)
        after = min(number + 1, rounds - 1)
        wanted = _demand(table, strategies, reservations, [*made, offer], other, after, rounds)
        taken = bool(table[package, other] >= wanted - tol)
        made.append(Offer(round=number, proposer=proposer, package=package, demand=demand, accepted=taken))
        if taken:
            break
    return tuple(made)


def _demand(
    table: FloatArray,
    strategies: Sequence[str],
    reservations: Sequence[float],
    made: Sequence[Offer],
    party: int,
    number: int,
    rounds: int,
) -> float:
    """Return the share that `party` demands in round `number`, given the offers made."""
    reservation = float(reservations[party])
    if strategies[party] != TIT_FOR_TAT:
        return time_demand(strategies[party], number / max(rounds - 1, 1), reservation)
    received = [float(table[offer.package, party]) for offer in made if offer.proposer != party]
    # what the other has given up since its first offer, in this party's own shares
    given = sum(max(0.0, later - earlier) for earlier, later in pairwise(received))
    return max(reservation, 1.0 - given)


def _proposal(table: FloatArray, party: int, demand: float, tol: float) -> int:
    """Return the package that meets the demand and is best for the other; of equal ones the best for the party.

    Where none meets it, the one that is best for the party.
    """
    own, others = table[:, party], table[:, 1 - party]
    able = np.flatnonzero(own >= demand - tol)
    if not len(able):
        able = np.flatnonzero(own >= own.max() - tol)
    order = np.lexsort((-own[able], -others[able]))
    return int(able[order[0]])


__all__ = ["BETA", "STRATEGIES", "TIT_FOR_TAT", "Offer", "exchange", "time_demand"]
