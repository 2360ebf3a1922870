"""Tables hold what was built, survive a file without losing a bit, and refuse what is no such file."""

from dataclasses import fields, replace

import numpy as np
import pytest

from sim.arrays import sealed
from sim.engine.quantised import markov_from_tables, quantised
from sim.engine.tables import (
    ONE,
    PlayTables,
    build_board,
    build_tables,
    digest,
    load_tables,
    save_tables,
    tables_of_points,
)
from sim.errors import ArtifactError
from sim.games.treaty.graph import build_graph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import build_games
from sim.games.treaty.rules import Rules
from sim.games.treaty.terms import COURSE_FEATURES, ENVIRONMENT_FACTORS, FLOW_FEATURES, LUMP_FEATURES, TERMS
from sim.games.treaty.transitions import Signal

GRAPH = build_graph(Rules(ultimatum_periods=1, notice_periods=1, outsider_levels=1))
DRAWS = 3


@pytest.fixture(scope="module")
def games(random_parameters):
    return build_games(GRAPH, random_parameters(draws=DRAWS, seed=8))


@pytest.fixture(scope="module")
def profile(random_profile):
    return quantised(random_profile(GRAPH, draws=DRAWS, seed=9, moves=4))


@pytest.fixture(scope="module")
def tables(games, profile):
    return [build_tables(games, draw, profile) for draw in range(DRAWS)]


@pytest.fixture
def file(tables, tmp_path):
    path = tmp_path / "tables.npz"
    save_tables(path, tables)
    return path


def test_a_file_gives_the_same_tables_again(tables, file):
    again = load_tables(file)
    assert [digest(each) for each in again] == [digest(each) for each in tables]
    for before, after in zip(tables, again, strict=True):
        assert before.arrays.keys() == after.arrays.keys()
        for name, first in before.arrays.items():
            second = after.arrays[name]
            assert first.dtype == second.dtype, name
            np.testing.assert_array_equal(first, second)
            assert not second.flags.writeable


def test_one_draw_survives_a_file_too(tables, tmp_path):
    save_tables(tmp_path / "one", tables[:1])
    assert [digest(each) for each in load_tables(tmp_path / "one")] == [digest(tables[0])]


def test_a_digest_tells_every_number_and_nothing_else(games, profile, tables):
    assert digest(build_tables(games, 1, profile)) == digest(tables[1])
    assert len({digest(each) for each in tables}) == DRAWS
    for name, array in tables[0].arrays.items():
        values = array.copy()
        values.reshape(-1)[-1] += 1
        other = replace(tables[0], **{name: sealed(values, values.dtype)})
        assert digest(other) != digest(tables[0]), name


def test_probabilities_are_rounded_to_the_nearest_unit(games, tables):
    for draw, each in enumerate(tables):
        assert abs(each.opportunity[0] / ONE - games.opportunity[draw]) <= 0.5 / ONE
        law = games.signals[draw][..., [Signal.ALARM, Signal.CLEAR]]
        assert np.abs(each.signals / ONE - law).max() <= 0.5 / ONE
        assert np.abs(each.toxic / ONE - games.toxic[draw]).max() <= 0.5 / ONE
        assert (each.moves[..., -1] == ONE).all()
        assert (np.diff(each.moves.astype(np.int64), axis=-1) >= 0).all()


def test_rounding_a_profile_twice_is_rounding_it_once(random_profile, profile):
    raw = random_profile(GRAPH, draws=DRAWS, seed=9, moves=4)
    twice = quantised(profile)
    for before, once, again in zip(raw.automata, profile.automata, twice.automata, strict=True):
        np.testing.assert_array_equal(once.moves, again.moves)
        np.testing.assert_array_equal(once.breach, again.breach)
        assert np.abs(before.moves - once.moves).max() <= 1 / ONE
        assert np.abs(before.breach - once.breach).max() <= 0.5 / ONE
        assert not once.moves[before.moves == 0].any()
        np.testing.assert_array_equal(once.moves.sum(axis=-1), 1.0)


def test_a_markov_strategy_is_read_back_from_tables_exactly(games, random_profile):
    played = quantised(random_profile(GRAPH, memories=(1, 1, 1, 1), draws=DRAWS, seed=3, moves=5))
    stored = [build_tables(games, draw, played) for draw in range(DRAWS)]
    for actor, automaton in enumerate(played.automata):
        read = markov_from_tables(stored, GRAPH, name="stored", actor=actor)
        np.testing.assert_array_equal(read.moves, automaton.moves)
        np.testing.assert_array_equal(read.breach, automaton.breach)


