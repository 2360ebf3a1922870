"""Announced strategies: the others' equilibrium answers them, and payoffs are those of the game as it was."""

import numpy as np

from sim.app.plan import load
from sim.games.treaty.moves import Move
from sim.games.treaty.rules import ALLY, OUTSIDER
from sim.study.comparison.commitment import announced, with_announced
from sim.study.draws import games_of
from sim.study.profiles import build_profile

SMALL = [
    "components.climate=false",
    "components.review=false",
    "components.deployment_levels=1",
    "components.outsider_levels=1",
    "components.restoration=false",
    "start.toxic=false",
    "treaty.period_months=3",
    "treaty.ultimatum_months=3",
    "engine.draws=1",
]


def solved(*overrides):
    plan = load("inf_2019", [*SMALL, *overrides])
    games = games_of(plan.scenario, 1, plan.engine.seed)
    names = tuple(plan.strategies[actor] for actor in plan.scenario.actor_names)
    known = announced(names, plan.automata, games.graph)
    to_solve = with_announced(games, known, plan.solver.rationality)
    profile, found = build_profile(
        to_solve,
        tuple("equilibrium" for _ in names),
        plan.automata,
        plan.solver,
        workers=1,
        progress=lambda *_: None,
    )
    return games, known, profile, found


def test_nothing_is_announced_where_everyone_plays_the_equilibrium():
    assert solved()[1] == ()


def test_the_solution_plays_what_was_announced():
    """Solved as players, ally and outsider choose exactly the moves of their automata, wherever they have a choice."""
    _, known, profile, found = solved("strategy.nato=mediating_ally", "strategy.china=building_outsider")
    assert [automaton.actor for automaton in known] == [ALLY, OUTSIDER]
    assert found.converged.all()
    for automaton in known:
        np.testing.assert_allclose(profile.automata[automaton.actor].moves[0], automaton.moves[0], atol=1e-9)


def test_the_others_answer():
    """With hosts that refuse, missiles in Europe are no prospect: the parties' strategies change."""
    _, _, free, _ = solved()
    _, _, given, _ = solved("strategy.nato=mediating_ally")
    assert np.abs(free.automata[0].moves - given.automata[0].moves).max() > 1e-3


def test_payoffs_are_left_alone():
    games, known, _, _ = solved("strategy.nato=backing_ally")
    changed = with_announced(games, known, 4.0)
    backing = games.graph.row_moves[:, ALLY] == Move.BACK
    assert (changed.lumps[0, backing, 0, ALLY] > games.lumps[0, backing, 0, ALLY] + 10).any()
    np.testing.assert_array_equal(changed.lumps[..., :ALLY], games.lumps[..., :ALLY])
    np.testing.assert_array_equal(changed.flows, games.flows)
