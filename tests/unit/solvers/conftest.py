"""Normal-form games to test with, and how two sets of equilibria are compared."""

import json
from pathlib import Path

import numpy as np
import pytest

from sim.games.normal_form import NormalFormGame

NORMAL_FORM = Path(__file__).parents[2] / "data" / "normal_form.json"


@pytest.fixture(scope="session")
def normal_form_cases():
    """The published games by name: each with its `game`, `expected` and `tolerance`."""
    cases = json.loads(NORMAL_FORM.read_text(encoding="utf-8"))["cases"]
    return {
        case["id"]: {**case, "payoffs": case["game"], "game": NormalFormGame(case["game"]["payoffs"])}
        for case in cases
    }


@pytest.fixture(scope="session")
def contains():
    """Whether a list of profiles holds a given one."""

    def check(profiles, wanted, tolerance=1e-7):
        return any(
            all(np.abs(np.asarray(a) - b).max() <= tolerance for a, b in zip(profile, wanted, strict=True))
            for profile in profiles
        )

    return check


@pytest.fixture(scope="session")
def same_set(contains):
    """Whether two lists of profiles are the same set, neither with a repetition."""

    def check(ours, theirs, tolerance=1e-7):
        return len(ours) == len(theirs) and all(contains(ours, profile, tolerance) for profile in theirs)

    return check


@pytest.fixture(scope="session")
def gambit_profiles():
    """Profiles of pygambit as tuples of arrays, repetitions removed."""

    def convert(tree, profiles):
        rows = {
            tuple(
                tuple(float(profile[strategy]) for strategy in player.strategies) for player in tree.players
            )
            for profile in profiles
        }
        return [tuple(map(np.array, row)) for row in rows]

    return convert
