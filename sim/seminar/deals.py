"""Deals that delegations can offer each other: what they say, who must sign, what they change.

A deal acts on the numbers of the treaty game, not on its rules, so that a play goes on where it stands. Anything
with the members of `Deal` can be offered: the packages of the negotiation that are such (``configs/deal``), and what
is shipped here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Protocol

from sim.app.deals import parameter_packages
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyParameters
from sim.games.treaty.rules import OUTSIDER, PARTIES


class Deal(Protocol):
    """A package that changes the treaty being played once every signatory has accepted it."""

    @property
    def name(self) -> str:
        """What it is called in records."""

    @property
    def title(self) -> str:
        """What it is called on a page."""

    @property
    def sentence(self) -> str:
        """What it does, in one sentence for those who are to sign it."""

    @property
    def signatories(self) -> tuple[int, ...]:
        """Seats that must accept."""

    def applied(self, parameters: TreatyParameters) -> TreatyParameters:
        """Return the game's parameters under the deal."""


@dataclass(frozen=True, kw_only=True)
class ParameterDeal:
    """A deal that is a change of parameters."""

    name: str
    title: str
    sentence: str
    signatories: tuple[int, ...]
    change: Callable[[TreatyParameters], TreatyParameters]

    def applied(self, parameters: TreatyParameters) -> TreatyParameters:
        """Return the game's parameters under the deal."""
        return self.change(parameters)


def _inspections(p: TreatyParameters) -> TreatyParameters:
    # half of what escaped detection is found, half of the false alarms are cleared up before they are raised
    return replace(p, detection=1 - (1 - p.detection) / 2, false_alarm=p.false_alarm / 2)


def _commission(p: TreatyParameters) -> TreatyParameters:
    return replace(p, opportunity_rate=2 * p.opportunity_rate, fading=2 * p.fading)


def _ceiling(p: TreatyParameters) -> TreatyParameters:
    return replace(p, build_success=p.build_success / 4)


SHIPPED: tuple[Deal, ...] = (
    ParameterDeal(
        name="mutual_inspections",
        title="Mutual inspections",
        sentence="Inspections on both sides: half of what now goes unseen is found, half of the false alarms "
        "never rise.",
        signatories=PARTIES,
        change=_inspections,
    ),
    ParameterDeal(
        name="standing_commission",
        title="A standing commission",
        sentence="A standing commission: twice as many occasions to talk, and old accusations fade twice as fast.",
        signatories=PARTIES,
        change=_commission,
    ),
    ParameterDeal(
        name="outsider_restraint",
        title="Restraint of the outside player",
        sentence="The outside player slows its build-up to a quarter of its pace.",
        signatories=(*PARTIES, OUTSIDER),
        change=_ceiling,
    ),
)


def by_name(deals: Sequence[Deal] = SHIPPED) -> dict[str, Deal]:
    """Return deals by name.

    Examples
    --------
    >>> sorted(by_name())
    ['mutual_inspections', 'outsider_restraint', 'standing_commission']
    """
    return {deal.name: deal for deal in deals}


def deals_of(scenario: str, overrides: Sequence[str] = ()) -> dict[str, Deal]:
    """Return the deals of a scenario by name: packages of the negotiation that change numbers only, then those shipped.

    Raises
    ------
    ParameterError
        If the scenario does not compose.
    """
    packages: list[Deal] = list(parameter_packages(scenario, overrides))
    return by_name([*packages, *SHIPPED])


def under(parameters: TreatyParameters, names: Sequence[str], deals: Mapping[str, Deal]) -> TreatyParameters:
    """Return `parameters` under the named deals, one after the other.

    Raises
    ------
    ParameterError
        If a name is no deal.
    """
    unknown = [name for name in names if name not in deals]
    if unknown:
        raise ParameterError(f"a deal must be one of {', '.join(deals)}, got {unknown[0]!r}")
    return reduce(lambda p, name: deals[name].applied(p), names, parameters)
