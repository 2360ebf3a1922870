"""The laboratory computes what the command line would, keeps values in range, and comes back from link and file."""

import numpy as np
import pytest

from sim.app.plan import load
from sim.engine.exact import exact_outcomes
from sim.errors import ParameterError
from sim.games.treaty.compose import parameters_of
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import build_games
from sim.seminar.lab import Case, arguments, build_bench, evaluate, from_file, to_file
from sim.seminar.web.laboratory import allowed, cases_of, link_of
from sim.study.profiles import build_profile

CASE = Case(robots="patient", values=(("treaty.detection", 0.8), ("actors.russia.weights.own_forces", 0.9)))


@pytest.fixture(scope="module")
def bench():
    return build_bench(CASE, months=36.0)


def test_it_finds_what_the_command_line_would_compute(bench):
    found = evaluate(bench, dict(CASE.values))
    plan = load(CASE.scenario, arguments(CASE, months=36.0))
    assert dict(plan.scenario.values({}, 1))["treaty.detection"][0] == 0.8
    games = build_games(plan.graph(), plan.parameters())
    names = [plan.strategies[actor] for actor in plan.scenario.actor_names]
    profile, _ = build_profile(games, names, plan.automata, plan.solver, workers=1, progress=lambda *_: None)
    exact = exact_outcomes(games, 0, profile, 36, actors=plan.scenario.actor_names)
    assert found.survival == pytest.approx(exact.survival, abs=1e-12)
    shown = {name: value for name, value in exact.outcomes.items() if not name.startswith("payoff_")}
    assert found.outcomes == pytest.approx(shown)


def test_moving_a_number_moves_the_payoffs_and_the_default_is_the_median(bench):
    at_default = evaluate(bench, {})
    assert evaluate(bench, bench.defaults).survival == pytest.approx(at_default.survival, abs=1e-3)
    for slider in bench.sliders:
        assert slider.low <= slider.default <= slider.high
        steps = (slider.default - slider.low) / slider.step
        assert steps == pytest.approx(round(steps), abs=1e-6)  # a slider can stand at its default
        changed = evaluate(bench, {slider.path: slider.high})
        # no plan is inspected while it breaches, and who is patient does not build
        if slider.path not in ("treaty.inspection_detection", "treaty.build_success"):
            assert not np.allclose(changed.payoffs, at_default.payoffs, atol=1e-9), slider.path


def test_what_was_found_before_is_used_again_only_where_it_still_holds(bench):
    before = evaluate(bench, {"treaty.detection": 0.8})
    for values in (
        {"treaty.detection": 0.8, "actors.russia.weights.blame": 0.9},
        {"treaty.detection": 0.7},
        {},
    ):
        afresh, again = evaluate(bench, values), evaluate(bench, values, before)
        assert (again.survival is before.survival) == (values.get("treaty.detection") == 0.8)
        assert again.survival == pytest.approx(afresh.survival, abs=0)
        assert again.payoffs == pytest.approx(afresh.payoffs, abs=0)
        assert again.outcomes == afresh.outcomes


def test_values_stay_within_the_sliders_and_unknown_paths_fall_away(bench):
    sent = {"treaty.detection": "7", "treaty.false_alarm": "0.2", "hydra.run.dir": "0.1"}
    assert allowed(bench, sent) == (("treaty.detection", 0.99), ("treaty.false_alarm", 0.2))
    assert allowed(bench, {s.path: s.default for s in bench.sliders}) == ()


def test_numbers_that_contradict_each_other_are_refused_in_one_line(bench):
    with pytest.raises(ParameterError, match=r"at least treaty\.false_alarm"):
        evaluate(bench, {"treaty.detection": 0.05, "treaty.false_alarm": 0.5})


def test_a_state_comes_back_from_its_link_and_its_file():
    from urllib.parse import parse_qsl, urlsplit

    cases = {"a": CASE, "b": Case(scenario="inf_1988", reading="moscow")}
    fields = dict(parse_qsl(urlsplit(link_of(cases)).query))
    assert cases_of(fields, fields) == cases
    plain = from_file(to_file(cases))
    assert plain["a"]["values"] == dict(CASE.values)
    for text in ("", "{}", '{"format": "other"}', "[1]", "null"):
        with pytest.raises(ParameterError, match="format"):
            from_file(text)
    assert build_graph  # the graph is cached, so that sides share it
    assert parameters_of
