"""What is kept of whole plays: a table with one row per play, and quantiles of their paths for fan charts."""

from dataclasses import replace
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.engine.monte_carlo import Plan, Recording, record
from sim.engine.outcomes import outcomes_of
from sim.engine.play_history import DELAY_SUM, MIRRORED, MONTHS
from sim.study.estimates import MEAN_STATISTICS
from sim.study.result import Fans

QUANTILES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


def keep_plays(plan: Plan, keep: int, replications: int, types: IntArray | None = None) -> Recording:
    """Record the first `keep` plays, draw by draw in turn, so that few of them still show every draw.

    Parameters
    ----------
    types [D, replications] : number of the combination of types of every play, where there are types; `plan`
        then holds the tables of all combinations of the first draw, those of the second …
    """
    draws = len(plan.tables) if types is None else len(types)
    plays = [(k % draws, k // draws) for k in range(min(keep, draws * replications))]
    if types is None:
        return record(plan, plays)
    each = len(plan.tables) // draws
    recording = record(plan, [(draw * each + int(types[draw, r]), r) for draw, r in plays])
    return replace(recording, draws=sealed(recording.draws // each, np.int64))


def table_of(recording: Recording, actors: tuple[str, ...], period_months: float) -> dict[str, FloatArray]:
    """Return one row per kept play, {column: [plays]}; NaN where an outcome is not defined."""
    statistics = recording.statistics
    columns: dict[str, Any] = {"draw": recording.draws, "replication": recording.replications}
    for outcome, statistic in zip(outcomes_of(actors), MEAN_STATISTICS, strict=True):
        if outcome.kind == "ratio":
            delay = period_months * statistics[:, DELAY_SUM]
            columns[outcome.name] = np.where(statistics[:, MIRRORED] > 0, delay, np.nan)
        elif statistic is not None:
            scale = period_months if statistic == MONTHS else 1.0
            columns[outcome.name] = scale * statistics[:, statistic]
    columns["collapse_month"] = collapse_months(recording, period_months)
    return columns


def collapse_months(recording: Recording, period_months: float) -> FloatArray:
    """Return when each kept play first ended, in months; NaN if it did not."""
    return np.where(recording.ends >= 0, period_months * recording.ends, np.nan)


def fans_of(plan: Plan, recording: Recording, period_months: float) -> Fans:
    """Return quantiles by month of evidence, deployments and the outsider's level over the kept plays."""
    graph, board = plan.board.graph, plan.board
    first, second, *_ = plan.actors
    situation, place = recording.states[..., 0], recording.states[..., 1]
    evidence = np.array([s.evidence for s in graph.situations])
    levels: dict[str, IntArray] = {
        f"evidence_{first}": evidence[situation, 0],
        f"evidence_{second}": evidence[situation, 1],
        f"deployment_{first}_europe": graph.deployed[situation, 0],
        f"deployment_{first}_asia": graph.deployed[situation, 1],
        f"deployment_{second}_europe": graph.deployed[situation, 2],
        "outsider_level": board.level[place],
    }
    return Fans(
        months=period_months * np.arange(plan.periods + 1.0),
        quantiles=QUANTILES,
        paths={name: _quantiles(values) for name, values in levels.items()},
        means={name: values.mean(axis=0) for name, values in levels.items()},
    )


def _quantiles(levels: IntArray) -> FloatArray:
    """Return quantiles [T + 1, K] of small whole levels [plays, T + 1]: the least level that reaches each."""
    top = int(levels.max())
    cumulative = np.stack([(levels <= level).mean(axis=0) for level in range(top + 1)], axis=1)
    reached = cumulative[:, :, None] >= QUANTILES - 1e-12
    return np.asarray(reached.argmax(axis=1), dtype=np.float64)
