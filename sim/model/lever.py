"""Levers: numbers of the treaty that negotiators might move, and how far counts as one step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sim.errors import ParameterError
from sim.model.scenario import Scenario
from sim.model.treaty import BY_PARTY, CLOCKS, DOMAINS
from sim.model.uncertain import Distribution

ROOT = "treaty."


@dataclass(frozen=True, kw_only=True)
class Lever:
    """One number that may be moved within a range; distances are counted in steps.

    Attributes
    ----------
    name, title : str
    path : config path of a number of the treaty
    low, high : range ; step : what counts as a distance of one ; source : where the step is from

    Raises
    ------
    ParameterError
        If the path is no number of the treaty, or the range or the step is not as said.
    """

    name: str
    title: str
    path: str
    low: float
    high: float
    step: float
    source: str

    def __post_init__(self) -> None:
        if self.path.removeprefix(ROOT) not in set(DOMAINS) - {"period_months"} or ROOT not in self.path:
            legal = ", ".join(f"{ROOT}{name}" for name in DOMAINS if name != "period_months")
            raise ParameterError(f"lever {self.name}: path must be one of {legal}, got {self.path}")
        if not self.low < self.high:
            raise ParameterError(
                f"lever {self.name}: low must be below high, got {self.low:g} and {self.high:g}"
            )
        if not self.step > 0:
            raise ParameterError(f"lever {self.name}: step must be above 0, got {self.step:g}")

    @property
    def is_clock(self) -> bool:
        """Whether it counts months, whole ones."""
        return self.path.removeprefix(ROOT) in CLOCKS

    def present(self, scenario: Scenario) -> float:
        """Return the number as it stands, the median where it is uncertain."""
        value = getattr(scenario.treaty, self.path.removeprefix(ROOT))
        return float(value.median if isinstance(value, Distribution) else value)

    def rounded(self, value: float) -> float:
        """Return `value` as it can be set: whole months on a clock."""
        return float(round(value)) if self.is_clock else float(f"{value:.6g}")

    def distance(self, scenario: Scenario, value: float) -> float:
        """Return how many steps `value` is away from what stands."""
        return abs(value - self.present(scenario)) / self.step


def moved(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return `scenario` with numbers of the treaty (config path → number) set, for both parties alike."""
    treaty = scenario.treaty
    for path, value in values.items():
        name = path.removeprefix(ROOT)
        by_party: dict[str, object] = {each: {} for each, stem in BY_PARTY.items() if stem == name}
        treaty = replace(treaty, **{name: value, **by_party})  # type: ignore[arg-type]
    return replace(scenario, treaty=treaty)
