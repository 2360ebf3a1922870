"""What a treaty is about, coded on four levels, and the stated rule by which it moves the weights of its actors.

One set of weights per role is carried over from treaty to treaty. A treaty changes facts, clocks, monitoring, and
how much of each kind is at stake for an actor, relative to the INF Treaty: none, low, same or high. The level
multiplies every weight of its kind; nothing is tuned per treaty.
"""

from collections.abc import Mapping

from sim.errors import ParameterError
from sim.model.moved import scaled
from sim.model.uncertain import Value, parse_value

LEVELS = {"none": 0.0, "low": 0.5, "same": 1.0, "high": 1.5}
"""What a level multiplies a weight by: as far either way as every weight of the INF Treaty is uncertain."""

KINDS = {
    "predictability": ("predictability",),
    "capability": ("own_forces", "own_forces_outsider", "arming"),
    "exposure": ("security", "breach_harm", "crisis", "reassurance"),
    "linkage": ("sanctions_target", "sanctions_sender", "common_gains"),
}
"""Kinds of stakes, and the payoff terms whose weights they move."""


def staked(weights: Mapping[str, Value], stakes: Mapping[str, str], path: str) -> dict[str, Value]:
    """Return `weights` times the levels of `stakes`; a kind that is not coded is the same as in the INF Treaty.

    Raises
    ------
    ParameterError
        If a kind or a level does not exist; the message begins with `path`.

    Examples
    --------
    >>> staked({"own_forces": 0.5, "blame": 0.5}, {"capability": "high"}, "actors.usa.stakes")
    {'own_forces': 0.75, 'blame': 0.5}
    """
    factors: dict[str, float] = {}
    for kind, level in stakes.items():
        if kind not in KINDS:
            raise ParameterError(f"{path}.{kind} must be one of {', '.join(KINDS)}")
        if level not in LEVELS:
            raise ParameterError(f"{path}.{kind} must be one of {', '.join(LEVELS)}, got {level!r}")
        factors |= dict.fromkeys(KINDS[kind], LEVELS[level])
    return {
        term: scaled(parse_value(weight, term), factors[term]) if term in factors else weight
        for term, weight in weights.items()
    }


def stake_of(term: str, stakes: Mapping[str, str]) -> str:
    """Return the level that moved the weight of `term` in words, or nothing.

    Examples
    --------
    >>> stake_of("own_forces", {"capability": "high"})
    'times 1.5: capability high'
    """
    for kind, level in stakes.items():
        if term in KINDS[kind] and level != "same":
            return f"times {LEVELS[level]:g}: {kind} {level}"
    return ""
