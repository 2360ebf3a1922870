"""Normal-form games to test with, and how two sets of equilibria are compared."""

import json
from pathlib import Path

import numpy as np
import pytest

from sim.games.normal_form import NormalFormGame
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import TreatyParameters, build_games
from sim.games.treaty.rules import Rules
from sim.games.treaty.terms import TERMS

TINY = {
    "restoring": Rules(
        ultimatum_periods=1,
        notice_periods=1,
        evidence_levels=(1, 1),
        openness=(False, False),
        ultimatums=(False, True),
        deployments=(False, True),
        deployment_levels=1,
        outsider_levels=1,
        consent=False,
        review=False,
    ),
    "inviting": Rules(
        ultimatum_periods=1,
        notice_periods=2,
        evidence_levels=(1, 1),
        openness=(False, True),
        ultimatums=(False, False),
        deployments=(False, False),
        outsider_levels=1,
        invitation=True,
        restoration=False,
        consent=False,
        climate=False,
        review=False,
    ),
}
"""Rules of treaty games small enough to be written out action by action."""

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


@pytest.fixture(scope="session")
def tiny_treaty():
    """Random draws of a tiny treaty game, two unless told, by the name of its rules and a seed."""

    def build(name, seed, draws=2):
        return build_games(build_graph(TINY[name]), drawn_numbers(seed, draws=draws))

    return build


@pytest.fixture(scope="session")
def mild_numbers():
    """A function from a seed and a number of draws to mild random parameters."""
    return drawn_numbers


def drawn_numbers(seed, *, draws):
    """Random parameters, mild enough for one equilibrium and for no probability to vanish."""
    rng = np.random.default_rng(seed)

    def between(low, high, *shape):
        return rng.uniform(low, high, (draws, *shape))

    return TreatyParameters(
        period_years=1 / 12,
        discount=between(0.7, 0.95, 4),
        weights=between(0.05, 0.5, len(TERMS), 4),
        detection=between(0.4, 0.8, 2),
        false_alarm=between(0.05, 0.2, 2),
        inspection_detection=between(0.6, 0.9),
        inspection_false_alarm=between(0.1, 0.3),
        inspection_clearing=between(0.4, 0.8),
        moratorium_verification=between(0.2, 0.6),
        fading=between(0.5, 1.5),
        opportunity_rate=between(2.0, 6.0),
        toxic_onset=between(0.3, 1.0),
        toxic_clearing=between(0.3, 1.0),
        review_approach=between(0.3, 1.0),
        review_passing=between(0.3, 1.0),
        build_success=between(0.3, 0.7),
    )
