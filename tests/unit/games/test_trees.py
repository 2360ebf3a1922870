"""Extensive games: validation, subgames, reduced form, behaviour profiles."""

import itertools

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.behaviour import (
    bayes_beliefs,
    behaviour_payoffs,
    check_behaviour,
    continuation_values,
    flat,
    nash_regrets,
    realisation_weights,
    sequential_regrets,
    unflat,
)
from sim.games.extensive import Chance, Decision, ExtensiveGame, Terminal
from sim.games.normal_form import deviation_payoffs, expected_payoffs, regrets
from sim.games.reduced_form import behaviour_profile, reduced_form


def ends(*payoffs):
    return [Terminal(p) for p in payoffs]


@pytest.mark.parametrize(
    ("root", "message"),
    [
        (lambda: Chance([0.5, 0.6], ends([0], [1])), "sum to 1, got"),
        (lambda: Chance([1.5, -0.5], ends([0], [1])), "must lie in"),
        (lambda: Chance([1.0], ends([0], [1])), "2 probabilities"),
        (lambda: Chance([], []), "action set is empty"),
        (lambda: Decision(0, "a", []), "action set is empty"),
        (lambda: Decision(0, "a", ends([0], [1]), ["x", "x"]), "distinct action names"),
        (lambda: Terminal([float("nan")]), "finite"),
        (lambda: Decision(2, "a", ends([0, 0], [1, 1])), "player must lie in 0..1, got 2"),
        (lambda: Decision(0, "a", ends([0, 0], [1])), "one payoff per player"),
        (lambda: Decision(0, "a", ["no node", Terminal([0])]), "got str"),
        (
            lambda: Decision(
                0, "a", [Decision(1, "b", ends([0, 0], [1, 1])), Decision(1, "b", ends([0, 0]))]
            ),
            "need equal actions",
        ),
        (lambda: Decision(0, "a", [Decision(0, "a", ends([0], [1])), Terminal([2])]), "absent-minded"),
        (
            # the driver who remembers neither turn: the same set after different own moves
            lambda: Decision(0, "a", [Decision(0, "b", ends([0], [1])), Decision(0, "b", ends([0], [1]))]),
            "imperfect recall",
        ),
    ],
)
def test_a_tree_that_is_no_game_is_refused(root, message):
    with pytest.raises(ParameterError, match=message):
        ExtensiveGame(root())


def test_names_of_players_must_fit():
    with pytest.raises(ParameterError, match="2 distinct names"):
        ExtensiveGame(Terminal([0, 0]), ["A", "A"])


def test_nodes_are_numbered_depth_first_and_subtrees_are_ranges(random_tree):
    for seed in range(20):
        game = random_tree(seed, num_players=3)
        for k in range(1, len(game.nodes)):
            assert game.parents[k] < k < game.ends[game.parents[k]]
            assert game.children[game.parents[k]][game.branches[k]] == k
        assert set(game.terminals) == {k for k in range(len(game.nodes)) if not game.children[k]}


def test_subgame_roots_by_their_definition(random_tree):
    for seed in range(30):
        game = random_tree(seed)
        expected = []
        for k in range(len(game.nodes)):
            inside = set(range(k, game.ends[k]))
            sets = [set(at.nodes) for at in game.information_sets]
            if game.children[k] and all(s <= inside or not s & inside for s in sets):
                expected.append(k)
        assert list(game.subgame_roots()) == expected
        assert expected[0] == 0


def test_reduced_form_pays_what_the_plans_play(random_tree):
    """Every cell equals the expected payoff of the pure behaviour profile that the plans describe."""
    for seed in range(12):
        game = random_tree(seed)
        form = reduced_form(game)
        for cell in itertools.product(*(range(n) for n in form.game.num_actions)):
            pure = [np.eye(n)[row] for n, row in zip(form.game.num_actions, cell, strict=True)]
            profile, _ = behaviour_profile(form, pure)
            assert behaviour_payoffs(game, profile) == pytest.approx(form.game.payoffs[(slice(None), *cell)])


