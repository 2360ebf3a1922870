"""Checks of the inspection models, AT-01 to AT-05."""

from typing import Any

import numpy as np

from sim.games.reference_models import conditional_cooperation, recursive_inspection
from sim.games.reference_models.inspection import (
    FalseAlarms,
    false_alarm_by_search,
    false_alarm_equilibrium,
    inspection_game,
    leadership,
    leadership_by_search,
    mixed_equilibrium,
)
from sim.solvers.solve import solve
from sim.study.verification.check import Check, Checker

SEED = 20190202


def inspection() -> tuple[Check, ...]:
    """AT-01: the 2×2 inspection game, closed form against the equilibrium solver."""
    check = Checker("AT-01", "Avenhaus, von Stengel & Zamir (2002); Maschler (1966)")
    checks = []
    for detection, inspect, violate in ((1.0, 0.5, 2 / 7), (0.8, 0.625, 1 / 3), (0.6, 0.833333, 0.4)):
        parameters = {"cost": 0.2, "loss": 0.5, "penalty": 1.0, "detection": detection}
        found = solve(inspection_game(**parameters)).profiles
        checks.append(check(f"d={detection}: P(inspect)", inspect, float(found[0][0][0]), 5e-7))
        checks.append(check(f"d={detection}: P(violate)", violate, float(found[0][1][1]), 5e-7))
        checks.append(check(f"d={detection}: equilibria", 1.0, float(len(found))))
    pure = solve(inspection_game(cost=0.2, loss=0.5, penalty=1.0, detection=0.4)).profiles
    checks.append(check("d=0.4: pure (inspect, violate)", "1 1", f"{pure[0][0][0]:g} {pure[0][1][1]:g}"))
    edge = solve(inspection_game(cost=0.2, loss=0.5, penalty=1.0, detection=0.5))
    checks.append(check("d=1/(1+b): degenerate", True, edge.degenerate))
    checks.append(check("d=1/(1+b): extreme points", 2.0, float(len(edge.profiles))))
    closed, solved = [], []
    for parameters in _random_inspections(30):
        mixed = mixed_equilibrium(**parameters)
        profile = solve(inspection_game(**parameters)).profiles[0]
        solved += [float(profile[0][0]), float(profile[1][1])]
        closed += [1.0, 1.0] if mixed is None else list(mixed)
    checks.append(check.agree("closed form, 30 random games", closed, solved, 1e-9))
    return tuple(checks)


def inspector_leadership() -> tuple[Check, ...]:
    """AT-02: the inspector announces its probability first."""
    check = Checker("AT-02", "Maschler (1966); Kilgour & Brams (1992)")
    known: dict[str, Any] = {"cost": 0.2, "loss": 0.5, "penalty": 1.0}
    led = leadership(detection=1.0, **known)
    assert led is not None
    checks = [
        check("d=1: inspector's payoff", -0.1, led[1]),
        check("d=1: payoff by search", -0.1, leadership_by_search(detection=1.0, **known)[1], 1e-4),
        check("d=0.4: cannot deter", True, leadership(detection=0.4, **known) is None),
    ]
    closed, searched = [], []
    for parameters in _random_inspections(10):
        led = leadership(**parameters)
        if led is not None:
            closed.append(led[1])
            searched.append(leadership_by_search(**parameters)[1])
    checks.append(check.agree("closed form, random games", closed, searched, 1e-4))
    return tuple(checks)


