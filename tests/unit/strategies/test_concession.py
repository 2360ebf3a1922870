"""Concession strategies: what the literature says they do, on pies that can be counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ParameterError
from sim.strategies.concession import STRATEGIES, exchange, time_demand

PIE = [[k / 100, 1 - k / 100] for k in range(101)]
NAMES = st.sampled_from(STRATEGIES)


@given(st.floats(0, 1), st.floats(0, 0.9))
def test_demands_run_from_all_to_the_reservation_in_the_order_of_toughness(time, reservation):
    boulware, linear, conceder = (
        time_demand(name, time, reservation) for name in ("boulware", "linear", "conceder")
    )
    assert 1 >= boulware >= linear >= conceder >= reservation - 1e-12
    assert time_demand("boulware", 0, reservation) == 1
    assert time_demand("conceder", 1, reservation) == pytest.approx(reservation)


@given(NAMES, NAMES, st.integers(1, 12), st.integers(0, 1), st.floats(0, 0.5))
def test_nobody_goes_below_its_reservation_and_offers_alternate(mine, other, rounds, first, reservation):
    offers = exchange(PIE, (mine, other), rounds=rounds, first=first, reservations=(reservation,) * 2)
    assert [offer.proposer for offer in offers] == [(first + k) % 2 for k in range(len(offers))]
    assert all(not offer.accepted for offer in offers[:-1])
    assert len(offers) == rounds or offers[-1].accepted
    for offer in offers:
        assert PIE[offer.package][offer.proposer] >= offer.demand - 1e-9
    if offers[-1].accepted:
        assert min(PIE[offers[-1].package]) >= reservation - 1e-9


def test_the_tougher_gets_more():
    """Against a conceder a boulware party gets nearly all; two boulware parties agree only at the end."""
    agreed = exchange(PIE, ("boulware", "conceder"), rounds=10)[-1]
    assert agreed.accepted
    assert PIE[agreed.package][0] > 0.85
    late = exchange(PIE, ("boulware", "boulware"), rounds=10)[-1]
    early = exchange(PIE, ("conceder", "conceder"), rounds=10)[-1]
    assert early.round < late.round


def test_tit_for_tat_gives_exactly_what_it_was_given():
    """Against steps of 1/10 a round, offered every second round, it gives 0.2 at each turn but the first."""
    offers = exchange(PIE, ("linear", "tit_for_tat"), rounds=11)
    theirs = [PIE[offer.package][0] for offer in offers if offer.proposer == 0]
    mine = [offer.demand for offer in offers if offer.proposer == 1]
    assert theirs[:3] == pytest.approx([1.0, 0.8, 0.6])
    assert mine[:2] == pytest.approx([1.0, 0.8])


def test_a_package_that_is_best_for_both_is_taken_at_once():
    offers = exchange([[0.3, 0.9], [1.0, 1.0], [0.9, 0.1]], ("boulware", "tit_for_tat"), rounds=5)
    assert len(offers) == 1
    assert offers[0].package == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"strategies": ("boulware", "stubborn")}, "must be one of boulware, linear, conceder, tit_for_tat"),
        ({"rounds": 0}, "bargain.offers.rounds must be at least 1, got 0"),
        ({"reservations": (0.5, 1.5)}, r"bargain.offers.aspiration must lie in \[0, 1\], got 1.5"),
        ({"shares": [[1.0]]}, "shares must have shape"),
    ],
)
def test_wrong_settings_say_what_is_legal(changed, words):
    given_ = {"shares": PIE, "strategies": ("linear", "linear"), "rounds": 3, **changed}
    with pytest.raises(ParameterError, match=words):
        exchange(given_.pop("shares"), given_.pop("strategies"), **given_)
