"""Every shipped config composes, builds, says what its numbers are, and changes only what it may."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from omegaconf import DictConfig, OmegaConf

from sim.app.build import compose, engine_options, load, scenario_of, typed
from sim.app.config_dir import config_dir, files_of
from sim.app.plan import plan_of
from sim.app.schema import RunConf
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.terms import TERMS
from sim.model.uncertain import Distribution, Triangular

SCENARIOS = sorted(file.stem for file in (config_dir() / "scenario").glob("*.yaml"))
READINGS = ("neutral", "washington", "moscow")
REQUIRED = (
    "inf_2019 inf_1988 better_verification inspections_exchanged china_joins longer_ultimatum "
    "deployment_in_europe sanctions_linkage space_defence moratorium climate_clears review_conference"
)
WITH_READINGS = ("inf_2019", "inf_1988")
"""Also composed with the other readings: the default, and a scenario that sets disputed numbers."""

OTHER_TREATIES = {  # scenario: (actors and treaty, history)
    "abm_2001": ("abm", "abm"),
    "cfe_2007": ("cfe", "cfe"),
    "cwc_1997": ("cwc", "cwc"),
    "jcpoa_2018": ("jcpoa", "jcpoa"),
    "new_start_2016": ("new_start", "new_start"),
    "new_start_2021": ("new_start", "new_start"),
    "npt_1993": ("npt", "npt_north_korea"),
    "npt_2002": ("npt", "npt_north_korea"),
    "open_skies_2020": ("open_skies", "open_skies"),
}
"""Other treaties are other actors, another treaty and another record; the weights are compared by role elsewhere."""

FACTS = ("start", "components", "scenario", "about")
"""What a scenario may change without naming it: the initial state, components, its own words."""


@cache
def tree(*overrides: str) -> DictConfig:
    return compose(overrides)


def composed(*overrides: str) -> RunConf:
    return typed(tree(*overrides))


@cache
def leaves(*overrides: str) -> dict[str, Any]:
    return dict(_leaves(OmegaConf.to_container(tree(*overrides), resolve=True)))


def _leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping) and node:
        for key, value in node.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, node


def test_every_required_scenario_and_reading_is_there() -> None:
    assert set(REQUIRED.split()) <= set(SCENARIOS)
    assert set(READINGS) == {file.stem for file in (config_dir() / "reading").glob("*.yaml")}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_builds_and_says_what_its_numbers_are(name: str) -> None:
    conf = composed(f"scenario={name}")
    scenario = scenario_of(conf)
    assert scenario.name == name
    assert scenario.question.endswith("?")
    assert rules_of(scenario)[1] == ()
    parameters_of(scenario, scenario.values({}, 1))
    for path in scenario.numbers:
        about = scenario.about[path]
        assert about.unit, path
        assert about.source, path


@pytest.mark.parametrize(
    "overrides",
    [
        *((f"scenario={name}",) for name in SCENARIOS),
        *((f"scenario={name}", f"reading={reading}") for name in WITH_READINGS for reading in READINGS[1:]),
    ],
    ids=" ".join,
)
def test_every_number_of_a_composed_config_has_its_unit_and_source(overrides: tuple[str, ...]) -> None:
    config = leaves(*overrides)
    entries = {key.removeprefix("about.").removesuffix(".unit") for key in config if key.endswith(".unit")}
    for path, value in config.items():
        if path.split(".")[0] in ("about", "stage", "game", "scenario", "strategy", "history", "calibration"):
            continue
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_distribution = isinstance(value, list) and not all(isinstance(each, str) for each in value)
        zero_weight = value == 0 and ".weights." in path
        if (is_number or is_distribution) and not zero_weight:
            assert path in entries, f"{path} = {value} has no unit and source"
            assert config[f"about.{path}.source"]


@pytest.mark.parametrize("kind", ["scenario", "reading"])
def test_a_file_that_sets_a_number_says_where_it_is_from(kind: str) -> None:
    """Else it would be told with the source of the number that it replaces."""
    for file in (config_dir() / kind).glob("*.yaml"):
        own = dict(_leaves(OmegaConf.to_container(OmegaConf.load(file))))
        told = {key.removeprefix("about.").removesuffix(".unit") for key in own if key.endswith(".unit")}
        composed = leaves(f"{kind}={file.stem}")
        described = {
            key.removeprefix("about.").removesuffix(".unit") for key in composed if key.endswith(".unit")
        }
        silent = {path for path, value in own.items() if value is not None and path in described - told}
        assert not silent, f"{file.name}: {silent}"


def test_no_entry_describes_a_number_that_does_not_exist() -> None:
    config = leaves("scenario=inf_2019")
    for key in config:
        if key.startswith("about.") and key.endswith(".unit"):
            assert key.removeprefix("about.").removesuffix(".unit") in config


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_changes_only_facts_and_the_levers_it_names(name: str) -> None:
    group, record = OTHER_TREATIES.get(name, ("inf", "inf"))
    # quoted, because a bare inf is a number to Hydra
    base = leaves("~scenario", f"actors='{group}'", f"treaty='{group}'", f"history='{record}'")
    changed = leaves(f"scenario={name}")
    levers = composed(f"scenario={name}").scenario.levers
    for path in {*base, *changed}:
        if base.get(path) == changed.get(path) or path.split(".")[0] in FACTS:
            continue
        assert any(path == lever or path.startswith(f"{lever}.") for lever in levers), path
    for lever in levers:  # and it names no lever that it leaves alone
        moved = [path for path in changed if path == lever or path.startswith(f"{lever}.")]
        stem = lever.removesuffix("_of")
        assert any(base.get(path) != changed[path] for path in moved) or stem in levers


def test_all_scenarios_share_one_set_of_weights_per_reading() -> None:
    for reading in READINGS[1:]:
        one, other = (composed(f"scenario={name}", f"reading={reading}").actors for name in WITH_READINGS)
        assert one == other
    neutral = leaves("scenario=inf_2019")
    for name in set(SCENARIOS) - set(OTHER_TREATIES):
        assert all(
            neutral[key] == value for key, value in leaves(f"scenario={name}").items() if key[:7] == "actors."
        )


@pytest.mark.parametrize("reading", READINGS[1:])
def test_readings_differ_in_disputed_numbers_only(reading: str) -> None:
    neutral = leaves("scenario=inf_2019")
    other = leaves("scenario=inf_2019", f"reading={reading}")
    for path in {*neutral, *other}:
        if neutral.get(path) != other.get(path):
            assert path.split(".")[0] in ("reading", "about") or ".weights." in path or "_of." in path


def test_every_weight_but_the_numeraire_is_uncertain_by_half_either_way() -> None:
    for actor in scenario_of(composed("scenario=inf_2019")).actors:
        assert set(actor.weights) == set(TERMS)
        for term, weight in actor.weights.items():
            if term == "predictability":
                assert not isinstance(weight, Distribution)
            elif weight != 0:
                assert isinstance(weight, Triangular)
                assert weight.low == pytest.approx(weight.mode / 2)
                assert weight.high == pytest.approx(weight.mode * 1.5)


def test_inf_2019_is_the_default_and_begins_in_october_2018() -> None:
    scenario = scenario_of(composed())
    assert scenario.name == "inf_2019"
    assert scenario.start_date.startswith("2018-10")
    assert scenario.start.evidence == {"usa": 1, "russia": 1}
    assert scenario.treaty.notice_months == 6
    assert scenario.treaty.ultimatum_months == 2


def test_quick_differs_from_the_default_in_draws_and_replications_only() -> None:
    default, quick = leaves("scenario=inf_2019"), leaves("engine=quick")
    different = {path for path in default if default[path] != quick[path]}
    assert different == {"engine.draws", "engine.replications"}
    assert engine_options(composed("engine=quick")).draws == 4


def test_every_automaton_and_every_profile_is_a_strategy_of_all_actors() -> None:
    names = {*files_of("automaton"), *(file.stem for file in (config_dir() / "strategy").glob("*.yaml"))}
    assert {"grim_trigger", "tit_for_tat", "equilibrium"} <= names
    solved = plan_of(composed("scenario=inf_2019"))
    assert solved.strategies == dict.fromkeys(("usa", "russia", "nato", "china"), "equilibrium")
    mixed = plan_of(composed("strategy=tolerance_3", "strategy.russia=tit_for_tat"))
    assert mixed.strategies == {
        **dict.fromkeys(("usa", "nato", "china"), "tolerance_3"),
        "russia": "tit_for_tat",
    }


@pytest.mark.parametrize("file", sorted(config_dir().rglob("*.yaml")), ids=lambda file: file.stem)
def test_a_config_file_begins_with_what_it_is(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    first = lines[1] if lines[0].startswith("# @package") else lines[0]
    assert first.startswith("# ")
    assert len(first) > 10
    assert all(len(line) <= 160 for line in lines)


def test_a_number_and_a_list_take_each_others_place_on_the_command_line() -> None:
    given = {
        "treaty.detection": ("[uniform,0.2,0.8]", 0.2, 0.8),
        "treaty.build_success": ("0.25", 0.25, 0.25),
        "treaty.opportunity_rate": ("[choice,2,4]", 2.0, 4.0),
        "treaty.detection_of.russia": ("0.6", 0.6, 0.6),
        "actors.usa.weights.blame": ("[choice,0.5,1]", 0.5, 1.0),
        "actors.china.weights.blame": ("2", 2.0, 2.0),
    }
    scenario = load("inf_2019", [f"{path}={text}" for path, (text, _, _) in given.items()])
    for path, (_, low, high) in given.items():
        value = scenario.numbers[path]
        assert (value.support if isinstance(value, Distribution) else (value, value)) == (low, high)
        assert scenario.about[path].unit
    assert {path for path, about in scenario.about.items() if about.source == "command line"} == set(given)


def test_a_users_own_directory_is_searched_first(tmp_path: Path) -> None:
    (tmp_path / "scenario").mkdir()
    (tmp_path / "automaton").mkdir()
    (tmp_path / "scenario" / "mine.yaml").write_text(
        "# @package _global_\ndefaults: [inf_2019, _self_]\nscenario: {name: mine}\nstart: {toxic: false}\n"
    )
    (tmp_path / "automaton" / "stubborn.yaml").write_text(
        "sentence: Never moves.\nsource: the author\nstates: {only: {course: uphold}}\n"
    )
    plan = plan_of(
        typed(compose(["scenario=mine", "strategy=stubborn"], directories=[tmp_path])), directories=[tmp_path]
    )
    assert plan.scenario.name == "mine"
    assert not plan.scenario.start.toxic
    assert set(plan.strategies.values()) == {"stubborn"}
    plan.strategies_on(plan.graph())
