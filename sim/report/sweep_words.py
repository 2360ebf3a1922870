"""What a sweep says, in sentences: each finding with its share, its interval and where it was looked for."""

import math

import numpy as np

from sim.report.labels import sentence_case, term_label
from sim.report.numbers import NBSP, digits_for, fixed, percent, percent_range
from sim.report.tables import Table
from sim.study.analysis.box import Box, BoxFit
from sim.study.analysis.findings import Findings
from sim.study.analysis.prim import Prim
from sim.study.estimates import Z95

_OUTCOMES = {
    "collapse_probability": "the treaty collapses",
    "months_to_collapse": "months to the end",
    "payoff_joint": "joint payoff",
    "restored_probability": "the treaty is restored",
    "notice_rescinded_probability": "a notice is taken back",
    "mutual_cooperation": "both cooperate",
}


def parameter_label(path: str) -> str:
    """Return what a parameter is called in figures and sentences.

    Examples
    --------
    >>> parameter_label("actors.russia.weights.own_forces"), parameter_label("treaty.false_alarm_of.usa")
    ('Russia: own banned forces', 'false alarm (usa)')
    """
    match path.split("."):
        case ["actors", actor, "weights", term]:
            return f"{_actor(actor)}: {term_label(term)}"
        case ["actors", actor, "discount"]:
            return f"{_actor(actor)}: discount"
        case ["treaty", name]:
            return name.replace("_", " ")
        case ["treaty", name, party]:
            return f"{name.removesuffix('_of').replace('_', ' ')} ({party})"
    return path.replace("_", " ")


def sweep_outcome_label(outcome: str) -> str:
    """Return what an outcome is called in a sweep, where actors are known by their config names.

    Examples
    --------
    >>> sweep_outcome_label("months_to_collapse"), sweep_outcome_label("payoff_usa at most -0.3")
    ('months to the end', 'payoff usa at most -0.3')
    """
    name, at_most, mark = outcome.partition(" at most ")
    if at_most:
        return f"{sweep_outcome_label(name)}{at_most}{mark}"
    return _OUTCOMES.get(outcome, outcome.replace("_probability", "").replace("_", " "))


def number_words(value: float, unit: str, error: float | None = None) -> str:
    """Return a value in the unit of an outcome."""
    if unit == "probability":
        return percent(value, error)
    return fixed(value, digits_for(error, 2))


def sweep_headline(found: Findings) -> str:
    """Return the one finding: the outcome over the points, and what moves it most."""
    start = (
        f"Over {found.points - found.failed:,} points {sweep_outcome_label(found.outcome)}: "
        f"{number_words(found.mean, found.unit)} in the mean, {number_words(found.low, found.unit)} to "
        f"{number_words(found.high, found.unit)} at nine points of ten"
    )
    strongest = strongest_parameter(found)
    return f"{start}; what moves it most is {strongest}." if strongest else f"{start}."


def strongest_parameter(found: Findings) -> str:
    """Return the parameter that moves the outcome most, by the best analysis that the design allows."""
    if found.sobol is not None:
        return parameter_label(found.sobol.names[int(found.sobol.total.argmax())])
    if found.morris is not None:
        return parameter_label(found.morris.names[int(found.morris.mu_star.argmax())])
    return parameter_label(found.tornado.names[0]) if found.tornado is not None else ""


def sweep_findings(found: Findings) -> list[str]:
    """Return the sentences that the analyses of one outcome allow."""
    made = (_sobol(found), _morris(found), _swing(found), prim_sentence(found.prim), _tree(found))
    return [sentence for sentence in (*made, _split(found), _dice(found), _settled(found)) if sentence]


def prim_sentence(found: Prim | None) -> str:
    """Return the box in words, with its density, its coverage and where they were measured."""
    if found is None:
        return ""
    fit = found.chosen
    if not fit.box.limits:
        return (
            f"No box of parameters in which “{sweep_outcome_label(found.event)}” is more frequent was found."
        )
    return box_sentence(fit, found.event)


def box_sentence(fit: BoxFit, event: str) -> str:
    """Return density and coverage of a box in a sentence."""
    whose = "points held out from the search" if fit.held_out else "the points in which it was looked for"
    name = sweep_outcome_label(event)
    return (
        f"{sentence_case(name)} in {percent(fit.density)} of the draws with {box_words(fit.box)} (95{NBSP}% "
        f"interval {percent_range(fit.density_low, fit.density_high)}, against {percent(fit.base)} everywhere); "
        f"this box holds {percent(fit.coverage)} of all such cases in {percent(fit.support)} of the space, "
        f"measured on {whose}."
    )


def box_words(box: Box) -> str:
    """Return a box as conditions.

    Examples
    --------
    >>> box_words(Box(limits={"treaty.false_alarm": (0.05, math.inf), "treaty.detection": (0.3, 0.6)}))
    'false alarm above 0.05 and detection from 0.3 to 0.6'
    """
    parts = []
    for name, (low, high) in box.limits.items():
        label = parameter_label(name)
        if math.isinf(low):
            parts.append(f"{label} below {high:.3g}")
        elif math.isinf(high):
            parts.append(f"{label} above {low:.3g}")
        else:
            parts.append(f"{label} from {low:.3g} to {high:.3g}")
    return " and ".join(parts) or "any parameters"


def sobol_table(found: Findings) -> Table | None:
    """Return Sobol' indices with their intervals, the greatest total first."""
    indices = found.sobol
    if indices is None:
        return None
    rows = [
        (
            sentence_case(parameter_label(indices.names[k])),
            _interval(indices.first[k], indices.first_low[k], indices.first_high[k]),
            _interval(indices.total[k], indices.total_low[k], indices.total_high[k]),
        )
        for k in (-indices.total).argsort(kind="stable")
    ]
    return Table(("parameter", "alone (first order)", "with interactions (total)"), rows)


