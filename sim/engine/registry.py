"""The fixed registry of random-number streams: names, never positions.

A random word has the address (seed; replication, draw, period, stream) and a lane 0..3 in the block of four
words found there. Adding a name below leaves every existing address as it was; nothing here is ever
renumbered.
"""

from sim.engine.philox import id_of_name

STREAMS = {"world": 0, "estimator": 1, "usa": 16, "russia": 17, "nato": 18, "china": 19}
"""Stream of each name. Actors that are not listed get a stream above `UNLISTED` from their name."""

UNLISTED = 1 << 16

WORLD_LANES = ("opportunity", "climate", "review", "build_up")
ACTOR_LANES = ("move", "course", "alarm", "type")
ESTIMATOR_LANES = ("branch", "leavers", "unused_2", "unused_3")


def stream_of(name: str) -> int:
    """Return the stream of a named actor.

    Examples
    --------
    >>> stream_of("russia")
    17
    """
    return STREAMS.get(name, UNLISTED + id_of_name(f"stream {name}") // 2)
