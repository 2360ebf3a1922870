"""What a comparison yields: the record that its tables, figures and report are made from."""

from dataclasses import dataclass

from sim.arrays import FloatArray
from sim.model.scenario import Scenario
from sim.study.comparison.evaluate import Evaluation

BASELINE = "baseline"
"""The name of the world without any policy."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One key that a policy moves: its path, how, and why."""

    path: str
    words: str
    source: str
    assumed: bool


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A named set of changes to a world."""

    name: str
    title: str
    sentence: str
    caution: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One policy and outcome: the estimate over draws, and its difference to the baseline on the same draws.

    `low`, `high` (95 %) and `standard_error` are those of the difference; `estimate_low` and so on those of the
    estimate itself. None where nothing is defined.
    """

    policy: str
    outcome: str
    unit: str
    estimate: float | None
    difference: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    estimate_low: float | None
    estimate_high: float | None
    estimate_standard_error: float | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Ranking:
    """Policies from best to worst by one outcome, with how sure that is.

    Attributes
    ----------
    outcome : what they are ranked by
    order : names, best first; those that never differ share their draws and stand in the order given
    whole : share of resamples of the draws in which the whole order is the same
    ahead [P - 1] : share in which each stands before the next, ties counted half
    best [P] : share in which each is the best of all, ties shared
    """

    outcome: str
    order: tuple[str, ...]
    whole: float | None
    ahead: FloatArray
    best: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class RegretMatrix:
    """What each policy loses against the best one, under each reading.

    Attributes
    ----------
    outcome, unit : what the loss is counted in
    policies, readings : names
    estimates [P, readings] : mean outcome
    regret [P, readings] : at least 0
    low, high [P, readings] : 95 % interval over resampled draws
    worst [P], worst_low, worst_high [P] : the largest over readings
    """

    outcome: str
    unit: str
    policies: tuple[str, ...]
    readings: tuple[str, ...]
    estimates: FloatArray
    regret: FloatArray
    low: FloatArray
    high: FloatArray
    worst: FloatArray
    worst_low: FloatArray
    worst_high: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison:
    """Policies against a baseline on common draws.

    Attributes
    ----------
    scenario : of the baseline under `reading`
    policies : the baseline first
    reading : whose numbers the rows and the ranking are for
    evaluations : (policy, reading) -> outcomes by draw
    rows : in the order of policies, then outcomes
    correlation : policy -> correlation of its collapse probability with the baseline's over draws, None if
        either does not vary
    twins : sentences about policies that change nothing, or the same as another
    """

    scenario: Scenario
    reading: str
    seed: int
    draws: int
    horizon_months: float
    policies: tuple[Policy, ...]
    readings: tuple[str, ...]
    evaluations: dict[tuple[str, str], Evaluation]
    rows: tuple[Row, ...]
    ranking: Ranking
    regret: RegretMatrix
    payoff_regret: RegretMatrix
    correlation: dict[str, float | None]
    twins: tuple[str, ...]
    notes: tuple[str, ...]

    def row(self, policy: str, outcome: str) -> Row:
        """Return the row of one policy and outcome."""
        return next(row for row in self.rows if row.policy == policy and row.outcome == outcome)
