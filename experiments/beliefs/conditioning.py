"""What conditioning on beliefs changes: python experiments/beliefs/conditioning.py [draws] [draws solved]."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.app.experiment import given, publish
from sim.app.plan import load
from sim.engine.exact import exact_outcomes
from sim.games.treaty.type_space import type_space
from sim.model.types import BeliefOptions
from sim.report.lines import Line, Panel, lines_png
from sim.report.numbers import fixed, percent
from sim.study.belief_profile import BELIEF_EQUILIBRIUM
from sim.study.casting import Casting
from sim.study.draws import games_of, values_of
from sim.study.estimates import Z95
from sim.study.profiles import build_profile

HERE = Path(__file__).parent
SEED, DRAWS, SOLVED, PERIODS = 20190802, 16, 8, 84
THRESHOLDS = [0.6, 0.7, 0.8, 0.9, 0.95, 0.98]
GRID = BeliefOptions(resolution=0.1, clip=5.0, conjecture="true")
COARSE = BeliefOptions(resolution=1.0, clip=2.0)
OTHERS = ("tit_for_tat", "backing_ally", "building_outsider")


def silent(label, share):
    del label, share


def world(draws, start):
    """Only Russia has a secret: a hidden stock or none. Without evidence at the start, what is known is the prior."""
    plan = load("inf_2019", ["types=accusations", *start])
    scenario = replace(plan.scenario, types={"russia": plan.scenario.types["russia"]})
    return plan, scenario, games_of(scenario, draws, SEED), values_of(scenario, draws, SEED)


def cast_of(plan, scenario, games, values, names, automata, beliefs):
    how = {"workers": os.cpu_count() or 1, "progress": silent}
    solved = {}
    profile, _ = build_profile(games, names, automata, plan.solver, solved=solved, **how)
    return Casting(
        games=games,
        space=type_space(scenario, values),
        values=values,
        names=names,
        actors=scenario.actor_names,
        automata=automata,
        options=plan.solver,
        beliefs=beliefs,
        solved=solved,
        **how,
    ).cast(profile)


def collapse(cast, draws):
    """Exact collapse probability of every draw, by type: [draws, compliant and in breach and both]."""
    found = np.empty((draws, 3))
    for draw in range(draws):
        for number, (games, profile) in enumerate(zip(cast.games, cast.profiles, strict=True)):
            outcomes = exact_outcomes(games, draw, profile, PERIODS, law=cast.law(draw))
            found[draw, number] = outcomes.outcomes["collapse_probability"]
        found[draw, 2] = cast.weights[draw] @ found[draw, :2]
    return found


def interval(values):
    """Mean over draws and the ends of its 95 % interval; the draws are the only uncertainty."""
    mean = values.mean(axis=0)
    error = Z95 * values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return {"mean": mean.tolist(), "low": (mean - error).tolist(), "high": (mean + error).tolist()}


def triggers(draws):
    plan, scenario, games, values = world(draws, ["start.evidence={usa:0,russia:0}"])
    shipped = plan.automata["suspicious_trigger"]
    convinced, exit_ = shipped["transitions"]
    results = {}
    for threshold in [None, *THRESHOLDS]:
        asked = {**convinced, "when": {"doubt_other_at_least": threshold}}
        if threshold is None:
            asked = {"from": "calm", "to": "convinced", "on": ["alarm_other"]}
        automata = {**plan.automata, "trigger": {**shipped, "transitions": [asked, exit_]}}
        cast = cast_of(plan, scenario, games, values, ("trigger", *OTHERS), automata, GRID)
        results[threshold] = collapse(cast, draws)
        print(threshold, results[threshold].mean(axis=0).round(3), flush=True)
    first = results[None]
    return {
        "draws": draws,
        "threshold": THRESHOLDS,
        "first_alarm": interval(first),
        "suspicious": [interval(results[each]) for each in THRESHOLDS],
        "difference": [interval(results[each] - first) for each in THRESHOLDS],
    }


def equilibria(draws):
    plan, scenario, games, values = world(draws, [])
    names = ("equilibrium",) * 4
    parts = []
    for beliefs in (COARSE, BeliefOptions()):
        cast = cast_of(plan, scenario, games, values, names, plan.automata, beliefs)
        parts.append((cast, collapse(cast, draws)))
        print(cast.solution, cast.reason, parts[-1][1].mean(axis=0).round(3), flush=True)
    (cast, believing), (_, plain) = parts
    assert cast.solution == BELIEF_EQUILIBRIUM, cast.reason
    return {
        "draws": draws,
        "points": list(cast.certificate.points),
        "residual": float(cast.certificate.residual.max()),
        "regret": float(cast.certificate.regret.max()),
        "mismatch": float(cast.certificate.mismatch.max()),
        "in_beliefs": interval(believing),
        "without_types": interval(plain),
        "difference": interval(believing - plain),
    }


def measure(draws, solved):
    return {"years": PERIODS / 12, "triggers": triggers(draws), "equilibria": equilibria(solved)}


def spread(numbers, place):
    low, mean, high = (numbers[key][place] for key in ("low", "mean", "high"))
    return f"{fixed(100 * mean, 1)} points (95 % interval {fixed(100 * low, 1)} to {fixed(100 * high, 1)})"


def sentences(numbers):
    told, solved, years = numbers["triggers"], numbers["equilibria"], numbers["years"]
    at = THRESHOLDS.index(0.9)
    first, suspicious = told["first_alarm"]["mean"], told["suspicious"][at]["mean"]
    return [
        f"Against a Russia that plays tit for tat, the United States that leaves at the first alarm about it ends "
        f"the treaty within {years:g} years with a compliant Russia in {percent(first[0])} of plays and with one in "
        f"breach in {percent(first[1])}; leaving at a posterior of 90 % instead, in {percent(suspicious[0])} and "
        f"{percent(suspicious[1])} (exact, mean of {told['draws']} prior draws).",
        f"Paired by draw, asking for 90 % changes the collapse probability by {spread(told['difference'][at], 2)}: by "
        f"{spread(told['difference'][at], 0)} where Russia complies, by {spread(told['difference'][at], 1)} where it "
        f"does not.",
        f"In equilibrium ({solved['points'][1]} points of doubt about Russia, {solved['draws']} draws, residual up to "
        f"{solved['residual']:.0e}, regret up to {fixed(solved['regret'], 2)} payoff units, steps of belief within "
        f"{fixed(solved['mismatch'], 2)}) letting strategies depend on beliefs changes the collapse probability by "
        f"{spread(solved['difference'], 2)} against the profile solved without types.",
    ]


def figure(numbers):
    told = numbers["triggers"]
    lines = []
    for place, title in ((1, "in breach"), (0, "compliant")):
        bars = {
            name: [each[key][place] for each in told["suspicious"]]
            for name, key in (("y", "mean"), ("low", "low"), ("high", "high"))
        }
        lines.append(Line(label=f"{title}, left if convinced", x=THRESHOLDS, **bars))
        lines.append(
            Line(
                label="_" if place else "left at the first alarm",
                x=[THRESHOLDS[0], THRESHOLDS[-1]],
                y=[told["first_alarm"]["mean"][place]] * 2,
                theory=True,
            )
        )
    panel = Panel(
        lines=lines,
        xlabel="belief in a breach at which the United States leaves",
        ylabel=f"treaty ended after {numbers['years']:g} years",
        percent=True,
    )
    note = f"inf_2019 without evidence, exact engine, mean of {told['draws']} draws with 95 % intervals"
    return lines_png("Asking for conviction of a Russia in breach or not", note, [panel])


if __name__ == "__main__":
    found = measure(*given(DRAWS, SOLVED))
    publish(HERE, found, sentences(found), figure(found))
