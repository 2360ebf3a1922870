"""Outcomes of automata in any repeated or stochastic game: closed forms, brute force, and the two ways agree."""

from itertools import product

import numpy as np
import pytest

import sim
from sim.engine import automata_plays
from sim.engine.automata_exact import outcomes_exact
from sim.engine.automata_plays import simulate
from sim.errors import ParameterError
from sim.games.automaton import Automaton
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.games.stochastic import StochasticGame
from sim.strategies.textbook import grim, seated, tit_for_tat

DILEMMA = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
ERRORS = 5.0


def grims(seats=(0, 1)):
    return tuple(seated(grim(), seat) for seat in seats)


@pytest.fixture(scope="module")
def random_game():
    """Return a maker of a three-player stochastic game with menus of several sizes, and automata with two states."""

    def make(seed):
        rng = np.random.default_rng(seed)
        menus = [(2, 1, 3), (1, 2, 2), (2, 2, 1)]
        payoffs = [rng.normal(size=(3, *menu)) for menu in menus]
        transitions = [rng.dirichlet(np.ones(3), size=menu) for menu in menus]
        profile = []
        for player, most in enumerate(np.max(menus, axis=0)):
            outputs = np.zeros((2, 3, most))
            for state, menu in enumerate(menus):
                outputs[:, state, : menu[player]] = rng.dirichlet(np.ones(menu[player]), size=2)
            following = rng.integers(0, 2, (2, 3))
            profile.append(Automaton(f"random {player}", ("one", "two"), 0, outputs, following))
        return StochasticGame(payoffs, transitions, [0.9, 0.5, 0.7], initial=1), tuple(profile)

    return make


def test_a_grim_trigger_under_errors_has_its_closed_form():
    """Both cooperate in period t only if nobody has slipped before: q^t with q = (1 - e)^2."""
    error, horizon, discount = 0.1, 12, 0.8
    found = outcomes_exact(RepeatedGame(DILEMMA, discount, execution_error=error), grims(), horizon)
    q = (1 - error) ** 2
    calm = q ** np.arange(horizon)

    def worth(cooperate):
        """Expected payoff when both mean to cooperate with this probability."""
        mine, theirs = cooperate, 1 - cooperate
        return 3 * mine * mine + 0 * mine * theirs + 5 * theirs * mine + 1 * theirs * theirs

    by_period = calm * worth(1 - error) + (1 - calm) * worth(error)
    np.testing.assert_allclose(found.by_period[:, 0], by_period, rtol=1e-12)
    np.testing.assert_allclose(found.payoffs[1], by_period @ discount ** np.arange(horizon), rtol=1e-12)
    np.testing.assert_allclose(found.actions[0][:, 0], calm * (1 - error) + (1 - calm) * error, rtol=1e-12)
    assert found.states.shape == (horizon + 1, 1)


