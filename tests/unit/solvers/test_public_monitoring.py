"""REFERENCE AT-07 and AT-08: closed forms against printed values, the audit, and value iteration."""

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.solvers.audit import audit
from sim.solvers.critical_discount import critical_discount
from sim.solvers.public_monitoring import (
    Monitor,
    best_gaussian_trigger,
    greatest_tolerance,
    imperfect_grim_threshold,
    least_suspension,
    mean_duration,
    suspension_slack,
    suspension_value,
    tolerance_slacks,
    tolerance_values,
)
from sim.strategies.textbook import suspension, tolerance, trigger

AXELROD = {"temptation": 5, "reward": 3, "punishment": 1}
STAGE = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])


def monitor(false_alarm, detection, discount=0.0):
    return Monitor(**AXELROD, false_alarm=false_alarm, detection=detection, discount=discount)


def repeated(false_alarm, detection, discount):
    """Return the game; when both breach the alarm sounds as when one does, which decides nothing here."""
    alarm = np.array([[false_alarm, detection], [detection, detection]])
    return RepeatedGame(STAGE, discount, np.stack([1 - alarm, alarm], axis=-1))


@pytest.mark.parametrize(
    ("false_alarm", "detection", "expected"),
    [
        (0.0, 1.0, 0.5),
        (0.05, 0.9, 0.555556),
        (0.05, 0.6, 0.666667),
        (0.1, 0.5, 0.769231),
        (0.02, 0.3, 0.793651),
        (0.1, 0.3, 0.909091),
    ],
)
def test_grim_threshold_under_alarms(false_alarm, detection, expected):
    assert imperfect_grim_threshold(monitor(false_alarm, detection)) == pytest.approx(expected, abs=1e-6)
    found = critical_discount(repeated(false_alarm, detection, 0.0), (trigger(), trigger()))
    assert found.least_perfect == pytest.approx(
        imperfect_grim_threshold(monitor(false_alarm, detection)), abs=1e-12
    )


@pytest.mark.parametrize(
    ("false_alarm", "detection", "discount", "expected"),
    [
        (0.05, 0.6, 0.7, 6),
        (0.05, 0.6, 0.8, 4),
        (0.05, 0.6, 0.9, 3),
        (0.05, 0.6, 0.95, 3),
        (0.1, 0.5, 0.7, None),
        (0.1, 0.5, 0.8, 9),
        (0.1, 0.5, 0.9, 5),
        (0.1, 0.5, 0.95, 4),
    ],
)
def test_least_suspension(false_alarm, detection, discount, expected):
    assert least_suspension(monitor(false_alarm, detection, discount)) == expected


@settings(max_examples=60, deadline=None)
@given(
    false_alarm=st.floats(0, 0.4),
    extra=st.floats(0.01, 0.6),
    discount=st.floats(0, 0.98),
)
def test_least_suspension_is_the_first_that_deters(false_alarm, extra, discount):
    at = monitor(false_alarm, min(1.0, false_alarm + extra), discount)
    found = least_suspension(at)
    first = next((k for k in range(1, 2000) if suspension_slack(at, k) >= -1e-12), None)
    assert found == first or (found is not None and found >= 2000 and first is None)


def test_check_point():
    at = monitor(0.05, 0.6, 0.9)
    assert suspension_value(at, 4) == pytest.approx(2.731969, abs=1e-6)
    assert suspension_slack(at, 4) == pytest.approx(0.948340, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    false_alarm=st.floats(0, 0.3),
    extra=st.floats(0.05, 0.6),
    discount=st.floats(0.1, 0.97),
    periods=st.integers(1, 8),
)
def test_suspension_agrees_with_the_audit(false_alarm, extra, discount, periods):
    detection = false_alarm + extra
    at = monitor(false_alarm, detection, discount)
    found = audit(repeated(false_alarm, detection, discount), (suspension(periods),) * 2)
    assert found.values * (1 - discount) == pytest.approx([suspension_value(at, periods)] * 2)
    slack = suspension_slack(at, periods)
    if abs(slack) > 1e-6:
        assert found.perfect is (slack > 0)
        # complying while suspended loses P - S = 1 at least, so smaller slacks are those of the closed form
        if slack < 1:
            assert found.slack == pytest.approx(slack)


