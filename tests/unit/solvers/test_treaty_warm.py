"""A warm start leads to the equilibrium of the cold path, to 1e-8, or is not taken.

The slow tests take 200 random points of the shipped study in equilibrium over its whole range, 200 around its central
point, and 60 over all that the scenario leaves uncertain: `pytest -m slow tests/unit/solvers/test_treaty_warm.py`.
"""

import numpy as np
import pytest

from sim.app.plan import load
from sim.engine.philox import epistemic_uniforms
from sim.errors import ParameterError
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import build_games
from sim.solvers import treaty_branch
from sim.solvers.treaty_logit import solve_centre, solve_treaty_logit

SAME = 1e-8


def games_around(scenario, share, size, seed, paths=None):
    """Games of a scenario whose uncertain numbers (or those of `paths`) fill this share of their quantiles.

    The middle is the median; draw 0 is the central point.
    """
    plan = load(scenario, [])
    given = plan.scenario
    paths = given.uncertain if paths is None else paths
    uniforms = {
        path: 0.5 + share * (each - 0.5) for path, each in epistemic_uniforms(seed, paths, size).items()
    }
    for each in uniforms.values():
        each[0] = 0.5
    values = given.values(uniforms, size)
    return build_games(build_graph(rules_of(given)[0]), parameters_of(given, values)), plan.solver


def largest_difference(one, other):
    pairs = ((getattr(one, name), getattr(other, name)) for name in ("values", "moves", "breach"))
    return max(float(np.abs(a - b).max()) for a, b in pairs)


def ways(games, options, draws):
    """How many of the draws were found from draw 0 alone, how many in part; every one compared with the cold path."""
    given = {"rationality": options.rationality, "tol": options.tol, "max_steps": options.max_steps}
    centre = solve_centre(games, 0, **given)
    warm = joined = 0
    for draw in draws:
        cold = solve_treaty_logit(games, draw, **given)
        found = solve_treaty_logit(games, draw, **given, centre=centre)
        assert found.converged == cold.converged, draw
        assert largest_difference(found, cold) <= SAME, draw
        joined += found.warm + found.joined > 0
        warm += found.joined == 0 < found.warm
    return warm, joined


@pytest.mark.parametrize("name", ["restoring", "inviting"])
@pytest.mark.parametrize("rationality", [0.0, 2.5, 8.0])
def test_from_any_draw_to_any_other_is_the_cold_equilibrium(name, rationality, tiny_treaty):
    games = tiny_treaty(name, 6, draws=6)
    centre = solve_centre(games, 0, rationality=rationality)
    for draw in range(games.num_draws):
        cold = solve_treaty_logit(games, draw, rationality=rationality)
        found = solve_treaty_logit(games, draw, rationality=rationality, centre=centre)
        assert found.converged == cold.converged
        assert largest_difference(found, cold) <= SAME


def test_the_centre_is_the_cold_equilibrium_and_leads_to_itself_at_once(tiny_treaty):
    games = tiny_treaty("inviting", 3)
    centre = solve_centre(games, 0, rationality=2.5)
    cold = solve_treaty_logit(games, 0, rationality=2.5)
    assert largest_difference(centre.equilibrium, cold) == 0
    again = solve_treaty_logit(games, 0, rationality=2.5, centre=centre)
    assert (again.joined, again.folds, again.jumps) == (0, 0, 0)
    assert again.warm > 0
    assert again.iterations < cold.iterations / 2
    assert len(centre.digest) == 64
    assert centre.digest == solve_centre(games, 0, rationality=2.5).digest
    assert centre.digest != solve_centre(games, 1, rationality=2.5).digest


def test_a_warm_start_is_the_same_bits_whatever_was_started_before(tiny_treaty):
    games = tiny_treaty("inviting", 3)
    centre = solve_centre(games, 0, rationality=2.5)
    first, _, again = (solve_treaty_logit(games, draw, rationality=2.5, centre=centre) for draw in (1, 0, 1))
    assert largest_difference(first, again) == 0


def test_a_centre_of_another_rationality_is_refused(tiny_treaty):
    games = tiny_treaty("inviting", 3)
    centre = solve_centre(games, 0, rationality=2.5)
    with pytest.raises(
        ParameterError, match=r"a centre of rationality 2\.5 and start centroid cannot serve 3"
    ):
        solve_treaty_logit(games, 0, rationality=3.0, centre=centre)


def test_near_the_central_point_of_the_crisis_the_warm_start_suffices():
    games, options = games_around("inf_2019", 0.05, 3, 1)
    assert ways(games, options, (1, 2)) == (2, 2)


STUDY = (
    *("treaty.detection", "treaty.false_alarm", "treaty.fading", "treaty.inspection_clearing"),
    *("treaty.toxic_clearing", "treaty.build_success", "actors.usa.weights.own_forces"),
    *(
        "actors.usa.weights.blame",
        "actors.usa.weights.own_forces_outsider",
        "actors.russia.weights.own_forces",
    ),
    *("actors.russia.weights.security", "actors.nato.weights.security"),
)
"""Uncertainties of the study `crisis_equilibrium`."""


@pytest.mark.parametrize(("draw", "far"), [(40, 0.2), (130, 0.2), (160, 0.1)])
def test_where_long_steps_led_to_another_branch_short_ones_and_both_starts_agree(draw, far, monkeypatch):
    """Three of the 200 points below, at which corrections that moved choices by up to `far` ended elsewhere."""
    games, options = games_around("inf_2019", 1.0, 201, 7, STUDY)
    given = {"rationality": options.rationality, "tol": options.tol, "max_steps": options.max_steps}
    cold = solve_treaty_logit(games, draw, **given)
    warm = solve_treaty_logit(games, draw, **given, centre=solve_centre(games, 0, **given))
    monkeypatch.setattr(treaty_branch, "FAR", far)
    after_straying = solve_treaty_logit(games, draw, **given)
    with monkeypatch.context() as without:
        without.setattr(treaty_branch, "SHORTER", ())
        stray = solve_treaty_logit(games, draw, **given)
    assert stray.jumps > 0
    assert stray.residual < SAME
    assert largest_difference(stray, cold) > 0.1
    monkeypatch.setattr(treaty_branch, "FAR", 0.03)
    monkeypatch.setattr(treaty_branch, "LONGEST_STEP", 0.5)
    careful = solve_treaty_logit(games, draw, **given)
    assert careful.converged
    assert largest_difference(cold, careful) <= SAME
    assert largest_difference(warm, careful) <= SAME
    assert largest_difference(after_straying, careful) <= SAME
    assert after_straying.jumps == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("share", "size", "paths"),
    [(0.1, 200, STUDY), (1.0, 200, STUDY), (1.0, 60, None)],
    ids=["near", "study", "all"],
)
def test_random_points_of_the_crisis_from_its_central_point(share, size, paths, record_property):
    games, options = games_around("inf_2019", share, size + 1, 7, paths)
    warm, joined = ways(games, options, range(1, size + 1))
    record_property("from the centre alone", warm)
    record_property("from the centre in part", joined)
    # that the centre serves is asked for nearby, that both agree everywhere
    assert joined > (0.9 if share < 1 else 0.5) * size
    if share < 1:
        assert warm > 0.9 * size
