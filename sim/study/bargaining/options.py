"""What a study of deals is asked to do."""

from dataclasses import dataclass
from math import isfinite

from sim.errors import ParameterError
from sim.study.bargaining.enforcement import trigger_mask
from sim.study.bargaining.offers import strategies_asked


@dataclass(frozen=True, kw_only=True)
class BargainOptions:
    """Options of a study of deals.

    Attributes
    ----------
    players : names of the two actors who bargain; the other signatories consent or not
    trigger : public events after which a deal has lapsed, see `enforcement.TRIGGERS`
    reversion_months : how long play then goes on without the deal before it is kept again; None: for ever
    examined : how many deals are looked at over the parameter draws, and with the least common discount
    draws : parameter draws for that
    first : name of the player that proposes first
    rounds : number of offers until the deadline
    round_months : time between offers
    offer_strategies : of the players, for the offers exchanged while an ultimatum stands; none: pairs worth drawing
    offer_rounds : number of those offers ; aspiration : share of its largest gain below which nobody goes

    Raises
    ------
    ParameterError
        Naming the config path, what is legal, and what was got.
    """

    players: tuple[str, str]
    trigger: tuple[str, ...] = ("alarm", "exit", "press")
    reversion_months: float | None = None
    examined: int = 6
    draws: int = 12
    first: str = ""
    rounds: int = 6
    round_months: float = 1.0
    offer_strategies: tuple[str, ...] = ()
    offer_rounds: int = 8
    aspiration: float = 0.0

    def __post_init__(self) -> None:
        if len(set(self.players)) != 2 or len(self.players) != 2:
            raise ParameterError(f"bargain.players must name two actors, got {', '.join(self.players)}")
        for name, least in (("examined", 0), ("draws", 1), ("rounds", 1)):
            if getattr(self, name) < least:
                raise ParameterError(f"bargain.{name} must be at least {least}, got {getattr(self, name)}")
        for name in ("round_months", "reversion_months"):
            months = getattr(self, name)
            if months is not None and not (isfinite(months) and months > 0):
                raise ParameterError(f"bargain.{name} must be finite and above 0, got {months:g}")
        if self.offer_rounds < 1:
            raise ParameterError(f"bargain.offers.rounds must be at least 1, got {self.offer_rounds}")
        if not 0 <= self.aspiration <= 1:
            raise ParameterError(f"bargain.offers.aspiration must lie in [0, 1], got {self.aspiration:g}")
        strategies_asked(self.offer_strategies)
        trigger_mask(self.trigger)
        if self.first not in ("", *self.players):
            raise ParameterError(
                f"bargain.first must be one of the players, {' or '.join(self.players)}, got {self.first!r}"
            )
