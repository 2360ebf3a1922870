"""The observed path as the model saw it: step by step, how probable it was, and how surprising."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.labels import sentence_case
from sim.report.numbers import NBSP, fixed, percent
from sim.report.page import Table
from sim.report.style import BLUE, GREY, PALE, RULE, SKY, place

if TYPE_CHECKING:
    from sim.study.history import HistoryStep, PathLikelihood

_ROW = 0.3
_MOST = 20.0
"""Bits at which bars are cut; what cannot be has no length."""


def draw_surprise(axes: Axes, steps: "tuple[HistoryStep, ...]") -> None:
    """Draw a bar per step: the bits of what happened, and those of when."""
    rows = np.arange(len(steps))
    longest = min(max((step.surprise for step in steps), default=1.0), _MOST)
    for row, step in zip(rows, steps, strict=True):
        total = min(step.surprise, _MOST)
        which = min(_which(step), total)
        axes.barh(row, total, height=0.62, color=PALE, edgecolor=GREY if step.event else RULE, linewidth=0.9)
        if which > 0:
            axes.barh(row, which, height=0.62, color=SKY, edgecolor=BLUE, linewidth=0.9, hatch="////")
        axes.annotate(
            probability_text(step.mean),
            (total, row),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set_yticks(rows, [_row_label(step) for step in steps], fontsize=8)
    for label, step in zip(axes.get_yticklabels(), steps, strict=True):
        label.set_color("black" if step.event else GREY)
    axes.set_ylim(len(steps) - 0.4, -0.6)
    axes.set_xlim(0, 1.18 * max(longest, 1.0))
    axes.set_xlabel("surprise in bits; beside it the probability")
    axes.locator_params(axis="x", nbins=6, integer=True)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")


def surprise_height(likelihood: "PathLikelihood | None") -> float:
    """Return the height in inches that the steps need."""
    return 1.25 + _ROW * (0 if likelihood is None else len(likelihood.steps))


def surprise_figure(figure: Figure, likelihood: "PathLikelihood | None") -> None:
    """Place the steps of the observed path on `figure`."""
    assert likelihood is not None
    draw_surprise(place(figure, 2.75, 0.7, 0.15, 0.42), likelihood.steps)


def step_table(likelihood: "PathLikelihood") -> Table:
    """Return every step with its probability and what the model held most probable instead."""
    rows = []
    for step in likelihood.steps:
        shift = f" (model time +{fixed(step.shift_months, 0)}{NBSP}months)" if step.shift_months >= 1 else ""
        given = float(np.nanmean(step.given_something)) if step.event and _has_given(step) else None
        rows.append(
            (
                f"{_when(step, likelihood.period_months)}: {step.words}{shift}",
                probability_text(step.mean),
                "—" if given is None else probability_text(given),
                fixed(step.surprise, 1),
                f"{step.expected}, {percent(step.expected_probability)}" if step.event else "",
            )
        )
    return Table(("step", "probability", "given that something happens", "bits", "held most probable"), rows)


def likelihood_sentences(likelihood: "PathLikelihood") -> list[str]:
    """Return the likelihood of the whole path and what it rests on, in words."""
    finite = np.isfinite(likelihood.log_likelihood)
    worst = max(likelihood.steps, key=lambda step: step.surprise, default=None)
    if not finite.any() or worst is None:
        excluded = [step for step in likelihood.steps if step.mean == 0]
        cause = f" (“{excluded[0].words}”)" if excluded else ""
        return [f"Under this profile the observed path cannot happen{cause}: its likelihood is zero."]
    low, high = np.quantile(likelihood.log_likelihood[finite], [0.1, 0.9])
    periods = likelihood.probability.shape[1]
    return [
        f"Log likelihood of all {periods} periods, averaged over draws: {fixed(likelihood.average, 1)} "
        f"(from {fixed(float(low), 1)} to {fixed(float(high), 1)} in the middle 80{NBSP}% of draws). The most "
        f"surprising step is “{worst.words}”: the model gave it {probability_text(worst.mean)}.",
        "What was recorded is observed: public moves, evidence, standing and deployments. Hidden courses, the "
        "climate at home, the review cycle, the outsider's level and opportunities that nobody used are summed "
        "over. Steps that share a period follow in successive ones, because in the model a public move changes "
        "what may be done only from the next period on. One path is one draw: a low likelihood is not a test.",
    ]


def probability_text(probability: float) -> str:
    """Return a probability with two significant digits.

    Examples
    --------
    >>> probability_text(0.3149), probability_text(0.00031), probability_text(0.0)
    ('0.31', '0.00031', '0')
    """
    if not probability > 0:
        return "0"
    if probability > 0.995:
        return ">0.99"
    decimals = 2 if probability >= 0.1 else int(-np.floor(np.log10(probability))) + 1
    return f"{probability:.{decimals}f}" if probability >= 1e-5 else f"{probability:.0e}"


def _which(step: "HistoryStep") -> float:
    """Return the bits of what happened, given that something did."""
    if step.event is None or not _has_given(step):
        return 0.0
    given = float(np.nanmean(step.given_something))
    return -float(np.log2(given)) if given > 0 else _MOST


def _has_given(step: "HistoryStep") -> bool:
    return bool(np.isfinite(step.given_something).any())


def _row_label(step: "HistoryStep") -> str:
    if step.event is None:
        count = step.last - step.first + 1
        return f"{count} quiet period{'s' * (count > 1)}"
    alone = len(step.event.steps) < 2
    words = step.event.label if alone else sentence_case(step.words)
    return f"{_short(words)}\n{step.event.day.isoformat()}"


def _short(words: str, most: int = 42) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip(' ;,')}…"


def _when(step: "HistoryStep", months: float) -> str:
    if step.event is not None:
        return step.event.day.isoformat()
    return f"month {step.first * months:g} to {(step.last + 1) * months:g}"
