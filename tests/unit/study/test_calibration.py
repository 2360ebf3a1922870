"""Calibration against a closed form, and recovery of known weights from simulated histories of a small treaty."""

from functools import cache

import numpy as np
import pytest
from scipy import stats

from sim.app.build import load
from sim.engine.filtering import Observation, filter_path
from sim.engine.monte_carlo import Plan, record
from sim.engine.philox import epistemic_uniforms
from sim.engine.quantised import quantised
from sim.engine.tables import build_board, build_tables
from sim.errors import ParameterError
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import build_games
from sim.solvers.treaty_logit import solve_treaty_logit
from sim.study.calibration import calibrate
from sim.study.importance import weighted_quantiles
from sim.study.profiles import equilibrium_profile

BLAME = "actors.usa.weights.blame"
SECRECY = "actors.russia.weights.secrecy"


@cache
def scenario():
    return load("inf_2019")


def gaussian(uniforms):
    """Data that say: the prior share of the weight of blame is 0.7 with standard deviation 0.05."""
    return -0.5 * ((uniforms[BLAME] - 0.7) / 0.05) ** 2


def test_a_posterior_that_is_known_is_found_and_other_parameters_keep_their_priors():
    found = calibrate(scenario(), [BLAME], gaussian, draws=300, rounds=3, seed=1)
    assert found.has_converged, found.verdict
    k = found.paths.index(BLAME)
    mean = float(found.weights @ found.uniforms[:, k])
    error = 0.05 / np.sqrt(found.effective)
    assert mean == pytest.approx(0.7, abs=4 * error)
    grid = (np.arange(100000) + 0.5) / 100000
    evidence = np.log(np.exp(-0.5 * ((grid - 0.7) / 0.05) ** 2).mean())
    assert found.log_evidence == pytest.approx(evidence, abs=0.15)
    by_path = {each.path: each for each in found.parameters}
    assert by_path[BLAME].is_identified
    assert by_path[BLAME].low < by_path[BLAME].mean < by_path[BLAME].high
    assert sum(each.is_identified for each in found.parameters) <= 2  # one of 80 may seem so by chance


def test_what_has_not_converged_says_so_and_gives_no_interval():
    def sharp(uniforms):
        return -0.5 * ((uniforms[BLAME] - 0.7) / 1e-4) ** 2

    found = calibrate(scenario(), [BLAME], sharp, draws=40, rounds=1, seed=1)
    assert not found.has_converged
    assert found.verdict.startswith("Not converged")
    assert all(each.low is None and each.high is None for each in found.parameters)


def test_the_same_seed_gives_the_same_points_and_failed_points_weigh_nothing():
    def partly(uniforms):
        return np.where(uniforms[SECRECY] < 0.5, np.nan, 0.0)

    one = calibrate(scenario(), [BLAME], partly, draws=64, rounds=2, seed=5)
    two = calibrate(scenario(), [BLAME], partly, draws=64, rounds=2, seed=5)
    np.testing.assert_array_equal(one.uniforms, two.uniforms)
    np.testing.assert_array_equal(one.weights, two.weights)
    assert one.failed == int((one.uniforms[:, one.paths.index(SECRECY)] < 0.5).sum()) > 0
    assert not one.weights[np.isnan(one.log_likelihood)].any()


@pytest.mark.parametrize(
    ("selected", "draws", "words"),
    [
        ([], 64, "at least one uncertain parameter"),
        (["actors.usa.weights.mood"], 64, "is no parameter of this scenario"),
        (["actors.usa.weights.predictability"], 64, "is a number, not a distribution"),
        ([BLAME, BLAME], 64, "must differ"),
        ([BLAME], 2, "at least 8"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(selected, draws, words):
    with pytest.raises(ParameterError, match=words):
        calibrate(scenario(), selected, gaussian, draws=draws, rounds=1, seed=1)


POINTS, PERIODS, HISTORIES = 64, 240, 4
UNKNOWN = (BLAME, "actors.usa.weights.own_forces")


@cache
def small_treaty():
    """Many points of a treaty with few states, of which two weights of the United States are unknown."""
    rival = load(
        "inf_2019",
        [
            *("components.climate=false", "components.review=false", "components.outsider_levels=1"),
            *(
                "components.deployments={usa:false,russia:false}",
                "components.ultimatums={usa:true,russia:false}",
            ),
            *("components.openness={usa:false,russia:false}", "treaty.opportunity_rate=4"),
            f"{UNKNOWN[0]}=[uniform,0.0,2.0]",
            f"{UNKNOWN[1]}=[uniform,0.0,1.5]",
        ],
    )
    graph = build_graph(rules_of(rival)[0])
    drawn = epistemic_uniforms(17, UNKNOWN, POINTS)
    games = build_games(graph, parameters_of(rival, rival.values(drawn, POINTS)))
    solutions = [solve_treaty_logit(games, d, rationality=4.0) for d in range(POINTS)]
    assert all(solution.converged for solution in solutions)
    profile = quantised(equilibrium_profile(games, solutions))
    return rival, games, profile, np.stack([drawn[path] for path in UNKNOWN], axis=1)


def likelihoods(draw, replications):
    """Log likelihood of simulated histories of `draw` under every point, [histories, points]."""
    rival, games, profile, _ = small_treaty()
    graph = games.graph
    plan = Plan(
        board=build_board(graph),
        tables=(build_tables(games, draw, profile),),
        actors=rival.actor_names,
        seed=1000 + draw,
        periods=PERIODS,
        deadline=0,
        at_once=0,
    )
    plays = record(plan, [(0, r) for r in range(replications)]).states
    blind = np.ones(graph.num_environments, bool)
    found = []
    for play in plays:
        seen = [
            Observation(
                moves=(None,) * 4,
                situations=np.arange(graph.num_situations) == situation,
                environments=blind,
            )
            for situation in play[1:, 0]
        ]
        with np.errstate(divide="ignore"):
            found.append(np.log(filter_path(games, profile, seen).probability).sum(axis=1))
    return np.array(found)


@pytest.mark.slow
def test_known_weights_are_recovered_from_simulated_histories():
    """Simulation-based calibration (Talts et al., 2018): ranks of the truth are uniform, intervals cover.

    Every point in turn is the truth; its histories are weighed under all the others.
    """
    _, _, _, theta = small_treaty()
    ranks, covered, contracted = [], [], []
    for truth in range(POINTS):
        others = np.delete(np.arange(POINTS), truth)
        for logs in likelihoods(truth, HISTORIES):
            weights = np.exp(logs[others] - logs[others].max())
            for k in range(len(UNKNOWN)):
                values = theta[others, k]
                low, high = weighted_quantiles(values, weights, [0.1, 0.9])
                covered.append(low <= theta[truth, k] <= high)
                ranks.append(weights[values < theta[truth, k]].sum() / weights.sum())
            mean = weights @ theta[others] / weights.sum()
            spread = weights @ (theta[others] - mean) ** 2 / weights.sum()
            contracted.append(1 - np.sqrt(spread) / theta.std(axis=0))
    # histories of one point are dependent given that point: the points are what counts
    assert stats.kstest(np.array(ranks)[::8], "uniform").pvalue > 0.01
    count = POINTS * HISTORIES * len(UNKNOWN)
    share = float(np.mean(covered))
    assert abs(share - 0.8) < 4 * np.sqrt(0.8 * 0.2 / (count / HISTORIES)), share
    assert np.mean(contracted, axis=0).max() > 0.1  # and they do learn something
