"""Who is `self` and who is `other`, by role.

A party's other is the other party. The ally stands with party 0, so that its own side is party 0 and its
other is party 1. The outsider has no side of its own: its other is whichever party it is true of.
"""

from sim.errors import ParameterError
from sim.games.treaty.graph import EVENTS
from sim.games.treaty.rules import ALLY, OUTSIDER, PARTIES, PARTY_0, PARTY_1, other_party

SUBJECTS = ("self", "other", "party_0", "party_1")

PARTY_EVENTS = ("alarm", "press", "exit", "open")
"""Events that a party causes; each exists bare (either party) and for every subject."""

EVENT_NAMES = (
    *(f"{event}_{subject}" for event in PARTY_EVENTS for subject in SUBJECTS),
    *PARTY_EVENTS,
    *(event for event in EVENTS if event.rpartition("_")[0] not in PARTY_EVENTS),
)
"""What `on:` may name."""


def parties_meant(subject: str, actor: int) -> tuple[int, ...]:
    """Return the parties that `subject` means to `actor`: none, one or both.

    Examples
    --------
    >>> parties_meant("other", 0), parties_meant("self", 2), parties_meant("other", 3)
    ((1,), (0,), (0, 1))
    """
    match subject:
        case "party_0":
            return (PARTY_0,)
        case "party_1":
            return (PARTY_1,)
        case "self":
            return {ALLY: (PARTY_0,), OUTSIDER: ()}.get(actor, (actor,))
        case "other":
            return {ALLY: (PARTY_1,), OUTSIDER: PARTIES}.get(actor, (other_party(actor),))
    raise ParameterError(f"subject must be one of {', '.join(SUBJECTS)}, got {subject!r}")


def event_bits(event: str, actor: int) -> int:
    """Return the mask of public events that `event` names to `actor`; any of its bits will do.

    Examples
    --------
    >>> EVENTS[:2], event_bits("alarm_other", 0), event_bits("alarm", 0)
    (('alarm_0', 'alarm_1'), 2, 3)
    """
    kind, _, subject = event.partition("_")
    if event in PARTY_EVENTS:
        names = [f"{event}_{party}" for party in PARTIES]
    elif kind in PARTY_EVENTS:
        names = [f"{kind}_{party}" for party in parties_meant(subject, actor)]
    else:
        names = [event]
    return sum(1 << EVENTS.index(name) for name in names)
