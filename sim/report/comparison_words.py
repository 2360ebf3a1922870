"""What a comparison says, in sentences and tables, each number with its interval."""

from typing import TYPE_CHECKING

from sim.report.labels import outcome_label, sentence_case
from sim.report.numbers import NBSP, digits_for, fixed, percent, signed
from sim.report.tables import Table
from sim.study.comparison.compare import WORST_REGRET
from sim.study.comparison.result import BASELINE, Comparison, Row

if TYPE_CHECKING:
    from rich.console import RenderableType

MAIN = ("collapse_probability", "median_months_to_collapse", "payoff_joint")
"""Outcomes of the short table."""

_LABELS = {
    "collapse_probability": "collapse probability",
    "payoff_joint": "joint payoff",
    "median_months_to_collapse": "median time to the end",
    "months_to_collapse": "mean time, cut at the horizon",
}


def comparison_label(outcome: str, result: Comparison) -> str:
    """Return what an outcome of a comparison is called."""
    if outcome == WORST_REGRET:
        return f"worst regret in {comparison_label(result.regret.outcome, result)}"
    return _LABELS.get(outcome) or outcome_label(outcome, result.scenario)


def title_of(name: str, result: Comparison) -> str:
    """Return the title of a policy."""
    return next(policy.title for policy in result.policies if policy.name == name)


def comparison_headline(result: Comparison) -> str:
    """Return the one finding: how often the treaty ends without a policy, and what the best one changes."""
    base = result.row(BASELINE, "collapse_probability")
    start = (
        f"Without any policy the treaty ends within {result.horizon_months:g} months in "
        f"{_near_certain(base.estimate)} of plays"
    )
    best = result.ranking.order[0]
    if best == BASELINE:
        return f"{start}; no policy does better in {comparison_label(result.ranking.outcome, result)}."
    row = result.row(best, result.ranking.outcome)
    return (
        f"{start}; the best of {len(result.policies) - 1} policies by "
        f"{comparison_label(result.ranking.outcome, result)} is “{title_of(best, result)}”, "
        f"{difference_words(row)}."
    )


def comparison_findings(result: Comparison) -> list[str]:
    """Return the sentences that follow the headline."""
    ranking = result.ranking
    found = []
    if ranking.whole is not None:
        best = max(zip(ranking.best, ranking.order, strict=True))
        found.append(
            f"The ranking as a whole is right with probability {percent(ranking.whole)} over resampled draws; "
            f"“{title_of(best[1], result)}” is the best with probability {percent(float(best[0]))}."
        )
    sure = [row for row in _of(result, "collapse_probability") if _is_sure(row)]
    better = [row for row in sure if (row.difference or 0) < 0]
    worse = [row for row in sure if (row.difference or 0) > 0]
    found.append(
        f"The treaty ends less often, with an interval that leaves out zero, under {_listed(better, result)}; "
        f"more often under {_listed(worse, result)}."
    )
    regret = result.regret
    safest = int(regret.worst.argmin())
    shown = _amount(float(regret.worst[safest]), regret.unit)
    found.append(
        f"Whichever of the readings {', '.join(regret.readings)} is right, "
        f"“{title_of(regret.policies[safest], result)}” is never more than {shown} worse than the best policy "
        f"in {comparison_label(regret.outcome, result)}."
    )
    payoff = result.payoff_regret
    kindest = int(payoff.worst.argmin())
    found.append(
        f"In joint payoff the smallest worst regret is that of “{title_of(payoff.policies[kindest], result)}”, "
        f"{_amount(float(payoff.worst[kindest]), payoff.unit)}."
    )
    return found


def comparison_table(result: Comparison, outcomes: tuple[str, ...] = MAIN) -> Table:
    """Return policies by rank against outcomes: the value, and the difference with its interval below zero."""
    columns = ["policy"]
    for outcome in outcomes:
        unit = result.row(BASELINE, outcome).unit
        label = sentence_case(comparison_label(outcome, result))
        columns += [label if unit == "probability" else f"{label} ({unit})", "against the baseline"]
    rows = []
    for name in result.ranking.order:
        cells = [title_of(name, result)]
        for outcome in outcomes:
            row = result.row(name, outcome)
            cells += [value_of(row), "" if name == BASELINE else difference_of(row)]
        rows.append(tuple(cells))
    return Table(tuple(columns), rows)


