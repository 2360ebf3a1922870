"""The equations of one component: an evaluation is repeated exactly where something has changed."""

import numpy as np
import pytest

from sim.games.treaty.numbers import build_games
from sim.solvers import treaty_newton
from sim.solvers.treaty_components import components_of
from sim.solvers.treaty_newton import ComponentProblem, TreatyNumbers


@pytest.fixture(scope="module")
def games(tiny_treaty, mild_numbers):
    return build_games(tiny_treaty("restoring", 2).graph, mild_numbers(2, draws=1))


def problem_of(games):
    component = components_of(games.graph)[0]
    prior = np.where(component.who >= 0, 0.5, 0.0)
    return ComponentProblem(TreatyNumbers(games, 0), component, np.zeros((games.graph.num_states, 4)), prior)


def everything(problem, point, strength):
    gap = problem.evaluate(point, strength)
    return [np.array(gap), problem.gaps(), problem.choices(), problem.odds_slope.copy()]


def changed_in_place(problem, point):
    point[-1] += 0.25
    return point, 1.5


def another_scale(problem, point):
    problem.scale = 3.0
    return point, 1.5


def another_target(problem, point):
    problem.target = 4.0
    return point, 1.5


def more_rational(problem, point):
    return point, 1.75


@pytest.mark.parametrize("change", [changed_in_place, another_scale, another_target, more_rational])
def test_an_evaluation_after_a_change_is_that_of_a_problem_that_has_seen_nothing(games, change):
    seasoned, fresh = problem_of(games), problem_of(games)
    point = np.random.default_rng(1).normal(size=seasoned.size)
    before = everything(seasoned, point, 1.5)
    point, strength = change(seasoned, point)
    fresh.scale, fresh.target = seasoned.scale, seasoned.target
    after = everything(seasoned, point, strength)
    assert any((one != other).any() for one, other in zip(before, after, strict=True))
    for one, other in zip(after, everything(fresh, point, strength), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_same_again_costs_no_evaluation_also_after_one_with_derivatives(games, monkeypatch):
    calls = []
    respond = treaty_newton.respond
    monkeypatch.setattr(treaty_newton, "respond", lambda *given: calls.append(given[3]) or respond(*given))
    problem = problem_of(games)
    point = np.random.default_rng(2).normal(size=problem.size)
    problem.evaluate(point, 1.5, derivatives=True)
    slope = problem.slope()
    again = everything(problem, point.copy(), 1.5)
    assert calls == [True]
    np.testing.assert_array_equal(problem.slope(), slope)
    for one, other in zip(again, everything(problem_of(games), point, 1.5), strict=True):
        np.testing.assert_array_equal(one, other)
    problem.evaluate(point, 1.5, derivatives=True)  # the matrix has to be computed anew
    assert calls == [True, False, True]
