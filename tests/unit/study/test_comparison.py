"""Comparison: pairing, rankings, regrets and medians against what can be counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.app.comparison_plan import load_comparison
from sim.errors import ParameterError
from sim.study.comparison.paired import (
    mean_interval,
    median_time,
    ranking,
    regret_matrix,
    resamples,
)
from sim.study.comparison.result import BASELINE

PRESCRIBED = ["strategy=grim_trigger", "engine.draws=6", "engine.workers=1", "engine.horizon_months=36"]


@pytest.fixture(scope="module")
def compared():
    plan = load_comparison(["fewer_false_alarms", "longer_notice", "better_verification"], PRESCRIBED)
    return plan, plan.run()


def test_student_interval_of_a_mean():
    """Three draws: t with 2 degrees of freedom has its 97.5 % point at 4.302653."""
    made = mean_interval(np.array([1.0, 2.0, 6.0]))
    error = np.sqrt(((1 - 3) ** 2 + (2 - 3) ** 2 + (6 - 3) ** 2) / 2 / 3)
    assert made.standard_error == pytest.approx(error)
    assert made.high - made.mean == pytest.approx(4.302652729911275 * error)
    assert mean_interval(np.array([1.0])).low is None


@given(st.floats(0.01, 0.4))
def test_median_of_an_exponential(hazard):
    """Straight lines between months are within a fiftieth of a month of ln 2 / h."""
    survival = np.exp(-hazard * np.arange(200))
    assert float(median_time(survival, 1.0)) == pytest.approx(np.log(2) / hazard, abs=0.06)


def test_a_median_that_is_not_reached():
    assert np.isnan(median_time(np.array([1.0, 0.9, 0.8]), 1.0))


def test_ranking_by_hand():
    values = np.array([[0.0, 0.0, 0.0, 9.0], [1.0, 1.0, 1.0, 1.0]])
    picks = np.array([[0, 1, 2, 0], [3, 3, 3, 3], [0, 0, 0, 3], [1, 1, 1, 1]])
    made = ranking("payoff_joint", ("a", "b"), values, picks)
    assert made.order == ("a", "b")  # means 2.25 and 1
    assert made.whole == 0.5  # in two of the four resamples
    assert made.ahead.tolist() == [0.5]
    assert made.best.tolist() == [0.5, 0.5]


def test_ties_share_the_first_place():
    made = ranking("collapse_probability", ("a", "b"), np.full((2, 5), 0.3), resamples(5, 50, 1))
    assert made.best.tolist() == [0.5, 0.5]


@given(arrays(float, (4, 3, 5), elements=st.floats(0, 1)))
def test_regret_is_never_negative_and_somebody_has_none(values):
    picks = resamples(5, 20, 2)
    made = regret_matrix("collapse_probability", "probability", tuple("abcd"), tuple("xyz"), values, picks)
    assert (made.regret >= 0).all()
    assert (made.regret.min(axis=0) == 0).all()
    assert (made.worst == made.regret.max(axis=1)).all()
    least = values.mean(axis=2).min(axis=0)
    np.testing.assert_allclose(made.regret, values.mean(axis=2) - least, atol=1e-12)


def test_rows_are_means_of_paired_differences(compared):
    _, result = compared
    for name in ("fewer_false_alarms", "better_verification"):
        own, base = (result.evaluations[each, "neutral"].outcomes for each in (name, BASELINE))
        for outcome in ("collapse_probability", "payoff_usa", "payoff_joint"):
            row = result.row(name, outcome)
            gaps = own[outcome] - base[outcome]
            assert row.difference == pytest.approx(gaps.mean())
            assert row.standard_error == pytest.approx(gaps.std(ddof=1) / np.sqrt(6))
    joint = sum(base[f"payoff_{actor}"] for actor in ("usa", "russia", "nato", "china"))
    np.testing.assert_allclose(base["payoff_joint"], joint)


def test_grim_triggers_that_see_fewer_false_alarms_keep_the_treaty_longer(compared):
    _, result = compared
    row = result.row("fewer_false_alarms", "collapse_probability")
    assert row.high < 0
    assert result.ranking.order[0] == "fewer_false_alarms"
    assert result.row(BASELINE, "collapse_probability").difference == 0


def test_pairing_is_tighter_than_independent_draws(compared):
    _, result = compared
    own, base = (
        result.evaluations[each, "neutral"].outcomes["collapse_probability"]
        for each in ("longer_notice", BASELINE)
    )
    unpaired = np.hypot(own.std(ddof=1), base.std(ddof=1)) / np.sqrt(6)
    assert result.row("longer_notice", "collapse_probability").standard_error < unpaired


def test_a_policy_without_effect_is_named_and_not_computed_twice(compared):
    """Honest grim triggers never breach, so detection changes nothing; but the world differs: no twin."""
    plan, result = compared
    assert plan.twins == ()
    assert result.row("better_verification", "collapse_probability").difference == pytest.approx(0, abs=1e-12)


def test_twins_are_named():
    plan = load_comparison(["inspections_exchanged"], [*PRESCRIBED, "scenario=inf_1988"])
    assert plan.twins == ("inspections_exchanged changes nothing here: it equals the baseline",)
    assert ("inspections_exchanged", "neutral") in plan.same


def test_scale_means_the_same_under_each_reading():
    plan = load_comparison(["fewer_false_alarms"], PRESCRIBED)
    for reading in ("neutral", "washington", "moscow"):
        before, after = (
            plan.plans[name, reading].scenario.numbers for name in (BASELINE, "fewer_false_alarms")
        )
        paths = [path for path in before if "false_alarm" in path]
        assert len(paths) >= 2
        for path in paths:
            assert after[path].median == pytest.approx(0.2 * before[path].median)


def test_about_tells_where_a_moved_number_is_from():
    scenario = load_comparison(["longer_notice"], PRESCRIBED).plans["longer_notice", "neutral"].scenario
    about = scenario.about["treaty.notice_months"]
    assert about.source.startswith("policy longer_notice: ")
    assert about.assumed


@pytest.mark.parametrize(
    ("policies", "overrides", "words"),
    [
        (["longer_notice"], ["treaty.notice_months=3"], "longer_notice.*treaty.notice_months.*command line"),
        (["fewer_false_alarms"], ["treaty.false_alarm_of.usa=0.1"], "fewer_false_alarms.*false_alarm"),
        (["nato_united"], ["strategy.nato=equilibrium"], "nato_united.*strategy.nato"),
        (["longer_notise"], [], "did you mean longer_notice"),
        (["longer_notice", "longer_notice"], [], "twice"),
        (["baseline"], [], "always there"),
        (["longer_notice"], ["comparison.resamples=0"], "at least 1"),
    ],
)
def test_what_is_refused(policies, overrides, words):
    with pytest.raises(ParameterError, match=words):
        load_comparison(policies, [*PRESCRIBED, *overrides])


def test_an_objective_that_is_no_outcome():
    with pytest.raises(ParameterError, match="collapse_probability"):
        load_comparison(["longer_notice"], [*PRESCRIBED, "comparison.objective=happiness"]).run()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "title: T\nsentence: S\nset: {engine.draws: 3}\nabout: {engine.draws: {source: x}}",
            "changes keys under",
        ),
        ("title: T\nsentence: S\nset: {treaty.fading: 3}", "about.treaty.fading is missing"),
        ("title: T\nsentence: S", "must change something"),
        ("title: T\nset: {treaty.fading: 3}\nabout: {treaty.fading: {source: x}}", "sentence must be a text"),
        (
            "title: T\nsentence: S\nscale: {treaty.fading: fast}\nabout: {treaty.fading: {source: x}}",
            "must be a number",
        ),
        (
            "title: T\nsentence: S\nset: {treaty.fadng: 3}\nabout: {treaty.fadng: {source: x}}",
            "treaty.fading",
        ),
        (
            "title: T\nsentence: S\nscale: {treaty.detection: 3}\nabout: {treaty.detection: {source: x}}",
            "mine.*detection",
        ),
        ("title: T\nfoo: 1", "no key of a policy"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(tmp_path, text, words):
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "mine.yaml").write_text(text)
    with pytest.raises(ParameterError, match=words) as caught:
        load_comparison(["mine"], PRESCRIBED, directories=[tmp_path])
    assert "\n" not in str(caught.value)
