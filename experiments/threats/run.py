"""Do threats that free the other deter: python experiments/threats/run.py [draws]."""

import os
from pathlib import Path

import numpy as np

from sim.app.automata import AutomatonShelf
from sim.app.experiment import given, publish
from sim.app.plan import load
from sim.report.lines import Line, Panel, lines_png
from sim.report.numbers import fixed, percent
from sim.study.claims.threat import notice_against_compliance
from sim.study.claims.worlds import Variant, Worlds
from sim.study.comparison.paired import mean_interval

HERE = Path(__file__).parent
DRAWS = 5
HARM = [0.5, 1.0, 2.0, 4.0]
CONSENT = {"needed": "allies must consent to host", "free": "no consent needed"}


def measure(draws):
    plans = {name: load(name) for name in ("inf_2019", "inf_1988")}
    plan = plans["inf_2019"]
    worlds = Worlds(
        {name: each.scenario for name, each in plans.items()},
        AutomatonShelf(),
        draws=draws,
        counterfactual_draws=2,
        seed=plan.engine.seed,
        solver=plan.solver,
        workers=os.cpu_count() or 1,
    )
    rows = {name: [] for name in CONSENT}
    for name, found in rows.items():
        for harm in HARM:
            components = (("consent", False),) if name == "free" else ()
            world = worlds.solve(Variant(components=components, weights=(("security", 1, harm),)), draws)
            after, complying = notice_against_compliance(world)
            gain = (after - complying)[world.usable]
            found.append(
                {
                    "harm": harm,
                    "usable": int(world.usable.sum()),
                    "deters": float((gain < 0).mean()) if gain.size else None,
                    "gain": mean_interval(gain)._asdict() if gain.size else None,
                }
            )
            print(name, harm, flush=True)
    return {"draws": draws, "rows": rows}


def sentences(numbers):
    made = []
    for name, words in CONSENT.items():
        rows = numbers["rows"][name]
        now = next(row for row in rows if row["harm"] == 1.0)
        top = rows[-1]
        made.append(
            f"With the harm that the model assumes ({words}), American notice leaves Russia "
            f"{amount(now)} than complying and being left in peace; the threat deters in {percent(now['deters'])} of "
            f"{now['usable']} usable draws."
        )
        made.append(
            f"Were the missiles that leaving would bring {top['harm']:g} times as harmful to Russia, notice would "
            f"leave it {amount(top)}, and the threat would deter in {percent(top['deters'])} of {top['usable']}."
        )
    return made


def amount(row):
    gain = row["gain"]
    word = "better off" if gain["mean"] >= 0 else "worse off"
    interval = ""
    if gain["low"] is not None:
        ends = sorted((np.sign(gain["mean"]) * gain["low"], np.sign(gain["mean"]) * gain["high"]))
        interval = f" (95 % interval {fixed(float(ends[0]))} to {fixed(float(ends[1]))})"
    return f"{fixed(abs(gain['mean']))} payoff units {word}{interval}"


def figure(numbers):
    def line(name, of):
        return [of(row) for row in numbers["rows"][name]]

    gains = Panel(
        lines=[
            Line(
                label=words,
                x=HARM,
                y=line(name, lambda row: row["gain"]["mean"]),
                low=line(name, lambda row: row["gain"]["low"] or row["gain"]["mean"]),
                high=line(name, lambda row: row["gain"]["high"] or row["gain"]["mean"]),
            )
            for name, words in CONSENT.items()
        ],
        xlabel="harm of American missiles in Europe to Russia, times the default",
        ylabel="Russia's gain from US notice\nover complying, payoff units",
        zero=True,
        marks=[(1.0, "the model")],
    )
    shares = Panel(
        lines=[
            Line(label=words, x=HARM, y=line(name, lambda row: row["deters"]))
            for name, words in CONSENT.items()
        ],
        xlabel="harm of American missiles in Europe to Russia, times the default",
        ylabel="draws in which the\nthreat deters",
        percent=True,
    )
    return lines_png(
        "Do threats that free the other deter?",
        f"{numbers['draws']} draws, equilibrium of each",
        [gains, shares],
    )


if __name__ == "__main__":
    found = measure(*given(DRAWS))
    publish(HERE, found, sentences(found), figure(found))
