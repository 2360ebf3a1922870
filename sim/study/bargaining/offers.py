"""Negotiation in play: offers exchanged while an ultimatum stands, by every pair of concession strategies.

Offers take no time of their own: they are made in the public state in which the ultimatum has just been put. An
agreement switches play to the deal's game; without one, play goes on without a deal. Both parties know what every
package is worth to both, at the central parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.model.deal import Package
from sim.strategies.concession import STRATEGIES, Offer, exchange
from sim.study.bargaining.zone import PLAYERS


@dataclass(frozen=True, eq=False, kw_only=True)
class CrisisDeal:
    """A package struck while the ultimatum stands: gains [actors] over no deal there, and how often the treaty ends."""

    package: Package
    gains: FloatArray
    collapse: float
    consented: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Exchange:
    """What two strategies come to.

    Attributes
    ----------
    strategies : of the first and the second player
    offers : in order; packages are rows of `Negotiation.deals`
    agreed : row of the package, or None
    collapse : probability that the treaty ends by the horizon, from the public state of the ultimatum
    """

    strategies: tuple[str, str]
    offers: tuple[Offer, ...]
    agreed: int | None
    collapse: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Negotiation:
    """Offers exchanged before an ultimatum expires.

    Attributes
    ----------
    deals : packages that may be offered: every signatory gains by them
    shares [packages, players] : what each is worth, as a share of the most that the player can gain
    collapse : without an agreement
    exchanges : one per pair of strategies, the first player's in rows
    shown : the pair that was asked for, or those worth drawing
    issuer : position of the actor whose ultimatum it is
    rounds, first : number of offers, and which player begins
    """

    deals: tuple[CrisisDeal, ...]
    shares: FloatArray
    collapse: float
    exchanges: tuple[Exchange, ...]
    shown: tuple[tuple[str, str], ...]
    issuer: int
    rounds: int
    first: int

    def exchange(self, strategies: tuple[str, str]) -> Exchange:
        """Return what a pair of strategies comes to."""
        return next(each for each in self.exchanges if each.strategies == strategies)


DRAWN = (
    ("boulware", "boulware"),
    ("conceder", "boulware"),
    ("boulware", "conceder"),
    ("tit_for_tat", "tit_for_tat"),
)
"""Pairs that are drawn unless one is asked for."""


def strategies_asked(given: Sequence[str]) -> tuple[str, str] | None:
    """Return the strategies of the two players that were asked for, None if none were.

    Raises
    ------
    ParameterError
        If one is unknown, or there are not two.
    """
    for name in given:
        if name not in STRATEGIES:
            raise ParameterError(
                f"bargain.offers.strategies must be of {', '.join(STRATEGIES)}, got {name!r}"
            )
    if not given:
        return None
    if len(given) != 2:
        raise ParameterError(
            f"bargain.offers.strategies must be two, one for each player, got {', '.join(given)}"
        )
    return given[0], given[1]


def negotiate(
    deals: Sequence[CrisisDeal],
    collapse: float,
    *,
    players: tuple[int, int],
    issuer: int,
    rounds: int,
    first: int = 0,
    aspiration: float = 0.0,
    asked: tuple[str, str] | None = None,
) -> Negotiation | None:
    """Return what every pair of strategies comes to over `deals`; None if there is nothing that both would sign.

    Parameters
    ----------
    deals : packages struck in the crisis; those by which a signatory loses, or no player gains, are left out
    collapse : without an agreement
    players : positions of the two among the actors
    aspiration : share of its largest gain below which neither goes

    Notes
    -----
    Costs pairs × rounds × packages; exact, nothing is drawn at random.
    """
    able = tuple(
        deal
        for deal in deals
        if deal.consented and (own := deal.gains[list(players)]).min() >= -1e-9 and own.max() > 1e-9
    )
    if not able:
        return None
    gains = np.clip(np.array([deal.gains[list(players)] for deal in able]), 0.0, None)
    most = gains.max(axis=0)
    shares = gains / np.where(most > 0, most, 1.0)
    exchanges = []
    for mine in STRATEGIES:
        for other in STRATEGIES:
            offers = exchange(
                shares, (mine, other), rounds=rounds, first=first, reservations=(aspiration,) * PLAYERS
            )
            agreed = offers[-1].package if offers[-1].accepted else None
            ends = collapse if agreed is None else able[agreed].collapse
            exchanges.append(Exchange(strategies=(mine, other), offers=offers, agreed=agreed, collapse=ends))
    return Negotiation(
        deals=able,
        shares=sealed(shares),
        collapse=collapse,
        exchanges=tuple(exchanges),
        shown=DRAWN if asked is None else (asked,),
        issuer=issuer,
        rounds=rounds,
        first=first,
    )
