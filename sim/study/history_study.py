"""A history set against a scenario: its likelihood under the profile, and what it says about the parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from sim.arrays import FloatArray
from sim.engine.exact import AT_ONCE_MONTHS, NOTICE_BY_MONTHS, exact_outcomes
from sim.engine.options import EngineOptions, SolverOptions
from sim.errors import ParameterError
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import TreatyGames, build_games
from sim.games.treaty.profile import TreatyProfile
from sim.model.history import History, months_between
from sim.model.scenario import Scenario
from sim.study.calibration import Calibration, calibrate, check_calibration
from sim.study.draws import games_of
from sim.study.history import HistoryStep, PathLikelihood, path_likelihood
from sim.study.observed_path import observe
from sim.study.profiles import build_profile
from sim.study.progress import Progress
from sim.study.result import MarkovEquilibrium


@dataclass(frozen=True, kw_only=True)
class CalibrationOptions:
    """What is calibrated, and with how many points: `draws` in each of `rounds`."""

    parameters: tuple[str, ...]
    draws: int = 64
    rounds: int = 2


@dataclass(frozen=True, kw_only=True)
class PredictiveCheck:
    """Something that was observed, and its probability before and after the path was seen."""

    words: str
    prior: float
    posterior: float


@dataclass(frozen=True, eq=False, kw_only=True)
class HistoryResult:
    """What ``treaty-sim history`` computed.

    `calibration` and `checks` are empty unless asked for; `equilibrium` is the certificate of the draws whose
    likelihood is told; `notes` are sentences to show beside the numbers.
    """

    scenario: Scenario
    history: History
    seed: int
    draws: int
    strategies: tuple[str, ...]
    likelihood: PathLikelihood
    equilibrium: MarkovEquilibrium | None
    calibration: Calibration | None = None
    checks: tuple[PredictiveCheck, ...] = ()
    notes: tuple[str, ...] = ()


def study_history(
    scenario: Scenario,
    *,
    engine: EngineOptions,
    solver: SolverOptions,
    strategies: Mapping[str, str],
    automata: Mapping[str, Mapping[str, Any]],
    calibration: CalibrationOptions | None = None,
    progress: Progress,
    notes: Sequence[str] = (),
) -> HistoryResult:
    """Return the likelihood of the observed path and, if asked for, the posterior of the parameters.

    Raises
    ------
    ParameterError
        If nothing is recorded from the scenario's start, the record does not fit its rules, or what is to be
        calibrated is no uncertain parameter; before anything is solved.
    """
    history = _recorded(scenario)
    graph = build_graph(rules_of(scenario)[0])
    observe(
        history, scenario, graph, engine.horizon_months
    )  # what cannot fit is said before anything is solved
    names = tuple(strategies[actor] for actor in scenario.actor_names)
    workers = engine.threads
    if calibration is not None:
        check_calibration(
            scenario, calibration.parameters, draws=calibration.draws, rounds=calibration.rounds
        )
    games = games_of(scenario, engine.draws, engine.seed)
    profile, equilibrium = build_profile(games, names, automata, solver, workers=workers, progress=progress)
    likelihood = path_likelihood(history, scenario, games, profile, engine.horizon_months)
    result = HistoryResult(
        scenario=scenario,
        history=history,
        seed=engine.seed,
        draws=engine.draws,
        strategies=names,
        likelihood=likelihood,
        equilibrium=equilibrium,
        notes=tuple(notes),
    )
    if calibration is None:
        return result
    seen: list[_Seen] = []

    def evaluate(uniforms: dict[str, FloatArray]) -> FloatArray:
        size = len(next(iter(uniforms.values())))
        own = build_games(graph, parameters_of(scenario, scenario.values(uniforms, size)))
        played, solved = build_profile(own, names, automata, solver, workers=workers, progress=progress)
        told = path_likelihood(history, scenario, own, played, engine.horizon_months)
        seen.append(_look(own, played, scenario, engine.horizon_months, told.steps))
        converged = np.ones(size) if solved is None else np.asarray(solved.converged)
        return np.where(converged > 0, told.log_likelihood, np.nan)

    posterior = calibrate(
        scenario,
        calibration.parameters,
        evaluate,
        draws=calibration.draws,
        rounds=calibration.rounds,
        seed=engine.seed,
    )
    return replace(result, calibration=posterior, checks=_checks(scenario, history, posterior, seen))


@dataclass(frozen=True, eq=False, kw_only=True)
class _Seen:
    """What one round's points predict: steps, classes of path [n], survival [n, T + 1]."""

    steps: tuple[HistoryStep, ...]
    classes: dict[str, FloatArray]
    survival: FloatArray


def _look(
    games: TreatyGames,
    profile: TreatyProfile,
    scenario: Scenario,
    horizon_months: float,
    steps: tuple[HistoryStep, ...],
) -> _Seen:
    periods = scenario.treaty.periods(horizon_months)
    each = [exact_outcomes(games, draw, profile, periods) for draw in range(games.num_draws)]
    return _Seen(
        steps=steps,
        classes={name: np.array([e.path_classes[name] for e in each]) for name in each[0].path_classes},
        survival=np.array([e.survival for e in each]),
    )


def _checks(
    scenario: Scenario, history: History, posterior: Calibration, seen: list[_Seen]
) -> tuple[PredictiveCheck, ...]:
    """Return what was observed with its probability under the prior and, in sample, under the posterior."""
    start = date.fromisoformat(scenario.start_date)

    def check(words: str, values: FloatArray) -> PredictiveCheck:
        return PredictiveCheck(
            words=words,
            prior=float(posterior.prior_weights @ values),
            posterior=float(posterior.weights @ values),
        )

    checks = [
        check(step.words, np.concatenate([each.steps[k].probability for each in seen]))
        for k, step in enumerate(seen[0].steps)
        if step.kind == "event"
    ]
    observed = history.path_class(
        start, scenario.party_names[1], deadline=NOTICE_BY_MONTHS, at_once=AT_ONCE_MONTHS
    )
    classes = np.concatenate([each.classes[observed] for each in seen])
    checks.append(check(f"the class of path: {observed.replace('_', ' ')}", classes))
    survival = np.concatenate([each.survival for each in seen])
    if history.end is not None and history.end > start:
        months = months_between(start, history.end)
        period = min(round(months / scenario.treaty.period_months), survival.shape[1] - 1)
        checks.append(check(f"the treaty has ended by {history.end}", 1 - survival[:, period]))
    else:
        checks.append(check("the treaty stands at the horizon", survival[:, -1]))
    return tuple(checks)


def _recorded(scenario: Scenario) -> History:
    if scenario.history is None:
        raise ParameterError("history must be recorded for this scenario, got none; choose history=…")
    return scenario.history
