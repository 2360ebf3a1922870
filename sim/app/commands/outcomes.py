"""``treaty-sim outcomes``: the dictionary of outcomes with their units."""

import sys
from collections.abc import Sequence


def command(arguments: Sequence[str]) -> None:
    """Print every outcome; the names of actors are those of the shipped scenarios."""
    if arguments:
        sys.stderr.write(f"error: outcomes takes no arguments, got {arguments[0]!r}\n")
        raise SystemExit(2)
    sys.stdout.write(dictionary())


def dictionary() -> str:
    """Return the names, units and meanings of all outcomes as a table of text.

    Examples
    --------
    >>> print(dictionary().splitlines()[0])
    collapse_probability          probability   the treaty ends within the horizon, restored or not
    """
    from sim.engine.outcomes import outcomes_of

    outcomes = outcomes_of(("usa", "russia", "nato", "china"))
    return "".join(f"{outcome.name:29} {outcome.unit:13} {outcome.meaning}\n" for outcome in outcomes)
