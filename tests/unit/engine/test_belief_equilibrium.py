"""The equilibrium in state, belief and type: by definition, state by state, and where it must be one without types."""

from dataclasses import replace
from itertools import product
from math import exp, log

import numpy as np
import pytest

from sim.engine.belief_equilibrium import (
    BeliefRole,
    automaton_of,
    cells_of,
    doubts_of,
    law_of,
    solve_belief_equilibrium,
)
from sim.engine.belief_law import belief_law
from sim.engine.exact import exact_payoffs
from sim.errors import ParameterError
from sim.games.treaty.graph import build_graph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import build_games, environment_law
from sim.games.treaty.profile import TreatyProfile, legal_slots
from sim.games.treaty.rules import Rules
from sim.games.treaty.terms import TERM_NUMBER
from sim.model.types import BeliefOptions
from sim.solvers.treaty_logit import solve_treaty_logit
from sim.solvers.type_reply import given_course

RULES = Rules(
    ultimatum_periods=1,
    notice_periods=1,
    evidence_levels=(1, 1),
    outsider_levels=1,
    deployment_levels=1,
    deployments=(False, True),
    restoration=False,
    consent=False,
    review=False,
    climate=False,
)
OPTIONS = BeliefOptions(tremble=0.05, resolution=0.4, clip=0.8)
RATIONALITY = 2.0
ONE = np.ones(1)


@pytest.fixture(scope="module")
def games(random_parameters):
    return build_games(build_graph(RULES), random_parameters(seed=3, period_years=0.25))


@pytest.fixture(scope="module")
def pretext(games):
    """The game in which the first party wants its own forces, not the treaty."""
    weights = np.array(games.parameters.weights)
    weights[:, TERM_NUMBER["predictability"], 0] *= 0.1
    weights[:, TERM_NUMBER["own_forces"], 0] *= 3
    return build_games(games.graph, replace(games.parameters, weights=weights))


def role(actor, games, course=None):
    """A role that begins at the centroid, with values of nothing."""
    graph = games.graph
    menu = legal_slots(graph, actor).astype(float)
    bound = np.zeros(graph.num_states)
    if actor < 2:
        bound = 0.5 * ~np.repeat(graph.free[:, actor], graph.num_environments)
    return BeliefRole(
        actor=actor,
        games=games,
        course=course,
        moves=menu / menu.sum(axis=1, keepdims=True),
        breach=bound,
        values=np.zeros(graph.num_states),
    )


@pytest.fixture(scope="module")
def both_secret(games, pretext):
    """Both parties have a secret: the first what it wants, the second a hidden stock."""
    graph = games.graph
    roles = [
        *(role(0, games), role(0, pretext)),
        *(role(1, games, given_course(graph, 1, kind, None)) for kind in ("uphold", "breach")),
        *(role(2, games), role(3, games)),
    ]
    priors = (np.array([0.5, 0.5]), np.array([0.4, 0.6]))
    found = solve_belief_equilibrium(
        roles, 0, priors=priors, options=OPTIONS, rationality=RATIONALITY, tol=1e-9
    )
    return roles, priors, found


def test_it_is_certified(both_secret) -> None:
    _, _, found = both_secret
    assert found.converged
    assert found.points == cells_of((0, 1), OPTIONS) == (5, 5)
    assert found.residual < 1e-8
    assert found.mismatch <= 0.75 + 1e-12
    assert (found.regret > 0).all()


def test_it_is_an_equilibrium_state_by_state(games, both_secret) -> None:
    """Values, logit replies and the law of beliefs from their definitions, in plain loops, at random states."""
    roles, _, found = both_secret
    graph, rng = games.graph, np.random.default_rng(1)
    interesting = np.flatnonzero((graph.num_legal.max(axis=1) > 1) & ~graph.free.all(axis=1))
    regret = np.zeros(6)
    for _ in range(12):
        m, x = int(rng.choice(interesting)), int(rng.integers(graph.num_environments))
        at = (int(rng.integers(5)), int(rng.integers(5)))
        steps = steps_by_hand(games, found, m, x, at)
        for p, (by_move, by_signal) in enumerate(steps):
            cell, s = at[0] * 5 + at[1], m * graph.num_environments + x
            for k, exact in by_move.items():
                assert abs(found.steps[p][0][cell, s, k] - exact) <= found.mismatch + 1e-9
            for (kernel, z), exact in by_signal.items():
                assert abs(found.steps[p][1][cell, s, kernel, z] - exact) <= found.mismatch + 1e-9
        for number in range(6):
            value, moves, breach, gain = reply_by_hand(games, roles, found, number, m, x, at)
            cell, s = at[0] * 5 + at[1], m * graph.num_environments + x
            assert found.values[number, cell, s] == pytest.approx(value, abs=1e-7)
            assert found.moves[number, cell, s, : len(moves)] == pytest.approx(moves, abs=1e-7)
            if number < 2 and not graph.free[m, 0]:
                assert found.breach[number, cell, s] == pytest.approx(breach, abs=1e-7)
            regret[number] = max(regret[number], gain)
    assert (regret <= found.regret + 1e-7).all()
    assert set(np.unique(found.breach[2])) == {0.0}
    assert set(np.unique(found.breach[3])) == {0.0, 1.0}


