"""One scenario from beginning to end: draw, build, solve, play, summarise.

Data flows one way: scenario → values of every draw → graph and games → profile → tables → plays → estimates.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray
from sim.engine.exact import ExactOutcomes, exact_outcomes
from sim.engine.exact_mixture import exact_mixture
from sim.engine.monte_carlo import Recording
from sim.engine.options import EngineOptions, SolverOptions
from sim.engine.quantised import quantised
from sim.engine.tables import PlayTables
from sim.engine.type_draws import drawn_types
from sim.engine.type_plays import simulate_types
from sim.errors import ParameterError
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import TreatyGames, build_games
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import NUM_ACTORS, PARTIES
from sim.games.treaty.terms import TERMS
from sim.games.treaty.type_space import type_space
from sim.model.scenario import Scenario
from sim.solvers.treaty_audit import TreatyAudit
from sim.solvers.treaty_logit import TreatyEquilibrium
from sim.strategies.catalogue import resolve
from sim.study.aside import Aside, at_once
from sim.study.belief_fans import beliefs_of
from sim.study.belief_profile import BELIEF_EQUILIBRIUM, BeliefCertificate
from sim.study.cast import Cast, alone
from sim.study.casting import Casting, Solved
from sim.study.credibility import all_solved, audit_scenario
from sim.study.draws import values_of
from sim.study.estimates import (
    estimate_outcomes,
    estimate_path_classes,
    estimates_by_draw,
    survival_curve,
)
from sim.study.history import PathLikelihood, path_likelihood, path_likelihood_of_types
from sim.study.kept_plays import fans_of, keep_plays, table_of
from sim.study.play_plan import plan_of_tables
from sim.study.profiles import build_profile, solve_draws
from sim.study.progress import Progress, silent
from sim.study.result import MarkovEquilibrium, ScenarioResult
from sim.study.stage_game import build_stage_game
from sim.study.stored import stored_profile
from sim.study.why import Moment, moments_of, solve_again


def run_scenario(
    scenario: Scenario,
    *,
    engine: EngineOptions,
    solver: SolverOptions,
    strategies: Mapping[str, str],
    automata: Mapping[str, Mapping[str, Any]],
    plans: Sequence[str],
    notes: Sequence[str] = (),
    stored: Sequence[PlayTables] | None = None,
    audit: bool = False,
    progress: Progress = silent,
    aside: Aside = at_once,
) -> ScenarioResult:
    """Build the games of a scenario, solve them, play them, and return everything computed.

    Parameters
    ----------
    strategies : actor -> name of its strategy
    automata : name -> description of every strategy that may be named
    plans : names of the plans of the stage game
    stored : tables of an earlier run, to be played again without solving anything
    audit : whether to audit what the strategies prescribe, which costs some two seconds
    progress : called with a label and the share done
    aside : computes elsewhere what can be computed apart

    Raises
    ------
    ParameterError
        If parts do not fit together; before anything is played.
    """
    workers = engine.threads
    progress("building the games", 0.0)
    values = values_of(scenario, engine.draws, engine.seed)
    games = build_games(build_graph(rules_of(scenario)[0]), parameters_of(scenario, values))
    space = type_space(scenario, values)
    names = tuple(strategies[actor] for actor in scenario.actor_names)
    solved: Solved = {}
    if stored is None:
        profile, equilibrium = build_profile(
            games, names, automata, solver, workers=workers, progress=progress, solved=solved
        )
        profile = quantised(profile)
    else:
        first = stored[:: len(space.combinations)]
        profile, equilibrium = stored_profile(first, games.graph, names, automata), None
    audited = aside(_audit, scenario, engine, solver, strategies, dict(automata)) if audit else None
    casting = Casting(
        games=games,
        space=space,
        values=values,
        names=names,
        actors=scenario.actor_names,
        automata=automata,
        options=solver,
        beliefs=scenario.beliefs,
        solved=solved,
        workers=workers,
        progress=progress,
        stored=stored,
    )
    cast = casting.cast(profile) if space.secret else alone(games, profile, space)
    months = scenario.treaty.period_months
    tables = cast.tables() if stored is None else stored
    plan = plan_of_tables(scenario, games.graph, tables, len(space.combinations), engine)
    types = drawn_types(space, scenario.party_names, engine.seed, engine.replications)
    played = 0

    def count(plays: int) -> None:
        nonlocal played
        played += plays
        progress("playing", played / (engine.draws * engine.replications))

    ensemble = simulate_types(
        plan,
        types,
        workers=workers,
        conditional=engine.estimator == "conditional_hazard",
        chunk=engine.block or 1,
        progress=count,
    )
    recording = keep_plays(plan, engine.keep, engine.replications, types)
    kept_types = types[recording.draws, recording.replications]
    moments = aside(_moments, cast, recording, kept_types, solver, solved)
    exact, reason = _exact(cast, plan.periods, scenario, workers, progress)
    likelihood, unfit = _likelihood(scenario, games, profile, cast, plan.periods * months)
    stage = build_stage_game(
        games, profile, plans, automata, plan.periods, workers=workers, progress=progress, aside=aside
    )
    found, untold = audited() if audited else (None, ())
    parts = [each.decomposition for each in exact if each.decomposition is not None]
    terms = np.mean(parts, axis=0) if parts else np.zeros((len(TERMS), NUM_ACTORS))
    own = estimates_by_draw(ensemble, scenario.actor_names, months)
    return ScenarioResult(
        scenario=scenario,
        seed=engine.seed,
        draws=engine.draws,
        replications_per_draw=engine.replications,
        horizon_months=plan.periods * months,
        period_months=months,
        strategies=names,
        games=games,
        profile=profile,
        estimates=estimate_outcomes(ensemble, scenario.actor_names, months, exact),
        outcomes_by_draw=own,
        exact_by_draw={
            name: np.array([_number(each.outcomes[name]) for each in exact]) for name in own if exact
        },
        survival=survival_curve(ensemble, months, exact),
        fans=fans_of(plan, recording, months),
        term_names=tuple(TERMS),
        decomposition=terms,
        stage=stage,
        equilibrium=equilibrium,
        path_classes=estimate_path_classes(ensemble, exact) if plan.deadline else {},
        replications=table_of(recording, scenario.actor_names, months)
        | type_columns(cast, kept_types, scenario),
        notes=(
            *notes,
            *reason,
            *_warnings(equilibrium),
            *_type_notes(cast, names, automata),
            *unfit,
            *untold,
        ),
        likelihood=likelihood,
        cast=cast,
        moments=moments(),
        audit=found,
        beliefs=beliefs_of(
            *(cast, recording, kept_types, scenario.beliefs),
            actors=scenario.actor_names,
            period_months=months,
        ),
    )


def type_columns(cast: Cast, types: IntArray, scenario: Scenario) -> dict[str, FloatArray]:
    """Return the number of each secret party's type in the kept plays, as columns."""
    pairs = np.array(cast.space.combinations, np.float64)[types].reshape(-1, len(PARTIES))
    return {f"type_{scenario.actor_names[party]}": pairs[:, party] for party in cast.space.secret}


