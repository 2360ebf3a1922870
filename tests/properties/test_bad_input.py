"""Whatever is wrong with an input, the answer is one line that names the place; it is never a traceback.

Hypothesis makes the inputs. Most go to the constructors and to the builder of dataclasses, which cost nothing; a few
go through Hydra's composition.
"""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from omegaconf import DictConfig, OmegaConf

from sim.app.build import compose, typed
from sim.app.complaints import complaint
from sim.app.plan import RunPlan, load, plan_of
from sim.errors import ParameterError
from sim.games.treaty.compose import parameters_of
from sim.model.treaty import CLOCKS, DOMAINS
from sim.model.uncertain import DISTRIBUTIONS, Distribution, Value, check_domain, parse_value

numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-(10**6), 10**6),
    st.sampled_from([0.0, 1.0, -0.0, 1.0000001, math.nan, math.inf, -math.inf]),
)
words = st.text(max_size=8)
anything = st.recursive(
    st.one_of(numbers, words, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=2)),
    max_leaves=6,
)
written = st.one_of(
    anything,
    st.builds(
        lambda word, rest: [word, *rest], st.sampled_from([*DISTRIBUTIONS]), st.lists(numbers, max_size=5)
    ),
)


@pytest.fixture(scope="module")
def shipped() -> DictConfig:
    """Return the default configuration, to be changed in single places."""
    return compose(["engine=quick"])


def one_line(error: BaseException) -> str:
    """Return what the user would be told; fails if it is not an error of use in one line."""
    found = complaint(error)
    assert found is not None, repr(error)
    line, status = found
    assert status in (1, 2)
    assert "\n" not in line
    assert line.strip()
    return line


def refused(error: BaseException, *places: str) -> None:
    """Check that the one line about `error` names one of `places`."""
    line = one_line(error)
    assert not places or any(place in line for place in places), line


def changed(config: DictConfig, path: str, value: object) -> RunPlan:
    """Return the plan of `config` with `value` at `path`."""
    copy = config.copy()
    OmegaConf.update(copy, path, value, merge=False)
    plan = plan_of(typed(copy))
    plan.parameters()
    return plan


@given(written)
def test_a_value_is_understood_or_refused_with_its_path(value: object) -> None:
    try:
        parsed: Value = parse_value(value, "treaty.detection")
    except ParameterError as error:
        refused(error, "treaty.detection")
    else:
        low, high = parsed.support if isinstance(parsed, Distribution) else (parsed, parsed)
        assert math.isfinite(low)
        assert math.isfinite(high)
        assert low <= high


@given(written, st.sampled_from(sorted(DOMAINS)))
def test_what_is_accepted_lies_in_its_domain(value: object, name: str) -> None:
    path = f"treaty.{name}"
    try:
        accepted = check_domain(parse_value(value, path), path, DOMAINS[name])
    except ParameterError as error:
        refused(error, path)
    else:
        ends = accepted.support if isinstance(accepted, Distribution) else (accepted, accepted)
        assert DOMAINS[name].holds(*ends)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=written, name=st.sampled_from(sorted(DOMAINS)))
def test_a_treaty_with_any_value_is_built_or_refused_in_one_line(
    shipped: DictConfig, value: object, name: str
) -> None:
    try:
        plan = changed(shipped, f"treaty.{name}", value)
    except Exception as error:  # noqa: BLE001
        refused(error, name, "treaty.")
    else:
        assert name not in CLOCKS or getattr(plan.scenario.treaty, name) > 0


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=written, key=st.sampled_from(["discount", "weights.blame", "weights.own_forces", "role", "title"])
)
def test_an_actor_with_any_value_is_built_or_refused_in_one_line(
    shipped: DictConfig, value: object, key: str
) -> None:
    try:
        plan = changed(shipped, f"actors.russia.{key}", value)
    except Exception as error:  # noqa: BLE001
        refused(error, "russia")
    else:
        parameters_of(plan.scenario, plan.scenario.values({}, 1))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=anything,
    key=st.sampled_from(
        [
            *("engine.draws", "engine.replications", "engine.seed", "engine.horizon_months", "engine.block"),
            *("engine.estimator", "solver.rationality", "solver.tol", "start.phase", "start.who"),
            *("start.outsider_level", "components.outsider_levels", "components.offer_terms", "stage.plans"),
            *("strategy.usa", "scenario.start_date", "about.treaty.detection"),
        ]
    ),
)
def test_an_option_with_any_value_is_accepted_or_refused_in_one_line(
    shipped: DictConfig, value: object, key: str
) -> None:
    try:
        if key == "engine.draws" and isinstance(value, int | float) and value > 1000:
            return  # legal, but it would take long
        changed(shipped, key, value)
    except Exception as error:  # noqa: BLE001
        refused(error)


letters = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=10)


@settings(max_examples=6)
@given(
    parent=st.sampled_from(
        ["", "treaty.", "actors.usa.", "actors.usa.weights.", "engine.", "start.evidence."]
    ),
    name=letters,
    sign=st.sampled_from(["", "+"]),
)
def test_a_key_that_does_not_exist_is_named(parent: str, name: str, sign: str) -> None:
    key = f"{parent}{name}"
    try:
        load("inf_2019", [f"{sign}{key}=1"])
    except Exception as error:  # noqa: BLE001
        refused(error, name)
    else:
        assert OmegaConf.select(compose(), key) is not None


@settings(max_examples=6)
@given(
    group=st.sampled_from(["scenario", "reading", "strategy", "engine", "actors", "treaty", "game"]),
    name=letters,
)
def test_an_option_that_does_not_exist_lists_the_legal_ones(group: str, name: str) -> None:
    try:
        load("inf_2019", [f"{group}={name}"])
    except Exception as error:  # noqa: BLE001
        line = one_line(error)
        assert line.startswith(f"{group} must be one of ")
        assert line.endswith(f"got '{name}'")


@pytest.mark.parametrize(
    "text",
    [
        "???",
        "${nothing}",
        "${treaty.fading}",
        "${",
        "0.5=3",
        "#",
        "a;b",
        "12:30",
        "NO",
        "{low:1}",
        "[[]]",
        "é",
    ],
)
def test_what_yaml_and_hydra_treat_specially_is_refused_in_one_line(text: str) -> None:
    try:
        load("inf_2019", [f"treaty.detection={text}"])
    except Exception as error:  # noqa: BLE001
        refused(error, "detection", "nothing")
    else:
        assert text == "${treaty.fading}"


@settings(max_examples=8)
@given(text=st.text(max_size=12))
def test_any_text_on_the_command_line_is_accepted_or_refused_in_one_line(text: str) -> None:
    try:
        load("inf_2019", [f"treaty.detection={text}"])
    except Exception as error:  # noqa: BLE001
        refused(error, "detection")
