"""Gambit's file formats: round trips, a second reader, and malformed files."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.errors import ArtifactError, ParameterError
from sim.games.extensive import ExtensiveGame
from sim.games.normal_form import NormalFormGame
from sim.games.signalling import beer_quiche

PAYOFFS = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(
    st.lists(st.integers(1, 3), min_size=2, max_size=3).flatmap(
        lambda shape: arrays(float, (len(shape), *shape), elements=PAYOFFS)
    )
)
def test_a_normal_form_reads_back_to_the_last_bit(tmp_path_factory, payoffs):
    path = tmp_path_factory.mktemp("nfg") / "game.nfg"
    game = NormalFormGame(payoffs, name='a "quoted" \\ title')
    game.write(path)
    again = NormalFormGame.read(path)
    assert np.array_equal(again.payoffs, game.payoffs)
    assert (again.players, again.actions, again.name) == (game.players, game.actions, game.name)


def test_a_tree_reads_back(tmp_path, random_tree):
    for seed in range(15):
        game = random_tree(seed, num_players=3)
        game.write(tmp_path / "game.efg")
        again = ExtensiveGame.read(tmp_path / "game.efg")
        assert np.array_equal(again.payoffs, game.payoffs)
        assert np.array_equal(again.set_of, game.set_of)
        assert [s.label for s in again.information_sets] == [s.label for s in game.information_sets]
        for one, other in zip(again.nodes, game.nodes, strict=True):
            if hasattr(other, "probabilities"):
                assert np.array_equal(one.probabilities, other.probabilities)


def test_gambit_reads_what_is_written(tmp_path, random_tree):
    gambit = pytest.importorskip("pygambit")
    for seed in range(8):
        game = random_tree(seed)
        game.write(tmp_path / "game.efg")
        theirs = np.array(gambit.read_efg(str(tmp_path / "game.efg")).to_arrays(dtype=float))
        ours = game.normal_form().payoffs
        assert theirs.shape == ours.shape
        for player in range(2):
            assert np.sort(theirs[player].ravel()) == pytest.approx(np.sort(ours[player].ravel()))
    table = NormalFormGame(np.random.default_rng(0).normal(size=(3, 2, 3, 2)))
    table.write(tmp_path / "game.nfg")
    theirs = np.array(gambit.read_nfg(str(tmp_path / "game.nfg")).to_arrays(dtype=float))
    assert np.array_equal(theirs, table.payoffs)


def read_text(tmp_path, text, suffix="efg"):
    path = tmp_path / f"game.{suffix}"
    path.write_text(text, encoding="utf-8")
    return ExtensiveGame.read(path) if suffix == "efg" else NormalFormGame.read(path)


def test_outcomes_by_number_and_at_inner_nodes(tmp_path):
    game = read_text(
        tmp_path,
        """EFG 2 R "toll" { "A" "B" } "a comment
over two lines"
p "" 1 1 "start" { "in" "out" } 1 "toll" { -1, 1/2 }
c "" 1 "" { "x" 1/3 "y" 2/3 } 0
t "" 2 "two" { 2, 2 }
t "" 1
t "" 0
""",
    )
    assert game.payoffs[list(game.terminals)].tolist() == [[1.0, 2.5], [-2.0, 1.0], [-1.0, 0.5]]
    assert game.nodes[1].probabilities == pytest.approx([1 / 3, 2 / 3])


def test_information_sets_mentioned_again_without_actions(tmp_path):
    game = read_text(
        tmp_path,
        """EFG 2 R "" { "A" "B" }
