r"""All perfect Bayesian equilibria of a small signalling game, exactly.

Fix the messages :math:`S_t` that type :math:`t` may send and the responses :math:`T_m` that may follow
:math:`m`.  That every :math:`r ∈ T_m` is optimal is linear in the joint weights :math:`p_t σ_t(m)`, and that
every :math:`m ∈ S_t` is optimal is linear in :math:`ρ`; the two conditions share no unknown.  So the
equilibria with these supports are a product of two polytopes, and all equilibria a finite union of such
products: the signalling counterpart of maximal Nash subsets.  A message that is never sent asks in addition
that some belief makes :math:`T_m` optimal.  Every belief after an unsent message is consistent in Kreps and
Wilson's sense (let the types tremble at different speeds), so these are also the sequential equilibria.

Corners are computed with fractions, so that no equilibrium is lost or invented by round-off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.behaviour import Beliefs, sequential_regrets
from sim.games.extensive import ExtensiveGame
from sim.games.normal_form import Profile
from sim.games.signalling import SignallingGame, classify
from sim.solvers.rational import meant_fractions
from sim.solvers.rational_polytope import Point, Row, corners
from sim.solvers.solution import Completeness, Component, Solution

MOST_PATTERNS = 20_000
Supports = tuple[tuple[int, ...], ...]


def signalling_equilibria(game: SignallingGame) -> Solution:
    """Return all perfect Bayesian equilibria of `game`, as behaviour profiles of ``game.tree()``.

    Returns
    -------
    Solution
        ``profiles``: the extreme points of all components; first the types' strategies, then the responses
        in the order in which the tree meets the information sets.  ``regrets``: the largest gain at any
        information set given the beliefs.  ``components``: the connected sets, when some equilibrium is not
        isolated. ``extra["beliefs"]``: per profile and message the belief over types (after an unsent
        message the middle of the beliefs that support it); ``extra["belief_corners"]``: the corners of that
        set; ``extra["kinds"]``: separating, pooling or semi-separating; ``extra["intuitive"]``: whether the
        profile passes Cho and Kreps' intuitive criterion.

    Raises
    ------
    ParameterError
        If there are more than 20,000 patterns of supports.

    Notes
    -----
    Exponential in types × messages × responses; two of each take a fraction of a second.

    Examples
    --------
    >>> from sim.games.signalling import beer_quiche
    >>> solution = signalling_equilibria(beer_quiche())
    >>> sorted(set(solution.extra["kinds"])), len(solution.components)
    (['pooling'], 2)
    """
    exact = _Exact.of(game)
    products = _maximal(_products(exact))
    points = list(dict.fromkeys((x, r) for xs, rs in products for x in xs for r in rs))
    tree = game.tree()
    place = _places(game, tree)
    profiles, beliefs, corner_lists, kinds, intuitive, regrets = [], [], [], [], [], []
    for sigma, rho in points:
        sides = _beliefs(exact, sigma, rho)
        chosen = tuple(_middle(side) for side in sides)
        profile = _profile(game, tree, place, sigma, rho)
        at_tree = _tree_beliefs(tree, place, chosen)
        profiles.append(profile)
        beliefs.append(chosen)
        corner_lists.append(tuple(sealed([[float(x) for x in corner] for corner in side]) for side in sides))
        kinds.append(classify(_shaped(sigma, exact.shape[1])))
        intuitive.append(_is_intuitive(exact, sigma, rho))
        regrets.append(float(sequential_regrets(tree, profile, at_tree).max()))
    payoffs = [_payoffs(game, sigma, rho) for sigma, rho in points]
    isolated = all(len(xs) == 1 and len(rs) == 1 for xs, rs in products)
    groups = [] if isolated else _connected(products)
    numbered = dict(zip(points, profiles, strict=True))
    components = tuple(
        Component(
            extreme_points=tuple(
                numbered[point]
                for point in dict.fromkeys(
                    (x, r) for k in group for x in products[k][0] for r in products[k][1]
                )
            )
        )
        for group in groups
    )
    return Solution(
        profiles=tuple(profiles),
        payoffs=sealed(np.reshape(payoffs, (-1, 2))),
        regrets=sealed(regrets),
        concept="sequential",
        method="all patterns of supports, exact",
        complete=Completeness.PROVED,
        degenerate=not isolated,
        components=components,
        extra={
            "beliefs": tuple(beliefs),
            "belief_corners": tuple(corner_lists),
            "kinds": tuple(kinds),
            "intuitive": tuple(intuitive),
            "information_sets": tuple(at.label for at in tree.information_sets),
        },
    )


@dataclass(frozen=True)
class _Exact:
    """The game in fractions; tables are [type][message][response]."""

    prior: tuple[Fraction, ...]
    sender: tuple[tuple[tuple[Fraction, ...], ...], ...]
    receiver: tuple[tuple[tuple[Fraction, ...], ...], ...]

    @classmethod
    def of(cls, game: SignallingGame) -> "_Exact":
        prior = meant_fractions(game.prior)
        total = sum(prior, Fraction(0))
        return cls(tuple(p / total for p in prior), _table(game.sender), _table(game.receiver))

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.sender), len(self.sender[0]), len(self.sender[0][0])

    def best_response_rows(
        self, message: int, allowed: Sequence[int], weights: Sequence[Fraction]
    ) -> list[Row]:
        """Rows over types saying that each allowed response to `message` is optimal when weighted."""
        responses = range(self.shape[2])
        return [
            (
                *(
                    weight * (self.receiver[t][message][r] - self.receiver[t][message][other])
                    for t, weight in enumerate(weights)
                ),
                Fraction(0),
            )
            for r in allowed
            for other in responses
            if other != r
        ]


def _products(exact: _Exact) -> list[tuple[list[Point], list[Point]]]:
    """Return every non-empty product (corners of sigma, corners of rho)."""
    types, messages, responses = exact.shape
    patterns = (2**messages - 1) ** types * (2**responses - 1) ** messages
    if patterns > MOST_PATTERNS:
        raise ParameterError(
            f"the signalling game has {patterns} patterns of supports, at most {MOST_PATTERNS} are tried; "
            "use fewer types, messages or responses"
        )
    sender_sides = list(product(_subsets(messages), repeat=types))
    rational = [
        [allowed for allowed in _subsets(responses) if _belief_corners(exact, m, allowed, range(types))]
        for m in range(messages)
    ]
    receiver_sides = list(product(*rational))
    found = []
    for sent, answered in product(sender_sides, receiver_sides):
        rhos = _receiver_corners(exact, sent, answered)
        if rhos:
            sigmas = _sender_corners(exact, sent, answered)
            if sigmas:
                found.append((sigmas, rhos))
    return found


def _sender_corners(exact: _Exact, sent: Supports, answered: Supports) -> list[Point]:
    """Corners of the sender's strategies [types × messages] under which the responses are optimal."""
    types, messages, _ = exact.shape
    unknowns = [(t, m) for t in range(types) for m in sent[t]]
    index = {pair: k for k, pair in enumerate(unknowns)}
    size = len(unknowns)
    equations = [_row({index[t, m]: 1 for m in sent[t]}, 1, size) for t in range(types)]
    inequalities = [_row({k: 1}, 0, size) for k in range(size)]
    for m in range(messages):
        for row in exact.best_response_rows(m, answered[m], exact.prior):
            entries = {index[t, m]: row[t] for t in range(types) if (t, m) in index}
            if entries:
                inequalities.append(_row(entries, 0, size))
    whole = []
    for corner in corners(equations, inequalities, size):
        spread = [Fraction(0)] * (types * messages)
        for (t, m), value in zip(unknowns, corner, strict=True):
            spread[t * messages + m] = value
        whole.append(tuple(spread))
    return whole


