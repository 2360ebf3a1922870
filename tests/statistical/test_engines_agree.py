"""Two engines, one answer: Monte Carlo against the exact chain, every outcome of every shipped scenario.

The dice of every scenario and seed are different here. With one seed all scenarios would share their dice, as
they are meant to, and their errors would not be independent.

Outcomes of one scenario come from the same plays, so their z-scores depend on each other in unknown ways, but
those of *one* outcome over scenarios, seeds and draws do not: each comes from dice of its own. So every outcome
is tested against the standard normal distribution by itself, and the smallest p-value is multiplied by their
number (Bonferroni), which holds under any dependence between outcomes.
"""

from dataclasses import fields, replace

import pytest
from scipy import stats

from sim.app.config_dir import config_dir
from sim.arrays import sealed
from sim.engine.monte_carlo import Ensemble, simulate
from sim.engine.tables import ONE
from sim.games.treaty.transitions import Kernel, Signal
from sim.study.estimates import estimate_outcomes, estimate_path_classes

OTHERS = ("abm", "cfe", "cwc", "jcpoa", "new_start", "npt", "open_skies")
SCENARIOS = sorted(
    (file.stem for file in (config_dir() / "scenario").glob("*.yaml")),
    key=lambda name: (name.startswith(OTHERS), name),
)
"""Other treaties come last, so that the seeds of the INF Treaty's scenarios stay what they were."""
SEEDS = (4, 5, 6)
"""Some 700 numbers are compared, so one choice of seeds in twenty has a number beyond 4 errors by mere chance. Seeds
1 to 3 had one, at -4.3 (Russian deployments where the climate clears); 40 further seeds of that scenario had none."""
DRAWS, REPLICATIONS = 4, 25_000
LIMIT = 4.0
LEAST_P = 1e-4
ENOUGH = 100
"""A z-score counts as normal if the outcome is so many squared standard errors away from 0 (and from 1)."""
RARE = LIMIT**2 / 2
"""An event that fewer plays than this are expected to see has no error that those plays could tell: even none of them
need see it (probability above e^-8, that of 4 standard errors). Its estimate may then be wrong by as many plays."""

PRESCRIBED = (
    ("ultimatum", "mirror_response", "mediating_ally", "building_outsider"),
    ("tolerance_3", "tit_for_tat", "backing_ally", "building_outsider"),
    ("pretext_seeker", "patient", "mediating_ally", "holding_outsider"),
    ("generous_tit_for_tat", "contrite_tit_for_tat", "mediating_ally", "building_outsider"),
    ("counting_party", "grim_trigger", "restless_ally", "restless_outsider"),
    ("counting_party", "restless_party", "restless_ally", "restless_outsider"),
)
"""Shipped automata, and one that counts periods and takes notices back."""


def estimates(play, ensemble, exact):
    return {
        **estimate_outcomes(ensemble, play.actors, play.months, exact),
        **estimate_path_classes(ensemble, exact),
    }


def of_draw(ensemble, draw):
    """The ensemble of one draw alone."""
    return Ensemble(
        **{
            field.name: value if field.name == "replications" else sealed(value[draw : draw + 1])
            for field in fields(ensemble)
            for value in [getattr(ensemble, field.name)]
        }
    )


def z_of(estimate):
    """The z-score, or None where there is none: nothing defined, or no dispersion."""
    if estimate.estimate is None or estimate.exact is None or not estimate.standard_error_dice:
        return None
    return (estimate.estimate - estimate.exact) / estimate.standard_error_dice


def disagreement(estimate, plays):
    """A sentence if the engines do not agree on an outcome, else None."""
    z = z_of(estimate)
    if z is not None and abs(z) <= LIMIT:
        return None
    line = f"{estimate.name}: {estimate.estimate} against {estimate.exact} exactly, z = {z}"
    if estimate.exact is None or estimate.estimate is None:
        return None if estimate.exact == estimate.estimate else line
    difference = abs(estimate.estimate - estimate.exact)
    same = difference <= 1e-9 * max(1.0, abs(estimate.exact))
    rare = estimate.unit == "probability" and min(estimate.exact, 1 - estimate.exact) * plays < RARE
    return None if same or (rare and difference * plays < RARE) else line