def test_every_history_is_added_up(random_game):
    """Brute force over all action and state paths of three periods."""
    game, profile = random_game(4)
    horizon = 3
    payoffs, states = np.zeros((horizon, 3)), np.zeros((horizon + 1, 3))

    def walk(t, public, memories, mass):
        states[t, public] += mass
        if t == horizon:
            return
        menus = [range(n) for n in game.num_actions[public]]
        for joint in product(*menus):
            likely = mass
            for automaton, q, action in zip(profile, memories, joint, strict=True):
                likely *= automaton.outputs[q, public, action]
            payoffs[t] += likely * game.payoffs[public][(slice(None), *joint)]
            for then, chance in enumerate(game.transitions[public][joint]):
                after = [each.transitions[q, then] for each, q in zip(profile, memories, strict=True)]
                walk(t + 1, then, after, likely * chance)

    walk(0, game.initial, [0, 0, 0], 1.0)
    found = outcomes_exact(game, profile, horizon)
    np.testing.assert_allclose(found.by_period, payoffs, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(found.states, states, rtol=1e-10, atol=1e-14)
    factors = game.discounts ** np.arange(horizon)[:, None]
    np.testing.assert_allclose(found.payoffs, (factors * payoffs).sum(axis=0), rtol=1e-10)


def noisy():
    """A dilemma with imperfect monitoring: the signal is bad more often after a breach."""
    bad = np.array([[0.1, 0.5], [0.5, 0.8]])
    game = RepeatedGame(DILEMMA, [0.9, 0.8], np.stack([1 - bad, bad], axis=-1), execution_error=[0.05, 0.2])
    react = Automaton("react", ("calm", "angry"), 0, [[0.9, 0.1], [0.2, 0.8]], [[0, 1], [0, 1]])
    return game, (react, react)


def perfect():
    return RepeatedGame(DILEMMA, 0.9, execution_error=0.1), (
        seated(tit_for_tat(), 0),
        seated(grim(), 1),
    )


@pytest.mark.parametrize("make", [noisy, perfect, "stochastic"])
def test_plays_agree_with_the_exact_chain(make, random_game):
    game, profile = random_game(7) if make == "stochastic" else make()
    periods, replications = 10, 9000  # more than two blocks
    exact, found = (
        outcomes_exact(game, profile, periods),
        simulate(game, profile, replications, periods, seed=3),
    )
    assert (np.abs(found.payoffs - exact.payoffs) < ERRORS * found.standard_errors).all()
    pairs = [*zip(found.actions, exact.actions, strict=True), (found.states, exact.states)]
    for share, probability in pairs:
        error = np.sqrt(np.clip(probability * (1 - probability), 0, None) / replications)
        assert (np.abs(share - probability) <= ERRORS * error + 1e-12).all()
    spread = 2 * np.abs(exact.by_period).max() + 10
    assert (np.abs(found.by_period - exact.by_period) < ERRORS * spread / np.sqrt(replications)).all()


def test_more_replications_and_periods_leave_those_before_as_they_were(monkeypatch):
    game, profile = noisy()
    few, many = (simulate(game, profile, count, 6, seed=5) for count in (40, 80))
    rest = [
        2 * most - fewer
        for most, fewer in zip((*many.actions, many.by_period), (*few.actions, few.by_period), strict=True)
    ]
    assert all((share > -1e-12).all() for share in rest[:2])
    longer = simulate(game, profile, 40, 9, seed=5)
    np.testing.assert_array_equal(longer.by_period[:6], few.by_period)
    monkeypatch.setattr(automata_plays, "BLOCK", 7)
    np.testing.assert_allclose(simulate(game, profile, 40, 6, seed=5).payoffs, few.payoffs, rtol=1e-12)
    assert (simulate(game, profile, 40, 6, seed=6).by_period != few.by_period).any()


def test_an_action_without_probability_is_never_drawn():
    """Rows whose rounded sum is below one must not fall through to an action that has none."""
    rows = np.array([[0.1] * 10 + [0.0], [1.0] + [0.0] * 10])
    dice = np.full(2, np.nextafter(1.0, 0.0))
    assert automata_plays._drawn(rows, dice).tolist() == [9, 0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda g, p: outcomes_exact(g, p, 0), "horizon must be a whole number of at least 1, got 0"),
        (lambda g, p: outcomes_exact(g, p, 1.5), "horizon must be a whole number"),
        (lambda g, p: simulate(g, p, 1, 3), "replications must be a whole number of at least 2, got 1"),
        (lambda g, p: simulate(g, p, 9, 3, seed=-1), "seed must be a whole number of at least 0"),
        (lambda g, p: simulate(DILEMMA, p, 9, 3), "game must be a Repeated.*, got NormalFormGame"),
        (lambda g, p: outcomes_exact(DILEMMA, p, 3), "game must be a RepeatedGame or a StochasticGame"),
        (lambda g, p: simulate(g, p[:1], 9, 3), "a profile needs one automaton per player"),
    ],
)  # fmt: skip
def test_bad_use_is_one_line(call, words):
    with pytest.raises(ParameterError, match=words):
        call(*perfect())


def test_both_are_public():
    assert sim.outcomes_exact is outcomes_exact
    assert sim.simulate is simulate
