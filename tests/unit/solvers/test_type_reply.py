"""A type's logit best reply: against the equilibrium it is the equilibrium; its values are those of its strategy."""

from dataclasses import replace

import numpy as np
import pytest

from sim.engine.exact_values import state_values
from sim.errors import ParameterError
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import build_games
from sim.games.treaty.profile import TreatyProfile, legal_slots, markov_automaton
from sim.games.treaty.rules import PARTIES, Rules
from sim.games.treaty.situation import Agenda
from sim.solvers.treaty_logit import solve_treaty_logit
from sim.solvers.type_reply import FREE_CHOICE, given_course, solve_type_reply, with_course

RULES = Rules(
    ultimatum_periods=1,
    notice_periods=2,
    evidence_levels=(1, 1),
    outsider_levels=1,
    deployment_levels=1,
    deployments=(False, True),
    invitation=True,
    consent=False,
    review=False,
)


@pytest.fixture(scope="module")
def solved(mild_numbers):
    games = build_games(build_graph(RULES), mild_numbers(3, draws=1))
    return games, solve_treaty_logit(games, 0, rationality=2.5, tol=1e-11)


def profile_of(graph, moves, breach):
    silent = np.zeros((1, graph.num_states))
    return TreatyProfile(
        graph=graph,
        automata=tuple(
            markov_automaton(
                graph,
                name=str(actor),
                actor=actor,
                breach=breach[None, :, actor] if actor in PARTIES else silent,
                moves=moves[None, :, actor],
            )
            for actor in range(4)
        ),
    )


@pytest.mark.parametrize("party", PARTIES)
def test_against_the_equilibrium_the_reply_is_the_equilibrium(solved, party) -> None:
    games, equilibrium = solved
    moves, breach = np.array(equilibrium.moves), np.array(equilibrium.breach)
    legal = legal_slots(games.graph, party)
    moves[:, party] = legal / legal.sum(axis=1, keepdims=True)  # the reply must not need to be told
    breach[:, party] = 0.0
    found = solve_type_reply(games, 0, party, moves=moves, breach=breach, rationality=2.5, tol=1e-12)
    assert found.converged
    assert found.moves == pytest.approx(equilibrium.moves[:, party], abs=1e-7)
    assert found.breach == pytest.approx(equilibrium.breach[:, party], abs=1e-7)
    assert found.values == pytest.approx(equilibrium.values[:, party], abs=1e-7)


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("course", ["uphold", "breach"])
def test_values_are_those_of_the_strategy_and_no_other_strategy_does_better(solved, party, course) -> None:
    games, equilibrium = solved
    graph = games.graph
    given = given_course(graph, party, course, None)
    found = solve_type_reply(
        games,
        0,
        party,
        moves=equilibrium.moves,
        breach=equilibrium.breach,
        rationality=400.0,
        course=given,
        tol=1e-12,
    )
    bound = ~np.repeat(graph.free[:, party], graph.num_environments)
    assert (found.breach == bound * (course == "breach")).all()
    moves, breach = np.array(equilibrium.moves), np.array(equilibrium.breach)
    moves[:, party], breach[:, party] = found.moves, found.breach
    values = state_values(games, 0, profile_of(graph, moves, breach))[0, :, party]
    assert found.values == pytest.approx(values, abs=1e-8)
    rng = np.random.default_rng(0)
    for _ in range(5):
        other = legal_slots(graph, party) * rng.uniform(0.01, 1, moves[:, party].shape) ** 4
        moves[:, party] = other / other.sum(axis=1, keepdims=True)
        worse = state_values(games, 0, profile_of(graph, moves, breach))[0, :, party]
        assert (worse <= values + 1e-3).all()  # within what logit at 400 gives away


def test_a_given_course_may_differ_while_inspected(solved) -> None:
    graph = solved[0].graph
    course = given_course(graph, 1, "breach", "uphold").reshape(-1, graph.num_environments)
    for m, situation in enumerate(graph.situations):
        assert (course[m] == (0 if situation.agenda is Agenda.OPENNESS_1 else 1)).all()
    assert (given_course(graph, 1, None, None) == FREE_CHOICE).all()
    breach = with_course(graph, 1, np.full(graph.num_states, 0.5), given_course(graph, 1, "breach", None))
    free = np.repeat(graph.free[:, 1], graph.num_environments)
    assert (breach == np.where(free, 0.0, 1.0)).all()


def test_bad_input_is_refused(solved) -> None:
    games, equilibrium = solved
    given = {"moves": equilibrium.moves, "breach": equilibrium.breach}
    with pytest.raises(ParameterError, match="only the parties"):
        solve_type_reply(games, 0, 2, rationality=1.0, **given)
    with pytest.raises(ParameterError, match=r"solver\.rationality must be finite and at least 0, got -1"):
        solve_type_reply(games, 0, 1, rationality=-1, **given)
    limited = solve_type_reply(games, 0, 1, rationality=1.0, max_sweeps=1, **given)
    assert not limited.converged
    assert replace(limited, converged=True).sweeps == 1
