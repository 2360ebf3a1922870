"""Ultimatum or inspections: python experiments/ultimatum_or_inspections/run.py [draws]."""

from pathlib import Path

from sim.app.comparison_plan import load_comparison
from sim.app.experiment import given, publish
from sim.report.comparison_figures import differences_figure, height_of
from sim.report.comparison_words import difference_words
from sim.report.numbers import fixed, percent
from sim.report.style import house_style, new_figure
from sim.report.write import saved
from sim.study.comparison.result import BASELINE, Row

HERE = Path(__file__).parent
DRAWS = 8
POLICIES = ["longer_ultimatum", "no_ultimatum", "inspections_exchanged", "inspections_only"]
TOLD = ("collapse_probability", "months_to_collapse", "payoff_joint")


def compared(draws):
    settings = [
        f"engine.draws={draws}",
        "comparison.readings=[neutral]",
        "comparison.objective=months_to_collapse",
    ]
    return load_comparison(POLICIES, settings, directories=[HERE]).run()


def numbers_of(result):
    rows = {
        policy.name: {
            "title": policy.title,
            **{
                outcome: {
                    name: getattr(result.row(policy.name, outcome), name) for name in Row.__dataclass_fields__
                }
                for outcome in TOLD
            },
        }
        for policy in result.policies
    }
    return {
        "draws": result.draws,
        "reading": result.reading,
        "converged": bool(all(each.converged.all() for each in result.evaluations.values())),
        "best_probability": dict(zip(result.ranking.order, result.ranking.best.tolist(), strict=True)),
        "policies": rows,
    }


def sentences(numbers):
    base = numbers["policies"][BASELINE]
    made = [
        f"As it was, the treaty ends within seven years in {percent(base['collapse_probability']['estimate'], 0.001)} "
        f"of plays, after {fixed(base['months_to_collapse']['estimate'], 1)} months in the mean "
        f"({numbers['draws']} parameter draws, equilibrium of each)."
    ]
    for name in POLICIES:
        rows = {outcome: Row(**numbers["policies"][name][outcome]) for outcome in TOLD}
        told = "; ".join(
            f"{word} {difference_words(rows[outcome])}"
            for word, outcome in (
                ("collapse", "collapse_probability"),
                ("time to the end", "months_to_collapse"),
                ("joint payoff", "payoff_joint"),
            )
        )
        made.append(f"{numbers['policies'][name]['title']}: {told}.")
    best = max(numbers["best_probability"], key=numbers["best_probability"].get)
    made.append(
        f"By time to the end the best is “{numbers['policies'][best]['title']}”, with probability "
        f"{percent(numbers['best_probability'][best])} over resampled draws."
    )
    return made


def figure(result):
    with house_style():
        drawn = new_figure(
            height_of(result, 1.45), "Ultimatum or inspections, against the baseline", f"{result.draws} draws"
        )
        differences_figure(drawn, result)
        return saved(drawn, "png")


if __name__ == "__main__":
    result = compared(*given(DRAWS))
    found = numbers_of(result)
    publish(HERE, found, sentences(found), figure(result))
