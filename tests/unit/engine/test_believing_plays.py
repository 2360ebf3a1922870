"""Strategies that condition on beliefs: both engines against each other, and beliefs in play against Bayes' rule."""

from dataclasses import replace
from math import log

import numpy as np
import pytest

from sim.engine.belief_law import belief_law, expanded, stored_law
from sim.engine.exact import exact_outcomes
from sim.engine.exact_values import state_values
from sim.engine.filtered_mixture import filtered_mixture
from sim.engine.filtering import Observation, filter_path
from sim.engine.monte_carlo import Plan, record, simulate
from sim.engine.node_numbers import node_sizes
from sim.engine.tables import build_board, build_tables, digest, load_tables, save_tables
from sim.errors import ParameterError
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import build_games
from sim.games.treaty.profile import NUM_EVENT_MASKS, TreatyProfile
from sim.games.treaty.rules import Rules
from sim.games.treaty.transitions import Kernel
from sim.model.types import BeliefOptions
from sim.study.estimates import estimate_outcomes

RULES = Rules(ultimatum_periods=1, notice_periods=2, outsider_levels=1, review=False, restoration=False)
ACTORS = ("usa", "russia", "nato", "china")
OPTIONS = BeliefOptions(tremble=0.05, resolution=0.5, clip=2.0)
PRIORS = (np.array([0.6, 0.4]), np.array([0.3, 0.7]))
PERIODS, PLAYS = 20, 3000
DOUBTS = (((0,), (-1, 2)), ((), (1,)), ((), ()), ((-2,), ()))
"""Thresholds of the automata that are played, by actor."""


@pytest.fixture(scope="module")
def world(random_parameters, random_profile):
    """Return a game, a profile of random automata that condition on beliefs, and the conjectured ones."""
    graph = build_graph(RULES)

    def believing(seed, doubts):
        levels = [(len(a) + 1) * (len(b) + 1) for a, b in doubts]
        memories = (2, 1, 1, 2)
        wide = tuple(m * n for m, n in zip(memories, levels, strict=True))
        automata = []
        for automaton, thresholds, n in zip(
            random_profile(graph, memories=wide, seed=seed).automata, doubts, levels, strict=True
        ):
            level = np.arange(automaton.num_states)[:, None] % n
            following = automaton.following // n * n + level
            automata.append(replace(automaton, following=following, doubts=thresholds))
        return TreatyProfile(graph=graph, automata=tuple(automata))

    games = build_games(graph, random_parameters(seed=5))
    first = believing(2, (((), (0,)), ((1,), ()), ((), ()), ((), ()))).automata
    second = believing(3, DOUBTS).automata
    conjectured = ((first[0], second[0]), (first[1], second[1]))
    return games, believing(1, DOUBTS), conjectured


@pytest.fixture(scope="module")
def law(world):
    games, _, conjectured = world
    return belief_law(games, 0, conjectured, PRIORS, OPTIONS)


@pytest.fixture(scope="module")
def plan(world, law):
    games, profile, _ = world
    return Plan(
        board=build_board(games.graph),
        tables=(build_tables(games, 0, profile, law),),
        actors=ACTORS,
        seed=4,
        periods=PERIODS,
        deadline=0,
        at_once=2,
    )


@pytest.fixture(scope="module")
def exact(world, law):
    games, profile, _ = world
    return exact_outcomes(games, 0, profile, PERIODS, law=law, actors=ACTORS, by_term=True)


@pytest.mark.parametrize("conditional", [True, False])
def test_both_engines_agree(world, plan, exact, conditional) -> None:
    games, _, _ = world
    months = 12 * games.parameters.period_years
    assert exact.decomposition.sum(axis=0) == pytest.approx(exact.payoffs, rel=1e-9)
    assert exact.survival[-1] > 0.01
    ensemble = simulate(plan, replications=PLAYS, conditional=conditional)
    for estimate in estimate_outcomes(ensemble, ACTORS, months, (exact,)).values():
        if estimate.exact is not None and not estimate.name.startswith("median"):
            assert abs(estimate.estimate - estimate.exact) < 4 * estimate.standard_error_dice, estimate
    error = np.sqrt(np.maximum(ensemble.survival_squares - ensemble.survival**2, 0) / PLAYS)
    assert (np.abs(ensemble.survival[0] - exact.survival) <= 4.5 * error + 1e-12).all()


