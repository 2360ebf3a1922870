"""Everything that a sweep's table allows to be said about one outcome, computed once for figures and sentences."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError
from sim.study.analysis.convergence import Convergence, Statistic, converge, running_mean
from sim.study.analysis.morris import ElementaryEffects, elementary_effects
from sim.study.analysis.prim import Prim, prim
from sim.study.analysis.regimes import RegimeMap, Threshold, regime_map
from sim.study.analysis.sobol_indices import SobolIndices, sobol_indices
from sim.study.analysis.tornado import Tornado, sampled_tornado, tornado
from sim.study.analysis.tree import Tree, tree
from sim.study.analysis.variance_split import VarianceSplit, bernoulli_variance, variance_split
from sim.study.estimates import Z95
from sim.study.sweep_table import SweepTable

Found = TypeVar("Found")

SPREAD = ("latin_hypercube", "sobol", "saltelli", "grid")
"""Designs whose points stand for the whole space."""

WORST = 0.25
"""An outcome that is no probability is told about in its lowest quarter."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found about one outcome; None where the design does not allow it.

    Attributes
    ----------
    outcome, unit : what it is about
    mean, low, high : over the points of the design; the middle 90 % of points
    points, failed : how many
    dice : standard error of a point's dice, root mean square; shared by all points, so that it does not shrink with
        their number
    replications : plays at a point
    """

    outcome: str
    unit: str
    mean: float
    low: float
    high: float
    points: int
    failed: int
    dice: float = 0.0
    replications: int = 0
    sobol: SobolIndices | None = None
    morris: ElementaryEffects | None = None
    tornado: Tornado | None = None
    regimes: RegimeMap | None = None
    prim: Prim | None = None
    tree: Tree | None = None
    split: VarianceSplit | None = None
    convergence: tuple[Convergence, ...] = ()


def findings(table: SweepTable, outcome: str, *, threshold: Threshold | None = None) -> Findings:
    """Return what `table` says about `outcome`; analyses that its design does not allow are left out.

    Raises
    ------
    ParameterError
        If there is no such outcome, or it is defined nowhere.
    """
    if outcome not in table.outcomes:
        raise ParameterError(f"outcome must be one of {', '.join(table.outcomes)}, got {outcome!r}")
    y, errors = table.outcomes[outcome], table.error_of(outcome)
    whole = np.isfinite(y)
    if not whole.any():
        raise ParameterError(f"{outcome} is defined at no point")
    unit = table.outcome_units.get(outcome, "")
    fair = _fair_rows(table)
    low, high = np.nanquantile(y[fair], [0.05, 0.95])
    sobol = _allowed(lambda: _sobol(table, y, errors)) if table.design == "saltelli" else None
    varies = tuple(
        name
        for i, name in enumerate(table.names)
        if np.ptp(table.values[:, i]) > 0 and name not in table.labels
    )
    spread = table.design in SPREAD
    columns = [table.names.index(name) for name in varies]
    x = table.values[:, columns]
    swing = _allowed(lambda: _tornado(table, y, errors))
    shares, event = _event(y, outcome, unit)
    dice = _shared(errors[fair])
    return Findings(
        outcome=outcome,
        unit=unit,
        mean=float(np.nanmean(y[fair])),
        low=float(low),
        high=float(high),
        points=len(y),
        failed=int((~whole).sum()),
        dice=dice,
        replications=table.replications,
        sobol=sobol,
        morris=_allowed(lambda: elementary_effects(table.values, y, table.names, table.low, table.high))
        if table.design == "morris"
        else None,
        tornado=swing,
        regimes=_allowed(lambda: _regimes(table, y, errors, swing, threshold)) if spread else None,
        prim=_allowed(lambda: prim(x[fair], shares[fair], varies, event=event))
        if spread and varies
        else None,
        tree=_allowed(lambda: tree(x[fair], shares[fair], varies, event=event))
        if spread and varies
        else None,
        split=_allowed(lambda: _split(table, outcome, unit, fair)) if spread else None,
        convergence=tuple(_convergence(table, y, _halved(table, outcome, y, fair), fair, dice))
        if spread and table.design != "grid"
        else (),
    )


def _sobol(table: SweepTable, y: FloatArray, errors: FloatArray) -> SobolIndices:
    return sobol_indices(y, table.names, table.base or 0, errors=errors)


def _fair_rows(table: SweepTable) -> slice:
    """Return the rows that are a fair sample: of a Saltelli design A and B, whose rows share nothing."""
    return slice(0, 2 * table.base) if table.design == "saltelli" and table.base else slice(None)


def _tornado(table: SweepTable, y: FloatArray, errors: FloatArray) -> Tornado | None:
    if table.design == "one_at_a_time" and table.baseline is not None:
        return tornado(table.values, y, errors, table.names, table.baseline)
    if table.design in SPREAD:
        fair = _fair_rows(table)
        return sampled_tornado(table.values[fair], y[fair], table.names)
    return None


def _regimes(
    table: SweepTable, y: FloatArray, errors: FloatArray, swing: Tornado | None, threshold: Threshold | None
) -> RegimeMap | None:
    """Return the map over the two parameters that move the outcome most, or over the only two."""
    moving = [name for i, name in enumerate(table.names) if len(np.unique(table.values[:, i])) > 1]
    ranked = [name for name in (swing.names if swing else ()) if name in moving]
    pair = (ranked or moving)[:2] if len(moving) > 2 else moving
    if len(pair) < 2:
        return None
    first, second = (table.values[:, table.names.index(name)] for name in pair)
    return regime_map(first, second, y, (pair[0], pair[1]), errors=errors, threshold=threshold)


def _event(y: FloatArray, outcome: str, unit: str) -> tuple[FloatArray, str]:
    """Return shares of an event and the event: the outcome itself if it is a probability, else its low end."""
    if unit == "probability":
        return y, outcome
    mark = float(np.nanquantile(y, WORST))
    shares = np.where(np.isfinite(y), (y <= mark).astype(np.float64), np.nan)
    return shares, f"{outcome} at most {mark:.3g}"


def _split(table: SweepTable, outcome: str, unit: str, fair: slice) -> VarianceSplit | None:
    if outcome not in table.errors:
        return None
    means, errors = table.outcomes[outcome][fair], table.errors[outcome][fair]
    if outcome in table.variances:
        return variance_split(means, errors, table.variances[outcome][fair])
    if unit == "probability":
        return variance_split(means, errors, bernoulli_variance(means, errors))
    return None


def _convergence(
    table: SweepTable, y: FloatArray, half: FloatArray | None, fair: slice, dice: float
) -> list[Convergence]:
    """Return how the mean and every index settle, with the points and with the plays at each."""
    sample = y[fair]
    statistic = _shuffled_mean(sample, common=dice)
    made = [converge("mean over the points", len(sample), statistic)]
    if half is not None:
        made.append(_mean_by_plays(sample, half[fair], dice, table.replications))
    if table.design == "saltelli" and table.base:
        blocks, plays = y.reshape(-1, table.base), table.replications

        def from_rows(count: int) -> SobolIndices:
            return sobol_indices(blocks[:, :count].reshape(-1), table.names, count, resampled=100)

        made += _settling_indices(table.names, table.base, from_rows, steps=4)
        if half is not None:

            def from_plays(count: int) -> SobolIndices:
                return sobol_indices(
                    y if count == plays else half, table.names, table.base or 0, resampled=100
                )

            made += _settling_indices(table.names, plays, from_plays, steps=1, by=", by plays")
    return made


def _settling_indices(
    names: tuple[str, ...], total: int, indices: Callable[[int], SobolIndices], *, steps: int, by: str = ""
) -> list[Convergence]:
    """Return how every index settles; `indices` of n items are computed once for each n.

    Intervals are those over base rows. An outcome that never varies has no indices.
    """
    at = cache(lambda count: _allowed(lambda: indices(count)))
    made = []
    for kind in ("first", "total"):
        for i, name in enumerate(names):

            def index(count: int, kind: str = kind, i: int = i) -> tuple[float, float, float]:
                found = at(count)
                if found is None:
                    return np.nan, np.nan, np.nan
                value, low, high = (float(getattr(found, f"{kind}{end}")[i]) for end in ("", "_low", "_high"))
                return value, low, high

            settling = converge(f"{kind} index of {name}{by}", total, index, steps=steps)
            if np.isfinite(settling.estimates[-1]):
                made.append(settling)
    return made


def _mean_by_plays(sample: FloatArray, half: FloatArray, dice: float, plays: int) -> Convergence:
    """Return the mean over the same points from half of the plays at each, and from all."""
    whole = np.isfinite(sample) & np.isfinite(half)

    def mean(count: int) -> tuple[float, float, float]:
        middle = float((sample if count == plays else half)[whole].mean())
        reach = Z95 * dice * np.sqrt(plays / count)
        return middle, middle - reach, middle + reach

    return converge("mean over the points, by plays", plays, mean, steps=1)


def _halved(table: SweepTable, outcome: str, y: FloatArray, fair: slice) -> FloatArray | None:
    """Return the outcome from half of the plays, if there is any point of the sample at which both are defined."""
    half = table.halves.get(outcome)
    if half is None or table.replications < 2 or not np.isfinite((y + half)[fair]).any():
        return None
    return half


def _shared(errors: FloatArray) -> float:
    """Return the standard error that dice give every point alike; zero where there are none."""
    whole = errors[np.isfinite(errors)]
    return float(np.sqrt(np.mean(whole**2))) if len(whole) else 0.0


def _shuffled_mean(sample: FloatArray, common: float) -> Statistic:
    """Return the running mean in a random order: designs are laid out in one that means something."""
    return running_mean(sample[np.random.default_rng(0).permutation(len(sample))], common=common)


def _allowed(analysis: Callable[[], Found | None]) -> Found | None:
    """Return what an analysis finds, or None where the table does not allow it: too few points, no variation."""
    try:
        return analysis()
    except ParameterError:
        return None
