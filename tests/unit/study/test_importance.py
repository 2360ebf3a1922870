"""Weights of draws against closed forms."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.study.importance import (
    BetaProposal,
    effective_size,
    fit_proposal,
    smoothed,
    temper,
    weighted_quantiles,
)


def test_equal_weights_are_worth_their_number_and_one_is_worth_one():
    assert effective_size(np.full(50, 0.02)) == pytest.approx(50)
    assert effective_size(np.eye(1, 50)[0]) == pytest.approx(1)


def test_a_proposal_integrates_to_one_and_draws_follow_its_density():
    proposal = BetaProposal(a=np.array([3.0]), b=np.array([2.0]))
    grid = (np.arange(20000) + 0.5)[:, None] / 20000
    density = proposal.density(grid)
    assert density.mean() == pytest.approx(1.0, abs=1e-4)
    rng = np.random.default_rng(1)
    points = proposal.points(rng.random((4000, 1)), rng.random(4000))
    mean = (grid[:, 0] * density).mean()
    assert points.mean() == pytest.approx(mean, abs=4 * 0.25 / np.sqrt(4000))
    assert ((points > 0) & (points < 1)).all()


def test_a_fitted_proposal_has_the_mean_of_the_weighted_points():
    rng = np.random.default_rng(2)
    u = rng.beta(6, 3, (5000, 2))
    proposal = fit_proposal(u, np.ones(5000), spread=1.0)
    np.testing.assert_allclose(proposal.a / (proposal.a + proposal.b), 2 / 3, atol=0.01)
    np.testing.assert_allclose(proposal.a, 6, rtol=0.15)


def test_tempering_keeps_the_wanted_number_of_draws_alive():
    logs = np.random.default_rng(3).normal(0, 5, 200)
    exponent = temper(logs, 60.0)
    assert effective_size(np.exp(exponent * (logs - logs.max()))) == pytest.approx(60, abs=0.5)
    assert temper(np.zeros(200), 60.0) == 1.0


@pytest.mark.parametrize("shape", [0.2, 0.5, 0.9])
def test_the_shape_of_pareto_weights_is_found(shape):
    """Weights U^-k have a Pareto tail of shape k; the estimate is pulled a little towards one half."""
    u = np.random.default_rng(4).random(20000)
    _, k = smoothed(-shape * np.log(u))
    assert k == pytest.approx(shape, abs=0.12)


def test_smoothed_weights_sum_to_one_and_never_pass_the_largest_raw_one():
    logs = np.random.default_rng(5).normal(0, 2, 500)
    weights, _ = smoothed(logs)
    assert weights.sum() == pytest.approx(1.0)
    raw = np.exp(logs - logs.max())
    assert weights.max() / np.sort(weights)[100] <= raw.max() / np.sort(raw)[100] * (1 + 1e-9)


def test_nothing_to_weigh_is_an_error():
    with pytest.raises(ParameterError, match="nothing to weigh"):
        smoothed(np.full(10, -np.inf))


def test_weighted_quantiles_are_those_of_repeated_draws():
    values, counts = np.array([4.0, 1.0, 3.0, 2.0]), np.array([1, 4, 2, 3])
    repeated = np.sort(np.repeat(values, counts))
    for level in (0.05, 0.35, 0.5, 0.72, 0.95):
        wanted = repeated[int(np.ceil(level * 10)) - 1]
        assert weighted_quantiles(values, counts.astype(float), [level])[0] == wanted
