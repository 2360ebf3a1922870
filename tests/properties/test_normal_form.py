"""Properties of equilibrium sets that hold for every game in normal form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, regrets
from sim.solvers.nash import all_equilibria
from sim.solvers.solution import Completeness

SHAPES = st.sampled_from([(2, 2), (2, 3), (3, 3), (3, 2), (2, 2, 2), (3, 2, 2)])
PAYOFFS = st.integers(-4, 4).map(float)


@st.composite
def games(draw, shapes=SHAPES):
    shape = draw(shapes)
    return NormalFormGame(draw(arrays(np.float64, (len(shape), *shape), elements=PAYOFFS)))


def same_set(ours, theirs, tolerance=1e-6):
    def near(one, other):
        return all(np.abs(a - b).max() <= tolerance for a, b in zip(one, other, strict=True))

    return len(ours) == len(theirs) and all(any(near(one, other) for other in theirs) for one in ours)


def comparable(solution):
    """With three players a degenerate set is a sample, which another form of the game may draw elsewhere."""
    return len(solution.profiles[0]) == 2 if solution.profiles else False


def check_same(one, other, move=lambda profile: profile):
    assert one.degenerate == other.degenerate
    if comparable(one) or not one.degenerate:
        assert same_set([move(profile) for profile in one.profiles], other.profiles)


@given(games())
def test_what_is_found_are_equilibria_and_there_is_one(game):
    solution = all_equilibria(game)
    allowed = 1e-9 * max(1.0, np.ptp(game.payoffs))
    for profile in solution.profiles:
        assert regrets(game, profile).max() <= allowed
        for strategy in profile:
            assert strategy.min() >= 0
            assert abs(strategy.sum() - 1) <= 1e-12
    if game.num_players == 2 or solution.complete is not Completeness.NO:
        assert solution.profiles
    if game.num_players == 2:
        assert solution.complete is Completeness.PROVED


@given(games(), st.integers(-50, 50), st.integers(1, 64))
def test_shifts_and_positive_scalings_keep_the_set(game, shift, scale):
    payoffs = np.array(game.payoffs)
    payoffs[0] = payoffs[0] * scale + shift
    payoffs[1] = payoffs[1] / 8 - shift
    check_same(all_equilibria(game), all_equilibria(NormalFormGame(payoffs)))


@given(games(), st.data())
def test_a_shift_that_depends_on_the_others_only_keeps_the_set(game, data):
    """What an action of others adds to all own actions alike changes no best reply."""
    shift = data.draw(arrays(np.float64, game.num_actions[1:], elements=st.integers(-4, 4).map(float)))
    payoffs = np.array(game.payoffs)
    payoffs[0] += shift[np.newaxis]
    one, other = all_equilibria(game), all_equilibria(NormalFormGame(payoffs))
    if not (one.degenerate or other.degenerate) or game.num_players == 2:
        assert same_set(one.profiles, other.profiles)


@given(games(), st.randoms(use_true_random=False))
def test_relabelling_actions_permutes_the_set(game, random):
    orders = [random.sample(range(count), count) for count in game.num_actions]
    relabelled = NormalFormGame(game.payoffs[np.ix_(range(game.num_players), *orders)])
    check_same(
        all_equilibria(game),
        all_equilibria(relabelled),
        lambda profile: tuple(own[order] for own, order in zip(profile, orders, strict=True)),
    )


@given(games(), st.randoms(use_true_random=False))
def test_relabelling_players_permutes_the_set(game, random):
    order = random.sample(range(game.num_players), game.num_players)
    payoffs = np.transpose(game.payoffs[order], (0, *(1 + player for player in order)))
    check_same(
        all_equilibria(game),
        all_equilibria(NormalFormGame(payoffs)),
        lambda profile: tuple(profile[player] for player in order),
    )


@given(games(st.sampled_from([(2, 2), (2, 3), (3, 3)])), st.data())
def test_duplicating_an_action_makes_the_game_degenerate_and_is_reported(game, data):
    player = data.draw(st.integers(0, 1))
    action = data.draw(st.integers(0, game.num_actions[player] - 1))
    twin = np.take(game.payoffs, [action], axis=1 + player)
    doubled = NormalFormGame(np.concatenate([game.payoffs, twin], axis=1 + player))
    solution = all_equilibria(doubled)
    assert solution.degenerate
    assert solution.components
    # folding the twins together gives the equilibria of the game before
    folded = []
    for profile in solution.profiles:
        own = list(profile)
        weights = own[player][:-1].copy()
        weights[action] += own[player][-1]
        own[player] = weights
        assert regrets(game, own).max() <= 1e-9
        folded.append(own)
    for profile in all_equilibria(game).profiles:
        assert any(same_set([profile], [own]) for own in folded)


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.sampled_from([(2, 2, 2), (3, 3, 2)]), st.integers(0, 2))
def test_a_doubled_action_of_three_players_is_reported(seed, shape, player):
    payoffs = np.random.default_rng(seed).normal(size=(3, *shape))
    twin = np.take(payoffs, [0], axis=1 + player)
    solution = all_equilibria(NormalFormGame(np.concatenate([payoffs, twin], axis=1 + player)))
    used = any(profile[player][[0, -1]].sum() > 1e-9 for profile in solution.profiles)
    assert solution.degenerate or not used


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_units_do_not_matter(scale):
    payoffs = np.random.default_rng(5).normal(size=(2, 4, 4))
    one = all_equilibria(NormalFormGame(payoffs))
    other = all_equilibria(NormalFormGame(scale * payoffs))
    assert same_set(one.profiles, other.profiles)


def test_what_is_no_number_is_refused():
    for payoffs in (
        np.full((2, 2, 2), 1j),
        [[[1, 2], [3, 4]], [[1, 2], [3, "x"]]],
        np.full((2, 2, 2), np.nan),
    ):
        with pytest.raises(ParameterError, match="payoffs must be"):
            NormalFormGame(payoffs)
