"""What a policy or a deal changes: values set, and numbers moved relative to what stands there.

``set`` maps a config path to a value; ``scale`` and ``add`` map one to a number relative to the baseline, so that
they mean the same under each reading; ``about`` says for each path where the number is from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.model.treaty import BY_PARTY


@dataclass(frozen=True, kw_only=True)
class Changes:
    """A set of changes; `about` maps a path to its unit, source and `assumed`.

    Examples
    --------
    >>> Changes(scales={"treaty.false_alarm": 0.2}).paths
    ('treaty.false_alarm', 'treaty.false_alarm_of')
    """

    sets: Mapping[str, Any] = field(default_factory=dict)
    scales: Mapping[str, float] = field(default_factory=dict)
    adds: Mapping[str, float] = field(default_factory=dict)
    about: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def touched(self) -> tuple[str, ...]:
        """The paths that stand in it, in order; one that is changed twice appears twice."""
        return (*self.sets, *self.scales, *self.adds)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that it touches, those of single parties included."""
        by_party = [f"treaty.{name}" for name, stem in BY_PARTY.items() if f"treaty.{stem}" in self.touched]
        return tuple(dict.fromkeys([*self.sets, *self.scales, *self.adds, *by_party]))

    def clash(self, other: "Changes") -> str | None:
        """Return a path that both change, or None."""
        own = set(self.touched)
        return next((path for path in other.touched if path in own), None)
