"""How good must verification be: python experiments/verification/run.py [draws]."""

from pathlib import Path

from sim.app.comparison_plan import load_world
from sim.app.experiment import given, publish
from sim.report.lines import Line, Panel, lines_png
from sim.report.numbers import fixed, percent
from sim.study.analysis.thresholds import grim_critical_discount
from sim.study.comparison.evaluate import evaluate
from sim.study.comparison.paired import mean_interval

HERE = Path(__file__).parent
DRAWS = 5
DETECTION = [0.2, 0.5, 0.8, 0.95]
WORLDS = {"inf_2019": "October 2018", "inf_1988": "June 1988"}
BOTH = "treaty.detection_of={usa:null,russia:null}"


def measure(draws):
    rows = {}
    for scenario in WORLDS:
        rows[scenario] = []
        for detection in DETECTION:
            world = load_world(scenario, [f"engine.draws={draws}", f"treaty.detection={detection}", BOTH])
            found = evaluate(world, lambda _, __: None)
            rows[scenario].append(
                {
                    "detection": detection,
                    "converged": int(found.converged.sum()),
                    **{
                        name: mean_interval(found.outcomes[name])._asdict()
                        for name in ("collapse_probability", "months_to_collapse", "payoff_joint")
                    },
                }
            )
            print(scenario, detection, flush=True)
    return {"draws": draws, "worlds": rows, "theory": theory()}


def theory():
    """The detection that grim trigger needs in a repeated dilemma of (5, 3, 1), at patience 0.92 a year (AT-07)."""
    needed = {}
    for alarm in (0.0, 0.05):
        low, high = alarm, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            enough = grim_critical_discount(alarm, middle, temptation=5, reward=3, punishment=1) <= 0.92
            low, high = (low, middle) if enough else (middle, high)
        needed[str(alarm)] = high
    return needed


def sentences(numbers):
    made = []
    for scenario, words in WORLDS.items():
        rows = numbers["worlds"][scenario]
        first, last = rows[0], rows[-1]
        change = last["collapse_probability"]["mean"] - first["collapse_probability"]["mean"]
        made.append(
            f"From {words}, the treaty ends within seven years in {told(first)} of plays if breaches are seen with "
            f"probability {first['detection']:g} a year, in {told(last)} with {last['detection']:g} "
            f"({numbers['draws']} parameter draws): a change of {fixed(100 * change, 1)} percentage points."
        )
    needed = numbers["theory"]
    made.append(
        "In the repeated dilemma of theory (payoffs 5, 3, 1; patience 0.92 a year; grim trigger, AT-07) a detection "
        f"of {fixed(needed['0.0'])} a year deters without false alarms, and {fixed(needed['0.05'])} with one in twenty "
        "years."
    )
    return made


def told(row):
    found = row["collapse_probability"]
    if found["low"] is None:
        return percent(found["mean"], 0.005)
    low, high = max(found["low"], 0.0), min(found["high"], 1.0)
    return f"{percent(found['mean'], 0.005)} ({percent(low)} to {percent(high)})"


def figure(numbers):
    def lines(outcome, clip):
        return [
            Line(
                label=words,
                x=DETECTION,
                y=[row[outcome]["mean"] for row in numbers["worlds"][scenario]],
                low=[end(row[outcome], "low", clip) for row in numbers["worlds"][scenario]],
                high=[end(row[outcome], "high", clip) for row in numbers["worlds"][scenario]],
            )
            for scenario, words in WORLDS.items()
        ]

    def end(found, name, clip):
        value = found["mean"] if found[name] is None else found[name]
        return min(max(value, 0.0), 1.0) if clip else value

    panels = [
        Panel(
            lines=lines("collapse_probability", True),
            xlabel="probability per year that a breach is seen",
            ylabel="treaty ends within 7 years",
            percent=True,
        ),
        Panel(
            lines=lines("payoff_joint", False),
            xlabel="probability per year that a breach is seen",
            ylabel="joint payoff of the four,\npayoff units over seven years",
        ),
    ]
    return lines_png(
        "How good must verification be?", f"{numbers['draws']} draws, equilibrium of each", panels
    )


if __name__ == "__main__":
    found = measure(*given(DRAWS))
    publish(HERE, found, sentences(found), figure(found))
