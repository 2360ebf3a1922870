"""What comes through the door is an equilibrium, and what does not is reported."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.solvers.bimatrix import bimatrix_equilibria
from sim.solvers.nashpy_door import nashpy_equilibria, second_opinion
from sim.solvers.solution import Completeness, Status
from sim.solvers.solve import solve


@pytest.mark.parametrize("method", ["support_enumeration", "vertex_enumeration"])
@pytest.mark.parametrize("scale", [1.0, 1e6])
def test_only_verified_profiles_pass(method, scale, contains):
    rng = np.random.default_rng(31)
    for _ in range(10):
        game = NormalFormGame(scale * rng.normal(size=(2, 3, 3)))
        theirs = nashpy_equilibria(game, method)
        assert theirs.complete is Completeness.NO
        assert len(theirs.regrets) == 0 or theirs.regrets.max() <= 1e-8 * np.ptp(game.payoffs)
        ours = bimatrix_equilibria(game).profiles
        assert all(contains(ours, profile, 1e-6) for profile in theirs.profiles)


def test_a_failure_of_the_library_is_reported_not_raised():
    solution = nashpy_equilibria(NormalFormGame(np.zeros((2, 2, 2))), "vertex_enumeration")
    assert solution.status is Status.NO_EQUILIBRIUM_FOUND
    assert "TypeError" in solution.extra["error"]


def test_a_profile_that_is_no_equilibrium_is_rejected(monkeypatch):
    import nashpy

    def invents(self):
        yield np.array([1.0, 0.0]), np.array([1.0, 0.0])
        yield np.array([np.nan, 1.0]), np.array([1.0, 0.0])
        yield np.array([-1e-17, 1.0]), np.array([-0.0, 1.0])

    monkeypatch.setattr(nashpy.Game, "support_enumeration", invents)
    dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    solution = nashpy_equilibria(dilemma)
    assert len(solution.profiles) == 1
    assert len(solution.extra["rejected"]) == 2
    assert solution.profiles[0][0].tolist() == [0.0, 1.0]


def test_the_second_opinion_counts_what_the_library_lost():
    A = [[-0.7, -0.1, 0.8], [1.5, -1.3, 1.5], [1.3, 0.8, 0.3]]
    B = [[-0.3, 1.5, 2], [1.8, 1.3, 0.4], [-1.2, 0, 0.7]]
    game = NormalFormGame([A, B])
    opinion = second_opinion(game, bimatrix_equilibria(game).profiles)
    assert opinion.confirmed + opinion.missed == 3
    assert opinion.surplus == ()
    assert solve(game).extra["second_opinion"].confirmed == opinion.confirmed
    assert "second_opinion" not in solve(game, cross_check=False).extra


def test_an_equilibrium_that_only_the_library_finds_takes_the_claim_away(monkeypatch):
    chicken = NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]])
    import sim.solvers.nash as module

    whole = module.all_equilibria

    def forgetful(game):
        from dataclasses import replace

        solution = whole(game)
        return replace(solution, profiles=solution.profiles[:1])

    monkeypatch.setattr(module, "all_equilibria", forgetful)
    assert module.nash_equilibria(chicken).complete is Completeness.NO


def test_only_two_players_and_known_methods_are_accepted():
    with pytest.raises(ParameterError, match="2 players, got 3"):
        nashpy_equilibria(NormalFormGame(np.zeros((3, 2, 2, 2))))
    with pytest.raises(ParameterError, match="method must be one of"):
        nashpy_equilibria(NormalFormGame(np.zeros((2, 2, 2))), "lemke_howson")
    with pytest.raises(ParameterError, match="cross_check needs a game of 2 players"):
        solve(NormalFormGame(np.random.default_rng(0).normal(size=(3, 2, 2, 2))), cross_check=True)