def test_tolerance_of_alarms():
    """REFERENCE AT-08."""
    at = monitor(0.05, 0.6, 0.9)
    assert tolerance_slacks(at, 3) == pytest.approx([4.828, 0.119, -1.342], abs=5e-4)
    assert greatest_tolerance(at) == 2
    assert mean_duration(0.05, 2) == pytest.approx(40)
    at = monitor(0.05, 0.6, 0.95)
    assert tolerance_slacks(at, 4) == pytest.approx([8.718, 3.222, 0.544, -0.761], abs=5e-4)
    assert greatest_tolerance(at) == 3
    assert greatest_tolerance(monitor(0.1, 0.5, 0.95)) == 3
    at = monitor(0.05, 0.9, 0.95)
    assert greatest_tolerance(at) == 3
    assert tolerance_slacks(at, 4)[3] == pytest.approx(-0.085, abs=5e-4)


@pytest.mark.parametrize("alarms", [1, 2, 3, 4])
def test_tolerance_agrees_with_the_audit(alarms):
    for discount in (0.8, 0.9, 0.95):
        at = monitor(0.05, 0.6, discount)
        found = audit(repeated(0.05, 0.6, discount), (tolerance(alarms),) * 2)
        assert found.values[0] == pytest.approx(tolerance_values(at, alarms)[-1])
        assert found.perfect is bool((tolerance_slacks(at, alarms) >= 0).all())


def test_a_gaussian_signal_wants_a_lenient_test_and_a_harsh_punishment():
    """REFERENCE AT-07: σ = 1 -> V = 2.9883 with c = 3.21, α = .0007, d = .113; σ = 1.5 -> 2.8908."""
    best = best_gaussian_trigger(**AXELROD, discount=0.9, noise=1.0)
    assert best.value == pytest.approx(2.9883, abs=5e-5)
    assert best.threshold == pytest.approx(3.21, abs=0.01)
    assert best.false_alarm == pytest.approx(0.0007, abs=5e-5)
    assert best.detection == pytest.approx(0.113, abs=1e-3)
    # the printed values stop at suspensions of about 59 periods; for ever is a little better still
    at_59 = best_gaussian_trigger(**AXELROD, discount=0.9, noise=1.5, periods=59)
    assert at_59.value == pytest.approx(2.8908, abs=5e-5)
    assert best_gaussian_trigger(**AXELROD, discount=0.9, noise=1.5).value > at_59.value
    values = [
        best_gaussian_trigger(**AXELROD, discount=0.9, noise=1.0, periods=k).value
        for k in (3, 5, 10, 59, inf)
    ]
    assert values == sorted(values)
    thresholds = [
        best_gaussian_trigger(**AXELROD, discount=0.9, noise=1.0, periods=k).threshold
        for k in (3, 5, 10, 59, inf)
    ]
    assert thresholds == sorted(thresholds)


def test_the_best_threshold_beats_every_other_on_a_grid():
    from statistics import NormalDist

    best = best_gaussian_trigger(**AXELROD, discount=0.8, noise=1.2, periods=6)
    grid = []
    for threshold in np.linspace(-3, 8, 2201):
        alarm, caught = 1 - NormalDist().cdf(threshold / 1.2), 1 - NormalDist().cdf((threshold - 2) / 1.2)
        at = monitor(alarm, caught, 0.8)
        if suspension_slack(at, 6) >= 0:
            grid.append(suspension_value(at, 6))
    assert best.value >= max(grid) - 1e-12
    assert best.value - max(grid) < 2e-3


def test_too_much_noise_leaves_no_threshold():
    assert best_gaussian_trigger(**AXELROD, discount=0.6, noise=20.0) is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"false_alarm": 0.7}, "0 <= false_alarm <= detection <= 1"),
        ({"detection": 1.1}, "0 <= false_alarm <= detection <= 1"),
        ({"discount": 1.0}, r"discount must lie in \[0, 1\)"),
        ({"reward": 6}, "ordered temptation > reward > punishment"),
    ],
)
def test_bad_monitors_are_refused(changed, message):
    with pytest.raises(ParameterError, match=message):
        Monitor(**{**AXELROD, "false_alarm": 0.1, "detection": 0.5, "discount": 0.9, **changed})
    with pytest.raises(ParameterError, match="periods must be at least 1"):
        suspension_value(monitor(0.1, 0.5, 0.9), 0)
