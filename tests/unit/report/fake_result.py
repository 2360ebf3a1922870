"""A synthetic result, made up to look like one: no number in it comes from the model."""

from datetime import date
from functools import cache

import numpy as np
import yaml

from sim.app.config_dir import config_dir
from sim.engine.outcomes import outcomes_of
from sim.games.normal_form import NormalFormGame
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.graph import MAX_MOVES, TreatyGraph, build_graph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames, build_games
from sim.games.treaty.profile import TreatyAutomaton, TreatyProfile, markov_automaton
from sim.games.treaty.terms import TERMS
from sim.model.actors import Actor
from sim.model.components import Components, Start
from sim.model.history import History, parse_history
from sim.model.scenario import Scenario
from sim.model.treaty import Treaty
from sim.model.uncertain import About, Triangular
from sim.solvers.bimatrix import bimatrix_equilibria
from sim.study.belief_fans import BeliefFan, BeliefResult
from sim.study.history import HistoryStep, PathLikelihood
from sim.study.observed_path import observe
from sim.study.result import Estimate, Fans, MarkovEquilibrium, ScenarioResult, StageGame, SurvivalCurve

DRAWS, HORIZON = 24, 84
PLANS = ("uphold", "breach", "open_up", "ultimatum", "leave")
LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


@cache
def inf_history() -> History:
    """Return what happened to the INF Treaty, as it is shipped."""
    given = yaml.safe_load((config_dir() / "history" / "inf.yaml").read_text(encoding="utf-8"))
    return parse_history(**given, actors=("usa", "russia", "nato", "china"))


@cache
def fake_scenario(name: str = "inf_2019", start_date: str = "2018-10-01") -> Scenario:
    """Return a small scenario with made-up numbers."""
    roles = (
        ("usa", "United States", "party_0"),
        ("russia", "Russia", "party_1"),
        ("nato", "European allies in NATO", "ally"),
        ("china", "China", "outsider"),
    )
    weights = {term: Triangular(0.1, 0.3, 0.6) for term in TERMS}
    return Scenario(
        name=name,
        title="The crisis of 2018-19 (synthetic)",
        question="Could it have gone otherwise?",
        reading="neutral",
        start_date=start_date,
        actors=tuple(
            Actor(name=actor, title=title, role=role, discount=0.93, weights=weights)
            for actor, title, role in roles
        ),
        treaty=Treaty(
            detection=Triangular(0.3, 0.5, 0.8),
            false_alarm=0.05,
            inspection_detection=0.9,
            inspection_false_alarm=0.05,
            inspection_clearing=0.7,
            moratorium_verification=0.3,
            fading=0.15,
            opportunity_rate=4.0,
            toxic_onset=0.25,
            toxic_clearing=0.15,
            review_approach=0.25,
            review_passing=1.0,
            build_success=0.3,
        ),
        components=Components(climate=False, review=False, outsider_levels=2, deployment_levels=2),
        start=Start(evidence={"usa": 1, "russia": 1}, outsider_level=1),
        history=inf_history(),
        about={
            "treaty.detection": About("probability per year", "made up for a test", assumed=True),
            "treaty.notice_months": About("months", "Article XV of the treaty"),
        },
    )


def estimate(
    name: str, unit: str, middle: float | None, error: float = 0.01, exact: float | None = None
) -> Estimate:
    """Return an estimate whose interval follows from its error."""
    if middle is None:
        return Estimate(
            name=name,
            unit=unit,
            estimate=None,
            standard_error=None,
            standard_error_dice=None,
            low=None,
            high=None,
        )
    return Estimate(
        name=name,
        unit=unit,
        estimate=middle,
        standard_error=error,
        standard_error_dice=error / 4,
        low=middle - 1.96 * error,
        high=middle + 1.96 * error,
        epistemic_share=0.31,
        exact=exact,
    )