def test_kuhn_mixed_and_behaviour_strategies_pay_the_same(random_tree):
    for seed in range(12):
        game = random_tree(seed)
        form = reduced_form(game)
        rng = np.random.default_rng(seed)
        mixed = [rng.dirichlet(np.ones(n)) for n in form.game.num_actions]
        profile, undetermined = behaviour_profile(form, mixed)
        assert not undetermined
        assert behaviour_payoffs(game, profile) == pytest.approx(expected_payoffs(form.game, mixed))


def test_nash_regret_on_the_tree_is_regret_in_the_reduced_form(random_tree, random_profile):
    for seed in range(25):
        game = random_tree(seed, num_players=2 + seed % 2)
        form = reduced_form(game)
        profile = random_profile(game, seed)
        # the mixed strategy equivalent to a behaviour strategy: products along each plan
        mixed = []
        for player, sets in enumerate(form.own_sets):
            plans = form.plans[player]
            mixed.append(
                np.array(
                    [
                        np.prod([profile[s][a] for s, a in zip(sets, plan, strict=True) if a >= 0])
                        for plan in plans
                    ]
                )
            )
        assert [m.sum() for m in mixed] == pytest.approx([1.0] * game.num_players)
        assert nash_regrets(game, profile) == pytest.approx(regrets(form.game, mixed), abs=1e-12)
        best = [payoffs.max() for payoffs in deviation_payoffs(form.game, mixed)]
        assert nash_regrets(game, profile) + behaviour_payoffs(game, profile) == pytest.approx(best)


def test_weights_and_values_agree(random_tree, random_profile):
    for seed in range(10):
        game = random_tree(seed)
        profile = random_profile(game, seed)
        weights = realisation_weights(game, flat(profile))
        ends_ = list(game.terminals)
        assert weights[ends_].sum() == pytest.approx(1.0)
        assert weights[ends_] @ game.payoffs[ends_] == pytest.approx(behaviour_payoffs(game, profile))


def test_batches_of_profiles_equal_one_at_a_time(random_tree, random_profile):
    game = random_tree(3)
    batch = np.array([flat(random_profile(game, seed)) for seed in range(4)])
    for k, vector in enumerate(batch):
        assert realisation_weights(game, batch)[k] == pytest.approx(realisation_weights(game, vector))
        assert continuation_values(game, batch)[k] == pytest.approx(continuation_values(game, vector))


def test_beliefs_follow_bayes_rule_and_say_nothing_off_the_path():
    node = [Decision(1, "b", ends([0, 0], [1, 1])) for _ in range(2)]
    game = ExtensiveGame(Decision(0, "a", [*node, Terminal([2, 2])]))
    assert bayes_beliefs(game, [[0.1, 0.3, 0.6], [1, 0]])[1] == pytest.approx([0.25, 0.75])
    assert bayes_beliefs(game, [[0, 0, 1], [1, 0]])[1] is None
    assert np.isnan(sequential_regrets(game, [[0, 0, 1], [1, 0]])[1])


def test_profiles_are_checked(random_tree, random_profile):
    game = random_tree(0)
    profile = random_profile(game, 0)
    assert flat(check_behaviour(game, profile)) == pytest.approx(flat(unflat(game, flat(profile))))
    with pytest.raises(ParameterError, match="one per information set"):
        check_behaviour(game, profile[1:])
    profile[0] = np.zeros(game.num_actions[0])
    with pytest.raises(ParameterError, match="probabilities summing to 1"):
        check_behaviour(game, profile)


def test_a_deep_ladder_of_moves_is_no_problem():
    node = Terminal([0.0, 0.0])
    for step in range(3000):
        node = Decision(step % 2, f"move {step}", [Terminal([float(step), 1.0]), node])
    game = ExtensiveGame(node)
    assert len(game.information_sets) == 3000
    assert game.subgame_roots()[:2] == (0, 2)
