"""A history laid over a scenario, and what the model gave each of its steps."""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from sim.app.automata import AutomatonShelf
from sim.app.build import load
from sim.errors import ParameterError
from sim.games.treaty.compose import rules_of
from sim.games.treaty.graph import build_graph
from sim.games.treaty.moves import Move
from sim.games.treaty.profile import TreatyProfile, legal_slots, markov_automaton
from sim.model.history import DatedEvent
from sim.strategies.catalogue import resolve
from sim.strategies.treaty_automaton import compile_automaton
from sim.study.draws import games_of
from sim.study.history import path_likelihood
from sim.study.observed_path import observe

HORIZON = 84.0


@cache
def crisis():
    return load("inf_2019", ["treaty.false_alarm=0.05"])


@cache
def setting():
    scenario = crisis()
    return scenario, build_graph(rules_of(scenario)[0])


def uniform_profile(graph):
    """Everyone breaches half of the time and chooses among moves alike."""
    automata = []
    for actor in range(4):
        legal = legal_slots(graph, actor).astype(float)[None]
        breach = np.full((1, graph.num_states), 0.5 * (actor < 2))
        if actor < 2:
            breach[:, np.repeat(graph.free[:, actor], graph.num_environments)] = 0.0
        automata.append(
            markov_automaton(
                graph,
                name="uniform",
                actor=actor,
                breach=breach,
                moves=legal / legal.sum(axis=-1, keepdims=True),
            )
        )
    return TreatyProfile(graph=graph, automata=tuple(automata))


def test_events_stand_in_their_months_and_the_end_where_the_clock_puts_it():
    scenario, graph = setting()
    path = observe(scenario.history, scenario, graph, HORIZON)
    at = {(step.event.label, tuple(step.moves.values())): step.period for step in path.steps}
    assert at["NATO backs a 60-day ultimatum", ("press", "back")] == 1  # 4 December: the second month
    shown = at["Russia shows the 9M729, NATO stays away", ("open_up",)]
    assert shown == 3
    assert at["Russia shows the 9M729, NATO stays away", ("decline",)] == shown + 1
    notice = at["US notice; Russia suspends", ("withdraw",)]
    assert at["US notice; Russia suspends", ("suspend",)] == notice + 1
    assert at["The treaty ends", ()] == notice + graph.rules.notice_periods
    assert path.num_periods == HORIZON
    periods = [step.period for step in path.steps]
    assert periods == sorted(set(periods))


def test_an_event_that_the_rules_forbid_is_named():
    scenario, graph = setting()
    early = DatedEvent(
        day=date(2018, 11, 1), label="Too early", text="x", source="y", steps=({"russia": "accept"},)
    )
    facts = tuple(sorted((*scenario.history.facts, early), key=lambda fact: fact.day))
    with pytest.raises(
        ParameterError, match=r"'Too early' .2018-11-01. is impossible .* legal moves"
    ) as caught:
        observe(replace(scenario.history, facts=facts), scenario, graph, HORIZON)
    assert "\n" not in str(caught.value)


def test_an_end_that_the_notice_clock_cannot_give_is_named():
    scenario, graph = setting()
    facts = tuple(
        replace(fact, day=date(2020, 8, 2)) if fact.label == "The treaty ends" else fact
        for fact in scenario.history.facts
        if not date(2019, 8, 2) < fact.day <= date(2020, 8, 2)
    )
    with pytest.raises(ParameterError, match=r"must come 6 periods after the notice"):
        observe(replace(scenario.history, facts=facts), scenario, graph, HORIZON)


def test_a_start_outside_the_record_is_refused():
    scenario, graph = setting()
    later = replace(scenario, start_date="2030-01-01")
    with pytest.raises(ParameterError, match=r"scenario.start_date must lie between"):
        observe(scenario.history, later, graph, HORIZON)


def test_steps_multiply_to_the_likelihood_and_are_probabilities():
    scenario, graph = setting()
    games = games_of(scenario, 3, 1)
    likelihood = path_likelihood(scenario.history, scenario, games, uniform_profile(graph), HORIZON)
    logs = sum(np.log(step.probability) for step in likelihood.steps)
    np.testing.assert_allclose(logs, likelihood.log_likelihood, rtol=1e-12)
    assert likelihood.average <= likelihood.log_likelihood.max()
    assert [step.first for step in likelihood.steps][1:] == [step.last + 1 for step in likelihood.steps][:-1]
    for step in likelihood.events:
        given = step.given_something[np.isfinite(step.given_something)]
        assert ((given >= 0) & (given <= 1 + 1e-9)).all()
        assert step.surprise == pytest.approx(-np.log2(step.mean))
    assert ((likelihood.breach >= 0) & (likelihood.breach <= 1)).all()


def test_a_forced_choice_has_the_probability_that_the_profile_gives_it():
    """After an expired ultimatum whose offer was declined, the issuer stays or leaves: even odds, if uniform."""
    scenario, graph = setting()
    games = games_of(scenario, 1, 1)
    likelihood = path_likelihood(scenario.history, scenario, games, uniform_profile(graph), HORIZON)
    notice = next(step for step in likelihood.events if "withdraw" in step.words)
    signals = games.signals[0]  # evidence must neither rise nor fade: at its top an alarm changes nothing
    stays = 1.0
    for party in (0, 1):
        mixed = signals[1, party].mean(axis=0)  # kernel TREATY, courses at even odds
        stays *= 1 - mixed[2]
    assert notice.mean == pytest.approx(0.5 * stays, rel=1e-9)


def test_a_profile_that_excludes_the_path_gives_it_no_chance():
    scenario, graph = setting()
    games = games_of(scenario, 2, 1)
    shelf = AutomatonShelf(())
    names = ("always_uphold", "always_uphold", "mediating_ally", "holding_outsider")
    profile = TreatyProfile(
        graph=graph,
        automata=tuple(compile_automaton(resolve(n, shelf), graph, a) for a, n in enumerate(names)),
    )
    likelihood = path_likelihood(scenario.history, scenario, games, profile, HORIZON)
    assert np.isneginf(likelihood.log_likelihood).all()
    assert likelihood.average == float("-inf")
    assert Move.PRESS.name.lower() in next(s for s in likelihood.steps if s.mean == 0).words