def steps_by_hand(games, found, m, x, at):
    graph = games.graph
    s, cell = m * graph.num_environments + x, at[0] * 5 + at[1]
    steps = []
    for p in (0, 1):
        count = graph.num_legal[m, p]
        a, b = (0.95 * found.moves[2 * p + k, cell, s, :count] + 0.05 / count for k in (0, 1))
        by_move = {k: min(max(log(b[k] / a[k]) / 0.4, -4), 4) for k in range(count)}
        by_signal = {}
        for kernel, z in product(range(games.signals.shape[1]), range(3)):
            likely = []
            for k in (0, 1):
                course = 0.0 if graph.free[m, p] else 0.95 * found.breach[2 * p + k, cell, s] + 0.025
                upheld, breached = games.signals[0, kernel, p, :, z]
                likely.append((1 - course) * upheld + course * breached)
            if min(likely) > 0:
                by_signal[kernel, z] = min(max(log(likely[1] / likely[0]) / 0.4, -4), 4)
        steps.append((by_move, by_signal))
    return steps


def reply_by_hand(games, roles, found, number, m, x, at):
    """Return a role's value, its logit moves and breach, and its largest one-shot gain, one joint event at a time."""
    graph, own = games.graph, roles[number]
    actor, mine = own.actor, own.games
    places = graph.num_environments
    s, cell = m * places + x, at[0] * 5 + at[1]
    doubt = [1 / (1 + exp(-0.4 * (k - 2))) for k in at]
    kinds = [
        [(number, 1.0)] if actor == p else [(2 * p, 1 - doubt[p]), (2 * p + 1, doubt[p])] for p in (0, 1)
    ]
    legal = [[k for k in range(7) if graph.legal[m, a, k] >= 0] for a in range(4)]
    if not graph.can_build[m, x]:
        legal[3] = [k for k in legal[3] if graph.legal[m, 3, k] != Move.BUILD]
    weather = environment_law(games, 0)
    chance = 1.0 if graph.forced[m] else games.opportunity[0]
    free = graph.free[m]
    gains = {}  # own slot (None without an opportunity), own course -> value
    flow_of = {}
    for (first, w0), (second, w1) in product(*kinds):
        chosen = [first, second, 4, 5]
        courses = [[0] if free[p] else [0, 1] for p in (0, 1)]
        for course in product(*courses):
            weight = w0 * w1
            for p in (0, 1):
                b = found.breach[chosen[p], cell, s]
                if p != actor:
                    weight *= b if course[p] else 1 - b
            own_course = course[actor] if actor < 2 else 0
            flow = mine.flows[0, s, actor] + sum(course[p] * mine.courses[0, s, p, actor] for p in (0, 1))
            flow_of[own_course] = flow_of.get(own_course, 0.0) + weight * flow
            for slots in [None, *product(*legal)]:
                likely, building = weight, False
                if slots is None:
                    row = graph.idle_row[m]
                    if row < 0:
                        continue
                else:
                    for a, k in enumerate(slots):
                        if a != actor:
                            likely *= found.moves[chosen[a], cell, s, k]
                    building = graph.legal[m, 3, slots[3]] == Move.BUILD
                    outsider = slots[3] if graph.outsider_rows[m] > 1 else 0
                    sizes = (*graph.num_legal[m, :3], graph.outsider_rows[m])
                    row = graph.first_row[m] + np.ravel_multi_index((*slots[:3], outsider), sizes)
                total = 0.0
                for f, factor in enumerate(graph.factors[:, x]):
                    total += factor * mine.lumps[0, row, f, actor]
                if building and actor == 3:
                    total += games.building[0]
                for z in product(range(3), range(3)):
                    mass = 1.0
                    for p in (0, 1):
                        mass *= games.signals[0, graph.kernels[row, p], p, course[p], z[p]]
                    if mass == 0:
                        continue
                    then = []
                    for p in (0, 1):
                        step = found.steps[p][1][cell, s, graph.kernels[row, p], z[p]]
                        if slots is not None:
                            step += found.steps[p][0][cell, s, slots[p]]
                        then.append(min(max(at[p] + step, 0), 4))
                    after = graph.following[row, 3 * z[0] + z[1]]
                    ahead = sum(
                        weather[int(building), x, y]
                        * found.values[number, then[0] * 5 + then[1], after * places + y]
                        for y in range(places)
                    )
                    reward = mine.discount[0, actor] * ahead
                    if actor < 2 and z[actor] == 1 and graph.rises[row, actor]:
                        reward += mine.finding[0, actor]
                    total += mass * reward
                key = (None if slots is None else slots[actor], own_course)
                gains[key] = gains.get(key, 0.0) + likely * total
    menu = legal[actor]
    b = found.breach[number, cell, s] if actor < 2 else 0.0
    played = found.moves[number, cell, s]

    def at_slot(slot, course):
        return gains.get((slot, course), 0.0)

    def of_course(course):
        here = flow_of[course] + (1 - chance) * at_slot(None, course)
        return here + chance * sum(played[k] * at_slot(k, course) for k in menu)

    total = np.array([(1 - b) * at_slot(k, 0) + b * at_slot(k, 1) for k in menu])
    value = (1 - b) * of_course(0) + (b * of_course(1) if b else 0.0)
    logit = np.exp(RATIONALITY * (total - total.max()))
    gain, breach = total.max() - (played[menu] * total).sum(), 0.0
    if actor < 2 and not free[actor] and own.course is None:
        advantage = of_course(1) - of_course(0)
        breach = 1 / (1 + exp(-RATIONALITY * advantage / games.opportunity[0]))
        gain = max(gain, max(advantage, 0.0) - b * advantage)
    return value, logit / logit.sum(), breach, gain