def _exact(
    cast: Cast, periods: int, scenario: Scenario, workers: int, progress: Progress
) -> tuple[tuple[ExactOutcomes, ...], tuple[str, ...]]:
    """Return exact outcomes of every draw, averaged over types, or none and the reason."""
    weights, actors = cast.weights, scenario.actor_names

    def outcomes(draw: int) -> ExactOutcomes:
        parts = [
            exact_outcomes(games, draw, profile, periods, law=cast.law(draw), actors=actors, by_term=True)
            for games, profile in zip(cast.games, cast.profiles, strict=True)
        ]
        months = scenario.treaty.period_months
        return exact_mixture(parts, weights[draw], actors=actors, period_months=months)

    results: list[ExactOutcomes] = []
    try:
        with ThreadPoolExecutor(workers) as pool:
            for each in pool.map(outcomes, range(len(weights))):
                results.append(each)
                progress("computing exact outcomes", len(results) / len(weights))
    except ParameterError as error:
        return (), (f"Exact values are absent: {error}.",)
    return tuple(results), ()


def _moments(
    cast: Cast, recording: Recording, types: IntArray, solver: SolverOptions, solved: Solved
) -> tuple[Moment, ...]:
    """Return the decisive moments; for the first the game is solved again, where everyone plays its equilibrium."""
    moments = moments_of(cast, recording, types)
    if cast.space.secret or set(solved) != {solver.rationality} or not moments:
        return moments

    def solve(games: TreatyGames) -> TreatyEquilibrium:
        return solve_draws(games, solver, rationality=solver.rationality, workers=1, progress=silent)[0]

    return (solve_again(cast.games[0], moments[0], solve), *moments[1:])


