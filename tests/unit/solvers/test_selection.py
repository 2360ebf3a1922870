"""Selection rules, dominance, pure equilibria, level-k and the door to all solvers."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.solvers.dominance import iterated_dominance, restricted
from sim.solvers.level_k import level_k_play
from sim.solvers.pure_nash import pure_equilibrium_mask
from sim.solvers.selection import RULES
from sim.solvers.solution import Completeness, Status
from sim.solvers.solve import solve

STAG_HUNT = NormalFormGame([[[9, 0], [8, 7]], [[9, 8], [0, 7]]])  # Aumann (1990)
DILEMMA = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]], actions=[["comply", "breach"]] * 2)


@pytest.mark.parametrize(
    ("rule", "payoffs"),
    [
        ("payoff_dominant", [[9, 9]]),
        ("risk_dominant", [[7, 7]]),  # products of deviation losses: 1 * 1 against 7 * 7
        ("welfare", [[9, 9]]),
        ("logit_limit", [[7, 7]]),  # the centroid lies in the basin of the second action: 4.5 < 7.5
    ],
)
def test_rules_on_the_stag_hunt(rule, payoffs):
    solution = solve(STAG_HUNT, selection=rule)
    assert solution.payoffs == pytest.approx(np.array(payoffs))
    assert solution.selection == rule


def test_all_and_uniform_keep_every_equilibrium():
    assert len(solve(STAG_HUNT, selection="all").profiles) == 3
    uniform = solve(STAG_HUNT, selection="uniform")
    assert uniform.extra["weights"] == pytest.approx([1 / 3] * 3)


def test_a_rule_that_does_not_decide_leaves_several():
    battle = NormalFormGame([[[3, 0], [0, 2]], [[2, 0], [0, 3]]])
    assert len(solve(battle, selection="payoff_dominant").profiles) == 2
    assert len(solve(battle, selection="risk_dominant").profiles) == 2
    pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    for rule in RULES:
        assert len(solve(pennies, selection=rule).profiles) == 1


def test_an_unknown_rule_lists_the_legal_ones():
    with pytest.raises(ParameterError, match="selection must be one of all, payoff_dominant"):
        solve(STAG_HUNT, selection="best")


def test_pure_equilibria_by_brute_force():
    rng = np.random.default_rng(61)
    for shape in [(3, 4), (2, 3, 2), (2, 2, 2, 2)]:
        payoffs = rng.integers(-2, 3, size=(20, len(shape), *shape)).astype(float)
        mask = pure_equilibrium_mask(payoffs)
        for number, own in enumerate(payoffs):
            for joint in np.ndindex(shape):
                stable = all(
                    own[player][joint] >= own[player][(*joint[:player], other, *joint[player + 1 :])]
                    for player in range(len(shape))
                    for other in range(shape[player])
                )
                assert mask[number][joint] == stable


def test_no_pure_equilibrium_is_said_to_be_so():
    solution = solve(NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]), "pure")
    assert solution.profiles == ()
    assert solution.status is Status.INFEASIBLE
    assert solution.complete is Completeness.PROVED


def test_a_tie_at_a_pure_equilibrium_is_degenerate():
    assert solve(NormalFormGame([[[1, 0], [1, 0]], [[1, 0], [1, 0]]]), "pure").degenerate
    assert not solve(DILEMMA, "pure").degenerate


def test_the_dilemma_is_solved_by_dominance_step_by_step():
    reduction = iterated_dominance(DILEMMA)
    assert reduction.kept == ((1,), (1,))
    assert [(step.player, step.action, step.better) for step in reduction.steps] == [
        (0, 0, ((1, 1.0),)),
        (1, 0, ((1, 1.0),)),
    ]
    assert reduction.game.actions == (("breach",), ("breach",))


def test_an_action_may_be_dominated_by_a_mixture_only():
    """Half of each of the first two earns 1.5 against everything; the third earns 1."""
    game = NormalFormGame([[[3, 0], [0, 3], [1, 1]], [[0, 0], [0, 0], [0, 0]]])
    assert iterated_dominance(game, mixed=False).kept == ((0, 1, 2), (0, 1))
    reduction = iterated_dominance(game)
    assert reduction.kept == ((0, 1), (0, 1))
    weights = dict(reduction.steps[0].better)
    assert min(3 * weights[0], 3 * weights[1]) > 1


def test_weak_dominance_is_applied_only_when_asked_for():
    game = NormalFormGame([[[1, 1], [1, 0]], [[1, 1], [1, 0]]])
    assert iterated_dominance(game).steps == ()
    assert iterated_dominance(game, weak=True).kept == ((0,), (0, 1))  # then the columns are equal
    mixture = NormalFormGame([[[2, 0, 1], [0, 2, 1], [1, 1, 0.5]], np.zeros((3, 3))])
    assert 2 not in iterated_dominance(mixture, weak=True).kept[0]
    with pytest.raises(ParameterError, match="kept must list the actions of 2 players"):
        restricted(game, [[0]])


def test_levels_follow_the_chain_of_best_responses():
    """Chicken (6,2,7,0): against a coin, swerving earns 4 and driving on 3.5; against swerving, drive on."""
    chicken = NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]])
    levels = solve(chicken, "level_k", level=3).extra["levels"]
    assert [level[0].tolist() for level in levels] == [[0.5, 0.5], [1, 0], [0, 1], [1, 0]]
    indifferent = level_k_play(NormalFormGame(np.zeros((2, 2, 4))), level=1)
    assert indifferent.profiles[0][1].tolist() == [0.25] * 4
    with pytest.raises(ParameterError, match="level must be a whole number >= 0"):
        solve(chicken, "level_k", level=-1)
    with pytest.raises(ParameterError, match="profile needs 2 strategies"):
        solve(chicken, "level_k", start=[[1, 0]])


def test_the_door_names_what_is_legal():
    with pytest.raises(
        ParameterError, match=r"concept of a NormalFormGame must be one of .*coarse_correlated"
    ):
        solve(DILEMMA, "poker")
    with pytest.raises(ParameterError, match=r"option of concept 'nash' must be one of .*selection"):
        solve(DILEMMA, "nash", speed=3)
    with pytest.raises(ParameterError, match="takes none, got 'speed'"):
        solve(DILEMMA, "correlated", speed=3)
    with pytest.raises(ParameterError, match=r"game must be one of .*NormalFormGame"):
        solve([[1, 2], [3, 4]])
