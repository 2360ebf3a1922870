"""Games from configs: the textbook ones are those of the catalogue, a user's own is solved or refused in one line."""

import json
from pathlib import Path

import numpy as np
import pytest
from omegaconf import OmegaConf

from sim.app.build import compose, matrix_game, typed
from sim.app.config_dir import config_dir
from sim.app.games import TREES, game_of
from sim.app.schema import GameConf, RunConf
from sim.errors import ParameterError
from sim.games.catalogue import CATALOGUE
from sim.solvers.solve import SOLVERS


def test_the_textbook_games_are_those_of_the_catalogue() -> None:
    names = {file.stem for file in (config_dir() / "game").glob("*.yaml")}
    assert names == {*CATALOGUE, "treaty", "matrix", "file", *TREES}
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
    assert "completeness proved" in " ".join(ended.out.split())


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
    ],
)
def test_a_wrong_matrix_is_refused(override: str, words: str) -> None:
    with pytest.raises(ParameterError) as caught:
        matrix_game(typed(compose(["game=matrix", override])))
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (
            ["game=matrix", "game.kind=chess"],
            "game.kind must be one of treaty, matrix, tree, file, got 'chess'",
        ),
        (["game=beer_quiche", "game.tree=oak"], "game.tree must be one of beer_quiche, ultimatum, got 'oak'"),
        (["game=beer_quiche", "game.discount=0.5"], "game.discount must be null for a tree"),
        (["game=file"], "game.file must name a .nfg or .efg file, got null"),
        (["game=file", "game.file=game.txt"], "game.file must end in .nfg or .efg, got 'game.txt'"),
        (["game=chicken", "game.discount=1"], "game.discount of player 0 must lie in [0, 1), got 1"),
        (["game=chicken", "game.profile=grim"], "game.profile is for repeated games"),
    ],
)
def test_a_wrong_game_is_refused(overrides: list[str], words: str) -> None:
    with pytest.raises(ParameterError) as caught:
        game_of(typed(compose(overrides)))
    assert str(caught.value).startswith(words)


def page_of(treaty_sim, *arguments: str) -> tuple[str, dict, set[str], str]:
    """Solve, and return what was printed, ``equilibria.json``, the names of the figures and the page."""
    before = set(Path("results/solve").glob("*/*"))
    ended = treaty_sim("solve", *arguments)
    assert ended.status == 0, ended.err
    (directory,) = set(Path("results/solve").glob("*/*")) - before
    page = (directory / "report.html").read_text(encoding="utf-8")
    figures = {path.stem for path in (directory / "figures").glob("*.png")}
    assert page.count("data:image/png") == len(figures)
    return ended.out, json.loads((directory / "equilibria.json").read_text()), figures, page


def test_a_selection_rule_is_a_config(treaty_sim) -> None:
    _, found, figures, page = page_of(treaty_sim, "game=stag_hunt", "solver.selection=payoff_dominant")
    (kept,) = found["solution"]["equilibria"]
    assert kept["payoffs"] == [4.0, 4.0]  # both hunt the stag
    assert found["solution"]["selection"] == "payoff_dominant"
    assert figures == {"payoffs", "equilibria", "learning", "logit_branch"}
    assert "selected as payoff dominant" in page
    assert page.count(", selected<") == 1  # the other equilibria are listed beside it
    assert treaty_sim("solve", "game=stag_hunt", "solver.selection=best").status == 1
    assert treaty_sim("solve", "game=beer_quiche", "solver.selection=welfare").status == 1


def test_trees_are_solved_and_drawn(treaty_sim) -> None:
    """Cho & Kreps (1987): pooling on beer and pooling on quiche, worth 2.9 and 2.1 to the sender."""
    out, found, figures, _ = page_of(treaty_sim, "game=beer_quiche")
    assert {round(one["payoffs"][0], 9) for one in found["solution"]["equilibria"]} == {2.9, 2.1}
    assert found["game"]["information_sets"][0]["actions"] == ["Beer", "Quiche"]
    assert figures == {"tree_1", "tree_2", "tree_3", "tree_4"}
    assert "sequential" in out


