"""Games of three players and more: published sets, other solvers, honest verdicts."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, regrets
from sim.solvers.multiplayer import multiplayer_equilibria
from sim.solvers.multiplayer_batch import search_supports
from sim.solvers.nash import all_equilibria
from sim.solvers.solution import Completeness
from sim.solvers.solve import solve, solve_batch

COMPLETE = [
    "nfN-2x2x2-nine",
    "nfN-2x2x2x2-three",
    "nfN-2x2x2x2x2-five",
    "nfN-3x3x3-five",
    "nfN-matching-pennies-3p",
    "nfN-mckelvey-mclennan-2x2x2",
]


@pytest.mark.parametrize("name", COMPLETE)
def test_published_sets_come_out_whole(normal_form_cases, same_set, name):
    case = normal_form_cases[name]
    solution = multiplayer_equilibria(case["game"])
    assert same_set(solution.profiles, case["expected"]["equilibria"], case["tolerance"])
    assert solution.complete is Completeness.CONSISTENT
    assert not solution.degenerate
    assert solution.regrets.max() <= 1e-11


@pytest.mark.parametrize("name", ["nfN-anticoordination-N4", "nfN-volunteers-dilemma-N3"])
def test_symmetric_mixed_and_all_pure_equilibria_are_among_those_found(normal_form_cases, contains, name):
    case = normal_form_cases[name]
    game, expected = case["game"], case["expected"]
    solution = multiplayer_equilibria(game)
    symmetric = [expected["symmetric_mixed_equilibrium"]] * game.num_players
    assert contains(solution.profiles, symmetric, 1e-8)
    for joint in expected["pure_equilibria_action_indices"]:
        assert contains(solution.profiles, [np.eye(2)[action] for action in joint])
    assert solution.extra["index_sum"] == 1


@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 2, 2), (3, 3, 2), (3, 3, 3)])
def test_more_starts_find_nothing_more_and_indices_sum_to_one(shape):
    payoffs = np.random.default_rng(21).normal(size=(40, 3, *shape))
    batch = solve_batch(payoffs)
    assert (batch.index_sum == 1).all()
    assert (batch.counts == search_supports(payoffs, 200).counts).all()
    assert batch.regrets.max() <= 1e-10
    assert batch.complete(0) is Completeness.CONSISTENT


@pytest.mark.parametrize("shape", [(2, 2, 2, 2), (4, 4, 4), (3, 2, 2, 2), (2, 2, 2, 2, 2)])
def test_larger_games_have_consistent_sets(shape):
    batch = solve_batch(np.random.default_rng(22).normal(size=(2, len(shape), *shape)))
    assert (batch.index_sum == 1).all()
    assert batch.regrets.max() <= 1e-10


def test_gambit_finds_nothing_that_is_missing(contains, gambit_profiles):
    pygambit = pytest.importorskip("pygambit")
    rng = np.random.default_rng(23)
    for _ in range(12):
        payoffs = rng.normal(size=(3, 3, 3, 2))
        tree = pygambit.Game.from_arrays(*payoffs)
        game = NormalFormGame(payoffs)
        ours = multiplayer_equilibria(game).profiles
        for profile in gambit_profiles(tree, pygambit.nash.enumpoly_solve(tree).equilibria):
            if regrets(game, profile).max() < 1e-6:
                assert contains(ours, profile, 1e-5)


def test_round_payoffs_do_not_hide_roots_from_the_elimination(same_set):
    """Roots at 1/2, 1/3 and 1/4 lie where intervals are often cut (McKelvey & McLennan 1997)."""
    for shift in (0.0, 1.0, -3.0):
        payoffs = np.array(
            [
                [[[9, 0], [0, 3]], [[0, 3], [9, 0]]],
                [[[8, 0], [0, 4]], [[0, 4], [8, 0]]],
                [[[12, 0], [0, 6]], [[0, 4], [2, 0]]],
            ]
        )
        assert len(multiplayer_equilibria(NormalFormGame(payoffs + shift)).profiles) == 9


def test_a_degenerate_game_claims_nothing_and_groups_its_points():
    solution = multiplayer_equilibria(NormalFormGame(np.zeros((3, 2, 2, 2))))
    assert solution.degenerate
    assert solution.complete is Completeness.NO
    assert len(solution.components) == 1


def test_a_player_without_influence_makes_no_extra_equilibria(same_set):
    """Chicken between two, watched by a third with a dominant action: the bimatrix set, proved."""
    chicken = np.array([[[6, 2], [7, 0]], [[6, 7], [2, 0]]], dtype=float)
    payoffs = np.zeros((3, 2, 2, 2))
    payoffs[:2] = chicken[:, :, :, np.newaxis]
    payoffs[2] = [1.0, 2.0]
    solution = solve(NormalFormGame(payoffs))
    assert solution.complete is Completeness.PROVED
    assert same_set(
        solution.profiles,
        [([1, 0], [0, 1], [0, 1]), ([0, 1], [1, 0], [0, 1]), ([2 / 3, 1 / 3], [2 / 3, 1 / 3], [0, 1])],
    )
    assert solution.regrets.max() <= 1e-12


def test_elimination_of_dominated_actions_keeps_the_set(same_set):
    rng = np.random.default_rng(24)
    for _ in range(10):
        payoffs = rng.normal(size=(3, 2, 2, 2))
        wider = np.full((3, 3, 2, 2), 0.0)
        wider[:, :2] = payoffs
        wider[0, 2] = payoffs[0, 0] - 1  # a third action that the first beats
        wider[1:, 2] = rng.normal(size=(2, 2, 2))
        small = all_equilibria(NormalFormGame(payoffs)).profiles
        wanted = [([*own, 0.0], *rest) for own, *rest in small]
        assert same_set(all_equilibria(NormalFormGame(wider)).profiles, wanted)


def test_one_player_takes_the_best_action():
    solution = solve(NormalFormGame([[1.0, 3.0, 2.0]]))
    assert solution.profiles[0][0].tolist() == [0, 1, 0]
    tie = solve(NormalFormGame([[3.0, 3.0, 2.0]]))
    assert tie.degenerate
    assert len(tie.components[0].extreme_points) == 2


def test_games_too_large_to_search_are_refused():
    with pytest.raises(ParameterError, match="joint actions of the others"):
        solve(NormalFormGame(np.random.default_rng(0).normal(size=(3, 9, 9, 9))))
    with pytest.raises(ParameterError, match="3 players or more, got 2"):
        multiplayer_equilibria(NormalFormGame(np.zeros((2, 2, 2))))
