"""A point of a sweep is what a run of that point alone would be, whatever its number and its company."""

from dataclasses import replace

import numpy as np
import pytest

from sim.app.plan import load
from sim.engine.match_batch import play_match_points
from sim.engine.matches import play_matches
from sim.engine.monte_carlo import simulate
from sim.engine.quantised import quantised
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.strategies.textbook import by_name, seated
from sim.study.draws import games_of
from sim.study.estimates import estimate_outcomes
from sim.study.play_plan import plan_of
from sim.study.profiles import build_profile
from sim.study.sweep.column import Column
from sim.study.sweep.treaty_points import Structure, TreatyPoints

SHORT = ["engine.draws=1", "engine.replications=30", "engine.horizon_months=24"]


def structure(*overrides):
    plan = load("inf_2019", [*SHORT, *overrides])
    return Structure(
        scenario=plan.scenario,
        engine=plan.engine,
        solver=plan.solver,
        strategies=dict(plan.strategies),
        automata=plan.automata_played(),
    )


def run_alone(*overrides):
    """The estimates of a run of one draw, by the way that `treaty-sim run` goes."""
    plan = load("inf_2019", [*SHORT, *overrides])
    games = games_of(plan.scenario, 1, plan.engine.seed)
    names = tuple(plan.strategies[actor] for actor in plan.scenario.actor_names)
    profile, _ = build_profile(
        games, names, plan.automata, plan.solver, workers=1, progress=lambda label, share: None
    )
    played = plan_of(plan.scenario, games, quantised(profile), plan.engine)
    ensemble = simulate(played, replications=plan.engine.replications)
    return estimate_outcomes(ensemble, plan.scenario.actor_names, plan.scenario.treaty.period_months, None)


def agrees(table, row, estimates):
    for name, estimate in estimates.items():
        for column, value in ((name, estimate.estimate), (f"{name}_error", estimate.standard_error)):
            if value is None:
                assert np.isnan(table[column][row]), column
            else:
                assert table[column][row] == pytest.approx(value, rel=1e-9, abs=1e-12), column


COLUMNS = (
    Column(path="treaty.detection", kind="lever", levels=(0.3, 0.7)),
    Column(path="actors.usa.weights.blame", kind="uncertainty", levels=(0.0, 2.0)),
)


@pytest.fixture(scope="module")
def prescribed():
    own = structure("strategy=as_it_happened")
    return TreatyPoints(columns=COLUMNS, structural=(), structures={(): own})


def test_a_point_has_the_numbers_of_a_run_with_these_values(prescribed):
    table = prescribed.evaluate(np.array([[0.3, 0.0], [0.7, 2.0]]))
    for row, (detection, blame) in enumerate(((0.3, 0.0), (0.7, 2.0))):
        given = (f"treaty.detection={detection}", f"actors.usa.weights.blame={blame}")
        agrees(table, row, run_alone("strategy=as_it_happened", *given))


def test_a_point_does_not_depend_on_its_company(prescribed):
    rng = np.random.default_rng(4)
    values = np.column_stack((rng.uniform(0.2, 0.9, 47), rng.uniform(0, 1, 47)))
    together = prescribed.evaluate(values)
    for point in (0, 19, 20, 46):
        alone = prescribed.evaluate(values[point : point + 1])
        for name in prescribed.schema:
            np.testing.assert_array_equal(alone[name], together[name][point : point + 1], err_msg=name)


def test_points_share_their_dice(prescribed):
    table = prescribed.evaluate(np.array([[0.4, 0.5], [0.4, 0.5]]))
    for name in prescribed.schema:
        np.testing.assert_array_equal(table[name][0], table[name][1], err_msg=name)