def test_beliefs_in_play_are_those_of_bayes_rule_on_the_grid(world, law, plan) -> None:
    """Period by period from the definitions, with a conjecture that itself conditions on beliefs."""
    games, _, conjectured = world
    recording = record(plan, [(0, k) for k in range(25)])
    moved = set()
    for states, acts in zip(recording.states, recording.acts, strict=True):
        memory = {(p, k): 0 for p in (0, 1) for k in (0, 1)}
        odds = [round(log(prior[1] / prior[0]) / 0.5) for prior in PRIORS]
        for t in range(PERIODS):
            assert (states[t, 6:8] - law.top == odds).all()
            level = {}
            for p, k in memory:
                a = conjectured[p][k]
                l0, l1 = (sum(odds[q] >= step for step in a.doubts[q]) for q in (0, 1))
                level[p, k] = l0 * (len(a.doubts[1]) + 1) + l1
            found = [
                steps_by_hand(games, conjectured[p], p, memory, level, states[t], acts[t]) for p in (0, 1)
            ]
            odds = [min(max(odds[p] + found[p], -4), 4) for p in (0, 1)]
            moved.update(odds)
            mask = games.graph.events[acts[t, 0]] | (acts[t, 1] == 1) | (acts[t, 2] == 1) << 1
            for (p, k), before in memory.items():
                a = conjectured[p][k]
                l0, l1 = (sum(odds[q] >= step for step in a.doubts[q]) for q in (0, 1))
                now = before * a.num_levels + l0 * (len(a.doubts[1]) + 1) + l1
                memory[p, k] = int(a.following[now, mask]) // a.num_levels
    assert len(moved) > 5


def steps_by_hand(games, kinds, p, memory, level, state, act):
    graph, (row, offered) = games.graph, (act[0], act[4])
    m, s = state[0], state[0] * graph.num_environments + state[1]
    kernel, signal = graph.kernels[row, p], act[1 + p]
    by_move, by_signal = [], []
    for k, a in enumerate(kinds):
        q = memory[p, k] * a.num_levels + level[p, k]
        menu = [code for code in graph.legal[m, p] if code >= 0]
        slot = menu.index(graph.row_moves[row, p])
        by_move.append(0.95 * a.moves[0, q, s, slot] + 0.05 / len(menu))
        b = 0.0 if graph.free[m, p] else 0.95 * a.breach[0, q, s] + 0.025
        upheld, breached = games.signals[0, kernel, p, :, signal]
        by_signal.append((1 - b) * upheld + b * breached)
    total = round(log(by_move[1] / by_move[0]) / 0.5) if offered else 0
    return total + (round(log(by_signal[1] / by_signal[0]) / 0.5) if kernel != Kernel.FREE else 0)


