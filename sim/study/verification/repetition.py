"""Checks of repeated games, AT-06 to AT-08: closed forms against automata on the product chain."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.games.automaton import Automaton
from sim.games.catalogue import prisoners_dilemma
from sim.games.repeated import RepeatedGame
from sim.solvers.audit import audit
from sim.solvers.critical_discount import critical_discount
from sim.solvers.public_monitoring import (
    Monitor,
    best_gaussian_trigger,
    greatest_tolerance,
    imperfect_grim_threshold,
    least_suspension,
    mean_duration,
    suspension_slack,
    suspension_value,
    tolerance_slacks,
)
from sim.solvers.trigger_thresholds import grim_threshold, suspension_threshold, tit_for_tat_threshold
from sim.study.verification.check import Check, Checker

COMPLY, BREACH = (1.0, 0.0), (0.0, 1.0)
SEED = 20190802


def thresholds() -> tuple[Check, ...]:
    """AT-06: least discounts of grim, tit for tat and suspension."""
    check = Checker("AT-06", "Friedman (1971); Axelrod (1984)")
    checks = []
    printed: tuple[tuple[tuple[float, float, float, float], dict[str | int, float]], ...] = (
        (
            (5, 3, 1, 0),
            {"grim": 0.5, "tit for tat": 0.666667, 2: 0.618034, 3: 0.543689, 5: 0.508660, 10: 0.500245},
        ),
        ((3, 2, 0, -1), {"grim": 1 / 3, 1: 0.5, 2: 0.366025}),
    )
    for payoffs, values in printed:
        for strategy, value in values.items():
            found = _least(payoffs, strategy)
            checks.append(check(f"{payoffs} {_spell(strategy)}", value, found, 5e-7))
    checks.append(
        check("(5, 3, 1, 0) one period: no discount below 1 deters", True, _least((5, 3, 1, 0), 1) >= 1)
    )
    rng = np.random.default_rng(SEED)
    closed: list[float] = []
    least: list[float] = []
    for _ in range(8):
        t, r, p, s = (float(x) for x in sorted(rng.integers(-20, 20, 4) + 0.25 * np.arange(4), reverse=True))
        closed.append(grim_threshold(temptation=t, reward=r, punishment=p))
        least.append(_least((t, r, p, s), "grim"))
        tit = tit_for_tat_threshold(temptation=t, reward=r, punishment=p, sucker=s)
        if tit < 1:
            closed.append(tit)
            least.append(_least((t, r, p, s), "tit for tat"))
        three = suspension_threshold(temptation=t, reward=r, punishment=p, periods=3)
        if three < 1:
            closed.append(three)
            least.append(_least((t, r, p, s), 3))
    checks.append(check.agree("closed form, 8 random dilemmas", closed, least, 1e-9))
    return tuple(checks)


def imperfect_monitoring() -> tuple[Check, ...]:
    """AT-07: trigger suspension when the public alarm errs."""
    check = Checker("AT-07", "Green & Porter (1984); Downs & Rocke (1990)")
    checks = []
    for alarm, detection, value in (
        (0.0, 1.0, 0.5), (0.05, 0.9, 0.555556), (0.05, 0.6, 0.666667), (0.1, 0.5, 0.769231),
        (0.02, 0.3, 0.793651), (0.1, 0.3, 0.909091),
    ):  # fmt: skip
        monitor = _monitor(alarm, detection, 0.0)
        checks.append(check(f"grim {alarm, detection}", value, imperfect_grim_threshold(monitor), 5e-7))
        game, grim = _alarmed(alarm, detection, 0.0), _strikes(1)
        exact = critical_discount(game, (grim, grim)).least_perfect
        checks.append(check(f"grim {alarm, detection}, automata", value, exact, 5e-7))
    for alarm, detection, shortest in ((0.05, 0.6, (6, 4, 3, 3)), (0.1, 0.5, (None, 9, 5, 4))):
        for discount, periods in zip((0.7, 0.8, 0.9, 0.95), shortest, strict=True):
            monitor = _monitor(alarm, detection, discount)
            checks.append(
                check(f"least K {alarm, detection, discount}", str(periods), str(least_suspension(monitor)))
            )
            found = _least_by_audit(alarm, detection, discount)
            checks.append(check(f"least K {alarm, detection, discount}, audit", str(periods), str(found)))
    point = _monitor(0.05, 0.6, 0.9)
    checks.append(check("V at δ=.9, K=4", 2.731969, suspension_value(point, 4), 5e-7))
    checks.append(check("slack at δ=.9, K=4", 0.948340, suspension_slack(point, 4), 5e-7))
    worth = audit(_alarmed(0.05, 0.6, 0.9), (_suspension(4), _suspension(4))).values[0]
    checks.append(check("V at δ=.9, K=4, product chain", 2.731969, 0.1 * float(worth), 5e-7))
    checks.append(check("mean duration of a compliant treaty", 20.0, mean_duration(0.05)))
    checks.append(check("P(alive after 10 periods)", 0.598737, 0.95**10, 5e-7))
    for noise, value, close in ((1.0, 2.9883, 6e-5), (1.5, 2.8908, 2e-4)):  # the second was found on a grid
        best = best_gaussian_trigger(temptation=5, reward=3, punishment=1, discount=0.9, noise=noise)
        checks.append(
            check(f"Gaussian signal, σ={noise}", value, best.value if best else float("nan"), close)
        )
    return tuple(checks)


def tolerance() -> tuple[Check, ...]:
    """AT-08: withdraw after M alarms."""
    check = Checker("AT-08", "stylised; cf. Langlois & Langlois (2001)")
    checks = []
    for discount, slacks in ((0.9, (4.828, 0.119, -1.342)), (0.95, (8.718, 3.222, 0.544, -0.761))):
        found = tolerance_slacks(_monitor(0.05, 0.6, discount), len(slacks))
        for left, slack in enumerate(slacks):
            checks.append(check(f"δ={discount}: slack with {left + 1} left", slack, float(found[left]), 6e-4))
    for alarm, detection, discount, most in (
        (0.05, 0.6, 0.9, 2), (0.05, 0.6, 0.95, 3), (0.1, 0.5, 0.95, 3), (0.05, 0.9, 0.95, 3),
    ):  # fmt: skip
        monitor = _monitor(alarm, detection, discount)
        checks.append(check(f"most alarms {alarm, detection, discount}", most, greatest_tolerance(monitor)))
        perfect = [
            audit(_alarmed(alarm, detection, discount), (_strikes(m), _strikes(m))).perfect
            for m in (most, most + 1)
        ]
        checks.append(
            check(
                f"most alarms {alarm, detection, discount}, audit", "True False", " ".join(map(str, perfect))
            )
        )
    return tuple(checks)


def _least(payoffs: tuple[float, float, float, float], strategy: str | int) -> float:
    """Return the least discount at which the automaton is a best reply to itself; 1 if there is none."""
    game = RepeatedGame(prisoners_dilemma(*map(float, payoffs)), 0.0)
    least = critical_discount(game, _pair(strategy)).least_nash
    return float(least) if np.isfinite(least) else 1.0


def _pair(strategy: str | int) -> tuple[Automaton, Automaton]:
    """Two automata over the joint actions CC, CD, DC, DD."""
    if strategy == "grim":
        one = _automaton("grim", ("calm", "angry"), [COMPLY, BREACH], [[0, 1, 1, 1], [1] * 4])
        return one, one
    if strategy == "tit for tat":
        copies = [
            _automaton("tit for tat", ("calm", "angry"), [COMPLY, BREACH], [after, after])
            for after in ([0, 1, 0, 1], [0, 0, 1, 1])
        ]
        return copies[0], copies[1]
    periods = int(strategy)
    states = ("calm", *(f"{k} to go" for k in range(periods, 0, -1)))
    follows = [[0, 1, 1, 1]] + [[(k + 1) % (periods + 1)] * 4 for k in range(1, periods + 1)]
    one = _automaton("suspension", states, [COMPLY] + [BREACH] * periods, follows)
    return one, one


def _automaton(name: str, states: Sequence[str], outputs: Any, follows: Any) -> Automaton:
    return Automaton(name, tuple(states), 0, np.array(outputs), np.array(follows))


def _spell(strategy: str | int) -> str:
    return strategy if isinstance(strategy, str) else f"suspension of {strategy}"


def _monitor(alarm: float, detection: float, discount: float) -> Monitor:
    return Monitor(
        temptation=5, reward=3, punishment=1, false_alarm=alarm, detection=detection, discount=discount
    )


def _alarmed(alarm: float, detection: float, discount: float) -> RepeatedGame:
    """Return the dilemma (5, 3, 1, 0) with signals quiet and alarm."""
    table = [[[1 - p, p] for p in row] for row in ((alarm, detection), (detection, detection))]
    return RepeatedGame(prisoners_dilemma(), discount, table)


def _strikes(alarms: int) -> Automaton:
    """Comply until `alarms` alarms have sounded, then breach for ever."""
    states = (*(f"{k} left" for k in range(alarms, 0, -1)), "out")
    follows = [[k, k + 1] for k in range(alarms)] + [[alarms, alarms]]
    return _automaton("strikes", states, [COMPLY] * alarms + [BREACH], follows)


def _suspension(periods: int) -> Automaton:
    """Breach for `periods` after an alarm, then comply again."""
    states = ("calm", *(f"{k} to go" for k in range(periods, 0, -1)))
    follows = [[0, 1]] + [[(k + 1) % (periods + 1)] * 2 for k in range(1, periods + 1)]
    return _automaton("suspension", states, [COMPLY] + [BREACH] * periods, follows)


def _least_by_audit(alarm: float, detection: float, discount: float, limit: int = 40) -> int | None:
    game = _alarmed(alarm, detection, discount)
    for periods in range(1, limit + 1):
        if audit(game, (_suspension(periods), _suspension(periods))).perfect:
            return periods
    return None
