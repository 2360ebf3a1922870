"""Correlated and coarse correlated equilibria: published values and definitions."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.solvers.bimatrix import bimatrix_equilibria
from sim.solvers.correlated import deviation_gains
from sim.solvers.solve import solve


@pytest.mark.parametrize(
    "name", ["ce-bos-nau", "ce-matching-pennies", "ce-nau-sec6-2x2x4", "ce-shapley-game"]
)
def test_published_optima(normal_form_cases, name):
    case = normal_form_cases[name]
    game, expected = case["game"], case["expected"]
    solution = solve(game, "correlated")
    low, high = solution.extra["range"]["welfare"]
    assert (low, high) == pytest.approx((expected["min_welfare_ce"], expected["max_welfare_ce"]), abs=1e-7)
    ranges = [solution.extra["range"][player] for player in game.players]
    assert [high for _, high in ranges] == pytest.approx(expected["player_max_in_ce"], abs=1e-7)
    assert [low for low, _ in ranges] == pytest.approx(expected["player_min_in_ce"], abs=1e-7)
    coarse = solve(game, "coarse_correlated")
    assert coarse.extra["range"]["welfare"][1] == pytest.approx(expected["max_welfare_cce"], abs=1e-7)
    assert solution.payoffs[0].sum() == pytest.approx(expected["max_welfare_ce"], abs=1e-7)
    for (point,) in solution.profiles:
        assert deviation_gains(game, point).max() <= 1e-8
        assert deviation_gains(game, point, coarse=True).max() <= 1e-8


def test_a_coarse_equilibrium_that_is_no_correlated_one(normal_form_cases):
    """Gibson (2013): the gap of 1/4 is seen only by deviations that depend on the action drawn."""
    case = normal_form_cases["ce-gibson-cce-not-ce"]
    distribution = case["payoffs"]["distribution"]
    assert deviation_gains(case["game"], distribution).sum() == pytest.approx(0.25)
    assert deviation_gains(case["game"], distribution, coarse=True).sum() == pytest.approx(0.0)


def test_products_of_nash_strategies_are_correlated_equilibria_and_bounded_by_the_optima():
    rng = np.random.default_rng(41)
    for _ in range(10):
        game = NormalFormGame(rng.normal(size=(2, 3, 3)))
        best = solve(game, "correlated").extra["range"]
        coarse = solve(game, "coarse_correlated").extra["range"]
        for x, y in bimatrix_equilibria(game).profiles:
            assert deviation_gains(game, np.outer(x, y)).max() <= 1e-10
        for objective in ("welfare", *game.players):
            assert coarse[objective][1] >= best[objective][1] - 1e-8
            assert coarse[objective][0] <= best[objective][0] + 1e-8
        welfare = [pair.sum() for pair in bimatrix_equilibria(game).payoffs]
        assert best["welfare"][1] >= max(welfare) - 1e-8
        assert best["welfare"][0] <= min(welfare) + 1e-8


def test_a_game_of_one_action_each_has_its_only_distribution():
    solution = solve(NormalFormGame(np.ones((2, 1, 1))), "correlated")
    assert solution.payoffs[0].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("distribution", [[[1, 0]], [[0.5, 0.6], [0, 0]], [[1.5, -0.5], [0, 0]]])
def test_what_is_no_distribution_is_refused(distribution):
    with pytest.raises(ParameterError, match="distribution must"):
        deviation_gains(NormalFormGame(np.zeros((2, 2, 2))), distribution)
