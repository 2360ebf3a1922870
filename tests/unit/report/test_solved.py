"""Figures and page of a solved game: drawn whole, for every class of game, the same twice."""

import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from sim.games.catalogue import CATALOGUE, chicken, prisoners_dilemma
from sim.games.normal_form import NormalFormGame, regrets
from sim.games.repeated import RepeatedGame
from sim.games.signalling import beer_quiche
from sim.games.ultimatum_game import UltimatumGame
from sim.report.flow import best_response_curve
from sim.report.solved_figures import plates
from sim.report.solved_words import equilibrium_table, remarks
from sim.report.style import house_style
from sim.report.verification import verification_page
from sim.report.write import saved
from sim.solvers.solve import SOLVERS
from sim.study.learning_flows import learning_flows
from sim.study.solved_game import solved_game
from sim.study.verification.check import Check

SCISSORS = NormalFormGame(
    [[[0, -1, 1], [1, 0, -1], [-1, 1, 0]], [[0, 1, -1], [-1, 0, 1], [1, -1, 0]]],
    actions=[["rock", "paper", "scissors"]] * 2,
)
GAMES = {
    "chicken": chicken(),
    "nothing matters": NormalFormGame(np.zeros((2, 2, 2))),
    "rock paper scissors": SCISSORS,
    "three players": NormalFormGame(np.random.default_rng(0).normal(size=(3, 2, 3, 2))),
    "one player": NormalFormGame([[1.0, 2.0, 2.0]]),
    "repeated": RepeatedGame(prisoners_dilemma(), 0.6),
    "repeated, a point": RepeatedGame(prisoners_dilemma(), 0.1),
    "beer or quiche": beer_quiche().tree(),
    "ultimatum": UltimatumGame().tree(),
}


CONCEPTS = [
    (name, concept)
    for name in ("chicken", "three players", "one player", "beer or quiche", "repeated")
    for kind, concept in SOLVERS
    if kind == type(GAMES[name]).__name__ and concept != "critical_discount"  # which needs a profile
]


@pytest.mark.parametrize(("name", "concept"), [*((name, None) for name in GAMES), *CONCEPTS])
def test_every_figure_is_drawn_within_its_canvas(name, concept):
    solved = solved_game(GAMES[name], concept=concept, title=name)
    with house_style():
        for plate in plates(solved):
            figure = plate.make("a game · config 0123456789abcdef")
            canvas = FigureCanvasAgg(figure)
            canvas.draw()
            ticks = {
                label
                for axes in figure.axes
                for axis in (axes.xaxis, axes.yaxis)
                for tick in axis.get_major_ticks()
                for label in (tick.label1, tick.label2)
            }  # matplotlib keeps labels beyond the limits and does not draw them
            for text in set(figure.findobj(Text)) - ticks:
                if text.get_visible() and text.get_text().strip():
                    box = text.get_window_extent(canvas.get_renderer())
                    where = f"{plate.name}: {text.get_text()!r} at {box.extents}"
                    assert box.x0 >= -1, where
                    assert box.x1 <= figure.bbox.x1 + 1, where
            assert plate.caption
            assert plate.alt
    table = equilibrium_table(solved)
    if table is None:
        assert concept == "pure"  # which only some games have
        return
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_correlated_equilibria_are_told_by_objective_and_shaded_in_the_matrix():
    """Aumann (1974): of greatest welfare is half of (yield, yield), a quarter of each of the pure equilibria."""
    game = NormalFormGame([[[6, 2], [7, 0]], [[6, 7], [2, 0]]], actions=[["yield", "hold on"]] * 2)
    solved = solved_game(game, concept="correlated")
    table = equilibrium_table(solved)
    assert table.rows[0][:4] == (
        "best in welfare",
        "yield & yield 0.5, yield & hold on 0.25, hold on & yield 0.25",
        "5.25",
        "5.25",
    )
    assert [row[0] for row in table.rows[1:]] == ["best for 1", "best for 2"]
    assert any("welfare from" in remark and "to 10.5" in remark for remark in remarks(solved))
    assert [plate.name for plate in plates(solved)] == ["payoffs", "learning", "logit_branch"]
    with house_style():
        written = [text.get_text() for text in next(plates(solved)).make("note").findobj(Text)]
    assert {"50 %", "25 %"} <= {text.replace("\u00a0", " ") for text in written}


def test_figures_are_the_same_twice():
    with house_style():
        first, second = (
            [saved(plate.make("note"), "png") for plate in plates(solved_game(chicken()))] for _ in range(2)
        )
    assert first == second


def test_degenerate_games_are_said_to_be():
    solved = solved_game(NormalFormGame(np.zeros((2, 2, 2))))
    assert "form 1 connected set," in remarks(solved)[0]


@pytest.mark.parametrize(
    "name", [name for name, entry in CATALOGUE.items() if entry.game.num_actions == (2, 2)]
)
def test_best_response_curves_hold_best_responses(name):
    """Every point of a player's curve leaves it no gain."""
    game = CATALOGUE[name].game
    for player in range(2):
        for curve in best_response_curve(game, player):
            for a, b in itertools.pairwise(curve):
                for share in (0.0, 0.3, 1.0):
                    x, y = a + share * (b - a)
                    assert regrets(game, [[x, 1 - x], [y, 1 - y]])[player] <= 1e-12


def test_flows_rest_at_equilibria_and_runs_stay_inside():
    flows = learning_flows(SCISSORS)
    assert len(flows) == 4
    for flow in flows:
        for path in flow.paths:
            assert path.min() >= -1e-12
            assert np.abs(path.sum(axis=1) - 1).max() < 1e-9
        if len(flow.velocities):
            assert np.abs(flow.velocities.sum(axis=1)).max() < 1e-12
            assert np.abs(flow.points.sum(axis=1) - 1).max() < 1e-12
    fictitious, logit = flows[0].paths[0][-1], flows[1].paths[0][-1]
    assert np.abs(fictitious - 1 / 3).max() < 0.06  # zero sum: frequencies converge, Robinson (1951)
    assert np.abs(logit - 1 / 3).max() < 0.02
    product = np.prod(flows[3].paths[0], axis=1)  # the replicator keeps it in this game
    assert np.ptp(product) < 1e-5


def test_the_page_of_checks_puts_failures_first():
    right, wrong = (
        Check("AT-00 right", "A", 1.0, 1.0, 1e-9, True),
        Check("AT-00 wrong", "A", "a", "b", 0.0, False),
    )
    page = verification_page([right, wrong], command="treaty-sim verify", manifest={})
    assert "1 of 2 checks fail: AT-00 wrong" in page
    assert page.index("What failed") < page.index("Source: A")
    assert "All 1 checks pass" in verification_page([right], command="", manifest={})
