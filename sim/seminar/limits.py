"""Bounds on how often someone may ask: token buckets by key, in memory."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limit:
    """At most `burst` at once, and `per_second` in the long run."""

    burst: float
    per_second: float


COMMANDS = Limit(burst=20, per_second=4)
MESSAGES = Limit(burst=5, per_second=0.5)
JOINS = Limit(burst=120, per_second=2)
"""Per address; a class behind one router has one address, and sixty join in the same minute."""

WRONG_CODES = Limit(burst=10, per_second=0.2)
LESSONS = Limit(burst=12, per_second=0.1)
"""Lessons of their own that visitors open, per address."""

MAX_KEYS = 10_000


@dataclass
class Limiter:
    """Remembers how much of its limit each key has used.

    Examples
    --------
    >>> limiter = Limiter()
    >>> [limiter.allows("a", Limit(2, 1.0), now) for now in (0.0, 0.1, 0.2, 1.2)]
    [True, True, False, True]
    """

    _levels: dict[tuple[str, Limit], tuple[float, float]] = field(default_factory=dict)

    def allows(self, key: str, limit: Limit, now: float) -> bool:
        """Take one from what `key` may still do, and return whether there was one."""
        level, since = self._levels.get((key, limit), (limit.burst, now))
        level = min(limit.burst, level + (now - since) * limit.per_second)
        allowed = level >= 1
        if len(self._levels) >= MAX_KEYS:  # someone is making up keys: forget the oldest half
            for old in list(self._levels)[: MAX_KEYS // 2]:
                del self._levels[old]
        self._levels.pop((key, limit), None)
        self._levels[key, limit] = (level - allowed, now)
        return allowed
