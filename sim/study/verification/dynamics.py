"""Checks of arms races, conflict graphs, medians, honest estimates and noise: AT-17, 19, 20, 23, 24."""

import numpy as np

from sim.games.catalogue import CATALOGUE
from sim.games.conflict_graph import ConflictGraph
from sim.games.normal_form import NormalFormGame
from sim.games.reference_models import noisy_play, richardson, spatial_median, wilson
from sim.solvers.conflict_stability import CONCEPTS, conflict_stability
from sim.study.verification.check import Check, Checker
from sim.study.verification.dice import shared_dice

SEED = 20200205
GREECE_2015 = (  # clout, position, salience of eleven stakeholders
    (100, 40, 100), (30, 60, 100), (20, 70, 100), (10, 80, 100), (100, 100, 80), (70, 100, 100),
    (70, 100, 40), (70, 100, 40), (50, 100, 100), (20, 100, 70), (20, 100, 100),
)  # fmt: skip


def arms_race() -> tuple[Check, ...]:
    """AT-17: Richardson's arms race, closed form against integration."""
    check = Checker("AT-17", "Richardson (1960)")
    race = richardson.ArmsRace(fatigue=(0.9, 1.0), reaction=(0.5, 0.6), grievance=(10, 8))
    end = richardson.by_integration(race)
    slow, fast = sorted(np.linalg.eigvals(race.matrix).real.tolist(), reverse=True)
    checks = [
        check("x*", 23.3333, end[0], 5e-5),
        check("y*", 22.0, end[1], 5e-5),
        check("slow rate", -0.4, slow),
        check("fast rate", -1.5, fast),
        check("stable", True, richardson.is_stable(race)),
    ]
    rng = np.random.default_rng(SEED)
    closed: list[float] = []
    found: list[float] = []
    while len(closed) < 12:
        (a, b), (k, m), (g, h) = rng.uniform(0.5, 2, 2), rng.uniform(0, 1, 2), rng.uniform(0, 10, 2)
        race = richardson.ArmsRace(fatigue=(a, b), reaction=(k, m), grievance=(g, h))
        if a * b > k * m + 0.2:
            closed += [*richardson.rest_point(race), *richardson.eigenvalues(race)]
            rates = sorted(np.linalg.eigvals(race.matrix).real.tolist(), reverse=True)
            found += [*richardson.by_integration(race, years=150, step=0.05), *rates]
    checks.append(check.agree("closed form, random races", closed, found, 1e-6))
    return tuple(checks)


def conflict_graphs() -> tuple[Check, ...]:
    """AT-19: stability in the graph model of four 2×2 conflicts."""
    check = Checker("AT-19", "Fang, Hipel & Kilgour (1993)")
    everything = dict.fromkeys(CONCEPTS, "")
    expected = {
        "prisoners_dilemma": {"nash": "DD", "gmr": "CC DD", "smr": "CC DD", "seq": "CC DD"},
        "chicken": {"nash": "CD DC", "gmr": "CC CD DC", "smr": "CC CD DC", "seq": "CD DC"},
        "stag_hunt": dict.fromkeys(everything, "CC DD"),
        "deadlock": dict.fromkeys(everything, "DD"),
    }
    checks = []
    for name, by_concept in expected.items():
        game = NormalFormGame(CATALOGUE[name].game.payoffs, actions=(("C", "D"), ("C", "D")))
        stability = conflict_stability(ConflictGraph.from_normal_form(game))
        for concept, states in by_concept.items():
            found = " ".join(state.replace(", ", "") for state in stability.equilibria(concept))
            checks.append(check(f"{name}, {concept}", states, found))
    return tuple(checks)


def median() -> tuple[Check, ...]:
    """AT-20: the weighted median is the Condorcet winner."""
    check = Checker("AT-20", "Black (1948); eleven stakeholders of 2015")
    positions = [float(row[1]) for row in GREECE_2015]
    weights = [row[0] * row[2] / 100 for row in GREECE_2015]
    winner = spatial_median.condorcet_winner(positions, weights)
    checks = [
        check("weighted mean", 82.222, spatial_median.weighted_mean(positions, weights), 5e-4),
        check("weighted median", 100.0, spatial_median.weighted_median(positions, weights)),
        check("Condorcet winner", 100.0, float("nan") if winner is None else winner),
    ]
    rng = np.random.default_rng(SEED)
    closed, voted = [], []
    for _ in range(30):
        places, strength = rng.uniform(0, 100, 9).tolist(), rng.uniform(0.1, 1, 9).tolist()
        best = spatial_median.condorcet_winner(places, strength)
        closed.append(spatial_median.weighted_median(places, strength))
        voted.append(float("nan") if best is None else best)
    checks.append(check.agree("median against all pairs, 30 random cases", closed, voted, 0.0))
    return tuple(checks)


def honesty() -> tuple[Check, ...]:
    """AT-23: the Wilson interval and the dice; the printed lower end 0.36557 is rounded up in its last digit."""
    check = Checker("AT-23", "Wilson (1927)")
    low, high = wilson.wilson_by_inversion(3750, 10_000)
    checks = [
        check("3750 of 10000, low", 0.36557, low, 1e-5),
        check("3750 of 10000, high", 0.38453, high, 1e-5),
    ]
    rng = np.random.default_rng(SEED)
    closed, inverted = [], []
    for _ in range(20):
        trials = int(rng.integers(1, 5000))
        drawn = (int(rng.integers(0, trials + 1)), trials, float(rng.uniform(0.5, 0.999)))
        closed += list(wilson.wilson_interval(*drawn))
        inverted += list(wilson.wilson_by_inversion(*drawn))
    checks.append(check.agree("closed form, 20 random counts", closed, inverted, 1e-9))
    return (*checks, *shared_dice(check))


def noise() -> tuple[Check, ...]:
    """AT-24: little noise favours the forgiving, much noise the cheats, one half nobody."""
    check = Checker("AT-24", "after Case (2017), The Evolution of Trust")
    checks = [
        check("5 % noise", "copykitten", ", ".join(noisy_play.survivors(0.05))),
        check("30 % noise", "always cheat", ", ".join(noisy_play.survivors(0.3))),
        check("50 % noise: nobody is eliminated", 5.0, float(len(noisy_play.survivors(0.5)))),
    ]
    payoffs = np.array([[2.0, -1.0], [3.0, 0.0]])
    within = 0
    for first in noisy_play.MACHINES:
        for second in noisy_play.MACHINES:
            exact = noisy_play.expected_scores(first, second, payoffs, 0.1, 10)[0]
            mean, error = noisy_play.played_scores(first, second, payoffs, 0.1, 10, 600, SEED)
            within += abs(mean - exact) <= 4.5 * error
    checks.append(check("exact scores within the error of play, 25 pairs", 25.0, float(within)))
    return tuple(checks)
