"""Types in play: how they are drawn, that both engines agree on their mixture, that order does not matter."""

from dataclasses import fields

import numpy as np
import pytest

from sim.engine.exact import exact_outcomes
from sim.engine.exact_mixture import exact_mixture
from sim.engine.monte_carlo import Plan, simulate
from sim.engine.tables import build_board, build_tables
from sim.engine.type_draws import drawn_types, type_words, whole_shares, whole_weights
from sim.engine.type_plays import simulate_types
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import build_games
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import Rules
from sim.games.treaty.type_space import TypeSpace
from sim.model.types import ActorType
from sim.study.estimates import estimate_outcomes

RULES = Rules(ultimatum_periods=1, notice_periods=2, outsider_levels=1, review=False)
PERIODS, DRAWS, PLAYS = 24, 2, 3000
ACTORS = ("usa", "russia", "nato", "china")
PRIORS = (np.array([[0.7, 0.3], [0.4, 0.6]]), np.array([[0.5, 0.5], [0.2, 0.8]]))


@pytest.fixture(scope="module")
def space():
    kinds = [[ActorType(actor=a, name=n) for n in ("first", "second")] for a in ACTORS[:2]]
    return TypeSpace(types=(tuple(kinds[0]), tuple(kinds[1])), priors=PRIORS)


@pytest.fixture(scope="module")
def cast(space, random_parameters, random_profile):
    """Return a game and a profile per combination: types differ in strategies and in weights."""
    graph = build_graph(RULES)
    games = [build_games(graph, random_parameters(draws=DRAWS, seed=seed)) for seed in (5, 6)]
    sources = [random_profile(graph, seed=seed, moves=3).automata for seed in (1, 2)]
    profiles = [
        TreatyProfile(graph=graph, automata=(sources[a][0], sources[b][1], *sources[0][2:]))
        for a, b in space.combinations
    ]
    return [games[a] for a, _ in space.combinations], profiles


@pytest.fixture(scope="module")
def plan(cast):
    games, profiles = cast
    tables = [build_tables(g, draw, p) for draw in range(DRAWS) for g, p in zip(games, profiles, strict=True)]
    return Plan(
        board=build_board(games[0].graph),
        tables=tuple(tables),
        addresses=tuple(np.repeat(range(DRAWS), 4).tolist()),
        actors=ACTORS,
        seed=11,
        periods=PERIODS,
        deadline=0,
        at_once=2,
    )


@pytest.fixture(scope="module")
def types(space):
    return drawn_types(space, ACTORS[:2], 11, PLAYS)


def test_each_combination_is_drawn_as_often_as_its_prior_says(space, types) -> None:
    weights = whole_weights(space)
    assert weights == pytest.approx(space.weights, abs=2**-30)
    for draw in range(DRAWS):
        counts = np.bincount(types[draw], minlength=4)
        errors = np.sqrt(PLAYS * weights[draw] * (1 - weights[draw]))
        assert (np.abs(counts - PLAYS * weights[draw]) < 4 * errors).all()


def test_types_have_addresses(space, types) -> None:
    assert np.array_equal(drawn_types(space, ACTORS[:2], 11, 50), types[:, :50])
    swapped = drawn_types(
        TypeSpace(types=space.types, priors=tuple(p[::-1] for p in PRIORS)),
        ACTORS[:2],
        11,
        50,
        addresses=(1, 0),
    )
    assert np.array_equal(swapped[::-1], types[:, :50])
    words = [type_words(actor, 11, np.arange(2), 2000).ravel() / 2**31 for actor in ACTORS[:2]]
    assert abs(np.corrcoef(*words)[0, 1]) < 4 / np.sqrt(4000)


def test_a_larger_prior_only_moves_plays_one_way(space, types) -> None:
    more = TypeSpace(types=space.types, priors=(PRIORS[0], np.array([[0.4, 0.6], [0.1, 0.9]])))
    after = drawn_types(more, ACTORS[:2], 11, PLAYS)
    assert (after >= types).all()
    assert (after > types).any()
    assert whole_shares(np.array([[0.0, 1.0]]))[0].tolist() == [0, 2**31]


def test_both_engines_agree_on_the_mixture(cast, plan, space, types) -> None:
    games, profiles = cast
    months = 12 * games[0].parameters.period_years
    exact = [
        exact_mixture(
            [
                exact_outcomes(g, draw, p, PERIODS, actors=ACTORS)
                for g, p in zip(games, profiles, strict=True)
            ],
            whole_weights(space)[draw],
            actors=ACTORS,
            period_months=months,
        )
        for draw in range(DRAWS)
    ]
    ensemble = simulate_types(plan, types)
    for estimate in estimate_outcomes(ensemble, ACTORS, months, exact).values():
        if estimate.exact is not None and not estimate.name.startswith("median"):
            assert abs(estimate.estimate - estimate.exact) < 4 * estimate.standard_error_dice, estimate
    survival = np.stack([each.survival for each in exact])
    error = np.sqrt(np.maximum(ensemble.survival_squares - ensemble.survival**2, 0) / PLAYS)
    assert (np.abs(ensemble.survival - survival) <= 4.5 * error + 1e-12).all()


def test_a_mixture_is_more_than_the_mean_of_medians(cast) -> None:
    games, profiles = cast
    parts = [
        exact_outcomes(g, 0, p, PERIODS, actors=ACTORS)
        for g, p in zip(games[::3], profiles[::3], strict=True)
    ]
    weights, months = np.array([0.25, 0.75]), 3.0
    mixed = exact_mixture(parts, weights, actors=ACTORS, period_months=months)
    survival = 0.25 * parts[0].survival + 0.75 * parts[1].survival
    halved = next((months * t for t, alive in enumerate(survival) if alive <= 0.5), None)
    assert mixed.outcomes["median_months_to_collapse"] == halved
    delays = [each.outcomes["mirror_delay_months"] * each.mirrored for each in parts]
    seen = 0.25 * parts[0].mirrored + 0.75 * parts[1].mirrored
    expected = (0.25 * delays[0] + 0.75 * delays[1]) / seen
    assert mixed.outcomes["mirror_delay_months"] == pytest.approx(expected)
    assert exact_mixture(parts[:1], np.ones(1), actors=ACTORS, period_months=months) is parts[0]


@pytest.mark.parametrize("options", [{"workers": 2}, {"chunk": 3}, {"workers": 2, "chunk": 5}])
def test_workers_and_chunks_change_no_bit(plan, types, options) -> None:
    first, second = simulate_types(plan, types), simulate_types(plan, types, **options)
    for field in fields(first):
        assert np.array_equal(getattr(first, field.name), getattr(second, field.name)), field.name


def test_plays_keep_their_dice_whatever_the_types(plan, types) -> None:
    """The statistics over types are those of each play under the tables of its own types."""
    few = types[:, :40]
    plays = []
    for draw in range(DRAWS):
        for replication in range(40):
            number = draw * 4 + int(few[draw, replication])
            one = simulate(plan, replications=40, selected=[
                np.array([replication]) if k == number else np.array([], np.int64) for k in range(len(plan.tables))
            ])  # fmt: skip
            plays.append(one.means[number])
    expected = np.array(plays).reshape(DRAWS, 40, -1).sum(axis=1)
    assert simulate_types(plan, few).means == pytest.approx(expected)
