"""Perfect public equilibria: a closed form, perfect monitoring, linear programmes by scipy."""

import numpy as np
import pytest
from scipy.optimize import linprog

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.solvers import convex_polygon as polygon
from sim.solvers.abreu_sannikov import abreu_sannikov
from sim.solvers.aps import aps
from sim.solvers.audit import audit
from sim.solvers.solution import Status
from sim.strategies.textbook import suspension, trigger

STAGE = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])


def alarmed(false_alarm, detection, discount, both=None):
    alarm = np.array([[false_alarm, detection], [detection, detection if both is None else both]])
    return RepeatedGame(STAGE, discount, np.stack([1 - alarm, alarm], axis=-1))


def test_the_best_symmetric_payoff_is_the_closed_form():
    """Abreu, Milgrom & Pearce (1991): R - (T - R) α / (d - α), whatever δ is once it can be sustained at all.

    Here 3 - 2 * .05 / .55 = 2.818182, from δ = 2/3 on (the grim threshold of REFERENCE AT-07).
    """
    found = aps(alarmed(0.05, 0.6, 0.7))
    assert found.status is Status.CONVERGED
    best = 3 - 2 * 0.05 / 0.55
    assert found.contains([best, best], tol=1e-3)
    assert not found.contains([best + 2e-3, best + 2e-3], tol=1e-4)
    below = aps(alarmed(0.05, 0.6, 0.6))
    assert below.vertices.max() < 1 + 1e-3


def test_values_of_audited_equilibria_lie_in_the_set():
    game = alarmed(0.1, 0.7, 0.8, both=0.9)
    found = aps(game)
    members = 0
    for profile in ((trigger(), trigger()), *((suspension(k), suspension(k)) for k in range(1, 7))):
        report = audit(game, profile)
        if report.perfect:
            members += 1
            assert found.contains(report.values * 0.2, tol=1e-3)
    assert members >= 2


@pytest.mark.parametrize("discount", [0.3, 0.6, 0.8])
def test_perfect_monitoring_is_a_special_case(discount):
    for payoffs in (STAGE.payoffs, np.array([[[6.0, 2.0], [7.0, 0.0]], [[6.0, 7.0], [2.0, 0.0]]])):
        game = RepeatedGame(NormalFormGame(payoffs), discount)
        found, exact = aps(game), abreu_sannikov(game)
        assert found.status is Status.CONVERGED
        assert polygon.hausdorff(found.vertices, exact.vertices) < 1e-3
        if found.inner is not None:
            assert max(polygon.distance(v, exact.vertices) for v in found.inner) < 1e-4


def test_the_inner_set_lies_within_the_outer():
    found = aps(alarmed(0.05, 0.8, 0.85))
    assert found.inner is not None
    assert max(polygon.distance(v, found.vertices) for v in found.inner) < 1e-3


def test_a_blind_signal_and_discount_zero_leave_the_stage_equilibrium():
    blind = RepeatedGame(STAGE, 0.95, np.full((2, 2, 2), 0.5))
    assert polygon.hausdorff(aps(blind).vertices, np.array([[1.0, 1.0]])) < 1e-3
    assert polygon.hausdorff(aps(alarmed(0.05, 0.6, 0.0)).vertices, np.array([[1.0, 1.0]])) < 1e-6


def test_no_equilibrium_in_pure_actions():
    pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    found = aps(RepeatedGame(pennies, 0.3, np.full((2, 2, 2), 0.5)))
    assert found.status is Status.INFEASIBLE
    assert len(found.vertices) == 0


def test_the_compiled_linear_programme_agrees_with_scipy():
    from sim.solvers.kernels.continuation import best_continuation

    rng = np.random.default_rng(3)
    outcomes = []
    for _ in range(60):
        vertices = polygon.hull(rng.normal(size=(6, 2)))
        signals, coefficients = rng.dirichlet(np.ones(3)), rng.normal(size=(3, 3))
        players, bounds = rng.integers(2, size=3), rng.normal(size=3) * 0.8
        direction, point = rng.normal(size=2), np.zeros(2)
        status, value = best_continuation(
            vertices, signals, coefficients, players, bounds, direction, 1e-10, point
        )
        rows = [[-coefficients[j, y] * v[players[j]] for y in range(3) for v in vertices] for j in range(3)]
        peer = linprog(
            [-signals[y] * (direction @ v) for y in range(3) for v in vertices],
            A_ub=rows,
            b_ub=-bounds,
            A_eq=np.kron(np.eye(3), np.ones(len(vertices))),
            b_eq=np.ones(3),
        )
        outcomes.append(status)
        assert status == (1 if peer.status == 0 else 0)
        if status == 1:
            assert value == pytest.approx(-peer.fun, abs=1e-8)
            assert direction @ point == pytest.approx(value, abs=1e-8)
    assert 0 in outcomes
    assert 1 in outcomes


def test_bad_arguments():
    with pytest.raises(ParameterError, match="common discount factor"):
        aps(RepeatedGame(STAGE, [0.5, 0.6]))
    with pytest.raises(ParameterError, match="must be positive"):
        aps(RepeatedGame(STAGE, 0.5), tol=0)
