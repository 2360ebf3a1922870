"""The stage game asks nashpy once, and again only where its own solver does not claim to have everything."""

from dataclasses import replace

import numpy as np
import pytest

import sim.study.stage_game as room
from sim.solvers.solution import Completeness
from sim.solvers.solve import solve

PLANS = ("uphold", "breach", "open_up", "leave")  # four by four: too large to be compared by default


@pytest.fixture
def payoffs():
    """Payoffs of five draws, [draws, actors, plans, plans]."""
    return np.random.default_rng(3).normal(size=(5, 4, 4, 4))


@pytest.fixture
def solved(payoffs, monkeypatch):
    """Return the function that solves the draws when those of `unproved` are not proved to be complete."""

    def make(unproved=()):
        def claimed(game, **options):
            solution = solve(game, **options)
            draw = [k for k, each in enumerate(payoffs) if np.array_equal(each[:2], game.payoffs)]
            return (
                replace(solution, complete=Completeness.CONSISTENT)
                if draw and draw[0] in unproved
                else solution
            )

        monkeypatch.setattr(room, "solve", claimed)
        return [room._solved(each, PLANS, compare=k == 0) for k, each in enumerate(payoffs)]

    return make


@pytest.mark.parametrize(("unproved", "compared"), [((), [0]), ((2, 4), [0, 2, 4])])
def test_nashpy_is_asked_about_the_first_draw_and_what_is_not_proved(solved, unproved, compared):
    solutions = solved(unproved)
    assert [k for k, each in enumerate(solutions) if "second_opinion" in each.extra] == compared


def test_the_equilibria_do_not_depend_on_who_is_asked(solved, payoffs):
    for solution, own in zip(solved(), payoffs, strict=True):
        best = own[:2].max()
        assert solution.regrets.max() <= 1e-9 * best
        assert (
            len(solution.profiles) % 2 == 1
        )  # Wilson (1971): a generic game has an odd number of equilibria
