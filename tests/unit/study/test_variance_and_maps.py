"""Variance split, tornado, convergence, regime maps and analytic thresholds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ParameterError
from sim.study.analysis.convergence import converge, running_mean
from sim.study.analysis.regimes import Threshold, regime_map
from sim.study.analysis.thresholds import (
    alarm_of_half_life,
    deterring_inspection,
    grim_critical_discount,
    survival_under_alarms,
)
from sim.study.analysis.tornado import sampled_tornado, tornado
from sim.study.analysis.variance_split import bernoulli_variance, variance_split


@pytest.mark.parametrize(("a", "b", "plays"), [(2.0, 3.0, 20), (0.5, 0.5, 50), (40.0, 60.0, 10)])
def test_variance_split_of_a_beta_binomial(a, b, plays):
    """p ~ Beta(a, b), plays ~ Bernoulli(p): epistemic ab / ((a+b)² (a+b+1)), aleatory ab / ((a+b)(a+b+1))."""
    generator = np.random.default_rng(int(a))
    p = generator.beta(a, b, 20_000)
    means = generator.binomial(plays, p) / plays
    errors = np.sqrt(means * (1 - means) / (plays - 1))  # unbiased for the variance of the mean
    split = variance_split(means, errors, bernoulli_variance(means, errors))
    epistemic = a * b / ((a + b) ** 2 * (a + b + 1))
    aleatory = a * b / ((a + b) * (a + b + 1))
    four_sigma = 4 * means.var() * np.sqrt(2 / len(means))
    assert split.epistemic == pytest.approx(epistemic, abs=four_sigma)
    assert split.aleatory == pytest.approx(aleatory, rel=0.02)
    share = epistemic / (epistemic + aleatory)
    assert split.share == pytest.approx(share, abs=four_sigma / (epistemic + aleatory))
    assert split.share_low - 0.01 <= share <= split.share_high + 0.01
    assert split.removed > 0


def test_without_removing_the_error_chance_would_count_as_ignorance():
    generator = np.random.default_rng(1)
    means = generator.binomial(10, 0.5, 5000) / 10  # nothing is unknown
    errors = np.sqrt(means * (1 - means) / 9)
    assert variance_split(means, errors, bernoulli_variance(means, errors)).share < 0.02
    assert variance_split(means, np.zeros(5000), bernoulli_variance(means, np.zeros(5000))).share > 0.08


def test_tornado_of_a_linear_function():
    baseline = np.array([1.0, 2.0, 3.0])
    rows = [baseline]
    for i, (low, high) in enumerate(((0.0, 2.0), (1.0, 5.0), (2.5, 3.5))):
        for value in (low, high):
            row = baseline.copy()
            row[i] = value
            rows.append(row)
    x = np.array(rows)
    y = x @ np.array([1.0, -2.0, 0.5])
    found = tornado(x, y, np.zeros(len(y)), ("a", "b", "c"), baseline)
    assert found.names == ("b", "a", "c")
    np.testing.assert_allclose(found.high - found.low, [-8.0, 2.0, 0.5])
    assert found.middle == y[0]
    with pytest.raises(ParameterError, match="baseline"):
        tornado(x[1:], y[1:], np.zeros(6), ("a", "b", "c"), baseline)


def test_tornado_read_off_a_sample():
    x = np.random.default_rng(2).random((20_000, 2))
    found = sampled_tornado(x, 3 * x[:, 0], ("a", "b"))
    assert found.names == ("a", "b")
    assert found.high[0] - found.low[0] == pytest.approx(3 * 0.9, abs=0.02)  # means of the outer tenths
    assert abs(found.high[1] - found.low[1]) < 4 * np.hypot(found.high_error[1], found.low_error[1])


def test_convergence_of_a_mean():
    samples = np.random.default_rng(3).normal(5, 1, 4096)
    found = converge("mean", 4096, running_mean(samples))
    assert found.counts[-1] == 4096
    width = found.high - found.low
    assert width[0] / width[-1] == pytest.approx(8, rel=0.3)  # 2^6 fewer items, 2^3 wider
    assert found.needed is None
    assert found.settled
    drifting = converge("drift", 4096, running_mean(np.linspace(0, 1, 4096)))
    assert not drifting.settled


def test_needed_follows_the_root_law():
    found = converge("wide", 100, lambda n: (1.0, 1 - 4 / np.sqrt(n), 1 + 4 / np.sqrt(n)))
    assert found.needed == 1600  # half width 4 / sqrt(n) = 0.1


def test_regime_map_of_a_grid_has_a_cell_for_each_point():
    a, b = (each.reshape(-1) for each in np.meshgrid([0.1, 0.2, 0.4], [1.0, 2.0]))
    found = regime_map(a, b, a * b, ("a", "b"))
    np.testing.assert_allclose(found.means, [[0.1, 0.2, 0.4], [0.2, 0.4, 0.8]])
    assert (found.counts == 1).all()


def test_regime_map_of_a_sample_averages():
    generator = np.random.default_rng(4)
    a, b = generator.random((2, 10_000))
    found = regime_map(a, b, (a > b).astype(float), ("a", "b"), threshold=Threshold(label="a = b", x=a, y=a))
    assert found.counts.sum() == 10_000
    assert found.means[0, -1] > 0.99
    assert found.means[-1, 0] < 0.01
    with pytest.raises(ParameterError, match="vary"):
        regime_map(a, np.ones(10_000), a, ("a", "b"))


def test_grim_threshold_is_where_the_one_shot_deviation_pays_nothing():
    """AT-07: T - R = δ (d - α)(V - W), with V = R + δ[(1 - α)V + αW] and W = P/(1 - δ) (unaveraged values)."""
    T, R, P = 5.0, 3.0, 1.0
    for alpha, d in ((0.05, 0.9), (0.1, 0.5), (0.02, 0.3)):
        delta = float(grim_critical_discount(alpha, d, temptation=T, reward=R, punishment=P))
        punished = P / (1 - delta)
        kept = (R + delta * alpha * punished) / (1 - delta * (1 - alpha))
        gain = T - R
        assert gain == pytest.approx(delta * (d - alpha) * (kept - punished))


@given(st.floats(0.001, 0.5), st.floats(0.5, 20), st.integers(1, 4))
def test_survival_under_alarms_is_a_poisson_count(alpha, years, tolerated):
    from math import exp, factorial, log1p

    rate = -log1p(-alpha) * years
    one = sum(exp(-rate) * rate**k / factorial(k) for k in range(tolerated))
    assert float(survival_under_alarms(alpha, years, tolerated=tolerated)) == pytest.approx(one**2, rel=1e-9)


def test_half_life_is_where_half_survive():
    assert float(survival_under_alarms(alarm_of_half_life(7), 7)) == pytest.approx(0.5)


def test_inspection_that_deters_leaves_nothing_to_gain():
    gain, loss = 2.0, 6.0
    p = deterring_inspection(gain, loss)
    assert (1 - p) * gain - p * loss == pytest.approx(0)


def test_dice_that_all_points_share_do_not_average_out():
    rng = np.random.default_rng(8)
    own, common, off = 0.05, 0.03, []
    for _ in range(400):  # 2,000 points each, moved together by what their dice gave
        samples = 0.9 + common * rng.standard_normal() + own * rng.standard_normal(2000)
        middle, low, high = running_mean(samples, common=common)(2000)
        off.append(low <= 0.9 <= high)
        assert high - middle == pytest.approx(
            1.96 * np.hypot(common, samples.std(ddof=1) / np.sqrt(2000)), 1e-3
        )
    assert abs(np.mean(off) - 0.95) < 4 * np.sqrt(0.05 * 0.95 / 400)
