"""Every play is a function of its address: no chunking, no thread, no order, no neighbour changes it."""

import os
import pickle
import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import pytest

from sim.engine import monte_carlo
from sim.engine.monte_carlo import BLOCK, Plan, record, simulate, simulate_prefixes
from sim.engine.philox import epistemic_uniforms, key_of_seed, philox4x32
from sim.engine.play_history import PAYOFF
from sim.engine.play_kernel import play_block
from sim.engine.registry import STREAMS, UNLISTED, stream_of
from sim.engine.tables import build_board, build_tables
from sim.errors import ParameterError
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import build_games
from sim.games.treaty.rules import Rules
from sim.games.treaty.terms import TERM_NUMBER, TERMS

RULES = Rules(ultimatum_periods=1, notice_periods=2, suspension=True, invitation=True, outsider_levels=1)
PERIODS = 24
ACTORS = ("usa", "russia", "nato", "china")


@pytest.fixture(scope="module")
def plan_with(random_parameters, random_profile):
    """Return a maker of plans of a small game with three draws; `changes` replace parameters."""
    graph = build_graph(RULES)
    profile = random_profile(graph, draws=3, seed=4, moves=3)

    def make(*, periods=PERIODS, seed=11, **changes):
        games = build_games(graph, random_parameters(draws=3, seed=5, **changes))
        return Plan(
            board=build_board(graph),
            tables=tuple(build_tables(games, draw, profile) for draw in range(3)),
            actors=ACTORS,
            seed=seed,
            periods=periods,
            deadline=10,
            at_once=2,
        )

    return make


@pytest.fixture(scope="module")
def plan(plan_with):
    return plan_with()


def same(first, second):
    return all(
        np.array_equal(getattr(first, field.name), getattr(second, field.name)) for field in fields(first)
    )


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_random_words_are_those_published_with_philox(counter, key, expected):
    """Known answers of Random123's own test vectors (kat_vectors, philox4x32 with 10 rounds)."""
    assert tuple(map(int, philox4x32(*map(np.uint64, (*counter, *key))))) == expected


def test_streams_are_named_and_apart():
    assert len(set(STREAMS.values())) == len(STREAMS)
    assert [stream_of(name) for name in ACTORS] == [16, 17, 18, 19]  # part of the format of stored runs
    others = {stream_of(name) for name in ("iran", "israel", "soviet_union")}
    assert len(others) == 3
    assert min(others) >= UNLISTED > max(STREAMS.values())


def test_a_parameter_draws_its_own_numbers_whoever_else_draws():
    alone = epistemic_uniforms(3, ["treaty.fading"], 5)["treaty.fading"]
    among = epistemic_uniforms(3, ["treaty.detection", "treaty.fading", "actors.usa.discount"], 8)
    np.testing.assert_array_equal(among["treaty.fading"][:5], alone)
    assert len({*among["treaty.fading"], *among["treaty.detection"]}) == 16


@pytest.mark.parametrize("conditional", [True, False])
def test_chunks_and_threads_change_no_bit(plan, conditional):
    replications = 2 * BLOCK + 300
    reference = simulate(plan, replications=replications, conditional=conditional)
    for workers, chunk in ((1, 2), (2, 1), (3, 4), (0, 100)):
        again = simulate(
            plan, replications=replications, conditional=conditional, workers=workers, chunk=chunk
        )
        assert same(reference, again)


