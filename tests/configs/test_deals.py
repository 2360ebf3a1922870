"""Every shipped deal reads, fits the scenario, says where its numbers are from; policies are the same levels."""

import numpy as np
import pytest

from sim.app.bargain_plan import load_bargain
from sim.app.build import load
from sim.app.config_dir import files_of
from sim.app.deals import apply_package, parameter_packages, read_issues
from sim.app.levers import read_levers
from sim.app.policies import read_policies
from sim.errors import ParameterError
from sim.games.treaty.compose import parameters_of, rules_of

REQUIRED = (
    "dismantling inspections sanctions_relief deployment_limits notice_period verification moratorium "
    "china_accession escape_clause"
)


def test_every_issue_of_the_negotiation_is_there():
    assert set(REQUIRED.split()) <= set(files_of("deal"))


def test_every_level_says_what_it_does_and_why():
    for issue in read_issues().values():
        assert issue.sentence.endswith(".")
        for level in issue.levels:
            assert level.sentence.endswith(".")
            for path in level.changes.touched:
                if level.changes.sets.get(path, 0) is not None:
                    assert len(str(level.changes.about[path]["source"])) > 10


def test_every_level_fits_the_scenario():
    plan = load_bargain(overrides=["bargain.most_issues=1"])
    names = [world.package.name for world in plan.worlds]
    assert len(names) == len(set(names)) == 1 + sum(len(issue.levels) for issue in read_issues().values())


@pytest.mark.parametrize(
    ("policy", "deal"),
    [
        ("escape_clause", "escape_clause.suspend"),
        ("inspections_exchanged", "inspections.exchanged"),
        ("sanctions_relief", "sanctions_relief.for_openness"),
        ("china_joins", "china_accession.half"),
    ],
)
def test_a_policy_that_is_a_deal_has_its_changes(policy, deal):
    assert f"deal: {deal}\n" in files_of("policy")[policy].read_text("utf-8")
    issue, level = deal.split(".")
    (read,) = read_policies([policy])
    assert read.changes == read_issues()[issue].level(level).changes


def test_packages_for_a_play_under_way_change_what_the_deal_changes():
    """Applied to the parameters of every draw they must give what the configuration under the deal gives."""
    scenario = load("inf_2019")
    draws = 4
    rng = np.random.default_rng(1)
    uniforms = {path: rng.random(draws) for path in scenario.uncertain}
    before = parameters_of(scenario, scenario.values(uniforms, draws))
    packages = {package.name: package for package in parameter_packages()}
    assert "verification.data_exchange" in packages
    plan = load_bargain(overrides=[f"bargain.deals=[{','.join(packages)}]"])
    for world in plan.worlds[1:]:
        assert rules_of(world.scenario)[0] == rules_of(scenario)[0]
        own = {path: u for path, u in uniforms.items() if path in world.scenario.uncertain}
        expected = parameters_of(world.scenario, world.scenario.values(own, draws))
        made = packages[world.package.name].applied(before)
        assert made.false_alarm == pytest.approx(expected.false_alarm)
        assert made.build_success == pytest.approx(expected.build_success)
        if "inspected" not in world.package.name:  # there the median stands in for the distribution
            assert made.detection == pytest.approx(expected.detection)


FILE = "title: T\nsentence: S.\nsignatories: [{who}]\nlevels:\n  one:\n    title: One\n    sentence: S.\n    {change}\n"


@pytest.mark.parametrize(
    ("who", "change", "words"),
    [
        (
            "usa, atlantis",
            "set: {start.toxic: false}",
            "signatories must name actors, of usa, russia, nato, china, got 'atl",
        ),
        (
            "usa",
            "set: {components.outsider_levels: -1}",
            "ceiling components.outsider_levels must be at least 1, got -1",
        ),
        ("usa", "set: {engine.seed: 1}", "a level changes keys under actors, treaty"),
        ("usa", "scale: {treaty.fading: fast}", "scale.treaty.fading must be a number, got 'fast'"),
        ("usa", "sett: {start.toxic: false}", "sett is no key of a level"),
    ],
)
def test_a_wrong_file_is_one_line(tmp_path, who, change, words):
    path = change.split("{")[1].split(":")[0]
    text = FILE.format(who=who, change=change + f"\n    about: {{{path}: {{source: none at all}}}}")
    (tmp_path / "deal").mkdir()
    (tmp_path / "deal" / "mine.yaml").write_text(text)
    with pytest.raises(ParameterError, match=words) as caught:
        load_bargain(overrides=["bargain.issues=[mine]"], directories=[tmp_path])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["bargain.deals=[moratorum]"], "there is no issue 'moratorum'; did you mean moratorium"),
        (["bargain.deals=[moratorium.none]"], "moratorium has no level 'none'; its levels are offered"),
        (["bargain.deals=[moratorium,moratorium.offered]"], "must differ, got moratorium.offered twice"),
        (["bargain.issues=[moratoria]"], "there is no issue 'moratoria'; did you mean moratorium"),
        (["bargain.most_issues=0"], "bargain.most_issues must be at least 1, got 0"),
        (["bargain.target=1.5"], r"bargain.target must be a probability, in \(0, 1\), got 1.5"),
        (["bargain.players=[usa]"], "bargain.players must name two actors, got usa"),
        (["bargain.offers.strategies=[linear,stubborn]"], "must be of boulware, linear, conceder"),
        (["bargain.offers.strategies=[linear]"], "must be two, one for each player, got linear"),
        (["bargain.levers=[detecton]"], "there is no lever 'detecton'; did you mean detection"),
        (["strategy=grim_trigger"], "strategy must be equilibrium for everybody, got usa: grim_trigger"),
        (
            ["treaty.notice_months=3"],
            "deal notice_period.year changes treaty.notice_months, which the command line",
        ),
        (["types=accusations"], "bargain solves without types"),
    ],
)
def test_bad_input_is_one_line(overrides, words):
    with pytest.raises(ParameterError, match=words):
        load_bargain(
            overrides=["bargain.issues=[moratorium,notice_period]", "bargain.most_issues=1", *overrides]
        )


def test_levers_read_and_lie_around_what_stands():
    scenario = load("inf_2019")
    for lever in read_levers():
        assert lever.low <= lever.present(scenario) <= lever.high
        assert len(lever.source) > 20


def test_a_package_is_applied_level_by_level():
    from sim.app.build import compose, scenario_of, typed
    from sim.model.deal import named_package

    package = named_package("dismantling+notice_period.year", read_issues())
    config, changes = apply_package(package, compose([]))
    scenario = scenario_of(typed(config))
    assert dict(scenario.start.evidence) == {"usa": 0, "russia": 0}
    assert scenario.treaty.notice_months == 12
    assert {change.path for change in changes} == {
        "start.evidence.russia",
        "start.evidence.usa",
        "treaty.notice_months",
    }
