r"""For which discount factors is a profile of automata an equilibrium?  The whole set, exactly.

On the product chain of the automata every value is a ratio of polynomials in δ,

.. math::  v(δ) = \frac{N(δ)}{D(δ)}, \qquad D(δ) = \det(I - δP) > 0 \text{ on } [0, 1),

with coefficients from the Faddeev-LeVerrier recursion on integers.  The *perfect* verdict of the audit is the
finite system :math:`D r(x, a) + δ T_a N - N(x) ≤ 0`.  For the *nash* verdict the best plan's value is
piecewise of the same form: its pieces are found by policy iteration at sample points and extended to where
the policy stays optimal.  Both sets come out as unions of closed intervals (`real_roots.py`).

References
----------
Abreu (1988), one-shot deviations; Mailath & Samuelson (2006), section 2.3; Faddeev & Faddeeva (1963).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError
from sim.games.automaton import AutomatonProfile
from sim.games.repeated import RepeatedGame
from sim.games.stochastic import StochasticGame
from sim.solvers.product_chain import ProductChain, product_chain
from sim.solvers.real_roots import Polynomial, intersection, nonpositive_set, polynomial, sign_at, union

Intervals = tuple[tuple[float, float], ...]

MAX_CELLS = 64  # exact arithmetic costs about cells^4 integer operations


@dataclass(frozen=True, kw_only=True)
class CriticalDiscount:
    """The discount factors at which a profile passes each verdict of the audit.

    Attributes
    ----------
    nash, perfect : pairs (low, high)
        Closed intervals in [0, 1), in order; a high end of 1 does not belong to the set.
    varying : name of the player whose factor varies, or "all" for a common factor
    """

    nash: Intervals
    perfect: Intervals
    varying: str

    @property
    def least_nash(self) -> float:
        """The least factor with the nash verdict, infinity if there is none."""
        return self.nash[0][0] if self.nash else float("inf")

    @property
    def least_perfect(self) -> float:
        """The least factor with the perfect verdict, infinity if there is none."""
        return self.perfect[0][0] if self.perfect else float("inf")

    def sentences(self) -> tuple[str, ...]:
        """Return both sets in words."""
        return tuple(
            f"{verdict} for {_in_words(intervals)}."
            for verdict, intervals in (("Nash", self.nash), ("Perfect", self.perfect))
        )


def critical_discount(
    game: RepeatedGame | StochasticGame,
    profile: AutomatonProfile | Sequence[Any],
    *,
    varying: int | str | None = None,
) -> CriticalDiscount:
    """Return all discount factors for which `profile` is Nash and for which it is perfect.

    Parameters
    ----------
    game : RepeatedGame or StochasticGame
        Its own discount is ignored for whoever varies.
    profile : one Automaton (or array) per player
    varying : player number or name, optional
        Only this player's factor varies and the others keep the game's; default: one common factor.

    Raises
    ------
    ParameterError
        If the profile does not fit, the player is unknown, or the product has more than 64 cells.

    Notes
    -----
    Numbers are read as the simplest fractions that print the same (0.05 is 1/20), so thresholds are exact.

    Examples
    --------
    >>> from sim.games.automaton import Automaton
    >>> from sim.games.normal_form import NormalFormGame
    >>> stage = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> grim = Automaton("grim", ("calm", "angry"), 0, [[1, 0], [0, 1]], [[0, 1, 1, 1], [1, 1, 1, 1]])
    >>> critical_discount(RepeatedGame(stage, 0.0), (grim, grim)).perfect
    ((0.5, 1.0),)
    """
    chain = product_chain(game, profile)
    if chain.num_cells > MAX_CELLS:
        raise ParameterError(
            f"critical_discount works exactly on at most {MAX_CELLS} product cells, this profile has "
            f"{chain.num_cells}"
        )
    chosen = _player_number(chain, varying)
    players = range(len(chain.players))
    exact = [_ExactPlayer(chain, player) for player in players]
    moving = [player for player in players if chosen is None or player == chosen]
    fixed = [(player, rational(float(chain.discounts[player]))) for player in players if player not in moving]
    everything = ((Fraction(0), Fraction(1)),)
    if all(sign_at(poly, factor) <= 0 for player, factor in fixed for poly in exact[player].one_shot_gains()):
        perfect = nonpositive_set({poly for player in moving for poly in exact[player].one_shot_gains()})
    else:
        perfect = ()
    nash: Sequence[tuple[Fraction, Fraction]]
    nash = everything if all(exact[player].is_best_reply(factor) for player, factor in fixed) else ()
    for player in moving:
        if nash:
            nash = intersection(nash, exact[player].best_reply_set())
    return CriticalDiscount(
        nash=_floats(nash),
        perfect=_floats(perfect),
        varying="all" if chosen is None else chain.players[chosen],
    )


def rational(value: float) -> Fraction:
    """Return the fraction that a person who wrote `value` meant: the simplest that prints the same.

    Examples
    --------
    >>> rational(0.05), rational(1 / 3)
    (Fraction(1, 20), Fraction(1, 3))
    """
    for limit in (10**3, 10**6, 10**9):
        simple = Fraction(value).limit_denominator(limit)
        if abs(float(simple) - value) <= 4e-16 * max(1.0, abs(value)):
            return simple
    return Fraction(value)


class _ExactPlayer:
    """One player's payoffs and laws on the product chain in exact arithmetic."""

    def __init__(self, chain: ProductChain, player: int) -> None:
        self.initial = chain.initial
        self.legal = chain.legal[player]
        self.behaviour = [[rational(w) for w in row] for row in chain.behaviour[player].tolist()]
        self.rewards = [[rational(w) for w in row] for row in chain.rewards[player].tolist()]
        num_cells, count = chain.behaviour[player].shape
        dense = chain.moves[player].toarray().reshape(num_cells, count, num_cells)
        self.laws = [
            [_normalised(law) if self.legal[x, a] else [] for a, law in enumerate(rows)]
            for x, rows in enumerate(dense)
        ]
        self.num_cells = num_cells
        self.own = self._worth([_normalised(np.array(row)) for row in chain.behaviour[player].tolist()])

    def _worth(self, strategy: list[list[Fraction]]) -> tuple[list[Fraction], list[list[Fraction]]]:
        """Return D and, per cell, N as coefficients in δ of playing `strategy` [cells][actions]."""
        cells = range(self.num_cells)
        chain = [[Fraction(0)] * self.num_cells for _ in cells]
        rewards = [Fraction(0)] * self.num_cells
        for x in cells:
            for a, weight in enumerate(strategy[x]):
                if weight:
                    rewards[x] += weight * self.rewards[x][a]
                    for y, p in enumerate(self.laws[x][a]):
                        if p:
                            chain[x][y] += weight * p
        return _resolvent(chain, rewards)

    def _gains(self, worth: tuple[list[Fraction], list[list[Fraction]]]) -> set[Polynomial]:
        """Return, as polynomials of the sign of the gain, every one-shot gain over `worth`."""
        determinant, numerators = worth
        found = set()
        for x in range(self.num_cells):
            for a in np.flatnonzero(self.legal[x]):
                gain = [d * self.rewards[x][a] for d in determinant] + [Fraction(0)]
                for y, p in enumerate(self.laws[x][a]):
                    if p:
                        for k, c in enumerate(numerators[y]):
                            gain[k + 1] += p * c
                for k, c in enumerate(numerators[x]):
                    gain[k] -= c
                found.add(polynomial(gain))
        return found

    def one_shot_gains(self) -> set[Polynomial]:
        """Return the one-shot gains over the automaton; it is perfect where all are at most zero."""
        return self._gains(self.own)

    def _plan(self, factor: Fraction) -> tuple[list[Fraction], list[list[Fraction]]]:
        """Return the worth of a plan that is optimal at `factor`, by policy iteration in exact arithmetic."""
        choice = [int(np.flatnonzero(row)[0]) for row in self.legal]
        while True:
            worth = self._worth(
                [
                    [Fraction(a == c) for a in range(len(row))]
                    for c, row in zip(choice, self.legal, strict=True)
                ]
            )
            determinant, numerators = worth
            scale = _at(determinant, factor)
            value = [_at(numerator, factor) / scale for numerator in numerators]
            improved = False
            for x in range(self.num_cells):
                best = value[x]
                for a in np.flatnonzero(self.legal[x]):
                    ahead = sum((p * value[y] for y, p in enumerate(self.laws[x][a]) if p), Fraction(0))
                    if (worth_here := self.rewards[x][a] + factor * ahead) > best:
                        best, choice[x], improved = worth_here, int(a), True
            if not improved:
                return worth

    def _shortfall(self, plan: tuple[list[Fraction], list[list[Fraction]]]) -> Polynomial:
        """Return the sign of what `plan` gains over the automaton from the first cell."""
        first = _product(plan[1][self.initial], self.own[0])
        second = _product(self.own[1][self.initial], plan[0])
        return polynomial([a - b for a, b in zip(first, second, strict=True)])

    def is_best_reply(self, factor: Fraction) -> bool:
        """Return whether the automaton is a best reply from the first cell at this discount factor."""
        return sign_at(self._shortfall(self._plan(factor)), factor) <= 0

    def best_reply_set(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """Return the factors at which the automaton is a best reply from the first cell."""
        uncovered = [(Fraction(0), Fraction(1))]
        passed: list[tuple[Fraction, Fraction]] = []
        while uncovered:
            low, high = uncovered.pop()
            if high - low < Fraction(1, 2**40):  # values are continuous: nothing can hide in a sliver
                continue
            plan = self._plan(((low + high) / 2).limit_denominator(2**42))
            optimal = self._gains(plan)
            passed += nonpositive_set(optimal | {self._shortfall(plan)})
            uncovered = [
                part for gap in [*uncovered, (low, high)] for part in _outside(gap, nonpositive_set(optimal))
            ]
        return union(passed)


def _resolvent(
    chain: list[list[Fraction]], rewards: list[Fraction]
) -> tuple[list[Fraction], list[list[Fraction]]]:
    """Return det(I - δP) and adj(I - δP) r as coefficients in δ, by Faddeev and LeVerrier on integers."""
    size = len(chain)
    scale = lcm(*(p.denominator for row in chain for p in row))
    worth = lcm(*(r.denominator for r in rewards))
    matrix = np.array([[int(p * scale) for p in row] for row in chain], dtype=object)
    vector = np.array([int(r * worth) for r in rewards], dtype=object)
    identity = np.array([[int(i == j) for j in range(size)] for i in range(size)], dtype=object)
    power, term = matrix, vector
    determinant = [Fraction(1)]
    numerators = [[Fraction(int(t), worth)] for t in term]
    for k in range(1, size + 1):
        coefficient = -int(np.trace(power)) // k  # exact: the recursion divides evenly
        determinant.append(Fraction(coefficient, scale**k))
        if k < size:
            term = matrix.dot(term) + coefficient * vector
            for x in range(size):
                numerators[x].append(Fraction(int(term[x]), worth * scale**k))
            power = matrix.dot(power + coefficient * identity)
    return determinant, numerators


def _normalised(law: FloatArray) -> list[Fraction]:
    exact = [rational(float(p)) for p in law]
    total = sum(exact, Fraction(0))
    return exact if total == 1 else [p / total for p in exact]


def _at(coefficients: list[Fraction], x: Fraction) -> Fraction:
    total = Fraction(0)
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def _product(first: list[Fraction], second: list[Fraction]) -> list[Fraction]:
    result = [Fraction(0)] * (len(first) + len(second) - 1)
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            result[i + j] += a * b
    return result


def _outside(
    gap: tuple[Fraction, Fraction], covered: Sequence[tuple[Fraction, Fraction]]
) -> list[tuple[Fraction, Fraction]]:
    """Return what is left of the interval `gap` without the intervals `covered`."""
    parts, (begin, end) = [], gap
    for low, high in covered:
        if high <= begin or low >= end:
            continue
        if low > begin:
            parts.append((begin, low))
        begin = high
    if begin < end:
        parts.append((begin, end))
    return parts


def _floats(intervals: Sequence[tuple[Fraction, Fraction]]) -> Intervals:
    return tuple((float(low), float(high)) for low, high in intervals)


def _in_words(intervals: Intervals) -> str:
    if not intervals:
        return "no discount factor"
    parts = [
        f"δ = {low:.6g}" if low == high else f"δ in [{low:.6g}, {high:.6g}{')' if high == 1 else ']'}"
        for low, high in intervals
    ]
    return " and ".join(parts)


def _player_number(chain: ProductChain, varying: int | str | None) -> int | None:
    if varying is None:
        return None
    if isinstance(varying, str) and varying in chain.players:
        return chain.players.index(varying)
    if isinstance(varying, int) and 0 <= varying < len(chain.players):
        return varying
    raise ParameterError(f"varying must be a player number or one of {list(chain.players)}, got {varying!r}")
