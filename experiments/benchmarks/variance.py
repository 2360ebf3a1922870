"""What common random numbers and the conditional-hazard estimator save: ratios of variances.

The *named game* is a hazard game of one treaty: in each of 60 periods a party breaches with probability .3, a breach is
seen with probability `detection` (a false alarm with .05), an alarm raises tension by one step of five and calm lowers
it, and the treaty ends with a probability that grows with tension. `detection` rises from .60 to .65. Over 200 seeds
with 1,000 plays each, the variance of the difference in collapse probability between the two settings is compared:
independent seeds over the same seed, and the same with the collapse probability as one minus the product of survival
chances, each play conditioned on survival. Every random word is addressed by (play, period, purpose).

For `inf_2019` the detection of the treaty rises by a twentieth under the solved profile of its median draw, the
profile held fixed; 60 seeds with 400 plays each. Estimates, with or without a target, are reported whatever they are.
"""

import numpy as np
from numba import njit
from play import default_plan

from sim.engine.monte_carlo import simulate
from sim.engine.philox import key_of_seed, philox4x32
from sim.engine.play_history import COLLAPSE

PERIODS, PLAYS, SEEDS = 60, 1_000, 200
DETECTION, RAISED = 0.60, 0.65
TREATY_PLAYS, TREATY_SEEDS = 400, 60
ANOTHER = 1_000_000


@njit(cache=True, nogil=True)
def hazard_game(detection, plays, k0, k1, conditional):
    """Return the estimated collapse probability of the named game."""
    word = 1.0 / 2.0**32
    collapsed = 0.0
    for play in range(plays):
        tension, survival, ended = 0, 1.0, False
        for t in range(PERIODS):
            course, signal, end, _ = philox4x32(
                np.uint64(play), np.uint64(0), np.uint64(t), np.uint64(0), k0, k1
            )
            seen = detection if course * word < 0.3 else 0.05
            tension = min(4, tension + 1) if signal * word < seen else max(0, tension - 1)
            hazard = 0.0005 * 3.0**tension
            survival *= 1.0 - hazard
            if not conditional and end * word < hazard:
                ended = True
                break
        collapsed += 1.0 - survival if conditional else (1.0 if ended else 0.0)
    return collapsed / plays


def rows():
    """Yield the rows of the table."""
    yield from _ratios("named game, detection .60 to .65", _named_estimate, SEEDS, 10, 100)
    yield from _ratios("inf_2019, detection up by 5 %", _treaty_estimate(), TREATY_SEEDS, None, None)


def _ratios(what, estimate, seeds, target, conditional_target):
    """Yield the ratios of variances of the difference that `estimate(raised, seed, conditional)` makes."""
    seeds = range(seeds)
    base = np.array([estimate(False, seed, False) for seed in seeds])
    apart = np.array([estimate(True, seed + ANOTHER, False) for seed in seeds]) - base
    common = np.array([estimate(True, seed, False) for seed in seeds]) - base
    both = np.array([estimate(True, seed, True) - estimate(False, seed, True) for seed in seeds])
    spread = np.sqrt((apart.var(ddof=1) + both.var(ddof=1)) / len(apart))
    if abs(apart.mean() - both.mean()) > 4 * spread + 1e-12:
        raise SystemExit(f"{what}: differences {apart.mean():.5f} and {both.mean():.5f} disagree")
    note = f"collapse {base.mean():.5f}, difference {both.mean():+.1e}"
    for name, difference, wanted in (
        ("common random numbers", common, target),
        ("common random numbers, conditional hazard", both, conditional_target),
    ):
        least = difference.var(ddof=1)
        value = apart.var(ddof=1) / least if least else float("nan")
        row = {"what": f"{what}: {name}", "value": value, "unit": "times less variance", "note": note}
        yield row if wanted is None else row | {"target": wanted}


def _named_estimate(raised, seed, conditional):
    return hazard_game(RAISED if raised else DETECTION, PLAYS, *key_of_seed(seed), conditional)


def _treaty_estimate():
    """Return the estimate for the treaty game; only the signals differ between the two plans."""
    from dataclasses import replace

    plan = default_plan(["strategy=equilibrium", "engine.draws=1"])
    detection = _median_detection()
    raised = default_plan(
        ["strategy=holding_outsider", "engine.draws=1", f"treaty.detection={1.05 * detection}"]
    )
    better = replace(plan.tables[0], signals=raised.tables[0].signals)
    plans = {False: plan, True: replace(plan, tables=(better,))}

    def estimate(up, seed, conditional):
        ensemble = simulate(replace(plans[up], seed=seed), replications=TREATY_PLAYS, conditional=conditional)
        return ensemble.means[0, COLLAPSE]

    return estimate


def _median_detection():
    from sim.app.plan import load

    scenario = load("inf_2019", ["engine.draws=1"]).scenario
    return float(np.ravel(scenario.values({}, 1)["treaty.detection"])[0])
