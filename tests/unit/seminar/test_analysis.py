"""What the theory scene says: checked against a second way of computing it."""

import numpy as np
import pytest

from sim.engine.exact import exact_outcomes
from sim.engine.exact_values import state_values
from sim.engine.tables import ONE
from sim.games.treaty.rules import NUM_ACTORS
from sim.seminar.analysis import move_values, plan_followed, theory_of
from sim.seminar.setup import Setup
from sim.seminar.state import Choice, Decided, Played, Table


def test_values_of_moves_agree_with_the_log_odds_of_the_solved_logit_equilibrium(games):
    """In a logit equilibrium ln(p/q) = λ (value - value); the solver and this sum share no code."""
    game = games.prepared(Setup())
    strength = game.plan.solver.rationality
    values = state_values(game.games, 0, game.profile)
    compared = 0
    for m in range(0, game.graph.num_situations, 37):
        for seat in range(NUM_ACTORS):
            x = 0  # the outsider's lowest level, where it may build
            count = int(game.graph.num_legal[m, seat])
            cumulative = game.tables.moves[seat, 0, m * game.graph.num_environments + x].astype(np.int64)
            odds = np.diff(cumulative, prepend=0)[:count] / ONE
            if count < 2 or seat == NUM_ACTORS - 1 or not (odds > 1e-4).all():
                continue
            worth = np.array(move_values(game, m, x, seat, values))
            expected = np.log(odds / odds[0]) / strength
            assert worth - worth[0] == pytest.approx(expected, abs=2e-4)
            compared += 1
    assert compared > 8


def test_the_model_s_survival_is_that_of_the_exact_engine_from_the_lesson_s_start(games, setup, game):
    known = games.theory(setup)
    exact = exact_outcomes(game.games, 0, game.profile, game.periods, actors=game.scenario.actor_names)
    assert known.survival == pytest.approx(exact.survival)
    first, second = known.payoffs[:2]
    for i, j in known.equilibria:
        assert first[i, j] == pytest.approx(first[:, j].max())
        assert second[i, j] == pytest.approx(second[i].max())
    assert {threat.key for threat in known.threats} >= {"expired_0", "mirror_1"}
    assert theory_of(game, game.plan).equilibria == known.equilibria


def conduct(moves, breaches):
    decided = tuple(
        Decided(round=k + 1, period=k, choices=(Choice(move=move),) + (Choice(),) * 3, by=("robot",) * 4)
        for k, move in enumerate(moves)
    )
    played = tuple(
        Played(
            period=k, situation=0, environment=0, row=0, signals=(0, 0), breaches=breach, offered=True, built=False,
            payoffs=(0.0,) * 4, observed=(0.0,) * 4,
        )
        for k, breach in enumerate(breaches)
    )  # fmt: skip
    return Table(number=1, decided=decided, played=played)


@pytest.mark.parametrize(
    ("moves", "breaches", "plan"),
    [
        ([0, 0], [0, 0, 1], "uphold"),
        ([0, 0], [1, 1, 0], "breach"),
        ([1, 0], [1, 1, 1], "open_up"),
        ([4], [0], "leave"),
        ([2, 4], [0], "ultimatum"),
        ([2, 0], [0], "ultimatum"),
    ],
)
def test_conduct_is_counted_as_the_nearest_plan(moves, breaches, plan):
    assert (
        plan_followed(conduct(moves, breaches), 0, ("uphold", "breach", "open_up", "ultimatum", "leave"))
        == plan
    )
    assert plan_followed(conduct(moves, breaches), 0, ("nothing",)) is None
