r"""Consistent beliefs: the limits of Bayes' rule as trembles vanish.

Kreps and Wilson call beliefs *consistent* with a profile when some sequence of profiles in which everybody
may tremble converges to it and carries its Bayesian beliefs to them.  It is enough to look at trembles of
the form

.. math:: b_n(a) ∝ \exp(g_a)\, ε_n^{k_a}, \qquad k_a = 0 \text{ for actions played},\; k_a ≥ 1 \text{
otherwise},

(their Lemma A1): at an information set that is not reached, all belief rests on the nodes of least total
order :math:`K = \sum k_a`, in proportion to :math:`\exp \sum g_a`.  For a chosen set of least nodes, the
orders solve a linear programme, and for beliefs on one or two nodes so do the weights :math:`g`.  On three
or more nodes the middle of the supporting beliefs is tried: a success there is a proof, a failure is not.

References
----------
Kreps & Wilson (1982), Sequential equilibria, Econometrica 50, 863-894, appendix.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.games.behaviour import (
    Beliefs,
    bayes_beliefs,
    check_behaviour,
    continuation_values,
    flat,
    offsets,
    realisation_weights,
)
from sim.games.extensive import Chance, ExtensiveGame

LARGEST_LOG_ODDS = 30.0


@dataclass(frozen=True, eq=False)
class Trembles:
    """The sequence that proves consistency: every action not played gets ``exp(weight) * epsilon ** order``.

    Attributes
    ----------
    orders, weights : float arrays [actions of all information sets]
    """

    orders: FloatArray
    weights: FloatArray

    def profile(self, game: ExtensiveGame, profile: Sequence[Any], epsilon: float) -> FloatArray:
        """Return the flat trembling profile for `epsilon`, normalised per information set."""
        played = flat(profile)
        tremble = np.exp(self.weights) * float(epsilon) ** self.orders
        mixed = np.where(self.orders > 0, tremble, played)
        start = offsets(game)
        parts = [mixed[a:b] / mixed[a:b].sum() for a, b in pairwise(start)]
        return np.concatenate(parts)


def supporting_beliefs(game: ExtensiveGame, profile: Sequence[Any], number: int, tol: float) -> FloatArray:
    """Return the corners of the beliefs at information set `number` that make its strategy optimal.

    Shape [corners, nodes]; no rows if there is no such belief.  Actions may be worse by `tol` payoff units.
    """
    at = game.information_sets[number]
    values = continuation_values(game, flat(profile))
    by_node = np.array([values[list(game.children[k]), at.player] for k in at.nodes])
    used = np.flatnonzero(np.asarray(profile[number]) > 0)
    rows = np.array([by_node[:, a] - by_node[:, b] for a in used for b in range(by_node.shape[1]) if a != b])
    rows = rows.reshape(-1, len(at.nodes))
    corners = _simplex_corners(rows, len(at.nodes), 0.0)
    return corners if len(corners) else _simplex_corners(rows, len(at.nodes), tol)


def consistent_beliefs(
    game: ExtensiveGame, profile: Sequence[Any], *, tol: float = 1e-9
) -> tuple[Beliefs, Trembles] | None:
    """Return consistent beliefs that make `profile` sequentially rational, with the trembles that prove it.

    Parameters
    ----------
    game : ExtensiveGame
    profile : behaviour profile
    tol : float
        Gains up to this many payoff units are ignored.

    Returns
    -------
    (beliefs, trembles) or None
        None if the profile is not sequentially rational under any belief, or no trembles were found.

    Notes
    -----
    A search over which nodes carry the belief at the information sets that are not reached: exponential in
    their number, with a linear programme at each step.

    Examples
    --------
    >>> from sim.games.extensive import Decision, Terminal
    >>> threat = Decision(1, "b", [Terminal([-1, -1]), Terminal([1, 1])], ["fight", "yield"])
    >>> game = ExtensiveGame(Decision(0, "a", [Terminal([0, 2]), threat], ["out", "in"]))
    >>> consistent_beliefs(game, ([1, 0], [1, 0])) is None  # the threat to fight is empty
    True
    """
    strategies = check_behaviour(game, profile)
    given = bayes_beliefs(game, strategies)
    sides: list[tuple[int, list[_Side]]] = []
    for number, belief in enumerate(given):
        corners = supporting_beliefs(game, strategies, number, tol)
        if belief is None:
            options = _sides(corners)
            if not options:
                return None
            sides.append((number, options))
        elif not _supports(game, strategies, number, belief, tol):
            return None
    search = _Search(game, strategies)
    found = search.solve(sides)
    if found is None:
        return None
    chosen, trembles = found
    weights = search.log_weights(trembles.weights)
    beliefs = list(given)
    for number, side in chosen:
        nodes = game.information_sets[number].nodes
        inside = np.array([weights[nodes[k]] for k in side.nodes])
        share = np.exp(inside - inside.max())
        belief = np.zeros(len(nodes))
        belief[list(side.nodes)] = share / share.sum()
        if len(side.nodes) == 2:  # the programme's own round-off must not cost optimality
            belief[side.nodes[0]] = np.clip(belief[side.nodes[0]], side.low, side.high)
            belief[side.nodes[1]] = 1.0 - belief[side.nodes[0]]
        beliefs[number] = sealed(belief)
    return tuple(beliefs), trembles


@dataclass(frozen=True, eq=False)
class _Side:
    """A set of nodes (positions in the information set) that carry the belief, and where it may lie."""

    nodes: tuple[int, ...]
    middle: FloatArray
    low: float  # share of the first of two nodes
    high: float


def _sides(corners: FloatArray) -> list[_Side]:
    """Return the faces of the simplex whose interior meets the supporting beliefs, the larger faces first."""
    if not len(corners):
        return []
    width = corners.shape[1]
    options = []
    for size in range(width, 0, -1):
        for nodes in combinations(range(width), size):
            outside = [k for k in range(width) if k not in nodes]
            inside = corners[(corners[:, outside] <= 1e-12).all(axis=1)]
            if len(inside) and (inside.mean(axis=0)[list(nodes)] > 1e-12).all():
                first = inside[:, nodes[0]]
                options.append(_Side(nodes, inside.mean(axis=0), float(first.min()), float(first.max())))
    return options


def _supports(
    game: ExtensiveGame, profile: Sequence[FloatArray], number: int, belief: FloatArray, tol: float
) -> bool:
    at = game.information_sets[number]
    values = continuation_values(game, flat(profile))
    by_action = belief @ np.array([values[list(game.children[k]), at.player] for k in at.nodes])
    return bool(by_action.max() - by_action[profile[number] > 0].min() <= tol)


class _Search:
    """Depth-first over the unreached information sets, dropping choices that contradict each other."""

    def __init__(self, game: ExtensiveGame, profile: Sequence[FloatArray]) -> None:
        self.game = game
        played = flat(profile)
        self.free = np.flatnonzero(played == 0)  # the trembles
        self.column = {int(action): k for k, action in enumerate(self.free)}
        self.path = np.zeros((len(game.nodes), len(self.free)))  # trembles on the way to each node
        self.known = np.zeros(len(game.nodes))  # log of the probabilities that do not tremble
        start = offsets(game)
        for k in range(1, len(game.nodes)):
            parent, branch = int(game.parents[k]), int(game.branches[k])
            self.path[k], self.known[k] = self.path[parent], self.known[parent]
            above = game.nodes[parent]
            if isinstance(above, Chance):
                with np.errstate(divide="ignore"):
                    self.known[k] += np.log(above.probabilities[branch])
                continue
            action = int(start[game.set_of[parent]]) + branch
            if action in self.column:
                self.path[k, self.column[action]] += 1
            else:
                self.known[k] += np.log(played[action])

    def log_weights(self, weights: FloatArray) -> FloatArray:
        return np.asarray(self.known + self.path @ weights[self.free])

    def solve(
        self, sides: Sequence[tuple[int, list[_Side]]]
    ) -> tuple[list[tuple[int, _Side]], Trembles] | None:
        alone = []
        for number, options in sides:  # most contradictions show at one information set by itself
            kept = [side for side in options if self._trembles([(number, side)]) is not None]
            if not kept:
                return None
            alone.append((number, kept))
        return self._extend(sorted(alone, key=lambda pair: len(pair[1])), [])

    def _extend(
        self, sides: Sequence[tuple[int, list[_Side]]], chosen: list[tuple[int, _Side]]
    ) -> tuple[list[tuple[int, _Side]], Trembles] | None:
        trembles = self._trembles(chosen)
        if trembles is None:
            return None
        if len(chosen) == len(sides):
            return list(chosen), trembles
        number, options = sides[len(chosen)]
        for side in options:
            found = self._extend(sides, [*chosen, (number, side)])
            if found is not None:
                return found
        return None

    def _trembles(self, chosen: Sequence[tuple[int, _Side]]) -> Trembles | None:
        weights = self._weights(chosen)
        orders = None if weights is None else self._orders(chosen)
        return None if weights is None or orders is None else Trembles(orders, weights)

    def _orders(self, chosen: Sequence[tuple[int, _Side]]) -> FloatArray | None:
        """Orders of the trembles, at least 1: equal on the nodes that carry belief, larger on the others."""
        equal, larger = [], []
        for number, side in chosen:
            nodes = self.game.information_sets[number].nodes
            first = self.path[nodes[side.nodes[0]]]
            equal += [self.path[nodes[k]] - first for k in side.nodes[1:]]
            larger += [
                self.path[node] - first
                for k, node in enumerate(nodes)
                if k not in side.nodes and np.isfinite(self.known[node])
            ]
            if not all(np.isfinite(self.known[nodes[k]]) for k in side.nodes):
                return None
        return self._feasible(equal, [0.0] * len(equal), larger, [1.0] * len(larger), (1.0, None))

    def _weights(self, chosen: Sequence[tuple[int, _Side]]) -> FloatArray | None:
        """Logarithmic weights of the trembles that put the beliefs where the strategies need them."""
        equal, equal_to, larger, at_least = [], [], [], []
        for number, side in chosen:
            nodes = [self.game.information_sets[number].nodes[k] for k in side.nodes]
            for k in range(1, len(nodes)):
                row = self.path[nodes[0]] - self.path[nodes[k]]  # log-odds of the first against this one
                known = self.known[nodes[0]] - self.known[nodes[k]]
                if len(nodes) == 2:
                    larger += [row, -row]
                    at_least += [_log_odds(side.low) - known, known - _log_odds(side.high)]
                else:
                    ratio = side.middle[side.nodes[0]] / side.middle[side.nodes[k]]
                    equal.append(row)
                    equal_to.append(float(np.log(ratio)) - known)
        return self._feasible(equal, equal_to, larger, at_least, (None, None))

    def _feasible(
        self,
        equal: Sequence[FloatArray],
        equal_to: Sequence[float],
        larger: Sequence[FloatArray],
        at_least: Sequence[float],
        bounds: tuple[float | None, float | None],
    ) -> FloatArray | None:
        """Return y with ``equal @ y = equal_to`` and ``larger @ y >= at_least``, over all actions."""
        from scipy.optimize import linprog

        size = len(self.free)
        whole = np.zeros(sum(self.game.num_actions))
        fixed = [bound for row, bound in zip(larger, at_least, strict=True) if not row.any()]
        if any(bound > 1e-9 for bound in fixed):  # odds that no tremble can move
            return None
        if size == 0:
            consistent = all(abs(b) <= 1e-9 for b in equal_to) and all(b <= 1e-9 for b in at_least)
            return whole if consistent else None
        free_sign = bounds[0] is None
        # smallest sum of orders, or of absolute weights: the plainest trembles
        cost = np.ones(2 * size if free_sign else size)
        lift = (lambda rows: np.hstack([rows, -rows])) if free_sign else (lambda rows: rows)
        result = linprog(
            cost,
            A_eq=lift(np.reshape(equal, (-1, size))) if len(equal) else None,
            b_eq=equal_to if len(equal) else None,
            A_ub=-lift(np.reshape(larger, (-1, size))) if len(larger) else None,
            b_ub=-np.asarray(at_least) if len(larger) else None,
            bounds=(0.0, None) if free_sign else bounds,
            method="highs",
        )
        if not result.success:
            return None
        whole[self.free] = result.x[:size] - result.x[size:] if free_sign else result.x
        return sealed(whole)


def _log_odds(share: float) -> float:
    """Log-odds, cut where a belief counts as certain."""
    if share <= 0:
        return -LARGEST_LOG_ODDS
    if share >= 1:
        return LARGEST_LOG_ODDS
    return float(np.log(share / (1 - share)))


def _simplex_corners(rows: FloatArray, size: int, tol: float) -> FloatArray:
    """Corners of the beliefs y on `size` nodes with ``rows @ y >= -tol``."""
    constraints = np.vstack([rows, np.eye(size)])
    limits = np.concatenate([np.full(len(rows), -tol), np.zeros(size)])
    found: list[FloatArray] = []
    for tight in combinations(range(len(constraints)), size - 1):
        matrix = np.vstack([np.ones(size), constraints[list(tight)]])
        if abs(np.linalg.det(matrix)) < 1e-12:
            continue
        point = np.linalg.solve(matrix, np.concatenate([[1.0], limits[list(tight)]]))
        inside = (constraints @ point >= limits - 1e-12).all()
        if inside and not any(np.allclose(point, known, atol=1e-12) for known in found):
            found.append(np.clip(point, 0.0, 1.0))
    return np.reshape(found, (-1, size))


def belief_error(
    game: ExtensiveGame, profile: Sequence[Any], beliefs: Beliefs, trembles: Trembles, epsilon: float
) -> float:
    """Return how far Bayes' beliefs under the trembling profile are from `beliefs` (largest difference).

    Tends to 0 with `epsilon` when the beliefs are consistent.
    """
    weights = realisation_weights(game, trembles.profile(game, profile, epsilon))
    worst = 0.0
    for at, belief in zip(game.information_sets, beliefs, strict=True):
        own = weights[list(at.nodes)]
        if belief is not None and own.sum() > 0:
            worst = max(worst, float(np.abs(own / own.sum() - belief).max()))
    return worst
