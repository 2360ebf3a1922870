"""Small treaty games with random numbers, in which no branch is rare."""

import numpy as np
import pytest

from sim.games.treaty.graph import MAX_MOVES
from sim.games.treaty.numbers import TreatyParameters
from sim.games.treaty.profile import NUM_EVENT_MASKS, TreatyAutomaton, TreatyProfile, legal_slots
from sim.games.treaty.rules import PARTIES
from sim.games.treaty.terms import TERMS


@pytest.fixture(scope="session")
def random_parameters():
    """Return a maker of parameters; `changes` replace what is random."""

    def make(*, draws=1, seed=0, period_years=0.25, **changes):
        rng = np.random.default_rng(seed)

        def between(low, high, *shape):
            return rng.uniform(low, high, (draws, *shape))

        false_alarm = between(0.2, 0.5, 2)
        values = {
            "discount": between(0.5, 0.9, 4),
            "weights": between(0.1, 1.0, len(TERMS), 4),
            "detection": false_alarm + between(0.1, 0.4, 2),
            "false_alarm": false_alarm,
            "inspection_detection": between(0.6, 0.9),
            "inspection_false_alarm": between(0.1, 0.3),
            "inspection_clearing": between(0.4, 0.8),
            "moratorium_verification": between(0.2, 0.6),
            "fading": between(0.5, 1.5),
            "opportunity_rate": between(2.0, 6.0),
            "toxic_onset": between(0.3, 1.0),
            "toxic_clearing": between(0.3, 1.0),
            "review_approach": between(0.3, 1.0),
            "review_passing": between(0.3, 1.0),
            "build_success": between(0.3, 0.7),
        }
        return TreatyParameters(period_years=period_years, **(values | changes))

    return make


@pytest.fixture(scope="session")
def random_profile():
    """Return a maker of automata: random courses, at most `moves` random moves anywhere, random reactions."""

    def make(graph, *, memories=(2, 1, 2, 1), draws=1, seed=0, moves=2):
        rng = np.random.default_rng(seed)
        automata = []
        for actor, states in enumerate(memories):
            shape = (draws, states, graph.num_states, MAX_MOVES)
            weights = legal_slots(graph, actor) * rng.uniform(0.1, 1.0, shape)
            weights *= weights >= -np.sort(-weights, axis=-1)[..., [min(moves, MAX_MOVES) - 1]]
            breach = np.zeros(shape[:-1])
            if actor in PARTIES:
                bound = ~np.repeat(graph.free[:, actor], graph.num_environments)
                breach = rng.uniform(0, 1, shape[:-1]) * bound
            automata.append(
                TreatyAutomaton(
                    name=f"random_{actor}",
                    actor=actor,
                    states=tuple(str(k) for k in range(states)),
                    breach=breach,
                    moves=weights / weights.sum(axis=-1, keepdims=True),
                    following=rng.integers(0, states, (states, NUM_EVENT_MASKS)),
                )
            )
        return TreatyProfile(graph=graph, automata=tuple(automata))

    return make
