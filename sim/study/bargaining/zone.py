"""The zone of agreement of two players over packages, and what theories of bargaining choose in it.

Everything here is a pure function of gains over no deal, [packages, players]; the first row is no deal itself, with
gains of zero. Who is not a player but must sign consents to a package or not: packages without that consent cannot be
agreed upon, by lottery neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import BoolArray, FloatArray, sealed
from sim.solvers.alternating_offers import Round, alternating_offers
from sim.solvers.bargaining import Bargain, kalai_smorodinsky, nash_bargain, pareto_frontier

PLAYERS = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class Zone:
    """What can be agreed upon, and what is chosen.

    Attributes
    ----------
    gains [packages, players]
    possible [packages] : every signatory that is no player consents
    rational [packages] : possible, and neither player loses
    efficient [packages] : rational, and no other rational package is better for one and no worse for the other
    hull : corners of the frontier of the lotteries, packages from the second player's best to the first's
    nash, kalai_smorodinsky : over lotteries ; nash_pure, kalai_smorodinsky_pure : over packages, ties listed
    rounds : play of alternating offers, by backward induction from the deadline
    """

    gains: FloatArray
    possible: BoolArray
    rational: BoolArray
    efficient: BoolArray
    hull: tuple[int, ...]
    nash: Bargain
    kalai_smorodinsky: Bargain
    nash_pure: Bargain
    kalai_smorodinsky_pure: Bargain
    rounds: tuple[Round, ...]

    @property
    def agreed(self) -> int | None:
        """What alternating offers agree on in their first round, a package's number; None if nothing."""
        proposals = self.rounds[0].proposals
        return proposals[0] if proposals else None


def zone_of(
    gains: FloatArray,
    possible: BoolArray,
    *,
    discounts: Sequence[float],
    deadline: int,
    first: int,
    tol: float = 1e-9,
) -> Zone:
    """Return the zone of agreement and the solutions in it.

    Parameters
    ----------
    gains : float array [packages, players], the first row zero
    possible : bool array [packages]
    discounts : of the players per round of offers
    deadline, first : of alternating offers, see `alternating_offers`
    tol : what counts as no loss

    Notes
    -----
    All numbers of packages in the result, those of lotteries and of offers included, are rows of `gains`.

    Examples
    --------
    >>> table = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 2.0], [-1.0, 5.0]])
    >>> zone = zone_of(table, np.array([True, True, True, False]), discounts=[0.9, 0.9], deadline=2, first=0)
    >>> zone.rational.tolist(), zone.hull, zone.nash.utilities.round(6).tolist()
    ([True, True, True, False], (2, 1), [2.0, 1.0])
    """
    gains = np.asarray(gains, dtype=float)
    possible = np.asarray(possible, dtype=bool)
    rational = possible & (gains >= -tol).all(axis=1)
    clean = np.where(np.abs(gains) <= tol, 0.0, gains)
    rows = np.flatnonzero(possible)
    table = clean[rows]
    origin = np.zeros(PLAYERS)

    def widened(found: Bargain) -> Bargain:
        lottery = np.zeros(len(gains))
        lottery[rows] = found.lottery
        return Bargain(
            utilities=found.utilities,
            lottery=sealed(lottery),
            gap=found.gap,
            ties=tuple(int(rows[k]) for k in found.ties),
            agreement=found.agreement,
        )

    able = np.flatnonzero(rational)
    efficient = np.zeros(len(gains), dtype=bool)
    efficient[able[list(pareto_frontier(clean[able]))]] = True
    rounds = tuple(
        Round(
            proposer=each.proposer,
            proposals=tuple(int(rows[k]) for k in each.proposals),
            accepted=sealed(_spread(each.accepted, rows, len(gains)), bool),
            values=each.values,
        )
        for each in alternating_offers(table, origin, discounts, deadline=deadline, first=first)
    )
    return Zone(
        gains=sealed(clean),
        possible=sealed(possible, bool),
        rational=sealed(rational, bool),
        efficient=sealed(efficient, bool),
        hull=frontier_of_lotteries(clean, rows),
        nash=widened(nash_bargain(table, origin)),
        kalai_smorodinsky=widened(kalai_smorodinsky(table, origin)),
        nash_pure=widened(nash_bargain(table, origin, lotteries=False)),
        kalai_smorodinsky_pure=widened(kalai_smorodinsky(table, origin, lotteries=False)),
        rounds=rounds,
    )


def frontier_of_lotteries(gains: FloatArray, rows: Sequence[int] | np.ndarray) -> tuple[int, ...]:
    """Return the corners of the Pareto frontier of the lotteries over `rows`, by the first player's gain.

    The upper right part of the convex hull, by Andrew's (1979) monotone chain; of equal packages the first.

    Examples
    --------
    >>> frontier_of_lotteries(np.array([[0.0, 3.0], [1.0, 1.0], [2.0, 2.0], [3.0, 0.0]]), range(4))
    (0, 2, 3)
    """
    order = sorted((int(k) for k in rows), key=lambda k: (gains[k, 0], gains[k, 1], -k))
    chain: list[int] = []
    for k in order:
        while len(chain) >= 2 and _turn(gains[chain[-2]], gains[chain[-1]], gains[k]) >= 0:
            chain.pop()
        if chain and (gains[chain[-1]] == gains[k]).all():
            chain.pop()
        chain.append(k)
    best = max(chain, key=lambda k: gains[k, 1])  # before it both players gain by going on
    return tuple(k for k in chain[chain.index(best) :] if gains[k, 0] >= gains[best, 0])


def without_issue(zone: Zone, touched: BoolArray) -> BoolArray:
    """Return which packages remain possible when those `touched` by an issue are off the table."""
    return np.asarray(zone.possible & ~touched)


def _turn(a: FloatArray, b: FloatArray, c: FloatArray) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def _spread(values: BoolArray, rows: np.ndarray, count: int) -> BoolArray:
    whole = np.zeros(count, dtype=bool)
    whole[rows] = values
    return whole
