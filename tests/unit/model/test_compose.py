"""From a scenario to the treaty game: names become roles, months become periods, draws become arrays."""

from dataclasses import fields, replace

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.treaty import rules as game_rules
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.terms import TERM_NUMBER
from sim.model.actors import ROLES, Actor
from sim.model.components import Components, Start
from sim.model.scenario import Scenario
from sim.model.treaty import Treaty

RATES = {
    "inspection_detection": 0.9,
    "inspection_false_alarm": 0.05,
    "inspection_clearing": 0.7,
    "moratorium_verification": 0.3,
    "fading": 0.2,
    "opportunity_rate": 4.0,
    "toxic_onset": 0.2,
    "toxic_clearing": 0.2,
    "review_approach": 0.25,
    "review_passing": 1.0,
    "build_success": 0.3,
}


def world(*, start: Start | None = None, components: Components | None = None, **treaty: object) -> Scenario:
    given = {"detection": 0.5, "false_alarm": 0.1, **RATES, **treaty}
    return Scenario(
        name="made_up",
        title="Made up",
        question="Does it work?",
        reading="neutral",
        start_date="2020-01-31",
        actors=tuple(
            Actor(name=name, title=name, role=role, discount=0.9 + k / 100, weights={"blame": k + 1.0})
            for k, (name, role) in enumerate(zip(("a", "b", "c", "d"), ROLES, strict=True))
        ),
        treaty=Treaty(**given),
        start=start or Start(),
        components=components or Components(),
    )


def test_model_and_game_have_the_same_roles_and_components() -> None:
    assert ROLES == game_rules.ROLES
    names = {part.name for part in fields(game_rules.Rules)}
    assert {part.name for part in fields(Components)} == names - {
        "ultimatum_periods",
        "notice_periods",
        "start",
    }
    assert {part.name for part in fields(Start)} == {part.name for part in fields(game_rules.Start)}


def test_components_left_alone_are_those_of_the_game() -> None:
    rules, warnings = rules_of(world())
    assert rules == game_rules.Rules()
    assert warnings == ()


@pytest.mark.parametrize(("period", "periods"), [(3, 2), (1, 6), (0.5, 12), (6, 1), (0.1, 60), (2, 3)])
def test_clocks_that_are_whole_numbers_of_periods_are_converted_without_a_word(
    period: float, periods: int
) -> None:
    rules, warnings = rules_of(world(notice_months=6, ultimatum_months=6, period_months=period))
    assert (rules.notice_periods, rules.ultimatum_periods) == (periods, periods)
    assert warnings == ()


def test_a_clock_that_is_no_whole_number_of_periods_is_rounded_up_and_told() -> None:
    rules, warnings = rules_of(world(notice_months=6, ultimatum_months=2, period_months=3))
    assert (rules.notice_periods, rules.ultimatum_periods) == (2, 1)
    assert warnings == (
        "treaty.ultimatum_months = 2 is not a whole number of periods of 3 months: rounded up to 3",
    )


def test_a_clock_of_half_a_period_is_kept_and_a_shorter_one_refused() -> None:
    rules, _ = rules_of(world(ultimatum_months=1.5, period_months=3))
    assert rules.ultimatum_periods == 1
    with pytest.raises(ParameterError, match=r"treaty.ultimatum_months must be at least half of"):
        rules_of(world(ultimatum_months=1.49, period_months=3))


def test_names_become_positions() -> None:
    start = Start(
        phase="ultimatum", who="b", evidence={"b": 2}, sanctioned={"b": True}, outsider_level=1, toxic=True
    )
    components = Components(openness={"a": True, "b": False})
    rules, _ = rules_of(world(start=start, components=components))
    assert rules.start.who == 1
    assert rules.start.evidence == (0, 2)
    assert rules.start.sanctioned == (False, True)
    assert rules.openness == (True, False)
    ended = rules_of(world(start=Start(phase="ended", deployed={"b_europe": 1, "a_asia": 2})))[0]
    assert ended.start.deployed == (0, 2, 1)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"start": Start(who="x", phase="notice")}, "start.who must be one of a, b, got 'x'"),
        ({"start": Start(evidence={"c": 1})}, "start.evidence.c: must name a party, one of a, b"),
        ({"start": Start(deployed={"b_asia": 1})}, "start.deployed.b_asia is no place"),
        ({"start": Start(deployed={"a_asia": 1})}, "start.deployed must be zero while"),
        ({"start": Start(phase="over")}, "start.phase must be one of in_force"),
        ({"start": Start(outsider_level=3)}, "start.outsider_level must lie in 0..2, got 3"),
        ({"components": Components(outsider_levels=0)}, "components.outsider_levels must be at least 1"),
        ({"components": Components(offer_terms="peace")}, "components.offer_terms must be original or"),
        ({"components": Components(openness={"d": True})}, "components.openness.d: must name a party"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(changes: dict[str, object], line: str) -> None:
    with pytest.raises(ParameterError) as caught:
        rules_of(world(**changes))
    assert str(caught.value).startswith(line)


def test_parameters_have_actors_in_the_order_of_roles_and_terms_in_theirs() -> None:
    scenario = world(detection_of={"b": 0.8}, period_months=3)
    parameters = parameters_of(scenario, scenario.values({}, 2))
    assert parameters.period_years == 0.25
    assert parameters.discount[1].tolist() == pytest.approx([0.9, 0.91, 0.92, 0.93])
    assert parameters.weights[0, TERM_NUMBER["blame"]].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert parameters.weights[0].sum() == 10.0
    assert parameters.detection.tolist() == [[0.5, 0.8]] * 2
    assert parameters.false_alarm.tolist() == [[0.1, 0.1]] * 2


def test_a_draw_in_which_compliance_looks_worse_than_breach_is_named() -> None:
    scenario = world(detection=["uniform", 0.0, 0.4], false_alarm_of={"b": 0.3})
    values = scenario.values({"treaty.detection": np.array([0.9, 0.5])}, 2)
    with pytest.raises(ParameterError, match=r"got 0.2 < 0.3 for b in draw 1"):
        parameters_of(scenario, values)


def test_an_unknown_term_lists_the_known_ones() -> None:
    scenario = world()
    first = replace(scenario.actors[0], weights={"honour": 1.0})
    scenario = replace(scenario, actors=(first, *scenario.actors[1:]))
    with pytest.raises(ParameterError, match=r"actors.a.weights.honour is no payoff term; .*predictability"):
        parameters_of(scenario, scenario.values({}, 1))
