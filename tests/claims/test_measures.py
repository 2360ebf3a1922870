"""What claims are measured with, on games without or with hardly any solving."""

import numpy as np
import pytest
from scipy import stats

from sim.engine.exact import exact_outcomes
from sim.engine.exact_chain import build_chain
from sim.errors import ParameterError
from sim.games.treaty.moves import Move
from sim.games.treaty.profile import TreatyProfile, legal_slots, markov_automaton
from sim.games.treaty.rules import NUM_ACTORS, PARTIES, PARTY_0, PARTY_1
from sim.games.treaty.situation import Agenda, Phase
from sim.games.treaty.transitions import Kernel, Signal
from sim.study.claims.claim import Measured, share_error
from sim.study.claims.false_alarms import never_breaching, survival_in_theory
from sim.study.claims.interventions import after_move, first_move, standing, with_automaton, without_moves
from sim.study.claims.mirror import mirrored_share
from sim.study.claims.worlds import WORLD, Variant


@pytest.fixture(scope="module")
def games(worlds):
    return worlds.games(Variant(), 2)


@pytest.fixture(scope="module")
def profile(games):
    """Everyone makes any legal move, and breaches, at random."""
    graph, rng = games.graph, np.random.default_rng(1)
    automata = []
    for actor in range(NUM_ACTORS):
        moves = legal_slots(graph, actor) * rng.uniform(0.1, 1, (2, graph.num_states, 7))
        breach = np.zeros((2, graph.num_states))
        if actor in PARTIES:
            breach = rng.uniform(0, 1, breach.shape) * ~np.repeat(
                graph.free[:, actor], graph.num_environments
            )
        automata.append(
            markov_automaton(
                graph,
                name="random",
                actor=actor,
                breach=breach,
                moves=moves / moves.sum(axis=-1, keepdims=True),
            )
        )
    return TreatyProfile(graph=graph, automata=tuple(automata))


def test_the_error_of_a_share_is_that_of_its_posterior():
    for successes, draws in ((0, 8), (3, 8), (32, 32)):
        posterior = stats.beta(successes + 1, draws - successes + 1)
        assert share_error(successes, draws) == pytest.approx(posterior.std())


def test_a_claim_holds_where_all_its_parts_do():
    parts = {"first": np.array([True, True, False, False]), "second": np.array([True, False, True, False])}
    measured = Measured(effects={}, parts=parts, usable=np.ones(4, dtype=bool))
    assert measured.holds.tolist() == [True, False, False, False]
    assert measured.share == 0.25


def test_draws_that_did_not_converge_count_for_nothing():
    parts = {"only": np.array([True, False, True])}
    measured = Measured(effects={}, parts=parts, usable=np.array([True, False, True]))
    assert measured.share == 1
    assert measured.standard_error == share_error(2, 2)


def test_grim_treaty_lives_as_long_as_theory_says_in_the_mean(worlds, games):
    """A geometric wait for the first alarm against either, a period to decide, one for the notice, its clock."""
    alarms = games.signals[0, Kernel.TREATY, :, 0, Signal.ALARM]
    either = 1 - (1 - alarms[0]) * (1 - alarms[1])
    mean = 1 / either + 1 + games.graph.rules.notice_periods
    periods = 4000
    survival = exact_outcomes(games, 0, never_breaching(worlds, games, None), periods).survival
    assert survival[:-1].sum() == pytest.approx(mean, rel=1e-9)
    assert survival_in_theory(games, 0, periods, None)[:-1].sum() == pytest.approx(mean, rel=1e-9)


@pytest.mark.parametrize("strikes", [1, 2, 3])
def test_tolerance_multiplies_the_life_of_a_treaty(worlds, strikes):
    """With alarms against one party only, the mean wait is K / α (AT-08)."""
    games = worlds.games(Variant(parameters=(("false_alarm", 0.3),)), 2)
    signals = games.signals.copy()
    signals[:, :, PARTY_0, 0] = np.eye(3)[Signal.NOTHING]  # nobody is ever alarmed about the first party
    object.__setattr__(games, "signals", signals)
    alarm = signals[0, Kernel.TREATY, PARTY_1, 0, Signal.ALARM]
    mean = strikes / alarm + 1 + games.graph.rules.notice_periods
    survival = exact_outcomes(games, 0, never_breaching(worlds, games, strikes), 3000).survival
    assert survival[:-1].sum() == pytest.approx(mean, rel=1e-9)
    assert np.abs(survival - survival_in_theory(games, 0, 3000, strikes)).max() < 1e-9


