"""Agent logit equilibria of trees."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.behaviour import action_values, bayes_beliefs
from sim.games.extensive import ExtensiveGame, Terminal
from sim.games.reference_models.crisis_quantal import QuantalCrisis, crisis_probabilities
from sim.solvers.agent_logit import agent_logit_equilibria
from sim.solvers.solution import Status
from sim.solvers.solve import solve


def response_gap(game, profile, rationality):
    """Largest distance of the profile from the logit response to itself, computed from beliefs and values."""
    worst = 0.0
    for values, strategy in zip(
        action_values(game, profile, bayes_beliefs(game, profile)), profile, strict=True
    ):
        weights = np.exp(rationality * (values - values.max()))
        worst = max(worst, float(np.abs(weights / weights.sum() - strategy).max()))
    return worst


@pytest.mark.parametrize("rationality", [0.0, 0.3, 1.0, 4.0])
def test_random_trees_are_answered_by_themselves(random_tree, rationality):
    for seed in range(8):
        game = random_tree(seed, num_players=2 + seed % 2)
        solution = solve(game, "logit", rationality=rationality)
        assert solution.status is Status.CONVERGED
        assert response_gap(game, solution.profiles[0], rationality) < 1e-8


def test_the_crisis_by_its_closed_form():
    for rationality in (0.0, 0.7, 3.0, 20.0):
        concede, challenge = crisis_probabilities(QuantalCrisis(), rationality)
        profile = agent_logit_equilibria(QuantalCrisis().tree(), rationality=rationality).profiles[0]
        assert profile[0][1] == pytest.approx(challenge, abs=1e-9)
        assert profile[1][1] == pytest.approx(concede, abs=1e-9)


@pytest.mark.parametrize("name", ["ext-selten-horse", "ext-reiley-poker", "sig-watson-job-market"])
def test_the_branch_ends_where_gambits_does(reference_case, tmp_path, name):
    gambit = pytest.importorskip("pygambit")
    game, _ = reference_case(name)
    game.write(tmp_path / "game.efg")
    theirs = gambit.nash.logit_solve(gambit.read_efg(str(tmp_path / "game.efg")), use_strategic=False)
    profile = theirs.equilibria[0]
    payoffs = [float(profile.payoff(player)) for player in profile.game.players]
    branch = agent_logit_equilibria(game, largest=2000.0)
    assert branch.payoffs[0] == pytest.approx(payoffs, abs=2e-3)
    assert branch.regrets[0] < 2e-3


def test_the_branch_begins_uniform_and_every_point_is_an_equilibrium(random_tree):
    game = random_tree(2)
    branch = agent_logit_equilibria(game, largest=5.0).extra["branch"]
    assert branch[0][0] == 0.0
    assert branch[-1][0] == 5.0
    for rationality, vector in branch:
        profile = np.split(vector, np.cumsum(game.num_actions)[:-1])
        assert response_gap(game, profile, rationality) < 1e-8


def test_bad_rationality_is_refused_and_a_step_limit_is_a_status():
    tree = QuantalCrisis().tree()
    for bad in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ParameterError, match="rationality must be a finite number >= 0"):
            agent_logit_equilibria(tree, rationality=bad)
    assert agent_logit_equilibria(tree, rationality=50.0, max_steps=2).status is Status.OUT_OF_STEPS


def test_a_game_without_decisions():
    solution = agent_logit_equilibria(ExtensiveGame(Terminal([1.0, 2.0])), rationality=3.0)
    assert solution.payoffs.tolist() == [[1.0, 2.0]]
