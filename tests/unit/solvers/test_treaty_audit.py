"""The audit of the treaty game against the same game written out action by action, and against its own parts."""

import numpy as np
import pytest

from sim.engine.exact_values import state_values
from sim.games.treaty.dense import to_markov_profile, to_stochastic_game
from sim.games.treaty.profile import (
    NUM_EVENT_MASKS,
    TreatyAutomaton,
    TreatyProfile,
    legal_slots,
    markov_automaton,
)
from sim.games.treaty.rules import PARTIES
from sim.solvers.audit import audit
from sim.solvers.treaty_audit import audit_treaty
from sim.solvers.treaty_logit import solve_treaty_logit
from sim.solvers.treaty_product import TreatyProduct


def pure_choices(graph, actor, rng):
    """A legal slot and a course in every public state."""
    legal = legal_slots(graph, actor)
    moves = np.zeros(legal.shape)
    for s, row in enumerate(legal):
        moves[s, rng.choice(np.flatnonzero(row))] = 1.0
    bound = (
        ~np.repeat(graph.free[:, actor], graph.num_environments) if actor in PARTIES else np.zeros(len(legal))
    )
    return moves, bound * rng.integers(0, 2, len(legal))


def markov_profile(graph, rng, mixed=False):
    automata = []
    for actor in range(4):
        moves, breach = pure_choices(graph, actor, rng)
        if mixed:
            legal = legal_slots(graph, actor) * rng.uniform(0.1, 1, moves.shape)
            moves, breach = legal / legal.sum(axis=1, keepdims=True), breach * rng.uniform(0, 1, len(breach))
        automata.append(
            markov_automaton(graph, name="drawn", actor=actor, breach=breach[None], moves=moves[None])
        )
    return TreatyProfile(graph=graph, automata=tuple(automata))


def remembering_profile(graph, rng):
    """Automata of two states that move between them by drawn events."""
    automata = []
    for actor in range(4):
        drawn = [pure_choices(graph, actor, rng) for _ in range(2)]
        automata.append(
            TreatyAutomaton(
                name="drawn",
                actor=actor,
                states=("calm", "angry"),
                moves=np.stack([moves for moves, _ in drawn])[None],
                breach=np.stack([breach for _, breach in drawn])[None],
                following=rng.integers(0, 2, (2, NUM_EVENT_MASKS)),
            )
        )
    return TreatyProfile(graph=graph, automata=tuple(automata))


@pytest.mark.parametrize("name", ["restoring", "inviting"])
@pytest.mark.parametrize("mixed", [False, True])
def test_verdicts_are_those_of_the_game_written_out(tiny_treaty, name, mixed):
    games = tiny_treaty(name, 5)
    profile = markov_profile(games.graph, np.random.default_rng(8), mixed)
    found = audit_treaty(games, profile, draw=1)
    written = audit(to_stochastic_game(games, 1), to_markov_profile(games, 1, profile), everywhere=True)
    np.testing.assert_allclose(found.values, written.values, rtol=0, atol=1e-8)
    np.testing.assert_allclose(found.gains, written.gains, rtol=0, atol=1e-7)
    assert (found.nash, found.perfect) == (written.nash, written.perfect)
    cells = {(d.player, d.cell) for d in written.deviations}
    assert found.num_cells == games.graph.num_states
    assert found.num_deviations == len(cells)


def test_values_with_memory_are_those_of_the_exact_engine(tiny_treaty):
    games = tiny_treaty("restoring", 3)
    profile = remembering_profile(games.graph, np.random.default_rng(4))
    product = TreatyProduct(games, 0, profile)
    values = product.values(product.choice)
    exact = state_values(games, 0, profile)
    places = games.graph.num_environments
    for node, (memory, m) in enumerate(zip(product.memory, product.situation, strict=True)):
        q = int(memory @ [8, 4, 2, 1])
        for x in range(places):
            np.testing.assert_allclose(values[node * places + x], exact[q, m * places + x], rtol=0, atol=1e-8)


def test_the_terms_of_a_gain_add_up_to_it_and_what_play_meets_comes_first(tiny_treaty):
    games = tiny_treaty("inviting", 3)
    found = audit_treaty(games, remembering_profile(games.graph, np.random.default_rng(7)), draw=1)
    assert found.deviations
    assert not found.perfect
    for each in found.deviations:
        assert sum(amount for _, amount in each.terms) == pytest.approx(each.gain, abs=1e-8)
        assert each.gain <= found.largest[each.actor] + 1e-12
    keys = [(not each.on_path, -each.gain) for each in found.deviations]
    assert keys == sorted(keys)


def test_a_best_plan_beats_a_one_shot_deviation_on_the_path(tiny_treaty):
    games = tiny_treaty("inviting", 2)
    profile = remembering_profile(games.graph, np.random.default_rng(1))
    found = audit_treaty(games, profile)
    assert (found.gains >= 0).all()
    assert not found.nash  # drawn choices are nobody's best


def test_the_regret_of_a_logit_equilibrium_is_its_epsilon(tiny_treaty):
    games = tiny_treaty("restoring", 2)
    solution = solve_treaty_logit(games, 1, rationality=3.0)
    silent = np.zeros((2, games.graph.num_states))
    automata = []
    for actor in range(4):
        breach = silent.copy()
        if actor in PARTIES:
            breach[:] = solution.breach[:, actor]
        moves = np.stack([solution.moves[:, actor]] * 2)
        automata.append(markov_automaton(games.graph, name="e", actor=actor, breach=breach, moves=moves))
    found = audit_treaty(
        games, TreatyProfile(graph=games.graph, automata=tuple(automata)), draw=1, logit=True
    )
    np.testing.assert_allclose(found.largest, solution.regret, rtol=0, atol=1e-7)
    assert "price of noise" in found.sentences()[0]


def test_sentences_name_who_where_what_and_why(tiny_treaty):
    games = tiny_treaty("restoring", 5)
    profile = remembering_profile(games.graph, np.random.default_rng(2))
    found = audit_treaty(games, profile, players=("usa", "russia", "nato", "china"))
    told = found.sentences()
    assert told[0].startswith(("Nash", "Not a Nash"))
    worst = found.deviations[0]
    sentence = told[2]
    assert sentence.startswith(found.players[worst.actor])
    assert f"gains {worst.gain:.2f}" in sentence
    assert worst.terms[0][0].replace("_", " ") in sentence
    assert "china at level" in sentence