def test_mirroring_during_the_whole_notice_is_what_the_engine_counts(games, profile):
    """Over a horizon by which nearly every play has seen its first notice, cut alike."""
    periods, clock = 200, games.graph.rules.notice_periods
    outcomes = exact_outcomes(games, 0, profile, periods)
    share, notice = mirrored_share(build_chain(games, 0, profile), periods, clock)
    assert notice == pytest.approx(1, abs=1e-6)
    assert share * notice == pytest.approx(outcomes.mirrored, abs=1e-6)
    shares = [
        mirrored_share(build_chain(games, 0, profile), periods, within)[0] for within in range(clock + 1)
    ]
    assert (np.diff(shares) >= 0).all()
    late = outcomes.outcomes["mirror_delay_months"] * outcomes.mirrored  # a mean delay is a sum of tails
    assert sum(share - each for each in shares[:clock]) == pytest.approx(late, abs=1e-5)


def test_moves_taken_away_are_not_made_and_the_rest_is_as_before(games, profile):
    graph, automaton = games.graph, profile.automata[PARTY_0]
    codes = np.repeat(graph.legal[:, PARTY_0], graph.num_environments, axis=0)
    changed = without_moves(graph, automaton, [Move.WITHDRAW])
    assert not changed.moves[..., codes == Move.WITHDRAW].any()
    idle = changed.moves - automaton.moves
    assert np.allclose(idle.sum(axis=-1), 0)
    assert not idle[..., (codes != Move.WITHDRAW) & (codes != Move.NONE)].any()


def test_a_treaty_that_is_let_stand_never_ends(games, profile):
    outcomes = exact_outcomes(games, 0, standing(profile, complying=PARTIES), 84)
    assert outcomes.outcomes["collapse_probability"] == pytest.approx(0, abs=1e-12)


def test_a_first_move_is_made_first_and_only_then(games, profile):
    graph = games.graph
    leaving = first_move(graph, profile.automata[PARTY_0], Move.WITHDRAW)
    waiting = without_moves(graph, profile.automata[PARTY_1], [Move.WITHDRAW])
    changed = with_automaton(with_automaton(profile, leaving), waiting)
    outcomes = exact_outcomes(games, 0, changed, 1).outcomes
    assert outcomes["first_leaver_party_0"] == pytest.approx(games.opportunity[0])
    assert np.array_equal(leaving.moves[:, 1], profile.automata[PARTY_0].moves[:, 0])


def test_what_follows_a_move_of_one_party(games):
    graph = games.graph
    start = graph.situations[graph.start[0]]
    noticed = after_move(graph, start, PARTY_0, Move.WITHDRAW)
    assert (noticed.phase, noticed.who, noticed.clock) == (Phase.NOTICE, 1, graph.rules.notice_periods)
    assert after_move(graph, start, PARTY_1, Move.OPEN_UP).agenda is Agenda.OPENNESS_1
    with pytest.raises(ValueError, match="RESCIND is not legal"):
        after_move(graph, start, PARTY_0, Move.RESCIND)


def test_levels_below_the_start_do_not_change_what_is_played_from_it(worlds):
    """The outsider's level only grows, so the world solved for all levels contains the scenario's own.

    Only what is reached from the start is compared: where both parties have just given notice with no evidence
    against either, taking it back is a game of coordination with several equilibria.
    """
    wide, own = worlds.solve(WORLD, worlds.draws), worlds.solve(Variant(), 2)
    assert wide.start == own.start
    for draw in np.flatnonzero(wide.usable[:2] & own.usable):
        lives = [exact_outcomes(each.games, draw, each.profile, 84).survival for each in (wide, own)]
        assert np.abs(lives[0] - lives[1]).max() < 1e-5
        starts = [each.equilibria[draw].values[each.games.graph.start_state] for each in (wide, own)]
        assert np.abs(starts[0] - starts[1]).max() < 1e-4


def test_a_variant_changes_what_it_names(worlds, games):
    changed = worlds.games(
        Variant(components=(("consent", False),), weights=(("security", PARTY_1, 3.0),)), 2
    )
    assert games.graph.rules.consent
    assert not changed.graph.rules.consent
    ratio = changed.parameters.weights / np.where(games.parameters.weights == 0, 1, games.parameters.weights)
    assert sorted(set(ratio[games.parameters.weights != 0].round(9))) == [1.0, 3.0]
    assert worlds.games(WORLD, 2).graph.environments[worlds.games(WORLD, 2).graph.start[1]].level == 1


def test_a_state_that_cannot_be_reached_is_refused(worlds):
    world = worlds.solve(Variant(), 2)
    situation, environment = world.start
    with pytest.raises(ParameterError, match="cannot be reached"):
        world.state(situation, environment._replace(level=0))