def ranking_table(result: Comparison) -> Table:
    """Return the ranking with the probabilities that it is right."""
    ranking = result.ranking
    rows = []
    for place, name in enumerate(ranking.order):
        ahead = "" if place == len(ranking.order) - 1 else percent(float(ranking.ahead[place]))
        rows.append((f"{place + 1}. {title_of(name, result)}", ahead, percent(float(ranking.best[place]))))
    return Table(("policy", "ahead of the next", "best of all"), rows)


def regret_table(result: Comparison) -> Table:
    """Return regret under each reading, the safest policy first."""
    matrix = result.regret
    rows = []
    for k in matrix.worst.argsort(kind="stable"):
        cells = [_amount(float(value), matrix.unit) for value in (*matrix.regret[k], matrix.worst[k])]
        rows.append((title_of(matrix.policies[k], result), *cells))
    return Table(("policy", *matrix.readings, "worst"), rows)


def changes_table(result: Comparison) -> Table:
    """Return what each policy changes, and why."""
    rows = []
    for policy in result.policies[1:]:
        for change in policy.changes:
            if change.source:
                reason = f"assumed: {change.source}" if change.assumed else change.source
                rows.append((policy.title, change.path, change.words, reason))
    return Table(("policy", "key", "change", "source"), rows)


def value_of(row: Row) -> str:
    """Return an estimate with as many digits as the difference's error allows."""
    if row.unit == "probability":
        return percent(row.estimate, 0.005)
    return fixed(row.estimate, min(max(digits_for(row.standard_error), 1), 2))


def difference_of(row: Row) -> str:
    """Return a difference with its interval, shares in percentage points.

    Examples
    --------
    >>> row = Row(policy="p", outcome="o", unit="probability", estimate=0.5, difference=-0.25, low=-0.3, high=-0.2,
    ...     standard_error=0.02, estimate_low=None, estimate_high=None, estimate_standard_error=None)
    >>> difference_of(row)
    '−25 (−30 to −20)'
    """
    if row.difference is None:
        return "—"
    scale = 100 if row.unit == "probability" else 1
    error = None if row.standard_error is None else scale * row.standard_error
    decimals = min(digits_for(error, 2), 2)
    shown = signed(scale * row.difference, decimals)
    if row.low is None or row.high is None:
        return shown
    return f"{shown} ({signed(scale * row.low, decimals)} to {signed(scale * row.high, decimals)})"


def difference_words(row: Row) -> str:
    """Return a difference with its unit and interval, in words."""
    unit = "percentage points" if row.unit == "probability" else row.unit
    if row.difference is None:
        return "whose difference is not defined"
    shown, _, interval = difference_of(row).partition(" (")
    words = f"{shown}{NBSP}{unit}"
    return f"{words} (95{NBSP}% interval {interval}" if interval else words


def terminal_table(result: Comparison) -> "RenderableType":
    """Return headline, ranking and findings, to be printed by rich."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table as RichTable
    from rich.text import Text

    made = comparison_table(result, ("collapse_probability", "months_to_collapse", "payoff_joint"))
    table = RichTable(box=SIMPLE_HEAD, pad_edge=False)
    for k, column in enumerate(
        ("policy", "ends", "difference", "months", "difference", "joint payoff", "difference")
    ):
        table.add_column(column, justify="left" if k == 0 else "right", overflow="fold")
    for row in made.rows:
        table.add_row(*row)
    return Group(
        Text(comparison_headline(result), style="bold"),
        table,
        *(Text(sentence) for sentence in comparison_findings(result)),
        *(Text(note, style="dim") for note in (*result.twins, *result.notes)),
    )


def _of(result: Comparison, outcome: str) -> list[Row]:
    return [row for row in result.rows if row.outcome == outcome and row.policy != BASELINE]


def _is_sure(row: Row) -> bool:
    return row.low is not None and row.high is not None and (row.low > 0 or row.high < 0)


def _listed(rows: list[Row], result: Comparison) -> str:
    ordered = sorted(rows, key=lambda row: -abs(row.difference or 0.0))
    return ", ".join(f"“{title_of(row.policy, result)}”" for row in ordered) or "none"


def _amount(value: float, unit: str) -> str:
    if unit == "probability":
        return f"{fixed(100 * value, 1)}{NBSP}points"
    return f"{fixed(value, 2)}{NBSP}{unit}"


def _near_certain(share: float | None) -> str:
    return percent(share, 0.005).replace(">", "more than ").replace("<", "less than ")


__all__ = [
    "MAIN",
    "changes_table",
    "comparison_findings",
    "comparison_headline",
    "comparison_label",
    "comparison_table",
    "difference_of",
    "difference_words",
    "ranking_table",
    "regret_table",
    "terminal_table",
    "title_of",
    "value_of",
]
