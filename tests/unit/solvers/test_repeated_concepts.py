"""Repeated and stochastic games through the one door."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.games.stochastic import StochasticGame
from sim.solvers.solution import Status
from sim.solvers.solve import solve
from sim.strategies.textbook import grim, seated

STAGE = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])


def test_payoff_sets():
    assert len(solve(RepeatedGame(STAGE, 0.8), "payoff_set").payoffs) == 4
    assert solve(RepeatedGame(STAGE, [0.8, 0.7]), "payoff_set").extra.keys() == {"feasible"}
    noisy = solve(RepeatedGame(STAGE, 0.3, execution_error=0.1), "payoff_set")
    assert noisy.method.startswith("APS")
    with pytest.raises(ParameterError, match="which must be"):
        solve(RepeatedGame(STAGE, 0.8), "payoff_set", which="all")


def test_critical_discount():
    profile = (seated(grim(), 0), seated(grim(), 1))
    found = solve(RepeatedGame(STAGE, 0.8), "critical_discount", profile=profile).extra["critical_discount"]
    assert found.perfect == ((0.5, 1.0),)
    never = solve(RepeatedGame(STAGE, 0.8), "critical_discount", profile=([1, 0], [1, 0]))
    assert never.status is Status.INFEASIBLE


def test_markov():
    game = StochasticGame([STAGE.payoffs], np.ones((1, 2, 2, 1)), 0.9)
    assert solve(game, "markov_perfect").payoffs == pytest.approx(np.array([[10.0, 10.0]]))
    assert solve(game, "markov_logit", rationality=1.0).profiles[0][0][0, 0] == pytest.approx(
        0.226751, abs=1e-6
    )
    with pytest.raises(ParameterError, match="concept of a StochasticGame must be one of"):
        solve(game, "nash")


def test_a_missing_option_is_named():
    with pytest.raises(ParameterError, match="concept 'critical_discount' needs the option profile"):
        solve(RepeatedGame(STAGE, 0.8), "critical_discount")
