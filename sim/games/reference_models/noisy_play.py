r"""Iterated play with noise, and who outlives whom (AT-24, after Case 2017, The Evolution of Trust).

Strategies meet in matches of ten rounds; every intended move is flipped with probability ``noise``.  The
expected score of a match follows from the chain of the two machines' states.  A population plays all
against all, the five worst die and the five best have a child each.  With little noise the forgiving win;
with much noise those who always cheat; at one half moves carry no intention, all scores are equal and
nobody wins.

Machines here are tables of their own, so that this file checks `sim.strategies` rather than uses it.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray

COOPERATE, CHEAT = 0, 1


@dataclass(frozen=True)
class Machine:
    """A strategy: its move in each state, and the next state after (own, other) moves as executed."""

    name: str
    plays: tuple[int, ...]
    follows: tuple[tuple[tuple[int, int], tuple[int, int]], ...]  # [state][own][other]


MACHINES = (
    Machine("always cooperate", (0,), (((0, 0), (0, 0)),)),
    Machine("always cheat", (1,), (((0, 0), (0, 0)),)),
    Machine("copycat", (0, 1), (((0, 1), (0, 1)), ((0, 1), (0, 1)))),
    # forgives one cheat, answers two in a row
    Machine("copykitten", (0, 0, 1), (((0, 1), (0, 1)), ((0, 2), (0, 2)), ((0, 2), (0, 2)))),
    # repeats its move after the other's cooperation, switches otherwise
    Machine("simpleton", (0, 1), (((0, 1), (1, 0)), ((0, 1), (1, 0)))),
)


def expected_scores(
    first: Machine, second: Machine, payoffs: FloatArray, noise: float, rounds: int
) -> tuple[float, float]:
    """Return both players' expected total over `rounds`; `payoffs` [own, other]."""
    law = np.zeros((len(first.plays), len(second.plays)))
    law[0, 0] = 1.0
    totals = np.zeros(2)
    for _ in range(rounds):
        following = np.zeros_like(law)
        for a, b in np.argwhere(law > 0):
            for own in (COOPERATE, CHEAT):
                for other in (COOPERATE, CHEAT):
                    weight = law[a, b]
                    weight *= 1 - noise if own == first.plays[a] else noise
                    weight *= 1 - noise if other == second.plays[b] else noise
                    totals += weight * np.array([payoffs[own, other], payoffs[other, own]])
                    following[first.follows[a][own][other], second.follows[b][other][own]] += weight
        law = following
    return float(totals[0]), float(totals[1])


def played_scores(
    first: Machine, second: Machine, payoffs: FloatArray, noise: float, rounds: int, matches: int, seed: int
) -> tuple[float, float]:
    """Return the mean and standard error of the first player's total over simulated matches."""
    dice = np.random.default_rng(seed).random((matches, rounds, 2)) < noise
    totals = np.zeros(matches)
    for match in range(matches):
        a = b = 0
        for slips in dice[match]:
            own = first.plays[a] ^ int(slips[0])
            other = second.plays[b] ^ int(slips[1])
            totals[match] += payoffs[own, other]
            a, b = first.follows[a][own][other], second.follows[b][other][own]
    return float(totals.mean()), float(totals.std(ddof=1) / matches**0.5)


def survivors(
    noise: float,
    *,
    payoffs: tuple[tuple[float, float], tuple[float, float]] = ((2.0, -1.0), (3.0, 0.0)),
    rounds: int = 10,
    each: int = 5,
    replaced: int = 5,
    generations: int = 60,
) -> tuple[str, ...]:
    """Return the machines that are left, from `each` copies of every one; ties share births and deaths.

    Examples
    --------
    >>> survivors(0.05), survivors(0.3)
    (('copykitten',), ('always cheat',))
    """
    table = np.array(
        [[expected_scores(a, b, np.array(payoffs), noise, rounds)[0] for b in MACHINES] for a in MACHINES]
    )
    counts = np.full(len(MACHINES), float(each))
    for _ in range(generations):
        alive = counts > 1e-9
        scores = table @ counts - np.diag(table)  # nobody meets itself
        if np.ptp(scores[alive]) < 1e-9:
            break
        births = _shared(counts, scores, replaced, best=True)
        deaths = _shared(counts, scores, replaced, best=False)
        counts = np.maximum(counts - deaths + births, 0.0)
    return tuple(m.name for m, count in zip(MACHINES, counts, strict=True) if count > 1e-9)


def _shared(counts: FloatArray, scores: FloatArray, places: float, *, best: bool) -> FloatArray:
    """Hand out places from the best (or worst) score on; machines with equal scores share in proportion."""
    given = np.zeros_like(counts)
    left = float(places)
    order = sorted({round(float(s), 9) for s in scores[counts > 1e-9]}, reverse=best)
    for level in order:
        group = (np.abs(scores - level) < 1e-8) & (counts > 1e-9)
        share = min(left, float(counts[group].sum()))
        given[group] = share * counts[group] / counts[group].sum()
        left -= share
        if left <= 1e-12:
            break
    return given
