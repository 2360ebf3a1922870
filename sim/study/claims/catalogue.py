"""All claims, and testing them."""

from collections.abc import Callable, Iterable

from sim.errors import ParameterError
from sim.study.claims import (
    aftermath,
    false_alarms,
    mirror,
    openness,
    outsider,
    path_classes,
    threat,
    timing,
)
from sim.study.claims.claim import Claim, ClaimResult, Measured
from sim.study.claims.worlds import Worlds

CLAIMS: dict[int, tuple[Claim, Callable[[Worlds, bool], Measured]]] = {
    module.CLAIM.number: (module.CLAIM, module.measure)
    for module in (threat, outsider, false_alarms, openness, aftermath, mirror, timing, path_classes)
}
"""Number -> the claim and how it is measured, in the world claimed about (False) or the counterfactual (True)."""


def check_claims(worlds: Worlds, numbers: Iterable[int] | None = None) -> tuple[ClaimResult, ...]:
    """Return the results of the claims with the given `numbers`, by default of all.

    Raises
    ------
    ParameterError
        If a number belongs to no claim.
    """
    chosen = list(CLAIMS) if numbers is None else list(numbers)
    unknown = [number for number in chosen if number not in CLAIMS]
    if unknown:
        raise ParameterError(f"claims must be among {', '.join(map(str, CLAIMS))}, got {unknown[0]}")
    results = []
    for number in chosen:
        claim, measure = CLAIMS[number]
        results.append(
            ClaimResult(claim=claim, found=measure(worlds, False), counterfactual=measure(worlds, True))
        )
    return tuple(results)