def _receiver_corners(exact: _Exact, sent: Supports, answered: Supports) -> list[Point]:
    """Corners of the receiver's strategies [messages × responses] under which the messages are optimal."""
    types, messages, responses = exact.shape
    unknowns = [(m, r) for m in range(messages) for r in answered[m]]
    index = {pair: k for k, pair in enumerate(unknowns)}
    size = len(unknowns)
    equations = [_row({index[m, r]: 1 for r in answered[m]}, 1, size) for m in range(messages)]
    inequalities = [_row({k: 1}, 0, size) for k in range(size)]
    for t in range(types):
        for m in sent[t]:
            for other in range(messages):
                if other != m:
                    entries = {index[m, r]: exact.sender[t][m][r] for r in answered[m]}
                    entries |= {index[other, r]: -exact.sender[t][other][r] for r in answered[other]}
                    inequalities.append(_row(entries, 0, size))
    whole = []
    for corner in corners(equations, inequalities, size):
        spread = [Fraction(0)] * (messages * responses)
        for (m, r), value in zip(unknowns, corner, strict=True):
            spread[m * responses + r] = value
        whole.append(tuple(spread))
    return whole


def _belief_corners(exact: _Exact, message: int, allowed: Sequence[int], types: Sequence[int]) -> list[Point]:
    """Corners of the beliefs on `types` that make every allowed response to `message` optimal."""
    size = exact.shape[0]
    equations = [_row(dict.fromkeys(range(size), 1), 1, size)]
    equations += [_row({t: 1}, 0, size) for t in range(size) if t not in types]
    inequalities = [_row({t: 1}, 0, size) for t in types]
    inequalities += exact.best_response_rows(message, allowed, [Fraction(1)] * size)
    return corners(equations, inequalities, size)


def _beliefs(exact: _Exact, sigma: Point, rho: Point) -> list[list[Point]]:
    """Return per message the corners of the beliefs that support the profile; one where Bayes decides."""
    types, messages, responses = exact.shape
    result = []
    for m in range(messages):
        weights = [exact.prior[t] * sigma[t * messages + m] for t in range(types)]
        total = sum(weights, Fraction(0))
        if total:
            result.append([tuple(weight / total for weight in weights)])
        else:
            used = [r for r in range(responses) if rho[m * responses + r]]
            result.append(_belief_corners(exact, m, used, range(types)))
    return result


