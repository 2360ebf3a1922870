"""Distributions against SciPy's, and against what their definitions say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.errors import ParameterError
from sim.model.uncertain import (
    DISCOUNT,
    DISTRIBUTIONS,
    PROBABILITY,
    RATE,
    Beta,
    Choice,
    Distribution,
    Normal,
    Triangular,
    Uniform,
    check_domain,
    median_of,
    parse_value,
)

SHARES = np.linspace(0.001, 0.999, 41)

PEERS = [
    (Uniform(0.2, 0.8), stats.uniform(0.2, 0.6)),
    (Triangular(0.1, 0.2, 0.4), stats.triang((0.2 - 0.1) / 0.3, 0.1, 0.3)),
    (Triangular(0.0, 0.0, 1.0), stats.triang(0.0, 0.0, 1.0)),
    (Triangular(0.0, 1.0, 1.0), stats.triang(1.0, 0.0, 1.0)),
    (Normal(0.5, 0.2, 0.1, 0.7), stats.truncnorm((0.1 - 0.5) / 0.2, (0.7 - 0.5) / 0.2, 0.5, 0.2)),
    (Normal(0.0, 1.0, 5.0, 7.0), stats.truncnorm(5.0, 7.0)),
    (Normal(0.0, 1.0, -7.0, -5.0), stats.truncnorm(-7.0, -5.0)),
    (Beta(2.0, 5.0), stats.beta(2.0, 5.0)),
    (Beta(2.0, 5.0, 1.0, 3.0), stats.beta(2.0, 5.0, 1.0, 2.0)),
]


@pytest.mark.parametrize(("ours", "peer"), PEERS, ids=lambda each: str(each)[:40])
def test_quantiles_are_those_of_scipy(ours: Distribution, peer: object) -> None:
    assert ours.quantile(SHARES) == pytest.approx(peer.ppf(SHARES), rel=1e-9, abs=1e-12)
    assert ours.median == pytest.approx(peer.median(), rel=1e-9)


def test_choice_takes_each_number_equally_often() -> None:
    choice = Choice((0.3, 0.2, 0.9, 0.3))
    drawn = choice.quantile((np.arange(1000) + 0.5) / 1000)
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [0.2, 0.3, 0.9]
    assert counts.tolist() == [250, 500, 250]
    assert Choice((1.0, 2.0)).median == 1.0  # the least number with at least half of the mass at or below it


numbers = st.floats(-5, 5)


@given(st.lists(numbers, min_size=3, max_size=3).map(sorted), st.floats(0.0001, 0.9999))
def test_every_quantile_lies_within_the_support(sorted_numbers: list[float], share: float) -> None:
    low, mode, high = sorted_numbers
    for distribution in (Uniform(low, high), Triangular(low, mode, high), Choice((low, mode, high))):
        value = float(distribution.quantile(np.array([share]))[0])
        assert low - 1e-12 <= value <= high + 1e-12


@given(st.floats(0.001, 0.998), st.floats(0.0005, 0.001))
def test_quantiles_rise(share: float, step: float) -> None:
    for distribution, _ in PEERS:
        lower, upper = distribution.quantile(np.array([share, share + step]))
        assert lower <= upper


@pytest.mark.parametrize(
    "written",
    [
        0.5,
        3,
        ["uniform", 0.2, 0.8],
        ["triangular", 0.1, 0.2, 0.4],
        ["normal", 0.5, 0.2, 0, 1],
        ["beta", 2, 5],
        ["beta", 2, 5, 1, 3],
        ["choice", 0.2, 0.3],
    ],
)
def test_what_is_written_can_be_written_again(written: object) -> None:
    value = parse_value(written, "here")
    if isinstance(value, Distribution):
        again = str(value).strip("[]").split(", ")
        assert parse_value([again[0], *map(float, again[1:])], "here") == value
    else:
        assert value == written
    assert parse_value(value, "here") is value or parse_value(value, "here") == value


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (["uniform", 0.8, 0.2], "needs low <= high"),
        (["triangular", 0.3, 0.2, 0.4], "needs low <= mode <= high"),
        (["normal", 0.5, -1, 0, 1], "needs sd > 0"),
        (["normal", 0.5, 0.1, 1, 0], "needs low <= high"),
        (["normal", 0, 1, 20, 30], "within 8 sd"),
        (["beta", 0, 1], "needs a > 0"),
        (["choice"], "at least one number"),
        (["uniform", 0.2], "write [uniform, low, high]"),
        (["uniform", 0.2, 0.4, 0.6], "write [uniform, low, high]"),
        (["gaussian", 0, 1], ", ".join(DISTRIBUTIONS)),
        ([0.2, 0.4], ", ".join(DISTRIBUTIONS)),
        ([], ", ".join(DISTRIBUTIONS)),
        (["uniform", "a", 1], "takes numbers"),
        (["uniform", float("nan"), 1], "must be finite"),
        (float("nan"), "must be finite, got nan"),
        (float("inf"), "must be finite, got inf"),
        (True, "must be a number or a distribution"),
        ("0.5", "must be a number or a distribution"),
        (None, "must be a number or a distribution"),
        ({"low": 1}, "must be a number or a distribution"),
    ],
)
def test_a_wrong_value_is_told_in_one_line_with_its_path(written: object, words: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_value(written, "treaty.detection")
    line = str(caught.value)
    assert line.startswith("treaty.detection")
    assert words in line
    assert "\n" not in line


def test_domains_hold_for_everything_a_value_can_be() -> None:
    assert check_domain(Uniform(0.0, 1.0), "p", PROBABILITY) == Uniform(0.0, 1.0)
    with pytest.raises(ParameterError, match=r"p must be in \[0, 1\], got \[uniform, 0.5, 1.4\]"):
        check_domain(Uniform(0.5, 1.4), "p", PROBABILITY)
    with pytest.raises(ParameterError, match=r"d must be in \(0, 1\), got 1"):
        check_domain(1.0, "d", DISCOUNT)
    with pytest.raises(ParameterError, match=r"r must be at least 0, got -1"):
        check_domain(-1.0, "r", RATE)


def test_the_median_of_a_number_is_itself() -> None:
    assert median_of(0.3) == 0.3
    assert median_of(Uniform(0.0, 1.0)) == 0.5
