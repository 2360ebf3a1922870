"""Numbers and labels as readers see them."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.outcomes import outcomes_of
from sim.games.treaty.terms import TERMS
from sim.report.labels import outcome_label, path_label, term_label, the
from sim.report.numbers import MINUS, NBSP, digits_for, fixed, percent, percent_range, signed


@given(st.floats(1e-4, 9.9))
def test_an_error_is_shown_with_one_or_two_digits(error):
    shown = f"{error:.{digits_for(error)}f}"
    significant = re.sub(r"^0+", "", shown.replace(".", ""))
    assert 1 <= len(significant) <= 2


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_fixed_reads_back_within_half_a_unit(value, decimals):
    text = fixed(value, decimals)
    assert "-" not in text
    assert abs(float(text.replace(MINUS, "-")) - value) <= 0.5 * 10.0**-decimals * (1 + 1e-9)


def test_no_negative_zero_and_no_number_where_there_is_none():
    assert fixed(-0.0004) == "0.00"
    assert signed(-0.0004) == "0.00"
    assert [fixed(x) for x in (None, float("nan"), float("inf"))] == ["—"] * 3
    assert percent(None) == "—"


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0"), (1.0, "100"), (0.0001, "<1"), (0.9999, ">99"), (0.5, "50")]
)
def test_percent_never_rounds_a_possible_outcome_to_certainty(share, text):
    assert percent(share) == f"{text}{NBSP}%"


def test_percent_range_says_the_unit_once():
    assert percent_range(0.1, 0.2).count("%") == 1


def test_every_term_and_every_outcome_has_words(result):
    for term in TERMS:
        assert "_" not in term_label(term)
    for outcome in outcomes_of(result.scenario.actor_names):
        assert "_" not in outcome_label(outcome.name, result.scenario)
    for path in result.fans.paths:
        assert "_" not in path_label(path, result.scenario)


def test_articles():
    assert the("United States") == "the United States"
    assert the("China") == "China"
    assert np.all([the(title).endswith(title) for title in ("Russia", "European allies in NATO")])
