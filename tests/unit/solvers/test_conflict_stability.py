"""Stability in conflict graphs."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.conflict_graph import ConflictGraph
from sim.games.normal_form import NormalFormGame
from sim.solvers.conflict_stability import CONCEPTS, conflict_stability
from sim.solvers.solve import solve

DATA = Path(__file__).parents[2] / "data" / "garrison_conflict.json"


def test_a_published_conflict_of_four_decision_makers():
    """23 states, 9 options; that program answers with one move of one opponent."""
    case = json.loads(DATA.read_text(encoding="utf-8"))
    states = []
    for code in range(2 ** case["options"]):
        bits = [code >> k & 1 for k in range(case["options"])]
        if not any(all(bits[o] == (v == "Y") for o, v in rule) for rule in case["infeasible"]):
            states.append(bits)
    assert len(states) == 23
    makers = case["decision_makers"]
    moves = np.zeros((len(makers), 23, 23), dtype=bool)
    preferences = np.zeros((len(makers), 23))
    for player, maker in enumerate(makers):
        for (a, here), (b, there) in itertools.permutations(enumerate(states), 2):
            changed = {k for k in range(case["options"]) if here[k] != there[k]}
            moves[player, a, b] = changed <= set(maker["options"])
        for rank, group in enumerate(maker["best_to_worst"]):
            for state in group if isinstance(group, list) else [group]:
                preferences[player, state - 1] = -rank
    graph = ConflictGraph(
        tuple(str(k + 1) for k in range(23)), tuple(maker["name"] for maker in makers), moves, preferences
    )
    stability = conflict_stability(graph, single_answers=True)
    for concept, row in case["stable"].items():
        expected = tuple(str(k + 1) for k, flag in enumerate(row) if flag == "1")
        assert stability.equilibria(concept) == expected
    longer = conflict_stability(graph)  # more answers can only deter more
    for concept in ("gmr", "seq"):
        assert set(stability.equilibria(concept)) <= set(longer.equilibria(concept))


def test_concepts_are_nested_in_random_conflicts():
    """Nash implies SMR implies GMR, and Nash implies SEQ implies GMR (Fang, Hipel & Kilgour 1993, theorem 3.1)."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        shape = [(2, 3), (2, 2, 2)][int(rng.integers(2))]
        game = NormalFormGame(rng.integers(0, 4, (len(shape), *shape)).astype(float))
        stable = conflict_stability(ConflictGraph.from_normal_form(game)).stable
        nash, gmr, smr, seq = stable
        assert (nash <= smr).all()
        assert (smr <= gmr).all()
        assert (nash <= seq).all()
        assert (seq <= gmr).all()


def test_nash_stability_is_pure_nash_equilibrium():
    rng = np.random.default_rng(1)
    for _ in range(10):
        game = NormalFormGame(rng.normal(size=(2, 3, 3)))
        found = conflict_stability(ConflictGraph.from_normal_form(game)).equilibria("nash")
        pure = {
            ", ".join(str(int(s.argmax()) + 1) for s in p)
            for p in solve(game, "nash").profiles
            if all(s.max() > 1 - 1e-9 for s in p)
        }
        assert set(found) == pure


def test_a_move_that_cannot_be_taken_back_is_safe_from_itself():
    """Withdrawal is irreversible: after it the other's threat to answer is all that counts."""
    game = NormalFormGame([[[3, 1], [4, 2]], [[3, 4], [1, 2]]], ["A", "B"], [["stay", "leave"]] * 2)
    graph = ConflictGraph.from_normal_form(game, irreversible=[(0, 1), (1, 1)])
    assert not graph.moves[0, 2:].any()  # A has left
    stability = conflict_stability(graph)
    assert stability.equilibria("nash") == ("leave, leave",)
    assert "stay, stay" in stability.equilibria("seq")
    assert stability.reason("nash", "A", "stay, stay") == (
        "A gains by moving from stay, stay to leave, stay."
    )


def test_graphs_are_checked():
    moves = np.zeros((1, 2, 2), dtype=bool)
    with pytest.raises(ParameterError, match="distinct names"):
        ConflictGraph(("x", "x"), ("A",), moves, [[0, 1]])
    with pytest.raises(ParameterError, match="for 1 players and 2 states"):
        ConflictGraph(("x", "y"), ("A",), moves[:, :1], [[0, 1]])
    with pytest.raises(ParameterError, match="finite"):
        ConflictGraph(("x", "y"), ("A",), moves, [[0, np.nan]])
    moves[0, 0, 0] = True
    with pytest.raises(ParameterError, match="must leave its state, got 'x'"):
        ConflictGraph(("x", "y"), ("A",), moves, [[0, 1]])
    assert len(CONCEPTS) == 4