def convergence_table(found: Findings) -> Table | None:
    """Return how every reported number stands from half of what it was computed from, and whether it settled."""
    if not found.convergence:
        return None
    rows = []
    for each in found.convergence:
        before = each.estimates[-2] if len(each.estimates) > 1 else each.estimates[-1]
        rows.append(
            (
                sentence_case(each.name),
                f"{int(each.counts[-1]):,}",
                _interval(each.estimates[-1], each.low[-1], each.high[-1]),
                fixed(float(before), 3),
                "yes" if each.settled else "not yet",
                "" if each.needed is None else f"{each.needed:,}",
            )
        )
    columns = ("number", "from", "estimate (95\u00a0%)", "from half", "settled", "for a tenth of it")
    return Table(columns, rows)


def leaves_table(found: Findings) -> Table | None:
    """Return the leaves of the tree, densest first."""
    if found.tree is None:
        return None
    rows = [
        (
            sentence_case(box_words(leaf.box)),
            percent(leaf.density),
            percent(leaf.coverage),
            percent(leaf.support),
        )
        for leaf in found.tree.leaves
    ]
    return Table(("box", "density", "coverage", "share of the space"), rows)


def _sobol(found: Findings) -> str:
    indices = found.sobol
    if indices is None:
        return ""
    top = (-indices.first).argsort(kind="stable")[:3]
    parts = [
        f"{parameter_label(indices.names[k])} {percent(float(max(indices.first[k], 0.0)))} "
        f"({percent_range(max(float(indices.first_low[k]), 0.0), float(indices.first_high[k]))})"
        for k in top
    ]
    rest = max(1 - float(indices.first.sum()), 0.0)
    pair = ""
    sure = indices.second_low is not None and bool((indices.second_low > 0).any())
    if indices.second is not None and sure:
        flat = int(np.nanargmax(indices.second))
        i, j = divmod(flat, len(indices.names))
        pair = (
            f", above all between {parameter_label(indices.names[i])} and {parameter_label(indices.names[j])}"
        )
    return (
        f"Alone they explain, of the variance between points: {', '.join(parts)}; interactions {percent(rest)}"
        f"{pair}."
    )


def _morris(found: Findings) -> str:
    effects = found.morris
    if effects is None:
        return ""
    order = (-effects.mu_star).argsort(kind="stable")
    parts = [f"{parameter_label(effects.names[k])} ({effects.mu_star[k]:.3g})" for k in order[:3]]
    idle = [
        parameter_label(effects.names[k])
        for k in order
        if effects.mu_star_high[k] < 0.05 * effects.mu_star[order[0]]
    ]
    tail = f" Next to nothing is moved by {', '.join(idle)}." if idle else ""
    return (
        f"Moved across its whole range, each at {effects.trajectories} places, these change the outcome most "
        f"(mean absolute effect): {', '.join(parts)}.{tail}"
    )


def _swing(found: Findings) -> str:
    bars = found.tornado
    if bars is None or found.sobol is not None or found.morris is not None:
        return ""
    how = (
        "from its lowest to its highest tenth"
        if bars.sampled
        else "from its low to its high end, others at the baseline"
    )
    return (
        f"{sentence_case(parameter_label(bars.names[0]))} moves the outcome most: from "
        f"{number_words(float(bars.low[0]), found.unit)} to {number_words(float(bars.high[0]), found.unit)} {how}."
    )


def _tree(found: Findings) -> str:
    grown = found.tree
    if grown is None or not grown.order:
        return ""
    densest, sparsest = grown.leaves[0], grown.leaves[-1]
    return (
        f"A tree of {len(grown.leaves)} boxes explains {percent(max(grown.explained, 0.0))} of the variance: the event "
        f"has frequency {percent(densest.density)} with {box_words(densest.box)} "
        f"({percent(densest.coverage)} of all cases), and {percent(sparsest.density)} with {box_words(sparsest.box)}."
    )


def _split(found: Findings) -> str:
    split = found.split
    if split is None:
        return ""
    return (
        f"Of the variance of a single play {percent(split.share)} is due to the parameters (95{NBSP}% interval "
        f"{percent_range(split.share_low, split.share_high)}), the rest to chance within a play."
    )


def _dice(found: Findings) -> str:
    """Return how far the dice, which all points share, may have moved every level."""
    if not found.dice:
        return ""
    reach = Z95 * found.dice
    far = f"{100 * reach:.2g} percentage points" if found.unit == "probability" else f"{reach:.2g}"
    return (
        f"All points share their dice, {found.replications:,} plays each: levels may all be off by ±{far} (95{NBSP}%), "
        "which more plays make smaller and more points do not; differences between points are sharper than that."
    )


def _settled(found: Findings) -> str:
    open_numbers = [each.name for each in found.convergence if not each.settled]
    if not found.convergence:
        return ""
    if not open_numbers:
        by_plays = any(each.name.endswith("by plays") for each in found.convergence)
        of_what = "the points, and from half of the plays at each," if by_plays else "the points,"
        return f"Every number reported lies, from half of {of_what} within its final interval."
    some = ", ".join(open_numbers[:3])
    return f"Not settled yet, by half against all: {some}."


def _interval(value: float, low: float, high: float) -> str:
    return f"{fixed(float(value), 3)} ({fixed(float(low), 3)} to {fixed(float(high), 3)})"


def _actor(name: str) -> str:
    return {"usa": "United States", "nato": "NATO"}.get(name, name.title())
