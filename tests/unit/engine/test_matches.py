"""Matches by Monte Carlo: the exact chain within the reported error, a plain player bit by bit, addresses."""

import numpy as np
import pytest

from sim.engine.matches import play_matches, simulated_round_robin
from sim.engine.philox import id_of_name, key_of_seed, philox4x32
from sim.errors import ParameterError
from sim.games.automaton import Automaton
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.strategies import textbook
from sim.strategies.tournament import match_payoffs, round_robin

STAGE = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
NOISY = RepeatedGame(STAGE, 0.0, execution_error=0.05)


def pair(first, second):
    return textbook.seated(first, 0), textbook.seated(second, 1)


@pytest.mark.parametrize("length", [{"turns": 50}, {"continuation": 0.9}])
@pytest.mark.parametrize(
    "strategies",
    [
        (textbook.tit_for_tat(), textbook.generous_tit_for_tat()),
        (textbook.win_stay_lose_shift(), textbook.random(0.3)),
        (textbook.contrite_tit_for_tat(), textbook.two_tits_for_tat()),
    ],
)
def test_the_exact_payoff_lies_within_four_standard_errors(strategies, length):
    seats = pair(*strategies)
    found = play_matches(NOISY, *seats, repetitions=4000, seed=11, **length)
    exact = match_payoffs(NOISY, *seats, **length)
    assert (abs(found.payoffs - exact) < 4 * found.standard_errors).all()
    assert (found.standard_errors < 0.05).all()


def test_public_alarms_and_more_actions_agree_with_the_exact_chain():
    alarm = np.where(np.arange(4).reshape(2, 2) == 0, 0.1, 0.7)
    game = RepeatedGame(STAGE, 0.0, np.stack([1 - alarm, alarm], axis=-1), execution_error=0.02)
    seats = textbook.suspension(3), textbook.tolerance(2)
    found = play_matches(game, *seats, repetitions=4000, turns=40)
    exact = match_payoffs(game, *seats, turns=40)
    assert (abs(found.payoffs - exact) < 4 * found.standard_errors).all()
    rng = np.random.default_rng(1)
    wide = RepeatedGame(NormalFormGame(rng.normal(size=(2, 3, 2))), 0.0, execution_error=[0.1, 0.2])
    first = Automaton("a", ("p", "q"), 0, rng.dirichlet(np.ones(3), 2), rng.integers(2, size=(2, 6)))
    second = Automaton("b", ("p", "q"), 1, rng.dirichlet(np.ones(2), 2), rng.integers(2, size=(2, 6)))
    found = play_matches(wide, first, second, repetitions=4000, turns=30)
    exact = match_payoffs(wide, first, second, turns=30)
    assert (abs(found.payoffs - exact) < 4 * found.standard_errors).all()


def test_the_kernel_plays_what_a_plain_reading_of_the_dice_plays():
    """Turn t of match m takes words 2 (t mod 2) and the next of block t // 2 at the documented address."""
    first, second = pair(textbook.generous_tit_for_tat(), textbook.win_stay_lose_shift())
    turns, name = 300, "plain"
    found = play_matches(NOISY, first, second, repetitions=3, turns=turns, seed=5, pair=name)
    k0, k1 = key_of_seed(5)
    for match in range(3):
        states, counts = [first.initial, second.initial], np.zeros(4, dtype=int)
        for turn in range(turns):
            words = philox4x32(
                np.uint64(turn // 2), np.uint64(match), np.uint64(id_of_name(name)), np.uint64(0xAC71), k0, k1
            )
            joint = 0
            for seat, automaton in enumerate((first, second)):
                comply = float(automaton.outputs[states[seat], 0])
                executed = comply * 0.95 + (1 - comply) * 0.05
                joint = 2 * joint + int(words[2 * (turn % 2) + seat] >= round(executed * 2**32))
            counts[joint] += 1
            states = [int(first.transitions[states[0], joint]), int(second.transitions[states[1], joint])]
        assert found.counts[match].tolist() == counts.tolist()


def test_more_repetitions_or_turns_leave_earlier_dice_alone():
    seats = pair(textbook.tit_for_tat(), textbook.random())
    few = play_matches(NOISY, *seats, repetitions=5, turns=60, seed=2)
    many = play_matches(NOISY, *seats, repetitions=50, turns=60, seed=2)
    assert (few.counts == many.counts[:5]).all()
    other = play_matches(NOISY, *seats, repetitions=5, turns=60, seed=3)
    assert (few.counts != other.counts).any()


def test_random_endings_have_geometric_lengths():
    """Mean 1 / (1 - w) = 5, variance w / (1 - w)^2 = 20."""
    found = play_matches(NOISY, *pair(textbook.grim(), textbook.grim()), repetitions=20_000, continuation=0.8)
    lengths = found.counts.sum(axis=1)
    assert lengths.min() == 1
    assert abs(lengths.mean() - 5) < 4 * np.sqrt(20 / 20_000)
    assert abs((lengths == 1).mean() - 0.2) < 4 * np.sqrt(0.16 / 20_000)
    once = play_matches(NOISY, *pair(textbook.grim(), textbook.grim()), repetitions=20, continuation=0.0)
    assert (once.counts.sum(axis=1) == 1).all()


def test_without_chance_a_match_is_exact():
    game = RepeatedGame(STAGE, 0.0)
    found = play_matches(
        game, *pair(textbook.tit_for_tat(), textbook.always_breach()), repetitions=2, turns=10
    )
    assert (found.payoffs * 10).tolist() == [9, 14]
    assert found.standard_errors.tolist() == [0, 0]


def test_simulated_tournament_agrees_with_the_exact_one():
    entrants = {
        name: textbook.by_name(name) for name in ("tit_for_tat", "always_breach", "generous_tit_for_tat")
    }
    exact = round_robin(NOISY, entrants, turns=30)
    found = simulated_round_robin(NOISY, entrants, turns=30, repetitions=3000, seed=9)
    assert (abs(found.payoffs - exact.payoffs) < 4.5 * found.standard_errors + 1e-12).all()
    assert (abs(found.scores - exact.scores) < 4.5 * found.score_errors).all()
    assert found.ranking == exact.ranking
    assert not found.exact
    more = simulated_round_robin(
        NOISY, {**entrants, "bully": textbook.bully()}, turns=30, repetitions=3000, seed=9
    )
    assert (more.payoffs[:3, :3] == found.payoffs).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"repetitions": 1, "turns": 5}, "repetitions must be a whole number of at least 2"),
        ({"repetitions": 5}, "exactly one of turns and continuation"),
        ({"repetitions": 5, "turns": 5, "continuation": 0.5}, "exactly one of turns and continuation"),
        ({"repetitions": 5, "turns": 0}, "turns must be a whole number"),
        ({"repetitions": 5, "continuation": 1.0}, r"continuation must lie in \[0, 1\)"),
    ],
)
def test_bad_input(options, message):
    with pytest.raises(ParameterError, match=message):
        play_matches(NOISY, *pair(textbook.grim(), textbook.grim()), **options)
