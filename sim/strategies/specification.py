"""What an automaton says, as data: states with a course and rules for moves, and transitions on events.

    sentence: Tolerates nothing.
    source: Friedman (1971)
    states:
      calm: {course: uphold}
      angry:
        course: breach
        moves:
          - {move: withdraw, when: {phase: in_force}}
    transitions:
      - {from: calm, to: angry, on: [alarm_other, exit_other]}

The first state is the initial one. In each period the rules of the present state are gone through in their
order; each that is legal and whose conditions hold takes its `probability` (1 unless given) of what earlier
rules have left, and what remains makes no move, or declines where an answer is due. Transitions are gone
through likewise: the first one from the present state that names an event of the period, and none of whose
`unless` happened, is taken; ``on: otherwise`` is always taken; with none the state stays. ``from: any``
stands for every state. A transition may also ask, with `when`, for what is believed after the period
(``when: {doubt_other_at_least: 0.8}``, see `sim.strategies.doubt`). A strategy that must be solved for has no
states but ``solved: markov_logit``, with its own `rationality` if it has one.

Events and conditions name `self` and `other` (see `perspective`), or `party_0` and `party_1`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.errors import ParameterError
from sim.games.treaty.moves import Move
from sim.strategies.conditions import CONDITION_NAMES, checked_condition
from sim.strategies.doubt import DOUBTS, When
from sim.strategies.perspective import EVENT_NAMES

ANY = "any"
OTHERWISE = "otherwise"
COURSES = {"uphold": 0.0, "breach": 1.0}
SOLVED = ("markov_logit",)


@dataclass(frozen=True, kw_only=True)
class MoveRule:
    """Play `move` with `probability` where it is legal and every condition of `when` holds."""

    move: Move
    probability: float = 1.0
    when: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class MemoryState:
    """A state of memory: probability of breaching while bound, and rules for moves in their order."""

    name: str
    breach: float
    moves: tuple[MoveRule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MemoryTransition:
    """From `source` (None is any) to `target` on any of `events` (None is always) and none of `unless`.

    `when` holds conditions on beliefs, as they are after the period.
    """

    source: str | None
    target: str
    events: tuple[str, ...] | None
    unless: tuple[str, ...] = ()
    when: When = ()


@dataclass(frozen=True, kw_only=True)
class AutomatonSpec:
    """A strategy as a user writes it down, before it meets a game.

    `solved` names the equilibrium concept of a strategy that must be solved for, None for an automaton; its
    `rationality` is None where the configured one applies.
    """

    name: str
    sentence: str
    source: str
    states: tuple[MemoryState, ...] = ()
    transitions: tuple[MemoryTransition, ...] = ()
    solved: str | None = None
    rationality: float | None = None

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the states of memory."""
        return tuple(state.name for state in self.states)

    @property
    def conditions_on_beliefs(self) -> bool:
        """Whether a move or a transition asks for what is believed."""
        rules = [rule.when for state in self.states for rule in state.moves]
        asked = [*rules, *(each.when for each in self.transitions)]
        return any(key in DOUBTS for when in asked for key, _ in when)


def automaton_from_mapping(mapping: Mapping[str, Any], name: str) -> AutomatonSpec:
    """Return the automaton that `mapping` (the content of a YAML file) describes.

    Raises
    ------
    ParameterError
        One line that names the key, what is legal there and what was got.

    Examples
    --------
    >>> automaton_from_mapping({"states": {"calm": {"course": "uphold"}}}, "patience").state_names
    ('calm',)
    >>> automaton_from_mapping({"states": {"calm": {"course": 1.2}}}, "haste")
    Traceback (most recent call last):
        ...
    sim.errors.ParameterError: automaton haste: states.calm.course must be uphold, breach or a probability,
    got 1.2
    """
    where = f"automaton {name}"
    _known(mapping, ("sentence", "source", "states", "transitions", "solved", "rationality"), where)
    sentence, source = (str(mapping.get(key) or "") for key in ("sentence", "source"))
    if mapping.get("solved") is not None:
        solved, rationality = _solved(mapping, where)
        return AutomatonSpec(
            name=name, sentence=sentence, source=source, solved=solved, rationality=rationality
        )
    if mapping.get("rationality") is not None:
        raise ParameterError(f"{where}: rationality belongs to a solved strategy, add solved: {SOLVED[0]}")
    given = _mapping(mapping.get("states"), f"{where}: states")
    if not given:
        raise ParameterError(f"{where}: states must hold at least one state, or solved must be given")
    states = tuple(_state(str(key), value, f"{where}: states.{key}") for key, value in given.items())
    names = [state.name for state in states]
    if ANY in names:
        raise ParameterError(f"{where}: a state must not be called {ANY}")
    listed = enumerate(_list(mapping.get("transitions"), f"{where}: transitions"))
    transitions = tuple(_transition(value, names, f"{where}: transitions[{k}]") for k, value in listed)
    return AutomatonSpec(name=name, sentence=sentence, source=source, states=states, transitions=transitions)


