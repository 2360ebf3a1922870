"""The principal branch of logit equilibria: how choice probabilities change with rationality λ, on a log axis."""

from itertools import accumulate

from matplotlib.figure import Figure

from sim.games.normal_form import NormalFormGame
from sim.report.style import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, place
from sim.solvers.logit_branch import LogitBranch

COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
PANEL, GAP = 1.25, 0.3
_LEAST, _MOST = 1e-2, 1e4  # times one over the payoff range: beyond, nothing is to be seen


def branch_height(game: NormalFormGame) -> float:
    """Return the height in inches that one panel per player needs."""
    return 1.15 + game.num_players * (PANEL + GAP)


def branch_figure(figure: Figure, game: NormalFormGame, branch: LogitBranch) -> None:
    """Place one panel per player: the probability of each action along the branch."""
    width, height = figure.get_size_inches()
    spread = (
        float(
            (
                game.payoffs.max(axis=tuple(range(1, game.payoffs.ndim)))
                - game.payoffs.min(axis=tuple(range(1, game.payoffs.ndim)))
            ).max()
        )
        or 1.0
    )
    shown = (branch.rationality > 0) & (branch.rationality <= _MOST / spread)
    rationality, strategies = branch.rationality[shown], branch.strategies[shown]
    starts = [0, *accumulate(game.num_actions)]
    for player, name in enumerate(game.players):
        bottom = 0.62 + (game.num_players - 1 - player) * (PANEL + GAP)
        axes = place(figure, 0.6, bottom, 1.5, height - bottom - PANEL)
        for action, label in enumerate(game.actions[player]):
            axes.plot(
                rationality,
                strategies[:, starts[player] + action],
                color=COLOURS[action % len(COLOURS)],
                linestyle=LINES[action % len(LINES)],
                label=label,
            )
        axes.set_xscale("log")
        axes.set_xlim(max(_LEAST / spread, float(rationality.min(initial=_MOST))), _MOST / spread)
        axes.set_ylim(-0.03, 1.03)
        axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
        axes.grid(axis="y")
        axes.set_title(name)
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), borderaxespad=0.4)
        if player < game.num_players - 1:
            axes.tick_params(labelbottom=False)
        else:
            axes.set_xlabel("rationality λ, per unit of payoff")
    figure.text(0.12 / width, 0.5 + 0.1 / height, "probability", rotation=90, va="center", fontsize=9.5)
