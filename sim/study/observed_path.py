"""What was seen in each period: a history laid over a scenario's periods, clocks and rules.

An event belongs to the period that holds its day. Events that share a period, or whose steps answer each other,
follow in successive periods, because in the model a public move changes what may be done only from the next
period on. The end of the treaty stands where the notice clock puts it. Every period that holds no event is an
observation too: nobody is known to have moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sim.arrays import BoolArray
from sim.engine.filtering import Observation
from sim.errors import ParameterError
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.rules import ALLY, NUM_ACTORS, OUTSIDER, PARTIES
from sim.games.treaty.situation import Environment, Phase, Situation
from sim.model.history import DatedEvent, History, months_between
from sim.model.scenario import Scenario

SILENT = (
    frozenset({Move.NONE, Move.DECLINE}),  # whoever does not answer an offer declines it
    frozenset({Move.NONE, Move.DECLINE}),
    frozenset({Move.NONE, Move.BACK, Move.MEDIATE}),
    frozenset({Move.NONE, Move.BUILD}),
)
"""What each actor may have done in a period in which it is not known to have moved."""

CLOCK_SLACK = 1.5
"""Periods by which a dated end may lie off the notice clock."""


@dataclass(frozen=True, kw_only=True)
class PathStep:
    """One coded step of an event, in the period to which it belongs.

    Attributes
    ----------
    period : int, in which it is taken to have happened
    dated : float, months from the start to its day
    event : DatedEvent
    moves : actor -> move
    afterwards : component of the public state -> where it stands after the period
    words : the step in a few words
    """

    period: int
    dated: float
    event: DatedEvent
    moves: Mapping[str, str]
    afterwards: Mapping[str, Any]
    words: str


@dataclass(frozen=True, eq=False, kw_only=True)
class ObservedPath:
    """A history as observations of a scenario; `T` periods.

    `steps` are the coded events; `observations` [T] what was seen; `quiet` [T] what would have been seen had
    nobody moved, None in a period without a step.
    """

    steps: tuple[PathStep, ...]
    observations: tuple[Observation, ...]
    quiet: tuple[Observation | None, ...]

    @property
    def num_periods(self) -> int:
        """Number of periods, T."""
        return len(self.observations)


def observe(history: History, scenario: Scenario, graph: TreatyGraph, horizon_months: float) -> ObservedPath:
    """Return what `history` says of each period from the scenario's start, at most to the horizon.

    Raises
    ------
    ParameterError
        If an event is impossible where it stands: the rules or the clocks of the scenario's treaty do not allow it.
    """
    start = date.fromisoformat(scenario.start_date)
    months = scenario.treaty.period_months
    if not history.begins <= start <= history.until:
        raise ParameterError(
            f"history {history.name!r} records {history.begins} to {history.until}: scenario.start_date "
            f"must lie between, got {start}"
        )
    recorded = min(horizon_months, months_between(start, history.until))
    periods = int(recorded / months + 1e-9)
    steps = _placed(history, scenario, graph, start, periods)
    coder = _Coder(history, scenario, graph)
    observations, quiet = [], []
    by_period = {step.period: step for step in steps}
    for t in range(periods):
        step = by_period.get(t)
        quiet.append(None if step is None else coder.observation(None))
        observations.append(coder.observation(step))
        if step is not None:
            coder.learn(step)
    _check_possible(graph, observations, by_period, scenario.actor_names)
    return ObservedPath(steps=steps, observations=tuple(observations), quiet=tuple(quiet))


def _placed(
    history: History, scenario: Scenario, graph: TreatyGraph, start: date, periods: int
) -> tuple[PathStep, ...]:
    """Return the coded steps from the start on, each in a period of its own."""
    placed: list[PathStep] = []
    months, clock = scenario.treaty.period_months, graph.rules.notice_periods
    cursor, noticed = -1, None
    for event in history.facts:
        dated = months_between(start, event.day)
        if dated < 0 or not event.is_coded:
            continue
        moves: Sequence[Mapping[str, str]] = event.steps or ({},)
        for k, step in enumerate(moves):
            period = max(int(dated / months), cursor + 1)
            last = k == len(moves) - 1
            if event.afterwards.get("phase") == "ended" and last and not step and noticed is not None:
                lag = (event.day - noticed[1]).days / (365.25 / 12) / months
                if abs(lag - clock) > CLOCK_SLACK:
                    raise ParameterError(
                        f"history: {event.label!r} ({event.day}) must come {clock} periods after the notice of "
                        f"{noticed[1]}, as treaty.notice_months says, got {lag:.1f}"
                    )
                period = noticed[0] + clock
            if "withdraw" in step.values():
                noticed = (period, event.day)
            cursor = max(cursor, period)
            if period < periods:
                placed.append(
                    PathStep(
                        period=period,
                        dated=dated,
                        event=event,
                        moves=step,
                        afterwards=event.afterwards if last else {},
                        words=_words(step, event.afterwards if last else {}, scenario),
                    )
                )
    return tuple(placed)


def _words(moves: Mapping[str, str], afterwards: Mapping[str, Any], scenario: Scenario) -> str:
    titles = {actor.name: actor.title for actor in scenario.actors}
    parts = [f"{titles.get(actor, actor)}: {move.replace('_', ' ')}" for actor, move in moves.items()]
    if afterwards.get("phase") == "ended":
        parts.append("the treaty ends")
    for actor, level in afterwards.get("evidence", {}).items():
        name = ("none", "contested", "compelling")[level]
        parts.append(f"evidence against {titles.get(actor, actor)}: {name}")
    parts += [f"{k.replace('_', ' ')}: {v}" for k, v in afterwards.items() if k not in ("phase", "evidence")]
    return "; ".join(parts)


class _Coder:
    """Turns steps into observations, and remembers where the evidence and the environment were last seen."""

    def __init__(self, history: History, scenario: Scenario, graph: TreatyGraph) -> None:
        self.graph, self.actors, self.parties = graph, scenario.actor_names, scenario.party_names
        first = graph.situations[graph.start[0]]
        self.evidence: list[int | None] = [*first.evidence]
        if "evidence" in history.hidden:
            self.evidence = [None, None]
        place = graph.environments[graph.start[1]]
        names = {"climate": "toxic", "review": "near", "outsider_level": "level"}
        hidden = {names[each] for each in history.hidden if each in names}
        self.place = {name: getattr(place, name) for name in ("toxic", "near", "level") if name not in hidden}

    def observation(self, step: PathStep | None) -> Observation:
        """Return what a period shows in which `step` was taken, or nothing."""
        moves = list(SILENT)
        evidence, place = list(self.evidence), dict(self.place)
        phase = None
        if step is not None:
            for actor, move in step.moves.items():
                moves[self.actors.index(actor)] = frozenset({Move[move.upper()]})
            evidence, place = self._seen(step, evidence, place)
            phase = step.afterwards.get("phase")
        return Observation(
            moves=tuple(moves),
            situations=self._situations(evidence, phase),
            environments=self._environments(place),
        )

    def learn(self, step: PathStep) -> None:
        """Keep what `step` showed of evidence; of the environment only what is always recorded."""
        self.evidence, place = self._seen(step, self.evidence, self.place)
        self.place = {name: place[name] for name in self.place}

    def _seen(
        self, step: PathStep, evidence: list[int | None], place: dict[str, int]
    ) -> tuple[list[int | None], dict[str, int]]:
        evidence = list(evidence)
        for actor, level in step.afterwards.get("evidence", {}).items():
            evidence[self.parties.index(actor)] = int(level)
        names = {"toxic": "toxic", "review_near": "near", "outsider_level": "level"}
        seen = {names[k]: int(v) for k, v in step.afterwards.items() if k in names}
        return evidence, {**place, **seen}

    def _situations(self, evidence: list[int | None], phase: str | None) -> BoolArray:
        def fits(situation: Situation) -> bool:
            if phase is not None and situation.phase is not Phase[phase.upper()]:
                return False
            if situation.phase is Phase.ENDED:  # nobody looks any more
                return True
            return all(
                level is None or level == is_level
                for level, is_level in zip(evidence, situation.evidence, strict=True)
            )

        return np.array([fits(situation) for situation in self.graph.situations])

    def _environments(self, place: Mapping[str, int]) -> BoolArray:
        def fits(environment: Environment) -> bool:
            return all(getattr(environment, name) == value for name, value in place.items())

        return np.array([fits(environment) for environment in self.graph.environments])


def _check_possible(
    graph: TreatyGraph,
    observations: Sequence[Observation],
    steps: Mapping[int, PathStep],
    actors: Sequence[str],
) -> None:
    """Refuse a path that the rules do not allow, naming the step at which it ends."""
    possible = {graph.start[0]}
    for t, seen in enumerate(observations):
        following: set[int] = set()
        for m in possible:
            rows = np.arange(graph.first_row[m], graph.first_row[m + 1])
            fits = np.ones(len(rows), dtype=np.bool_)
            for actor in range(NUM_ACTORS):
                wanted = seen.moves[actor]
                if wanted is not None and (actor != OUTSIDER or graph.outsider_rows[m] > 1):
                    fits &= np.isin(graph.row_moves[rows, actor], [int(move) for move in wanted])
            after = np.unique(graph.following[rows[fits]])
            following.update(int(k) for k in after[seen.situations[after]])
        if not following:
            step = steps.get(t)
            if step is None:
                raise ParameterError(
                    f"history: nothing is recorded in period {t}, but the rules call for a move there"
                )
            raise ParameterError(
                f"history: {step.event.label!r} ({step.event.day}) is impossible where it stands: "
                f"{step.words}; legal moves there are {_legal(graph, possible, actors)}"
            )
        possible = following


def _legal(graph: TreatyGraph, situations: set[int], actors: Sequence[str]) -> str:
    parts = []
    for actor in (*PARTIES, ALLY):
        codes = sorted({int(code) for m in situations for code in graph.legal[m, actor] if code >= 0})
        parts.append(f"{actors[actor]} {'/'.join(Move(code).name.lower() for code in codes)}")
    return ", ".join(parts)
