"""What happened to a treaty: dated events with their sources, in the vocabulary of the model.

An event may be a bare fact, or be *coded*: as public moves of actors, in the order in which they followed each
other, and as what the public state was afterwards. Nothing here enters a simulation; coded events are what the
likelihood of the observed path is computed from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sim.errors import ParameterError

DAYS_PER_MONTH = 365.25 / 12

ACTIONS = (
    *(
        "none",
        "open_up",
        "press",
        "suspend",
        "withdraw",
        "rescind",
        "accept",
        "decline",
        "sanction",
        "invite",
    ),
    *(
        "deploy_europe",
        "deploy_asia",
        "restrain",
        "offer",
        "back",
        "mediate",
        "host",
        "refuse",
        "build",
        "join",
    ),
)
"""Public moves of the model by name; a test compares them with ``sim.games.treaty.moves.Move``."""

PHASES = ("in_force", "ultimatum", "notice", "ended")
AFTERWARDS = ("phase", "evidence", "outsider_level", "toxic", "review_near")
"""What a coded event may say about the public state after it."""

HIDDEN = ("climate", "review", "outsider_level", "evidence")
"""Components of the public state that a record may leave unobserved, to be summed over."""


@dataclass(frozen=True, kw_only=True)
class DatedEvent:
    """Something that happened.

    Attributes
    ----------
    day : date
    label : a few words, for figures
    text : a sentence
    source : where it is written
    checked : False where the source was not at hand when the event was written down
    steps : public moves, actor -> move, one mapping per step; steps follow each other in successive periods
    afterwards : component of the public state -> where it stands once the last step is taken
    coding : why it is coded so, where that is a judgement
    """

    day: date
    label: str
    text: str
    source: str
    checked: bool = True
    steps: tuple[Mapping[str, str], ...] = ()
    afterwards: Mapping[str, Any] = field(default_factory=dict)
    coding: str = ""

    @property
    def is_coded(self) -> bool:
        """Whether the event says anything in the vocabulary of the model."""
        return bool(self.steps or self.afterwards)

    def involves(self, *moves: str) -> bool:
        """Whether one of the named moves was made."""
        return any(move in moves for step in self.steps for move in step.values())


@dataclass(frozen=True, kw_only=True)
class History:
    """What happened to one treaty, in the order of time.

    Attributes
    ----------
    name, title : str
    begins, until : the record is complete between these days: a period without an event is one without a move
    facts : events in the order of their days
    hidden : components of the public state that nobody recorded
    sentence : how the observed path is counted, in words
    """

    name: str
    title: str
    begins: date
    until: date
    facts: tuple[DatedEvent, ...]
    hidden: tuple[str, ...] = ("climate", "review", "outsider_level")
    sentence: str = ""

    def __post_init__(self) -> None:
        for component in self.hidden:
            if component not in HIDDEN:
                raise ParameterError(f"history.hidden must be among {', '.join(HIDDEN)}, got {component!r}")
        if self.begins > self.until:
            raise ParameterError(f"history.until must not lie before {self.begins}, got {self.until}")
        last: date | None = None
        for k, fact in enumerate(self.facts):
            if last is not None and fact.day < last:
                raise ParameterError(
                    f"history.facts[{k}].day must not lie before that of the event above it ({last}), "
                    f"got {fact.day}"
                )
            last = fact.day
        self._check_phases()

    @property
    def notice(self) -> date | None:
        """The day of the first formal notice of withdrawal."""
        return next((fact.day for fact in self.facts if fact.involves("withdraw")), None)

    @property
    def end(self) -> date | None:
        """The day on which the treaty ended."""
        return next((fact.day for fact in self.facts if fact.afterwards.get("phase") == "ended"), None)

    def lived(self, day: date) -> bool:
        """Whether `day` lies within the record, before the end."""
        return self.begins <= day < (self.end or self.until)

    def within(self, start: date, months: float) -> tuple[DatedEvent, ...]:
        """Return the events from `start` until `months` later."""
        return tuple(fact for fact in self.facts if 0 <= months_between(start, fact.day) <= months)

    def path_class(self, start: date, second: str, *, deadline: float, at_once: float) -> str:
        """Return the class of the observed path of a play that begins at `start`.

        Parameters
        ----------
        second : str
            The party whose deployment tells the last two classes apart.
        deadline : float
            Months within which a notice must be given.
        at_once : float
            Months after the end within which a deployment counts.
        """
        notices = [
            fact
            for fact in self.facts
            if fact.involves("withdraw") and 0 <= months_between(start, fact.day) <= deadline
        ]
        if not notices:
            return "no_notice"
        after = [fact for fact in self.facts if fact.day > notices[0].day]
        if self.end is None or any(f.involves("rescind") and f.day < self.end for f in after):
            return "rescinded"
        deployed = any(
            step.get(second) == "deploy_europe"
            for fact in after
            if months_between(self.end, fact.day) <= at_once
            for step in fact.steps
        )
        return f"ended_with{'' if deployed else 'out'}_russian_deployment"

    def _check_phases(self) -> None:
        """Refuse what no treaty can do: ending without notice, taking back what was not given, and so on."""
        noticed = suspended = pressed = ended = False
        for k, fact in enumerate(self.facts):
            where = f"history.facts[{k}] ({fact.day})"
            for step in fact.steps:
                for actor, move in step.items():
                    taken = f"{where}: {actor} cannot {move.replace('_', ' ')}"
                    if ended and move in ("withdraw", "suspend", "press", "open_up"):
                        raise ParameterError(f"{taken} after the end of the treaty")
                    if not ended and (move.startswith("deploy_") or move in ("host", "restrain", "offer")):
                        raise ParameterError(f"{taken} before the end of the treaty")
                    if move == "rescind" and not (noticed or suspended or pressed):
                        raise ParameterError(
                            f"{taken} what was never given: no notice, suspension or ultimatum"
                        )
                    noticed |= move == "withdraw"
                    suspended |= move == "suspend"
                    pressed |= move == "press"
                if "accept" in step.values() and ended:  # an offer to restore the treaty was accepted
                    noticed = suspended = pressed = ended = False
                if "rescind" in step.values():
                    noticed = False
            if fact.afterwards.get("phase") == "ended":
                if not noticed:
                    raise ParameterError(f"{where}: a treaty cannot end without notice of withdrawal")
                ended = True


def parse_history(
    name: str,
    title: str,
    *,
    begins: str,
    until: str,
    facts: Sequence[Mapping[str, Any]],
    hidden: Sequence[str],
    sentence: str,
    actors: Sequence[str],
) -> History:
    """Return the history that a config holds; `actors` are those of the scenario.

    Raises
    ------
    ParameterError
        In one line that names the event: a day that is none, events out of order, an actor or a move that does
        not exist, a step that no treaty can take.
    """
    return History(
        name=name,
        title=title,
        begins=_day(begins, "history.begins"),
        until=_day(until, "history.until"),
        facts=tuple(_event(fact, f"history.facts[{k}]", actors) for k, fact in enumerate(facts)),
        hidden=tuple(hidden),
        sentence=sentence,
    )


def months_between(start: date, day: date) -> float:
    """Return the months from `start` to `day`, of 365.25 / 12 days each.

    Examples
    --------
    >>> round(months_between(date(2018, 10, 1), date(2019, 8, 2)), 1)
    10.0
    """
    return (day - start).days / DAYS_PER_MONTH


def _event(fact: Mapping[str, Any], path: str, actors: Sequence[str]) -> DatedEvent:
    known = {part.name for part in fields(DatedEvent)} - {"steps"} | {"moves"}
    for key in fact:
        if key not in known:
            raise ParameterError(
                f"{path}.{key} is no key of an event; the keys are {', '.join(sorted(known))}"
            )
    for key in ("day", "label", "text", "source"):
        if not fact.get(key):
            raise ParameterError(
                f"{path}.{key} must not be empty: an event needs day, label, text and source"
            )
    given = fact.get("moves") or ()
    steps = (given,) if isinstance(given, Mapping) else tuple(given)
    for step in steps:
        for actor, move in step.items():
            if actor not in actors:
                raise ParameterError(
                    f"{path}.moves: {actor!r} is no actor; the actors are {', '.join(actors)}"
                )
            if move not in ACTIONS:
                raise ParameterError(
                    f"{path}.moves.{actor}: {move!r} is no move; they are {', '.join(ACTIONS)}"
                )
    afterwards = dict(fact.get("afterwards") or {})
    for key, value in afterwards.items():
        if key not in AFTERWARDS:
            raise ParameterError(f"{path}.afterwards.{key} must be one of {', '.join(AFTERWARDS)}")
        if key == "phase" and value not in PHASES:
            raise ParameterError(f"{path}.afterwards.phase must be one of {', '.join(PHASES)}, got {value!r}")
        if key == "evidence" and not set(value) <= set(actors):
            raise ParameterError(f"{path}.afterwards.evidence must name actors, got {', '.join(value)}")
    return DatedEvent(
        day=_day(fact["day"], f"{path}.day"),
        label=str(fact["label"]),
        text=str(fact["text"]),
        source=str(fact["source"]),
        checked=bool(fact.get("checked", True)),
        steps=tuple(dict(step) for step in steps),
        afterwards=afterwards,
        coding=str(fact.get("coding") or ""),
    )


def _day(value: Any, path: str) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ParameterError(f"{path} must be a date such as 2019-02-02, got {value!r}") from None
