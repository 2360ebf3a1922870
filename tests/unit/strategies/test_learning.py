"""Learning and evolution: limits known from theory, exact chains, a second computation."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, regrets
from sim.strategies.fictitious_play import best_response_field, fictitious_play
from sim.strategies.learning import integrate
from sim.strategies.logit_response import logit_field, logit_response
from sim.strategies.moran import (
    fixation_probabilities,
    fixation_probability,
    population_path,
    small_mutation_shares,
    takeover_probability,
)
from sim.strategies.regret_matching import regret_matching
from sim.strategies.replicator import generations, one_population_replicator, replicator, replicator_field

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data/iterated_play.json").read_text())
}
PENNIES = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
DILEMMA = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])


def test_fictitious_play_of_matching_pennies():
    case = CASES["dyn-fictitious-play-mp"]
    game = NormalFormGame(case["game"]["payoffs"])
    found = fictitious_play(game, case["expected"]["iterations"], start=[[0.9, 0.1], [0.3, 0.7]])
    for own, limit in zip(found.final, case["expected"]["limit_frequencies"], strict=True):
        assert own == pytest.approx(limit, abs=case["tolerance"])


def test_fictitious_play_cycles_in_shapleys_game():
    """Shapley (1964): frequencies do not converge; the longest run without a change keeps growing."""
    own = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])
    game = NormalFormGame(np.stack([own, np.roll(own, 1, axis=1)]))
    found = fictitious_play(game, 4000, start=[[1, 0, 0], [0, 1, 0]])
    late = found.strategies[0][2000:]
    assert np.ptp(late, axis=0).max() > 0.1


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_two_player_sums_agree_with_the_general_computation(seed):
    """A third player with one action and no influence turns the two-player shortcut off."""
    payoffs = np.random.default_rng(seed).integers(-3, 4, size=(2, 2, 3)).astype(float)
    wide = NormalFormGame(np.concatenate([payoffs[..., None], np.zeros((1, 2, 3, 1))]))
    first, second = fictitious_play(NormalFormGame(payoffs), 60), fictitious_play(wide, 60)
    # ties may be broken by round-off, so compare up to the first play at which two actions are equally good
    assert first.strategies[0][:2] == pytest.approx(second.strategies[0][:2])
    assert first.actions[0].tolist() == second.actions[0, :2].tolist()


def test_logit_response_rests_at_the_quantal_response_equilibrium():
    """REFERENCE AT-16, λ = .5, 1, 2."""
    for rationality, expected in ((0.5, 0.338648), (1.0, 0.226751), (2.0, 0.099788)):
        assert logit_response(DILEMMA, rationality, 2000).final[0][0] == pytest.approx(expected, abs=1e-6)
        flow = integrate(logit_field(rationality), DILEMMA, [[0.9, 0.1], [0.2, 0.8]], [0, 50])
        assert flow.final[1][0] == pytest.approx(expected, abs=1e-6)


def test_regret_matching_approaches_coarse_correlated_equilibrium():
    """The average regrets are those of the joint frequencies, and they are small."""
    shapley = NormalFormGame([[[0, 1, 0], [0, 0, 1], [1, 0, 0]], [[0, 0, 1], [1, 0, 0], [0, 1, 0]]])
    found = regret_matching(shapley, 8000, seed=3)
    for player in range(2):
        marginal = found.joint.sum(axis=player)
        best = max(float(np.moveaxis(shapley.payoffs[player], player, 0)[a] @ marginal) for a in range(3))
        value = float((found.joint * shapley.payoffs[player]).sum())
        assert found.regrets[player] == pytest.approx(max(best - value, 0), abs=1e-9)
    assert found.regrets.max() < 0.03
    assert found.joint.sum() == pytest.approx(1)
    again = regret_matching(shapley, 8000, seed=3)
    assert (again.trajectory.actions == found.trajectory.actions).all()


def test_replicator_reaches_the_evolutionarily_stable_share_of_hawks():
    case = CASES["evo-ess-hawk-dove"]
    matrix = case["game"]["payoffs"][0]
    found = one_population_replicator(matrix, case["expected"]["start"], [0, 60])
    assert found.final[0] == pytest.approx(case["expected"]["replicator_limit"], abs=1e-6)
    assert generations(matrix, case["expected"]["start"], 400)[-1] == pytest.approx([0.5, 0.5], abs=1e-6)


def test_replicator_has_the_closed_form_of_dominance():
    """One population, payoff advantage constant b: log-odds fall linearly, x = 1 / (1 + e^{bt} (1-x0)/x0)."""
    times = np.linspace(0, 5, 11)
    found = one_population_replicator([[0, 0], [2, 2]], [0.9, 0.1], times)
    assert found.strategies[0][:, 0] == pytest.approx(1 / (1 + np.exp(2 * times) / 9), abs=1e-7)


def test_replicator_of_matching_pennies_keeps_its_constant_of_motion():
    """Zero-sum bimatrix: Σ log x + Σ log y is conserved (Hofbauer & Sigmund 1998, section 11.2)."""
    found = replicator(PENNIES, [[0.3, 0.7], [0.6, 0.4]], np.linspace(0, 20, 50))
    motion = sum(np.log(strategy).sum(axis=1) for strategy in found.strategies)
    assert motion == pytest.approx(np.full(50, motion[0]), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_fields_stay_on_the_simplex_and_rest_at_equilibria(seed):
    rng = np.random.default_rng(seed)
    game = NormalFormGame(rng.normal(size=(3, 2, 3, 2)))
    profile = tuple(rng.dirichlet(np.ones(n)) for n in (2, 3, 2))
    for field in (replicator_field, best_response_field, logit_field(2.0)):
        assert all(abs(v.sum()) < 1e-12 for v in field(game, profile))
    common = NormalFormGame(np.stack([np.eye(3)] * 2))
    pure = (np.eye(3)[1], np.eye(3)[1])
    assert all((v == 0).all() for v in replicator_field(common, pure))
    assert all((v == 0).all() for v in best_response_field(common, pure))


def test_a_trajectory_knows_its_regrets():
    found = fictitious_play(DILEMMA, 50)
    assert found.regrets(DILEMMA) == pytest.approx(regrets(DILEMMA, found.final))
    assert found.actions[-1].tolist() == [1, 1]


def test_published_fixation_probabilities():
    case = CASES["evo-fixation-hawk-dove"]
    matrix = np.array(case["game"]["payoffs"][0], dtype=float)
    for row in case["expected"]["fixation"]:
        options = {"intensity": row["beta"], "rule": "imitation"}
        found = fixation_probabilities(matrix, row["Z"], **options)
        assert found[1, 0] == pytest.approx(row["one_hawk_in_doves"], abs=1e-8)
        assert found[0, 1] == pytest.approx(row["one_dove_in_hawks"], abs=1e-8)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    population=st.integers(2, 12),
    rule=st.sampled_from(["moran", "moran_linear", "imitation"]),
    intensity=st.floats(0, 0.3),
)
def test_fixation_agrees_with_the_absorbing_chain(seed, population, rule, intensity):
    """Build the N + 1 states' transition matrix from the rule itself and solve for absorption."""
    a = np.random.default_rng(seed).uniform(-1, 2, (2, 2))
    up, down = np.zeros(population + 1), np.zeros(population + 1)
    for i in range(1, population):
        j = population - i
        f = (a[0, 0] * (i - 1) + a[0, 1] * j) / (population - 1)
        g = (a[1, 0] * i + a[1, 1] * (j - 1)) / (population - 1)
        if rule == "imitation":
            meet = i * j / (population * (population - 1))
            up[i], down[i] = (
                meet / (1 + np.exp(-intensity * (f - g))),
                meet / (1 + np.exp(-intensity * (g - f))),
            )
        else:
            fit = (np.exp(intensity * f), np.exp(intensity * g)) if rule == "moran" else (
                1 - intensity + intensity * f, 1 - intensity + intensity * g)  # fmt: skip
            total = i * fit[0] + j * fit[1]
            up[i], down[i] = i * fit[0] / total * j / population, j * fit[1] / total * i / population
    inner = np.arange(1, population)
    system = np.diag(up[inner] + down[inner])
    for i in inner:
        if i > 1:
            system[i - 1, i - 2] = -down[i]
        if i < population - 1:
            system[i - 1, i] = -up[i]
    right = np.zeros(population - 1)
    right[-1] = up[population - 1]
    absorbed = np.linalg.solve(system, right)
    options = {"intensity": intensity, "rule": rule}
    assert fixation_probability(a, population, **options) == pytest.approx(absorbed[0], rel=1e-8)
    for first in inner:
        assert takeover_probability(a, population, int(first), **options) == pytest.approx(
            absorbed[first - 1], rel=1e-8
        )