p "" 1 1 "" { "l" "r" } 0
p "" 2 1 "" { "l" "r" } 0
t "" 1 "" { 1 1 } t "" 2 "" { 2 2 }
p "" 2 1 0
t "" 3 "" { 3 3 } t "" 4 "" { 4 4 }
""",
    )
    assert [at.nodes for at in game.information_sets] == [(0,), (1, 4)]


def test_normal_forms_by_outcomes_and_by_numbers_of_strategies(tmp_path):
    by_outcome = read_text(
        tmp_path,
        """NFG 1 R "o" { "A" "B" } { { "T" "B" } { "L" "R" } } ""
{ { "x" 1, 2 } { "y" 3, 4 } }
1 0 2 1""",
        "nfg",
    )
    assert by_outcome.payoffs[0].tolist() == [[1, 3], [0, 1]]  # the first player varies fastest
    plain = read_text(tmp_path, 'NFG 1 D "p" { "A" "B" } { 2 3 } 1 2 3 4 5 6 7 8 9 10 11 1.2e1', "nfg")
    assert plain.payoffs[0].tolist() == [[1, 5, 9], [3, 7, 11]]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('EFG 2 R "x" { "A" }\nq "" 1', 2, r"a node \(c, p or t\), got q"),
        ('EFG 2 R "x" { "A" }\np "" 2 1 "" { "l" } 0', 2, "player must lie in 1..1, got 2"),
        ('EFG 2 R "x" { "A" }\np "" 1 1 "" { } 0', 2, "action set is empty"),
        ('EFG 2 R "x" { "A" }\np "" 1 1 0', 2, "before its actions are given"),
        ('EFG 2 R "x" { "A" }\nt "" 3', 2, "outcome 3 is mentioned before"),
        ('EFG 2 R "x" { "A" }\n\nt "" 1 "" { 1, 2 }', 3, r"payoffs \(1 numbers\), got 2"),
        ('EFG 2 R "x" { "A" }\nc "" 1 "" { "a" 1/2 "b" 1/3 } 0', 2, "sum to 1, got 0.8333"),
        ('EFG 2 R "x" { "A" }\nc "" 1 "" { "a" 2 "b" -1 } 0', 2, r"in \[0, 1\], got 2"),
        ('EFG 2 R "x" { "A" }\nt "" 1 "" { one }', 2, "a number"),
        ('EFG 2 R "x" { "A" }\nt "" 1 "" { 1/0 }', 2, "a number"),
        ('EFG 2 R "x" { "A" }\nt "" 1 "" { 1e999 }', 2, "finite"),
        ('EFG 2 R "x" { "A" }\nt "" 1 "" { 1 }\nt "" 1', 3, "the end of the file, got t"),
        ('EFG 2 R "x" { "A" }\np "" 1 1 "" { "l" "r" } 0\nt "" 0', 3, "got the end of the file"),
        ('EFG 2 R "x" { "A" }\np "open 1 1', 2, "quoted text is not closed"),
        ('NFG 1 R "x" { "A" "B" } { 2 2 }\n1 2 3', 2, "one of 8 payoffs"),
        ('NFG 1 R "x" { "A" "B" } { 2 }\n1 2', 1, "2 strategy sets, got 1"),
        ('NFG 1 R "x" { "A" "B" } { 1 0 }', 1, "action set is empty"),
        ('NFG 1 R "x" { "A" "B" } { 1 1 } { { "" 1 2 } } 7', 1, "must lie in 0..1, got 7"),
        ("EFG", 1, "version"),
        ("", 1, "'EFG'"),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(tmp_path, text, line, message):
    with pytest.raises(ParameterError, match=rf"line {line}: .*{message}"):
        read_text(tmp_path, text, "nfg" if text.startswith("NFG") else "efg")


def test_a_tree_without_perfect_recall_is_refused_with_the_path(tmp_path):
    driver = 'p "" 1 1 "" { "B" "E" } 0\np "" 1 1 0\nt "" 1 "" { 1 }\nt "" 2 "" { 4 }\nt "" 0'
    text = f'EFG 2 R "driver" {{ "A" }}\n{driver}'
    with pytest.raises(ParameterError, match=r"game.efg: .*absent-minded"):
        read_text(tmp_path, text)


def test_files_that_cannot_be_opened(tmp_path):
    with pytest.raises(ArtifactError, match="cannot read"):
        ExtensiveGame.read(tmp_path / "none.efg")
    with pytest.raises(ArtifactError, match="cannot write"):
        beer_quiche().tree().write(tmp_path / "no" / "where.efg")
    (tmp_path / "picture.efg").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ParameterError, match="not a text file"):
        ExtensiveGame.read(tmp_path / "picture.efg")


def test_a_huge_number_of_strategies_is_a_slip(tmp_path):
    path = tmp_path / "huge.nfg"
    path.write_text('NFG 1 R "x" { "1" "2" } { 1000000000000 2 }\n1')
    with pytest.raises(ParameterError, match="at most 100000 strategies, got 1000000000000"):
        NormalFormGame.read(path)
    path.write_text('NFG 1 R "x" { "1" "2" } { 90000 90000 }\n1')  # quick to say what is missing
    with pytest.raises(ParameterError, match="got the end of the file"):
        NormalFormGame.read(path)
