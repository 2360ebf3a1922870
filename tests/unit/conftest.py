"""Trees to test with."""

import json
from pathlib import Path

import numpy as np
import pytest

from sim.games.extensive import Chance, Decision, ExtensiveGame, Terminal

DATA = Path(__file__).parents[1] / "data" / "trees.json"


def grown(rng, num_players, depth, own=None):
    """A random subtree; decision nodes with the same own past are put into one information set at random."""
    own = own or [()] * num_players
    if depth == 0 or rng.random() < 0.15:
        return Terminal(rng.integers(-5, 6, num_players).astype(float))
    if rng.random() < 0.2:
        count = int(rng.integers(2, 4))
        weights = rng.integers(1, 5, count)
        children = tuple(grown(rng, num_players, depth - 1, own) for _ in range(count))
        return Chance(weights / weights.sum(), children)
    player, count = int(rng.integers(num_players)), int(rng.integers(2, 4))
    label = f"{own[player]}, {count}, {rng.integers(2)}"
    children = []
    for action in range(count):
        after = list(own)
        after[player] = (*own[player], (label, action))
        children.append(grown(rng, num_players, depth - 1, after))
    return Decision(player, label, tuple(children))


@pytest.fixture
def random_tree():
    """A function from a seed to a random game of perfect recall with chance and information sets."""

    def make(seed, num_players=2, depth=3):
        rng = np.random.default_rng(seed)
        while True:
            game = ExtensiveGame(grown(rng, num_players, depth))
            if 2 <= len(game.information_sets) <= 6:
                return game

    return make


@pytest.fixture
def random_profile():
    """A function from a game and a seed to a random behaviour profile."""

    def make(game, seed):
        rng = np.random.default_rng(seed)
        return [rng.dirichlet(np.ones(count)) for count in game.num_actions]

    return make


def written(node):
    """The tree that the JSON of a reference case describes."""
    if node["type"] == "terminal":
        return Terminal(node["payoffs"])
    children = [written(child) for child in node["children"]]
    if node["type"] == "chance":
        return Chance(node["probs"], children, node["actions"])
    return Decision(node["player"], node["infoset"], children, node["actions"])


@pytest.fixture
def reference_case():
    """A function from a name to (game, expected) of a published tree."""
    cases = json.loads(DATA.read_text(encoding="utf-8"))

    def find(name):
        case = cases[name]
        return ExtensiveGame(written(case["tree"]), case["players"], name), case["expected"]

    return find
