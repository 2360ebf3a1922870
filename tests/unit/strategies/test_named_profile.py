"""Profiles by name: the thresholds of the textbook, through the public door."""

import numpy as np
import pytest

import sim
from sim.errors import ParameterError
from sim.games.catalogue import prisoners_dilemma
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.strategies.named_profile import named_profile


def least(game, profile, **options):
    return sim.solve(game, concept="critical_discount", profile=profile, **options).extra["critical_discount"]


@pytest.mark.parametrize("payoffs", [(5, 3, 1, 0), (3, 2, 0, -1), (7.5, 4, 1, -2)])
def test_thresholds_of_the_dilemma(payoffs):
    """Friedman (1971), Axelrod (1984): derived here from T, R, P, S."""
    t, r, p, s = payoffs
    game = RepeatedGame(prisoners_dilemma(*map(float, payoffs)), 0.0)
    assert least(game, "grim_trigger").least_perfect == pytest.approx((t - r) / (t - p))
    assert least(game, "trigger").least_perfect == pytest.approx((t - r) / (t - p))
    assert least(game, ["tit_for_tat"] * 2).least_nash == pytest.approx(
        max((t - r) / (t - p), (t - r) / (r - s))
    )
    ratio = (t - r) / (r - p)  # two periods of suspension: d + d^2 = ratio
    assert least(game, "suspension_2").least_perfect == pytest.approx((np.sqrt(1 + 4 * ratio) - 1) / 2)


def test_alarms_are_read_where_the_signal_is_an_alarm():
    """Grim trigger under false alarms: (T - R) / [(d - a)(R - P) + (1 - a)(T - R)], Green & Porter (1984)."""
    alarm, detection = 0.05, 0.6
    table = [[[1 - p, p] for p in row] for row in ((alarm, detection), (detection, detection))]
    game = RepeatedGame(prisoners_dilemma(), 0.0, table)
    threshold = 2 / ((detection - alarm) * 2 + (1 - alarm) * 2)
    assert least(game, "grim_trigger").least_perfect == pytest.approx(threshold)
    assert least(game, "tolerance_1").least_perfect == pytest.approx(threshold)


def test_three_players_and_mixed_profiles():
    """A public good with return 1.8 over three: complying is worth 0.8, a lone breach 1.2, all breach 0."""
    payoffs = np.zeros((3, 2, 2, 2))
    for joint in np.ndindex(2, 2, 2):
        payoffs[(slice(None), *joint)] = [0.6 * (3 - sum(joint)) - (own == 0) for own in joint]
    game = RepeatedGame(NormalFormGame(payoffs), 0.0)
    assert least(game, "grim_trigger").least_perfect == pytest.approx((1.2 - 0.8) / 1.2)
    dilemma = RepeatedGame(prisoners_dilemma(), 0.9)
    given, always = named_profile(dilemma, [named_profile(dilemma, "grim")[0], "always_breach"])
    assert (given.name, always.name) == ("grim", "always breach")


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ("tit_for_tit", r"strategy of player 0 must be one of .*suspension_<periods>.* got 'tit_for_tit'"),
        (["grim", "grim", "grim"], r"profile needs one strategy per player \(2\), got 3"),
        ("suspension_0", "must be one of"),
    ],
)
def test_what_is_wrong_is_said(profile, words):
    with pytest.raises(ParameterError, match=words):
        least(RepeatedGame(prisoners_dilemma(), 0.9), profile)


def test_games_that_names_do_not_fit():
    three = NormalFormGame(np.zeros((2, 3, 3)))
    with pytest.raises(ParameterError, match="two actions each"):
        least(RepeatedGame(three, 0.9), "grim")
    loud = RepeatedGame(prisoners_dilemma(), 0.9, np.full((2, 2, 3), 1 / 3))
    with pytest.raises(ParameterError, match="this game has 3"):
        least(loud, "grim")