def is_normal(estimate):
    """Whether enough plays see the outcome for its error to be normal; decided from the exact value."""
    if z_of(estimate) is None or estimate.name == "median_months_to_collapse":
        return False
    ends = [0.0, 1.0] if estimate.unit == "probability" else [0.0]
    return all(((estimate.exact - end) / estimate.standard_error_dice) ** 2 >= ENOUGH for end in ends)


def test_every_scenario_agrees_with_the_exact_chain(play_of):
    wrong, scores = [], {}
    for number, scenario in enumerate(SCENARIOS):
        play = play_of(scenario, horizon_months=36)
        exact = play.exact()
        for seed in SEEDS:
            seeded = play.with_seed(1000 * number + seed)
            ensemble = simulate(seeded.plan, replications=REPLICATIONS)
            for estimate in estimates(play, ensemble, exact).values():
                complaint = disagreement(estimate, DRAWS * REPLICATIONS)
                wrong += [f"{scenario}, seed {seed}, {complaint}"] if complaint else []
            for draw in range(DRAWS):
                own = estimates(play, of_draw(ensemble, draw), exact[draw : draw + 1])
                for estimate in filter(is_normal, own.values()):
                    scores.setdefault(estimate.name, []).append(z_of(estimate))
    assert not wrong
    assert {"notice_rescinded_probability", "restored_probability", "mirror_delay_months"} <= set(scores)
    chances = {name: stats.kstest(z, "norm").pvalue for name, z in scores.items()}
    assert min(chances.values()) * len(chances) > LEAST_P, chances


@pytest.mark.parametrize("strategies", PRESCRIBED, ids=" ".join)
def test_automata_with_memory_agree_under_both_estimators(play_of, strategies):
    play = play_of("inf_2019", strategies)
    exact = play.exact()
    for conditional in (True, False):
        ensemble = simulate(play.plan, replications=REPLICATIONS, conditional=conditional)
        found = estimates(play, ensemble, exact).values()
        assert not [line for e in found if (line := disagreement(e, DRAWS * REPLICATIONS))]


def test_plain_counting_agrees_where_everything_can_happen(play_of):
    play = play_of("inf_2019")
    ensemble = simulate(play.plan, replications=REPLICATIONS, conditional=False)
    found = estimates(play, ensemble, play.exact()).values()
    assert not [line for e in found if (line := disagreement(e, DRAWS * REPLICATIONS))]
    assert sum(e.estimate == 0 for e in found) == 0


def test_the_solved_profile_agrees(play_of):
    play = play_of("inf_2019", ("equilibrium",) * 4, draws=2)
    exact = play.exact()
    for conditional in (True, False):
        ensemble = simulate(play.plan, replications=50_000, conditional=conditional)
        found = estimates(play, ensemble, exact).values()
        assert not [line for e in found if (line := disagreement(e, 100_000))]


def shifted(tables, name, where):
    """Tables in which one probability is higher by 0.01."""
    values = getattr(tables, name).copy()
    values[where] += round(0.01 * ONE)
    return replace(tables, **{name: sealed(values, values.dtype)})


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("opportunity", 0),
        ("signals", (Kernel.TREATY, 1, 0, Signal.ALARM - 1)),
        ("toxic", 0),
        ("near", 1),
        ("build", 0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_transition_probability_wrong_by_a_hundredth_is_noticed(play_of, name, where):
    play = play_of("inf_2019")
    tables = tuple(shifted(each, name, where) for each in play.plan.tables)
    ensemble = simulate(replace(play.plan, tables=tables), replications=REPLICATIONS)
    found = estimates(play, ensemble, play.exact()).values()
    assert [line for e in found if (line := disagreement(e, DRAWS * REPLICATIONS))]
