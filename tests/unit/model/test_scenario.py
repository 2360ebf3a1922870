"""Actors, treaty and scenario: what they refuse, and what they hand to the game."""

from dataclasses import replace

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.model.actors import ROLES, Actor
from sim.model.components import Components, Start
from sim.model.scenario import Scenario
from sim.model.treaty import Treaty
from sim.model.uncertain import Uniform

NUMBERS = {
    "detection": 0.5,
    "false_alarm": ["uniform", 0.0, 0.1],
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
NAMES = ("north", "south", "friends", "other")


def actor(name: str, role: str, **changes: object) -> Actor:
    given = {"title": name.title(), "discount": 0.9, "weights": {"blame": ["uniform", 1, 2]}}
    return Actor(name=name, role=role, **{**given, **changes})


def scenario(**changes: object) -> Scenario:
    given = {
        "name": "made_up",
        "title": "Made up",
        "question": "Does it work?",
        "reading": "neutral",
        "start_date": "2020-01-31",
        "actors": tuple(actor(name, role) for name, role in zip(NAMES, ROLES, strict=True)),
        "treaty": Treaty(**NUMBERS),
    }
    return Scenario(**{**given, **changes})


def test_actors_are_put_in_the_order_of_their_roles() -> None:
    backwards = tuple(reversed(scenario().actors))
    assert scenario(actors=backwards).actor_names == NAMES
    assert scenario().party_names == ("north", "south")


def test_every_number_has_its_path() -> None:
    world = scenario(treaty=Treaty(**NUMBERS, detection_of={"south": 0.7}))
    assert world.numbers["treaty.detection_of.south"] == 0.7
    assert world.numbers["actors.north.discount"] == 0.9
    assert set(world.uncertain) == {"treaty.false_alarm", *(f"actors.{name}.weights.blame" for name in NAMES)}


def test_values_are_quantiles_of_the_uniforms_and_medians_without() -> None:
    world = scenario()
    path = "actors.south.weights.blame"
    values = world.values({path: np.array([0.25, 0.5, 0.75])}, 3)
    assert values[path].tolist() == [1.25, 1.5, 1.75]
    assert values["treaty.false_alarm"].tolist() == [0.05] * 3
    assert values["treaty.fading"].tolist() == [0.2] * 3
    assert set(values) == set(world.numbers)
    with pytest.raises(ValueError, match=r"read-only"):
        values[path][0] = 0


def test_values_refuses_what_does_not_fit() -> None:
    with pytest.raises(ParameterError, match=r"engine.draws must be at least 1, got 0"):
        scenario().values({}, 0)
    with pytest.raises(ParameterError, match=r"treaty.fading is not uncertain"):
        scenario().values({"treaty.fading": np.array([0.5])}, 1)
    with pytest.raises(ParameterError, match=r"must have shape \(2,\), got \(1,\)"):
        scenario().values({"treaty.false_alarm": np.array([0.5])}, 2)


@pytest.mark.parametrize(
    ("build", "line"),
    [
        (lambda: actor("north", "party_0", discount=1.0), "actors.north.discount must be in (0, 1), got 1"),
        (
            lambda: actor("north", "queen"),
            "actors.north.role must be one of party_0, party_1, ally, outsider",
        ),
        (
            lambda: actor("north", "party_0", weights={"blame": "much"}),
            "actors.north.weights.blame must be a number",
        ),
        (lambda: scenario(start_date="yesterday"), "scenario.start_date must be a date"),
        (
            lambda: scenario(actors=scenario().actors[:3]),
            "actors must fill every role, got none for outsider",
        ),
        (
            lambda: scenario(actors=(*scenario().actors, actor("extra", "ally"))),
            "actors.extra.role must differ from that of friends",
        ),
        (lambda: Treaty(**{**NUMBERS, "detection": 1.2}), "treaty.detection must be in [0, 1), got 1.2"),
        (lambda: Treaty(**{**NUMBERS, "fading": -1}), "treaty.fading must be at least 0, got -1"),
        (lambda: Treaty(**NUMBERS, period_months=13), "treaty.period_months must be in (0, 12], got 13"),
        (lambda: Treaty(**NUMBERS, notice_months=0), "treaty.notice_months must be above 0, got 0"),
        (
            lambda: Treaty(**NUMBERS, notice_months=["uniform", 3, 6]),
            "treaty.notice_months must be a number, because",
        ),
        (
            lambda: Treaty(**NUMBERS, detection_of={"south": ["uniform", 0.5, 1.5]}),
            "treaty.detection_of.south must be in [0, 1), got [uniform, 0.5, 1.5]",
        ),
        (
            lambda: scenario(treaty=Treaty(**NUMBERS, detection_of={"west": 0.5})),
            "treaty.detection_of.west: must name a party, one of north, south",
        ),
    ],
)
def test_a_wrong_value_is_refused_where_it_is_made(build: object, line: str) -> None:
    with pytest.raises(ParameterError) as caught:
        build()
    assert str(caught.value).startswith(line)


def test_a_distribution_may_touch_a_closed_end_but_not_an_open_one() -> None:
    assert Treaty(**{**NUMBERS, "detection": ["uniform", 0.0, 0.5]}).detection == Uniform(0.0, 0.5)
    with pytest.raises(ParameterError, match=r"must be in \[0, 1\)"):
        Treaty(**{**NUMBERS, "detection": ["uniform", 0.5, 1.0]})


def test_facts_have_defaults() -> None:
    world = replace(scenario(), start=Start(toxic=True), components=Components(space=True))
    assert world.start.phase == "in_force"
    assert world.components.climate


@pytest.mark.parametrize(
    ("period", "months", "periods"), [(1, 84, 84), (2, 7, 4), (2, 6, 3), (0.1, 84, 840), (0.7, 2.1, 3)]
)
def test_periods_cover_the_months_whatever_rounding_does(period: float, months: float, periods: int) -> None:
    assert Treaty(**NUMBERS, period_months=period).periods(months) == periods