def test_where_nothing_can_be_learnt_beliefs_stand_still(world, plan) -> None:
    games, profile, conjectured = world
    alike = ((conjectured[0][0],) * 2, (conjectured[1][0],) * 2)
    known = (np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    for kinds, priors in ((alike, PRIORS), (conjectured, known), (((), ()), (np.ones(1), np.ones(1)))):
        law = belief_law(games, 0, kinds, priors, OPTIONS)
        tables = (build_tables(games, 0, profile, law),)
        states = record(replace(plan, tables=tables), [(0, k) for k in range(10)]).states
        assert (states[:, :, 6:8] == law.first).all()
        exact = exact_outcomes(games, 0, profile, 4, law=law)
        assert exact.num_states > 0
    certain = belief_law(games, 0, conjectured, known, OPTIONS)
    assert certain.probability(1)[0] == 1.0
    assert not certain.moving.any()


def test_a_path_is_as_probable_as_the_chain_says(world, law) -> None:
    """Where plays stand after some periods of which nothing was seen, and a path of situations seen."""
    games, profile, _ = world
    graph, blind = games.graph, everything(games.graph)
    final = exact_outcomes(games, 0, profile, 2, law=law).final.reshape(graph.num_situations, -1)
    likely = np.argsort(-final.sum(axis=1))[:2]
    for m in likely:
        for x in np.flatnonzero(final[m])[:1]:
            seen = filter_path(games, profile, [blind, only(graph, m, x)], laws=[law])
            assert seen.probability.prod() == pytest.approx(final[m, x], rel=1e-9)
    path = filter_path(games, profile, [blind] * 2, [blind] * 2, laws=[law])
    assert path.probability == pytest.approx(1.0)
    assert path.alternative == pytest.approx(1.0)


def everything(graph):
    return Observation(
        moves=(None,) * 4,
        situations=np.ones(graph.num_situations, np.bool_),
        environments=np.ones(graph.num_environments, np.bool_),
    )


def only(graph, m, x):
    return replace(
        everything(graph),
        situations=np.arange(graph.num_situations) == m,
        environments=np.arange(graph.num_environments) == x,
    )


def test_a_path_over_types_is_weighted_by_what_it_taught(random_parameters, random_profile) -> None:
    graph = build_graph(RULES)
    games = build_games(graph, random_parameters(draws=2, seed=8))
    profiles = [random_profile(graph, seed=seed, moves=3) for seed in (1, 2, 3)]
    weights = np.array([[0.2, 0.5, 0.3], [0.6, 0.0, 0.4]])
    step = only(graph, graph.start[0], 0)
    path = [replace(step, environments=everything(graph).environments)] * 2 + [everything(graph)]
    parts = [filter_path(games, profile, path, path) for profile in profiles]
    mixed = filtered_mixture(parts, weights)
    whole = sum(weights[:, c] * part.probability.prod(axis=1) for c, part in enumerate(parts))
    assert mixed.probability.prod(axis=1) == pytest.approx(whole, rel=1e-12)
    posterior = np.stack([weights[:, c] * part.probability[:, 0] for c, part in enumerate(parts)])
    posterior /= posterior.sum(axis=0)
    breach = sum(p[:, None] * part.breach[:, 1] for p, part in zip(posterior, parts, strict=True))
    assert mixed.breach[:, 1] == pytest.approx(breach)
    for shares in mixed.expected:
        assert sum(shares.values()) == pytest.approx(np.ones(2))


def test_workers_and_chunks_change_no_bit(plan) -> None:
    once = simulate(plan, replications=2100, workers=1)
    again = simulate(plan, replications=2100, workers=3, chunk=2)
    assert (once.means == again.means).all()
    assert (once.survival == again.survival).all()


def test_the_law_survives_a_file(world, law, plan, tmp_path) -> None:
    games, profile, _ = world
    save_tables(tmp_path / "tables", list(plan.tables))
    (back,) = load_tables(tmp_path / "tables")
    assert digest(back) == digest(plan.tables[0])
    again = stored_law(back.beliefs, PRIORS, OPTIONS.resolution)
    assert digest(build_tables(games, 0, profile, again)) == digest(back)
    plain = replace(plan.tables[0], beliefs=None)
    assert digest(plain) != digest(back)


def test_an_expanded_automaton_plays_the_same_at_every_point(world) -> None:
    _, profile, _ = world
    automaton = profile.automata[0]  # conditions on (0,) and (-1, 2)
    finer = ((-3, 0, 1), (-1, 0, 2, 3))
    states = expanded(automaton, finer)
    assert states.shape == (2, 20)
    for memory in range(2):
        for a, low in enumerate((-9, *finer[0])):
            for b, other in enumerate((-9, *finer[1])):
                level = (low >= 0) * 3 + (other >= -1) + (other >= 2)
                assert states[memory, a * 5 + b] == memory * 6 + level


def test_what_does_not_fit_says_so(world) -> None:
    games, profile, conjectured = world
    fine = belief_law(games, 0, conjectured, PRIORS, replace(OPTIONS, resolution=0.0005, clip=7.0))
    with pytest.raises(
        ParameterError, match=r"too large: 28001 × 28001 points of belief times .*coarser grid"
    ):
        exact_outcomes(games, 0, profile, 4, law=fine)
    with pytest.raises(ParameterError, match="conditions on beliefs"):
        state_values(games, 0, profile)
    with pytest.raises(ParameterError, match="no law of beliefs"):
        build_tables(games, 0, profile)
    with pytest.raises(ParameterError, match="at most two types"):
        belief_law(games, 0, ((conjectured[0][0],) * 3, ()), (np.ones(3) / 3, np.ones(1)), OPTIONS)
    assert node_sizes(profile, None, None) == tuple(a.num_states for a in profile.automata)
    with pytest.raises(ParameterError, match="level of doubt"):
        replace(profile.automata[0], following=np.zeros((12, NUM_EVENT_MASKS), np.int64))
