"""The fixed registry of random-number streams: names, never positions.

A random word has the address (seed; replication, draw, period, stream) and a lane 0..3 in the block of four
words found there. Adding a name below leaves every existing address as it was; nothing here is ever
renumbered.
"""

from sim.engine.philox import id_of_name

STREAMS = {"world": 0, "estimator": 1, "usa": 16, "russia": 17, "nato": 18, "china": 19}
"""Stream of each name. Actors that are not listed get a stream above `UNLISTED` from their name."""

UNLISTED = 1 << 16

# lanes of the world, of an actor and of the estimator, which leaves two of them unused
OPPORTUNITY_LANE, CLIMATE_LANE, REVIEW_LANE, BUILD_UP_LANE = range(4)
MOVE_LANE, COURSE_LANE, ALARM_LANE, TYPE_LANE = range(4)
BRANCH_LANE, LEAVERS_LANE = range(2)


def stream_of(name: str) -> int:
    """Return the stream of a named actor.

    Examples
    --------
    >>> stream_of("russia")
    17
    """
    return STREAMS.get(name, UNLISTED + id_of_name(f"stream {name}") // 2)