@pytest.mark.parametrize("conditional", [True, False])
def test_prefixes_of_the_plays_are_ensembles_of_their_own(plan, conditional):
    prefixes = (7, BLOCK, BLOCK + 30, 2 * BLOCK + 11)
    found = simulate_prefixes(plan, prefixes=prefixes, workers=2, conditional=conditional)
    for plays, ensemble in zip(prefixes, found, strict=True):
        alone = simulate(plan, replications=plays, conditional=conditional)
        assert ensemble.replications == plays
        for name in ("means", "squares", "raw", "delay_mirrored", "survival", "survival_squares"):
            np.testing.assert_allclose(getattr(ensemble, name), getattr(alone, name), rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(found[-1].means, alone.means)  # whatever is looked at on the way


def test_progress_counts_every_play_once(plan):
    counted = []
    simulate(plan, replications=BLOCK + 5, chunk=2, progress=counted.append)
    assert sum(counted) == 3 * (BLOCK + 5)


def test_an_ensemble_is_the_sum_of_plays_recorded_alone(plan):
    replications = 200
    ensemble = simulate(plan, replications=replications, conditional=False)
    plays = record(plan, [(draw, play) for draw in range(3) for play in range(replications)])
    statistics = plays.statistics.reshape(3, replications, -1)
    np.testing.assert_array_equal(statistics.cumsum(axis=1)[:, -1] / replications, ensemble.means)
    np.testing.assert_array_equal((statistics**2).cumsum(axis=1)[:, -1] / replications, ensemble.squares)
    ends = np.where(plays.ends < 0, PERIODS + 1, plays.ends).reshape(3, replications)
    alive = (ends[:, :, None] > np.arange(PERIODS + 1)).mean(axis=1)
    np.testing.assert_allclose(ensemble.survival, alive, rtol=0, atol=1e-12)


def test_a_play_is_the_same_in_any_company_and_order(plan):
    addresses = [(2, 5000), (0, 3), (1, 0), (0, 4), (2, 1)]
    together = record(plan, addresses)
    for k, address in enumerate(addresses):
        alone = record(plan, [address])
        for name in ("states", "acts", "statistics", "ends"):
            np.testing.assert_array_equal(getattr(alone, name)[0], getattr(together, name)[k])


def test_a_shorter_horizon_cuts_a_play_off(plan, plan_with):
    addresses = [(draw, play) for draw in range(3) for play in range(30)]
    long, short = record(plan, addresses), record(plan_with(periods=9), addresses)
    np.testing.assert_array_equal(short.states, long.states[:, :10])
    np.testing.assert_array_equal(short.acts, long.acts[:, :9])
    np.testing.assert_array_equal(short.ends, np.where(long.ends > 9, -1, long.ends))


def test_another_payoff_changes_payoffs_and_nothing_else(plan, plan_with):
    """Plays of two scenarios share their dice: what is not caused to differ does not differ."""
    weights = np.ones((3, len(TERMS), 4))
    weights[:, TERM_NUMBER["notice"]] = 2.0
    addresses = [(draw, play) for draw in range(3) for play in range(30)]
    first, second = record(plan, addresses), record(plan_with(weights=weights), addresses)
    np.testing.assert_array_equal(first.states, second.states)
    np.testing.assert_array_equal(first.statistics[:, :PAYOFF], second.statistics[:, :PAYOFF])
    assert (first.statistics[:, PAYOFF] != second.statistics[:, PAYOFF]).all()


def test_another_probability_changes_plays_only_from_where_it_tells(plan, plan_with):
    """Until the first period in which an alarm differs, both plays run through the same states."""
    fading = np.full(3, 3.0)
    addresses = [(draw, play) for draw in range(3) for play in range(60)]
    first, second = record(plan, addresses), record(plan_with(fading=fading), addresses)
    parted = 0
    for k in range(len(addresses)):
        differs = np.flatnonzero((first.acts[k] != second.acts[k]).any(axis=1))
        until = differs[0] if len(differs) else PERIODS
        np.testing.assert_array_equal(first.states[k, : until + 1], second.states[k, : until + 1])
        parted += len(differs) > 0
        if len(differs):  # the same joint move and course, another signal
            np.testing.assert_array_equal(first.acts[k, until, [0, 3, 4]], second.acts[k, until, [0, 3, 4]])
    assert parted > 0


def test_seeds_and_draws_have_dice_of_their_own(plan, plan_with):
    one, other = record(plan, [(0, 0), (1, 0)]), record(plan_with(seed=12), [(0, 0), (1, 0)])
    assert (one.states[0] != other.states[0]).any()
    same_tables = replace(plan, tables=(plan.tables[0],) * 3)
    twins = record(same_tables, [(0, 0), (1, 0)])
    assert (twins.states[0] != twins.states[1]).any()
    assert key_of_seed(11) != key_of_seed(12)


def test_tables_of_one_address_share_their_dice(plan):
    """Equal tables at one address are played alike, in an ensemble and in a recording; others are not."""
    same = replace(plan, tables=(plan.tables[0],) * 3, addresses=(0, 7, 0))
    found = simulate(same, replications=50)
    np.testing.assert_array_equal(found.means[0], found.means[2])
    assert (found.means[0] != found.means[1]).any()
    np.testing.assert_array_equal(found.means[0], simulate(plan, replications=50).means[0])
    plays = record(same, [(0, 3), (1, 3), (2, 3)])
    np.testing.assert_array_equal(plays.states[0], plays.states[2])
    assert (plays.states[0] != plays.states[1]).any()
    with pytest.raises(ParameterError, match="addresses must name a draw for each of 3 tables, got 2"):
        replace(plan, addresses=(0, 1))


def test_actors_bring_their_dice_with_their_names(plan):
    """An actor's stream goes by its name: another ally changes that ally's choices, no one's alarm or course."""
    address = [(0, play) for play in range(40)]
    first, second = (
        record(plan, address),
        record(replace(plan, actors=("usa", "russia", "eu", "china")), address),
    )
    for k in range(len(address)):
        moved = np.flatnonzero(first.acts[k, :, 0] != second.acts[k, :, 0])
        until = moved[0] if len(moved) else PERIODS
        np.testing.assert_array_equal(first.acts[k, :until], second.acts[k, :until])
    assert (first.acts != second.acts).any()


def test_the_conditional_estimator_has_the_same_mean(plan):
    replications = 20_000
    plain = simulate(plan, replications=replications, conditional=False)
    conditional = simulate(plan, replications=replications)
    spread = [e.squares - e.means**2 for e in (plain, conditional)]
    error = np.sqrt((spread[0] + spread[1]) / replications)
    assert (np.abs(plain.means - conditional.means) <= 5 * error + 1e-12).all()


def test_compiled_plays_are_those_of_the_same_python(plan, tmp_path, monkeypatch):
    """The kernel without its compiler, in another process, gives the same bits: no rounding was rearranged."""
    calls = []

    def remembered(*arguments):
        before = pickle.dumps(arguments)
        play_block(*arguments)
        calls.append((before, written_of(arguments)))

    monkeypatch.setattr(monte_carlo, "play_block", remembered)
    short = replace(plan, periods=12)
    simulate(short, replications=12)
    record(short, [(0, 3), (1, 7)])
    for number, (before, _) in enumerate(calls):
        (tmp_path / f"{number}.in").write_bytes(before)
    done = subprocess.run(
        [sys.executable, "-c", IN_PYTHON, str(tmp_path), str(len(calls))],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for number, (_, written) in enumerate(calls):
        again = written_of(pickle.loads((tmp_path / f"{number}.out").read_bytes()))
        assert len(again) == 10
        for mine, theirs in zip(written, again, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def written_of(arguments):
    """What a call of the kernel wrote: sums, squares, raw, ratio, two curves, path, acts, statistics, ends."""
    return [array.copy() for array in (*arguments[13:19], *arguments[21:25])]


IN_PYTHON = """
import pathlib, pickle, sys
from sim.engine.play_kernel import play_block
assert not hasattr(play_block, "py_func"), "compiled"
place, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
for number in range(count):
    arguments = pickle.loads((place / f"{number}.in").read_bytes())
    play_block(*arguments)
    (place / f"{number}.out").write_bytes(pickle.dumps(arguments))
"""
