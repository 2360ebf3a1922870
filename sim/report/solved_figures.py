"""The figures of one solved game: which there are data for, and how to read them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from sim.games.extensive import ExtensiveGame
from sim.games.normal_form import NormalFormGame, Profile
from sim.games.repeated import RepeatedGame
from sim.report.flow import FLOW_HEIGHT, flow_figure
from sim.report.game_tree import tree_figure
from sim.report.logit_branch import branch_figure, branch_height
from sim.report.payoff_region import REGION_HEIGHT, region_figure
from sim.report.profiles import MOST, profiles_figure, profiles_height
from sim.report.solved_words import is_joint
from sim.report.stage_game import explain, place_matrix
from sim.report.style import new_figure
from sim.study.solved_game import SolvedGame

LARGEST_MATRIX = 8  # actions of a player beyond which a matrix cannot be read
LARGEST_TREE = 60  # ends
MOST_TREES = 4
LARGEST_PROFILE = (4, 6)  # players, actions


@dataclass(frozen=True, kw_only=True)
class Plate:
    """One figure: its file's stem, how it is made, how to read it, and what it shows in words."""

    name: str
    make: Callable[[str], Figure]
    caption: str
    alt: str


def plates(solved: SolvedGame) -> Iterator[Plate]:
    """Yield the figures that `solved` has the data for; to be made and saved inside `house_style`."""
    game = solved.game
    if isinstance(game, NormalFormGame):
        yield from _normal_form_plates(solved, game)
    elif isinstance(game, RepeatedGame):
        yield from _repeated_plates(solved, game)
    else:
        yield from _tree_plates(solved, game)


def _normal_form_plates(solved: SolvedGame, game: NormalFormGame) -> Iterator[Plate]:
    assert solved.nash is not None
    if game.num_players == 2 and max(game.num_actions) <= LARGEST_MATRIX:
        concept = solved.solution.concept.replace("_", " ")
        shaded = f" Shaded: how often it is asked for, in the {concept} equilibrium of greatest welfare."
        yield Plate(
            name="payoffs",
            make=lambda note: _matrix(solved, game, note),
            caption="Bold and underlined: a best response to what the other does. Framed: a pure equilibrium."
            + shaded * is_joint(solved.solution),
            alt=f"Payoff matrix of {game.num_actions[0]} by {game.num_actions[1]} actions.",
        )
    fits = game.num_players <= LARGEST_PROFILE[0] and max(game.num_actions) <= LARGEST_PROFILE[1]
    if solved.solution.profiles and fits and not is_joint(solved.solution):
        count = len(solved.solution.profiles)
        more = f" The first {MOST} of {count} are shown." if count > MOST else ""
        yield Plate(
            name="equilibria",
            make=lambda note: _profiles(solved, game, note),
            caption=f"One row per equilibrium: how probable each action is, and what the player gets.{more}",
            alt=f"{count} equilibria as bars of probabilities; the table has the numbers.",
        )
    if solved.flows:
        nash = solved.nash
        yield Plate(
            name="learning",
            make=lambda note: _flows(solved, game, note),
            caption=(
                "Where four rules of learning lead. Arrows: the direction of a flow, pale where it is slow "
                "(fictitious play follows the best-response flow). Lines: runs from a few starts. Regret matching "
                "is random: its lines are frequencies of play."
            ),
            alt=f"Four panels of paths; {len(nash.profiles)} Nash equilibria are marked.",
        )
    if solved.branch is not None and fits:
        branch = solved.branch
        yield Plate(
            name="logit_branch",
            make=lambda note: _branch(solved, game, note),
            caption=(
                "From playing at random (left) the logit equilibria lead to one Nash equilibrium as rationality "
                "grows: the one that this rule selects."
            ),
            alt=f"Probabilities of actions along {len(branch.rationality)} points of the logit branch.",
        )


def _matrix(solved: SolvedGame, game: NormalFormGame, note: str) -> Figure:
    joint = is_joint(solved.solution)
    figure = new_figure(1.6 + 0.58 * max(game.num_actions[0], 2), "Payoffs and best responses", note)
    place_matrix(
        figure,
        game.payoffs,
        solved.solution.profiles[0][0] if joint else np.zeros(game.num_actions),
        (game.actions[0], game.actions[1]),
        (game.players[0], game.players[1]),
    )
    explain(
        figure, "underlined: best response · framed: pure equilibrium" + " · shade and %: asked for" * joint
    )
    return figure


def _profiles(solved: SolvedGame, game: NormalFormGame, note: str) -> Figure:
    figure = new_figure(profiles_height(solved.solution), "Equilibria", note)
    profiles_figure(figure, game, solved.solution)
    return figure


def _flows(solved: SolvedGame, game: NormalFormGame, note: str) -> Figure:
    assert solved.nash is not None
    figure = new_figure(FLOW_HEIGHT, "Where learning leads", note)
    flow_figure(figure, game, solved.flows, solved.nash)
    return figure


def _branch(solved: SolvedGame, game: NormalFormGame, note: str) -> Figure:
    assert solved.branch is not None
    figure = new_figure(branch_height(game), "Logit equilibria by rationality", note)
    branch_figure(figure, game, solved.branch)
    return figure


def _repeated_plates(solved: SolvedGame, game: RepeatedGame) -> Iterator[Plate]:
    if game.num_players == 2 and "feasible" in solved.solution.extra:
        yield Plate(
            name="payoff_set",
            make=lambda note: _region(solved, game, note),
            caption=(
                "Average payoffs per period. By the folk theorem everything in the middle region is an equilibrium "
                "payoff for patient players; the hatched region is what this discount factor allows in pure actions "
                "with public randomisation."
            ),
            alt=f"Polygons of payoffs; {len(solved.solution.payoffs)} extreme points of the set asked for.",
        )


def _region(solved: SolvedGame, game: RepeatedGame, note: str) -> Figure:
    figure = new_figure(REGION_HEIGHT, "What repetition makes possible", note)
    region_figure(figure, game, solved.solution)
    return figure


def _tree_plates(solved: SolvedGame, game: ExtensiveGame) -> Iterator[Plate]:
    if len(game.terminals) > LARGEST_TREE:
        return
    profiles: list[Profile | None] = [*solved.solution.profiles[:MOST_TREES]] or [None]
    for number, profile in enumerate(profiles):
        several = len(profiles) > 1
        title = solved.title + (f", equilibrium {number + 1}" if several else "")
        caption = (
            "Thick branches are played, thickest on the path; a number at a branch is its probability. "
            "Decisions that their player cannot tell apart are joined by a dashed line."
        )
        yield Plate(
            name=f"tree_{number + 1}" if several else "tree",
            make=lambda note, profile=profile, title=title: tree_figure(game, profile, title, note),  # type: ignore[misc]
            caption=caption,
            alt=f"Game tree with {len(game.terminals)} ends; what is played stands in the table.",
        )
