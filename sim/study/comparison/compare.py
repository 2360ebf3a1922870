"""Policies against a baseline: every world evaluated on the same draws, then told apart."""

from collections.abc import Mapping, Sequence

import numpy as np

from sim.errors import ParameterError
from sim.study.comparison.evaluate import Evaluation, World, compared_outcomes, evaluate
from sim.study.comparison.paired import (
    Interval,
    correlation,
    mean_interval,
    median_time,
    quantile_interval,
    ranking,
    regret_matrix,
    resamples,
)
from sim.study.comparison.result import BASELINE, Comparison, Policy, Row
from sim.study.progress import Progress

SHOWN = (
    "collapse_probability",
    "median_months_to_collapse",
    "months_to_collapse",
    "first_leaver_{0}",
    "first_leaver_{1}",
    "restored_probability",
    "deployment_{0}_europe",
    "deployment_{0}_asia",
    "deployment_{1}_europe",
    "crises",
    "payoff_joint",
    "payoff_{0}",
    "payoff_{1}",
    "payoff_{2}",
    "payoff_{3}",
)
"""Outcomes of a comparison, numbered braces standing for the actors' names by role."""

WORST_REGRET = "worst_case_regret"


def compare(
    policies: Sequence[Policy],
    worlds: Mapping[tuple[str, str], World],
    *,
    reading: str,
    readings: Sequence[str],
    objective: str,
    resampled: int,
    same: Mapping[tuple[str, str], tuple[str, str]],
    twins: Sequence[str] = (),
    progress: Progress,
) -> Comparison:
    """Return the comparison of `policies`, the baseline first.

    Parameters
    ----------
    worlds : (policy, reading) -> world
    reading : whose numbers rows and ranking are for; one of `readings`
    objective : outcome that ranking and regret are about
    resampled : number of resamples of the draws
    same : (policy, reading) -> an earlier one with the same world, which is not evaluated again
    twins : sentences about policies that are the same

    Raises
    ------
    ParameterError
        If the objective is no outcome, or worlds differ in draws, seed or horizon.
    """
    central = worlds[BASELINE, reading]
    units = {outcome.name: outcome.unit for outcome in compared_outcomes(central.scenario.actor_names)}
    if objective not in units or objective == "median_months_to_collapse":
        legal = ", ".join(name for name in units if name not in ("median_months_to_collapse",))
        raise ParameterError(f"comparison.objective must be one of {legal}, got {objective!r}")
    for world in worlds.values():
        if (world.engine.draws, world.engine.seed) != (central.engine.draws, central.engine.seed):
            raise ParameterError("policies must share draws and seed")
    evaluations = _evaluate_all(worlds, same, progress)
    names = tuple(policy.name for policy in policies)
    picks = resamples(central.engine.draws, resampled, central.engine.seed)

    def cube(outcome: str) -> np.ndarray:
        return np.array([[evaluations[name, each].outcomes[outcome] for each in readings] for name in names])

    regret = regret_matrix(objective, units[objective], names, tuple(readings), cube(objective), picks)
    payoff_regret = regret_matrix(
        "payoff_joint", units["payoff_joint"], names, tuple(readings), cube("payoff_joint"), picks
    )
    shown = [name.format(*central.scenario.actor_names) for name in SHOWN]
    if objective not in shown:
        shown.append(objective)
    rows: list[Row] = []
    base = evaluations[BASELINE, reading]
    for k, name in enumerate(names):
        own = evaluations[name, reading]
        rows += [_row(name, outcome, units[outcome], own, base, picks) for outcome in shown]
        rows.append(
            Row(
                policy=name,
                outcome=WORST_REGRET,
                unit=units[objective],
                estimate=float(regret.worst[k]),
                difference=float(regret.worst[k] - regret.worst[0]),
                low=None,
                high=None,
                standard_error=None,
                estimate_low=float(regret.worst_low[k]),
                estimate_high=float(regret.worst_high[k]),
                estimate_standard_error=None,
            )
        )
    collapse = "collapse_probability"
    return Comparison(
        scenario=central.scenario,
        reading=reading,
        seed=central.engine.seed,
        draws=central.engine.draws,
        horizon_months=central.engine.horizon_months,
        policies=tuple(policies),
        readings=tuple(readings),
        evaluations=evaluations,
        rows=tuple(rows),
        ranking=ranking(objective, names, cube(objective)[:, list(readings).index(reading)], picks),
        regret=regret,
        payoff_regret=payoff_regret,
        correlation={
            name: correlation(evaluations[name, reading].outcomes[collapse], base.outcomes[collapse])
            for name in names[1:]
        },
        twins=tuple(twins),
        notes=_notes(policies, evaluations, reading),
    )


