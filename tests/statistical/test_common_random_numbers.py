"""Two scenarios played with the same dice differ by less noise than with dice of their own."""

import numpy as np

from sim.engine.monte_carlo import record, simulate
from sim.engine.play_history import COLLAPSE, MONTHS, PAYOFF

PLAYS = 4000
STATISTICS = (COLLAPSE, MONTHS, PAYOFF, PAYOFF + 1)


def of_plays(play, seed):
    """Statistics of single plays, [plays, statistics]."""
    return record(play.with_seed(seed).plan, [(0, k) for k in range(PLAYS)]).statistics[:, STATISTICS]


def test_a_scenario_keeps_its_dice(play_of):
    base = play_of("inf_2019", draws=1)
    policy = play_of("inf_2019", overrides=("treaty.detection=0.55",), draws=1)
    assert policy.games.parameters.detection[0, 0] != base.games.parameters.detection[0, 0]
    one, same, other = of_plays(base, 1), of_plays(policy, 1), of_plays(policy, 2)
    for k, statistic in enumerate(STATISTICS):
        together = np.corrcoef(one[:, k], same[:, k])[0, 1]
        apart = np.corrcoef(one[:, k], other[:, k])[0, 1]
        assert together > 0.2, statistic
        assert abs(apart) < 5 / np.sqrt(PLAYS), statistic
        assert np.var(same[:, k] - one[:, k]) < 0.8 * np.var(other[:, k] - one[:, k]), statistic


def test_estimates_of_a_change_vary_less_with_common_dice(play_of):
    """Forty pairs of small studies each: variance of the estimated difference in collapse, both estimators."""
    base = play_of("inf_2019", draws=1)
    policy = play_of("inf_2019", overrides=("treaty.detection=0.55",), draws=1)

    def collapse(play, seed, conditional):
        ensemble = simulate(play.with_seed(seed).plan, replications=200, conditional=conditional)
        return ensemble.means[0, COLLAPSE]

    for conditional in (False, True):
        ours = np.array([collapse(base, seed, conditional) for seed in range(40)])
        theirs = np.array([collapse(policy, seed, conditional) for seed in range(80)])
        common, independent = np.var(theirs[:40] - ours), np.var(theirs[40:] - ours)
        assert np.corrcoef(ours, theirs[:40])[0, 1] > 0
        assert common < independent


def test_parameter_draws_are_kept_when_the_scenario_changes(play_of):
    """Every uncertain number that a scenario leaves alone has the same value in every draw."""
    base, other = play_of("inf_2019"), play_of("space_defence")
    np.testing.assert_array_equal(base.games.parameters.discount, other.games.parameters.discount)
    np.testing.assert_array_equal(base.games.parameters.fading, other.games.parameters.fading)
    np.testing.assert_array_equal(base.games.parameters.detection, other.games.parameters.detection)
    assert base.plan.streams.tolist() == other.plan.streams.tolist()
