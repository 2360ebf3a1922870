r"""Backward induction: subgame-perfect equilibria of trees with perfect information.

From the last moves to the first, each mover takes an action with the largest payoff given what follows.
Where several are equally good, each choice may lead to another equilibrium, so all of them are followed:
the answer is the set of *all pure* subgame-perfect equilibria.  Without a tie it is the only
subgame-perfect equilibrium; with ties there are mixed ones besides, and the game is reported as degenerate.

References
----------
Zermelo (1913); Selten (1965); Osborne & Rubinstein (1994), A Course in Game Theory, section 6.2.
"""

from itertools import product

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.behaviour import sequential_regrets
from sim.games.extensive import Chance, ExtensiveGame, Terminal
from sim.solvers.solution import Completeness, Solution

Plan = dict[int, int]  # information set -> action


def backward_induction(game: ExtensiveGame, *, tol: float = 1e-9, max_profiles: int = 10_000) -> Solution:
    """Return all pure subgame-perfect equilibria of a game with perfect information.

    Parameters
    ----------
    game : ExtensiveGame with perfect information
    tol : float
        Actions whose payoffs differ by less than this share of the payoff range count as equally good.
    max_profiles : int
        Ties multiply; more equilibria than this are refused.

    Returns
    -------
    Solution
        ``complete`` is proved when no tie was met; ``extra["ties"]`` lists the information sets with a tie.
        A profile's regret is the largest gain of a single deviation at any node.

    Raises
    ------
    ParameterError
        If an information set has several nodes, or ties make more than `max_profiles` equilibria.

    Notes
    -----
    Costs nodes × equilibria.

    Examples
    --------
    >>> from sim.games.extensive import Decision
    >>> threat = Decision(1, "b", [Terminal([-1, -1]), Terminal([1, 1])], ["fight", "yield"])
    >>> game = ExtensiveGame(Decision(0, "a", [Terminal([0, 2]), threat], ["out", "in"]))
    >>> backward_induction(game).payoffs.tolist()
    [[1.0, 1.0]]
    """
    for at in game.information_sets:
        if len(at.nodes) > 1:
            raise ParameterError(
                f"backward induction needs perfect information, got {len(at.nodes)} nodes in information set "
                f"{at.label!r}; ask for subgame_perfect or sequential"
            )
    closeness = tol * max(1.0, float(np.ptp(game.payoffs)))
    found: dict[int, list[tuple[FloatArray, Plan]]] = {}
    ties: set[int] = set()
    for k in range(len(game.nodes) - 1, -1, -1):
        node = game.nodes[k]
        if isinstance(node, Terminal):
            found[k] = [(node.payoffs, {})]
            continue
        below = [found.pop(child) for child in game.children[k]]
        solutions: list[tuple[FloatArray, Plan]] = []
        for parts in product(*below):
            plan: Plan = {}
            for _, part in parts:
                plan.update(part)
            values = np.array([payoffs for payoffs, _ in parts])
            if isinstance(node, Chance):
                solutions.append((node.probabilities @ values, plan))
            else:
                own = values[:, node.player]
                best = np.flatnonzero(own >= own.max() - closeness)
                number = int(game.set_of[k])
                if len(best) > 1:
                    ties.add(number)
                solutions += [(values[action], {number: int(action), **plan}) for action in best]
            if len(solutions) > max_profiles:
                raise ParameterError(
                    f"ties give more than max_profiles = {max_profiles} subgame-perfect equilibria; raise it"
                )
        found[k] = solutions
    profiles = tuple(
        tuple(sealed(np.eye(n)[plan[number]]) for number, n in enumerate(game.num_actions))
        for _, plan in found[0]
    )
    worst = [sequential_regrets(game, profile, _certain(game)).max(initial=0.0) for profile in profiles]
    return Solution(
        profiles=profiles,
        payoffs=sealed([payoffs for payoffs, _ in found[0]]),
        regrets=sealed(worst),
        concept="subgame_perfect",
        method="backward induction, all pure equilibria",
        complete=Completeness.NO if ties else Completeness.PROVED,
        degenerate=bool(ties),
        extra={
            "ties": tuple(game.information_sets[number].label for number in sorted(ties)),
            "all_pure_found": True,
            "information_sets": tuple(at.label for at in game.information_sets),
        },
    )


def _certain(game: ExtensiveGame) -> tuple[FloatArray, ...]:
    """Beliefs where there is nothing to be uncertain about."""
    return tuple(np.ones(1) for _ in game.information_sets)
