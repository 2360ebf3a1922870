"""What a sweep hands to its analysis: plain arrays with names, and what the study is about.

Analyses know nothing of files; ``SweepTable`` is where the store and they meet. Two designs have a layout that
their analysis relies on, kept in `values` in exactly this order (a point that failed keeps its row, with NaN in
its outcomes):

``saltelli``
    `base` rows A, `base` rows B, then for each parameter i `base` rows A with column i taken from B, then
    (second order only) for each i `base` rows B with column i taken from A.
``morris``
    `base` trajectories of ``parameters + 1`` consecutive rows; neighbours differ in exactly one parameter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError

KINDS = ("uncertainty", "lever")
"""What a parameter of a study can be: something nobody chooses, or something somebody could choose."""

DESIGNS = ("grid", "list", "latin_hypercube", "sobol", "saltelli", "morris", "one_at_a_time")
"""Kinds of design. ``sobol`` is a space-filling sequence; ``saltelli`` is the one that yields Sobol' indices."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SweepTable:
    """The points of a sweep and what came out at each.

    Attributes
    ----------
    design : one of `DESIGNS`
    base : rows of A in a ``saltelli`` design, trajectories in a ``morris`` design, else None
    names : config path of each parameter
    kinds : ``uncertainty`` or ``lever``, for each parameter
    units : unit of each parameter
    low, high : [parameters] ends of the range that the design covers
    values : [points, parameters]
    outcomes : name -> [points]; NaN where the point failed or the outcome is not defined
    errors : name -> [points] standard errors of the dice; 0 where computed exactly; may leave out outcomes
    outcome_units : name -> unit
    variances : name -> [points] variance of the outcome of one play at the point; may leave out outcomes
    halves : name -> [points] the outcome from the first half of the point's plays; may leave out outcomes
    labels : config path -> names of its values 0, 1, 2 … where a parameter takes names, not numbers
    baseline : [parameters] the study's central point, or None
    replications : plays at each point; 0 where outcomes are exact
    """

    design: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    low: FloatArray
    high: FloatArray
    values: FloatArray
    outcomes: Mapping[str, FloatArray]
    errors: Mapping[str, FloatArray] = field(default_factory=dict)
    outcome_units: Mapping[str, str] = field(default_factory=dict)
    variances: Mapping[str, FloatArray] = field(default_factory=dict)
    halves: Mapping[str, FloatArray] = field(default_factory=dict)
    base: int | None = None
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    baseline: FloatArray | None = None
    replications: int = 0

    def __post_init__(self) -> None:
        if self.design not in DESIGNS:
            raise ParameterError(f"design must be one of {', '.join(DESIGNS)}, got {self.design!r}")
        wrong = [kind for kind in self.kinds if kind not in KINDS]
        if wrong:
            raise ParameterError(f"kinds must be among {', '.join(KINDS)}, got {', '.join(wrong)}")
        values = np.atleast_2d(np.asarray(self.values, dtype=np.float64))
        count = len(self.names)
        if values.ndim != 2 or values.shape[1] != count:
            raise ParameterError(f"values must be [points, {count} parameters], got shape {values.shape}")
        for name in ("kinds", "units", "low", "high"):
            if len(getattr(self, name)) != count:
                raise ParameterError(
                    f"{name} must have one entry per parameter ({count}), got {len(getattr(self, name))}"
                )
        for name in ("outcomes", "errors", "variances", "halves"):
            columns = {}
            for outcome, column in getattr(self, name).items():
                if np.shape(column) != (len(values),):
                    raise ParameterError(
                        f"{name}[{outcome!r}] must have shape ({len(values)},), got {np.shape(column)}"
                    )
                columns[outcome] = sealed(np.asarray(column, dtype=np.float64))
            object.__setattr__(self, name, columns)
        object.__setattr__(self, "values", sealed(values))
        for name in ("low", "high", "baseline"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, sealed(np.asarray(getattr(self, name), dtype=np.float64)))

    @property
    def num_points(self) -> int:
        """Number of points."""
        return len(self.values)

    def error_of(self, outcome: str) -> FloatArray:
        """Return the standard errors of `outcome`, [points]; zeros where none were given."""
        return self.errors.get(outcome, np.zeros(self.num_points))


@dataclass(frozen=True, kw_only=True)
class StudyFacts:
    """What a report says about a study beside its numbers.

    Attributes
    ----------
    name : str, how configs call the study
    title : str
    question : str, one sentence
    command : str, what reproduces it
    seed : int
    config_hash : str
    config_yaml : str, the whole configuration
    outcomes : names of the outcomes to tell about, most important first; empty for all
    notes : sentences to show beside the numbers
    manifest : name -> what to print in the foot of the report
    failures : points that failed
    """

    name: str
    title: str
    question: str
    command: str
    seed: int
    config_hash: str = ""
    config_yaml: str = ""
    outcomes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    manifest: Mapping[str, object] = field(default_factory=dict)
    failures: int = 0
