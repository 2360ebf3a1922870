"""Markov equilibria of stochastic games: catalogue, closed forms, independent certificates, random games."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import ParameterError
from sim.games.normal_form import deviation_payoffs
from sim.games.stochastic import StochasticGame, auxiliary_game
from sim.solvers.audit import audit
from sim.solvers.markov_logit import markov_logit, markov_regrets, markov_values
from sim.solvers.markov_perfect import markov_perfect, pure_markov_equilibria
from sim.solvers.solution import Status

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data/stochastic_games.json").read_text())
}
DILEMMA = np.array([[[3.0, 0.0], [5.0, 1.0]], [[3.0, 5.0], [0.0, 1.0]]])


def catalogued(name):
    game = CASES[name]["game"]
    return StochasticGame(game["payoffs_by_state"], game["transitions_by_state"], game["delta"])


def random_game(seed, num_states=3, actions=(2, 3), discount=0.9):
    rng = np.random.default_rng(seed)
    payoffs = rng.random((num_states, len(actions), *actions))
    return StochasticGame(payoffs, rng.dirichlet(np.ones(num_states), (num_states, *actions)), discount)


@pytest.mark.parametrize("name", sorted(CASES))
def test_catalogue(name):
    """The catalogued equilibrium is among those found; where it is said to be unique it is the only one."""
    expected = CASES[name]["expected"]
    game = catalogued(name)
    solution = markov_perfect(game)
    assert solution.status is Status.CONVERGED
    assert (solution.regrets <= 1e-8).all()
    values = np.array(expected["values_total_discounted"])
    assert any(np.allclose(found, values, atol=1e-4) for found in solution.extra["values"])
    if expected["unique_mpe"]:
        assert len(solution.profiles) == 1
        for state, strategies in enumerate(expected["strategies"]):
            for player, strategy in enumerate(strategies):
                assert solution.profiles[0][player][state] == pytest.approx(strategy, abs=1e-6)


def test_the_principal_branch_selects_the_equilibrium_of_the_qre_homotopy():
    name = "sg-random-3s3p2a-qre"
    solution = markov_perfect(catalogued(name), starts=0)
    assert solution.extra["values"][0] == pytest.approx(
        np.array(CASES[name]["expected"]["values_total_discounted"]), abs=1e-4
    )


def test_a_treaty_has_a_compliant_and_a_breaching_equilibrium():
    solution = markov_perfect(catalogued("sg-treaty-detection-d0.8-above"))
    in_force = [profile[0][0, 0] for profile in solution.profiles]
    assert any(p == pytest.approx(1) for p in in_force)
    assert any(p == pytest.approx(0) for p in in_force)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_equilibria_of_random_games_pass_the_audit(seed):
    """A second certificate: the product chain of one-state automata, with its own linear algebra."""
    game = random_game(seed)
    solution = markov_perfect(game, starts=1)
    assert solution.status is Status.CONVERGED
    for profile, values in zip(solution.profiles, solution.extra["values"], strict=True):
        found = audit(game, profile, everywhere=True, tol=1e-7)
        assert found.perfect
        assert found.nash
        assert found.values == pytest.approx(values[0])


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_two_player_zero_sum_games_have_the_value_of_shapleys_iteration(seed):
    rng = np.random.default_rng(seed)
    own = rng.integers(-5, 6, size=(2, 2, 2)).astype(float)
    law = rng.dirichlet(np.ones(2), (2, 2, 2))
    game = StochasticGame(np.stack([own, -own], axis=1), law, 0.8)

    def value_2x2(matrix):
        low, high = matrix.min(axis=1).max(), matrix.max(axis=0).min()
        if low >= high - 1e-15:
            return low
        (a, b), (c, d) = matrix
        return (a * d - b * c) / (a + d - b - c)

    worth = np.zeros(2)
    for _ in range(300):
        worth = np.array([value_2x2(own[s] + 0.8 * law[s] @ worth) for s in range(2)])
    solution = markov_perfect(game, starts=0)
    assert solution.status is Status.CONVERGED
    assert solution.extra["values"][0][:, 0] == pytest.approx(worth, abs=1e-7)


def test_logit_in_the_one_shot_dilemma_has_the_published_probabilities():
    """REFERENCE AT-16: (5, 3, 1, 0), P(C) at λ = .5, 1, 2, 5; one state, constant continuation."""
    game = StochasticGame([DILEMMA], np.ones((1, 2, 2, 1)), 0.9)
    solution = markov_logit(game, rationality=[0.5, 1, 2, 5])
    assert [p[0][0, 0] for p in solution.profiles] == pytest.approx(
        [0.338648, 0.226751, 0.099788, 0.006481], abs=1e-6
    )
    assert solution.extra["residual"] < 1e-10


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_logit_profiles_are_fixed_points_by_an_independent_computation(seed):
    game = random_game(seed, num_states=3, actions=(2, 2, 2))
    strengths = [0.5, 2.0, 6.0]
    solution = markov_logit(game, rationality=strengths)
    assert solution.status is Status.CONVERGED
    for strength, profile in zip(strengths, solution.profiles, strict=True):
        values = markov_values(game, profile)
        for state in range(3):
            here = [s[state] for s in profile]
            for own, payoffs in zip(
                here, deviation_payoffs(auxiliary_game(game, state, values), here), strict=True
            ):
                weights = np.exp(strength * (payoffs - payoffs.max()))
                assert own == pytest.approx(weights / weights.sum(), abs=1e-9)


def test_rationality_is_measured_in_payoff_units():
    """Scaling payoffs by 10 and λ by 1/10, and shifting them, leaves the strategies as they were."""
    game = random_game(3)
    scaled = StochasticGame([10 * u + 7 for u in game.payoffs], game.transitions, game.discounts)
    first, second = markov_logit(game, rationality=3.0), markov_logit(scaled, rationality=0.3)
    for a, b in zip(first.profiles[0], second.profiles[0], strict=True):
        assert a == pytest.approx(b, abs=1e-9)


def test_the_whole_branch_starts_uniform_and_ends_near_an_equilibrium():
    solution = markov_logit(random_game(5))
    branch = solution.extra["branch"]
    assert solution.status is Status.CONVERGED
    assert len(branch.rationality) == 41
    assert branch.profiles[0][1] == pytest.approx(np.full((3, 3), 1 / 3), abs=0.02)
    assert branch.regrets[-1] < 1e-3 * branch.regrets[0]
    assert solution.regrets == pytest.approx(branch.regrets)


def test_a_prior_moves_the_start_of_the_branch():
    game = random_game(5)
    prior = [np.full((3, 2), [0.9, 0.1]), np.full((3, 3), [0.2, 0.3, 0.5])]
    solution = markov_logit(game, rationality=[0, 1e-6], prior=prior)
    for profile in solution.profiles:
        assert profile[0] == pytest.approx(prior[0], abs=1e-4)
        assert profile[1] == pytest.approx(prior[1], abs=1e-4)
    with pytest.raises(ParameterError, match="positive probability"):
        markov_logit(game, prior=[np.full((3, 2), [1.0, 0.0]), np.full((3, 3), 1 / 3)])


def test_states_with_different_numbers_of_actions_and_absorbing_states():
    """A stopping game: continue for 1 per period (δ = .9: worth 10) or either stops for 12."""
    payoffs = [np.array([[[1.0, 12.0], [12.0, 12.0]]] * 2), np.zeros((2, 1, 1))]
    law = [np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]]), np.array([[[0.0, 1.0]]])]
    game = StochasticGame(payoffs, law, 0.9)
    solution = markov_perfect(game)
    assert solution.status is Status.CONVERGED
    for profile, values in zip(solution.profiles, solution.extra["values"], strict=True):
        assert profile[0].shape == (2, 2)
        assert profile[0][1] == pytest.approx([1, 0])
        assert values[0] == pytest.approx([12, 12])
        assert values[1] == pytest.approx([0, 0])


def test_one_player_is_dynamic_programming():
    game = random_game(11, num_states=4, actions=(3,))
    worth = np.zeros(4)
    for _ in range(600):
        worth = np.array([(game.payoffs[s][0] + 0.9 * game.transitions[s] @ worth).max() for s in range(4)])
    solution = markov_perfect(game, starts=0)
    assert solution.extra["values"][0][:, 0] == pytest.approx(worth, abs=1e-8)


def test_pure_equilibria_agree_with_regrets_of_every_profile():
    game = random_game(2, num_states=2, actions=(2, 2))
    found = pure_markov_equilibria(game, 1e-9)
    count = 0
    for joint in np.ndindex(2, 2, 2, 2):
        profile = (np.eye(2)[list(joint[:2])], np.eye(2)[list(joint[2:])])
        count += bool(markov_regrets(game, profile).max() <= 1e-9)
    assert len(found) == count


def test_same_seed_same_equilibria():
    game = random_game(17, num_states=4, actions=(3, 3))
    first, second = (markov_perfect(game, starts=3, seed=5) for _ in range(2))
    assert len(first.profiles) == len(second.profiles)
    for a, b in zip(first.profiles, second.profiles, strict=True):
        assert all((x == y).all() for x, y in zip(a, b, strict=True))


def test_too_few_steps_give_an_honest_epsilon_and_a_status():
    solution = markov_perfect(random_game(23, num_states=4, actions=(3, 3, 3)), starts=0, max_steps=2)
    assert solution.status is Status.OUT_OF_STEPS or (solution.regrets <= 1e-8).all()
    if solution.status is Status.OUT_OF_STEPS:
        assert len(solution.profiles) == 1
        assert solution.regrets[0] > 1e-9
    branch = markov_logit(random_game(23), rationality=50.0, max_steps=2)
    assert branch.status is Status.OUT_OF_STEPS
    assert branch.profiles == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [({"rationality": -1.0}, "finite and not negative"), ({"rationality": [2, 1]}, "increasing order")],
)
def test_bad_rationality(options, message):
    with pytest.raises(ParameterError, match=message):
        markov_logit(random_game(0), **options)


def test_bad_options():
    with pytest.raises(ParameterError, match="starts must be a whole number"):
        markov_perfect(random_game(0), starts=-1)
    with pytest.raises(ParameterError, match="tol must be positive"):
        markov_perfect(random_game(0), tol=0)
