"""Exact outcomes over types: the mean over combinations of types, weighted by their prior probabilities.

A type is drawn before a play begins and held throughout, so every expectation over plays is such a mean. What is
no expectation is put together again from what is: the median from the mean survival curve, the mirror delay from
its sum and the probability that there is one.
"""

from collections.abc import Callable, Sequence

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.engine.exact import ExactOutcomes
from sim.engine.outcomes import outcomes_of


def exact_mixture(
    parts: Sequence[ExactOutcomes], weights: FloatArray, *, actors: Sequence[str], period_months: float
) -> ExactOutcomes:
    """Return the outcomes of one draw over combinations of types.

    Parameters
    ----------
    parts : the exact outcomes given each combination
    weights : float array [combinations]
        Their probabilities, summing to 1.
    """
    if len(parts) == 1:
        return parts[0]

    def mean(part: Callable[[ExactOutcomes], FloatArray]) -> FloatArray:
        return sealed(sum(weight * part(each) for weight, each in zip(weights, parts, strict=True)))

    survival = mean(lambda each: each.survival)
    mirrored = float(sum(w * each.mirrored for w, each in zip(weights, parts, strict=True)))
    outcomes: dict[str, float | None] = {}
    for outcome in outcomes_of(actors):
        values = [each.outcomes[outcome.name] for each in parts]
        if outcome.kind == "median":
            halved = np.flatnonzero(survival <= 0.5)
            outcomes[outcome.name] = float(period_months * halved[0]) if halved.size else None
        elif outcome.kind == "ratio":
            delay = sum(
                w * each.mirrored * (value or 0.0)
                for w, each, value in zip(weights, parts, values, strict=True)
            )
            outcomes[outcome.name] = float(delay / mirrored) if mirrored > 0 else None
        else:
            outcomes[outcome.name] = float(
                sum(w * (value or 0.0) for w, value in zip(weights, values, strict=True))
            )
    by_term = [each.decomposition for each in parts if each.decomposition is not None]
    return ExactOutcomes(
        outcomes=outcomes,
        survival=survival,
        payoffs=mean(lambda each: each.payoffs),
        decomposition=sealed(np.tensordot(weights, by_term, axes=1)) if len(by_term) == len(parts) else None,
        path_classes={
            name: float(sum(w * each.path_classes[name] for w, each in zip(weights, parts, strict=True)))
            for name in parts[0].path_classes
        },
        final=mean(lambda each: each.final),
        deployed=mean(lambda each: each.deployed),
        evidence=mean(lambda each: each.evidence),
        outsider_level=mean(lambda each: each.outsider_level),
        mirrored=mirrored,
        num_states=sum(each.num_states for each in parts),
    )


__all__ = ["exact_mixture"]