def test_a_file_is_solved(treaty_sim) -> None:
    Path("entry.efg").write_text(
        'EFG 2 R "Entry" { "entrant" "incumbent" }\n""\np "" 1 1 "" { "in" "out" } 0\n'
        'p "" 2 1 "" { "fight" "yield" } 0\nt "" 1 "" { -1, -1 }\nt "" 2 "" { 1, 1 }\nt "" 3 "" { 0, 2 }\n'
    )
    _, found, _, _ = page_of(treaty_sim, "game=file", "game.file=entry.efg", "solver.concept=subgame_perfect")
    assert [one["payoffs"] for one in found["solution"]["equilibria"]] == [[1.0, 1.0]]
    Path("broken.efg").write_text('EFG 2 R "Entry" { "entrant" }\n')
    ended = treaty_sim("solve", "game=file", "game.file=broken.efg")
    assert ended.status == 1
    assert "broken.efg, line 1" in ended.err


@pytest.mark.parametrize("concept", [concept for kind, concept in SOLVERS if kind == "NormalFormGame"])
def test_every_concept_is_printed_and_told_on_a_page(treaty_sim, concept) -> None:
    _, found, _, page = page_of(treaty_sim, "game=chicken", f"solver.concept={concept}")
    assert found["solution"]["concept"] == concept
    assert f"Certificate: {concept.replace('_', ' ')}" in page


def test_a_repeated_game_has_a_payoff_set_and_critical_discounts(treaty_sim) -> None:
    """Friedman (1971): at 0.6 > (5 - 3) / (5 - 1) full cooperation is an equilibrium payoff."""
    _, found, figures, _ = page_of(treaty_sim, "game=prisoners_dilemma", "game.discount=0.6")
    assert found["solution"]["extreme_points"]
    assert any(np.allclose(point, [3, 3]) for point in found["solution"]["extreme_points"])
    assert figures == {"payoff_set"}
    out, _, _, page = page_of(
        treaty_sim, "game=prisoners_dilemma", "game.discount=0.6", "game.profile=suspension_2"
    )
    assert "Perfect for" in out
    assert "0.618" in page  # d + d^2 = 1


def test_verify_prints_a_table_and_fails_when_a_check_fails(treaty_sim, monkeypatch) -> None:
    ended = treaty_sim("verify", "AT-05")
    assert ended.status == 0
    assert "checks pass" in ended.out
    (report,) = Path("results/verify").glob("*/*/report.html")
    page = report.read_text(encoding="utf-8")
    assert "All 4 checks pass" in page
    for words in ("Brams, Davis", "threshold (5, 3, 1, 0)", "0.714286", "5e-07"):
        assert words in page, words
    assert treaty_sim("verify", "AT-99").status == 1
    assert treaty_sim("verify", "-m").status == 2

    import sim.study.verify as study
    from sim.study.verification.check import Check

    wrong = Check("AT-00 made up", "nobody", 1.0, 2.0, 0.1, passed=False)
    monkeypatch.setattr(study, "verify", lambda subjects: (wrong,))
    ended = treaty_sim("verify")
    assert ended.status == 1
    assert "FAIL" in ended.out


@pytest.mark.parametrize(("verb", "file"), [("solve", "equilibria.json"), ("history", "summary.json")])
def test_what_was_found_out_while_composing_stands_beside_the_numbers(treaty_sim, verb, file) -> None:
    arguments = ("strategy=grim_trigger", "engine.draws=1", "engine.workers=1", "engine.horizon_months=84")
    ended = treaty_sim(verb, *arguments, "treaty.ultimatum_months=1.5")
    assert ended.status == 0, ended.err
    (directory,) = Path(f"results/{verb}").glob("*/*")
    words = "treaty.ultimatum_months = 1.5 is not a whole number of periods of 1 months: rounded up to 2"
    assert words in " ".join(ended.out.split())
    assert json.loads((directory / file).read_text("utf-8"))["notes"] == [words]
    assert words in (directory / "report.html").read_text("utf-8")
