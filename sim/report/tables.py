"""The tables of the report: rows of text, made from a result."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report import page
from sim.report.compliance import LATER, breach_balance
from sim.report.labels import (
    class_label,
    history,
    observed_class,
    outcome_label,
    plan_label,
    sentence_case,
    term_label,
    the,
    titles,
)
from sim.report.numbers import digits_for, fixed, percent, percent_range, signed
from sim.report.path_classes import ordered_classes

if TYPE_CHECKING:
    from sim.study.result import Estimate, ScenarioResult

CERTAIN = "—"
Table = page.Table


def value_cell(estimate: "Estimate") -> str:
    """Return an estimate with as many digits as its error allows."""
    if estimate.unit == "probability":
        return percent(estimate.estimate, estimate.standard_error)
    return fixed(estimate.estimate, digits_for(estimate.standard_error))


def interval_cell(estimate: "Estimate") -> str:
    """Return the 95 % interval of an estimate."""
    if estimate.low is None or estimate.high is None:
        return CERTAIN
    if estimate.unit == "probability":
        return percent_range(estimate.low, estimate.high, estimate.standard_error)
    decimals = digits_for(estimate.standard_error)
    return f"{fixed(estimate.low, decimals)} to {fixed(estimate.high, decimals)}"


def exact_cell(estimate: "Estimate") -> str:
    """Return the exact value of an outcome."""
    if estimate.exact is None:
        return CERTAIN
    if estimate.unit == "probability":
        return percent(estimate.exact, estimate.standard_error)
    return fixed(estimate.exact, digits_for(estimate.standard_error))


def outcome_table(result: "ScenarioResult") -> Table:
    """Return every outcome with its errors."""
    rows = []
    for estimate in result.estimates.values():
        label = sentence_case(outcome_label(estimate.name, result.scenario))
        error = estimate.standard_error
        shown = CERTAIN
        if error is not None:
            is_share = estimate.unit == "probability"
            shown = f"{fixed(100 * error, 2)}\u00a0points" if is_share else fixed(error, digits_for(error))
        rows.append(
            (
                label if estimate.unit == "probability" else f"{label} ({estimate.unit})",
                value_cell(estimate),
                interval_cell(estimate),
                exact_cell(estimate),
                shown,
                percent(estimate.epistemic_share),
            )
        )
    columns = (
        "outcome",
        "estimate",
        "95\u00a0% interval",
        "exact",
        "standard error",
        "due to parameters",
    )
    return Table(columns, rows)


def path_class_table(result: "ScenarioResult") -> Table:
    """Return the classes of path, the observed one marked."""
    happened = observed_class(result)
    rows = []
    for name in ordered_classes(result.path_classes):
        estimate = result.path_classes[name]
        observed = happened == name
        rows.append(
            (
                sentence_case(class_label(name, result.scenario)),
                value_cell(estimate),
                interval_cell(estimate),
                exact_cell(estimate),
                "★ yes" if observed else "",
            )
        )
    return Table(("class of path", "probability", "95\u00a0% interval", "exact", "what happened"), rows)


def decomposition_table(result: "ScenarioResult") -> Table:
    """Return every payoff term that weighed anything, by actor, the weightiest first."""
    values = result.decomposition
    order = np.argsort(-np.abs(values).max(axis=1), kind="stable")
    rows = [
        (sentence_case(term_label(result.term_names[k])), *(signed(float(v), 3) for v in values[k]))
        for k in order
        if np.abs(values[k]).max() > 0
    ]
    rows.append(("Sum", *(signed(float(v), 3) for v in values.sum(axis=0))))
    return Table(("term", *titles(result.scenario)), rows)


def compliance_table(result: "ScenarioResult", party: int) -> tuple[Table, str] | None:
    """Return what a hidden breach is worth to `party` at the start, by term, and the verdict in words."""
    balance = breach_balance(result, party)
    if balance is None:
        return None
    rows = []
    for term, values in sorted(balance.terms.items(), key=lambda item: -float(np.mean(item[1]))):
        label = "later consequences of stronger evidence" if term == LATER else term_label(term)
        rows.append((sentence_case(label), signed(float(values.mean()), 3), _range(values)))
    rows.append(("Sum", signed(float(balance.total.mean()), 3), _range(balance.total)))
    title = sentence_case(the(titles(result.scenario)[party]))
    share = percent(balance.share_positive)
    verdict = f"{title}: at the start a hidden breach pays in {share} of draws"
    verdict += (
        "." if LATER in balance.terms else ", not counting the later consequences of stronger evidence."
    )
    return Table(("term", "mean, per year", "middle 90\u00a0% of draws"), rows), verdict


def stage_table(result: "ScenarioResult") -> Table:
    """Return the equilibria of the stage game at the central parameters, with their certificates."""
    stage = result.stage
    rows = []
    for number, profile in enumerate(stage.central.profiles):
        first, second = (_mixture(strategy, stage.plans) for strategy in profile)
        payoffs = stage.central.payoffs[number]
        rows.append(
            (
                first,
                second,
                fixed(float(payoffs[0]), 3),
                fixed(float(payoffs[1]), 3),
                _small(float(stage.central.regrets[number])),
            )
        )
    one, two, *_ = titles(result.scenario)
    return Table((one, two, f"payoff of {the(one)}", f"payoff of {the(two)}", "regret"), rows)


def equilibrium_table(result: "ScenarioResult") -> Table | None:
    """Return the certificate of the logit Markov equilibrium, over draws."""
    solved = result.equilibrium
    if solved is None:
        return None
    converged = int(np.sum(solved.converged))
    rows = [
        ("Rationality λ, per payoff unit", f"{solved.rationality:g}"),
        ("Draws that converged", f"{converged} of {len(solved.converged)}"),
        ("Largest fixed-point residual of a choice probability", _small(float(solved.residual.max()))),
        ("Iterations", f"{int(solved.iterations.min())} to {int(solved.iterations.max())}"),
    ]
    for actor, title in enumerate(titles(result.scenario)):
        regret = solved.regret[:, actor]
        rows.append(
            (
                f"Largest one-shot gain (ε) of {the(title)}",
                f"mean {fixed(float(regret.mean()), 4)}, largest {fixed(float(regret.max()), 4)}",
            )
        )
    return Table(("certificate", "value"), rows)


def assumption_table(result: "ScenarioResult") -> tuple[Table, str]:
    """Return every number of the scenario with its unit and source, and a count in words."""
    scenario = result.scenario
    about: Mapping[str, Any] = scenario.about
    numbers = scenario.numbers
    rows = []
    assumed = 0
    for path, value in numbers.items():
        known = about.get(path)
        is_assumed = known is None or known.assumed
        assumed += is_assumed
        rows.append(
            (
                path,
                f"{value:g}" if isinstance(value, int | float) else str(value).strip("[]"),
                known.unit if known else "",
                f"{'assumed: ' if is_assumed else ''}{known.source if known else 'not stated'}",
            )
        )
    count = len(numbers)
    counted = f"{count} numbers: {count - assumed} with a source, {assumed} assumed"
    text = f"{counted}; {len(scenario.uncertain)} of them are uncertain."
    return Table(("parameter", "value", "unit", "source"), rows), text


def fact_table(result: "ScenarioResult") -> Table | None:
    """Return the dated facts that the figures lay over the model, with their sources."""
    happened = history(result)
    if happened is None:
        return None
    rows = [
        (fact.day.isoformat(), fact.text, fact.source + ("" if fact.checked else " (not checked)"))
        for fact in happened.facts
    ]
    return Table(("day", "what happened", "source"), rows)


def _small(value: float) -> str:
    return f"{value:.1e}" if value else "0"


def _mixture(strategy: Any, plans: tuple[str, ...]) -> str:
    parts = [
        (float(share), plan_label(plan)) for share, plan in zip(strategy, plans, strict=True) if share > 1e-6
    ]
    if len(parts) == 1:
        return parts[0][1]
    return ", ".join(f"{plan} {percent(share)}" for share, plan in sorted(parts, reverse=True))


def _range(values: Any) -> str:
    low, high = np.quantile(values, [0.05, 0.95])
    return f"{signed(float(low), 3)} to {signed(float(high), 3)}"
