"""Checks of the textbook catalogue and of a known trap, against the equilibrium solver."""

import numpy as np

from sim.games.catalogue import CATALOGUE
from sim.games.normal_form import NormalFormGame
from sim.solvers.solve import solve
from sim.study.verification.check import Check, Checker


def catalogue() -> tuple[Check, ...]:
    """Every textbook game: the number of equilibria and how far each listed one is from the nearest found."""
    checks = []
    for name, entry in CATALOGUE.items():
        check = Checker(f"textbook {name}", entry.source)
        found = solve(entry.game).profiles
        checks.append(check("equilibria", float(len(entry.equilibria)), float(len(found))))
        for number, equilibrium in enumerate(entry.equilibria):
            wanted = np.array([float(p) for strategy in equilibrium for p in strategy])
            distance = min(
                (float(np.abs(np.concatenate(p) - wanted).max()) for p in found), default=float("nan")
            )
            checks.append(check(f"equilibrium {number + 1}: distance", 0.0, distance, 1e-9))
    return tuple(checks)


def lost_equilibrium() -> tuple[Check, ...]:
    """Check a 3×3 game of which support enumeration in common use loses one of three equilibria."""
    check = Checker("trap", "three equilibria, one lost by exact tests on rounded numbers")
    row = [[-0.7, -0.1, 0.8], [1.5, -1.3, 1.5], [1.3, 0.8, 0.3]]
    column = [[-0.3, 1.5, 2], [1.8, 1.3, 0.4], [-1.2, 0, 0.7]]
    found = solve(NormalFormGame(np.array([row, column]))).profiles
    listed = (
        ((0, 1, 0), (1, 0, 0)),
        ((0, 0.705882, 0.294118), (0.913043, 0.086957, 0)),
        ((0, 0.4375, 0.5625), (0, 0.363636, 0.636364)),
    )
    checks = [check("equilibria", 3.0, float(len(found)))]
    for number, pair in enumerate(listed):
        wanted = np.concatenate(pair)
        distance = min((float(np.abs(np.concatenate(p) - wanted).max()) for p in found), default=float("nan"))
        checks.append(check(f"equilibrium {number + 1}: distance", 0.0, distance, 1e-6))
    return tuple(checks)
