"""An audit told in words: verdicts first, then who would deviate, where, by doing what, and why."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.solvers.audit import Audit, Deviation


def tell(audit: "Audit") -> tuple[str, ...]:
    """Return the sentences of `audit`, the verdicts first and the deviations by falling gain."""
    return (*_verdicts(audit), *(_deviation(found) for found in audit.deviations))


def _verdicts(audit: "Audit") -> list[str]:
    tempted = [
        f"{name} gains {gain:.4g}"
        for name, gain in zip(audit.players, audit.gains, strict=True)
        if gain > audit.tol
    ]
    if audit.nash:
        sentences = ["Nash: from the start nobody gains by any other plan."]
    else:
        sentences = [f"Not a Nash equilibrium: with its best plan from the start {' and '.join(tempted)}."]
    cells = f"{audit.num_cells} cell" + ("s" if audit.num_cells != 1 else "")
    if audit.perfect:
        sentences.append(f"Perfect: in none of the {cells} does anybody gain by deviating once.")
    else:
        count = len(audit.deviations)
        sentences.append(
            f"Not perfect: {count} one-shot deviation{'s' if count != 1 else ''} in {cells} would pay, "
            f"the best of them {audit.epsilon:.4g}."
        )
    if audit.residual is not None:
        sentences.append(
            f"As a logit profile: its probabilities are within {audit.residual:.2g} of the logit "
            f"response to them, "
            f"and ε = {audit.epsilon:.4g} is the price of noise, not a lack of credibility."
        )
    return sentences


def _deviation(found: "Deviation") -> str:
    place = ", ".join(name for name in found.cell if name)
    path = "on the path of play" if found.on_path else "off the path of play"
    kind = "promise" if found.on_path else "threat"
    return (
        f"{found.name}'s {kind} to play {found.prescribed!r} in ({place}), {path}, is not credible: "
        f"it gains {found.gain:.4g} by playing {found.action!r} once, because {_reason(found)}."
    )


def _reason(found: "Deviation") -> str:
    if not found.terms:
        return f"that changes its payoff by {found.now:+.4g} at once and {found.later:+.4g} afterwards"
    total = sum(abs(amount) for _, amount in found.terms)
    decided = [f"{name} {amount:+.4g}" for name, amount in found.terms if abs(amount) > 0.05 * total]
    return f"of {', '.join(decided)}"
