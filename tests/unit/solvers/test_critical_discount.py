"""Sets of discount factors: closed forms, sampling with the audit, and polynomials with known roots."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import ParameterError
from sim.games.automaton import Automaton
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.games.stochastic import StochasticGame
from sim.solvers.audit import audit
from sim.solvers.critical_discount import critical_discount, rational
from sim.solvers.real_roots import nonpositive_set, polynomial
from sim.solvers.trigger_thresholds import (
    grim_threshold,
    reversion_threshold,
    suspension_threshold,
    tit_for_tat_threshold,
)
from sim.strategies.textbook import (
    OVER_PAIRS,
    grim,
    reading_breaches,
    seated,
    suspension,
    tit_for_tat,
    trigger,
)

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data/repeated_games.json").read_text())
}


def dilemma(t, r, p, s):
    return NormalFormGame([[[r, s], [t, p]], [[r, t], [s, p]]])


def pair(automaton):
    return seated(automaton, 0), seated(automaton, 1)


@pytest.mark.parametrize(
    "payoffs", [(5, 3, 1, 0), (3, 2, 0, -1), (4, 3, 2, 1), (10, 9, 3, 1), (6, 4.5, 1, 0.25)]
)
def test_the_exact_sets_agree_with_the_closed_forms(payoffs):
    t, r, p, s = payoffs
    game = RepeatedGame(dilemma(*payoffs), 0.0)
    found = critical_discount(game, pair(grim()))
    least = grim_threshold(temptation=t, reward=r, punishment=p)
    assert found.nash == found.perfect == ((pytest.approx(least, abs=1e-15), 1.0),)
    found = critical_discount(game, pair(tit_for_tat()))
    least = tit_for_tat_threshold(temptation=t, reward=r, punishment=p, sucker=s)
    assert found.least_nash == pytest.approx(least, abs=1e-15)
    for periods in (1, 2, 3, 5):
        punish = reading_breaches(suspension(periods), 2)
        found = critical_discount(game, (punish, punish))
        least = suspension_threshold(temptation=t, reward=r, punishment=p, periods=periods)
        if least >= 1:
            assert found.perfect == ()
        else:
            assert found.perfect == ((pytest.approx(least, abs=1e-12), 1.0),)


def test_published_thresholds():
    """REFERENCE AT-06: (5, 3, 1, 0) and (3, 2, 0, -1)."""
    nicky = {"temptation": 3, "reward": 2, "punishment": 0}
    axelrod = {"temptation": 5, "reward": 3, "punishment": 1}
    assert grim_threshold(**axelrod) == 0.5
    assert grim_threshold(**nicky) == pytest.approx(1 / 3)
    assert suspension_threshold(**axelrod, periods=1) == 1.0
    for periods, expected in ((2, 0.618034), (3, 0.543689), (5, 0.508660), (10, 0.500245)):
        assert suspension_threshold(**axelrod, periods=periods) == pytest.approx(expected, abs=1e-6)
    assert suspension_threshold(**nicky, periods=1) == 0.5
    assert suspension_threshold(**nicky, periods=2) == pytest.approx(0.366025, abs=1e-6)


def test_tit_for_tat_is_perfect_at_one_point_only_when_the_stakes_balance():
    """With T - R = P - S all four cells' constraints meet at δ = (T - R) / (R - S): here exactly 1/3."""
    found = critical_discount(RepeatedGame(dilemma(4, 3, 1, 0), 0.0), pair(tit_for_tat()))
    assert found.perfect == ((1 / 3, 1 / 3),)
    assert found.nash == ((1 / 3, 1.0),)
    assert found.sentences() == ("Nash for δ in [0.333333, 1).", "Perfect for δ = 0.333333.")
    assert critical_discount(RepeatedGame(dilemma(5, 3, 1, 0), 0.0), pair(tit_for_tat())).perfect == ()


