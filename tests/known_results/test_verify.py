"""Every reference model comes out as published."""

import pytest

from sim.errors import ParameterError
from sim.study.verification.check import Checker
from sim.study.verify import SUBJECTS, failures, verify


@pytest.mark.parametrize("subject", SUBJECTS)
def test_reference_model(subject):
    checks = verify([subject])
    assert checks
    assert [f"{c.name}: expected {c.expected}, got {c.got}" for c in failures(checks)] == []
    for check in checks:
        assert check.source
        assert check.name.startswith(subject)


def test_all_reference_models_are_covered():
    assert {f"AT-{k:02d}" for k in range(1, 25)} <= set(SUBJECTS)


def test_a_wrong_number_fails():
    check = Checker("AT-00", "nobody")
    assert not check("x", 1.0, 1.1, 0.05).passed
    assert not check("x", 1.0, float("nan")).passed
    assert not check("x", True, False).passed
    assert not check.agree("x", [1.0, 2.0], [1.0, 2.5], 0.1).passed
    assert check("x", "CC DD", "CC DD").passed


def test_unknown_subjects_are_refused():
    with pytest.raises(ParameterError, match="AT-99"):
        verify(["AT-99"])