@cache
def fake_result(name: str = "inf_2019", start_date: str = "2018-10-01") -> ScenarioResult:
    """Return a synthetic result on the real graph of the scenario."""
    rng = np.random.default_rng(7)
    scenario = fake_scenario(name, start_date)
    rules, _ = rules_of(scenario)
    graph = build_graph(rules)
    uniforms = {path: rng.random(DRAWS) for path in scenario.uncertain}
    games = build_games(graph, parameters_of(scenario, scenario.values(uniforms, DRAWS)))
    months = np.arange(HORIZON + 1.0)
    hazards = rng.gamma(4, 0.004, size=(DRAWS, 1))
    draws = np.exp(-hazards * np.clip(months - 7, 0, None) ** 0.95)
    mean, error = draws.mean(axis=0), draws.std(axis=0) / np.sqrt(DRAWS)
    collapse = 1 - float(mean[-1])
    made_up = {
        "collapse_probability": estimate("", "", collapse, 0.028, collapse + 0.003),
        "months_to_collapse": estimate("", "", float(mean[:-1].sum()), 1.7, float(mean[:-1].sum()) - 0.2),
        "median_months_to_collapse": estimate("", "", float(np.argmax(mean < 0.5)), 3.0),
        "first_leaver_usa": estimate("", "", 0.57, 0.03, 0.572),
        "first_leaver_russia": estimate("", "", 0.16, 0.012, 0.158),
        "mirror_delay_months": estimate("", "", 1.3, 0.08, 1.31),
        "notice_rescinded_probability": estimate("", "", 0.021, 0.004, 0.0204),
        "restored_probability": estimate("", "", 0.11, 0.02, 0.112),
    }
    estimates = {}
    for number, outcome in enumerate(outcomes_of(scenario.actor_names)):
        given = made_up.get(outcome.name) or estimate("", "", 0.4 - 0.35 * (number % 5), 0.04, 0.41)
        estimates[outcome.name] = Estimate(
            name=outcome.name,
            unit=outcome.unit,
            estimate=given.estimate,
            standard_error=given.standard_error,
            standard_error_dice=given.standard_error_dice,
            low=given.low,
            high=given.high,
            epistemic_share=given.epistemic_share,
            exact=given.exact,
        )
    classes = {
        "no_notice": 0.48,
        "rescinded": 0.02,
        "ended_without_russian_deployment": 0.29,
        "ended_with_russian_deployment": 0.21,
    }
    profile = _idle_profile(graph)
    return ScenarioResult(
        scenario=scenario,
        seed=20190802,
        draws=DRAWS,
        replications_per_draw=250,
        horizon_months=float(HORIZON),
        period_months=1.0,
        strategies=("equilibrium",) * 4,
        games=games,
        profile=profile,
        likelihood=_likelihood(scenario, games),
        estimates=estimates,
        outcomes_by_draw={"collapse_probability": 1 - draws[:, -1]},
        exact_by_draw={"collapse_probability": 1 - draws[:, -1]},
        survival=SurvivalCurve(
            months=months,
            estimate=mean,
            low=np.clip(mean - 1.96 * error, 0, 1),
            high=np.clip(mean + 1.96 * error, 0, 1),
            draws=draws,
            exact=mean - 0.002 * np.sin(months / 9),
        ),
        fans=_fans(months, rng),
        term_names=tuple(TERMS),
        decomposition=rng.normal(0, 0.5, (len(TERMS), 4)) * (rng.random((len(TERMS), 4)) < 0.5),
        stage=_stage(rng),
        equilibrium=MarkovEquilibrium(
            rationality=4.0,
            values=rng.normal(0, 1, (DRAWS, graph.num_states, 4)),
            residual=np.full(DRAWS, 3e-11),
            regret=np.abs(rng.normal(0, 0.02, (DRAWS, 4))),
            iterations=np.full(DRAWS, 41),
            jumps=np.zeros(DRAWS, dtype=int),
            converged=np.ones(DRAWS, dtype=np.int64),
        ),
        path_classes={
            key: estimate(key, "probability", share, 0.02, share + 0.004) for key, share in classes.items()
        },
        replications={},
        notes=("Synthetic numbers: this result was made up to try out figures.",),
        beliefs=_beliefs(months),
    )


