"""The public names of the package: bound when asked for, the same objects as in their rooms."""

import subprocess
import sys

import pytest

import sim


def test_every_public_name_is_bound() -> None:
    for name in sim.__all__:
        assert getattr(sim, name).__name__ == name
        assert name in dir(sim)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'sim' has no attribute 'nonsense'"):
        _ = sim.nonsense


def test_importing_the_package_imports_nothing_heavy() -> None:
    script = "import sim, sys; sys.exit(str({'numpy', 'numba', 'hydra', 'scipy'} & set(sys.modules) or ''))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_a_scenario_is_loaded_and_run_from_python() -> None:
    given = [
        "engine.draws=2",
        "engine.replications=20",
        "engine.horizon_months=12",
        "strategy=as_it_happened",
    ]
    plan = sim.load("inf_2019", overrides=[*given, "stage.plans=[uphold,leave]"])
    assert plan.strategies["usa"] == "ultimatum"
    result = plan.run()
    assert result.draws == 2
    assert 0 <= result.estimates["collapse_probability"].estimate <= 1
