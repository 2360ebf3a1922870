"""Bargaining solutions."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.extensive import Decision, ExtensiveGame, Terminal
from sim.solvers.alternating_offers import alternating_offers, rubinstein_share
from sim.solvers.backward_induction import backward_induction
from sim.solvers.bargaining import ideal_gains, kalai_smorodinsky, nash_bargain, pareto_frontier


def hull_points(table, count, rng):
    """Random points of the convex hull, corners and edges included."""
    lotteries = rng.dirichlet(np.full(len(table), 0.3), count)
    return np.vstack([table, lotteries @ table])


def test_nash_on_the_hull_beats_every_sampled_lottery():
    rng = np.random.default_rng(0)
    agreed = 0
    for _ in range(20):
        players = int(rng.integers(2, 4))
        table = rng.normal(size=(int(rng.integers(2, 7)), players))
        bargain = nash_bargain(table, np.full(players, -0.4))
        points = hull_points(table, 4000, rng) + 0.4
        rational = points[(points >= 0).all(axis=1)]
        if not bargain.agreement:
            assert not (rational > 1e-6).all(axis=1).any()
            continue
        agreed += 1
        gains = bargain.utilities + 0.4
        assert bargain.lottery.sum() == pytest.approx(1.0)
        assert bargain.lottery @ table == pytest.approx(bargain.utilities)
        assert bargain.gap < 1e-6
        if len(rational):
            assert np.prod(gains) >= np.prod(rational, axis=1).max() - 1e-9
    assert agreed > 5


def test_kalai_smorodinsky_is_proportional_to_the_ideal_gains():
    """Two deals (4, 0) and (0, 2), disagreement 0: ideal (4, 2), so half of each."""
    rng = np.random.default_rng(1)
    for _ in range(15):
        table = rng.uniform(0, 3, (5, 2))
        bargain = kalai_smorodinsky(table, [0.0, 0.0])
        ideal = ideal_gains(table, [0.0, 0.0])
        points = hull_points(table, 4000, rng)
        assert points.max(axis=0) == pytest.approx(ideal)
        share = (bargain.utilities / ideal).min()
        assert share >= (points / ideal).min(axis=1).max() - 1e-9


def test_solutions_follow_units_and_names():
    """Nash and Kalai-Smorodinsky are invariant to each player's unit and zero, and symmetric."""
    rng = np.random.default_rng(2)
    for solution in (nash_bargain, kalai_smorodinsky):
        table, point = rng.uniform(0, 3, (6, 2)), np.array([0.3, 0.1])
        scale, shift = np.array([2.0, 0.5]), np.array([-1.0, 7.0])
        plain = solution(table, point).utilities
        assert solution(table * scale + shift, point * scale + shift).utilities == pytest.approx(
            plain * scale + shift, abs=1e-6
        )
        assert solution(table[:, ::-1], point[::-1]).utilities == pytest.approx(plain[::-1], abs=1e-6)


def test_pure_deals_list_their_ties():
    table = [[3, 1], [1, 3], [2, 1], [-1, 9]]
    nash = nash_bargain(table, [0, 0], lotteries=False)
    assert nash.ties == (0, 1)
    assert kalai_smorodinsky(table, [0, 0], lotteries=False).ties == (0, 1)
    # mixing (3, 1) and (-1, 9) with weight s gives (3 - 4s)(1 + 8s), largest at s = 5/16
    assert nash_bargain(table, [0, 0]).utilities == pytest.approx([1.75, 3.5], abs=1e-6)
    assert pareto_frontier(table) == (0, 1, 3)


def test_no_deal_where_nobody_can_gain():
    for solution in (nash_bargain, kalai_smorodinsky):
        for lotteries in (True, False):
            bargain = solution([[-1, 5], [5, -1]], [4, 4], lotteries=lotteries)
            assert not bargain.agreement
            assert bargain.utilities.tolist() == [4, 4]
            assert bargain.lottery.sum() == 0
    swap = nash_bargain([[-1, 5], [5, -1]], [0, 0])  # only the lottery is acceptable to both
    assert swap.agreement
    assert swap.utilities == pytest.approx([2, 2], abs=1e-6)


def test_alternating_offers_by_the_whole_tree():
    """The same game written as a tree and solved by backward induction."""
    rng = np.random.default_rng(4)
    for _ in range(12):
        deals = rng.integers(0, 40, (4, 2)) + 0.013 * rng.random((4, 2))  # no ties
        factors, deadline, first = rng.uniform(0.3, 1.0, 2), 3, int(rng.integers(2))

        def offers(number, deals=deals, factors=factors, deadline=deadline, first=first):
            if number == deadline:
                return Terminal([0.0, 0.0])
            proposer = (first + number) % 2
            later = offers(number + 1)
            answers = [
                Decision(
                    1 - proposer,
                    f"{number}: answer to {k}",
                    [Terminal(deals[k] * factors**number), relabelled(later, f"{number}.{k}")],
                )
                for k in range(len(deals))
            ]
            wait = relabelled(later, f"{number}.wait")
            return Decision(proposer, f"{number}: offer", [*answers, wait])

        perfect = backward_induction(ExtensiveGame(offers(0))).payoffs
        rounds = alternating_offers(deals, [0, 0], factors, deadline=deadline, first=first)
        assert len({tuple(np.round(p, 9)) for p in perfect}) == 1
        assert rounds[0].values == pytest.approx(perfect[0])


def relabelled(node, prefix):
    """A copy of the subtree with information sets of its own."""
    if isinstance(node, Terminal):
        return node
    children = [relabelled(child, prefix) for child in node.children]
    return Decision(node.player, f"{prefix} {node.information_set}", children)


def test_a_fine_pie_and_a_far_deadline_give_rubinsteins_split():
    grid = 2000
    pies = np.array([[k / grid, 1 - k / grid] for k in range(grid + 1)])
    for factors in ((0.9, 0.9), (0.8, 0.6), (0.5, 0.7)):
        rounds = alternating_offers(pies, [0, 0], factors, deadline=120)
        # each round of rounding can cost one step of the grid; the losses shrink by the product of the factors
        slack = 1 / grid / (1 - factors[0] * factors[1])
        assert rounds[0].values[0] == pytest.approx(rubinstein_share(*factors), abs=slack)
        assert rounds[0].proposer == 0


def test_an_ultimatum_is_the_last_round():
    rounds = alternating_offers([[k, 4 - k] for k in range(5)], [0, 0], [0.9, 0.9], deadline=1)
    assert rounds[0].proposals == (4,)
    assert rounds[0].accepted.all()


def test_bad_bargaining_input_is_refused():
    with pytest.raises(ParameterError, match="at least one deal"):
        nash_bargain(np.zeros((0, 2)), [0, 0])
    with pytest.raises(ParameterError, match="disagreement"):
        nash_bargain([[1, 2]], [0, 0, 0])
    with pytest.raises(ParameterError, match="finite"):
        kalai_smorodinsky([[1, float("inf")]], [0, 0])
    with pytest.raises(ParameterError, match=r"discounts must be 2 numbers in \[0, 1\]"):
        alternating_offers([[1, 2]], [0, 0], [0.5, 1.5], deadline=2)
    with pytest.raises(ParameterError, match="deadline must be at least 1"):
        alternating_offers([[1, 2]], [0, 0], [0.5, 0.5], deadline=0)
    with pytest.raises(ParameterError, match=r"proposer must lie in \[0, 1\), got 1"):
        rubinstein_share(1.0, 0.5)
