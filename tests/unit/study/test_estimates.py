"""Errors of probabilities: what the plays cannot have seen is not certain."""

import numpy as np
import pytest

from sim.study.estimates import Z95, Sample, least_variance


def sample(values):
    """The sample of one draw whose plays gave these estimates."""
    values = np.asarray(values, float)
    return Sample(
        means=np.array([values.mean()]),
        estimate_variance=np.array([values.var(ddof=1)]),
        outcome_variance=np.array([values.mean() * (1 - values.mean())]),
        plays=len(values),
    )


def error(values):
    found = sample(values)
    return np.sqrt(max(found.estimate_variance[0] / found.plays, least_variance(found)[0]))


def nearly_certain(rng, plays, rare):
    """One minus a survival that is nearly zero in all plays but rare ones, in which it is one."""
    return np.where(rng.random(plays) < rare, 0.0, 1 - 1e-6 * rng.random(plays))


@pytest.mark.parametrize("rare", [2e-4, 1e-3, 4e-3, 3e-2])
def test_a_nearly_certain_event_lies_in_its_interval(rare):
    """Of 600 intervals 95 % hold the truth, within four standard errors of that share."""
    plays, repetitions = 500, 600
    truth = 1 - rare - (1 - rare) * 0.5e-6
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(repetitions):
        values = nearly_certain(rng, plays, rare)
        held += abs(values.mean() - truth) <= Z95 * error(values)
    assert (
        held / repetitions > 0.95 - 4 * np.sqrt(0.05 * 0.95 / repetitions) - 0.02
    )  # 0.02: the binomial is discrete


def test_the_spread_alone_would_not_have_held_it():
    rng, plays, rare = np.random.default_rng(9), 500, 2e-4
    runs = [nearly_certain(rng, plays, rare) for _ in range(200)]
    held = [abs(values.mean() - (1 - rare)) <= Z95 * np.sqrt(values.var(ddof=1) / plays) for values in runs]
    assert np.mean(held) < 0.2  # exp(-0.1) of the runs see no rare play


def test_a_rare_event_that_every_play_helps_to_tell_keeps_its_small_error():
    values = np.random.default_rng(1).uniform(0, 0.02, 2000)
    assert least_variance(sample(values))[0] == 0
    assert error(values) == pytest.approx(values.std(ddof=1) / np.sqrt(2000))


def test_an_event_that_no_play_saw_is_not_impossible():
    """Wilson's upper end at zero of n is z² / (n + z²), and 1.96 errors reach it."""
    plays = 400
    assert error(np.zeros(plays)) == pytest.approx(Z95 / (plays + Z95**2))
    assert error(np.ones(plays)) == pytest.approx(error(np.zeros(plays)))


@pytest.mark.parametrize("events", [9, 200, 391])
def test_counted_plays_that_tell_both_sides_keep_their_binomial_error(events):
    plays = 400
    values = np.arange(plays) < events
    assert error(values) == pytest.approx(np.sqrt(events / plays * (1 - events / plays) / (plays - 1)))
