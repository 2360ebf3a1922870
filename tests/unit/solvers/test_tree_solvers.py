"""Nash and subgame-perfect equilibria of trees."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.behaviour import behaviour_payoffs, nash_regrets
from sim.games.extensive import Chance, Decision, ExtensiveGame, Terminal
from sim.solvers.backward_induction import backward_induction
from sim.solvers.solution import Completeness
from sim.solvers.solve import solve
from sim.solvers.subgame_perfect import subgame_perfect_equilibria
from sim.solvers.tree_nash import tree_nash_equilibria


def pure_subgame_perfect(game):
    """All pure profiles without regret in any subgame, by trying every one."""
    found = []
    for choice in itertools.product(*(range(n) for n in game.num_actions)):
        profile = [np.eye(n)[a] for n, a in zip(game.num_actions, choice, strict=True)]
        if all(nash_regrets(game, profile, root).max() < 1e-9 for root in game.subgame_roots()):
            found.append(choice)
    return sorted(found)


def choices(solution):
    return sorted(
        tuple(int(s.argmax()) for s in p) for p in solution.profiles if all(s.max() == 1 for s in p)
    )


@pytest.mark.parametrize("name", ["spe-centipede-6", "spe-crisis-ladder", "spe-ultimatum-4"])
def test_published_subgame_perfect_equilibria(reference_case, name):
    game, expected = reference_case(name)
    solution = solve(game, "subgame_perfect")
    assert len(solution.profiles) == expected["n_pure_spe"]
    assert sorted(solution.payoffs.tolist()) == sorted(expected["spe_payoffs"])
    plans = [
        {at.label: at.actions[int(s.argmax())] for at, s in zip(game.information_sets, profile, strict=True)}
        for profile in solution.profiles
    ]
    for one in expected["subgame_perfect"]:
        assert one["plan"] in plans
    assert solution.regrets.max() == 0
    assert solution.degenerate is (expected["n_pure_spe"] > 1)


@pytest.mark.parametrize(
    "name", ["ext-myerson-agent-trap", "ext-reiley-poker", "sig-princess-bride", "sig-watson-job-market"]
)
def test_published_extreme_nash_equilibria(reference_case, name):
    game, expected = reference_case(name)
    solution = solve(game, "nash")
    assert len(solution.profiles) == expected["n_extreme_equilibria"]
    assert solution.complete is Completeness.PROVED
    assert solution.regrets.max() < 1e-12
    labels = [f"P{at.player + 1}.{at.label.split('.')[-1]}" for at in game.information_sets]
    for one in expected["extreme_equilibria"]:
        wanted = {
            key: [float(Fraction(p)) for p in value] for key, value in one["behaviour"].items() if value
        }
        matching = [
            number
            for number, profile in enumerate(solution.profiles)
            if all(
                profile[k] == pytest.approx(wanted[label], abs=1e-9)
                for k, label in enumerate(labels)
                if label in wanted
            )
        ]
        assert len(matching) == 1
        assert solution.payoffs[matching[0]] == pytest.approx(one["payoffs"])


def test_backward_induction_finds_every_pure_equilibrium_with_ties():
    rng = np.random.default_rng(5)
    for _ in range(25):
        labels = itertools.count()

        def grow(depth, labels=labels):
            if depth == 0:
                return Terminal(rng.integers(0, 3, 2).astype(float))  # few values, so ties are common
            children = [grow(depth - 1) for _ in range(2)]
            if rng.random() < 0.2:
                return Chance([0.5, 0.5], children)
            return Decision(int(rng.integers(2)), f"set {next(labels)}", children)

        game = ExtensiveGame(grow(3))
        solution = backward_induction(game)
        assert choices(solution) == pure_subgame_perfect(game)
        assert len(choices(solution)) == len(solution.profiles)
        assert (solution.complete is Completeness.PROVED) is (not solution.extra["ties"])


def test_subgame_perfect_equilibria_of_random_trees(random_tree):
    """Every one returned is without regret in every subgame; every pure one is returned or in a degenerate game."""
    regular = 0
    for seed in range(40):
        game = random_tree(seed)
        solution = subgame_perfect_equilibria(game)
        assert len(solution.profiles) > 0
        assert solution.regrets.max() < 1e-9
        for profile, payoffs in zip(solution.profiles, solution.payoffs, strict=True):
            assert behaviour_payoffs(game, profile) == pytest.approx(payoffs)
        if not solution.degenerate:
            regular += 1
            assert choices(solution) == [c for c in pure_subgame_perfect(game) if c in choices(solution)]
            reached = {tuple(np.round(p, 9)) for p in solution.payoffs}
            for choice in pure_subgame_perfect(game):
                profile = [np.eye(n)[a] for n, a in zip(game.num_actions, choice, strict=True)]
                assert tuple(np.round(behaviour_payoffs(game, profile), 9)) in reached
    assert regular > 10


def test_an_empty_threat_is_nash_but_not_subgame_perfect():
    """Selten's chain store: the incumbent threatens to fight and would not."""
    answer = Decision(1, "holder", [Terminal([-1, -1]), Terminal([1, 1])], ["fight", "yield"])
    game = ExtensiveGame(Decision(0, "entrant", [Terminal([0, 2]), answer], ["out", "in"]))
    assert [0.0, 2.0] in solve(game, "nash").payoffs.tolist()
    assert solve(game, "subgame_perfect").payoffs.tolist() == [[1.0, 1.0]]


def test_mixed_equilibrium_inside_a_subgame():
    """After entry the two play matching pennies for 1, worth 0 to the entrant, who therefore stays out for 1/2."""
    pennies = Decision(
        1,
        "second",
        [
            Decision(0, "first", [Terminal([1, -1]), Terminal([-1, 1])]),
            Decision(0, "first", [Terminal([-1, 1]), Terminal([1, -1])]),
        ],
    )
    game = ExtensiveGame(Decision(0, "entry", [Terminal([0.5, 0]), pennies], ["out", "in"]))
    solution = solve(game, "subgame_perfect")
    assert len(solution.profiles) == 1
    assert solution.complete is Completeness.PROVED
    assert [s.tolist() for s in solution.profiles[0]] == [[1, 0], [0.5, 0.5], [0.5, 0.5]]


def test_limits_are_said():
    tied = Terminal([0.0, 0.0])
    for k in range(12):
        tied = Decision(k % 2, f"{k}", [tied, Terminal([0.0, 0.0])])
    with pytest.raises(ParameterError, match="max_profiles = 100"):
        backward_induction(ExtensiveGame(tied), max_profiles=100)
    hidden = ExtensiveGame(
        Decision(0, "a", [Decision(1, "b", [Terminal([0, 0]), Terminal([1, 1])]) for _ in range(2)])
    )
    with pytest.raises(ParameterError, match="perfect information, got 2 nodes in information set 'b'"):
        backward_induction(hidden)
    with pytest.raises(ParameterError, match="must be one of"):
        solve(hidden, "subgame_perfect", patience=3)


def test_a_third_player(reference_case):
    """Selten's horse has no proper subgame, so its subgame-perfect equilibria are its Nash equilibria."""
    game, expected = reference_case("ext-selten-horse")
    solution = tree_nash_equilibria(game)
    found = {tuple(np.round(p, 6)) for p in solution.payoffs}
    for payoffs in expected["pure_nash_payoffs"]:
        assert tuple(payoffs) in found
    assert solution.regrets.max() < 1e-8
