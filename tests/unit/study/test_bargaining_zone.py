"""The zone of agreement against textbook bargains and against counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.solvers.alternating_offers import rubinstein_share
from sim.study.bargaining.zone import frontier_of_lotteries, without_issue, zone_of

PATIENT = {"discounts": [0.9, 0.9], "deadline": 2, "first": 0}


def zone(rows, possible=None, **options):
    table = np.array([[0.0, 0.0], *rows])
    able = np.ones(len(table), dtype=bool) if possible is None else np.array([True, *possible])
    return zone_of(table, able, **{**PATIENT, **options})


def test_a_pie_is_halved_and_the_first_proposer_gets_rubinsteins_share():
    """With many rounds the finite game comes to (1 - δ₂) / (1 - δ₁ δ₂); Nash and Kalai-Smorodinsky split evenly."""
    pie = zone([[k / 1000, 1 - k / 1000] for k in range(1001)], discounts=[0.8, 0.9], deadline=101)
    assert pie.nash.utilities == pytest.approx([0.5, 0.5], abs=1e-6)
    assert pie.kalai_smorodinsky.utilities == pytest.approx([0.5, 0.5], abs=1e-6)
    assert pie.gains[pie.agreed][0] == pytest.approx(rubinstein_share(0.8, 0.9), abs=0.01)
    assert pie.rational.all()
    assert pie.efficient.sum() == 1001


def test_the_last_offer_takes_all():
    assert zone([[1, 2], [2, 1], [0.1, 3]], deadline=1).agreed == 2


def test_linkage_makes_a_bargain_of_two_losses():
    """Each issue hurts one side; together both gain, and without either there is nothing to agree upon."""
    linked = zone([[3.0, -1.0], [-1.0, 3.0], [2.0, 2.0]])
    assert linked.rational.tolist() == [True, False, False, True]
    assert linked.nash.utilities == pytest.approx([2, 2])
    alone = zone_of(linked.gains, without_issue(linked, np.array([False, True, False, True])), **PATIENT)
    assert alone.rational.tolist() == [True, False, False, False]
    assert alone.nash.utilities == pytest.approx([0, 0])


def test_what_a_third_signatory_refuses_is_not_on_the_table():
    refused = zone([[5.0, 5.0], [1.0, 1.0]], [False, True])
    assert refused.nash_pure.ties == (2,)
    assert refused.agreed == 2
    assert not refused.rational[1]


@given(arrays(float, (6, 2), elements=st.integers(-4, 4).map(float)))
def test_against_counting(rows):
    found = zone(rows)
    table = found.gains
    able = [k for k in range(len(table)) if (table[k] >= 0).all()]
    assert found.rational.tolist() == [k in able for k in range(len(table))]
    for k in range(len(table)):
        better = [j for j in able if (table[j] >= table[k]).all() and (table[j] > table[k]).any()]
        assert found.efficient[k] == (k in able and not better)
    best = max(table[k].prod() for k in able)
    assert table[next(iter(found.nash_pure.ties))].prod() == pytest.approx(best)
    if found.nash.agreement:
        assert found.nash.utilities.prod() >= best - 1e-6
        assert found.nash.lottery @ table == pytest.approx(found.nash.utilities, abs=1e-6)


@given(arrays(float, (7, 2), elements=st.integers(-5, 5).map(float)))
def test_the_frontier_of_lotteries_supports_every_weighting(table):
    """For any positive weights the best weighted sum is reached at a corner of the frontier."""
    corners = frontier_of_lotteries(table, range(len(table)))
    for weight in np.linspace(0.01, 0.99, 23):
        sums = table @ [weight, 1 - weight]
        assert sums[list(corners)].max() == pytest.approx(sums.max())
    assert (np.diff(table[list(corners), 0]) >= 0).all()
    assert (np.diff(table[list(corners), 1]) <= 0).all()
