"""Ignoring a demonstration as evidence: against Bayes' rule worked out by hand on strategies that are written down."""

import numpy as np
import pytest

from sim.app.automata import AutomatonShelf
from sim.app.plan import load
from sim.errors import ParameterError
from sim.games.treaty.type_space import type_space
from sim.model.types import BeliefOptions
from sim.study.casting import Casting
from sim.study.claims.suspicion import suspicion
from sim.study.draws import games_of, values_of
from sim.study.profiles import build_profile


def cast_of(*overrides):
    """Return the cast of inf_2019 with automata, so that nothing has to be solved."""
    plan = load("inf_2019", ["types=accusations", "strategy=tit_for_tat", *overrides])
    values = values_of(plan.scenario, 1, 0)
    games = games_of(plan.scenario, 1, 0)
    names = ("tit_for_tat",) * 4
    given = {"workers": 1, "progress": lambda label, share: None}
    profile, _ = build_profile(games, names, AutomatonShelf(), plan.solver, **given)
    return Casting(
        games=games,
        space=type_space(plan.scenario, values),
        values=values,
        names=names,
        actors=plan.scenario.actor_names,
        automata=AutomatonShelf(),
        options=plan.solver,
        beliefs=BeliefOptions(conjecture="true"),
        solved={},
        **given,
    ).cast(profile)


def test_ignoring_a_demonstration_raises_the_belief_in_a_pretext() -> None:
    cast = cast_of("types.usa.pretext.strategy=pretext_seeker", "types.usa.pretext.prior=0.25")
    found = suspicion(cast, tremble=0.1)
    # two answers: who would accept declines by a tremble of 0.05, who would decline does so with 0.95
    declined = 0.25 * 0.95 / (0.25 * 0.95 + 0.75 * 0.05)
    accepted = 0.25 * 0.05 / (0.25 * 0.05 + 0.75 * 0.95)
    assert found.declined == pytest.approx(declined)
    assert found.accepted == pytest.approx(accepted)
    assert found.prior == pytest.approx(0.25)
    assert found.share[0] == 1.0


def test_of_types_that_play_alike_nothing_is_learnt() -> None:
    found = suspicion(cast_of("types.usa.pretext.prior=0.25"), tremble=0.1)
    assert np.array([found.declined, found.accepted]) == pytest.approx(0.25)
    assert found.share[0] == 0.0


def test_without_a_secret_answers_are_no_evidence() -> None:
    with pytest.raises(ParameterError, match="must give the first party a secret"):
        suspicion(cast_of("~types.usa"), tremble=0.1)