def _beliefs(months: np.ndarray) -> BeliefResult:
    """Return beliefs that drift apart from one half."""
    fans = []
    for actor, first, second in (("usa", "treaty", "pretext"), ("russia", "compliant", "in_breach")):
        for true, sign in ((first, -1), (second, 1)):
            middle = 0.5 + sign * 0.3 * (1 - np.exp(-months / 30))
            paths = middle[:, None] + 0.15 * np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
            fans.append(
                BeliefFan(actor=actor, believed=second, true=true, paths=paths, mean=middle, plays=250)
            )
    return BeliefResult(months=months, quantiles=LEVELS, fans=tuple(fans), paths={})


def _likelihood(scenario: Scenario, games: TreatyGames) -> PathLikelihood | None:
    """Return the real record, where it fits the start, with probabilities that are made up."""
    happened = scenario.history
    if happened is None or not happened.lived(date.fromisoformat(scenario.start_date)):
        return None
    path = observe(happened, scenario, games.graph, HORIZON)
    rng = np.random.default_rng(11)
    steps = tuple(
        HistoryStep(
            kind="event",
            first=step.period,
            last=step.period,
            words=step.words,
            event=step.event,
            shift_months=0.0,
            probability=rng.beta(0.5, 2.0, DRAWS),
            given_something=rng.beta(1.0, 1.0, DRAWS),
            expected="no move",
            expected_probability=0.6,
        )
        for step in path.steps
    )
    return PathLikelihood(
        steps=steps,
        period_months=1.0,
        log_likelihood=rng.normal(-30.0, 3.0, DRAWS),
        probability=np.full((DRAWS, HORIZON), 0.7),
        breach=np.full((DRAWS, HORIZON, 2), 0.2),
        parties=scenario.party_names,
    )


def _fans(months: np.ndarray, rng: np.random.Generator) -> Fans:
    paths, means = {}, {}
    for name, top in (
        ("evidence_usa", 1),
        ("evidence_russia", 2),
        ("deployment_usa_europe", 2),
        ("deployment_usa_asia", 2),
        ("deployment_russia_europe", 2),
        ("outsider_level", 2),
    ):
        walks = np.cumsum(rng.random((400, len(months))) < 0.02, axis=1).clip(0, top).astype(float)
        paths[name] = np.quantile(walks, LEVELS, axis=0).T
        means[name] = walks.mean(axis=0)
    return Fans(months=months, quantiles=LEVELS, paths=paths, means=means)


def _stage(rng: np.random.Generator) -> StageGame:
    base = rng.normal(0, 1, (4, len(PLANS), len(PLANS)))
    payoffs = base + rng.normal(0, 0.35, (DRAWS, 4, len(PLANS), len(PLANS)))
    solved = tuple(bimatrix_equilibria(NormalFormGame(draw[:2])) for draw in payoffs)
    frequency = np.zeros((len(PLANS), len(PLANS)))
    mixed, multiple = 0, 0
    for solution in solved:
        kinds = [all(strategy.max() > 1 - 1e-9 for strategy in profile) for profile in solution.profiles]
        for profile, pure in zip(solution.profiles, kinds, strict=True):
            if pure:
                frequency[profile[0].argmax(), profile[1].argmax()] += 1 / DRAWS
        mixed += not all(kinds)
        multiple += len(kinds) > 1
    return StageGame(
        plans=PLANS,
        payoffs=payoffs,
        central=bimatrix_equilibria(NormalFormGame(payoffs.mean(axis=0)[:2])),
        equilibria=solved,
        frequency=frequency,
        mixed_share=mixed / DRAWS,
        multiple_share=multiple / DRAWS,
    )


def _idle_profile(graph: TreatyGraph) -> TreatyProfile:
    return TreatyProfile(graph=graph, automata=tuple(_idle(graph, actor) for actor in range(4)))


def _idle(graph: TreatyGraph, actor: int) -> TreatyAutomaton:
    """Return the automaton that makes no move, or declines where an answer is due."""
    moves = np.zeros((1, graph.num_states, MAX_MOVES))
    for state in range(graph.num_states):
        menu = list(graph.legal[state // graph.num_environments, actor])
        moves[0, state, menu.index(Move.NONE) if Move.NONE in menu else menu.index(Move.DECLINE)] = 1
    return markov_automaton(
        graph, name="idle", actor=actor, breach=np.zeros((1, graph.num_states)), moves=moves
    )
