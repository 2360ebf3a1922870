"""The facts of a scenario: which components of the public state it uses, and where they stand at the start.

Parties are named, not numbered; ``sim.games.treaty.compose`` puts them in the order of their roles.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Components:
    """Which components of the public state a scenario uses.

    Attributes
    ----------
    evidence_levels : party -> highest level of evidence against it, 1 (contested) or 2 (compelling)
    openness : party -> whether it may open up
    ultimatums : party -> whether it may press
    suspension : whether a party may suspend on its own initiative
    sanctions : whether the first party may put sanctions on the second
    invitation : whether the first party may invite the outsider
    restoration : whether after the end the parties may offer `offer_terms`
    offer_terms : ``original`` or ``moratorium``
    deployments : party -> whether it may deploy after the end
    deployment_levels, outsider_levels : highest levels
    consent : whether the first party's missiles in Europe need the ally's consent
    europe_closed : whether an agreement that stands by itself keeps both parties' missiles out of Europe
    climate, review : whether the domestic climate and the review conference exist
    space : whether the end opens a race in space
    """

    evidence_levels: Mapping[str, int] = field(default_factory=dict)
    openness: Mapping[str, bool] = field(default_factory=dict)
    ultimatums: Mapping[str, bool] = field(default_factory=dict)
    deployments: Mapping[str, bool] = field(default_factory=dict)
    suspension: bool = False
    sanctions: bool = False
    invitation: bool = False
    restoration: bool = True
    offer_terms: str = "original"
    deployment_levels: int = 2
    consent: bool = True
    europe_closed: bool = False
    outsider_levels: int = 2
    climate: bool = True
    review: bool = True
    space: bool = False


@dataclass(frozen=True, kw_only=True)
class Start:
    """The public state in which plays begin.

    Attributes
    ----------
    phase : ``in_force``, ``ultimatum``, ``notice`` or ``ended``
    who : the party that issued the ultimatum or gave notice, where the phase has one
    evidence : party -> 0 none, 1 contested, 2 compelling
    sanctioned : party -> whether it is under sanctions
    deployed : place -> level; the places are the first party's ``_europe`` and ``_asia`` and the second's
        ``_europe``, each with the party's name before it
    outsider_level, outsider_bound : the outsider's build-up, and whether it has joined
    toxic : whether the domestic climate is toxic
    review_near : whether a review conference is near
    """

    phase: str = "in_force"
    who: str | None = None
    evidence: Mapping[str, int] = field(default_factory=dict)
    sanctioned: Mapping[str, bool] = field(default_factory=dict)
    deployed: Mapping[str, int] = field(default_factory=dict)
    outsider_level: int = 0
    outsider_bound: bool = False
    toxic: bool = False
    review_near: bool = False
