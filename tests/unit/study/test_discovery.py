"""PRIM and the tree find a box that is known; coverage and density count what they say."""

from itertools import pairwise

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.study.analysis.box import Box, fit_of
from sim.study.analysis.prim import prim
from sim.study.analysis.tree import tree

NAMES = ("a", "b", "c", "d")


def cases(count, seed, noise=0.0):
    """The event happens where a > 0.6 and b < 0.5, 20 % of the cube, and by accident in `noise` of the rest."""
    generator = np.random.default_rng(seed)
    x = generator.random((count, 4))
    y = ((x[:, 0] > 0.6) & (x[:, 1] < 0.5)).astype(float)
    return x, np.where(generator.random(count) < noise, 1.0, y)


def test_coverage_and_density_by_hand():
    x = np.array([[0.1], [0.2], [0.8], [0.9]])
    fit = fit_of(Box(limits={"a": (0.15, np.inf)}), x, np.array([1.0, 0.0, 1.0, 1.0]), ("a",))
    assert (fit.density, fit.coverage, fit.support, fit.base) == (2 / 3, 2 / 3, 0.75, 0.75)


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_prim_finds_a_known_box(noise):
    found = prim(*cases(4000, 1, noise), NAMES, event="it happens")
    box = found.chosen.box.limits
    assert set(box) == {"a", "b"}  # c and d do nothing
    assert box["a"][0] == pytest.approx(0.6, abs=0.03)
    assert box["b"][1] == pytest.approx(0.5, abs=0.03)
    assert found.chosen.held_out
    assert found.chosen.density > 0.93
    hits = 0.2 + 0.8 * noise
    assert found.chosen.coverage == pytest.approx(0.2 / hits, abs=0.06)
    assert max(found.p_values.values()) < 1e-6


def test_the_trajectory_trades_coverage_for_density():
    path = prim(*cases(4000, 2, 0.1), NAMES, event="").trajectory
    coverage = [fit.coverage for fit in path]
    assert path[0].coverage == 1
    assert path[0].density == pytest.approx(path[0].base)
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(coverage))


def test_prim_with_probabilities_in_place_of_events():
    x, y = cases(4000, 3)
    found = prim(x, 0.1 + 0.8 * y, NAMES, event="")
    assert found.chosen.density == pytest.approx(0.9, abs=0.02)
    assert set(found.chosen.box.limits) == {"a", "b"}


def test_prim_of_nothing_restricts_nothing():
    """Where the event does not depend on the parameters, held-out density stays at the base rate."""
    generator = np.random.default_rng(4)
    found = prim(generator.random((2000, 4)), (generator.random(2000) < 0.3).astype(float), NAMES, event="")
    assert found.chosen.density == pytest.approx(found.chosen.base, abs=0.08)


def test_discrete_parameters_are_cut_between_their_values():
    x, y = cases(3000, 5)
    x[:, 0] = np.round(x[:, 0], 1)
    y = ((x[:, 0] > 0.65) & (x[:, 1] < 0.5)).astype(float)
    low = prim(x, y, NAMES, event="").chosen.box.limits["a"][0]
    assert 0.6 < low < 0.7


def test_tree_finds_the_same_box():
    found = tree(*cases(4000, 6), NAMES, event="it happens", depth=2)
    densest = found.leaves[0]
    assert densest.density > 0.97
    assert densest.coverage > 0.93
    assert set(densest.box.limits) == {"a", "b"}
    assert set(found.order) == {"a", "b"}
    assert found.explained > 0.9
    assert sum(leaf.coverage for leaf in found.leaves) == pytest.approx(1)
    assert sum(leaf.support for leaf in found.leaves) == pytest.approx(1)


def test_tree_explains_no_variance_of_noise():
    generator = np.random.default_rng(7)
    x, y = generator.random((4000, 4)), (generator.random(4000) < 0.5).astype(float)
    assert tree(x, y, NAMES, event="").explained < 0.02


def test_the_cut_of_a_step_function_is_exact():
    """One parameter, one step: the gain of the cut is the whole variance."""
    x = np.linspace(0, 1, 60)[:, None]
    found = tree(x, (x[:, 0] > 0.5).astype(float), ("a",), event="", depth=1)
    assert found.gains[0] == pytest.approx(1)
    assert found.explained == pytest.approx(1)


@pytest.mark.parametrize(
    ("y", "words"),
    [(np.full(100, 0.5), "equally often"), (np.linspace(0, 2, 100), "shares"), (np.ones(9), "at least 40")],
)
def test_what_is_refused(y, words):
    x = np.random.default_rng(8).random((len(y), 4))
    with pytest.raises(ParameterError, match=words):
        prim(x, y, NAMES, event="")