@pytest.mark.parametrize("name", sorted(name for name in CASES if name.startswith("rep-grim")))
def test_catalogue_of_grim_thresholds(name):
    case = CASES[name]
    stage = NormalFormGame(case["game"]["stage_payoffs"])
    automaton = reading_breaches(trigger(), stage.num_players)
    found = critical_discount(RepeatedGame(stage, 0.0), (automaton,) * stage.num_players)
    assert found.least_perfect == pytest.approx(case["expected"]["critical_delta"], abs=1e-9)
    everybody = [0] * stage.num_players, [1] * stage.num_players
    assert reversion_threshold(stage, *everybody) == pytest.approx(
        case["expected"]["critical_delta"], abs=1e-9
    )


def test_imperfect_monitoring_threshold_and_value():
    """Mailath & Samuelson (2006) ch. 7: 1 / (3p - 2q), value 2(1-δ)/(1-δp)."""
    case = CASES["rep-imperfect-monitoring-p0.95-q0.4"]
    good = np.array([[0.95, 0.4], [0.4, 0.2]])
    stage = NormalFormGame(case["game"]["stage_payoffs"])
    game = RepeatedGame(stage, 0.95, monitoring=np.stack([good, 1 - good], axis=-1))
    found = critical_discount(game, (trigger(), trigger()))
    assert found.perfect == found.nash
    assert found.least_perfect == pytest.approx(1 / (3 * 0.95 - 2 * 0.4), abs=1e-14)
    assert audit(game, (trigger(), trigger())).values * 0.05 == pytest.approx(
        [case["expected"]["value_at_delta_0_95"]] * 2
    )


