"""Signalling games, sequential equilibria and consistent beliefs."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.errors import ParameterError
from sim.games.behaviour import bayes_beliefs, flat, sequential_regrets, unflat
from sim.games.extensive import Decision, ExtensiveGame, Terminal
from sim.games.signalling import SignallingGame, beer_quiche, classify, signalling_form
from sim.games.ultimatum_game import UltimatumGame
from sim.solvers.consistency import belief_error, consistent_beliefs
from sim.solvers.sequential import sequential_equilibria, weak_candidates
from sim.solvers.signalling_equilibria import signalling_equilibria
from sim.solvers.solution import Completeness
from sim.solvers.solve import solve
from sim.solvers.tree_nash import tree_nash_equilibria

SMALL = st.integers(-3, 3).map(float)


def probabilities(solution, tree):
    """Per profile a mapping from label to strategy."""
    return [
        {at.label: strategy for at, strategy in zip(tree.information_sets, profile, strict=True)}
        for profile in solution.profiles
    ]


def test_beer_quiche_has_two_pooling_outcomes_of_which_one_is_intuitive():
    """Cho & Kreps (1987), section II: pooling on beer survives their criterion, pooling on quiche does not."""
    game = beer_quiche(0.9)
    solution = solve(game.tree(), "sequential")
    assert solution.complete is Completeness.PROVED
    assert solution.degenerate
    assert len(solution.components) == 2
    outcomes = {}
    for named, kind, intuitive, beliefs in zip(
        probabilities(solution, game.tree()),
        solution.extra["kinds"],
        solution.extra["intuitive"],
        solution.extra["beliefs"],
        strict=True,
    ):
        assert kind == "pooling"
        breakfast = "Beer" if named["Strong"][0] == 1 else "Quiche"
        other = "Quiche" if breakfast == "Beer" else "Beer"
        assert named[breakfast].tolist() == [0, 1]  # no duel after the usual breakfast
        assert named[other][0] >= 0.5  # enough duels after the other
        assert beliefs[game.messages.index(other)][1] >= 0.5  # because it would come from the weak
        outcomes[breakfast] = intuitive
    assert outcomes == {"Beer": True, "Quiche": False}
    assert solution.regrets.max() == 0


@pytest.mark.parametrize("strong", [0.2, 0.4, 0.45])
def test_beer_quiche_with_a_mostly_weak_sender_mixes(strong):
    """With strong < 1/2 the weak imitate only so often that beer leaves the receiver indifferent.

    Beer: strong = weak share, so σ_weak(beer) = strong / (1 - strong); the weak give up quiche's 1 for the chance
    of 2, so the receiver duels after beer with probability 1/2.
    """
    game = beer_quiche(strong)
    solution = signalling_equilibria(game)
    assert len(solution.profiles) == 1
    named = probabilities(solution, game.tree())[0]
    assert named["Strong"] == pytest.approx([1, 0])
    assert named["Weak"][0] == pytest.approx(strong / (1 - strong))
    assert named["Beer"] == pytest.approx([0.5, 0.5])
    assert named["Quiche"] == pytest.approx([1, 0])
    assert solution.extra["kinds"] == ("semi-separating",)


def test_spence_separation_appears_and_disappears_with_the_cost_of_the_signal():
    """Spence (1973): wage 2 for the able, 1 else; education costs c to the able and 2c to others.

    Separation needs c <= 1 (the able gain 1) and 2c >= 1 (others would not).
    """
    for cost, separating in ((0.4, False), (0.6, True), (0.9, True), (1.1, False)):
        wage = np.array([2.0, 1.0])
        sender = np.array([wage - [[cost], [0.0]], wage - [[2 * cost], [0.0]]])
        receiver = np.array([[[1.0, 0.0]] * 2, [[-1.0, 0.0]] * 2])
        solution = signalling_equilibria(SignallingGame([0.5, 0.5], sender, receiver))
        assert ("separating" in solution.extra["kinds"]) is separating


@settings(max_examples=15)
@given(arrays(float, (2, 2, 2), elements=SMALL), arrays(float, (2, 2, 2), elements=SMALL), st.integers(1, 5))
def test_all_pure_equilibria_by_trying_all_profiles(sender, receiver, weight):
    """The corners that are pure are exactly the pure profiles that some beliefs support, found by enumeration."""
    game = SignallingGame([weight / 6, 1 - weight / 6], sender, receiver)
    tree = game.tree()
    solution = signalling_equilibria(game)
    assert solution.regrets.max() < 1e-12
    assert len(solution.profiles) > 0
    pure = {tuple(flat(p).astype(int)) for p in solution.profiles if np.isin(flat(p), [0, 1]).all()}
    weak = weak_candidates(tree, tol=1e-12, max_profiles=100)
    assert pure == {tuple(vector.astype(int)) for vector in weak}


@settings(max_examples=15)
@given(arrays(float, (2, 2, 2), elements=SMALL), arrays(float, (2, 2, 2), elements=SMALL))
def test_nash_equilibria_that_use_both_messages_are_among_them(sender, receiver):
    """If every message is sent, Nash and perfect Bayesian are the same; the normal-form solver is the witness."""
    game = SignallingGame([0.5, 0.5], sender, receiver)
    tree = game.tree()
    solution = signalling_equilibria(game)
    known = np.array([flat(p) for p in solution.profiles])
    for profile in tree_nash_equilibria(tree).profiles:
        beliefs = bayes_beliefs(tree, profile)
        interior = all(b is not None for b in beliefs)
        if interior and np.nanmax(sequential_regrets(tree, profile)) < 1e-9:
            # an extreme Nash equilibrium lies in the convex hull of the corners of one product; if it is isolated
            # it is a corner
            near = np.abs(known - flat(profile)).max(axis=1).min()
            assert near < 1e-9 or solution.degenerate


def test_a_signalling_game_is_recognised_in_its_tree(tmp_path, reference_case):
    game, expected = reference_case("sig-watson-job-market")
    form = signalling_form(game)
    assert form is not None
    assert (form.types, form.messages, form.responses) == (("High", "Low"), ("E", "N"), ("M", "C"))
    solution = solve(game, "sequential")
    assert set(solution.extra["kinds"]) == {"separating", "pooling"}
    payoffs = {tuple(np.round(p, 9)) for p in solution.payoffs}
    assert payoffs == {tuple(np.round(e["payoffs"], 9)) for e in expected["extreme_equilibria"]}
    horse, _ = reference_case("ext-selten-horse")
    assert signalling_form(horse) is None


def test_selten_horse_keeps_only_the_reasonable_equilibrium(reference_case):
    game, expected = reference_case("ext-selten-horse")
    solution = solve(game, "sequential")
    assert solution.payoffs.tolist() == [expected["perfect_outcome_payoffs"]]


def test_the_agents_trap_is_seen(reference_case):
    """Myerson (1991), figure 4.2: no agent gains alone, but no trembles lead to the beliefs that this needs."""
    game, expected = reference_case("ext-myerson-agent-trap")
    trap = [expected["agent_form_only_profile"][at.label] for at in game.information_sets]
    assert consistent_beliefs(game, trap) is None
    solution = solve(game, "sequential")
    assert [[s.tolist() for s in p] for p in solution.extra["weak_only"]] == [
        [[float(x) for x in strategy] for strategy in trap]
    ]


def test_beliefs_are_limits_of_trembles(reference_case):
    """The error of Bayes' rule under the trembles falls with epsilon."""
    game, _ = reference_case("ext-selten-horse")
    solution = solve(game, "sequential")
    profile, beliefs, trembles = (
        solution.profiles[0], solution.extra["beliefs"][0], solution.extra["trembles"][0],
    )  # fmt: skip
    errors = [belief_error(game, profile, beliefs, trembles, 10.0**-k) for k in (2, 4, 6)]
    assert errors[2] < errors[1] < errors[0] < 0.1
    assert np.nanmax(sequential_regrets(game, profile, beliefs)) < 1e-12


