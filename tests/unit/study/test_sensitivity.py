"""Sobol' and Morris indices against functions whose indices are known in closed form."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.study.analysis.morris import elementary_effects
from sim.study.analysis.sobol_indices import sobol_indices


def saltelli(rows, parameters, seed=0, second_order=True):
    """A, B, A with each column of B, B with each column of A; Sobol' points in the unit cube."""
    from scipy.stats import qmc

    shift = np.random.default_rng(seed).random(
        2 * parameters
    )  # random numbers for SciPy have two names by version
    base = (qmc.Sobol(2 * parameters, scramble=False).random(rows) + shift) % 1
    a, b = base[:, :parameters], base[:, parameters:]
    blocks = [a, b]
    for one, other in ((a, b), (b, a))[: 1 + second_order]:
        for i in range(parameters):
            block = one.copy()
            block[:, i] = other[:, i]
            blocks.append(block)
    return np.concatenate(blocks)


def ishigami(u, a=7.0, b=0.1):
    x = np.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices(a=7.0, b=0.1):
    """Ishigami and Homma (1990): partial variances of the function."""
    first = 0.5 * (1 + b * np.pi**4 / 5) ** 2
    second = a**2 / 8
    pair = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    total = first + second + pair
    return np.array([first, second, 0]) / total, np.array([first + pair, second, pair]) / total, pair / total


def test_ishigami_first_total_and_second_order():
    rows = 4096
    y = ishigami(saltelli(rows, 3))
    found = sobol_indices(y, ("x1", "x2", "x3"), rows)
    first, total, pair = ishigami_indices()
    np.testing.assert_allclose(found.first, first, atol=0.02)
    np.testing.assert_allclose(found.total, total, atol=0.02)
    assert found.second[0, 2] == pytest.approx(pair, abs=0.03)
    assert abs(found.second[0, 1]) < 0.03
    assert np.isnan(found.second[1, 0])
    for known, low, high in (
        (first, found.first_low, found.first_high),
        (total, found.total_low, found.total_high),
    ):
        assert ((low - 0.01 <= known) & (known <= high + 0.01)).all()


def test_g_function():
    """Sobol' g: prod (|4x - 2| + a) / (1 + a); V_i = 1 / (3 (1 + a_i)^2), V = prod (1 + V_i) - 1."""
    a = np.array([0.0, 1.0, 9.0, 99.0])
    rows = 4096
    u = saltelli(rows, 4, second_order=False)
    y = np.prod((np.abs(4 * u - 2) + a) / (1 + a), axis=1)
    found = sobol_indices(y, tuple("abcd"), rows)
    v = 1 / (3 * (1 + a) ** 2)
    variance = np.prod(1 + v) - 1
    np.testing.assert_allclose(found.first, v / variance, atol=0.02)
    np.testing.assert_allclose(found.total, v * np.prod(1 + v) / (1 + v) / variance, atol=0.02)
    assert found.second is None


def test_the_same_indices_as_scipy():
    stats = pytest.importorskip("scipy.stats")
    rows = 1024
    y = ishigami(saltelli(rows, 3, second_order=False)).reshape(5, rows)
    theirs = stats.sobol_indices(
        func={"f_A": y[None, 0], "f_B": y[None, 1], "f_AB": y[2:][:, None]}, n=rows, method="saltelli_2010"
    )
    ours = sobol_indices(y.reshape(-1), tuple("abc"), rows)
    np.testing.assert_allclose(ours.first, theirs.first_order, atol=2e-3)
    np.testing.assert_allclose(ours.total, theirs.total_order, atol=2e-3)


def test_intervals_cover():
    """Over repeated designs the 95 % interval of a first-order index holds the truth most of the time."""
    first, _, _ = ishigami_indices()
    inside = 0
    for seed in range(40):
        generator = np.random.default_rng(seed)
        a, b = generator.random((2, 256, 3))
        blocks = [a, b]
        for i in range(3):
            block = a.copy()
            block[:, i] = b[:, i]
            blocks.append(block)
        found = sobol_indices(ishigami(np.concatenate(blocks)), tuple("abc"), 256, seed=seed)
        inside += found.first_low[1] <= first[1] <= found.first_high[1]
    assert inside >= 33  # binomial(40, 0.95) falls below 33 once in a thousand


def test_a_far_mean_does_not_matter():
    rows = 512
    y = ishigami(saltelli(rows, 3))
    one, other = (sobol_indices(y + shift, tuple("abc"), rows) for shift in (0.0, 1e6))
    np.testing.assert_allclose(one.first, other.first, atol=1e-6)
    np.testing.assert_allclose(one.second, other.second, atol=1e-6)


def test_failed_points_drop_their_row():
    rows = 512
    y = ishigami(saltelli(rows, 3))
    whole = sobol_indices(y, tuple("abc"), rows)
    y[5] = y[rows + 7] = np.nan
    found = sobol_indices(y, tuple("abc"), rows)
    assert (found.rows, found.dropped) == (rows - 2, 2)
    np.testing.assert_allclose(found.first, whole.first, atol=0.02)


@pytest.mark.parametrize(
    ("y", "base", "words"),
    [
        (np.arange(41.0), 8, "has base"),
        (np.ones(40), 8, "same at every point"),
        (np.arange(20.0), 4, "8 base rows"),
    ],
)
def test_what_is_refused(y, base, words):
    with pytest.raises(ParameterError, match=words):
        sobol_indices(y, tuple("abc"), base)


def trajectories(count, parameters, seed):
    generator = np.random.default_rng(seed)
    points = []
    for _ in range(count):
        here = generator.choice([0.0, 1 / 3], parameters)
        points.append(here)
        for which in generator.permutation(parameters):
            here = here.copy()
            here[which] += 2 / 3
            points.append(here)
    return np.array(points)


def test_morris_on_a_linear_function():
    """Every elementary effect of a linear function is its coefficient times the range: sigma is zero."""
    low, high = np.array([0.0, -1.0, 10.0]), np.array([2.0, 1.0, 11.0])
    x = low + (high - low) * trajectories(6, 3, 1)
    coefficients = np.array([3.0, -2.0, 0.0])
    found = elementary_effects(x, x @ coefficients, tuple("abc"), low, high)
    np.testing.assert_allclose(found.mu, coefficients * (high - low), atol=1e-9)
    np.testing.assert_allclose(found.mu_star, np.abs(coefficients * (high - low)), atol=1e-9)
    np.testing.assert_allclose(found.sigma, 0, atol=1e-9)
    np.testing.assert_allclose(found.mu_star_high, found.mu_star, atol=1e-9)


def test_morris_tells_an_interaction_by_sigma():
    x = trajectories(200, 3, 2)
    found = elementary_effects(x, x[:, 0] * x[:, 1] + x[:, 2], tuple("abc"), np.zeros(3), np.ones(3))
    assert found.sigma[0] > 0.2
    assert found.sigma[2] < 1e-9
    # x_b is 0, 1/3, 2/3 or 1 with equal chance while x_a moves: its mean is the effect of x_a
    assert found.mu[0] == pytest.approx(0.5, abs=0.08)


def test_morris_drops_failed_trajectories_and_refuses_others():
    x = trajectories(4, 2, 3)
    y = x.sum(axis=1)
    y[0] = np.nan
    found = elementary_effects(x, y, ("a", "b"), np.zeros(2), np.ones(2))
    assert (found.trajectories, found.dropped) == (3, 1)
    with pytest.raises(ParameterError, match="move one parameter"):
        elementary_effects(np.random.default_rng(0).random((12, 2)), y, ("a", "b"), np.zeros(2), np.ones(2))
