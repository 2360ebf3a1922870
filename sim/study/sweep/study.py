"""A study, frozen: what is asked, which points answer it, and how they are evaluated."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.study.sweep.batch import Batch, Points, Work
from sim.study.sweep.design import Design, remarks
from sim.study.sweep.version import engine_version


@dataclass(frozen=True, eq=False, kw_only=True)
class Study:
    """A study, ready to be swept.

    Attributes
    ----------
    name, title, question : str
    design : Design, over uncertainties and levers
    baseline : [columns] the central point
    outcomes : names of the outcomes to tell about, most important first; all are kept
    points : how a point is evaluated
    batch : points per batch; part of the plan, because it decides the bytes of a part
    config_hash : of the configuration
    units : config path -> unit, for the columns of the design
    notes : sentences to show beside the numbers
    """

    name: str
    title: str
    question: str
    design: Design
    baseline: FloatArray
    outcomes: tuple[str, ...]
    points: Points
    batch: int
    config_hash: str
    units: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "baseline", sealed(self.baseline))
        if self.batch < 1:
            raise ParameterError(f"study.batch must be at least 1, got {self.batch}")
        if self.points.replications < 2:
            raise ParameterError(
                f"a sweep needs at least 2 plays per point for its errors, got {self.points.replications}"
            )
        known = self.points.outcome_units
        for name in self.outcomes:
            if name not in known:
                raise ParameterError(f"study.outcomes must be among {', '.join(known)}, got {name!r}")

    @property
    def num_batches(self) -> int:
        """Number of batches."""
        return -(-self.design.num_points // self.batch)

    @cached_property
    def plan_hash(self) -> str:
        """Twelve digits that anything which a number or a byte depends on changes."""
        facts = {
            "points": self.points.facts(),
            "columns": [
                [column.path, column.kind, [str(level) for level in column.levels]]
                for column in self.design.columns
            ],
            "values": hashlib.sha256(self.design.values.tobytes()).hexdigest(),
            "batch": self.batch,
            "config": self.config_hash,
            "version": engine_version(),
        }
        text = json.dumps(facts, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """What to say before anything runs: points that coincide, points equal to the baseline, and notes."""
        return (*remarks(self.design, self.baseline), *self.notes)

    def batches(self, numbers: Iterator[int] | range | list[int]) -> Iterator[Batch]:
        """Yield the batches with these numbers."""
        for number in numbers:
            first = number * self.batch
            yield Batch(number, first, self.design.values[first : first + self.batch])

    def size_of(self, number: int) -> int:
        """Return the number of points of a batch."""
        return min(self.batch, self.design.num_points - number * self.batch)

    def work(self) -> Work:
        """Return what a worker does with a batch."""
        return Work(
            points=self.points, plan=self.plan_hash, version=engine_version(), config_hash=self.config_hash
        )

    def facts(self) -> dict[str, Any]:
        """Return what the manifest says about the study."""
        options = self.design.options
        return {
            "name": self.name,
            "title": self.title,
            "question": self.question,
            "plan_hash": self.plan_hash,
            "engine_version": engine_version(),
            "design": {
                "kind": options.kind,
                "size": options.size,
                "levels": options.levels,
                "second_order": options.second_order,
                "seed": options.seed,
            },
            "columns": [
                {
                    "path": column.path,
                    "kind": column.kind,
                    "unit": self.units.get(column.path, ""),
                    "low": column.range[0],
                    "high": column.range[1],
                    "levels": list(column.levels) if column.named else [],
                    "baseline": float(self.baseline[place]),
                }
                for place, column in enumerate(self.design.columns)
            ],
            "outcomes": list(self.outcomes),
            "outcome_units": self.points.outcome_units,
            "points": self.design.num_points,
            "groups": self.points.groups,
            "replications": self.points.replications,
            "batch": self.batch,
            "batches": self.num_batches,
            "remarks": list(self.remarks),
        }
