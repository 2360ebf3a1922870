"""Designs have the properties that define them, and say what is odd about them."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.model.uncertain import parse_value
from sim.study.sweep.column import Column, parse_columns
from sim.study.sweep.design import DESIGNS, DesignOptions, build_design, remarks


def uniform(path, low=0.0, high=1.0):
    return Column(path=path, kind="uncertainty", law=parse_value(["uniform", low, high], path))


def values(kind, columns, **options):
    return build_design(columns, np.full(len(columns), 0.5), DesignOptions(kind=kind, **options)).values


def test_a_grid_holds_every_combination_once_and_the_last_column_varies_fastest():
    columns = [Column(path=name, kind="lever", levels=(1.0, 2.0, 3.0)) for name in "ab"]
    assert values("grid", columns).tolist() == [[i, j] for i in (1, 2, 3) for j in (1, 2, 3)]


def test_a_distribution_in_a_grid_stands_at_its_mid_quantiles():
    assert values("grid", [uniform("a", 0, 8)], levels=4)[:, 0].tolist() == [1, 3, 5, 7]


def test_a_list_takes_values_together_and_refuses_unequal_lengths():
    columns = [
        Column(path="a", kind="lever", levels=(1.0, 2.0)),
        Column(path="b", kind="lever", levels=("x", "y")),
    ]
    assert values("list", columns).tolist() == [[1, 0], [2, 1]]
    with pytest.raises(ParameterError, match="as many values in every column, got a 2, c 3"):
        values("list", [columns[0], Column(path="c", kind="lever", levels=(1.0, 2.0, 3.0))])


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_each_of_n_equal_shares_of_every_column_holds_one_point(kind):
    found = values(kind, [uniform("a"), uniform("b"), uniform("c")], size=64, seed=3)
    assert (np.sort(np.floor(found * 64), axis=0) == np.arange(64)[:, None]).all()


def test_sobol_fills_boxes_that_a_random_sample_would_not():
    # a net: 64 points put exactly one into each box of 8 x 8 in the first two dimensions
    found = values("sobol", [uniform("a"), uniform("b")], size=64, seed=9)
    assert len({tuple(box) for box in np.floor(found * 8).astype(int)}) == 64


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_a_further_column_and_another_order_leave_a_column_as_it_was(kind):
    alone = values(kind, [uniform("a"), uniform("b")], size=16, seed=5)
    more = values(kind, [uniform("a"), uniform("b"), uniform("c")], size=16, seed=5)
    assert (alone == more[:, :2]).all()
    assert (alone != values(kind, [uniform("a"), uniform("b")], size=16, seed=6)).all()


@pytest.mark.parametrize("second_order", [False, True])
def test_saltelli_has_the_layout_that_its_analysis_relies_on(second_order):
    columns = [uniform("a"), uniform("b"), uniform("c")]
    found = values("saltelli", columns, size=8, second_order=second_order)
    blocks = found.reshape(-1, 8, 3)
    assert len(blocks) == (8 if second_order else 5)
    first, second = blocks[0], blocks[1]
    assert (first != second).all()
    for place in range(3):
        mixed = first.copy()
        mixed[:, place] = second[:, place]
        assert (blocks[2 + place] == mixed).all()
        if second_order:
            mixed = second.copy()
            mixed[:, place] = first[:, place]
            assert (blocks[5 + place] == mixed).all()


@pytest.mark.parametrize("levels", [4, 6])
def test_morris_moves_each_column_once_per_trajectory_by_half_the_grid(levels):
    columns = [uniform("a"), uniform("b"), Column(path="c", kind="lever", levels=("x", "y", "z"))]
    found = values("morris", columns, size=20, levels=levels, seed=2).reshape(20, 4, 3)
    moved = np.diff(found, axis=1) != 0
    assert (moved.sum(axis=2) == 1).all()
    assert (moved.sum(axis=1) == 1).all()
    steps = np.abs(np.diff(found[:, :, :2], axis=1)).max(axis=1)
    assert np.allclose(steps, levels / 2 / (levels - 1))
    assert (found[:, :, :2] >= 0).all()
    assert (found[:, :, :2] <= 1).all()


def test_one_at_a_time_moves_one_column_from_the_baseline():
    columns = [uniform("a"), Column(path="b", kind="lever", levels=(0.5, 2.0))]
    assert values("one_at_a_time", columns).tolist() == [[0.5, 0.5], [0.05, 0.5], [0.95, 0.5], [0.5, 2.0]]


def test_points_that_coincide_and_points_equal_to_the_baseline_are_said():
    columns = [
        Column(path="a", kind="lever", levels=(1.0, 2.0)),
        Column(path="b", kind="lever", levels=("x", "y")),
    ]
    design = build_design(columns, np.array([2.0, 0.0]), DesignOptions(kind="grid"))
    (line,) = remarks(design, np.array([2.0, 0.0]))
    assert line == "1 of 4 points equal the baseline: 2."
    coarse = [Column(path="a", kind="lever", levels=(1.0, 2.0))]
    drawn = build_design(coarse, np.array([9.0]), DesignOptions(kind="latin_hypercube", size=6))
    (line,) = remarks(drawn, np.array([9.0]))
    assert line.startswith("4 of 6 points repeat an earlier one, point 0 for instance (a=")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "gird"}, f"study.design.kind must be one of {', '.join(DESIGNS)}, got 'gird'"),
        ({"kind": "latin_hypercube"}, "size must be at least 1 in a latin_hypercube design, got 0"),
        ({"kind": "saltelli", "size": 12}, "size must be a power of 2 in a saltelli design, got 12"),
        ({"kind": "morris", "size": 2, "levels": 5}, "levels must be at least 2, and even for morris, got 5"),
        ({"kind": "sobol", "size": 1 << 24}, "at most 10,000,000 points, got 16,777,216"),
        ({"kind": "grid", "seed": -1}, "study.design.seed must be at least 0, got -1"),
    ],
)
def test_a_design_that_cannot_be_is_one_line(options, words):
    with pytest.raises(ParameterError) as raised:
        values(columns=[uniform("a")], **options)
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("levers", "words"),
    [
        ({"a": ["uniform", 0.8, 0.2]}, "needs low <= high"),
        ({"a": ["range", 0.8, 0.2, 3]}, "needs low < high, got [range, 0.8, 0.2, 3]"),
        ({"a": ["range", 0.2, 0.8, 1]}, "a count of 2 or more"),
        ({"a": [0.2, 0.2]}, "must take different values"),
        ({"a": ["uniform", 0.2, 0.2]}, "must vary"),
        ({"a": "prior"}, "must have a distribution in the scenario to be prior, got None"),
        ({"a": 0.5}, "must be a list of values"),
        ({"a": [0.5, "x"]}, "numbers only or names only"),
        ({"a": []}, "must be a list of values"),
        ({}, "must vary something"),
    ],
)
def test_a_column_that_cannot_be_is_one_line(levers, words):
    with pytest.raises(ParameterError) as raised:
        parse_columns({}, levers, {})
    assert words in str(raised.value)


def test_a_parameter_is_an_uncertainty_or_a_lever():
    with pytest.raises(
        ParameterError, match=r"a must be either under study\.uncertainties or under study\.levers"
    ):
        parse_columns({"a": [1, 2]}, {"a": [1, 2]}, {})