def _solved(mapping: Mapping[str, Any], where: str) -> tuple[str, float | None]:
    for key in ("states", "transitions"):
        if mapping.get(key):
            raise ParameterError(f"{where}: {key} must be left out of a strategy that is solved for")
    solved = _one_of(mapping["solved"], SOLVED, f"{where}: solved")
    rationality = mapping.get("rationality")
    if rationality is not None and not (_is_number(rationality) and 0 <= rationality < float("inf")):
        raise ParameterError(f"{where}: rationality must be a number of at least 0, got {rationality!r}")
    return solved, None if rationality is None else float(rationality)


def _state(name: str, value: Any, where: str) -> MemoryState:
    given = _mapping(value, where)
    _known(given, ("course", "moves"), where)
    rules = enumerate(_list(given.get("moves"), f"{where}.moves"))
    return MemoryState(
        name=name,
        breach=_course(given.get("course", "uphold"), f"{where}.course"),
        moves=tuple(_rule(rule, f"{where}.moves[{k}]") for k, rule in rules),
    )


def _course(value: Any, where: str) -> float:
    if isinstance(value, str) and value in COURSES:
        return COURSES[value]
    if _is_number(value) and 0 <= value <= 1:
        return float(value)
    raise ParameterError(f"{where} must be uphold, breach or a probability, got {value!r}")


def _rule(value: Any, where: str) -> MoveRule:
    given: Mapping[Any, Any] = {"move": value} if isinstance(value, str) else _mapping(value, where)
    _known(given, ("move", "probability", "when"), where)
    move = _one_of(given.get("move"), [move.name.lower() for move in Move], f"{where}.move")
    probability: Any = given.get("probability", 1.0)
    if not (_is_number(probability) and 0 <= probability <= 1):
        raise ParameterError(f"{where}.probability must lie in [0, 1], got {probability!r}")
    when = _when(given.get("when"), CONDITION_NAMES, f"{where}.when")
    return MoveRule(move=Move[move.upper()], probability=float(probability), when=when)


def _transition(value: Any, names: Sequence[str], where: str) -> MemoryTransition:
    given = dict(_mapping(value, where))
    if True in given:  # YAML 1.1 reads a bare `on` as a truth value
        given["on"] = given.pop(True)
    _known(given, ("from", "to", "on", "unless", "when"), where)
    source = _one_of(given.get("from"), [*names, ANY], f"{where}.from")
    events = None if given.get("on") == OTHERWISE else _events(given.get("on"), f"{where}.on")
    if events == ():
        raise ParameterError(f"{where}.on must name events, or be {OTHERWISE}")
    return MemoryTransition(
        source=None if source == ANY else source,
        target=_one_of(given.get("to"), names, f"{where}.to"),
        events=events,
        unless=_events(given.get("unless"), f"{where}.unless"),
        when=_when(given.get("when"), DOUBTS, f"{where}.when"),
    )


def _when(value: Any, legal: Sequence[str], where: str) -> When:
    conditions = _mapping(value, where)
    _known(conditions, legal, where)
    return tuple(
        (key, checked_condition(key, wanted, f"{where}.{key}")) for key, wanted in conditions.items()
    )


def _events(value: Any, where: str) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else _list(value, where)
    return tuple(_one_of(event, EVENT_NAMES, where) for event in listed)


def _mapping(value: Any, where: str) -> Mapping[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ParameterError(f"{where} must be a mapping, got {value!r}")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ParameterError(f"{where} must be a list, got {value!r}")
    return list(value)


def _known(mapping: Mapping[Any, Any], legal: Iterable[str], where: str) -> None:
    names = list(legal)
    for key in mapping:
        if key not in names:
            raise ParameterError(f"{where} has no key {key}; legal: {', '.join(names)}")


def _one_of(value: Any, legal: Iterable[str], where: str) -> str:
    names = list(legal)
    if not isinstance(value, str) or value not in names:
        raise ParameterError(f"{where} must be one of {', '.join(names)}, got {value!r}")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


__all__ = ["AutomatonSpec", "MemoryState", "MemoryTransition", "MoveRule", "automaton_from_mapping"]
