"""Deals: how packages are made, named and refused."""

from itertools import combinations
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ParameterError
from sim.model.changes import Changes
from sim.model.deal import Issue, Level, Package, all_packages, named_package
from sim.model.lever import Lever


def issue(name, *levels, signatories=("a", "b"), **sets):
    made = [
        Level(name=level, title=level, sentence=".", changes=Changes(sets=sets or {f"treaty.{name}": k}))
        for k, level in enumerate(levels)
    ]
    return Issue(name=name, title=name, sentence=".", signatories=signatories, levels=tuple(made))


@given(st.lists(st.integers(1, 3), min_size=1, max_size=5), st.integers(1, 4))
def test_every_combination_of_levels_comes_once(counts, most):
    """The number of packages is the sum of the elementary symmetric polynomials of the numbers of levels."""
    issues = [issue(f"i{k}", *(f"l{j}" for j in range(count))) for k, count in enumerate(counts)]
    packages = list(all_packages(issues, most))
    expected = sum(prod(c) for size in range(1, most + 1) for c in combinations(counts, size))
    assert len(packages) == expected == len({package.name for package in packages})


def test_levels_that_change_the_same_key_do_not_go_together():
    first, second = issue("one", "x", **{"treaty.k": 1}), issue("two", "y", **{"treaty.k": 2})
    assert [package.name for package in all_packages([first, second], 2)] == ["one.x", "two.y"]
    with pytest.raises(ParameterError, match=r"deals: one\+two changes treaty.k twice"):
        named_package("one+two", {"one": first, "two": second})


def test_a_package_is_named_in_any_order_and_collects_its_signatories():
    table = {"one": issue("one", "x", "y"), "two": issue("two", "z", signatories=("b", "c"))}
    package = named_package("two+one.y", table)
    assert package.name == "one.y+two.z"
    assert package.signatories == ("a", "b", "c")
    assert named_package("no_deal", table) == Package()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("onne.x", "there is no issue 'onne'; did you mean one"),
        ("one.w", "one has no level 'w'; its levels are x, y"),
        ("one", "one needs a level, one of one.x, one.y"),
        ("one.x+one.y", "names the issue one twice"),
    ],
)
def test_wrong_names_say_what_is_legal(name, words):
    with pytest.raises(ParameterError, match=words):
        named_package(name, {"one": issue("one", "x", "y")})


def test_a_negative_ceiling_is_refused():
    with pytest.raises(
        ParameterError,
        match=r"deal caps.low: the ceiling components.outsider_levels must be at least 1, got -1",
    ):
        issue("caps", "low", **{"components.outsider_levels": -1})


def test_someone_must_sign():
    with pytest.raises(ParameterError, match="signatories must name at least one actor"):
        issue("one", "x", signatories=())


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"path": "actors.usa.discount"}, "path must be one of treaty.detection"),
        ({"low": 2.0}, "low must be below high, got 2 and 1"),
        ({"step": 0.0}, "step must be above 0, got 0"),
    ],
)
def test_wrong_levers_say_why(changed, words):
    right = {"path": "treaty.fading", "low": 0.0, "high": 1.0, "step": 0.1}
    with pytest.raises(ParameterError, match=words):
        Lever(name="lever", title="Lever", source="", **{**right, **changed})