def false_alarms() -> tuple[Check, ...]:
    """AT-03: a statistical test whose false-alarm probability the inspector chooses."""
    check = Checker("AT-03", "Avenhaus, von Stengel & Zamir (2002)")
    printed = (
        (1.0, 0.16913, 0.48309, 0.11234, -0.09832, -0.01691),
        (1.5, 0.06908, 0.49309, 0.06248, -0.05312, -0.00691),
        (2.0, 0.02306, 0.49769, 0.02665, -0.02220, -0.00231),
        (2.5, 0.00624, 0.49938, 0.00874, -0.00717, -0.00062),
        (3.0, 0.00135, 0.49986, 0.00222, -0.00180, -0.00014),
    )
    names = ("alarm", "undetected", "violate", "simultaneous", "leader")
    checks = []
    for ratio, *values in printed:
        game = FalseAlarms(cost=0.1, loss=0.5, penalty=1.0, nuisance=0.2, ratio=ratio)
        found = false_alarm_by_search(game)
        checks += [
            check(f"D={ratio}: {name}", value, getattr(found, name), 5.1e-6)
            for name, value in zip(names, values, strict=True)
        ]
    rng = np.random.default_rng(SEED)
    closed, searched = [], []
    for _ in range(5):
        cost, loss = sorted(rng.uniform(0.05, 0.9, 2))
        game = FalseAlarms(
            cost=cost, loss=loss, penalty=rng.uniform(0.3, 3), nuisance=rng.uniform(0.05, 0.5),
            ratio=rng.uniform(0.8, 2.5),
        )  # fmt: skip
        first, second = false_alarm_equilibrium(game), false_alarm_by_search(game)
        closed += [first.alarm, first.violate, first.simultaneous]
        searched += [second.alarm, second.violate, second.simultaneous]
    checks.append(check.agree("first-order conditions, 5 random games", closed, searched, 1e-6))
    return tuple(checks)


def recursive() -> tuple[Check, ...]:
    """AT-04: a budget of inspections over n periods."""
    check = Checker("AT-04", "Dresher (1962); von Stengel (2016)")
    printed = {
        (2, 1, 1): 1 / 3, (3, 1, 1): 1 / 2, (3, 2, 1): 1 / 7, (4, 1, 1): 3 / 5, (4, 2, 1): 3 / 11,
        (4, 2, 2): 4 / 11,
        (5, 2, 1): 3 / 8, (10, 3, 1): 84 / 176, (12, 4, 3): 666 / 794,
    }  # fmt: skip
    checks = [
        check(f"u{key}", value, recursive_inspection.by_recursion(*key)[0]) for key, value in printed.items()
    ]
    for key, value in {(2, 1): 1 / 3, (4, 2): 4 / 11, (10, 3): 46 / 176}.items():
        found = [recursive_inspection.by_recursion(*key, k)[1] for k in (1, 2)]
        checks.append(check(f"first inspection {key}", value, found[0]))
        checks.append(check(f"first inspection {key}, whatever k", found[0], found[1]))
    closed, solved = [], []
    for penalty in (1.0, 0.5, 2.3):
        for n in range(11):
            for m in range(n + 2):
                for k in range(n + 2):
                    closed.append(recursive_inspection.inspectee_value(n, m, k, penalty))
                    value, first = recursive_inspection.by_recursion(n, m, k, penalty)
                    solved.append(value)
                    if penalty == 1 and n >= k >= 1:
                        closed.append(recursive_inspection.first_inspection_probability(n, m))
                        solved.append(first)
    checks.append(check.agree("closed form, all n <= 10, three penalties", closed, solved, 1e-12))
    return tuple(checks)


def conditional() -> tuple[Check, ...]:
    """AT-05: cooperating with one who reciprocates what it detects."""
    check = Checker("AT-05", "Brams, Davis & Straffin (1979)")
    checks = []
    for payoffs, value in (((4, 3, 2, 1), 0.75), ((5, 3, 1, 0), 0.714286), ((3, 2, 0, -1), 0.666667)):
        found = conditional_cooperation.by_comparison(*payoffs)
        checks.append(check(f"threshold {payoffs}", value, found, 5e-7))
    rng = np.random.default_rng(SEED)
    drawn = [sorted(rng.normal(0, 3, 4), reverse=True) for _ in range(20)]
    closed = [conditional_cooperation.detection_threshold(*p) for p in drawn]
    compared = [conditional_cooperation.by_comparison(*p) for p in drawn]
    checks.append(check.agree("closed form, 20 random dilemmas", closed, compared, 1e-9))
    return tuple(checks)


def _random_inspections(count: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(SEED)
    drawn = []
    for _ in range(count):
        cost, loss = sorted(rng.uniform(0.01, 0.99, 2))
        drawn.append(
            {"cost": cost, "loss": loss, "penalty": rng.uniform(0.2, 4), "detection": rng.uniform(0.1, 1)}
        )
    return drawn
