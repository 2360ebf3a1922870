"""The regime map: a cell's advantage is the certificate of a pure equilibrium, and its threshold is found."""

from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.study.regime_map import cell_advantages, regime_map


@given(arrays(np.float64, (3, 2, 3, 4), elements=st.integers(-3, 3).map(float)))
def test_advantages_are_the_least_loss_of_a_deviation(payoffs):
    found = cell_advantages(payoffs)
    for game, row, column in np.ndindex(3, 3, 4):
        first, second = payoffs[game]
        losses = [first[row, column] - first[k, column] for k in range(3) if k != row]
        losses += [second[row, column] - second[row, k] for k in range(4) if k != column]
        assert found[game, row, column] == min(losses)


def test_a_linear_threshold_is_recovered():
    """Cooperating pays where 2 x - y >= 0.3; a third number has nothing to do with it."""
    draws = 40
    names = ("a.x", "b.y", "c.z")
    uniforms = {}

    def values(given, count):
        uniforms.update(given)
        return {name: given[name] for name in names}

    scenario = SimpleNamespace(uncertain=names, values=values)

    class Stage:
        equilibria = (None,) * draws

        @property
        def payoffs(self):
            gain = 2 * uniforms["a.x"] - uniforms["b.y"] - 0.3
            zero = np.zeros(draws)
            own = np.array([[gain, zero - 5], [zero, zero + 1]])  # [row, column, draws]
            return np.moveaxis(np.array([own, np.swapaxes(own, 0, 1)]), -1, 0)

    stage = Stage()
    from sim.engine.philox import epistemic_uniforms

    uniforms.update(epistemic_uniforms(7, names, draws))
    found = regime_map(scenario, stage, 7)
    assert set(found.paths) == {"a.x", "b.y"}
    assert found.cell == (0, 0)
    assert found.explained > 1 - 1e-9
    constant, *slopes = found.line
    assert np.allclose(dict(zip(found.paths, slopes, strict=True))["a.x"], 2)
    assert np.isclose(constant, -0.3)
    stage.equilibria = (None,) * 3
    assert regime_map(scenario, stage, 7) is None


def test_noise_has_no_threshold():
    """Payoffs that no number moves: the best of a hundred numbers must not look like a finding."""
    draws, rng, lines = 40, np.random.default_rng(1), 0
    names = tuple(f"n{k:03d}" for k in range(100))
    scenario = SimpleNamespace(uncertain=names, values=lambda given, count: given)
    for seed in range(20):
        stage = SimpleNamespace(equilibria=(None,) * draws, payoffs=rng.normal(size=(draws, 2, 3, 3)))
        lines += regime_map(scenario, stage, seed).line is not None
    assert lines <= 5  # one in twenty is expected; six or more have a chance of 0.0003
