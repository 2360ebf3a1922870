"""The principal logit branch: published points, the fixed-point equation, limits, folds."""

from math import exp

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.solvers.logit import logit_residual
from sim.solvers.logit_branch import follow_branch
from sim.solvers.solution import Status
from sim.solvers.solve import solve

PUBLISHED = [
    "qre-asymmetric-matching-pennies-9",
    "qre-gambit-const-sum",
    "qre-pd-closed-form",
    "qre-rps-uniform",
    "qre-staghunt",
]


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_points(normal_form_cases, name):
    case = normal_form_cases[name]
    for point in case["expected"]["points"]:
        solution = solve(case["game"], "logit", rationality=point["lambda"])
        for ours, theirs in zip(solution.profiles[0], point["profile"], strict=True):
            assert ours == pytest.approx(theirs, abs=case["tolerance"])


@pytest.mark.parametrize("rationality", [0.0, 0.5, 1.0, 2.0, 5.0])
def test_prisoners_dilemma_solves_its_own_equation(rationality):
    """Symmetric: log(p / (1-p)) = -rationality * [2p + (1-p)], the loss from cooperating with (5,3,1,0)."""
    dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    p = 0.5
    for _ in range(200):  # the right side falls in p, the left side rises: bisection by averaging
        p = 0.5 * p + 0.5 / (1 + exp(rationality * (1 + p)))
    solution = solve(dilemma, "logit", rationality=rationality)
    assert solution.profiles[0][0][0] == pytest.approx(p, abs=1e-10)
    assert solution.extra["rationality"] == pytest.approx(rationality)


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (3, 3, 3), (2, 2, 2, 2), (1, 3), (4,)])
def test_every_point_of_the_branch_is_a_fixed_point(shape):
    rng = np.random.default_rng(51)
    game = NormalFormGame(10 * rng.normal(size=(len(shape), *shape)))
    branch = solve(game, "logit", max_rationality=3.0).extra["branch"]
    assert branch.rationality[0] == 0
    assert branch.rationality[-1] == pytest.approx(3.0)
    cuts = np.cumsum(shape)[:-1]
    for rationality, row in zip(branch.rationality, branch.strategies, strict=True):
        assert logit_residual(game, np.split(row, cuts), rationality) <= 1e-7
    assert logit_residual(game, np.split(branch.strategies[-1], cuts), 3.0) <= 1e-11


def test_the_limit_is_an_equilibrium_and_does_not_depend_on_the_step():
    rng = np.random.default_rng(52)
    for shape in [(3, 3), (2, 2, 2), (3, 3, 3)]:
        for _ in range(10):
            game = NormalFormGame(rng.normal(size=(len(shape), *shape)))
            solution = solve(game, "logit")
            assert solution.status is Status.CONVERGED
            assert solution.regrets.max() <= 1e-10
            careful = follow_branch(game, None, longest_step=0.03)
            assert np.concatenate(solution.profiles[0]) == pytest.approx(careful.limit, abs=1e-9)


def test_scaling_payoffs_divides_rationality():
    game = NormalFormGame(np.random.default_rng(53).normal(size=(2, 3, 3)))
    scaled = NormalFormGame(1000 * game.payoffs)
    one = solve(game, "logit", rationality=2.0).profiles[0]
    other = solve(scaled, "logit", rationality=0.002).profiles[0]
    for ours, theirs in zip(one, other, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-10)


def test_a_branch_that_turns_back_is_followed_around_its_folds():
    """Of many random games some fold; the rationality then falls on the way, and the end is reached."""
    rng = np.random.default_rng(54)
    folds = 0
    for _ in range(80):
        branch = follow_branch(NormalFormGame(rng.normal(size=(2, 4, 4))), None)
        folds += bool((np.diff(branch.rationality) < 0).any())
        assert branch.limit_regret < 1e-8
    assert folds > 0


def test_gambit_agrees_along_the_branch():
    pygambit = pytest.importorskip("pygambit")
    rng = np.random.default_rng(55)
    for _ in range(3):
        payoffs = rng.normal(size=(3, 2, 2, 2))
        tree = pygambit.Game.from_arrays(*payoffs)
        profile = pygambit.qre.logit_solve_lambda(tree, lam=[1.5])[0].profile
        ours = solve(NormalFormGame(payoffs), "logit", rationality=1.5).profiles[0]
        for player, own in zip(tree.players, ours, strict=True):
            assert own == pytest.approx([float(profile[s]) for s in player.strategies], abs=1e-6)


def test_a_game_of_equal_payoffs_stays_at_the_centroid():
    solution = solve(NormalFormGame(np.zeros((2, 2, 3))), "logit")
    assert solution.profiles[0][1] == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf"), "much", True])
def test_rationality_out_of_range_is_refused(value):
    game = NormalFormGame(np.zeros((2, 2, 2)))
    with pytest.raises(ParameterError, match="rationality must be a finite number >= 0"):
        solve(game, "logit", rationality=value)
    with pytest.raises(ParameterError, match="contradict each other"):
        solve(game, "logit", rationality=1.0, max_rationality=2.0)
