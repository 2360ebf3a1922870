"""Beliefs: Bayes' rule against the same computed by hand, on the grid, and as a martingale."""

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from sim.engine.beliefs import belief_paths, initial_odds, log_likelihoods, probabilities, row_slots
from sim.engine.monte_carlo import Plan, record
from sim.engine.tables import build_board, build_tables
from sim.engine.type_draws import drawn_types
from sim.games.treaty.graph import build_graph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import build_games
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import Rules
from sim.games.treaty.transitions import Kernel
from sim.games.treaty.type_space import TypeSpace
from sim.model.types import ActorType, BeliefOptions

RULES = Rules(ultimatum_periods=1, notice_periods=2, outsider_levels=1, review=False)
OPTIONS = BeliefOptions(tremble=0.01, resolution=1e-4, clip=8.0)
ACTORS = ("usa", "russia", "nato", "china")
PARTY, PERIODS = 1, 24


@pytest.fixture(scope="module")
def world(random_parameters, random_profile):
    """Return a game and the profiles of a Russia of two types that differ in all they do."""
    graph = build_graph(RULES)
    games = build_games(graph, random_parameters(seed=5))
    sources = [random_profile(graph, seed=seed, moves=3).automata for seed in (1, 2)]
    profiles = [TreatyProfile(graph=graph, automata=(sources[0][0], s[1], *sources[0][2:])) for s in sources]
    return games, profiles


def recorded(world, seed=3, plays=600, prior=0.3):
    games, profiles = world
    space = TypeSpace(
        types=((), tuple(ActorType(actor="russia", name=name) for name in ("first", "second"))),
        priors=(np.ones((1, 1)), np.array([[1 - prior, prior]])),
    )
    types = drawn_types(space, ACTORS[:2], seed, plays)[0]
    plan = Plan(
        board=build_board(games.graph),
        tables=tuple(build_tables(games, 0, profile) for profile in profiles),
        addresses=(0, 0),
        actors=ACTORS,
        seed=seed,
        periods=PERIODS,
        deadline=0,
        at_once=2,
    )
    return types, record(plan, [(int(kind), k) for k, kind in enumerate(types)])


def along(world, recording, prior=0.3, options=OPTIONS):
    games, profiles = world
    said = log_likelihoods(games, 0, PARTY, [p.automata[PARTY] for p in profiles], options.tremble)
    shares = np.array([1 - prior, prior])
    odds = belief_paths(games.graph, said, shares, recording.states, recording.acts, options)
    return probabilities(odds, options)


def by_hand(world, recording, play, prior=0.3):
    """Bayes' rule period by period, from the definitions, without a grid."""
    games, profiles = world
    graph, odds, beliefs = games.graph, log(prior / (1 - prior)), [prior]
    for t in range(PERIODS):
        m, x = recording.states[play, t, :2]
        s = m * graph.num_environments + x
        row, signals, offered = (
            recording.acts[play, t, 0],
            recording.acts[play, t, 1:3],
            recording.acts[play, t, 4],
        )
        likelihood = []
        for profile in profiles:
            automaton = profile.automata[PARTY]
            seen = 1.0
            menu = [code for code in graph.legal[m, PARTY] if code >= 0]
            if offered:
                slot = menu.index(graph.row_moves[row, PARTY])
                seen *= 0.99 * automaton.moves[0, 0, s, slot] + 0.01 / len(menu)
            kernel, signal = graph.kernels[row, PARTY], signals[PARTY]
            if kernel != Kernel.FREE:
                breach = 0.0 if graph.free[m, PARTY] else 0.99 * automaton.breach[0, 0, s] + 0.005
                upheld, breached = games.signals[0, kernel, PARTY, :, signal]
                seen *= (1 - breach) * upheld + breach * breached
            likelihood.append(seen)
        odds = min(max(odds + log(likelihood[1] / likelihood[0]), -8.0), 8.0)
        beliefs.append(1 / (1 + exp(-odds)))
    return np.array(beliefs)


def test_beliefs_are_those_of_bayes_rule(world) -> None:
    _, recording = recorded(world, plays=30)
    beliefs = along(world, recording)[..., 1]
    for play in range(30):
        # two roundings a period, each of at most half a step
        assert beliefs[play] == pytest.approx(by_hand(world, recording, play), abs=0.25 * PERIODS * 1e-4)


def test_the_mean_belief_is_the_prior_at_all_times(world) -> None:
    """With a true conjecture and next to no trembles beliefs are a martingale."""
    options = replace(OPTIONS, tremble=1e-9, resolution=1e-5, clip=30.0)
    types, recording = recorded(world, plays=2000)
    beliefs = along(world, recording, options=options)[..., 1]
    error = beliefs.std(axis=0) / np.sqrt(len(beliefs))
    assert (np.abs(beliefs - 0.3).mean(axis=0) >= 0).all()
    assert (np.abs(beliefs.mean(axis=0) - 0.3) <= 4 * error + 1e-4).all()
    assert beliefs[types == 1, -1].mean() > beliefs[types == 0, -1].mean() + 0.1
    groups = np.digitize(beliefs[:, -1], [0.1, 0.5, 0.9])  # and they are calibrated
    for group in range(4):
        chosen = groups == group
        spread = np.sqrt(
            max(beliefs[chosen, -1].mean() * (1 - beliefs[chosen, -1].mean()), 1e-3) / chosen.sum()
        )
        assert abs((types[chosen] == 1).mean() - beliefs[chosen, -1].mean()) < 4 * spread


def test_a_conjecture_in_which_types_are_alike_teaches_nothing(world) -> None:
    games, profiles = world
    _, recording = recorded((games, profiles), plays=20)
    beliefs = along((games, [profiles[0], profiles[0]]), recording)
    assert beliefs == pytest.approx(np.broadcast_to([0.7, 0.3], beliefs.shape), abs=1e-4)


def test_odds_stay_on_the_grid_and_within_the_clip(world) -> None:
    games, profiles = world
    _, recording = recorded(world, plays=50)
    options = BeliefOptions(tremble=0.01, resolution=0.5, clip=1.0)
    said = log_likelihoods(games, 0, PARTY, [p.automata[PARTY] for p in profiles], options.tremble)
    odds = belief_paths(games.graph, said, np.array([0.5, 0.5]), recording.states, recording.acts, options)
    assert set(np.unique(odds[..., 1])) <= {-2, -1, 0, 1, 2}
    assert (odds[..., 0] == 0).all()
    assert initial_odds(np.array([0.5, 0.5 * exp(1)]), options).tolist() == [0, 2]


def test_the_slot_of_a_row_is_that_of_its_move(world) -> None:
    graph = world[0].graph
    slots = row_slots(graph, PARTY)
    situation = np.repeat(np.arange(graph.num_situations), np.diff(graph.first_row))
    assert (graph.legal[situation, PARTY, slots] == graph.row_moves[:, PARTY]).all()
    assert Move(graph.row_moves[0, PARTY]) is Move.NONE
