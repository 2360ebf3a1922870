"""Whether numbers have settled with the plays at each point, apart from the points: tables made by hand."""

import numpy as np
import pytest

from sim.study.analysis.findings import findings
from sim.study.sweep_table import SweepTable

POINTS, PLAYS = 200, 400


def table(rng, *, shift=0.0, **more):
    """Points whose outcome is x plus the error of common dice, half of which the first half of the plays have."""
    x = rng.random((POINTS, 1))
    first, second = rng.normal(0, 0.02, 2)
    y = x[:, 0] / 2 + (first + second) / 2
    return SweepTable(
        design="latin_hypercube",
        names=("x",),
        kinds=("uncertainty",),
        units=("",),
        low=np.zeros(1),
        high=np.ones(1),
        values=x,
        outcomes={"harm": y},
        errors={"harm": np.full(POINTS, 0.02 / np.sqrt(2))},
        outcome_units={"harm": "units"},
        halves={"harm": x[:, 0] / 2 + first + shift},
        replications=PLAYS,
        **more,
    )


def by_plays(found):
    return [each for each in found.convergence if each.name.endswith("by plays")]


def test_a_mean_from_half_of_the_plays_stands_beside_that_from_all():
    made = table(np.random.default_rng(1))
    (settling,) = by_plays(findings(made, "harm"))
    assert settling.counts.tolist() == [PLAYS // 2, PLAYS]
    np.testing.assert_allclose(
        settling.estimates, [made.halves["harm"].mean(), made.outcomes["harm"].mean()], rtol=1e-12
    )
    widths = settling.high - settling.low
    np.testing.assert_allclose(widths, 2 * 1.959964 * 0.02 / np.sqrt([1, 2]), rtol=1e-6)


def test_means_that_only_dice_move_are_settled_in_nineteen_of_twenty_tables():
    rng = np.random.default_rng(2)
    settled = sum(by_plays(findings(table(rng), "harm"))[0].settled for _ in range(200))
    assert abs(settled - 190) <= 4 * np.sqrt(200 * 0.95 * 0.05)


def test_plays_that_differ_by_more_than_their_dice_are_not_settled():
    (settling,) = by_plays(findings(table(np.random.default_rng(3), shift=0.1), "harm"))
    assert not settling.settled


@pytest.mark.parametrize("more", [{"halves": {}}, {"replications": 0}, {"replications": 1}])
def test_nothing_is_said_of_plays_where_there_are_no_halves_or_no_plays_to_halve(more):
    made = table(np.random.default_rng(4))
    given = {name: getattr(made, name) for name in SweepTable.__dataclass_fields__} | more
    assert by_plays(findings(SweepTable(**given), "harm")) == []


def test_indices_are_told_by_plays_too():
    rng = np.random.default_rng(5)
    base, weights = 64, np.array([1.0, 0.5])
    a, b = rng.random((2, base, 2))
    mixed = [np.where(np.arange(2) == i, b, a) for i in range(2)]
    values = np.concatenate([a, b, *mixed])
    y = values @ weights
    made = SweepTable(
        design="saltelli",
        base=base,
        names=("x", "z"),
        kinds=("uncertainty",) * 2,
        units=("",) * 2,
        low=np.zeros(2),
        high=np.ones(2),
        values=values,
        outcomes={"harm": y},
        outcome_units={"harm": "units"},
        halves={"harm": values @ (weights + np.array([0.1, -0.1]))},
        replications=PLAYS,
    )
    told = {each.name: each for each in by_plays(findings(made, "harm"))}
    assert set(told) == {
        "mean over the points, by plays",
        *(f"{kind} index of {name}, by plays" for kind in ("first", "total") for name in ("x", "z")),
    }
    half, whole = told["total index of x, by plays"].estimates
    exact = [1.1**2 / (1.1**2 + 0.4**2), 1 / (1 + 0.25)]
    np.testing.assert_allclose([half, whole], exact, atol=0.25)
    assert half > whole
