"""What the numbers say, in sentences, each with its error."""

from typing import TYPE_CHECKING

from sim.report.labels import (
    class_label,
    history,
    month_name,
    observed_class,
    plan_label,
    sentence_case,
    start_of,
    term_label,
    the,
    titles,
)
from sim.report.numbers import digits_for, fixed, percent, percent_range, signed

if TYPE_CHECKING:
    from sim.study.result import Estimate, ScenarioResult


def with_interval(estimate: "Estimate", of: str = "") -> str:
    """Return a probability, `of` what, and its 95 % interval in words."""
    error = estimate.standard_error
    shown = _spelt(percent(estimate.estimate, error)) + (f" of {of}" if of else "")
    if estimate.low is None or estimate.high is None:
        return shown
    low, high = percent(estimate.low, error), percent(estimate.high, error)
    if low[0] == ">" or high[0] == "<":
        return f"{shown}, the whole 95\u00a0% interval included"
    return f"{shown} (95\u00a0% interval {percent_range(estimate.low, estimate.high, error)})"


def _spelt(text: str) -> str:
    return text.replace(">", "more than ").replace("<", "less than ")


def headline(result: "ScenarioResult") -> str:
    """Return the one finding of a run: how often the treaty ends, with its interval."""
    collapse = result.estimates["collapse_probability"]
    return f"The treaty ends within {result.horizon_months:g} months in {with_interval(collapse, 'plays')}."


def findings(result: "ScenarioResult") -> list[str]:
    """Return the sentences that follow the headline; each leaves out what was not computed."""
    made = (
        _who_leaves(result),
        _how_long(result),
        against_history(result),
        _what_is_unknown(result),
        stage_sentence(result),
        _agreement(result),
    )
    return [sentence for sentence in made if sentence]


def against_history(result: "ScenarioResult") -> str:
    """Return how probable the observed class of path is in the model, and which class is the likeliest."""
    happened = observed_class(result)
    classes = {n: e for n, e in result.path_classes.items() if e.estimate is not None}
    if happened is None or happened not in classes:
        return ""
    observed = classes[happened]
    likeliest = max(classes, key=lambda name: classes[name].estimate or 0.0)
    label = class_label(happened, result.scenario)
    start = f"What happened ({label}) has probability {with_interval(observed)}"
    if likeliest == happened:
        return f"{start}: the most probable of the {len(classes)} classes of path."
    other = f"\u201c{class_label(likeliest, result.scenario)}\u201d, {percent(classes[likeliest].estimate)}"
    return f"{start}; the most probable of the {len(classes)} classes is {other}."


def stage_sentence(result: "ScenarioResult") -> str:
    """Return the equilibria of the mean stage game and how often the most frequent cell is one."""
    stage = result.stage
    first, second, *_ = titles(result.scenario)
    count = len(stage.central.profiles)
    if count == 0:
        return "The game between plans has no equilibrium that passed its check."
    row, column = divmod(int(stage.frequency.argmax()), len(stage.plans))
    share = float(stage.frequency[row, column])
    many = "one equilibrium" if count == 1 else f"{count} equilibria"
    sentence = f"The game between plans has {many} at the central parameters"
    if share == 0:
        return f"{sentence}; in no draw is it one in pure plans."
    return (
        f"{sentence}; the cell that is an equilibrium most often, in {percent(share)} of draws, is "
        f"\u201c{plan_label(stage.plans[row])}\u201d for {the(first)} and "
        f"\u201c{plan_label(stage.plans[column])}\u201d for {the(second)}."
    )


def decisive_terms(result: "ScenarioResult", actor: int, most: int = 3) -> str:
    """Return the terms that weighed most for one actor, gains before losses."""
    values = result.decomposition[:, actor]
    order = sorted(range(len(values)), key=lambda k: -abs(values[k]))[:most]
    parts = [f"{term_label(result.term_names[k])} ({signed(float(values[k]))})" for k in order if values[k]]
    if not parts:
        return f"{sentence_case(the(titles(result.scenario)[actor]))}: no term weighed anything."
    return f"{sentence_case(the(titles(result.scenario)[actor]))}: {', '.join(parts)}."


def margin_note(result: "ScenarioResult", seed_note: str = "") -> str:
    """Return the note in the margin of every figure: what it was made from."""
    reading = getattr(result.scenario, "reading", "")
    parts = [result.scenario.name + (f" / {reading}" if reading else "")]
    parts.append(f"{result.draws} draws × {result.replications_per_draw} plays")
    parts.append(seed_note or f"seed {result.seed}")
    return " · ".join(parts)


def _who_leaves(result: "ScenarioResult") -> str:
    parts = []
    for name, title in zip(result.scenario.party_names, titles(result.scenario)[:2], strict=True):
        estimate = result.estimates.get(f"first_leaver_{name}")
        if estimate is None or estimate.estimate is None:
            return ""
        parts.append(f"{the(title)} in {with_interval(estimate, 'plays')}")
    return f"First notice is given by {parts[0]}, by {parts[1]}."


def _how_long(result: "ScenarioResult") -> str:
    median = result.estimates.get("median_months_to_collapse")
    happened = history(result)
    actual = ""
    if happened is not None and happened.end is not None:
        from sim.model.history import months_between

        months = months_between(start_of(result.scenario), happened.end)
        actual = f" In fact it took {months:.0f} months, to {month_name(happened.end)}."
    if median is None or median.estimate is None:
        return f"Half of all plays have not ended by the horizon.{actual}"
    interval = ""
    if median.low is not None and median.high is not None:
        interval = f" (95\u00a0% interval {fixed(median.low, 0)} to {fixed(median.high, 0)})"
    middle = fixed(median.estimate, min(digits_for(median.standard_error), 1))
    return f"Half of all plays have ended after {middle} months{interval}.{actual}"


def _what_is_unknown(result: "ScenarioResult") -> str:
    collapse = result.estimates["collapse_probability"]
    if collapse.epistemic_share is None:
        return ""
    return (
        f"Of the variance of this outcome {percent(collapse.epistemic_share)} is due to what is not known "
        "about the parameters, the rest to chance within a play."
    )


def _agreement(result: "ScenarioResult") -> str:
    collapse = result.estimates["collapse_probability"]
    if collapse.exact is None or collapse.estimate is None or not collapse.standard_error_dice:
        return ""
    difference = abs(collapse.estimate - collapse.exact)
    return (
        f"The exact engine gives {percent(collapse.exact, 0.001)} over the same draws: simulation is "
        f"{100 * difference:.2g} percentage points away, {difference / collapse.standard_error_dice:.1f} standard "
        "errors of the dice."
    )
