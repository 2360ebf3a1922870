"""The logit Markov equilibrium of the treaty game against the same game written out, action by action.

`to_stochastic_game` tabulates every joint action of a tiny game; there the values of the profile, the worth of
every one-shot deviation and from them the logit replies are computed by brute force.
"""

import os
import subprocess
import sys

import numpy as np
import pytest

from sim.engine.exact_values import state_values
from sim.errors import ParameterError
from sim.games.treaty.dense import to_markov_profile, to_stochastic_game
from sim.games.treaty.profile import TreatyProfile, legal_slots, markov_automaton
from sim.games.treaty.rules import PARTIES
from sim.solvers.treaty_logit import solve_treaty_logit

CASES = [("restoring", 2.5), ("inviting", 2.5), ("restoring", 8.0)]
BIND = 1e-8


class WrittenOut:
    """One-shot deviations from an equilibrium, from the tabulated game and nothing else."""

    def __init__(self, games, draw, solution):
        graph = self.graph = games.graph
        self.profile = TreatyProfile(
            graph=graph,
            automata=tuple(
                markov_automaton(
                    graph,
                    name="equilibrium",
                    actor=actor,
                    breach=solution.breach[None, :, actor]
                    if actor in PARTIES
                    else np.zeros((1, graph.num_states)),
                    moves=solution.moves[None, :, actor],
                )
                for actor in range(4)
            ),
        )
        game = to_stochastic_game(games, draw)
        mixed = to_markov_profile(games, draw, self.profile)
        self.played = [
            [mixed[actor][s, :count] for actor, count in enumerate(counts)]
            for s, counts in enumerate(game.num_actions)
        ]
        law, payoffs = np.zeros((game.num_states, game.num_states)), np.zeros((game.num_states, 4))
        for s, strategies in enumerate(self.played):
            joint = np.einsum("a,b,c,d->abcd", *strategies)
            law[s] = np.tensordot(joint, game.transitions[s], 4)
            payoffs[s] = np.tensordot(game.payoffs[s], joint, 4)
        self.values = np.stack(
            [
                np.linalg.solve(np.eye(game.num_states) - delta * law, payoffs[:, actor])
                for actor, delta in enumerate(game.discounts)
            ],
            axis=1,
        )
        # worth of each action of each actor in each state, the others as they play: [state][actor][action]
        self.worth = []
        for s, strategies in enumerate(self.played):
            here = []
            for actor in range(4):
                ahead = (
                    game.payoffs[s][actor]
                    + game.discounts[actor] * game.transitions[s] @ self.values[:, actor]
                )
                others = [np.eye(len(p)) if i == actor else p[None] for i, p in enumerate(strategies)]
                here.append(np.einsum("abcd,xa,yb,zc,wd->xyzw", ahead, *others).reshape(-1))
            self.worth.append(here)
        self.holding = float(games.opportunity[draw])
        self.legal = [legal_slots(graph, actor) > 0 for actor in range(4)]

    def chance(self, s):
        """Probability of an opportunity."""
        return 1.0 if self.graph.forced[s // self.graph.num_environments] else self.holding

    def courses_and_moves(self, s, actor):
        """Worth [courses, moves] of a bound party's actions, [1, moves] of anyone else's."""
        return self.worth[s][actor].reshape(-1, int(self.legal[actor][s].sum()))

    def move_worth(self, s, actor, breach):
        """Worth of each legal move at an opportunity, up to a constant, over the actor's own course."""
        table = self.courses_and_moves(s, actor)
        weights = [1.0] if len(table) == 1 else [1 - breach, breach]
        return weights @ table / self.chance(s)

    def advantage(self, s, actor, moves):
        """One-period advantage of breaching over the actor's own moves; None if it is free."""
        table = self.courses_and_moves(s, actor)
        return None if len(table) == 1 else float((table[1] - table[0]) @ moves)


def logit(worth, rationality):
    weights = np.exp(rationality * (worth - worth.max()))
    return weights / weights.sum()


@pytest.fixture(scope="module", params=CASES, ids=str)
def solved(request, tiny_treaty):
    name, rationality = request.param
    games = tiny_treaty(name, len(name))
    solution = solve_treaty_logit(games, 1, rationality=rationality)
    return games, rationality, solution, WrittenOut(games, 1, solution)


def test_the_equilibrium_is_found(solved):
    _, _, solution, _ = solved
    assert solution.converged
    assert solution.residual <= BIND
    assert solution.value_residual <= BIND


def test_values_are_those_of_the_profile(solved):
    games, _, solution, written = solved
    np.testing.assert_allclose(solution.values, written.values, rtol=0, atol=BIND)
    np.testing.assert_allclose(solution.values, state_values(games, 1, written.profile)[0], rtol=0, atol=BIND)


def test_moves_are_logit_replies_to_the_worth_of_one_shot_deviations(solved):
    games, rationality, solution, written = solved
    chosen = 0
    for s in range(games.graph.num_states):
        for actor in range(4):
            breach = solution.breach[s, actor] if actor in PARTIES else 0.0
            worth = written.move_worth(s, actor, breach)
            legal = written.legal[actor][s]
            np.testing.assert_allclose(
                solution.moves[s, actor, legal], logit(worth, rationality), rtol=0, atol=2e-8
            )
            assert not solution.moves[s, actor, ~legal].any()
            reported = solution.move_values[s, actor, legal]
            np.testing.assert_allclose(reported - reported[0], worth - worth[0], rtol=0, atol=2e-8)
            chosen += legal.sum() > 1
    assert chosen > games.graph.num_states  # most states leave someone a choice


def test_courses_are_logistic_in_the_advantage_of_one_mean_time_between_opportunities(solved):
    games, rationality, solution, written = solved
    bound = 0
    for s in range(games.graph.num_states):
        for party in PARTIES:
            moves = solution.moves[s, party, written.legal[party][s]]
            advantage = written.advantage(s, party, moves)
            if advantage is None:
                assert solution.breach[s, party] == 0
                continue
            bound += 1
            expected = 1 / (1 + np.exp(-rationality * advantage / written.holding))
            assert abs(solution.breach[s, party] - expected) <= 2e-8
            assert abs(solution.course_advantage[s, party] - advantage) <= 2e-8
    assert bound > 0


def test_regret_is_the_largest_gain_of_a_one_shot_deviation(solved):
    games, _, solution, written = solved
    largest = np.zeros(4)
    for s in range(games.graph.num_states):
        for actor in range(4):
            breach = solution.breach[s, actor] if actor in PARTIES else 0.0
            moves = solution.moves[s, actor, written.legal[actor][s]]
            worth = written.move_worth(s, actor, breach)
            gains = [worth.max() - moves @ worth]
            advantage = written.advantage(s, actor, moves) if actor in PARTIES else None
            if advantage is not None:
                gains.append(max(advantage, 0.0) - breach * advantage)
            largest[actor] = max(largest[actor], *gains)
    np.testing.assert_allclose(solution.regret, largest, rtol=0, atol=1e-7)


def test_without_rationality_everyone_plays_the_centroid(tiny_treaty):
    games = tiny_treaty("restoring", 2)
    solution = solve_treaty_logit(games, 0, rationality=0.0, tol=1e-12)
    for actor in range(4):
        legal = legal_slots(games.graph, actor)
        np.testing.assert_allclose(
            solution.moves[:, actor], legal / legal.sum(axis=1, keepdims=True), atol=1e-15
        )
    free = np.repeat(games.graph.free, games.graph.num_environments, axis=0)
    np.testing.assert_array_equal(solution.breach, np.where(free, 0.0, 0.5))
    written = WrittenOut(games, 0, solution)
    np.testing.assert_allclose(solution.values, written.values, rtol=0, atol=BIND)


def test_great_rationality_keeps_probabilities_in_their_bounds_and_ends_at_small_regret(tiny_treaty):
    games = tiny_treaty("restoring", 2)
    solution = solve_treaty_logit(games, 0, rationality=120.0)
    legal = np.stack([legal_slots(games.graph, actor) > 0 for actor in range(4)], axis=1)
    assert np.isfinite(solution.values).all()
    assert ((solution.moves >= 0) & (solution.moves <= 1 + 1e-12)).all()
    np.testing.assert_allclose(solution.moves.sum(axis=2), 1.0, rtol=0, atol=1e-12)
    assert ((solution.breach >= 0) & (solution.breach <= 1)).all()
    assert solution.converged
    gap = np.where(legal, solution.move_values, -np.inf)
    gap = gap.max(axis=2, keepdims=True) - np.where(
        legal, solution.move_values, gap.max(axis=2, keepdims=True)
    )
    assert (solution.moves[legal] <= np.exp(-120.0 * gap[legal]) + 1e-8).all()  # p_k <= p_k / p_best
    # log(slots) / rationality bounds what a logit reply gives away, log 2 x holding that of a course
    widest = legal.sum(axis=2).max(axis=0)
    assert (solution.regret <= np.log(widest) / 120.0 + 1e-8).all()


def test_an_equilibrium_is_the_same_bits_again_and_draws_do_not_meet(tiny_treaty):
    games = tiny_treaty("inviting", 3)
    first, _, again = (solve_treaty_logit(games, draw, rationality=3.0) for draw in (1, 0, 1))
    np.testing.assert_array_equal(first.moves, again.moves)
    np.testing.assert_array_equal(first.breach, again.breach)
    np.testing.assert_array_equal(first.values, again.values)


@pytest.mark.parametrize("rationality", [-1.0, np.nan, np.inf])
def test_a_rationality_that_is_none_is_refused(tiny_treaty, rationality):
    games = tiny_treaty("inviting", 3)
    with pytest.raises(ParameterError, match=r"solver\.rationality must be finite and at least 0"):
        solve_treaty_logit(games, 0, rationality=rationality)


def test_too_few_steps_are_admitted(tiny_treaty):
    games = tiny_treaty("restoring", 2)
    solution = solve_treaty_logit(games, 0, rationality=8.0, max_steps=3)
    assert not solution.converged
    assert solution.residual > 1e-8


def test_no_bit_depends_on_the_threads_of_the_linear_algebra_library():
    """A crisis has 20,000 unknowns, more than a product needs to be shared out among threads."""
    script = (
        "from hashlib import sha256; from sim.app.plan import load; from sim.study.draws import games_of; "
        "from sim.solvers.treaty_logit import solve_treaty_logit; "
        "plan = load('inf_2019', ['reading=moscow']); games = games_of(plan.scenario, 1, plan.engine.seed); "
        "solution = solve_treaty_logit(games, 0, rationality=1.0); "
        "print(solution.values.size, sha256(solution.values.tobytes()).hexdigest())"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for threads in ("1", "2")
    ]
    assert int(told[0][0]) > 10_000
    assert told[0] == told[1]