def test_nobody_signals_what_it_does_not_know():
    """After a tremble by a player who knows nothing, beliefs about chance must stay at the prior.

    Player 0 (uninformed) should stay out; if it came in, player 1 would have to believe the prior 0.3, under which
    answering "a" is better.  A belief of 0.9 would support "b", but no trembles lead there.
    """
    from sim.games.extensive import Chance

    def after(good):
        end = [Terminal([1.0, 1.0 - good]), Terminal([-1.0, float(good)])]
        return Decision(1, "answer", end, ["a", "b"])

    branches = [
        Decision(0, "enter", [Terminal([0.0, 0.0]), after(good)], ["out", "in"]) for good in (True, False)
    ]
    game = ExtensiveGame(Chance([0.3, 0.7], branches))
    assert consistent_beliefs(game, [[1, 0], [0, 1]]) is None
    beliefs, _ = consistent_beliefs(game, [[0, 1], [1, 0]])
    assert beliefs[1] == pytest.approx([0.3, 0.7])


def test_three_nodes_behind_one_information_set():
    """The middle node must carry enough belief; trembles that prove it are found."""
    ends = [[[0, 1], [0, 0]], [[0, 0], [0, 3]], [[0, 1], [0, 0]]]
    nodes = [Decision(1, "see", [Terminal(p) for p in pair], ["x", "y"]) for pair in ends]
    game = ExtensiveGame(Decision(0, "go", [Terminal([1, 0]), *nodes], ["out", "l", "m", "r"]))
    profile = [[1, 0, 0, 0], [0, 1]]
    beliefs, trembles = consistent_beliefs(game, profile)
    assert 3 * beliefs[1][1] >= 1 - beliefs[1][1] - 1e-9
    assert belief_error(game, profile, beliefs, trembles, 1e-6) < 1e-5


