"""Deals that delegations can offer each other: what they say, who must sign, what they change.

A deal acts on the numbers of the treaty game, not on its rules, so that a play goes on where it stands. Offered are
the packages of the negotiation that are such (``configs/deal``), and three that are for a class only: as issues they
would be on the table of every study of deals, and the first is no change of a kind that a config can state.
"""

from collections.abc import Mapping, Sequence
from functools import reduce

from sim.app.deals import ParameterPackage as Deal
from sim.app.deals import parameter_packages
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyParameters
from sim.games.treaty.rules import OUTSIDER, PARTIES

SHIPPED = (
    Deal(
        name="mutual_inspections",
        title="Mutual inspections",
        sentence="Inspections on both sides: half of what now goes unseen is found, half of the false alarms "
        "never rise.",
        signatories=PARTIES,
        changed={"detection": lambda seen: 1 - (1 - seen) / 2, "false_alarm": lambda alarms: alarms / 2},
    ),
    Deal(
        name="standing_commission",
        title="A standing commission",
        sentence="A standing commission: twice as many occasions to talk, and old accusations fade twice as fast.",
        signatories=PARTIES,
        changed={"opportunity_rate": lambda rate: 2 * rate, "fading": lambda hazard: 2 * hazard},
    ),
    Deal(
        name="outsider_restraint",
        title="Restraint of the outside player",
        sentence="The outside player slows its build-up to a quarter of its pace.",
        signatories=(*PARTIES, OUTSIDER),
        changed={"build_success": lambda success: success / 4},
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
    return by_name([*parameter_packages(scenario, overrides), *SHIPPED])


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


__all__ = ["SHIPPED", "Deal", "by_name", "deals_of", "under"]