def _audit(
    scenario: Scenario,
    engine: EngineOptions,
    solver: SolverOptions,
    strategies: Mapping[str, str],
    automata: Mapping[str, Mapping[str, Any]],
) -> tuple[TreatyAudit | None, tuple[str, ...]]:
    """Return the audit of what is prescribed, or nothing and why; where all is solved for nothing is prescribed."""
    if scenario.types or all_solved(strategies.values(), automata):
        return None, ()
    try:
        return audit_scenario(
            scenario, engine=engine, solver=solver, strategies=strategies, automata=automata, progress=silent
        ), ()
    except ParameterError as error:
        return None, (f"Promises and threats are not audited: {error}.",)


def _type_notes(
    cast: Cast, names: Sequence[str], automata: Mapping[str, Mapping[str, Any]]
) -> tuple[str, ...]:
    """Return what has to be said about types and beliefs."""
    notes = []
    asking = [name for name in names if resolve(name, automata).conditions_on_beliefs]
    if asking and not cast.space.secret:
        notes.append(
            f"{asking[0]} conditions on beliefs: without types (types=accusations) nobody is ever in doubt."
        )
    if cast.solution == BELIEF_EQUILIBRIUM:
        notes.append(
            f"Types play a {cast.solution}: the logit equilibrium in public state, belief and own type"
            f"{_certified(cast.certificate)}."
        )
    elif cast.solution:
        believing = "some strategies" if cast.laws else "nobody's moves"
        notes.append(
            f"Types play a {cast.solution}: actors without a secret play the equilibrium of the game without "
            f"types, and each type its logit best reply to it; {believing} depend on beliefs. The equilibrium in "
            f"public state, belief and own type is not played: {cast.reason or 'these are stored tables'}."
        )
    if cast.failed:
        notes.append(f"The replies of {cast.failed} types, over all draws, did not converge.")
    return tuple(notes)


def _certified(certificate: BeliefCertificate | None) -> str:
    if certificate is None:
        return ", as stored"
    points = " × ".join(str(count) for count in certificate.points)
    return (
        f" on {points} cells of belief (residual up to {certificate.residual.max():.1e}, regret up to "
        f"{certificate.regret.max():.2g} payoff units, steps of belief within {certificate.mismatch.max():.2f})"
    )


def _likelihood(
    scenario: Scenario, games: TreatyGames, profile: TreatyProfile, cast: Cast, months: float
) -> tuple[PathLikelihood | None, tuple[str, ...]]:
    """Return how probable the observed path is, or nothing and why it cannot be told of this scenario."""
    history = scenario.history
    if history is None or not history.lived(date.fromisoformat(scenario.start_date)):
        return None, ()
    try:
        if cast.space.secret:
            return path_likelihood_of_types(history, scenario, cast, months), ()
        return path_likelihood(history, scenario, games, profile, months), ()
    except ParameterError as error:
        return None, (f"The observed path is not told step by step: {error}.",)


def _warnings(equilibrium: MarkovEquilibrium | None) -> tuple[str, ...]:
    if equilibrium is None:
        return ()
    told = []
    draws, bad, left = (
        len(equilibrium.jumps),
        int((equilibrium.converged == 0).sum()),
        equilibrium.jumps > 0,
    )
    if bad:
        worst = float(equilibrium.residual.max())
        told.append(
            f"The equilibrium of {bad} of {draws} draws did not converge (largest residual {worst:.1e}); raise "
            "solver.max_steps or lower solver.rationality."
        )
    if left.any():
        told.append(
            f"In {int(left.sum())} of {draws} draws the branch of equilibria wound up and was left for one nearby: the "
            "equilibrium found there is one of several, and not the principal branch's by construction."
        )
    return tuple(told)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
