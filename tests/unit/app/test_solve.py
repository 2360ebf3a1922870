"""Games from configs: the textbook ones are those of the catalogue, a user's own is solved or refused in one line."""

import json
from pathlib import Path

import numpy as np
import pytest
from omegaconf import OmegaConf

from sim.app.build import compose, matrix_game, typed
from sim.app.config_dir import config_dir
from sim.app.schema import GameConf, RunConf
from sim.errors import ParameterError
from sim.games.catalogue import CATALOGUE


def test_the_textbook_games_are_those_of_the_catalogue() -> None:
    names = {file.stem for file in (config_dir() / "game").glob("*.yaml")}
    assert names == {*CATALOGUE, "treaty", "matrix"}
    for name, entry in CATALOGUE.items():
        file = OmegaConf.load(config_dir() / "game" / f"{name}.yaml")
        conf = RunConf(game=OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(GameConf), file)))
        game = matrix_game(conf)
        assert np.array_equal(game.payoffs, entry.game.payoffs), name
        assert game.actions == entry.game.actions
        assert conf.game.source == entry.source


def test_solve_prints_and_writes_equilibria_with_their_certificate(treaty_sim) -> None:
    ended = treaty_sim("solve", "game=chicken")
    assert ended.status == 0, ended.err
    (directory,) = Path("results/solve").glob("*/*")
    found = json.loads((directory / "equilibria.json").read_text())
    solution = found["solution"]
    assert solution["complete"] == "proved"
    # by hand: 3q + 2(1-q) = 4q + (1-q) at q = 1/2, and the two asymmetric ones
    profiles = sorted(equilibrium["profile"] for equilibrium in solution["equilibria"])
    assert np.array(profiles) == pytest.approx(
        np.array([[[0, 1], [1, 0]], [[0.5, 0.5], [0.5, 0.5]], [[1, 0], [0, 1]]])
    )
    assert max(equilibrium["regret"] for equilibrium in solution["equilibria"]) <= 1e-12
    assert json.loads((directory / "manifest.json").read_text())["verb"] == "solve"
    assert "complete: proved" in ended.out


def test_a_users_own_matrix_is_solved(treaty_sim) -> None:
    mine = Path("mine/game")
    mine.mkdir(parents=True)
    (mine / "missiles.yaml").write_text(
        "kind: matrix\nactions: [[a, b], [c, d, e]]\n"
        "payoffs: [[[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 1, -1]]]\n"
    )
    ended = treaty_sim("solve", "--config-dir", "mine", "game=missiles")
    assert ended.status == 0, ended.err
    assert "nash" in ended.out


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("game.payoffs=[[[],[]],[[],[]]]", "game: player 1: the action set is empty"),
        ("game.payoffs=[[1,2],[3,4]]", "game.payoffs must have shape"),
        ("game.payoffs=[[[nan,1],[1,2]],[[3,4],[5,6]]]", "game.payoffs must be finite"),
        ("game.payoffs=[[[1],[1,2]],[[3,4],[5,6]]]", "game.payoffs must be a rectangular array"),
        ("game.payoffs=null", "game.payoffs must hold one table per player"),
        ("game.actions=[[a,a],[a,b]]", "game.actions"),
        ("game.kind=chess", "game.kind must be matrix or treaty, got 'chess'"),
    ],
)
def test_a_wrong_matrix_is_refused(override: str, words: str) -> None:
    with pytest.raises(ParameterError) as caught:
        matrix_game(typed(compose(["game=matrix", override])))
    assert str(caught.value).startswith(words)


def test_verify_prints_a_table_and_fails_when_a_check_fails(treaty_sim, monkeypatch) -> None:
    ended = treaty_sim("verify", "AT-05")
    assert ended.status == 0
    assert "checks pass" in ended.out
    assert treaty_sim("verify", "AT-99").status == 1
    assert treaty_sim("verify", "-m").status == 2

    import sim.study.verify as study
    from sim.study.verification.check import Check

    wrong = Check("AT-00 made up", "nobody", 1.0, 2.0, 0.1, passed=False)
    monkeypatch.setattr(study, "verify", lambda subjects: (wrong,))
    ended = treaty_sim("verify")
    assert ended.status == 1
    assert "FAIL" in ended.out
