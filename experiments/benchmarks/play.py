"""Plays of the default scenario on one core, against numpy.

A game-period is all actors choosing once, signals and transition drawn; only those of the horizon are counted, not
what the conditional-hazard estimator plays again after its branch. The peer is the same game played by plain numpy,
all plays a period at a time, with dice of its own; the two collapse probabilities must agree within four standard
errors. Processor time, the two measured in turns, the best of five.
"""

from time import process_time

import numpy as np

from sim.app.plan import load
from sim.engine.codes import ENDED
from sim.engine.layout import (
    EVENTS,
    FIRST_ROW,
    FOLLOWING,
    FORCED,
    FREE,
    IDLE_ROW,
    KERNEL,
    LEGAL,
    OUTSIDER_ROWS,
    PHASE,
    RISES,
    lay_out,
)
from sim.engine.monte_carlo import simulate
from sim.engine.play_history import COLLAPSE
from sim.engine.quantised import quantised
from sim.engine.tables import ONE
from sim.study.draws import games_of
from sim.study.play_plan import plan_of
from sim.study.profiles import build_profile
from sim.study.progress import silent

STRATEGIES = ("grim_trigger", "ultimatum", "tit_for_tat")
PLAYS = 20_000
REPEATS = 5
ERRORS = 4.0


def rows():
    """Yield the rows of the table."""
    for strategy in STRATEGIES:
        plan = default_plan([f"strategy={strategy}", "engine.draws=1"])
        best = dict.fromkeys(("counted", "conditional", "numpy"), np.inf)
        simulate(plan, replications=1)
        kernel = np.nan
        for repeat in range(REPEATS):
            for name in ("counted", "conditional", "numpy"):
                start = process_time()
                if name == "numpy":
                    peer = numpy_collapse(plan, PLAYS, np.random.default_rng(repeat))
                else:
                    ensemble = simulate(plan, replications=PLAYS, conditional=name == "conditional")
                    if name == "counted":
                        kernel = ensemble.means[0, COLLAPSE]
                best[name] = min(best[name], process_time() - start)
            require_agreement(strategy, kernel, peer)
        rate = {name: PLAYS * plan.periods / seconds / 1e6 for name, seconds in best.items()}
        what = f"game-periods, `strategy={strategy}`"
        unit = "million a second"
        yield {"what": f"{what}, plays counted", "value": rate["counted"], "unit": unit, "target": 15}
        yield {"what": f"{what}, conditional hazard", "value": rate["conditional"], "unit": unit}
        ratio = rate["counted"] / rate["numpy"]
        yield {"what": f"{what}, counted", "value": ratio, "unit": "times plain numpy"}


def default_plan(overrides):
    """Return what `treaty-sim run` would play, after these overrides."""
    plan = load("inf_2019", overrides)
    games = games_of(plan.scenario, plan.engine.draws, plan.engine.seed)
    names = tuple(plan.strategies[actor] for actor in plan.scenario.actor_names)
    profile, _ = build_profile(games, names, plan.automata, plan.solver, workers=1, progress=silent)
    return plan_of(plan.scenario, games, quantised(profile), plan.engine)


def require_agreement(strategy, ours, theirs):
    """Stop if two collapse probabilities, each from `PLAYS` plays, differ by more than their error."""
    middle = (ours + theirs) / 2
    error = np.sqrt(2 * middle * (1 - middle) / PLAYS)
    if abs(ours - theirs) > ERRORS * error + 1 / PLAYS:
        raise SystemExit(f"{strategy}: collapse {ours:.4f} compiled, {theirs:.4f} numpy, error {error:.4f}")


def numpy_collapse(plan, plays, rng):
    """Return the share of `plays` in which the treaty ends, and play payoffs along as the kernel does."""
    layout, tables = lay_out(plan.board), plan.tables[0]
    start = plan.start
    m, x = np.full(plays, start[0]), np.full(plays, start[1])
    memory = np.tile(start[2:], (plays, 1))
    payoff, factor = np.zeros((plays, 4)), np.ones(4)
    ended = np.zeros(plays, bool)

    def dice():
        return rng.integers(0, ONE, plays)

    for _ in range(plan.periods):
        s = m * len(layout.places) + x
        here = layout.situations[m].astype(np.int64)
        offered = (here[:, FORCED] != 0) | (dice() < tables.opportunity[0])
        slots = np.zeros(plays, np.int64)
        for actor in range(4):
            slot = (dice()[:, None] >= tables.moves[actor, memory[:, actor], s]).sum(axis=1)
            if actor < 3:
                slots = slots * here[:, LEGAL + actor] + slot
        told_apart = here[:, OUTSIDER_ROWS] > 1
        slots = np.where(told_apart, slots * here[:, OUTSIDER_ROWS] + slot, slots)
        built = offered & ~told_apart & (slot == 1) & layout.can_build[m, x]
        number = np.where(offered, here[:, FIRST_ROW] + slots, here[:, IDLE_ROW])
        row = layout.rows[number]
        events, signals = row[:, EVENTS].astype(np.int64), []
        for party in range(2):
            course = (dice() < tables.breach[party, memory[:, party], s]) & (here[:, FREE + party] == 0)
            alarm, clear = (
                tables.signals[row[:, KERNEL + party], party, course.astype(int)].astype(np.int64).T
            )
            word = dice()
            signals.append(np.where(word < alarm, 1, np.where(word >= ONE - clear, 2, 0)))
            payoff += factor * tables.courses[s, party] * course[:, None]
            found = (signals[party] == 1) & (row[:, RISES + party] != 0)
            payoff[:, party] += factor[party] * tables.finding[party] * found
            events |= (signals[party] == 1) << party
        payoff += factor * tables.flows[s]
        lumps = np.einsum("fn,nfi->ni", layout.factors[:, x], tables.lumps[number])
        payoff += factor * lumps * offered[:, None]
        payoff[:, 3] += factor[3] * tables.building[0] * built
        factor = factor * tables.discount
        for actor in range(4):
            memory[:, actor] = tables.following[actor, memory[:, actor], events]
        toxic = dice() < tables.toxic[plan.board.toxic[x]]
        near = dice() < tables.near[plan.board.near[x]]
        risen = built & (dice() < tables.build[0])
        x = layout.places[x, 4 * toxic + 2 * near + risen].astype(np.int64)
        m = row[np.arange(plays), FOLLOWING + 3 * signals[0] + signals[1]].astype(np.int64)
        ended |= layout.situations[m, PHASE] == ENDED
    return ended.mean()