def test_the_board_numbers_environments_and_withdrawals():
    board = build_board(GRAPH)
    for x, place in enumerate(GRAPH.environments):
        assert (board.toxic[x], board.near[x], board.level[x]) == place
        assert board.place[place] == x
    for m in range(GRAPH.num_situations):
        for party in (0, 1):
            menu = GRAPH.legal[m, party].tolist()
            expected = menu.index(Move.WITHDRAW) if Move.WITHDRAW in menu else -1
            assert board.withdraw[m, party] == expected


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_file_cut_short_is_refused(file, share):
    whole = file.read_bytes()
    file.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ArtifactError, match=f"{file.name} does not hold the tables of a run"):
        load_tables(file)


@pytest.mark.parametrize("place", range(1, 12))
def test_a_damaged_file_is_refused_or_harmless(tables, file, place):
    """Sixteen bytes overwritten anywhere: either the checksums notice, or the bytes meant nothing."""
    data = bytearray(file.read_bytes())
    at = place * len(data) // 12
    data[at : at + 16] = bytes(b ^ 0x5A for b in data[at : at + 16])
    file.write_bytes(data)
    try:
        again = load_tables(file)
    except ArtifactError as error:
        noticed = str(error)
    else:
        noticed = ""
        assert [digest(each) for each in again] == [digest(each) for each in tables]
    assert not noticed or f"{file.name} does not hold the tables of a run" in noticed


def test_what_is_not_there_or_something_else_is_refused(tmp_path, file, tables):
    text, other, pickled = tmp_path / "text", tmp_path / "other.npz", tmp_path / "pickled.npz"
    text.write_text("draws: 3\n")
    np.savez(other, draws=3)
    np.savez(pickled, **{field.name: np.array([None]) for field in fields(PlayTables)}, draws=1)
    single = tmp_path / "single.npy"
    np.save(single, np.zeros(3))
    for path in (tmp_path / "missing", tmp_path, text, other, pickled, single):
        with pytest.raises(ArtifactError) as caught:
            load_tables(path)
        assert "\n" not in str(caught.value)
    with np.load(file) as whole:
        arrays = dict(whole)
    np.savez(other, **(arrays | {"draws": np.array(DRAWS + 1)}))
    with pytest.raises(ArtifactError, match="draws"):
        load_tables(other)


@pytest.mark.parametrize("profile_draws", [1, 4])
def test_points_get_the_tables_of_a_game_built_for_each_alone(
    random_parameters, random_profile, profile_draws
):
    points = random_parameters(draws=4, seed=31)
    profile = quantised(random_profile(GRAPH, draws=profile_draws, seed=32, moves=4))
    together = tables_of_points(GRAPH, points, profile)
    for point, tables in enumerate(together):
        one = slice(point, point + 1)
        numbers = {
            field.name: getattr(points, field.name)[one]
            for field in fields(points)
            if field.name != "period_years"
        }
        alone = build_games(GRAPH, replace(points, **numbers))
        mine = one if profile_draws > 1 else slice(None)
        own = [replace(each, breach=each.breach[mine], moves=each.moves[mine]) for each in profile.automata]
        assert digest(tables) == digest(build_tables(alone, 0, replace(profile, automata=tuple(own))))


def test_payoffs_of_tables_are_the_weighted_sums_of_the_features(random_parameters, random_profile):
    points = random_parameters(draws=2, seed=33)
    tables = tables_of_points(GRAPH, points, quantised(random_profile(GRAPH, seed=34)))
    years = (1 - points.discount**points.period_years) / -np.log(points.discount)
    for draw, each in enumerate(tables):
        weights = dict(zip(TERMS, points.weights[draw], strict=True))
        flows = sum(
            weights[term] * values for (term, _), values in zip(FLOW_FEATURES, GRAPH.flows, strict=True)
        )
        courses = sum(
            weights[t] * values for (t, _), values in zip(COURSE_FEATURES, GRAPH.courses, strict=True)
        )
        np.testing.assert_allclose(each.flows, flows * years[draw], rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(each.courses, courses * years[draw], rtol=1e-12, atol=1e-14)
        for place, factor in enumerate(ENVIRONMENT_FACTORS):
            lumps = sum(
                weights[lump.term] * values
                for lump, values in zip(LUMP_FEATURES, GRAPH.lumps, strict=True)
                if lump.factor == factor
            )
            np.testing.assert_allclose(each.lumps[:, place], lumps, rtol=1e-12, atol=1e-14)
