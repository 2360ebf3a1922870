"""Several equilibria of a treaty game that has several, against a search of another kind."""

from dataclasses import replace

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.treaty.numbers import build_games
from sim.solvers.treaty_components import components_of
from sim.solvers.treaty_logit import solve_treaty_logit
from sim.solvers.treaty_newton import ComponentProblem, TreatyNumbers
from sim.solvers.treaty_several import treaty_equilibria

RATIONALITY = 8.0


@pytest.fixture(scope="module")
def games(tiny_treaty, mild_numbers):
    """A tiny treaty with so much at stake that, played sharply, it leaves several ways to coordinate."""
    numbers = mild_numbers(2, draws=1)
    return build_games(tiny_treaty("restoring", 2).graph, replace(numbers, weights=4 * numbers.weights))


@pytest.fixture(scope="module")
def found(games):
    return treaty_equilibria(games, 0, rationality=RATIONALITY, priors=8)


def test_there_are_several_and_each_is_one(games, found):
    assert len(found) >= 2
    for each in found:
        own = each.equilibrium
        assert own.residual <= 1e-8
        assert (own.regret >= -1e-9).all()
    for k, each in enumerate(found):
        for other in found[:k]:
            apart = np.abs(each.equilibrium.moves - other.equilibrium.moves).max()
            assert max(apart, np.abs(each.equilibrium.breach - other.equilibrium.breach).max()) > 1e-6


def test_the_selected_one_is_that_of_the_principal_branch_and_comes_first(games, found):
    principal = solve_treaty_logit(games, 0, rationality=RATIONALITY)
    assert [each.selected for each in found] == [True] + [False] * (len(found) - 1)
    np.testing.assert_array_equal(found[0].equilibrium.values, principal.values)
    assert sum(len(each.priors) for each in found) <= 8
    assert found[0].priors[0] == "centroid"


def test_play_that_comes_to_rest_from_a_random_start_rests_at_a_listed_equilibrium(games):
    """Damped replies from random starts, in the component solved first, where nothing follows."""
    numbers, component = TreatyNumbers(games, 0), components_of(games.graph)[0]
    listed = treaty_equilibria(games, 0, rationality=RATIONALITY, priors=12)
    values = np.zeros((games.graph.num_states, 4))
    rng, rested = np.random.default_rng(5), 0
    for _ in range(8):
        problem = ComponentProblem(numbers, component, values)
        point = problem.origin()
        point[problem.cut :] = np.where(component.who >= 0, rng.normal(0, 4, component.who.shape), 0).ravel()
        for step in range(120):  # implicit steps of growing length follow dx/dt = response(x) - x
            if problem.evaluate(point, RATIONALITY, derivatives=True, damping=0.8**step) < 1e-9:
                break
            point = point + problem.newton_step()
        if problem.evaluate(point, RATIONALITY) > 1e-9:
            continue
        rested += 1
        distances = [np.abs(each.equilibrium.moves[problem.states] - problem.moves).max() for each in listed]
        assert min(distances) < 1e-6
    assert rested > 0


def test_no_prior_is_refused(games):
    with pytest.raises(ParameterError, match=r"solver\.priors must be at least 1, got 0"):
        treaty_equilibria(games, 0, rationality=1.0, priors=0)