def test_strong_selection_does_not_overflow():
    assert fixation_probability([[1, 1], [0, 0]], 200, intensity=500.0) == pytest.approx(1)
    assert fixation_probability([[0, 0], [1, 1]], 200, intensity=500.0) == pytest.approx(0, abs=1e-300)


def test_histories_of_a_population_fix_as_often_as_the_chain_says():
    """4-sigma band around the exact probability, 300 seeded histories of 8 players."""
    matrix, hits, runs = [[-1.0, 2.0], [0.0, 1.0]], 0, 300
    for seed in range(runs):
        path = population_path(matrix, [2, 6], 250, intensity=0.3, rule="moran", seed=seed)
        assert (path.sum(axis=1) == 8).all()
        hits += path[-1, 0] == 8
    exact = takeover_probability(matrix, 8, 2, intensity=0.3)
    assert abs(hits / runs - exact) < 4 * np.sqrt(exact * (1 - exact) / runs) + 0.01


def test_small_mutation_shares_are_stationary():
    fixations = np.array([[0.1, 0.3, 0.05], [0.02, 0.1, 0.2], [0.15, 0.01, 0.1]])
    shares = small_mutation_shares(fixations)
    flow = shares[:, None] * fixations
    np.fill_diagonal(flow, 0)
    assert flow.sum(axis=0) == pytest.approx(flow.sum(axis=1))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fictitious_play(PENNIES, 0), "steps must be a whole number"),
        (lambda: fictitious_play(PENNIES, 5, weight=0), "weight must be positive"),
        (lambda: logit_response(PENNIES, -1, 5), "rationality must be finite and at least 0"),
        (lambda: logit_response(PENNIES, 1, 5, step=2), r"step must lie in \(0, 1\]"),
        (lambda: replicator(PENNIES, [[1, 0], [1, 0]], [0, 0]), "increasing numbers"),
        (lambda: replicator(PENNIES, [[1, 1], [1, 0]], [0, 1]), "summing to 1"),
        (lambda: one_population_replicator([[1, 2]], [1], [0, 1]), "must be square"),
        (lambda: fixation_probability([[1, 2], [3, 4]], 1, intensity=0), "population must be"),
        (lambda: fixation_probability([[1, 2], [3, 4]], 5, intensity=-1), "intensity must be"),
        (lambda: fixation_probability([[1, 2], [3, 4]], 5, intensity=1, rule="x"), "rule must be one of"),
        (
            lambda: fixation_probability([[-9, -9], [3, 4]], 5, intensity=0.9, rule="moran_linear"),
            "positive fitness",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
