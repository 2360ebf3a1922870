"""The structural facts of a treaty game: which components exist and how long its clocks are.

Nothing here is uncertain; everything here decides which public states are reachable. Two scenarios with equal
rules share one graph.
"""

from dataclasses import dataclass

from sim.errors import ParameterError

# Roles by position. An actor's name belongs to the scenario, its behaviour to its role.
PARTY_0, PARTY_1, ALLY, OUTSIDER = range(4)
NUM_ACTORS = 4
PARTIES = (PARTY_0, PARTY_1)
ROLES = ("party_0", "party_1", "ally", "outsider")


def other_party(party: int) -> int:
    """Return the opposite party."""
    return 1 - party


@dataclass(frozen=True, kw_only=True)
class Start:
    """The public state in which a play begins.

    `phase` is one of in_force, ultimatum, notice, ended; `who` names the issuer or leaver (0 or 1) where the
    phase has one. Evidence is 0 none, 1 contested, 2 compelling.
    """

    phase: str = "in_force"
    who: int | None = None
    evidence: tuple[int, int] = (0, 0)
    sanctioned: tuple[bool, bool] = (False, False)
    deployed: tuple[int, int, int] = (0, 0, 0)
    outsider_level: int = 0
    outsider_bound: bool = False
    toxic: bool = False
    review_near: bool = False


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Which components of the public state a scenario uses.

    Attributes
    ----------
    ultimatum_periods, notice_periods : int, at least 1
        Clocks, in periods.
    evidence_levels : highest level of evidence against each party, 1 (contested) or 2 (compelling)
    openness : whether each party may open up
    ultimatums : whether each party may press
    suspension : whether a party may suspend on its own initiative (mirroring is always possible)
    sanctions : whether party 0 may impose sanctions on party 1
    invitation : whether party 0 may invite the outsider
    restoration : after the end parties may offer the `offer_terms`
    offer_terms : "original" or "moratorium"
    deployments : whether each party may deploy after the end
    deployment_levels : int, highest level of each deployment
    consent : whether a deployment of party 0 in Europe needs the ally's consent
    europe_closed : whether nobody may deploy in Europe
    outsider_levels : int, highest level of the outsider's build-up
    climate, review : whether these exogenous chains exist
    space : whether the end of the treaty opens a race in space
    """

    ultimatum_periods: int = 2
    notice_periods: int = 6
    evidence_levels: tuple[int, int] = (1, 2)
    openness: tuple[bool, bool] = (False, True)
    ultimatums: tuple[bool, bool] = (True, True)
    suspension: bool = False
    sanctions: bool = False
    invitation: bool = False
    restoration: bool = True
    offer_terms: str = "original"
    deployments: tuple[bool, bool] = (True, True)
    deployment_levels: int = 2
    consent: bool = True
    europe_closed: bool = False
    outsider_levels: int = 2
    climate: bool = True
    review: bool = True
    space: bool = False
    start: Start = Start()

    def __post_init__(self) -> None:
        for name in ("ultimatum_periods", "notice_periods", "deployment_levels", "outsider_levels"):
            if getattr(self, name) < 1:
                raise ParameterError(f"rules.{name} must be at least 1, got {getattr(self, name)}")
        if any(level not in (1, 2) for level in self.evidence_levels):
            raise ParameterError(
                f"rules.evidence_levels must be 1 or 2 for each party, got {self.evidence_levels}"
            )
        if self.offer_terms not in ("original", "moratorium"):
            raise ParameterError(
                f"rules.offer_terms must be original or moratorium, got {self.offer_terms!r}"
            )
        start = self.start
        if start.phase not in ("in_force", "ultimatum", "notice", "ended"):
            raise ParameterError(
                f"start.phase must be one of in_force, ultimatum, notice, ended, got {start.phase!r}"
            )
        if (start.phase in ("ultimatum", "notice")) != (start.who is not None):
            raise ParameterError(
                f"start.who must name a party exactly in the phases ultimatum and notice, got {start.who} "
                f"in phase {start.phase}"
            )
        if any(
            not 0 <= level <= top for level, top in zip(start.evidence, self.evidence_levels, strict=True)
        ):
            raise ParameterError(
                f"start.evidence must lie within {self.evidence_levels}, got {start.evidence}"
            )
        if start.phase != "ended" and any(start.deployed):
            raise ParameterError(
                f"start.deployed must be zero while the treaty is in force, got {start.deployed}"
            )
        if self.europe_closed and (start.deployed[0] or start.deployed[2]):
            raise ParameterError(
                f"start.deployed must be zero in Europe where rules.europe_closed, got {start.deployed}"
            )
        if any(not 0 <= level <= self.deployment_levels for level in start.deployed):
            raise ParameterError(
                f"start.deployed must lie in 0..{self.deployment_levels}, got {start.deployed}"
            )
        if not 0 <= start.outsider_level <= self.outsider_levels:
            raise ParameterError(
                f"start.outsider_level must lie in 0..{self.outsider_levels}, got {start.outsider_level}"
            )