def test_limited_punishment():
    case = CASES["rep-limited-punishment-k3"]
    punish = reading_breaches(suspension(3), 2)
    found = critical_discount(
        RepeatedGame(NormalFormGame(case["game"]["stage_payoffs"]), 0.0), (punish, punish)
    )
    assert found.least_perfect == pytest.approx(case["expected"]["critical_delta"], abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_sets_agree_with_the_audit_at_sampled_factors(seed):
    """Random pure automata, random payoffs: a grid of δ away from the ends must give the audit's verdicts."""
    rng = np.random.default_rng(seed)
    stage = NormalFormGame(rng.integers(-4, 5, size=(2, 2, 2)).astype(float))
    automata = []
    for _ in range(2):
        size = int(rng.integers(1, 4))
        outputs = np.eye(2)[rng.integers(2, size=size)]
        automata.append(Automaton("r", tuple("abc"[:size]), 0, outputs, rng.integers(size, size=(size, 4))))
    found = critical_discount(RepeatedGame(stage, 0.0), automata)
    ends = np.array([end for low, high in (*found.nash, *found.perfect) for end in (low, high)] or [2.0])
    for discount in np.linspace(0.01, 0.97, 25):
        if abs(ends - discount).min() < 1e-6:
            continue
        verdict = audit(RepeatedGame(stage, discount), automata)
        for intervals, expected in ((found.nash, verdict.nash), (found.perfect, verdict.perfect)):
            assert any(low <= discount <= high for low, high in intervals) is expected


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_mixed_outputs_and_noisy_signals_agree_with_the_audit(seed):
    rng = np.random.default_rng(seed)
    stage = NormalFormGame(rng.integers(-4, 5, size=(2, 2, 2)).astype(float))
    monitoring = rng.integers(1, 10, size=(2, 2, 1)) / 10
    game = RepeatedGame(stage, 0.0, monitoring=np.concatenate([monitoring, 1 - monitoring], axis=-1))
    found = critical_discount(game, (suspension(2), trigger()))
    ends = np.array([end for low, high in (*found.nash, *found.perfect) for end in (low, high)] or [2.0])
    for discount in np.linspace(0.01, 0.97, 25):
        if abs(ends - discount).min() < 1e-6:
            continue
        verdict = audit(RepeatedGame(stage, discount, game.monitoring), (suspension(2), trigger()))
        for intervals, expected in ((found.nash, verdict.nash), (found.perfect, verdict.perfect)):
            assert any(low <= discount <= high for low, high in intervals) is expected


def test_one_named_players_factor_may_vary():
    """Grim needs δ_i >= 1/2 of each: with the other at .6 one half is enough, at .4 nothing is."""
    stage = NormalFormGame(dilemma(5, 3, 1, 0).payoffs, players=["usa", "russia"])
    found = critical_discount(RepeatedGame(stage, [0.1, 0.6]), pair(grim()), varying="usa")
    assert found.varying == "usa"
    assert found.perfect == found.nash == ((0.5, 1.0),)
    assert critical_discount(RepeatedGame(stage, [0.1, 0.4]), pair(grim()), varying=0).nash == ()
    with pytest.raises(ParameterError, match="varying must be a player number or one of"):
        critical_discount(RepeatedGame(stage, 0.5), pair(grim()), varying="china")


def test_treaty_in_force_or_collapsed():
    """Compliance iff δ >= (T - R) / ((T - R) + d (R - P)); d = 1/2 gives 2/3."""
    stage = dilemma(5, 3, 1, 0)
    law = np.zeros((2, 2, 2, 2))
    law[0, ..., 1] = [[0, 0.5], [0.5, 0.5]]
    law[0, ..., 0] = 1 - law[0, ..., 1]
    law[1, ..., 1] = 1
    found = critical_discount(StochasticGame([stage.payoffs] * 2, law, 0.0), ([[1, 0], [0, 1]],) * 2)
    assert found.perfect == ((pytest.approx(2 / 3, abs=1e-15), 1.0),)


@pytest.mark.parametrize("name", sorted(OVER_PAIRS))
def test_perfect_is_a_subset_of_nash_for_every_textbook_strategy(name):
    found = critical_discount(RepeatedGame(dilemma(3, 2, 0, -1), 0.0), pair(OVER_PAIRS[name]()))
    for low, high in found.perfect:
        assert any(a <= low and high <= b for a, b in found.nash)


def test_too_many_cells_are_refused():
    long = reading_breaches(suspension(70), 2)
    with pytest.raises(ParameterError, match="at most 64 product cells, this profile has 71"):
        critical_discount(RepeatedGame(dilemma(5, 3, 1, 0), 0.0), (long, long))


def test_rational_reads_what_was_written():
    assert rational(0.1) == Fraction(1, 10)
    assert rational(2 / 3) == Fraction(2, 3)
    assert rational(0.123456789) == Fraction(123456789, 10**9)
    assert float(rational(np.pi)) == np.pi


def expand(roots):
    coefficients = [Fraction(1)]
    for root in roots:
        shifted = [Fraction(0), *coefficients]
        coefficients = [s - root * c for s, c in zip(shifted, [*coefficients, Fraction(0)], strict=True)]
    return coefficients


@settings(max_examples=60, deadline=None)
@given(
    first=st.lists(st.fractions(Fraction(-1, 2), Fraction(3, 2), max_denominator=12), max_size=5),
    second=st.lists(st.fractions(Fraction(-1, 2), Fraction(3, 2), max_denominator=12), max_size=5),
    signs=st.tuples(st.sampled_from([-1, 1]), st.sampled_from([-1, 1])),
)
def test_sets_of_polynomials_with_known_rational_roots(first, second, signs):
    """Compare with evaluation at all roots, at midpoints between them, and at 0."""
    polys = [[sign * c for c in expand(roots)] for sign, roots in zip(signs, (first, second), strict=True)]
    found = nonpositive_set(polynomial(poly) for poly in polys)
    points = sorted({Fraction(0), *(r for r in (*first, *second) if 0 <= r < 1)})
    samples = points + [(a + b) / 2 for a, b in zip(points, [*points[1:], Fraction(1)], strict=True)]
    for x in samples:
        expected = all(sum(c * x**k for k, c in enumerate(poly)) <= 0 for poly in polys)
        inside = any(float(low) - 1e-15 <= x <= float(high) + 1e-15 for low, high in found)
        assert inside is expected


def test_thresholds_refuse_payoffs_in_the_wrong_order():
    with pytest.raises(ParameterError, match="ordered temptation > reward > punishment"):
        grim_threshold(temptation=1, reward=3, punishment=1)
    with pytest.raises(ParameterError, match="punishment must be an equilibrium"):
        reversion_threshold(dilemma(5, 3, 1, 0), (1, 1), (0, 0))
    with pytest.raises(ParameterError, match="action numbers below"):
        reversion_threshold(dilemma(5, 3, 1, 0), (0, 2), (1, 1))
