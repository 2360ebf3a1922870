"""Why: the worth of moves against the solver's own, the tipping weight against a game that has it, and the words."""

from dataclasses import replace

import numpy as np
import pytest

from sim.app.plan import load
from sim.engine.quantised import quantised
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import build_games
from sim.games.treaty.situation import Environment, Phase, Situation
from sim.games.treaty.terms import TERM_NUMBER, TERMS
from sim.games.treaty.type_space import type_space
from sim.report.why import place_words, why_sentences
from sim.study.cast import alone
from sim.study.draws import games_of, values_of
from sim.study.kept_plays import keep_plays
from sim.study.play_plan import plan_of_tables
from sim.study.profiles import build_profile
from sim.study.why import first_notices, moments_of, one_draw, solve_again, worths_by_term

PLAYS = 150


@pytest.fixture(scope="module")
def world():
    """Return a small solved crisis with its kept plays."""
    plan = load("inf_2019", ["engine.horizon_months=36", "solver.rationality=2", "treaty.period_months=3"])
    scenario = replace(
        plan.scenario, components=replace(plan.scenario.components, review=False, outsider_levels=1)
    )
    games, solved = games_of(scenario, 1, 0), {}
    names = ("equilibrium",) * 4
    given = {"workers": 1, "progress": lambda label, share: None, "solved": solved}
    profile, _ = build_profile(games, names, plan.automata, plan.solver, **given)
    cast = alone(games, quantised(profile), type_space(scenario, values_of(scenario, 1, 0)))
    played = plan_of_tables(scenario, games.graph, cast.tables(), 1, plan.engine)
    recording = keep_plays(played, PLAYS, PLAYS)
    return cast, solved[2.0][0], recording, moments_of(cast, recording, np.zeros(PLAYS, np.int64))


def test_the_lead_of_leaving_is_that_of_the_solver(world) -> None:
    cast, equilibrium, _, moments = world
    graph = cast.games[0].graph
    assert moments
    for moment in moments:
        menu = [code for code in graph.legal[moment.situation, moment.party].tolist() if code >= 0]
        worth = equilibrium.move_values[
            moment.situation * graph.num_environments + moment.environment, moment.party
        ]
        lead = worth[menu.index(Move.WITHDRAW)] - worth[menu.index(moment.alternative)]
        assert moment.lead == pytest.approx(lead, abs=1e-6)
        assert moment.terms.sum() == pytest.approx(moment.lead)
        others = [worth[k] for k, code in enumerate(menu) if code != Move.WITHDRAW]
        assert worth[menu.index(moment.alternative)] == max(others)


def test_the_tipping_weight_makes_the_two_moves_even(world) -> None:
    cast, *_, moments = world
    moment, games = moments[0], cast.games[0]
    term, change = moment.tipping
    changed = build_games(games.graph, one_draw(games.parameters, 0, term, moment.party, 1 + change))
    place = (moment.situation, moment.environment)
    moves = (Move.WITHDRAW, moment.alternative)
    worths = worths_by_term(changed, 0, cast.profiles[0], moment.party, moves, place)
    assert worths[Move.WITHDRAW].sum() == pytest.approx(worths[moment.alternative].sum(), abs=1e-8)
    for name, part in zip(TERMS, moment.terms, strict=True):
        if abs(part) > 1e-9 and -moment.lead / part >= -1:
            assert abs(moment.lead / part) >= abs(change) - 1e-12, name


def test_moments_are_where_first_notices_were_given(world) -> None:
    cast, _, recording, moments = world
    graph, found = cast.games[0].graph, first_notices(cast.games[0].graph, recording)
    for party, play, t, m, _ in found:
        row = recording.acts[play, t, 0]
        assert graph.row_moves[row, party] == Move.WITHDRAW
        before = graph.row_moves[recording.acts[play, :t, 0]][:, :2]
        assert (before != Move.WITHDRAW).all()
        assert graph.phase[m] in (Phase.IN_FORCE, Phase.ULTIMATUM)
    assert [moment.share for moment in moments] == sorted((moment.share for moment in moments), reverse=True)
    assert len(moments[0].plays) == round(moments[0].share * len(found))


def test_a_game_solved_again_is_the_one_with_the_changed_weight(world) -> None:
    cast, equilibrium, _, moments = world
    games, seen = cast.games[0], []

    def solve(changed):
        seen.append(changed)
        return equilibrium  # as if behaviour did not change, and neither did its worth

    again = solve_again(games, moments[0], solve)
    term, change = moments[0].tipping
    number, party = TERM_NUMBER[term], moments[0].party
    weights = seen[0].parameters.weights[0]
    assert weights[number, party] == pytest.approx(games.parameters.weights[0, number, party] * (1 + change))
    assert again.solved_again == pytest.approx(moments[0].lead, abs=1e-6)
    assert solve_again(games, replace(moments[0], tipping=None), solve).solved_again is None


def test_words_name_the_terms_that_decided(world) -> None:
    from types import SimpleNamespace

    cast, *_, moments = world
    scenario = load("inf_2019").scenario
    terms = np.zeros(len(TERMS))
    terms[TERM_NUMBER["blame"]], terms[TERM_NUMBER["own_forces"]] = -0.5, 0.6
    moment = replace(moments[0], terms=terms, lead=0.1, tipping=("own_forces", -1 / 6), alternative=Move.NONE)
    told = SimpleNamespace(games=cast.games[0], scenario=scenario, beliefs=None, cast=cast, moments=(moment,))
    (paragraph,) = why_sentences(told)
    assert "Leaving was worth 0.10 more than making no move: for it own banned forces (+0.6" in paragraph
    assert "against it blame for leaving first" in paragraph
    assert "own banned forces weighing 17" in paragraph
    assert "less, as long as everyone else behaves as before." in paragraph
    both = place_words(Situation(evidence=(1, 1)), Environment(), ("A", "B", "C", "D"))
    assert both == "with the treaty in force, contested evidence against both"
    nowhere = place_words(Situation(), Environment(near=1, level=1), ("A", "B", "C", "D"))
    assert (
        nowhere
        == "with the treaty in force, no evidence against anyone, a review conference near, D at level 1"
    )
