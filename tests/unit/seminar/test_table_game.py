"""A table plays the engine's game: same dice, same rules, same payoffs."""

import numpy as np
import pytest

from sim.engine.monte_carlo import record
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyParameters
from sim.seminar.rounds import play_to_the_end
from sim.seminar.setup import Setup
from sim.seminar.state import Choice
from sim.study.play_plan import plan_of

TABLES = range(25)


def recorded(game):
    plan = plan_of(game.scenario, game.games, game.profile, game.plan.engine)
    return record(plan, [(0, number) for number in TABLES])


def test_a_table_of_robots_is_the_play_of_the_compiled_engine_at_its_address(game):
    recording = recorded(game)
    for k, number in enumerate(TABLES):
        periods, end = play_to_the_end(game, number, game.start)
        assert len(periods) == game.periods
        for played, state, acts in zip(periods, recording.states[k], recording.acts[k], strict=False):
            assert (played.situation, played.environment) == tuple(state[:2])
            assert (played.row, *played.signals, played.breaches, int(played.offered)) == tuple(acts)
        assert (end.situation, end.environment, *end.memory) == tuple(recording.states[k, -1])
        totals = np.sum([played.payoffs for played in periods], axis=0)
        assert totals == pytest.approx(recording.statistics[k, 12:16], abs=1e-12)


@pytest.mark.parametrize("scenario", ["inf_1988", "suspension_first", "china_invited", "sanctions_linkage"])
def test_so_it_is_in_other_scenarios(games, scenario):
    game = games.prepared(Setup(scenario=scenario, overrides=("strategy=as_it_happened",), months=36.0))
    recording = recorded(game)
    for k, number in enumerate(TABLES):
        _, end = play_to_the_end(game, number, game.start)
        assert (end.situation, end.environment, *end.memory) == tuple(recording.states[k, -1])


def test_the_first_period_calls_for_a_decision(game):
    assert game.is_offered(game.start, 1)
    assert Move.WITHDRAW in game.menu(game.start, 0)


def test_a_hidden_breach_of_the_other_is_paid_but_not_observed(game):
    quiet = [Choice()] * 4
    moves = [choice.move for choice in quiet]
    kept, _ = game.step(game.start, 1, [False, False], moves)
    broken, _ = game.step(game.start, 1, [False, True], moves)
    harm = np.subtract(broken.payoffs, kept.payoffs)
    seen = np.subtract(broken.observed, kept.observed)
    assert broken.signals == kept.signals  # else this seed shows nothing; the alarm's word is the same
    assert harm[0] < 0 == seen[0]
    assert harm[1] == pytest.approx(seen[1])


def test_an_illegal_move_is_refused(game):
    with pytest.raises(ValueError, match="not legal"):
        game.step(game.start, 1, [False, False], [Move.JOIN, 0, 0, 0])


def test_deals_change_what_they_say_and_nothing_else(games, setup, game):
    before = game.games.parameters
    changed = {
        "mutual_inspections": {"detection", "false_alarm"},
        "standing_commission": {"opportunity_rate", "fading"},
        "outsider_restraint": {"build_success"},
    }
    assert set(changed) == set(games.deals)
    for name, expected in changed.items():
        after = games.deals[name].applied(before)
        names = TreatyParameters.__dataclass_fields__
        moved = {n for n in names if not np.array_equal(getattr(before, n), getattr(after, n))}
        assert moved == expected
        under = games.prepared(setup, (name,))
        assert under.start == game.start  # the rules, and so the numbers of situations, are the same
        assert under.graph.situations == game.graph.situations
    better = games.deals["mutual_inspections"].applied(before)
    assert (better.detection > before.detection).all()
    assert (better.false_alarm < before.false_alarm).all()


def test_what_a_position_is_worth_is_the_mean_of_plays_from_it(games):
    """Robots' answers to offers rest on it: compared with 3,000 plays that do not use it."""
    long = Setup(overrides=("strategy=as_it_happened",), months=240.0)
    game = games.prepared(long)
    plan = plan_of(game.scenario, game.games, game.profile, game.plan.engine)
    payoffs = record(plan, [(0, k) for k in range(3000)]).statistics[:, 12:16]
    error = payoffs.std(axis=0, ddof=1) / len(payoffs) ** 0.5
    left = game.tables.discount**game.periods * np.abs(game.tables.flows).max() / (1 - game.tables.discount)
    for seat in range(4):
        assert game.worth(game.start, seat) == pytest.approx(
            payoffs[:, seat].mean(), abs=4 * error[seat] + left[seat]
        )
