"""Forecasts from other treaties against numbers worked out by hand, and breakdown against the exact engine."""

from functools import cache

import numpy as np
import pytest

from sim.app.automata import AutomatonShelf
from sim.app.build import load
from sim.engine.exact import exact_outcomes
from sim.errors import ParameterError
from sim.games.treaty.profile import TreatyProfile
from sim.strategies.catalogue import resolve
from sim.strategies.treaty_automaton import compile_automaton
from sim.study.leave_one_out import (
    Case,
    breakdown_probability,
    brier,
    common_games,
    leave_one_out,
    log_score,
    scores,
)

CASES = (("a", "A", True), ("b", "B", False), ("c", "C", True))


@cache
def cases():
    scenario = load("abm_2001")
    return [Case(scenario=scenario, treaty=t, months=60.0, broke_down=y) for _, t, y in CASES]


def test_a_forecast_is_the_mean_of_the_draws_weighted_by_the_other_treaties():
    by_draw = np.array([[0.9, 0.2], [0.5, 0.1], [0.6, 0.3]])
    found = leave_one_out(cases(), by_draw)
    weights = np.array([(1 - 0.5) * 0.6, (1 - 0.1) * 0.3])
    assert found.forecast[0] == pytest.approx((weights / weights.sum()) @ by_draw[0])
    assert found.base.tolist() == [0.5, 1.0, 0.5]
    assert found.prior[0] == pytest.approx(0.55)
    table = scores(found, resamples=50)
    assert table["a coin"]["brier"] == 0.25
    assert table["a coin"]["log_score"] == pytest.approx(np.log(2))
    assert table["base rate of all cases (in sample)"]["advantage"] == 0.0


def test_all_cases_of_a_treaty_are_left_out_together():
    same = [*cases(), Case(scenario=cases()[0].scenario, treaty="A", months=60.0, broke_down=False)]
    by_draw = np.array([[0.9, 0.2], [0.5, 0.1], [0.6, 0.3], [0.01, 0.99]])
    without = leave_one_out(cases(), by_draw[:3]).forecast[0]
    assert leave_one_out(same, by_draw).forecast[0] == pytest.approx(without)


def test_a_draw_that_did_not_converge_does_not_count_and_says_nothing():
    by_draw = np.array([[0.9, np.nan, 0.4], [0.5, 0.1, np.nan], [0.6, 0.3, 0.2]])
    found = leave_one_out(cases(), by_draw)
    about_b = (1 - np.array([0.5, 0.1, np.mean([0.5, 0.1])])) * np.array([0.6, 0.3, 0.2])
    weights = about_b * np.array([1, 0, 1])
    assert found.forecast[0] == pytest.approx((weights / weights.sum()) @ [0.9, 0.0, 0.4])
    assert found.prior[0] == pytest.approx(0.65)
    with pytest.raises(ParameterError, match="no equilibrium of abm_2001 converged"):
        leave_one_out(cases(), np.array([[np.nan] * 2, [0.5, 0.1], [0.6, 0.3]]))


def test_scores_are_zero_for_the_clairvoyant_and_bounded_for_the_certain_fool():
    outcome = np.array([1.0, 0.0])
    assert brier(outcome, outcome) == 0.0
    assert log_score(outcome, outcome) < 1e-3
    assert np.isfinite(log_score(1 - outcome, outcome))


def test_one_treaty_cannot_be_left_out_of_itself():
    with pytest.raises(ParameterError, match="needs at least two"):
        leave_one_out(cases()[:1], np.array([[0.5]]))


def test_draws_mean_the_same_weights_in_every_treaty():
    one, other = common_games(load("inf_1988"), 3, 1), common_games(load("npt_1993"), 3, 1)
    blame = one.parameters.weights, other.parameters.weights
    from sim.games.treaty.terms import TERM_NUMBER

    k = TERM_NUMBER["blame"]
    np.testing.assert_array_equal(blame[0][:, k], blame[1][:, k])
    np.testing.assert_array_equal(one.parameters.discount, other.parameters.discount)


def test_without_suspension_a_breakdown_is_an_end():
    scenario = load("abm_2001")
    games = common_games(scenario, 2, 1)
    names = ("ultimatum", "mirror_response", "mediating_ally", "building_outsider")
    shelf = AutomatonShelf(())
    profile = TreatyProfile(
        graph=games.graph,
        automata=tuple(
            compile_automaton(resolve(name, shelf), games.graph, actor) for actor, name in enumerate(names)
        ),
    )
    for draw in range(2):
        ended = 1 - exact_outcomes(games, draw, profile, 60).survival
        broken = breakdown_probability(games, draw, profile, 60)
        assert broken.shape == ended.shape
        assert (np.diff(broken) >= -1e-15).all()
        # a mirror suspension that outlives a notice taken back would count too, but nobody takes one back
        np.testing.assert_allclose(broken, ended, atol=1e-12)
