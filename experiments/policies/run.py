"""Twelve policies under three readings: python experiments/policies/run.py [draws], or [directory of a comparison]."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from sim.app.experiment import publish
from sim.report.comparison_words import difference_words
from sim.report.numbers import fixed, percent
from sim.study.comparison.result import BASELINE, Row

HERE = Path(__file__).parent
DRAWS = 4
POLICIES = (
    "better_verification",
    "fewer_false_alarms",
    "inspections_exchanged",
    "china_joins",
    "longer_ultimatum",
    "longer_notice",
    "escape_clause",
    "sanctions_relief",
    "no_deployment_in_europe",
    "nato_united",
    "nato_mediating",
    "climate_clears",
)
COLLAPSE, MONTHS, JOINT = "collapse_probability", "months_to_collapse", "payoff_joint"
REGRET = "regret.png"


def compare(draws, directory):
    """Run the command as a reader would."""
    words = [f"policies=[{','.join(POLICIES)}]", f"engine.draws={draws}", f"hydra.run.dir={directory}"]
    subprocess.run([sys.executable, "-m", "sim", "compare", *words], check=True)


def numbers_of(directory):
    told, made = (
        json.loads((directory / f"{name}.json").read_text("utf-8")) for name in ("summary", "manifest")
    )
    kept = {
        name: {outcome: rows[outcome] for outcome in (COLLAPSE, MONTHS, JOINT)}
        for name, rows in told["outcomes"].items()
    }
    return {
        "source": made["source"],
        **{name: told[name] for name in ("draws", "seed", "reading", "horizon_months", "notes")},
        "titles": {policy["name"]: policy["title"] for policy in told["policies"]},
        "outcomes": kept,
        "ranking": told["ranking"],
        "regret": told["regret"],
        "payoff_regret": told["payoff_regret"],
    }


def row_of(numbers, name, outcome):
    return Row(policy=name, outcome=outcome, **numbers["outcomes"][name][outcome])


def named(numbers, name):
    return "doing nothing" if name == BASELINE else f"“{numbers['titles'][name]}”"


def sentences(numbers):
    base = row_of(numbers, BASELINE, COLLAPSE)
    ranking, regret = numbers["ranking"], numbers["regret"]
    order = [name for name in ranking["order"] if name != BASELINE]
    made = [
        f"Without a policy the treaty ends within {numbers['horizon_months'] / 12:g} years in "
        f"{percent(base.estimate, 0.0005)} of plays (reading {numbers['reading']}, {numbers['draws']} draws)."
    ]
    places = "; ".join(
        f"{k}. {named(numbers, name)} {difference_words(row_of(numbers, name, COLLAPSE))}"
        for k, name in enumerate(order[:4], 1)
    )
    best = max(zip(ranking["best"], ranking["order"], strict=True))
    made.append(
        f"By collapse probability: {places}. {named(numbers, best[1])[:1].upper()}{named(numbers, best[1])[1:]} is "
        f"the best with probability {percent(best[0])} over resampled draws, and the whole ranking is right with "
        f"probability {percent(ranking['whole'])}."
    )
    low = [
        name for name in ranking["order"] if ranking["order"].index(name) > ranking["order"].index(BASELINE)
    ]
    made.append(
        "Ranked below doing nothing: "
        + (", ".join(f"{named(numbers, name)}" for name in low) if low else "none of the twelve")
        + "."
    )
    made.append(regret_sentence(numbers, regret, "collapse probability", 100, "percentage points"))
    payoff = numbers["payoff_regret"]
    made.append(regret_sentence(numbers, payoff, "joint payoff", 1, payoff["unit"]))
    return made


def regret_sentence(numbers, regret, words, scale, unit):
    """The policy with the smallest worst regret, and what doing nothing would cost."""
    safest = min(regret["worst"], key=regret["worst"].get)
    by_reading = ", ".join(
        f"{reading} {fixed(scale * value, 2)}" for reading, value in regret["regret"][safest].items()
    )
    nothing = (
        f"; doing nothing has {fixed(scale * regret['worst'][BASELINE], 2)}" if safest != BASELINE else ""
    )
    return (
        f"In {words} the smallest worst regret across the readings is that of {named(numbers, safest)}: "
        f"{fixed(scale * regret['worst'][safest], 2)} {unit} ({by_reading}){nothing}."
    )


def publish_from(directory):
    numbers = numbers_of(directory)
    figures = directory / "figures"
    (HERE / REGRET).write_bytes((figures / REGRET).read_bytes())
    publish(HERE, numbers, sentences(numbers), (figures / "differences.png").read_bytes())


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else str(DRAWS)
    if given.isdigit():
        with tempfile.TemporaryDirectory() as place:
            compare(int(given), Path(place))
            publish_from(Path(place))
    else:
        publish_from(Path(given))
