"""Drawn trees."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from sim.errors import ParameterError
from sim.games.signalling import beer_quiche
from sim.games.ultimatum_game import UltimatumGame
from sim.report.game_tree import draw_tree, tree_figure, tree_size
from sim.solvers.signalling_equilibria import signalling_equilibria


def drawn(game, profile=None):
    axes = Figure(figsize=tree_size(game)).add_subplot()
    draw_tree(axes, game, profile)
    return axes


def test_actions_payoffs_chances_and_information_sets_are_there():
    game = beer_quiche().tree()
    axes = drawn(game)
    texts = [text.get_text() for text in axes.texts]
    assert texts.count("Duel") == 4
    assert "Strong  0.9" in texts
    assert texts.count("Beer") == 4  # twice the action, twice the information set
    payoffs = [t for t in texts if t.lstrip("−").replace(".", "").isdigit()]
    assert len(payoffs) == 2 * len(game.terminals)
    dashed = [patch for patch in axes.patches if isinstance(patch, PathPatch)]
    assert len(dashed) == 2  # one link per information set of two nodes
    assert all(patch.get_linestyle() != "solid" for patch in dashed)


def test_the_path_of_play_is_the_thickest():
    game = beer_quiche(0.4)
    tree = game.tree()
    profile = signalling_equilibria(game).profiles[0]
    axes = drawn(tree, profile)
    branches = [line for line in axes.lines if len(line.get_xdata()) == 3]
    assert len(branches) == len(tree.nodes) - 1
    widths = np.array([line.get_linewidth() for line in branches])
    # quiche is still sent by some of the weak, beer by all strong: only strong-quiche and its answers are off the path,
    # and after beer both answers are played
    assert (widths == widths.max()).sum() == 2 + 3 + 4 + 1
    assert any("0.667" in text.get_text() for text in axes.texts)


def test_a_wrong_profile_is_refused():
    with pytest.raises(ParameterError, match="one per information set"):
        drawn(beer_quiche().tree(), [[1, 0]])


def test_labels_of_a_large_tree_do_not_overlap(tmp_path):
    """Texts in one column keep apart, measured on the canvas."""
    game = UltimatumGame().tree()
    figure = tree_figure(game, None, "The ultimatum", "test")
    figure.savefig(tmp_path / "tree.png")
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts if text.get_text()]
    clashes = sum(
        one.x0 < other.x1 - 1 and other.x0 < one.x1 - 1 and one.y0 < other.y1 - 1 and other.y0 < one.y1 - 1
        for k, one in enumerate(boxes)
        for other in boxes[k + 1 :]
    )
    assert clashes == 0
