"""Continuation values against a generic stochastic game, survival against closed forms, and refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.app.automata import AutomatonShelf
from sim.engine import exact_chain
from sim.engine.exact import exact_outcomes, exact_payoffs
from sim.engine.exact_values import state_values, transition_matrix
from sim.errors import ParameterError
from sim.games.stochastic import check_markov_profile
from sim.games.treaty.dense import to_markov_profile, to_stochastic_game
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import build_games
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import Rules, Start
from sim.strategies.catalogue import resolve
from sim.strategies.treaty_automaton import compile_automaton

TINY = Rules(
    ultimatum_periods=1,
    notice_periods=1,
    evidence_levels=(1, 1),
    openness=(False, False),
    ultimatums=(False, True),
    deployments=(False, True),
    deployment_levels=1,
    outsider_levels=1,
    consent=False,
    climate=True,
    review=False,
)
QUIET = Rules(climate=False, review=False, start=Start(outsider_bound=True))
SWITCHES = ("suspension", "sanctions", "invitation", "restoration", "consent", "climate", "review")


@pytest.fixture(scope="module")
def shipped():
    return AutomatonShelf()


def profile_of(graph, names, mappings):
    specs = [resolve(name, mappings) for name in names]
    return TreatyProfile(
        graph=graph, automata=tuple(compile_automaton(spec, graph, actor) for actor, spec in enumerate(specs))
    )


def test_values_equal_those_of_the_game_written_out(random_parameters, random_profile):
    """Solve V = r + δ P V of the generic stochastic game directly."""
    graph = build_graph(TINY)
    games = build_games(graph, random_parameters(seed=1))
    profile = random_profile(graph, memories=(1, 1, 1, 1), seed=2, moves=9)
    game = to_stochastic_game(games, 0)
    strategies = check_markov_profile(game, to_markov_profile(games, 0, profile))
    payoffs, law = np.zeros((game.num_states, 4)), np.zeros((game.num_states, game.num_states))
    for state, counts in enumerate(game.num_actions):
        joint = np.einsum("a,b,c,d->abcd", *[s[state, :n] for s, n in zip(strategies, counts, strict=True)])
        law[state] = np.tensordot(joint, game.transitions[state], 4)
        payoffs[state] = np.tensordot(game.payoffs[state], joint, 4)
    expected = np.stack(
        [
            np.linalg.solve(np.eye(game.num_states) - delta * law, payoffs[:, player])
            for player, delta in enumerate(game.discounts)
        ],
        axis=1,
    )
    np.testing.assert_allclose(state_values(games, 0, profile)[0], expected, rtol=0, atol=1e-11)


def test_finite_values_start_at_the_forward_payoffs_and_tend_to_the_infinite_ones(
    random_parameters, random_profile
):
    graph = build_graph(TINY)
    games = build_games(graph, random_parameters(draws=2, seed=3))
    profile = random_profile(graph, memories=(2, 3, 1, 2), draws=2, seed=4)
    for periods in (1, 7):
        values = state_values(games, 1, profile, periods)
        assert values.shape == (12, graph.num_states, 4)
        np.testing.assert_allclose(
            values[0, graph.start_state], exact_payoffs(games, 1, profile, periods), atol=1e-12
        )
    long = state_values(games, 1, profile, 1500)  # the largest discount to that power is below 1e-16
    np.testing.assert_allclose(long, state_values(games, 1, profile), rtol=0, atol=1e-10)


def test_a_treaty_that_is_kept_dies_of_false_alarms_under_grim_trigger(shipped, random_parameters):
    """REFERENCE AT-07: two monitors make the hazard 1 - (1 - α)².

    An alarm in period t is answered with notice in t + 1; notice takes effect at t + 2 and runs N periods.
    """
    graph = build_graph(QUIET)
    games = build_games(
        graph,
        random_parameters(
            period_years=1 / 12, false_alarm=np.full((1, 2), 0.459638), detection=np.full((1, 2), 0.9)
        ),
    )
    alpha = 1 - (1 - 0.459638) ** (1 / 12)
    assert alpha == pytest.approx(0.05, abs=1e-6)
    notice, periods = QUIET.notice_periods, 60
    profile = profile_of(graph, ["grim_trigger"] * 4, shipped)
    survival = exact_outcomes(games, 0, profile, periods).survival
    watched = np.maximum(np.arange(periods + 1) - 1 - notice, 0)
    np.testing.assert_allclose(survival, (1 - alpha) ** (2 * watched), atol=1e-12)


@pytest.mark.parametrize("alarms", [2, 3])
def test_tolerance_multiplies_the_life_of_a_treaty(alarms, shipped, random_parameters):
    """REFERENCE AT-08: each side leaves after `alarms` alarms, so both counts must stay below it."""
    graph = build_graph(QUIET)
    games = build_games(graph, random_parameters(period_years=1 / 12))
    alpha = 1 - (1 - games.parameters.false_alarm[0]) ** (1 / 12)
    periods, notice = 60, QUIET.notice_periods
    profile = profile_of(graph, [f"tolerance_{alarms}"] * 4, shipped)
    watched = np.maximum(np.arange(periods + 1) - 1 - notice, 0)
    expected = np.ones(periods + 1)
    for party in range(2):
        fewer = np.zeros(periods + 1)
        for k in range(alarms):  # binomial: k alarms in n periods
            choose = np.prod([(watched - j) / (j + 1) for j in range(k)], axis=0) if k else 1.0
            fewer += choose * alpha[party] ** k * (1 - alpha[party]) ** np.maximum(watched - k, 0)
        expected *= fewer
    np.testing.assert_allclose(exact_outcomes(games, 0, profile, periods).survival, expected, atol=1e-12)


def test_leaving_waits_for_an_opportunity_and_is_mirrored_in_the_next_period(shipped, random_parameters):
    """Opportunities come with rate r: notice by the end of month n with probability 1 - exp(-r n / 12)."""
    graph = build_graph(QUIET)
    games = build_games(
        graph,
        random_parameters(
            period_years=1 / 12,
            opportunity_rate=np.array([2.0]),
            false_alarm=np.zeros((1, 2)),
        ),
    )
    profile = profile_of(graph, ["leave", "mirror_response", "always_uphold", "always_uphold"], shipped)
    found = exact_outcomes(games, 0, profile, 40, actors=["usa", "russia", "nato", "china"])
    months = np.maximum(np.arange(41) - QUIET.notice_periods, 0)
    np.testing.assert_allclose(found.survival, np.exp(-2.0 * months / 12), atol=1e-12)
    assert found.outcomes["mirror_delay_months"] == pytest.approx(1.0)
    assert found.outcomes["first_leaver_usa"] == pytest.approx(1 - np.exp(-2.0 * 40 / 12))
    assert found.outcomes["first_leaver_russia"] == 0
    median = found.outcomes["median_months_to_collapse"]
    assert median == next(t for t in range(41) if np.exp(-2.0 * max(t - 6, 0) / 12) <= 0.5)


def test_a_treaty_that_nobody_leaves_survives_exactly(shipped, random_parameters):
    graph = build_graph(QUIET)
    games = build_games(graph, random_parameters(period_years=1 / 12))
    found = exact_outcomes(games, 0, profile_of(graph, ["always_uphold"] * 4, shipped), 84)
    assert (found.survival == 1).all()
    assert found.outcomes["collapse_probability"] == 0
    assert found.outcomes["months_to_collapse"] == pytest.approx(84)
    assert found.outcomes["median_months_to_collapse"] is None
    assert found.outcomes["mirror_delay_months"] is None
    assert found.path_classes["no_notice"] == pytest.approx(1)


@settings(max_examples=4, deadline=None)
@given(
    switches=st.fixed_dictionaries({name: st.booleans() for name in SWITCHES}),
    phase=st.sampled_from(["in_force", "ultimatum", "notice", "ended"]),
    seed=st.integers(0, 1000),
)
def test_every_chain_is_a_probability_law(switches, phase, seed, random_parameters, random_profile):
    who = 0 if phase in ("ultimatum", "notice") else None
    rules = Rules(
        **switches,
        ultimatum_periods=1,
        notice_periods=2,
        outsider_levels=1,
        deployment_levels=1,
        start=Start(phase=phase, who=who),
    )
    graph = build_graph(rules)
    games = build_games(graph, random_parameters(seed=seed))
    profile = random_profile(graph, seed=seed, moves=9)
    chain = exact_chain.build_chain(games, 0, profile)
    np.testing.assert_allclose(transition_matrix(chain).sum(axis=1), 1, atol=1e-12)
    found = exact_outcomes(games, 0, profile, 12, by_term=True)
    assert (np.diff(found.survival) <= 1e-12).all()
    assert found.final.sum() == pytest.approx(1)
    assert sum(found.path_classes.values()) == pytest.approx(1)
    np.testing.assert_allclose(found.decomposition.sum(axis=0), found.payoffs, atol=1e-10)


def test_what_cannot_be_done_is_said_in_one_line(random_parameters, random_profile, monkeypatch):
    graph = build_graph(TINY)
    games = build_games(graph, random_parameters())
    profile = random_profile(graph)
    with pytest.raises(ParameterError, match=r"^draw must lie in 0\.\.0, got 1$"):
        exact_outcomes(games, 1, profile, 3)
    with pytest.raises(ParameterError, match=r"^the exact engine needs at least 1 period, got 0$"):
        exact_outcomes(games, 0, profile, 0)
    with pytest.raises(ParameterError, match=r"^the profile and the games must share one graph$"):
        exact_outcomes(games, 0, random_profile(build_graph(QUIET), memories=(1, 1, 1, 1)), 3)
    with pytest.raises(ParameterError, match=r"^this treaty game has 4308 states, too many"):
        to_stochastic_game(build_games(build_graph(Rules()), random_parameters()), 0)
    monkeypatch.setattr(exact_chain, "MAX_EDGES", 100)
    with pytest.raises(ParameterError, match=r"^the exact chain is too large: more than 100 .*random_0"):
        exact_outcomes(games, 0, profile, 3)
    monkeypatch.setattr(exact_chain, "MAX_NODES", 10)
    with pytest.raises(ParameterError, match=r"^the exact chain is too large: 4 automaton states times \d+"):
        exact_outcomes(games, 0, profile, 3)
