"""The dictionary of outcomes: what every engine reports, by name, with unit and meaning."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """A named outcome of a play.

    `kind` is ``mean`` (an average over plays), ``ratio`` (an average over the plays in which it is defined) or
    ``median`` (read from the survival curve; absent if the curve does not reach one half).
    """

    name: str
    unit: str
    meaning: str
    kind: str = "mean"


def outcomes_of(actors: Sequence[str]) -> tuple[Outcome, ...]:
    """Return the outcomes of a scenario with the given actor names, in the order of their roles.

    Examples
    --------
    >>> [outcome.name for outcome in outcomes_of(["usa", "russia", "nato", "china"])][:3]
    ['collapse_probability', 'months_to_collapse', 'median_months_to_collapse']
    """
    first, second, *_ = actors
    return (
        Outcome("collapse_probability", "probability", "the treaty ends within the horizon, restored or not"),
        Outcome("months_to_collapse", "months", "mean time to the first end, cut at the horizon"),
        Outcome("median_months_to_collapse", "months", "time by which half the plays have ended", "median"),
        Outcome(
            f"first_leaver_{first}", "probability", f"{first} gives the first notice (alone or together)"
        ),
        Outcome(
            f"first_leaver_{second}", "probability", f"{second} gives the first notice (alone or together)"
        ),
        Outcome(
            "mirror_delay_months",
            "months",
            "from the first notice to the other party's suspension or notice, over plays that see one",
            "ratio",
        ),
        Outcome(
            "notice_rescinded_probability", "probability", "a notice is taken back and the treaty goes on"
        ),
        Outcome("restored_probability", "probability", "after the end the treaty is put in force again"),
        Outcome(f"deployment_{first}_europe", "level", f"{first}'s missiles in Europe at the horizon"),
        Outcome(f"deployment_{first}_asia", "level", f"{first}'s missiles in Asia at the horizon"),
        Outcome(f"deployment_{second}_europe", "level", f"{second}'s missiles in Europe at the horizon"),
        Outcome("crises", "count", "times that both sides come to face each other's missiles in Europe"),
        *(
            Outcome(f"payoff_{actor}", "payoff units", f"discounted payoff of {actor} to the horizon")
            for actor in actors
        ),
    )
