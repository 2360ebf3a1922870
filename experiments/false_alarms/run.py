"""False alarms kill honest treaties: python experiments/false_alarms/run.py."""

from pathlib import Path

import numpy as np

from sim.app.comparison_plan import load_world
from sim.app.experiment import publish
from sim.report.lines import Line, Panel, lines_png
from sim.report.numbers import percent
from sim.study.analysis.thresholds import alarm_of_half_life, survival_under_alarms
from sim.study.comparison.evaluate import evaluate

HERE = Path(__file__).parent
ALARMS = [0.0, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3]
PLANS = {"grim_trigger": 1, "tolerance_2": 2, "tolerance_3": 3, "tolerance_5": 5}
YEARS = 7.0
CLOCK_YEARS = 7 / 12  # the six months of notice, and the month between an alarm and the notice


def theory(alarms, tolerated):
    return survival_under_alarms(alarms, YEARS - CLOCK_YEARS, tolerated=tolerated, period_years=1 / 12)


def measure():
    collapse = {name: [] for name in PLANS}
    for name in PLANS:
        for alarm in ALARMS:
            world = load_world(
                "inf_2019",
                [
                    f"strategy={name}",
                    "strategy.nato=always_uphold",
                    "strategy.china=always_uphold",
                    f"treaty.false_alarm={alarm}",
                    "engine.draws=1",
                    "start.evidence={usa:0,russia:0}",
                ],
            )
            found = evaluate(world, lambda _, __: None)
            collapse[name].append(float(found.outcomes["collapse_probability"][0]))
    standing = {name: (1 - theory(np.array(ALARMS), count)).tolist() for name, count in PLANS.items()}
    gap = max(abs(np.array(collapse[name]) - standing[name]).max() for name in PLANS)
    return {
        "years": YEARS,
        "false_alarm": ALARMS,
        "collapse": collapse,
        "theory": standing,
        "largest_gap": float(gap),
        "half_life_alarm": float(alarm_of_half_life(YEARS - CLOCK_YEARS)),
    }


def sentences(numbers):
    at = numbers["false_alarm"].index(0.05)
    grim, *_, patient = (numbers["collapse"][name][at] for name in PLANS)
    third = numbers["collapse"]["tolerance_3"][at]
    return [
        f"Between two parties that never breach, at one false alarm in twenty years against each (the default's "
        f"mode), a treaty that is left at the first alarm ends within {numbers['years']:g} years in {percent(grim)} "
        f"of plays; at the third alarm in {percent(third)}, at the fifth in {percent(patient)}.",
        f"Half of all such treaties are dead after {numbers['years']:g} years once the false-alarm probability "
        f"reaches {percent(numbers['half_life_alarm'], 0.001)} a year, with grim trigger; nobody has to breach for it.",
        f"The exact engine and the theory of alarms (AT-07, AT-08) differ by at most "
        f"{numbers['largest_gap']:.1e} in any probability shown.",
    ]


def figure(numbers):
    fine = np.linspace(0, 0.3, 121)
    lines = []
    for name, count in PLANS.items():
        label = "at the first alarm (grim trigger)" if count == 1 else f"at alarm number {count}"
        lines.append(Line(label=label, x=numbers["false_alarm"], y=numbers["collapse"][name]))
        curve = 1 - theory(fine, count)
        lines.append(Line(label="theory" if count == 1 else "_", x=fine, y=curve, theory=True))
    panel = Panel(
        lines=lines,
        xlabel="false alarms: probability per year of compliance, each party",
        ylabel=f"treaty ended after {numbers['years']:g} years",
        percent=True,
        marks=[(numbers["half_life_alarm"], "half are dead")],
    )
    return lines_png("Honest treaties, left at an alarm", "inf_2019 without evidence, exact engine", [panel])


if __name__ == "__main__":
    found = measure()
    publish(HERE, found, sentences(found), figure(found))
