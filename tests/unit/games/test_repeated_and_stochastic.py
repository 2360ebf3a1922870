"""Automata, repeated and stochastic games: what they hold and what they refuse."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.automaton import Automaton, AutomatonProfile, constant
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import PublicMonitoring, RepeatedGame
from sim.games.stochastic import StochasticGame, auxiliary_game, check_markov_profile

STAGE = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]], actions=[["C", "D"]] * 2)


def test_the_arrays_of_an_automaton_are_sealed_copies():
    outputs = np.array([[1.0, 0.0]])
    automaton = Automaton("a", ("q",), 0, outputs, np.zeros((1, 2), int))
    outputs[0] = [0, 1]
    assert automaton.outputs.tolist() == [[1, 0]]
    assert not automaton.outputs.flags.writeable
    assert not automaton.transitions.flags.writeable


def test_the_initial_state_may_be_named():
    assert Automaton("a", ("p", "q"), "q", [[1, 0], [0, 1]], [[0], [1]]).initial == 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"states": ()}, "states must be distinct names"),
        ({"states": ("p", "p")}, "states must be distinct names"),
        ({"outputs": [[1, 0]]}, "outputs must have shape"),
        ({"outputs": [[1, 0], [0.5, 0.6]]}, r"summing to 1, got \[0.5, 0.6\] in state 'q'"),
        ({"outputs": [[1, 0], [float("nan"), 1]]}, "outputs must be finite"),
        ({"outputs": [[1, 0], [-1, 2]]}, "in state 'q'"),
        ({"transitions": [[0, 1]]}, "transitions must have shape"),
        ({"transitions": [[0, 1], [2, 0]]}, "got 2 from state 'q' at signal 0"),
        ({"transitions": [[0, 1], [0.5, 0]]}, "must be state numbers"),
        ({"initial": "nowhere"}, "initial must be one of"),
        ({"initial": 2}, "initial must be a state number"),
    ],
)
def test_a_bad_automaton_is_refused_in_one_clear_line(changed, message):
    good = {"states": ("p", "q"), "initial": 0, "outputs": [[1, 0], [0, 1]], "transitions": [[0, 1], [1, 1]]}
    with pytest.raises(ParameterError, match=message) as error:
        Automaton("trigger", **{**good, **changed})
    assert "'trigger'" in str(error.value)
    assert "\n" not in str(error.value)


def test_reading_composes_events_with_transitions():
    grim = Automaton("grim", ("p", "q"), 0, [[1, 0], [0, 1]], [[0, 1], [1, 1]])
    assert grim.reading([1, 0]).transitions.tolist() == [[1, 0], [1, 1]]
    with pytest.raises(ParameterError, match="events must be numbers"):
        grim.reading([0, 2])


def test_a_profile_needs_common_signals():
    with pytest.raises(ParameterError, match="must read the same signals"):
        AutomatonProfile((constant([1, 0], 2), constant([1, 0], 3)))
    with pytest.raises(ParameterError, match="an Automaton is needed"):
        AutomatonProfile(([1, 0],))


def test_perfect_monitoring_names_the_joint_actions():
    game = RepeatedGame(STAGE, 0.5)
    assert game.signals == ("C/C", "C/D", "D/C", "D/D")
    assert game.signal_probabilities().reshape(4, 4).tolist() == np.eye(4).tolist()


def test_execution_error_averages_payoffs_and_signals():
    """With errors .1 and .2 the chosen CC becomes CC, CD, DC, DD with .72, .18, .08, .02."""
    game = RepeatedGame(STAGE, 0.5, execution_error=[0.1, 0.2])
    weights = [0.9 * 0.8, 0.9 * 0.2, 0.1 * 0.8, 0.1 * 0.2]
    np.testing.assert_allclose(game.signal_probabilities()[0, 0], weights)
    np.testing.assert_allclose(game.payoffs()[:, 0, 0], STAGE.payoffs.reshape(2, 4) @ weights)


def test_execution_error_spreads_over_the_other_actions():
    stage = NormalFormGame(np.arange(3.0).reshape(1, 3))
    game = RepeatedGame(stage, 0.5, execution_error=0.4)
    np.testing.assert_allclose(game.payoffs()[0], [0.2 * 1 + 0.2 * 2, 0.6 + 0.2 * 2, 0.2 + 0.6 * 2])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"discount": 1.0}, r"discount of player 0 must lie in \[0, 1\), got 1"),
        ({"discount": [0.5, -0.1]}, r"discount of player 1 must lie in \[0, 1\), got -0.1"),
        ({"discount": [0.5] * 3}, "one number or one per player"),
        ({"discount": float("nan")}, "discount must be finite"),
        ({"discount": 0.5, "execution_error": 2}, r"execution_error must lie in \[0, 1\]"),
        ({"discount": 0.5, "monitoring": [[1.0]]}, r"monitoring must have shape \[\*actions, signals\]"),
        (
            {"discount": 0.5, "monitoring": np.full((2, 2, 2), 0.4)},
            r"monitoring: row \(0, 0\) must sum to 1, got 0.8",
        ),
        ({"discount": 0.5, "monitoring": [[[2, -1]] * 2] * 2}, "must not be negative"),
    ],
)
def test_a_bad_repeated_game_is_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        RepeatedGame(STAGE, **arguments)


def test_signals_have_distinct_names():
    with pytest.raises(ParameterError, match="signals must be 2 distinct names"):
        PublicMonitoring([[0.5, 0.5]], signals=("a", "a"))


def test_states_may_offer_different_numbers_of_actions():
    game = StochasticGame([[[1.0, 0.0]], [[0.0]]], [[[1, 0], [0, 1]], [[0, 1]]], 0.5)
    assert game.num_actions == ((2,), (1,))
    assert game.max_actions == (2,)
    with pytest.raises(ParameterError, match="state 1 offers 1 actions"):
        check_markov_profile(game, [[[1, 0], [0, 1]]])


def test_the_auxiliary_game_adds_the_discounted_continuation():
    game = StochasticGame([[[1.0, 0.0]], [[2.0, 2.0]]], [[[0.25, 0.75], [0, 1]], [[0, 1], [1, 0]]], 0.5)
    values = np.array([[4.0], [8.0]])
    assert auxiliary_game(game, 0, values).payoffs.tolist() == [
        [1 + 0.5 * (0.25 * 4 + 0.75 * 8), 0 + 0.5 * 8]
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"transitions": [[[1, 0], [0, 0.9]], [[0, 1]]]},
            r"transitions of state 0: row \(1,\) must sum to 1, got 0.9",
        ),
        ({"payoffs": [[[1.0, float("inf")]], [[0.0]]]}, "payoffs of state 0 must be finite"),
        ({"payoffs": [[[1.0, 0.0]], [[0.0], [1.0]]]}, "payoffs of state 1 must have shape"),
        ({"payoffs": [[[1.0, 0.0]], [[]]]}, "state 1: player 0 has an empty action set"),
        ({"payoffs": [[[1.0, 0.0]]]}, "must cover the same states"),
        ({"transitions": [[[1, 0], [0, 1]], [[0, 1], [0, 1]]]}, "transitions of state 1 must have shape"),
        ({"discounts": 1}, r"discount of player 0 must lie in \[0, 1\)"),
        ({"initial": 2}, "initial must be a state number"),
        ({"states": ("a", "a")}, "states must be 2 distinct names"),
    ],
)
def test_a_bad_stochastic_game_is_refused(change, message):
    good = {"payoffs": [[[1.0, 0.0]], [[0.0]]], "transitions": [[[1, 0], [0, 1]], [[0, 1]]], "discounts": 0.5}
    with pytest.raises(ParameterError, match=message):
        StochasticGame(**{**good, **change})
