"""What the laboratory shows of its cases: survival, outcomes and the game of plans, as markup."""

from collections.abc import Mapping

from sim.games.treaty.rules import PARTIES
from sim.report.labels import sentence_case
from sim.seminar import drawing
from sim.seminar.lab import Bench, Found
from sim.seminar.text import month, t
from sim.seminar.views import the
from sim.seminar.web.scenes import payoff_table
from sim.seminar.web.templates import drawn, render

Ready = Mapping[str, tuple[Bench, Found]]
"""Cases by side, each with what was found."""


def results(
    ready: Ready, *, problem: str = "", robots: Mapping[str, str] | None = None, took: int = 0
) -> str:
    """Return the region of results; a word of patience while nothing is ready.

    Parameters
    ----------
    problem : a sentence on what could not be computed
    robots : what robots play, by side
    took : milliseconds that the computation took
    """
    if not ready:
        return render("lab_results", survival="", problem=problem)
    first = next(iter(ready.values()))[0]
    scenario, months = first.plan.scenario, first.plan.engine.horizon_months
    labels = [month(scenario.start_date, k * scenario.treaty.period_months) for k in range(first.periods + 1)]
    curves = [
        (t(f"lab.{side}") if len(ready) > 1 else scenario.title, found.survival)
        for side, (_, found) in ready.items()
    ]
    every = max(1, first.periods // 4)
    told = "; ".join(
        f"{name}: " + ", ".join(f"{labels[k]} {100 * c[k]:.0f} %" for k in range(0, len(c), every))
        for name, c in curves
    )
    return render(
        "lab_results",
        problem=problem,
        survival=drawn(drawing.survival_curves(curves, labels, t("theory.survival_alt", values=told))),
        outcomes=drawn(_bars(ready)),
        rows=_rows(ready),
        months=round(months),
        matrices=[
            payoff_table(bench.plan.plans, found.payoffs, bench.plan.scenario) | {"name": t(f"lab.{side}")}
            for side, (bench, found) in ready.items()
        ],
        exact=[
            t("lab.exact", profile=(robots or {}).get(side, ""), states=f"{bench.profile.graph.num_states:,}")
            for side, (bench, _) in ready.items()
        ],
        two=len(ready) > 1,
        took=took,
    )


def _bars(ready: Ready) -> str:
    first = next(iter(ready.values()))[0].plan.scenario
    names = [the(actor.title) for actor in first.actors]
    wanted = [("collapse_probability", t("lab.collapse"))]
    wanted += [
        (f"first_leaver_{first.actors[p].name}", sentence_case(t("lab.first_leaver", who=names[p])))
        for p in PARTIES
    ]
    wanted.append(("restored_probability", t("lab.restored")))
    rows = []
    for key, label in wanted:
        shares = [float(found.outcomes.get(key) or 0.0) for _, found in ready.values()]
        rows.append((label, shares[0], shares[1] if len(shares) > 1 else None))
    alt = "; ".join(f"{label}: {100 * a:.1f} %" for label, a, _ in rows)
    return drawing.bars(rows, alt, names=("A", "B") if len(ready) > 1 else ("", ""))


def _rows(ready: Ready) -> list[tuple[str, list[str]]]:
    def median(found: Found) -> str:
        value = found.outcomes["median_months_to_collapse"]
        return t("lab.never") if value is None else t("lab.months", months=f"{value:.0f}")

    every = [found for _, found in ready.values()]
    rows = [(t("lab.median"), [median(found) for found in every])]
    if len(every) == 2:
        a, b = (float(found.outcomes["collapse_probability"] or 0.0) for found in every)
        rows.append((f"{t('lab.collapse')}, {t('lab.difference')}", ["", f"{100 * (b - a):+.1f}"]))
    return rows