def test_the_half_is_the_outcome_from_half_of_the_plays(prescribed):
    values = np.array([[0.3, 0.0], [0.7, 2.0]])
    table = prescribed.evaluate(values)
    (own,) = prescribed.structures.values()
    fewer = replace(own, engine=replace(own.engine, replications=own.engine.replications // 2))
    half = replace(prescribed, structures={(): fewer}).evaluate(values)
    for name in prescribed.outcome_units:
        np.testing.assert_allclose(table[f"{name}_half"], half[name], rtol=1e-12, err_msg=name)
    assert (table["payoff_usa_half"] != table["payoff_usa"]).all()


def test_what_changes_the_structure_is_grouped_and_comes_back_in_order():
    columns = (
        Column(path="treaty.notice_months", kind="lever", levels=(3.0, 12.0)),
        Column(path="strategy.usa", kind="lever", levels=("patient", "leave")),
        COLUMNS[0],
    )
    structures = {
        (months, code): structure(
            "strategy=as_it_happened", f"treaty.notice_months={months:g}", f"strategy.usa={name}"
        )
        for months in (3.0, 12.0)
        for code, name in ((0.0, "patient"), (1.0, "leave"))
    }
    points = TreatyPoints(columns=columns, structural=(0, 1), structures=structures)
    values = np.array([[12, 1, 0.5], [3, 0, 0.5], [12, 0, 0.3], [3, 1, 0.5], [12, 1, 0.9]])
    table = points.evaluate(values)
    assert table["treaty.notice_months"].tolist() == [12, 3, 12, 3, 12]
    assert table["strategy.usa"].tolist() == ["leave", "patient", "patient", "leave", "leave"]
    assert table["treaty.detection"].tolist() == [0.5, 0.5, 0.3, 0.5, 0.9]
    for row in (0, 3):
        given = [f"{path}={table[path][row]}" for path in ("treaty.detection", "strategy.usa")]
        months = f"treaty.notice_months={table['treaty.notice_months'][row]:g}"
        agrees(table, row, run_alone("strategy=as_it_happened", *given, months))


def test_a_point_may_have_a_row_for_each_draw_of_what_the_design_leaves_uncertain():
    own = structure("strategy=as_it_happened", "engine.draws=3")
    points = TreatyPoints(columns=COLUMNS[:1], structural=(), structures={(): own})
    table = points.evaluate(np.array([[0.3], [0.7]]))
    assert table["group"].tolist() == [0, 1, 2, 0, 1, 2]
    assert table["treaty.detection"].tolist() == [0.3] * 3 + [0.7] * 3
    drawn = table["actors.usa.weights.blame"]
    assert len(set(drawn[:3])) == 3
    assert (drawn[:3] == drawn[3:]).all()


def test_a_solved_point_carries_its_certificate_and_equals_its_run():
    given = ("engine.horizon_months=12", "scenario=inf_1988", "treaty.period_months=3")
    own = structure("strategy=equilibrium", *given)
    points = TreatyPoints(columns=COLUMNS[:1], structural=(), structures={(): own})
    table = points.evaluate(np.array([[0.45]]))
    assert table["equilibrium_converged"].tolist() == [True]
    assert table["equilibrium_residual"][0] <= own.solver.tol
    assert table["equilibrium_regret_usa"][0] >= 0
    agrees(table, 0, run_alone("strategy=equilibrium", *given, "treaty.detection=0.45"))


def test_solved_points_start_from_the_central_point_and_from_nothing_else():
    own = structure("strategy=equilibrium", "scenario=inf_1988", "treaty.period_months=3")
    points = TreatyPoints(columns=COLUMNS, structural=(), structures={(): own}, central=(0.5, 0.5))
    near, far = [0.501, 0.499], [0.9, 1.9]
    cold = replace(points, central=()).evaluate(np.array([near, far]))
    alone = [points.evaluate(np.array([values])) for values in (near, far)]
    together = points.evaluate(np.array([far, near]))
    for name in points.schema:
        expected = np.concatenate([alone[1][name], alone[0][name]])
        np.testing.assert_array_equal(together[name], expected, err_msg=name)
    assert alone[0]["equilibrium_branch"][0] in ("centroid warm", "centroid joined")
    assert cold["equilibrium_branch"].tolist() == ["centroid cold", "centroid cold"]
    for name in ("collapse_probability", "payoff_usa", "equilibrium_regret_usa"):
        assert alone[0][name][0] == pytest.approx(cold[name][0], abs=1e-7)
    (digest,) = points.centre().values()
    assert len(digest) == 64
    assert replace(points, central=()).centre() == {}


def test_an_equilibrium_that_does_not_converge_is_no_row():
    own = structure("strategy=equilibrium", "scenario=inf_1988", "treaty.period_months=3")
    own = replace(own, solver=replace(own.solver, max_steps=1))
    points = TreatyPoints(columns=COLUMNS[:1], structural=(), structures={(): own})
    with pytest.raises(RuntimeError, match="did not converge: residual"):
        points.evaluate(np.array([[0.45]]))


def test_matches_of_many_points_are_those_of_each_match_alone():
    dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    seats = seated(by_name("win_stay_lose_shift"), 0), seated(by_name("generous_tit_for_tat"), 1)
    errors = np.array([[0.0, 0.0], [0.05, 0.2], [0.5, 0.01]])
    found = play_match_points(*seats, errors, matches=25, turns=33, seed=3, pair="some")
    for point, own in enumerate(errors):
        game = RepeatedGame(dilemma, 0.0, execution_error=list(own))
        counts = play_matches(game, *seats, repetitions=25, turns=33, seed=3, pair="some").counts
        np.testing.assert_array_equal(found.sums[point], counts.sum(axis=0))
        np.testing.assert_array_equal(found.half[point], counts[:12].sum(axis=0))
        np.testing.assert_array_equal(found.products[point], np.triu(counts.T @ counts))


def test_a_point_of_a_repeated_game_has_the_mean_and_error_of_its_matches(match_points):
    columns = (
        Column(path="match.execution_error", kind="uncertainty", levels=(0.01, 0.1)),
        Column(path="game.payoffs.0.1.0", kind="uncertainty", levels=(4.0, 6.0)),
        Column(path="match.first", kind="lever", levels=("grim", "tit_for_tat")),
    )
    points = match_points(columns)
    values = np.array([[0.1, 6.0, 1], [0.01, 4.0, 0], [0.1, 4.0, 0]])
    table = points.evaluate(values)
    assert table["match.first"].tolist() == ["tit_for_tat", "grim", "grim"]
    for row, (error, temptation, _) in enumerate(values):
        stage = NormalFormGame([[[3, 0], [temptation, 1]], [[3, 5], [0, 1]]])
        game = RepeatedGame(stage, 0.0, execution_error=error)
        seats = seated(by_name(table["match.first"][row]), 0), seated(by_name("generous_tit_for_tat"), 1)
        found = play_matches(game, *seats, repetitions=20, turns=15, seed=7)
        for seat, name in enumerate(("first", "second")):
            assert table[f"payoff_{name}"][row] == pytest.approx(found.payoffs[seat])
            assert table[f"payoff_{name}_error"][row] == pytest.approx(found.standard_errors[seat])
        assert table["mutual_cooperation"][row] == pytest.approx(found.counts[:, 0].mean() / 15)
        assert table["mutual_cooperation_half"][row] == pytest.approx(found.counts[:10, 0].mean() / 15)
