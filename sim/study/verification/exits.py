"""Checks of exit, escape and the conditions of a deal: AT-09, AT-10, AT-18, AT-21."""

from typing import Any

import numpy as np

from sim.games.reference_models import escape_clause, exit_notice, outside_power, transparency
from sim.study.verification.check import Check, Checker

SEED = 20190704


def notice() -> tuple[Check, ...]:
    """AT-09: an exit clause with a notice period."""
    check = Checker("AT-09", "stylised real option; value iteration")
    option = exit_notice.ExitOption(good=1, bad=-4, worsens=0.01, recovers=0.05, discount=0.98, exit_cost=10)
    checks = [
        check("mean value", 8.3333, option.mean_value, 5e-5),
        check("gap in bad times", -52.8765, option.gap, 5e-5),
        check("value in bad times, never leaving", -44.5431, exit_notice.never_leaving(option)[1], 5e-5),
        check("N*", 17.12, exit_notice.longest_exit_notice(option), 5e-3),
    ]
    for periods, leaves in ((6, True), (12, True), (17, True), (18, False), (24, False)):
        checks.append(check(f"notice given, N={periods}", leaves, exit_notice.gives_notice(option, periods)))
    for periods, value in ((3, 0.9025), (6, 0.7738), (12, 0.5688)):
        found = exit_notice.exit_probability_by_chain(0.05, periods)
        checks.append(check(f"rescindable notice runs out, N={periods}", value, found, 5.1e-5))
    rng = np.random.default_rng(SEED)
    closed: list[float] = []
    iterated: list[float] = []
    while len(closed) < 12:
        drawn = exit_notice.ExitOption(
            good=rng.uniform(0.5, 2), bad=-rng.uniform(1, 6), worsens=rng.uniform(0.01, 0.2),
            recovers=rng.uniform(0.02, 0.3), discount=rng.uniform(0.85, 0.97), exit_cost=rng.uniform(0, 8),
        )  # fmt: skip
        periods = int(rng.integers(1, 25))
        longest = exit_notice.longest_exit_notice(drawn)
        if abs(longest - periods) > 0.01 and drawn.mean_value > -drawn.exit_cost:
            closed.append(float(periods < longest))
            iterated.append(float(exit_notice.gives_notice(drawn, periods)))
    checks.append(check.agree("closed form, 12 random treaties", closed, iterated, 0.0))
    return tuple(checks)


def escape() -> tuple[Check, ...]:
    """AT-10: an escape clause with a penalty."""
    check = Checker("AT-10", "stylised after Rosendorff & Milner (2001)")
    known: dict[str, Any] = {"reward": 3.0, "gain": 0.5, "harm": 3.0, "shock": 4.0}
    checks = [
        check(f"value at k={k}", value, escape_clause.by_integration(k, **known)[0], 1e-6)
        for k, value in ((0, 2.5), (1, 2.78125), (2, 3.15625), (3, 3.28125), (3.5, 3.25), (4, 3.15625))
    ]
    checks += [
        check("P(use) at k=3", 0.375, escape_clause.by_integration(3, **known)[1], 1e-5),
        check("best penalty", 3.0, escape_clause.best_penalty_by_search(**known), 5e-3),
        check(
            "slack at k=3, δ=.8",
            6.125,
            escape_clause.self_enforcing_slack(3, punishment=1, discount=0.8, **known),
        ),
    ]
    rng = np.random.default_rng(SEED)
    closed: list[float] = []
    summed: list[float] = []
    for _ in range(20):
        drawn: dict[str, Any] = {key: float(rng.uniform(0.2, 5)) for key in known}
        k = float(rng.uniform(0, 6))
        closed.append(escape_clause.per_period_value(k, **drawn))
        closed.append(escape_clause.use_probability(k, gain=drawn["gain"], shock=drawn["shock"]))
        summed += escape_clause.by_integration(k, **drawn)
    checks.append(check.agree("closed form, 20 random clauses", closed, summed, 1e-4))
    return tuple(checks)


def transparency_window() -> tuple[Check, ...]:
    """AT-18: transparent enough to assure, not so much as to threaten."""
    check = Checker("AT-18", "stylised after Coe & Vaynman (2020)")
    checks = []
    for parameters, window in (
        ((1, 2, 0.4, 0.3), (0.5, 0.75)), ((1, 2, 0.8, 0.3), None), ((1, 3, 0.8, 0.3), (0.333, 0.375)),
    ):  # fmt: skip
        found = transparency.window_by_payoffs(*parameters)
        if window is None or found is None:
            checks.append(check(f"{parameters}: no deal", window is None, found is None))
        else:
            checks.append(check(f"{parameters}: least", window[0], found[0], 5e-4))
            checks.append(check(f"{parameters}: largest", window[1], found[1], 5e-4))
    rng = np.random.default_rng(SEED)
    closed, searched = [], []
    for _ in range(20):
        drawn = [float(x) for x in rng.uniform(0.2, 3, 4)]
        closed += list(transparency.deal_window(*drawn) or (-1.0, -1.0))
        searched += list(transparency.window_by_payoffs(*drawn) or (-1.0, -1.0))
    checks.append(check.agree("closed form, 20 random cases", closed, searched, 2e-6))
    return tuple(checks)


def outsider() -> tuple[Check, ...]:
    """AT-21: the arsenal of a power that is not bound."""
    check = Checker("AT-21", "proposal of this project")
    known = {"temptation": 5.0, "reward": 3.0, "punishment": 1.0, "sensitivity": 1.5}
    checks = [
        check(f"δ*({m})", value, outside_power.discount_by_payoffs(m, **known), 1e-9)
        for m, value in ((0, 0.5), (0.25, 0.59375), (0.5, 0.6875), (0.75, 0.78125), (1, 0.875))
    ]
    rng = np.random.default_rng(SEED)
    closed, found = [], []
    for _ in range(10):
        p, r, t = sorted(rng.uniform(0, 6, 3))
        drawn = {"temptation": t, "reward": r, "punishment": p, "sensitivity": float(rng.uniform(0.1, 2))}
        most = outside_power.largest_tolerable_arsenal(r, p, drawn["sensitivity"])
        m = float(rng.uniform(0, 0.9 * most))
        closed.append(outside_power.critical_discount(m, **drawn))
        found.append(outside_power.discount_by_payoffs(m, **drawn))
    checks.append(check.agree("closed form, 10 random cases", closed, found, 1e-9))
    return tuple(checks)
