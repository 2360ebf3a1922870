r"""Subgame-perfect equilibria of trees with information sets.

The smallest subgames are solved first; each is then replaced by an end with the payoffs of one of its
equilibria, and the subgame above it is solved in its reduced normal form.  Every combination of equilibria
below is followed.  With perfect information this is backward induction, which is used instead.

References
----------
Selten (1965), Spieltheoretische Behandlung eines Oligopolmodells mit Nachfrageträgheit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.behaviour import nash_regrets
from sim.games.extensive import Chance, Decision, ExtensiveGame, Node, Terminal
from sim.games.normal_form import Profile
from sim.solvers.backward_induction import backward_induction
from sim.solvers.solution import Completeness, Solution, Status
from sim.solvers.tree_nash import tree_nash_equilibria

Strategies = dict[int, FloatArray]  # information set -> strategy


@dataclass(frozen=True)
class _Solved:
    """One equilibrium of a subgame."""

    payoffs: FloatArray
    strategies: Strategies


def subgame_perfect_equilibria(
    game: ExtensiveGame, *, tol: float = 1e-9, max_profiles: int = 10_000
) -> Solution:
    """Return the subgame-perfect equilibria of `game` as behaviour profiles.

    Parameters
    ----------
    game : ExtensiveGame
    tol : float
        Tie tolerance of backward induction, share of the payoff range.
    max_profiles : int
        More equilibria than this are refused.

    Returns
    -------
    Solution
        A profile's regret is the largest Nash regret of any player in any subgame.  ``complete`` is proved
        when every subgame was solved completely and none is degenerate; where one is, the extreme points of
        its equilibria are followed and ``complete`` is no. ``extra["subgames"]`` are the roots.

    Raises
    ------
    ParameterError
        If a subgame's reduced normal form is too large, or there are more than `max_profiles` equilibria.

    Examples
    --------
    Entry, then a simultaneous fight: only the subgame's equilibria can be expected.

    >>> after = Decision(1, "firm", [
    ...     Decision(0, "entrant", [Terminal([-3, -1]), Terminal([1, -2])]),
    ...     Decision(0, "entrant", [Terminal([-2, -1]), Terminal([3, 1])])])
    >>> game = ExtensiveGame(Decision(0, "enter", [Terminal([0, 2]), after]))
    >>> subgame_perfect_equilibria(game).payoffs.tolist()
    [[3.0, 1.0]]
    """
    if game.has_perfect_information:
        return backward_induction(game, tol=tol, max_profiles=max_profiles)
    roots = game.subgame_roots()
    solved: dict[int, list[_Solved]] = {}
    complete, degenerate, status = Completeness.PROVED, False, Status.CONVERGED
    for root in reversed(roots):
        inner = [k for k in solved if root < k < game.ends[root]]
        choices = [solved.pop(k) for k in inner]
        sets = _own_sets(game, root, inner)
        here: list[_Solved] = []
        known: dict[tuple[Any, ...], Solution] = {}
        for combination in product(*choices):
            key = tuple(tuple(np.round(part.payoffs, 12)) for part in combination)
            if key not in known:
                ends = {k: part.payoffs for k, part in zip(inner, combination, strict=True)}
                known[key] = tree_nash_equilibria(_truncated(game, root, ends))
            solution = known[key]
            complete = _weaker(complete, solution.complete)
            degenerate |= solution.degenerate
            if solution.status is not Status.CONVERGED:
                status = solution.status
            below: Strategies = {}
            for part in combination:
                below.update(part.strategies)
            for profile, payoffs in zip(solution.profiles, solution.payoffs, strict=True):
                here.append(_Solved(payoffs, below | dict(zip(sets, profile, strict=True))))
            if len(here) > max_profiles:
                raise ParameterError(
                    f"more than max_profiles = {max_profiles} subgame-perfect equilibria; raise it"
                )
        solved[root] = here
    profiles: tuple[Profile, ...] = tuple(
        tuple(one.strategies[number] for number in range(len(game.information_sets))) for one in solved[0]
    )
    regrets = [max(nash_regrets(game, profile, root).max() for root in roots) for profile in profiles]
    return Solution(
        profiles=profiles,
        payoffs=sealed(np.reshape([one.payoffs for one in solved[0]], (-1, game.num_players))),
        regrets=sealed(regrets),
        concept="subgame_perfect",
        method=f"subgames from the last to the first, {len(roots)} in normal form",
        complete=Completeness.NO if degenerate else complete,
        degenerate=degenerate,
        status=status,
        extra={"subgames": roots, "information_sets": tuple(at.label for at in game.information_sets)},
    )


def _own_sets(game: ExtensiveGame, root: int, inner: Sequence[int]) -> list[int]:
    """Return the information sets decided at `root` and not in a subgame inside, in order of appearance."""
    hidden = {k for sub in inner for k in range(sub, int(game.ends[sub]))}
    return [
        number
        for number, at in enumerate(game.information_sets)
        if root <= at.nodes[0] < game.ends[root] and at.nodes[0] not in hidden
    ]


def _truncated(game: ExtensiveGame, root: int, ends: Mapping[int, FloatArray]) -> ExtensiveGame:
    """Return the subgame at `root` in which the subgames inside have become ends with the payoffs `ends`."""
    built: dict[int, Node] = {}
    for k in range(int(game.ends[root]) - 1, root - 1, -1):
        node = game.nodes[k]
        if k in ends:
            built[k] = Terminal(ends[k])
        elif isinstance(node, Terminal):
            built[k] = node
        else:
            children = tuple(built.pop(child) for child in game.children[k])
            if isinstance(node, Chance):
                built[k] = Chance(node.probabilities, children, node.actions)
            else:
                built[k] = Decision(node.player, node.information_set, children, node.actions)
    return ExtensiveGame(built[root], game.players)


def _weaker(one: Completeness, other: Completeness) -> Completeness:
    order = [Completeness.PROVED, Completeness.CONSISTENT, Completeness.NO]
    return max(one, other, key=order.index)