def test_the_ultimatum_separates_and_a_pretext_can_hide():
    """With a reliable inspection the innocent show and the guilty do not; a detection of 0 makes showing empty."""
    game = UltimatumGame()
    tree = game.tree()
    solution = solve(tree, "sequential")
    assert len(solution.profiles) > 0
    assert solution.regrets.max() < 1e-9
    named = probabilities(solution, tree)
    separating = [n for n in named if n["in compliance"][0] == 1 and n["in breach"][0] == 0]
    assert separating
    for n in separating:  # whoever stays silent gets an ultimatum, and the guilty defy it
        assert n["treaty, silent"][1] == 1
        assert n["in breach, ultimatum after silence"][1] == 1
    blind = UltimatumGame(detection=0.0, secrecy_breach=0.05).tree()
    for n in probabilities(solve(blind, "sequential"), blind):
        assert n["in compliance"].tolist() == n["in breach"].tolist()  # nothing to tell them apart


def test_ultimatum_parameters_are_checked():
    with pytest.raises(ParameterError, match=r"detection must lie in \[0, 1\], got 1.5"):
        UltimatumGame(detection=1.5)
    with pytest.raises(ParameterError, match=r"breach must lie in \(0, 1\), got 0"):
        UltimatumGame(breach=0)
    with pytest.raises(ParameterError, match=r"harm must be a finite number >= 0, got -1"):
        UltimatumGame(harm=-1)


def test_signalling_tables_are_checked():
    table = np.zeros((2, 2, 2))
    with pytest.raises(ParameterError, match="prior must be positive"):
        SignallingGame([1.0, 0.0], table, table)
    with pytest.raises(ParameterError, match="shape"):
        SignallingGame([0.5, 0.5], table, np.zeros((2, 3, 2)))
    with pytest.raises(ParameterError, match="2 distinct names"):
        SignallingGame([0.5, 0.5], table, table, types=["a", "a"])
    big = SignallingGame(np.full(4, 0.25), np.zeros((4, 4, 3)), np.zeros((4, 4, 3)))
    with pytest.raises(ParameterError, match="patterns of supports"):
        signalling_equilibria(big)
    with pytest.raises(ParameterError, match="max_profiles = 10"):
        sequential_equilibria(UltimatumGame().tree(), max_profiles=10)


def test_classification():
    for strategies in itertools.product([[1, 0], [0, 1], [0.5, 0.5]], repeat=2):
        same = strategies[0] == strategies[1]
        apart = set(map(tuple, strategies)) == {(1, 0), (0, 1)}
        assert classify(strategies) == ("pooling" if same else "separating" if apart else "semi-separating")


def test_shifts_scales_and_names_change_nothing():
    rng = np.random.default_rng(3)
    for _ in range(5):
        sender, receiver = rng.normal(size=(2, 2, 2, 2))
        first = signalling_equilibria(SignallingGame([0.3, 0.7], sender, receiver))
        second = signalling_equilibria(SignallingGame([0.3, 0.7], 2 * sender + 5, 0.5 * receiver - 1))
        mirrored = signalling_equilibria(SignallingGame([0.7, 0.3], sender[::-1], receiver[::-1]))
        assert sorted(map(tuple, np.round([flat(p) for p in first.profiles], 9))) == sorted(
            map(tuple, np.round([flat(p) for p in second.profiles], 9))
        )
        assert len(mirrored.profiles) == len(first.profiles)
        assert sorted(first.extra["kinds"]) == sorted(mirrored.extra["kinds"])


def test_unflat_returns_what_flat_took(random_tree, random_profile):
    game = random_tree(1)
    profile = random_profile(game, 1)
    assert all(np.array_equal(a, b) for a, b in zip(unflat(game, flat(profile)), profile, strict=True))
