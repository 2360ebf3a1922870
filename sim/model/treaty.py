"""The treaty: its clocks, how well it is watched, and the pace at which the world around it changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import ceil

from sim.errors import ParameterError
from sim.model.uncertain import (
    DURATION,
    PROBABILITY,
    RATE,
    SIGNAL_PROBABILITY,
    Distribution,
    Domain,
    Value,
    check_domain,
    parse_value,
)

DOMAINS: dict[str, Domain] = {
    "detection": SIGNAL_PROBABILITY,
    "false_alarm": SIGNAL_PROBABILITY,
    "notice_months": DURATION,
    "ultimatum_months": DURATION,
    "period_months": Domain(0, 12, low_open=True),
    "inspection_detection": PROBABILITY,
    "inspection_false_alarm": PROBABILITY,
    "inspection_clearing": PROBABILITY,
    "moratorium_verification": PROBABILITY,
    "fading": RATE,
    "opportunity_rate": RATE,
    "toxic_onset": RATE,
    "toxic_clearing": RATE,
    "review_approach": RATE,
    "review_passing": RATE,
    "build_success": PROBABILITY,
}
"""What each number of the treaty may be."""

CLOCKS = ("notice_months", "ultimatum_months", "period_months")
"""Numbers that decide which public states exist, and therefore are never uncertain."""

BY_PARTY = {"detection_of": "detection", "false_alarm_of": "false_alarm"}
"""Mappings party -> number that replace a number for both parties."""


@dataclass(frozen=True, kw_only=True)
class Treaty:
    """The treaty's numbers; each a number or a distribution, clocks numbers only.

    Attributes
    ----------
    detection, false_alarm : probability of a signal within one year of breach, of compliance; in [0, 1)
    detection_of, false_alarm_of : party -> number, in place of the number for both parties
    notice_months, ultimatum_months, period_months : clocks
    inspection_detection, inspection_false_alarm, inspection_clearing : per inspection, the last without alarm
    moratorium_verification : detection under a moratorium, as a share of that under the treaty
    fading : hazard per year that evidence fades one level
    opportunity_rate : decision opportunities per year
    toxic_onset, toxic_clearing : hazards per year of the domestic climate
    review_approach, review_passing : hazards per year of the review conference, far to near and back
    build_success : probability that a decision of the outsider to build gains a level
    """

    detection: Value
    false_alarm: Value
    detection_of: Mapping[str, Value] = field(default_factory=dict)
    false_alarm_of: Mapping[str, Value] = field(default_factory=dict)
    notice_months: float = 6.0
    ultimatum_months: float = 2.0
    period_months: float = 1.0
    inspection_detection: Value
    inspection_false_alarm: Value
    inspection_clearing: Value
    moratorium_verification: Value
    fading: Value
    opportunity_rate: Value
    toxic_onset: Value
    toxic_clearing: Value
    review_approach: Value
    review_passing: Value
    build_success: Value

    def __post_init__(self) -> None:
        for name, domain in DOMAINS.items():
            value = _checked(getattr(self, name), f"treaty.{name}", domain)
            if name in CLOCKS and isinstance(value, Distribution):
                raise ParameterError(
                    f"treaty.{name} must be a number, because a clock decides which states exist, got {value}"
                )
            object.__setattr__(self, name, value)
        for name, stem in BY_PARTY.items():
            given = {
                party: _checked(value, f"treaty.{name}.{party}", DOMAINS[stem])
                for party, value in getattr(self, name).items()
            }
            object.__setattr__(self, name, given)

    def periods(self, months: float) -> int:
        """Return how many periods cover `months`; what is left of the last one counts whole."""
        return ceil(months / self.period_months - 1e-9)

    @property
    def numbers(self) -> dict[str, Value]:
        """Every number of the treaty by its config path."""
        numbers = {f"treaty.{name}": getattr(self, name) for name in DOMAINS}
        for name in BY_PARTY:
            numbers |= {f"treaty.{name}.{party}": value for party, value in getattr(self, name).items()}
        return numbers


def _checked(value: Value, path: str, domain: Domain) -> Value:
    return check_domain(parse_value(value, path), path, domain)


assert set(DOMAINS) | set(BY_PARTY) == {part.name for part in fields(Treaty)}
