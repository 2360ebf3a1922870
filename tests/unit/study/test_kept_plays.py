"""What is kept of whole plays: every column and quantile computed again from the recorded paths, play by play."""

from functools import cache

import numpy as np
import pytest

from sim.app.plan import load
from sim.engine.outcomes import outcomes_of
from sim.games.treaty.situation import Phase
from sim.study.draws import games_of
from sim.study.kept_plays import QUANTILES, collapse_months, fans_of, keep_plays, table_of
from sim.study.play_plan import plan_of
from sim.study.profiles import build_profile

MONTHS = 3.0
DRAWS, PLAYS, KEPT = 3, 8, 20


@cache
def kept(usa="grim_trigger"):
    run = load(
        "inf_2019",
        [
            "strategy=grim_trigger",
            f"strategy.usa={usa}",
            "strategy.russia=mirror_response",
            "treaty.false_alarm=0.1",
            f"treaty.period_months={MONTHS:g}",
            f"engine.draws={DRAWS}",
            f"engine.replications={PLAYS}",
            "engine.horizon_months=60",
        ],
    )
    games = games_of(run.scenario, DRAWS, run.engine.seed)
    names = tuple(run.strategies[actor] for actor in run.scenario.actor_names)
    profile, _ = build_profile(games, names, run.automata, run.solver, workers=1, progress=lambda *_: None)
    plan = plan_of(run.scenario, games, profile, run.engine)
    return plan, keep_plays(plan, KEPT, PLAYS)


def phases(plan, recording):
    return plan.board.graph.phase[recording.states[..., 0]]


def test_plays_are_kept_draw_by_draw_in_turn():
    _, recording = kept()
    assert recording.draws.tolist() == [k % DRAWS for k in range(KEPT)]
    assert recording.replications.tolist() == [k // DRAWS for k in range(KEPT)]


def test_no_more_plays_are_kept_than_were_played():
    plan, _ = kept()
    assert len(keep_plays(plan, 10**6, 2).draws) == 2 * DRAWS


def test_the_month_of_the_end_is_the_first_in_which_the_treaty_has_ended():
    plan, recording = kept()
    months = collapse_months(recording, MONTHS)
    for play, path in enumerate(phases(plan, recording)):
        over = np.flatnonzero(path == Phase.ENDED)
        if over.size:
            assert months[play] == MONTHS * over[0]
        else:
            assert np.isnan(months[play])
    assert 0 < np.isnan(months).sum() < KEPT


@pytest.mark.parametrize("usa", ["grim_trigger", "pretext_seeker"])  # the latter leaves and deploys
def test_a_row_says_what_its_path_shows(usa):
    plan, recording = kept(usa)
    table = table_of(recording, plan.actors, MONTHS)
    graph = plan.board.graph
    final = graph.deployed[recording.states[:, -1, 0]]
    over = phases(plan, recording) == Phase.ENDED
    assert np.array_equal(table["collapse_probability"], over.any(axis=1))
    ends = np.where(over.any(axis=1), over.argmax(axis=1), plan.periods)
    assert np.array_equal(table["months_to_collapse"], MONTHS * ends)
    for column, name in enumerate(("usa_europe", "usa_asia", "russia_europe")):
        assert np.array_equal(table[f"deployment_{name}"], final[:, column])
    assert {outcome.name for outcome in outcomes_of(plan.actors)} - set(table) == {
        "median_months_to_collapse"
    }


def test_the_delay_is_missing_exactly_where_no_mirror_response_was_seen():
    plan, recording = kept()
    graph = plan.board.graph
    delays = table_of(recording, plan.actors, MONTHS)["mirror_delay_months"]
    for play, situations in enumerate(recording.states[..., 0]):
        noticed = np.flatnonzero(graph.phase[situations] == Phase.NOTICE)
        if not noticed.size:
            assert np.isnan(delays[play])
            continue
        first = noticed[0]
        run = first
        while run < len(situations) and graph.phase[situations[run]] == Phase.NOTICE:
            run += 1
        together = [
            t for t in range(first, run) if graph.who[situations[t]] | graph.suspended[situations[t]] == 3
        ]
        assert (np.isnan(delays[play]) and not together) or delays[play] == MONTHS * (together[0] - first)


@pytest.mark.parametrize("name", ["evidence_russia", "deployment_usa_asia", "outsider_level"])
def test_a_quantile_is_the_least_level_that_enough_plays_do_not_exceed(name):
    plan, recording = kept()
    fans = fans_of(plan, recording, MONTHS)
    situation, place = recording.states[..., 0], recording.states[..., 1]
    graph = plan.board.graph
    levels = {
        "evidence_russia": np.array([s.evidence[1] for s in graph.situations])[situation],
        "deployment_usa_asia": graph.deployed[situation, 1],
        "outsider_level": plan.board.level[place],
    }[name]
    assert np.allclose(fans.means[name], levels.mean(axis=0))
    for t in range(plan.periods + 1):
        ordered = np.sort(levels[:, t])
        for k, quantile in enumerate(QUANTILES):
            assert fans.paths[name][t, k] == ordered[int(np.ceil(quantile * KEPT - 1e-9)) - 1]