def _is_intuitive(exact: _Exact, sigma: Point, rho: Point) -> bool:
    """Whether no type could gain for sure by an unsent message that only it could want to send."""
    types, messages, responses = exact.shape
    equilibrium = [
        max(
            sum((rho[m * responses + r] * exact.sender[t][m][r] for r in range(responses)), Fraction(0))
            for m in range(messages)
            if sigma[t * messages + m]
        )
        for t in range(types)
    ]
    for m in range(messages):
        if any(sigma[t * messages + m] for t in range(types)):
            continue
        possible = [r for r in range(responses) if _belief_corners(exact, m, [r], range(types))]
        willing = [t for t in range(types) if equilibrium[t] <= max(exact.sender[t][m][r] for r in possible)]
        if not willing:
            continue
        convinced = [r for r in range(responses) if _belief_corners(exact, m, [r], willing)]
        if any(equilibrium[t] < min(exact.sender[t][m][r] for r in convinced) for t in willing):
            return False
    return True


def _maximal(
    products: Sequence[tuple[list[Point], list[Point]]],
) -> list[tuple[frozenset[Point], frozenset[Point]]]:
    """Drop the products that lie inside another one."""
    sets = list(dict.fromkeys((frozenset(xs), frozenset(rs)) for xs, rs in products))
    return [
        (xs, rs)
        for xs, rs in sets
        if not any((xs, rs) != (more, others) and xs <= more and rs <= others for more, others in sets)
    ]


def _connected(products: Sequence[tuple[frozenset[Point], frozenset[Point]]]) -> list[list[int]]:
    """Group products that touch; their intersection is a face of both, so they touch in a corner."""
    groups: list[list[int]] = []
    for k, (xs, rs) in enumerate(products):
        touching = [
            g for g in groups if any(xs & products[other][0] and rs & products[other][1] for other in g)
        ]
        groups = [g for g in groups if g not in touching] + [[k, *(other for g in touching for other in g)]]
    return groups


def _places(game: SignallingGame, tree: ExtensiveGame) -> tuple[list[int], list[int]]:
    """Return the information sets of the types and of the messages."""
    index = {(at.player, at.label): k for k, at in enumerate(tree.information_sets)}
    return [index[0, kind] for kind in game.types], [index[1, message] for message in game.messages]


def _profile(
    game: SignallingGame, tree: ExtensiveGame, place: tuple[list[int], list[int]], sigma: Point, rho: Point
) -> Profile:
    strategies: dict[int, FloatArray] = {}
    for numbers, table in zip(
        place, (_shaped(sigma, len(game.messages)), _shaped(rho, len(game.responses))), strict=True
    ):
        strategies |= {number: sealed(row) for number, row in zip(numbers, table, strict=True)}
    return tuple(strategies[k] for k in range(len(tree.information_sets)))


def _tree_beliefs(
    tree: ExtensiveGame,
    place: tuple[list[int], list[int]],
    beliefs: Sequence[FloatArray],
) -> Beliefs:
    """Return the beliefs at the tree's information sets; those of the types are certain."""
    by_set: dict[int, FloatArray] = {number: np.ones(1) for number in place[0]}
    by_set |= {number: beliefs[m] for m, number in enumerate(place[1])}
    return tuple(by_set[k] for k in range(len(tree.information_sets)))


def _payoffs(game: SignallingGame, sigma: Point, rho: Point) -> FloatArray:
    joint = game.prior[:, None] * _shaped(sigma, len(game.messages))
    responses = _shaped(rho, len(game.responses))
    weights = joint[:, :, None] * responses
    return np.array([(weights * game.sender).sum(), (weights * game.receiver).sum()])


def _middle(side: Sequence[Point]) -> FloatArray:
    return sealed(np.mean([[float(x) for x in corner] for corner in side], axis=0))


def _shaped(point: Point, width: int) -> FloatArray:
    return np.array([float(x) for x in point]).reshape(-1, width)


def _table(payoffs: FloatArray) -> tuple[tuple[tuple[Fraction, ...], ...], ...]:
    meant = iter(meant_fractions(payoffs.ravel()))
    return tuple(
        tuple(tuple(next(meant) for _ in range(payoffs.shape[2])) for _ in range(payoffs.shape[1]))
        for _ in range(payoffs.shape[0])
    )


def _row(entries: dict[int, int] | dict[int, Fraction], constant: int, size: int) -> Row:
    row = [Fraction(0)] * (size + 1)
    for k, value in entries.items():
        row[k] = Fraction(value)
    row[-1] = Fraction(constant)
    return tuple(row)


def _subsets(count: int) -> list[tuple[int, ...]]:
    return [subset for size in range(1, count + 1) for subset in combinations(range(count), size)]
