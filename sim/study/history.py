"""The observed path under a strategy profile: step by step, how probable the model held what happened.

An event's probability has two parts: that it came in this period, and that it was this event, given that
something happened. A month is short, so the first is small for any event that nobody could date; the second is
what tells a model that knows who would act, and how, from one that does not.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.engine.filtered_mixture import filtered_mixture
from sim.engine.filtering import FilteredPath, filter_path
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyProfile
from sim.model.history import DatedEvent, History
from sim.model.scenario import Scenario
from sim.study.observed_path import ObservedPath, PathStep, observe

if TYPE_CHECKING:
    from sim.study.cast import Cast

WITHOUT_MOVES = {"none", "decline"}
"""Moves that a quiet period holds too; there, and where a clock runs out, nothing happens instead of nothing."""


@dataclass(frozen=True, eq=False, kw_only=True)
class HistoryStep:
    """One step of the observed path; `D` draws.

    Attributes
    ----------
    kind : ``event``, or ``quiet`` for a stretch of periods in which nobody is known to have moved
    first, last : periods, both included
    words : what was seen
    event : DatedEvent or None
    shift_months : months between the event's day and the period in which the model takes it to have happened
    probability [D] : of what was seen in these periods, given everything before
    given_something [D] : the same given that the period was not quiet; NaN where that has no meaning
    expected : moves of the parties that the model held most probable in an event's period
    expected_probability : mean over draws
    """

    kind: Literal["event", "quiet"]
    first: int
    last: int
    words: str
    event: DatedEvent | None
    shift_months: float
    probability: FloatArray
    given_something: FloatArray
    expected: str
    expected_probability: float

    @property
    def mean(self) -> float:
        """Probability averaged over the parameter draws."""
        return float(self.probability.mean())

    @property
    def surprise(self) -> float:
        """Bits: 1 for a fair coin, 10 for one in a thousand; infinite for what cannot be."""
        return float(-np.log2(self.mean)) if self.mean > 0 else float("inf")


@dataclass(frozen=True, eq=False, kw_only=True)
class PathLikelihood:
    """The likelihood of the observed path; `D` draws, `T` periods.

    Attributes
    ----------
    steps : events and the quiet stretches between them
    period_months : float
    log_likelihood [D] : natural logarithm; -inf where the profile excludes what happened
    probability [D, T] : of each period
    breach [D, T, parties] : probability that each party breaches, given what was seen before
    parties : their names
    """

    steps: tuple[HistoryStep, ...]
    period_months: float
    log_likelihood: FloatArray
    probability: FloatArray
    breach: FloatArray
    parties: tuple[str, str]

    @property
    def average(self) -> float:
        """Logarithm of the likelihood averaged over the draws: the evidence for model and priors together."""
        top = float(self.log_likelihood.max())
        if not np.isfinite(top):
            return float("-inf")
        return top + float(np.log(np.exp(self.log_likelihood - top).mean()))

    @property
    def events(self) -> tuple[HistoryStep, ...]:
        """The steps that are events."""
        return tuple(step for step in self.steps if step.kind == "event")


def path_likelihood(
    history: History, scenario: Scenario, games: TreatyGames, profile: TreatyProfile, horizon_months: float
) -> PathLikelihood:
    """Return how probable `profile` made the observed path, in every draw of `games`.

    Raises
    ------
    ParameterError
        If the history does not fit the scenario's dates, actors or rules.

    Notes
    -----
    Deterministic; about a second for 84 months and 48 draws.
    """
    path = observe(history, scenario, games.graph, horizon_months)
    return _told(path, filter_path(games, profile, path.observations, path.quiet), scenario)


def path_likelihood_of_types(
    history: History, scenario: Scenario, cast: "Cast", horizon_months: float
) -> PathLikelihood:
    """Return how probable the plays of `cast` made the observed path, over the types that each may have.

    Errors are those of `path_likelihood`, costs so many times as high as there are combinations of types.
    """
    path = observe(history, scenario, cast.games[0].graph, horizon_months)
    parts = [
        filter_path(games, profile, path.observations, path.quiet, cast.laws)
        for games, profile in zip(cast.games, cast.profiles, strict=True)
    ]
    return _told(path, filtered_mixture(parts, cast.weights), scenario)


def _told(path: ObservedPath, filtered: FilteredPath, scenario: Scenario) -> PathLikelihood:
    with np.errstate(divide="ignore"):
        log_likelihood = np.log(filtered.probability).sum(axis=1)
    months = scenario.treaty.period_months
    return PathLikelihood(
        steps=_steps(path, filtered, months, scenario),
        period_months=months,
        log_likelihood=sealed(log_likelihood),
        probability=filtered.probability,
        breach=filtered.breach,
        parties=scenario.party_names,
    )


def _steps(
    path: ObservedPath, filtered: FilteredPath, months: float, scenario: Scenario
) -> tuple[HistoryStep, ...]:
    steps: list[HistoryStep] = []
    at = {step.period: step for step in path.steps}
    begin = 0
    for t in range(path.num_periods + 1):
        if t < path.num_periods and t not in at:
            continue
        if begin < t:
            steps.append(_quiet(filtered, begin, t - 1))
        if t < path.num_periods:
            steps.append(_event(at[t], filtered, months, scenario))
        begin = t + 1
    return tuple(steps)


def _quiet(filtered: FilteredPath, first: int, last: int) -> HistoryStep:
    probability = filtered.probability[:, first : last + 1].prod(axis=1)
    return HistoryStep(
        kind="quiet",
        first=first,
        last=last,
        words="nobody is known to have moved",
        event=None,
        shift_months=0.0,
        probability=sealed(probability),
        given_something=sealed(np.full(len(probability), np.nan)),
        expected="",
        expected_probability=float("nan"),
    )


def _event(step: PathStep, filtered: FilteredPath, months: float, scenario: Scenario) -> HistoryStep:
    t = step.period
    probability, quiet = filtered.probability[:, t], filtered.alternative[:, t]
    changed = 1 - quiet
    given = np.where(changed > 1e-12, probability / np.maximum(changed, 1e-12), np.nan)
    if not step.moves or set(step.moves.values()) <= WITHOUT_MOVES:
        given = np.full(len(probability), np.nan)
    moves = {pair: float(share.mean()) for pair, share in filtered.expected[t].items()}
    pair = max(moves, key=lambda each: moves[each]) if moves else (Move.NONE, Move.NONE)
    return HistoryStep(
        kind="event",
        first=t,
        last=t,
        words=step.words,
        event=step.event,
        shift_months=t * months - np.floor(step.dated / months) * months,
        probability=sealed(probability),
        given_something=sealed(given),
        expected=_pair_words(pair, scenario) if moves else "",
        expected_probability=moves.get(pair, float("nan")),
    )


def _pair_words(pair: tuple[Move, Move], scenario: Scenario) -> str:
    told = [
        f"{scenario.actors[party].title}: {move.name.lower().replace('_', ' ')}"
        for party, move in enumerate(pair)
        if move is not Move.NONE
    ]
    return "; ".join(told) or "no move"
