"""Batches give what single games give, in any chunks and threads."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, regrets
from sim.solvers.bimatrix import exact_bimatrix_equilibria
from sim.solvers.nash_batch import CHUNK
from sim.solvers.solution import Completeness
from sim.solvers.solve import solve, solve_batch


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (2, 2), (2, 4), (3, 3), (4, 4), (5, 5)])
def test_a_batch_is_what_exact_arithmetic_gives_one_at_a_time(shape, same_set):
    rng = np.random.default_rng(11)
    random = rng.normal(size=(12, 2, *shape))
    payoffs = np.concatenate([random, np.round(random, 1), rng.integers(-1, 2, size=(12, 2, *shape))])
    batch = solve_batch(payoffs)
    for game, own in enumerate(payoffs):
        exact = exact_bimatrix_equilibria(NormalFormGame(own))
        assert same_set(batch.profiles(game), exact.profiles)
        assert batch.degenerate[game] == exact.degenerate
        assert batch.complete(game) is Completeness.PROVED
    assert (batch.index_sum[~batch.degenerate] == 1).all()
    assert batch.regrets.max() <= 1e-12


def test_single_solutions_are_the_batch_to_the_last_bit():
    rng = np.random.default_rng(12)
    for shape in [(3, 3), (3, 3, 3)]:
        payoffs = rng.normal(size=(5, len(shape), *shape))
        batch = solve_batch(payoffs)
        for game in range(5):
            single = solve(NormalFormGame(payoffs[game]), cross_check=False)
            assert len(single.profiles) == batch.counts[game]
            for ours, theirs in zip(single.profiles, batch.profiles(game), strict=True):
                assert all((a == b).all() for a, b in zip(ours, theirs, strict=True))


def test_threads_and_order_change_nothing():
    rng = np.random.default_rng(13)
    payoffs = rng.normal(size=(2 * CHUNK + 17, 2, 2, 2))
    one, two = solve_batch(payoffs), solve_batch(payoffs, threads=2)
    assert (one.strategies == two.strategies).all()
    assert (one.offsets == two.offsets).all()
    backwards = solve_batch(payoffs[::-1])
    assert (backwards.counts[::-1] == one.counts).all()
    last = backwards.num_games - 1
    assert all(
        (a == b).all()
        for ours, theirs in zip(one.profiles(0), backwards.profiles(last), strict=True)
        for a, b in zip(ours, theirs, strict=True)
    )


def test_indices_of_many_random_games_sum_to_one_and_no_regret_is_large():
    rng = np.random.default_rng(14)
    for shape, games in [((2, 2), 20_000), ((3, 3), 20_000), ((4, 4), 4_000), ((5, 5), 1_000)]:
        batch = solve_batch(rng.normal(size=(games, 2, *shape)))
        assert (batch.index_sum == 1).all()
        assert (batch.counts % 2 == 1).all()
        assert batch.regrets.max() <= 1e-10


def test_two_by_two_games_follow_the_closed_form():
    """Interior equilibrium iff both players' preferences reverse: the other's mixture equalises payoffs."""
    rng = np.random.default_rng(15)
    payoffs = rng.normal(size=(500, 2, 2, 2))
    batch = solve_batch(payoffs)
    a = payoffs[:, 0, 0] - payoffs[:, 0, 1]  # gain of the row player's first action, by column
    b = payoffs[:, 1, :, 0] - payoffs[:, 1, :, 1]  # gain of the column player's first action, by row
    reversed_both = (a[:, 0] * a[:, 1] < 0) & (b[:, 0] * b[:, 1] < 0)
    same_corners = np.sign(a[:, 0]) == np.sign(b[:, 0])  # first with first: two pure equilibria, or none
    assert (batch.counts[~reversed_both] == 1).all()
    assert (batch.counts[reversed_both] == np.where(same_corners, 3, 1)[reversed_both]).all()
    game = int(np.flatnonzero(reversed_both & ~same_corners)[0])
    ((x, y),) = batch.profiles(game)
    assert x[0] == pytest.approx(b[game, 1] / (b[game, 1] - b[game, 0]), abs=1e-12)
    assert y[0] == pytest.approx(a[game, 1] / (a[game, 1] - a[game, 0]), abs=1e-12)


def test_payoffs_and_regrets_belong_to_the_profiles():
    rng = np.random.default_rng(16)
    for shape in [(3, 4), (2, 3, 2)]:
        payoffs = rng.normal(size=(6, len(shape), *shape))
        batch = solve_batch(payoffs)
        row = 0
        for number, own in enumerate(payoffs):
            game = NormalFormGame(own)
            for profile in batch.profiles(number):
                value = own
                for strategy in profile:
                    value = np.tensordot(value, strategy, axes=(1, 0))
                assert batch.payoffs[row] == pytest.approx(value, abs=1e-12)
                assert batch.regrets[row] == pytest.approx(max(0, regrets(game, profile).max()), abs=1e-12)
                row += 1
        assert row == batch.offsets[-1]


def test_an_empty_batch_is_an_empty_answer():
    batch = solve_batch(np.empty((0, 2, 3, 3)))
    assert batch.num_games == 0
    assert len(batch.strategies) == 0


@pytest.mark.parametrize(
    ("payoffs", "message"),
    [
        (np.zeros((4, 2, 3)), "one action axis per player"),
        (np.zeros((4, 3, 2, 2)), "one action axis per player"),
        (np.full((1, 2, 2, 2), np.nan), "finite"),
        (np.zeros((1, 2, 0, 2)), "player 0: the action set is empty"),
        (np.zeros((1, 1, 3)), "at least 2 players"),
        (np.zeros((1, 2, 20, 20)), "11 x 11"),
    ],
)
def test_bad_batches_are_refused(payoffs, message):
    with pytest.raises(ParameterError, match=message):
        solve_batch(payoffs)


def test_bad_options_of_a_batch_are_refused():
    games = np.zeros((1, 2, 2, 2))
    with pytest.raises(ParameterError, match="threads must be a whole number >= 1"):
        solve_batch(games, threads=0)
    with pytest.raises(ParameterError, match="concept of a batch must be one of"):
        solve_batch(games, concept="poker")
    with pytest.raises(ParameterError, match="must be one of threads, got 'speed'"):
        solve_batch(games, speed=3)
