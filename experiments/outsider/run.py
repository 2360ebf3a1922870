"""When does China's build-up make the treaty worthless: python experiments/outsider/run.py [draws]."""

from pathlib import Path

import numpy as np

from sim.app.comparison_plan import load_world
from sim.app.experiment import given, publish
from sim.report.lines import Line, Panel, lines_png
from sim.report.numbers import fixed, percent
from sim.study.comparison.evaluate import evaluate
from sim.study.comparison.paired import mean_interval

HERE = Path(__file__).parent
TOP = 6
LEVELS = range(TOP + 1)
DRAWS = 24
PARTIES = {"usa": "the United States", "russia": "Russia"}
STILL = ["components.review=false", f"components.outsider_levels={TOP}", "strategy.china=holding_outsider"]
KEPT = ["strategy.usa=always_uphold", "strategy.russia=always_uphold", "strategy.nato=always_uphold"]
ENDED = ["start.phase=ended", "components.restoration=false"]


def payoffs(draws, *overrides):
    world = load_world("inf_2019", [f"engine.draws={draws}", *STILL, *overrides])
    found = evaluate(world, lambda _, __: None)
    assert found.converged.all()
    return {party: found.outcomes[f"payoff_{party}"] for party in PARTIES}


def measure(draws):
    worth = {
        bound: {party: np.zeros((len(LEVELS), draws)) for party in PARTIES} for bound in ("free", "bound")
    }
    for level in LEVELS:
        for bound, values in worth.items():
            at = [f"start.outsider_level={level}", f"start.outsider_bound={str(bound == 'bound').lower()}"]
            kept = payoffs(draws, *at, *KEPT)
            ended = payoffs(draws, *at, *ENDED, "start.evidence={usa:0,russia:0}")
            for party in PARTIES:
                values[party][level] = kept[party] - ended[party]
    return {
        "draws": draws,
        "level": [level / TOP for level in LEVELS],
        "worth": {
            bound: {party: [summary(row) for row in values] for party, values in parties.items()}
            for bound, parties in worth.items()
        },
        "crossing": {party: crossing(worth["free"][party]) for party in PARTIES},
    }


def summary(values):
    found = mean_interval(values)
    return {
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "worthless": float((values < 0).mean()),
    }


def crossing(values):
    """The arsenal at which the mean worth is zero: AT-21's m* = (R - P) / kappa, the line fitted to the levels."""
    x = np.array(LEVELS) / TOP
    slope, intercept = np.polyfit(x, values.mean(axis=1), 1)
    fitted = slope * x + intercept
    return {
        "worth_without": float(intercept),
        "slope": float(slope),
        "arsenal": float(-intercept / slope) if slope < 0 else None,
        "largest_deviation": float(np.abs(fitted - values.mean(axis=1)).max()),
    }


def sentences(numbers):
    made = []
    for party, title in PARTIES.items():
        free, line = numbers["worth"]["free"][party], numbers["crossing"][party]
        start, end = free[0], free[-1]
        where = (
            "it does not reach zero at any build-up"
            if line["arsenal"] is None
            else f"on a straight line it would be worth nothing at {fixed(line['arsenal'], 1)} times the largest "
            "arsenal of the model"
            if line["arsenal"] > 1
            else f"it is worth nothing from {percent(line['arsenal'])} of the largest arsenal on"
        )
        made.append(
            f"For {title} a treaty that is kept for seven years is worth {fixed(start['mean'])} payoff units more "
            f"than none (95 % interval {fixed(start['low'])} to {fixed(start['high'])}) without a Chinese arsenal, and "
            f"{fixed(end['mean'])} ({fixed(end['low'])} to {fixed(end['high'])}) beside the largest; {where}."
        )
        made.append(
            f"It is worth less than nothing to {title} in {percent(start['worthless'])} of draws without, in "
            f"{percent(end['worthless'])} beside the largest arsenal."
        )
    bound = numbers["worth"]["bound"]["usa"]
    made.append(
        f"With China bound under the ceiling, the worth to the United States is {fixed(bound[0]['mean'])} beside no "
        f"arsenal and {fixed(bound[-1]['mean'])} beside the largest."
    )
    return made


def figure(numbers):
    lines = []
    for bound, words in (("free", "not bound"), ("bound", "bound")):
        for party, title in PARTIES.items():
            rows = numbers["worth"][bound][party]
            lines.append(
                Line(
                    label=f"{title.removeprefix('the ')}, China {words}",
                    x=numbers["level"],
                    y=[row["mean"] for row in rows],
                    low=[row["low"] for row in rows],
                    high=[row["high"] for row in rows],
                )
            )
    panel = Panel(
        lines=lines,
        xlabel="China's arsenal, share of the largest",
        ylabel="worth of the kept treaty,\npayoff units over seven years",
        zero=True,
    )
    shares = Panel(
        lines=[
            Line(
                label=title,
                x=numbers["level"],
                y=[row["worthless"] for row in numbers["worth"]["free"][party]],
            )
            for party, title in PARTIES.items()
        ],
        xlabel="China's arsenal, share of the largest (not bound)",
        ylabel="draws in which it is\nworth less than nothing",
        percent=True,
    )
    return lines_png(
        "What the treaty is worth beside an outsider",
        f"{numbers['draws']} draws, exact engine",
        [panel, shares],
    )


if __name__ == "__main__":
    found = measure(*given(DRAWS))
    publish(HERE, found, sentences(found), figure(found))
