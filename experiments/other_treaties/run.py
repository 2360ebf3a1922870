"""Leave one treaty out: forecasts of breakdown from the other treaties, their scores, a table and a figure.

python experiments/other_treaties/run.py [--draws 12]
"""

import argparse
import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import sim
from sim.report.numbers import percent
from sim.report.style import BLUE, GREY, INK, ORANGE, house_style, new_figure, place
from sim.report.write import saved
from sim.study.leave_one_out import (
    Case,
    Forecasts,
    breakdown_probability,
    common_games,
    leave_one_out,
    scores,
)
from sim.study.profiles import build_profile

HERE = Path(__file__).parent
MONTHS = 60.0
SEED = 20190802
CASES = {  # scenario: (treaty, whether a party suspended or left within the window)
    "inf_2019": ("INF", True),
    "abm_2001": ("ABM", True),
    "open_skies_2020": ("Open Skies", True),
    "cfe_2007": ("CFE", True),
    "new_start_2016": ("New START", False),
    "new_start_2021": ("New START", True),
    "jcpoa_2018": ("JCPOA", True),
    "npt_1993": ("NPT", False),
    "npt_2002": ("NPT", True),
    "cwc_1997": ("CWC", False),
    "inf_1988": ("INF", False),
}
LEAN = [  # the same for all: what follows the end cannot change whether it comes within the window by much
    "components.restoration=false",
    "components.review=false",
    "components.consent=false",
    "components.deployment_levels=1",
]
LIMITS = (
    "few cases (11, of 8 treaties), selected because they are known, breakdowns clustered after 2001 and 2018, "
    "starts of crises chosen with hindsight, stakes coded by one person who knew the outcomes"
)


def evaluated(draws: int) -> tuple[list[Case], np.ndarray, list[str]]:
    """Solve every case in the common draws; return cases, probabilities [cases, draws] and remarks."""
    cases, rows, remarks = [], [], []
    for name, (treaty, broke_down) in CASES.items():
        first, second = sim.load(name).scenario.party_names
        plan = sim.load(name, overrides=[*LEAN, f"components.deployments={{{first}:false,{second}:false}}"])
        scenario = plan.scenario
        games = common_games(scenario, draws, SEED)
        names = tuple(plan.strategies[actor] for actor in scenario.actor_names)
        profile, solved = build_profile(
            games, names, plan.automata, plan.solver, workers=1, progress=lambda *_: None
        )
        assert solved is not None
        converged = np.asarray(solved.converged) > 0
        failed = int((~converged).sum())
        if failed:
            remarks.append(f"{name}: {failed} of {draws} equilibria did not converge and do not count")
        periods = round(MONTHS / scenario.treaty.period_months)
        rows.append(
            [
                breakdown_probability(games, d, profile, periods)[-1] if converged[d] else np.nan
                for d in range(draws)
            ]
        )
        cases.append(Case(scenario=scenario, treaty=treaty, months=MONTHS, broke_down=broke_down))
        print(f"{name:18} {np.nanmean(rows[-1]):.2f}  happened: {broke_down}", flush=True)
    return cases, np.array(rows), remarks


def draw_forecasts(figure: Figure, found: Forecasts) -> None:
    """One row per case: prior spread, forecast, base rate; filled where it broke down."""
    axes = place(figure, 1.55, 0.95, 0.25, 0.45)
    for row, name in enumerate(found.names):
        low, high = np.nanquantile(found.by_draw[row], [0.1, 0.9])
        axes.hlines(row, low, high, color=GREY, linewidth=5, alpha=0.35)
        axes.plot(found.base[row], row, "|", color=ORANGE, markersize=13, markeredgewidth=2.2)
        happened = bool(found.outcome[row])
        axes.plot(
            found.forecast[row],
            row,
            "o",
            color=BLUE,
            markersize=8,
            markerfacecolor=BLUE if happened else "white",
            markeredgewidth=1.6,
        )
        del name
    labels = [
        f"{name}\n{'broke down' if y else 'held'}" for name, y in zip(found.names, found.outcome, strict=True)
    ]
    axes.set_yticks(range(len(labels)), labels, fontsize=8)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_xlim(-0.02, 1.02)
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.set_xlabel(
        "probability that a party suspends or leaves within five years\n"
        "dot: model without this treaty (filled: it did); bar: base rate of the others;\n"
        "band: middle 80 % of prior draws",
        fontsize=8,
        color=INK,
    )
    axes.grid(axis="x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=12)
    draws = parser.parse_args().draws
    cases, by_draw, remarks = evaluated(draws)
    found = leave_one_out(cases, by_draw)
    table = scores(found)
    record = {
        "draws": draws,
        "months": MONTHS,
        "limits": LIMITS,
        "remarks": remarks,
        "cases": [
            {
                "scenario": name,
                "treaty": treaty,
                "broke_down": bool(y),
                "prior": round(float(q), 4),
                "forecast": round(float(f), 4),
                "base_rate": round(float(b), 4),
                "effective_draws": round(float(e), 1),
                "by_draw": [None if np.isnan(p) else round(float(p), 4) for p in found.by_draw[row]],
            }
            for row, (name, treaty, y, q, f, b, e) in enumerate(
                zip(
                    *(found.names, found.treaties, found.outcome, found.prior, found.forecast, found.base),
                    found.effective,
                    strict=True,
                )
            )
        ],
        "scores": {name: {k: round(v, 4) for k, v in each.items()} for name, each in table.items()},
    }
    (HERE / "forecasts.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    with house_style():
        figure = new_figure(
            1.5 + 0.4 * len(cases), "Foreseen from the other treaties", f"{draws} common draws"
        )
        draw_forecasts(figure, found)
        (HERE / "forecasts.png").write_bytes(saved(figure, "png"))
    for name, each in table.items():
        print(
            f"{name:48} Brier {each['brier']:.3f}  log {each['log_score']:.3f}  better than the base rate of all "
            f"cases by {each['advantage']:+.3f} ({each['low']:+.3f} to {each['high']:+.3f})"
        )
    print(f"limits: {LIMITS}")
    print(*remarks, sep="\n")
    print("least effective draws:", percent(float(found.effective.min() / draws)))


if __name__ == "__main__":
    main()
