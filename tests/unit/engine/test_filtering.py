"""Forward filtering against the exact chain and against the enumeration of every public path."""

from itertools import product

import numpy as np
import pytest

from sim.engine.exact_chain import build_chain
from sim.engine.filtering import Observation, filter_path
from sim.errors import ParameterError
from sim.games.treaty.graph import build_graph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import build_games
from sim.games.treaty.rules import NUM_ACTORS, PARTIES, Rules, Start

MARKOV = (1, 1, 1, 1)


@pytest.fixture(scope="module")
def tiny_games(random_parameters):
    """Three draws of a treaty without review conference, deployments and restoration."""
    rules = Rules(
        notice_periods=2,
        ultimatum_periods=1,
        outsider_levels=1,
        review=False,
        restoration=False,
        deployments=(False, False),
        suspension=True,
        start=Start(evidence=(0, 1)),
    )
    return build_games(build_graph(rules), random_parameters(draws=3))


def everything(graph):
    return Observation(
        moves=(None,) * NUM_ACTORS,
        situations=np.ones(graph.num_situations, bool),
        environments=np.ones(graph.num_environments, bool),
    )


def only(graph, situation, environment):
    return Observation(
        moves=(None,) * NUM_ACTORS,
        situations=np.arange(graph.num_situations) == situation,
        environments=np.arange(graph.num_environments) == environment,
    )


def transition(chain):
    """The chain's transition matrix [Z, Z], written out from its three factors."""
    places = len(chain.up)
    matrix = np.zeros((chain.num_states, chain.num_states))
    for z in range(chain.num_states):
        x = z % places
        for e in range(chain.first_edge[z], chain.first_edge[z + 1]):
            row = chain.stay[e] * chain.mixing[x] + chain.rise[e] * chain.mixing[chain.up[x]]
            matrix[z, chain.target[e] * places : (chain.target[e] + 1) * places] += row
    return matrix


def test_the_probabilities_of_all_public_paths_sum_to_one_and_are_those_of_the_chain(
    tiny_games, random_profile
):
    games, graph, draws = tiny_games, tiny_games.graph, tiny_games.num_draws
    profile = random_profile(graph, memories=MARKOV, draws=draws, moves=7)
    chains = [build_chain(games, d, profile) for d in range(draws)]
    matrices = [transition(chain) for chain in chains]
    np.testing.assert_allclose(matrices[0].sum(axis=1), 1.0, atol=1e-12)
    total = np.zeros(draws)
    first = [chain.start[0] * graph.num_environments + chain.start[1] for chain in chains]
    after = np.unique(np.concatenate([m[z].nonzero()[0] for m, z in zip(matrices, first, strict=True)]))
    places = graph.num_environments
    for z1 in after:
        reached = np.unique(np.concatenate([m[z1].nonzero()[0] for m in matrices]))
        for z2 in reached:
            seen = [only(graph, chains[0].situation[z // places], z % places) for z in (int(z1), int(z2))]
            found = filter_path(games, profile, seen).probability.prod(axis=1)
            wanted = [m[z, z1] * m[z1, z2] for m, z in zip(matrices, first, strict=True)]
            np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-15)
            total += found
    np.testing.assert_allclose(total, 1.0, atol=1e-12)


def test_the_probabilities_of_all_moves_of_a_period_sum_to_one(tiny_games, random_profile):
    games, graph = tiny_games, tiny_games.graph
    profile = random_profile(graph, memories=MARKOV, draws=games.num_draws, moves=7)
    menus = [
        sorted({Move(code) for code in graph.legal[:, actor].ravel() if code >= 0})
        for actor in range(NUM_ACTORS)
    ]
    blind = everything(graph)
    total = np.zeros((games.num_draws, 2))
    for moves in product(*menus):
        seen = Observation(
            moves=tuple(frozenset({move}) for move in moves),
            situations=blind.situations,
            environments=blind.environments,
        )
        total[:, 0] += filter_path(games, profile, [seen]).probability[:, 0]
        total[:, 1] += filter_path(games, profile, [blind, seen]).probability[:, 1]
    np.testing.assert_allclose(total, 1.0, atol=1e-12)


def test_seeing_nothing_is_certain_and_courses_follow_bayes_rule(tiny_games, random_profile):
    games, graph = tiny_games, tiny_games.graph
    profile = random_profile(graph, memories=MARKOV, draws=games.num_draws, moves=7)
    blind = everything(graph)
    path = filter_path(games, profile, [blind] * 3, [blind] * 3)
    np.testing.assert_allclose(path.probability, 1.0, atol=1e-12)
    np.testing.assert_allclose(path.alternative, 1.0, atol=1e-12)
    np.testing.assert_allclose(path.environment.sum(axis=2), 1.0, atol=1e-12)
    s = graph.start_state
    for party in PARTIES:
        np.testing.assert_allclose(path.breach[:, 0, party], profile.automata[party].breach[:, 0, s])
    for shares in path.expected:
        assert sum(shares.values()) == pytest.approx(np.ones(games.num_draws))


def test_automata_with_memory_are_filtered_as_the_chain_plays_them(tiny_games, random_profile):
    games, graph = tiny_games, tiny_games.graph
    profile = random_profile(graph, memories=(2, 3, 1, 2))
    chain = build_chain(games, 0, profile)
    matrix = transition(chain)
    places = graph.num_environments
    state = np.zeros(chain.num_states)
    state[chain.start[0] * places + chain.start[1]] = 1.0
    for t in range(1, 5):
        state = state @ matrix
        shares = np.zeros((graph.num_situations, places))
        np.add.at(shares, chain.situation, state.reshape(-1, places))
        likeliest = int(shares.sum(axis=1).argmax())
        seen = Observation(
            moves=(None,) * NUM_ACTORS,
            situations=np.arange(graph.num_situations) == likeliest,
            environments=np.ones(places, bool),
        )
        found = filter_path(games, profile, [everything(graph)] * (t - 1) + [seen])
        assert found.probability[0, -1] == pytest.approx(shares[likeliest].sum(), abs=1e-12)


def test_what_cannot_be_has_probability_zero_from_then_on(tiny_games, random_profile):
    games, graph = tiny_games, tiny_games.graph
    profile = random_profile(graph, memories=MARKOV, draws=games.num_draws, moves=7)
    never = Observation(
        moves=(frozenset({Move.DEPLOY_ASIA}), None, None, None),
        situations=np.ones(graph.num_situations, bool),
        environments=np.ones(graph.num_environments, bool),
    )
    path = filter_path(games, profile, [never, everything(graph)])
    assert not path.probability.any()


def test_alternatives_come_one_per_observation(tiny_games, random_profile):
    profile = random_profile(tiny_games.graph, memories=MARKOV)
    with pytest.raises(ParameterError, match="one alternative per observation"):
        filter_path(tiny_games, profile, [everything(tiny_games.graph)], [None, None])