def _evaluate_all(
    worlds: Mapping[tuple[str, str], World],
    same: Mapping[tuple[str, str], tuple[str, str]],
    progress: Progress,
) -> dict[tuple[str, str], Evaluation]:
    evaluations: dict[tuple[str, str], Evaluation] = {}
    todo = [key for key in worlds if key not in same]
    for number, key in enumerate(todo):

        def tell(_: str, share: float, number: int = number, key: tuple[str, str] = key) -> None:
            progress(f"{key[0]}, reading {key[1]}", (number + share) / len(todo))

        tell("", 0.0)
        evaluations[key] = evaluate(worlds[key], tell)
    return {key: evaluations[same.get(key, key)] for key in worlds}


def _row(policy: str, outcome: str, unit: str, own: Evaluation, base: Evaluation, picks: np.ndarray) -> Row:
    if outcome == "median_months_to_collapse":
        level, difference = _median_intervals(own, base, picks)
    else:
        values, before = own.outcomes[outcome], base.outcomes[outcome]
        level, difference = mean_interval(values), mean_interval(values - before)
    clip = unit == "probability"
    known = np.isfinite(level.mean)
    return Row(
        policy=policy,
        outcome=outcome,
        unit=unit,
        estimate=level.mean if known else None,
        difference=difference.mean if np.isfinite(difference.mean) else None,
        low=difference.low,
        high=difference.high,
        standard_error=difference.standard_error,
        estimate_low=max(level.low, 0.0) if clip and level.low is not None else level.low,
        estimate_high=min(level.high, 1.0) if clip and level.high is not None else level.high,
        estimate_standard_error=level.standard_error,
    )


def _median_intervals(own: Evaluation, base: Evaluation, picks: np.ndarray) -> tuple[Interval, Interval]:
    """Return the median time of the mean survival curve and its difference, both resampled over draws."""
    several = len(own.survival) > 1
    values = [
        (median_time(each.survival[picks].mean(axis=1), each.period_months) if several else np.zeros(0))
        for each in (own, base)
    ]
    middle = [float(median_time(each.survival.mean(axis=0), each.period_months)) for each in (own, base)]
    gaps = values[0] - values[1]
    return quantile_interval(values[0], middle[0]), quantile_interval(gaps, middle[0] - middle[1])


def _notes(
    policies: Sequence[Policy], evaluations: Mapping[tuple[str, str], Evaluation], reading: str
) -> tuple[str, ...]:
    notes = [f"{policy.title}: {policy.caution}" for policy in policies if policy.caution]
    titles = {policy.name: policy.title for policy in policies}
    own = [evaluation for (_, each), evaluation in evaluations.items() if each == reading]
    shared = [note for note in own[0].notes if all(note in evaluation.notes for evaluation in own)]
    for (name, each), evaluation in evaluations.items():
        if each == reading:
            notes += [f"{titles[name]}: {note}" for note in evaluation.notes if note not in shared]
        lost = int((~evaluation.converged).sum())
        if lost:
            notes.append(
                f"{titles[name]}, reading {each}: the equilibrium of {lost} of {len(evaluation.converged)} draws "
                "did not converge"
            )
    return tuple(dict.fromkeys([*notes, *shared]))
