"""Conditions on beliefs: where thresholds stand on the grid, and what automata become at their extremes."""

from math import exp

import numpy as np
import pytest

from sim.app.automata import AutomatonShelf
from sim.errors import ParameterError
from sim.games.treaty.graph import build_graph
from sim.games.treaty.moves import Move
from sim.games.treaty.rules import Rules
from sim.strategies.doubt import DoubtGrid
from sim.strategies.specification import automaton_from_mapping
from sim.strategies.treaty_automaton import compile_automaton

GRAPH = build_graph(Rules())
SHELF = AutomatonShelf()
GRID = DoubtGrid(resolution=0.5, secret=(0, 1))


def compiled(mapping, actor=0, grid=GRID):
    return compile_automaton(automaton_from_mapping(mapping, "test"), GRAPH, actor, grid)


def same(first, second):
    return all(
        np.array_equal(getattr(first, n), getattr(second, n)) for n in ("breach", "moves", "following")
    )


@pytest.mark.parametrize("probability", [0.1, 0.3, 0.5, 1 / (1 + exp(-0.5)), 0.9])
def test_a_threshold_is_moved_to_the_grid(probability) -> None:
    """The first point that reaches it; the last that keeps to it."""
    points = np.arange(-20, 21)
    beliefs = 1 / (1 + np.exp(-0.5 * points))
    least = GRID.first_step("doubt_self_at_least", probability)
    most = GRID.first_step("doubt_self_at_most", probability)
    assert ((points >= least) == (beliefs >= probability - 1e-8)).all()
    assert ((points < most) == (beliefs <= probability + 1e-8)).all()


def test_a_suspicious_trigger_that_is_never_convinced_waits_for_an_exit() -> None:
    mapping = SHELF["suspicious_trigger"]
    without = {**mapping, "transitions": mapping["transitions"][1:]}
    never = {
        **mapping,
        "transitions": [with_doubt(mapping["transitions"][0], 1.0), mapping["transitions"][1]],
    }
    at_once = {
        **mapping,
        "transitions": [with_doubt(mapping["transitions"][0], 0.0), mapping["transitions"][1]],
    }
    always = {**mapping, "transitions": [{"from": "calm", "to": "convinced", "on": "otherwise"}]}
    for actor in (0, 1):
        assert same(compiled(never, actor), compiled(without, actor))
        assert same(compiled(at_once, actor), compiled(always, actor))
        assert same(compiled(mapping, actor, DoubtGrid()), compiled(without, actor))  # nobody has a secret
        assert compiled(mapping, actor).num_levels == 2


def with_doubt(transition, probability):
    return {**transition, "when": {"doubt_other_at_least": probability}}


def test_a_cautious_trigger_without_caution_is_one_that_asks_nothing() -> None:
    mapping = SHELF["cautious"]
    rule = mapping["states"]["angry"]["moves"][1]
    results = {}
    for name, when in (
        ("zero", {**rule["when"], "doubt_other_at_least": 0}),
        ("none", {"phase": rule["when"]["phase"]}),
    ):
        moves = [
            mapping["states"]["angry"]["moves"][0],
            {**rule, "when": when},
            mapping["states"]["angry"]["moves"][2],
        ]
        states = {**mapping["states"], "angry": {**mapping["states"]["angry"], "moves": moves}}
        results[name] = compiled({**mapping, "states": states})
    assert same(results["zero"], results["none"])


def test_a_rule_holds_at_the_levels_that_its_threshold_says() -> None:
    mapping = {
        "states": {
            "one": {
                "moves": [
                    {"move": "withdraw", "when": {"doubt_other_at_least": 0.8}},
                    {"move": "press", "when": {"doubt_other_at_least": 0.4, "doubt_self_at_most": 0.5}},
                ]
            }
        }
    }
    automaton = compiled(mapping, 0)
    assert automaton.doubts == (
        (1,),
        (0, 3),
    )  # above 0.5 about oneself; from 0.5 and from 0.8176 about the other
    start = GRAPH.start_state
    menu = GRAPH.legal[GRAPH.start[0], 0].tolist()
    played = [menu[int(automaton.moves[0, q, start].argmax())] for q in range(6)]
    assert [Move(code).name for code in played] == ["NONE", "PRESS", "WITHDRAW", "NONE", "NONE", "WITHDRAW"]
    assert 1 / (1 + exp(-0.5 * 3)) > 0.8 > 1 / (1 + exp(-0.5 * 2))


def test_who_asks_for_beliefs_is_known() -> None:
    asking = {name for name in SHELF if automaton_from_mapping(SHELF[name], name).conditions_on_beliefs}
    assert asking == {"cautious", "suspicious_trigger"}


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        (
            {"states": {"a": {"moves": [{"move": "press", "when": {"doubt_other_at_least": 1.5}}]}}},
            "must be a probability, got 1.5",
        ),
        (
            {
                "states": {"a": {}},
                "transitions": [{"from": "a", "to": "a", "on": "otherwise", "when": {"phase": "ended"}}],
            },
            "transitions\\[0\\].when has no key phase; legal: doubt_self_at_least",
        ),
    ],
)
def test_a_mistake_is_one_line(mapping, words) -> None:
    with pytest.raises(ParameterError, match=words):
        automaton_from_mapping(mapping, "test")