@pytest.mark.parametrize("certain", [0, 1])
def test_with_a_prior_of_0_or_1_it_is_the_equilibrium_of_that_type(games, pretext, certain) -> None:
    prior = np.array([1.0 - certain, certain])
    roles = [role(0, games), role(0, pretext), *(role(actor, games) for actor in (1, 2, 3))]
    found = solve_belief_equilibrium(
        roles, 0, priors=(prior, ONE), options=OPTIONS, rationality=RATIONALITY, tol=1e-10
    )
    known = solve_treaty_logit((games, pretext)[certain], 0, rationality=RATIONALITY, tol=1e-11)
    assert found.converged
    assert found.mismatch == 0
    for cell in range(5):  # the same at every point, none of which means anything
        for actor, number in enumerate((certain, 2, 3, 4)):
            assert found.moves[number, cell] == pytest.approx(known.moves[:, actor], abs=1e-7)
            assert found.values[number, cell] == pytest.approx(known.values[:, actor], abs=1e-6)
        assert found.breach[certain, cell] == pytest.approx(known.breach[:, 0], abs=1e-7)
    law = law_of(games, found, (prior, ONE), OPTIONS)
    assert not law.moving.any()
    assert law.probability(0)[law.first[0]] == certain


def test_types_that_are_alike_teach_nothing(games) -> None:
    roles = [role(0, games), role(0, games), *(role(actor, games) for actor in (1, 2, 3))]
    priors = (np.array([0.3, 0.7]), ONE)
    found = solve_belief_equilibrium(
        roles, 0, priors=priors, options=OPTIONS, rationality=RATIONALITY, tol=1e-10
    )
    known = solve_treaty_logit(games, 0, rationality=RATIONALITY, tol=1e-11)
    assert found.converged
    assert not any(steps.any() for pair in found.steps for steps in pair)
    assert found.moves[0] == pytest.approx(np.broadcast_to(known.moves[:, 0], found.moves[0].shape), abs=1e-7)


def test_plays_follow_the_law_that_it_was_solved_with(games, both_secret) -> None:
    """As tabulated from its strategies, but for steps that were kept; payoffs of long plays are its values."""
    _, priors, found = both_secret
    names = [("usa", 0), ("usa", 0), ("russia", 1), ("russia", 1), ("nato", 2), ("china", 3)]
    automata = [automaton_of([found], role=k, name=n, actor=a) for k, (n, a) in enumerate(names)]
    assert automata[0].doubts == doubts_of((5, 5)) == ((-1, 0, 1, 2), (-1, 0, 1, 2))
    law = law_of(games, found, priors, OPTIONS)
    again = belief_law(games, 0, (automata[:2], automata[2:4]), priors, OPTIONS)
    assert (law.first == again.first).all()
    for mine, theirs in zip(law.conjectures, again.conjectures, strict=True):
        assert (np.abs(mine.moves - theirs.moves) <= 1).all()
        assert (mine.following == theirs.following).all()
    profile = TreatyProfile(graph=games.graph, automata=(automata[0], automata[2], *automata[4:]))
    assert profile.conditions_on_beliefs
    with pytest.raises(ParameterError, match="conditions on beliefs"):
        exact_payoffs(games, 0, profile, 3)


def test_what_does_not_fit_says_so(both_secret) -> None:
    roles, priors, _ = both_secret
    fine = BeliefOptions()
    with pytest.raises(ParameterError, match=r"14001 × 14001 cells of belief .* take a coarser grid"):
        solve_belief_equilibrium(roles, 0, priors=priors, options=fine, rationality=1.0)
    with pytest.raises(ParameterError, match=r"solver\.rationality must be finite"):
        solve_belief_equilibrium(roles, 0, priors=priors, options=OPTIONS, rationality=-1.0)
    short = solve_belief_equilibrium(
        roles, 0, priors=priors, options=OPTIONS, rationality=RATIONALITY, max_sweeps=15
    )
    assert not short.converged
    assert short.residual > 1e-8
