"""Minmax, payoff sets and Abreu-Sannikov: catalogue, a second solver, closed forms, degenerate sets."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, deviation_payoffs
from sim.games.repeated import RepeatedGame
from sim.solvers import convex_polygon as polygon
from sim.solvers.abreu_sannikov import abreu_sannikov
from sim.solvers.minmax import mixed_minmax, pure_minmax
from sim.solvers.payoff_set import payoff_set
from sim.solvers.solution import Status

CASES = [
    case
    for case in json.loads((Path(__file__).parents[2] / "data/repeated_games.json").read_text())
    if case["id"].startswith("rep-as")
]
DILEMMA = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])


def same_set(first, second, tol):
    return polygon.hausdorff(polygon.hull(first), polygon.hull(second)) <= tol


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_catalogue_of_equilibrium_payoff_sets(case):
    game = RepeatedGame(NormalFormGame(case["game"]["stage_payoffs"]), case["game"]["delta"])
    found = abreu_sannikov(game)
    expected = case["expected"]
    assert found.status is Status.CONVERGED
    assert same_set(found.vertices, expected["vertices"], 1e-6)
    assert found.area == pytest.approx(expected["area"], abs=1e-6)
    for query in expected["membership"]:
        assert found.contains(query["point"]) is query["inside"]


@pytest.mark.parametrize("discount", [0.1, 0.2, 0.24, 0.26, 0.3, 0.4, 0.49])
def test_below_the_grim_threshold_taking_turns_needs_a_quarter(discount):
    """Mutual compliance needs δ >= 1/2; suffering a breach now for the right to commit one needs δ >= 1/4.

    The sucker, who could gain P - S = 1, is promised w_2 = 1/δ; on the line x + y = const through (x, 1) the
    recursion x = 5 (1-δ) + δ w_1 has the solution x = 4 for every δ, and 1/δ <= 4 gives the threshold.
    """
    found = abreu_sannikov(RepeatedGame(DILEMMA, discount))
    assert found.status is Status.CONVERGED
    expected = [[1, 1], [4, 1], [1, 4]] if discount > 0.25 else [[1, 1]]
    assert same_set(found.vertices, expected, 1e-7)
    assert found.worst == pytest.approx([1, 1])


def test_at_discount_zero_the_set_is_the_hull_of_the_stage_equilibria():
    chicken = NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]])
    assert abreu_sannikov(RepeatedGame(chicken, 0.0)).vertices.tolist() == [[2, 7], [7, 2]]
    common = NormalFormGame([[[1, 0], [0, 2]], [[1, 0], [0, 2]]])
    assert abreu_sannikov(RepeatedGame(common, 0.0)).vertices.tolist() == [[1, 1], [2, 2]]


def test_identical_interests_give_a_segment():
    """All payoffs lie on the diagonal; at δ near 1 the set runs from the minmax 1 to the best payoff 2.

    Minmax of [[2, 0], [0, 1]]: the other plays its second action, the best reply gives 1.
    """
    common = NormalFormGame([[[2, 0], [0, 1]], [[2, 0], [0, 1]]])
    found = abreu_sannikov(RepeatedGame(common, 0.9))
    assert found.status is Status.CONVERGED
    assert len(found.vertices) == 2
    assert found.vertices[-1] == pytest.approx([2, 2])
    assert found.worst == pytest.approx([1, 1])


def test_no_equilibrium_in_pure_actions_is_said_and_not_invented():
    """Matching pennies: every pure profile has a deviation gain of 2, too much when δ is small."""
    pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    found = abreu_sannikov(RepeatedGame(pennies, 0.1))
    assert found.status is Status.INFEASIBLE
    assert found.vertices.shape == (0, 2)
    assert not found.contains([0, 0])


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), discount=st.sampled_from([0.2, 0.45, 0.7, 0.9]))
def test_agrees_with_iterating_the_definition(seed, discount):
    """An independent set iteration: W -> co of (1-δ) g(a) + δ (all of W that sustains a), by clipping."""
    rng = np.random.default_rng(seed)
    stage = NormalFormGame(rng.integers(0, 6, size=(2, 2, 3)).astype(float))
    current = polygon.hull(stage.payoffs.reshape(2, -1).T)
    for _ in range(2000):
        points = []
        for joint in np.ndindex(2, 3):
            value = stage.payoffs[(slice(None), *joint)]
            gain = np.array([stage.payoffs[0][:, joint[1]].max(), stage.payoffs[1][joint[0]].max()]) - value
            floor = (current.min(axis=0) if len(current) else np.zeros(2)) + gain * (1 - discount) / discount
            part = polygon.clip(polygon.clip(current, (1, 0), floor[0] - 1e-9), (0, 1), floor[1] - 1e-9)
            points += [(1 - discount) * value + discount * w for w in part]
        following = polygon.hull(np.array(points))
        moved, current = polygon.hausdorff(current, following), following
        if moved < 1e-9:
            break
    found = abreu_sannikov(RepeatedGame(stage, discount))
    if len(current) == 0:
        assert found.status is Status.INFEASIBLE
    else:
        assert polygon.hausdorff(found.vertices, current) < 1e-5


@pytest.mark.slow  # the peer compiles for half a minute
def test_agrees_with_quantecon():
    quantecon = pytest.importorskip("quantecon.game_theory")
    rng = np.random.default_rng(7)
    for _ in range(8):
        payoffs = rng.integers(0, 9, size=(2, 3, 3)).astype(float)
        peer = quantecon.RepeatedGame(
            quantecon.NormalFormGame(
                [quantecon.Player(payoffs[0].copy()), quantecon.Player(np.ascontiguousarray(payoffs[1].T))]
            ),
            0.7,
        )
        try:
            theirs, _ = peer.equilibrium_payoffs(
                options={"max_iter": 300, "u_init": pure_minmax(NormalFormGame(payoffs)).values.copy()}
            )
        except Exception:  # noqa: BLE001  # it raises where the set is a point, a segment or empty
            continue
        found = abreu_sannikov(RepeatedGame(NormalFormGame(payoffs), 0.7))
        assert same_set(found.vertices, theirs.points[theirs.vertices], 1e-4)


@pytest.mark.parametrize(
    ("game", "message"),
    [
        (RepeatedGame(NormalFormGame(np.zeros((3, 2, 2, 2))), 0.5), "needs 2 players, got 3"),
        (RepeatedGame(DILEMMA, [0.5, 0.6]), "common discount factor, got 0.5 and 0.6"),
        (RepeatedGame(DILEMMA, 0.5, np.full((2, 2, 2), 0.5)), "needs perfect monitoring"),
        (RepeatedGame(DILEMMA, 0.5, execution_error=0.1), "needs perfect monitoring"),
    ],
)
def test_games_of_another_form_are_refused(game, message):
    with pytest.raises(ParameterError, match=message):
        abreu_sannikov(game)


def test_mixed_punishment_is_harsher_than_pure_in_matching_pennies():
    pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    assert pure_minmax(pennies).values.tolist() == [1, 1]
    assert mixed_minmax(pennies).values == pytest.approx([0, 0])
    assert mixed_minmax(pennies).punishments[0][1] == pytest.approx([0.5, 0.5])


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), players=st.sampled_from([1, 2, 3]))
def test_punishments_hold_players_to_the_value_and_bounds_are_ordered(seed, players):
    rng = np.random.default_rng(seed)
    stage = NormalFormGame(rng.normal(size=(players, *[2, 3, 2][:players])))
    mixed, pure = mixed_minmax(stage), pure_minmax(stage)
    for i in range(players):
        for minmax in (mixed, pure):
            assert deviation_payoffs(stage, minmax.punishments[i])[i].max() == pytest.approx(minmax.values[i])
    assert (mixed.lower <= mixed.values + 1e-9).all()
    assert (mixed.values <= pure.values + 1e-9).all()
    if players == 2:  # no mixture on a fine grid does better
        shares = np.linspace(0, 1, 401)
        column = stage.payoffs[1]  # player 1 is punished by player 0's two actions
        grid = (shares[:, None] * column[0] + (1 - shares)[:, None] * column[1]).max(axis=1).min()
        assert mixed.values[1] <= grid + 1e-9
        assert grid - mixed.values[1] < 0.02
        assert mixed.proved.all()


def test_correlated_punishment_can_be_harsher_with_three_players():
    """Player 0 chooses among three bets against the others' pair; only correlation can fight all at once.

    Rows pay 1 where (b, c) is (0,0), (1,1), or the two differ; correlated 1/3 each way holds it to 1/3 + ...:
    independent fair coins give max(1/4, 1/4, 1/2); the best independent mixture solves p q = 1 - p q -
    (1-p)(1-q).
    """
    payoffs = np.zeros((3, 3, 2, 2))
    payoffs[0, 0, 0, 0] = payoffs[0, 1, 1, 1] = payoffs[0, 2, 0, 1] = payoffs[0, 2, 1, 0] = 1
    found = mixed_minmax(NormalFormGame(payoffs))
    assert found.lower[0] == pytest.approx(1 / 3)
    grid = np.linspace(0, 1, 1001)
    p, q = np.meshgrid(grid, grid)
    independent = np.maximum.reduce([p * q, (1 - p) * (1 - q), p * (1 - q) + q * (1 - p)]).min()
    assert found.values[0] <= 0.5
    assert found.values[0] >= independent - 2e-3
    assert not found.proved[0]


def test_folk_theorem_set_of_the_dilemma():
    """Above (1, 1): corners where a party gets 1 on the edge (0, 5)-(3, 3): y = 5 - 2x/3 at x = 1 is 13/3."""
    found = payoff_set(DILEMMA)
    assert same_set(found.vertices, [[1, 1], [13 / 3, 1], [3, 3], [1, 13 / 3]], 1e-9)
    assert found.contains([2, 2])
    assert not found.contains([0.9, 4])
    assert not found.contains([4.4, 1.0])


def test_payoff_set_counts_execution_errors():
    found = payoff_set(RepeatedGame(DILEMMA, 0.5, execution_error=0.5))
    assert found.vertices == pytest.approx(np.array([[2.25, 2.25]]))


def test_payoff_set_of_three_players_with_full_and_with_lower_dimension():
    """Public good, multiplier 2, three players: payoff 2k/3 - own contribution, minmax 0."""
    contributions = np.array(list(np.ndindex(2, 2, 2)))
    payoffs = np.stack([contributions.sum(axis=1) * 2 / 3 - contributions[:, i] for i in range(3)]).reshape(
        3, 2, 2, 2
    )
    found = payoff_set(NormalFormGame(payoffs))
    assert found.minmax.values == pytest.approx([0, 0, 0])
    assert found.contains([1, 1, 1])
    assert found.contains([0, 0, 0])
    assert found.contains([0.5, 0.5, 0.5])
    assert not found.contains([1.2, 1.2, 0.9])
    assert (found.vertices >= -1e-9).all()
    same = NormalFormGame(np.array([[[[2.0, 1.0], [1.0, 0.0]], [[1.0, 0.0], [0.0, 0.0]]]] * 3))
    line = payoff_set(same)
    assert len(line.vertices) == 2
    assert line.contains([1.5, 1.5, 1.5])
    assert not line.contains([1.5, 1.5, 1.4])


def test_polygon_operations_on_points_and_segments():
    point, segment = polygon.hull([[1, 1], [1, 1]]), polygon.hull([[0, 0], [2, 2], [1, 1]])
    assert point.tolist() == [[1, 1]]
    assert segment.tolist() == [[0, 0], [2, 2]]
    assert polygon.clip(segment, (1, 0), 1.0).tolist() == [[1, 1], [2, 2]]
    assert polygon.clip(point, (1, 0), 2.0).shape == (0, 2)
    assert polygon.distance([2, 0], segment) == pytest.approx(np.sqrt(2))
    assert polygon.distance([1, 3], point) == 2
    assert polygon.area(segment) == 0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=1, max_size=15))
def test_hull_contains_its_points_and_is_convex(points):
    found = polygon.hull(points)
    assert all(polygon.distance(p, found) < 1e-9 for p in points)
    assert {tuple(v) for v in found} <= {tuple(map(float, p)) for p in points}
    if len(found) > 2:
        a, b, c = found, np.roll(found, -1, axis=0), np.roll(found, -2, axis=0)
        turn = (b - a)[:, 0] * (c - b)[:, 1] - (b - a)[:, 1] * (c - b)[:, 0]
        assert (turn > 0).all()
