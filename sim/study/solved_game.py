"""One game of a matrix, a file or a tree, solved: what figures and the page of ``treaty-sim solve`` are made from."""

from dataclasses import dataclass

from sim.errors import ParameterError
from sim.games.extensive import ExtensiveGame
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.solvers.logit_branch import LogitBranch
from sim.solvers.selection import selected
from sim.solvers.solution import Solution
from sim.strategies.named_profile import solve
from sim.study.learning_flows import LearningFlow, learning_flows

Game = NormalFormGame | ExtensiveGame | RepeatedGame

USUAL = {NormalFormGame: "nash", ExtensiveGame: "sequential", RepeatedGame: "payoff_set"}
"""The concept that is meant when none is asked for."""

LARGEST_BRANCH = 64  # joint actions up to which the logit branch is followed for its figure
SELECTABLE = ("nash", "pure")


@dataclass(frozen=True, eq=False, kw_only=True)
class SolvedGame:
    """A game, its equilibria, and what else is drawn of it.

    Attributes
    ----------
    game : NormalFormGame, ExtensiveGame or RepeatedGame
    title, source : str
    solution : Solution
        In the sense of the concept that was asked for, after the selection rule.
    nash : Solution or None
        All Nash equilibria of a game in normal form, whatever was asked for.
    branch : LogitBranch or None
        The principal branch of logit equilibria of a small game in normal form.
    flows : tuple of LearningFlow
        Of 2×2 games and of symmetric 3×3 games.
    notes : tuple of str
        Sentences to show beside the numbers.
    """

    game: Game
    title: str
    source: str
    solution: Solution
    nash: Solution | None = None
    branch: LogitBranch | None = None
    flows: tuple[LearningFlow, ...] = ()
    notes: tuple[str, ...] = ()


def solved_game(
    game: Game,
    *,
    concept: str | None = None,
    selection: str = "all",
    profile: object = None,
    title: str = "",
    source: str = "",
) -> SolvedGame:
    """Return `game` solved for `concept`, by default the usual one of its class, with what is drawn of it.

    Parameters
    ----------
    selection : str
        One of `sim.solvers.selection.RULES`, for ``nash`` and ``pure``.
    profile : names of strategies or automata, optional
        For ``critical_discount``.

    Raises
    ------
    ParameterError
        If concept or selection are unknown or do not fit the game.

    Examples
    --------
    >>> from sim.games.catalogue import stag_hunt
    >>> solved = solved_game(stag_hunt(), selection="payoff_dominant")
    >>> solved.solution.payoffs.tolist(), len(solved.nash.profiles), len(solved.flows)
    ([[4.0, 4.0]], 3, 4)
    """
    concept = concept or ("critical_discount" if profile is not None else USUAL[type(game)])
    if selection != "all" and concept not in SELECTABLE:
        raise ParameterError(
            f"selection must be all unless the concept is one of {', '.join(SELECTABLE)}, got {selection!r} "
            f"with concept {concept!r}"
        )
    if profile is not None:
        solution = solve(game, concept, profile=profile)
    elif concept == "critical_discount":
        raise ParameterError("concept critical_discount needs a profile of strategies, got none")
    else:
        solution = solve(game, concept)
    if not isinstance(game, NormalFormGame):
        return SolvedGame(game=game, title=title, source=source, solution=solution)
    nash = solution if concept == "nash" else solve(game, "nash")
    if selection != "all":
        solution = selected(game, solution, selection)
    small = game.payoffs[0].size <= LARGEST_BRANCH and game.num_players > 1
    return SolvedGame(
        game=game,
        title=title or game.name,
        source=source,
        solution=solution,
        nash=nash,
        branch=_branch(game, solution) if small else None,
        flows=learning_flows(game),
    )


def _branch(game: NormalFormGame, solution: Solution) -> LogitBranch:
    found = solution.extra.get("branch")
    branch: LogitBranch = found if found is not None else solve(game, "logit").extra["branch"]
    return branch
