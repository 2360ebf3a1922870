"""What a study of deals yields: the record that its tables, figures and report are made from."""

from dataclasses import dataclass

from sim.arrays import BoolArray, FloatArray
from sim.model.deal import Package
from sim.model.scenario import Scenario
from sim.study.bargaining.enforcement import Enforcement
from sim.study.bargaining.offers import CrisisDeal, Negotiation
from sim.study.bargaining.zone import Zone
from sim.study.comparison.result import Change


@dataclass(frozen=True, eq=False, kw_only=True)
class Assessed:
    """One package at the central parameters.

    Attributes
    ----------
    gains [actors] : over the selected no-deal equilibrium
    collapse : probability that the treaty has ended by the horizon, in the equilibrium under the deal
    consented : no signatory loses ; robustly : against each signatory's best no-deal equilibrium too
    enforcement : the audit of keeping the deal, None where the deal cannot be audited (`note` says why)
    least_discount : least common discount per year at which keeping the deal is perfect; None if not asked for, NaN
        if there is none
    crisis : the same struck while an ultimatum stands, None where the deal's game does not know that public state
    converged : whether the equilibrium under the deal was found ; regret : its certificate
    """

    package: Package
    changes: tuple[Change, ...]
    payoffs: FloatArray
    gains: FloatArray
    collapse: float
    consented: bool
    robustly: bool
    enforcement: Enforcement | None
    least_discount: float | None
    converged: bool
    regret: float
    states: int
    crisis: CrisisDeal | None = None
    note: str = ""

    @property
    def enforced(self) -> bool:
        """Whether keeping the deal is perfect."""
        return self.enforcement is not None and self.enforcement.perfect


@dataclass(frozen=True, eq=False, kw_only=True)
class OverDraws:
    """One package over the parameter draws: gains [D, actors], and shares of draws [D]."""

    package: Package
    gains: FloatArray
    consented: BoolArray
    enforced: BoolArray
    collapse: FloatArray
    converged: BoolArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Linkage:
    """What an issue adds: the zone without it, and Nash's gains with and without."""

    issue: str
    title: str
    zone: Zone
    loss: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Disagreement:
    """A no-deal equilibrium: where its branch begins, payoffs [actors], probability of collapse, certificate."""

    start: str
    payoffs: FloatArray
    collapse: float
    residual: float
    regret: float
    converged: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Bargaining:
    """A study of deals.

    Attributes
    ----------
    deals : no deal first
    zone : rows are `deals`
    disagreements : the selected no-deal equilibrium first, then others that were found
    over_draws : of the deals that were examined, no deal first
    linkages : one per issue on the table
    players : positions of the two players among the actors
    negotiation : offers exchanged while an ultimatum stands; None without an ultimatum or anything to agree upon
    reversion_months : None if a deal that has lapsed stays so
    """

    scenario: Scenario
    rationality: float
    seed: int
    horizon_months: float
    deals: tuple[Assessed, ...]
    zone: Zone
    players: tuple[int, int]
    disagreements: tuple[Disagreement, ...]
    over_draws: tuple[OverDraws, ...]
    linkages: tuple[Linkage, ...]
    trigger: tuple[str, ...]
    reversion_months: float | None
    round_months: float
    negotiation: Negotiation | None
    notes: tuple[str, ...] = ()

    def number(self, name: str) -> int:
        """Return the row of the package called `name`."""
        return next(k for k, deal in enumerate(self.deals) if deal.package.name == name)
