"""The exact engine: every outcome of a treaty game under a profile of automata, by linear algebra.

A profile of automata makes the treaty game a finite Markov chain (`exact_chain`); its outcomes are sums over
paths (`exact_paths`), its values the solution of a linear system (`exact_values`). Nothing is sampled, and
nothing is shared with the Monte Carlo engine but the game itself, so that each checks the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.engine.belief_law import BeliefLaw
from sim.engine.exact_chain import TreatyChain, build_chain
from sim.engine.exact_paths import (
    ALL,
    KEPT,
    PATH_CLASSES,
    STANDING,
    UNRESTORED,
    PathSums,
    discounted_payoffs,
    path_classes,
    sum_paths,
)
from sim.engine.exact_terms import decomposition
from sim.engine.outcomes import outcomes_of
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import ROLES

NOTICE_BY_MONTHS = 10.0
"""Default deadline of the path classes: from October 2018 to August 2019."""

AT_ONCE_MONTHS = 2.0
"""Default meaning of "at once" in the path classes."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ExactOutcomes:
    """Outcomes of one draw without sampling error; `T` periods, times 0..T.

    Attributes
    ----------
    outcomes : value by name, in the order and the units of `outcomes_of`; None where nothing is defined
    survival [T + 1] : probability that the treaty has not ended by each time
    payoffs [actors] : expected discounted payoffs
    decomposition [terms, actors] : the same by payoff term, in the order of ``TERMS``; None unless asked for
    path_classes : probability of each class of path, see `exact_paths.PATH_CLASSES`
    final [S] : distribution of the public state at time T
    deployed [T + 1, 3], evidence [T + 1, 2], outsider_level [T + 1] : expectations by time
    mirrored : probability that the first notice is followed while it runs
    num_states : states of the chain that plays can reach, memory included
    """

    outcomes: dict[str, float | None]
    survival: FloatArray
    payoffs: FloatArray
    decomposition: FloatArray | None
    path_classes: dict[str, float]
    final: FloatArray
    deployed: FloatArray
    evidence: FloatArray
    outsider_level: FloatArray
    mirrored: float
    num_states: int


def exact_outcomes(
    games: TreatyGames,
    draw: int,
    profile: TreatyProfile,
    periods: int,
    *,
    law: BeliefLaw | None = None,
    actors: Sequence[str] = ROLES,
    by_term: bool = False,
    by_months: float = NOTICE_BY_MONTHS,
    at_once_months: float = AT_ONCE_MONTHS,
) -> ExactOutcomes:
    """Return all outcomes of draw `draw` under `profile` over `periods` periods from the scenario's start.

    Parameters
    ----------
    law : BeliefLaw, optional
        How beliefs move, where strategies condition on them.
    actors : names by role, for the names of the outcomes
    by_term : bool
        Whether payoffs are decomposed by term as well, at about the cost of building the chain again.
    by_months, at_once_months : float
        Deadline and meaning of "at once" of the path classes, rounded to periods. The classes are computed on
        their own horizon, which may lie beyond `periods`.

    Raises
    ------
    ParameterError
        If the chain is too large (the message is a sentence to show in place of exact values), a draw or a
        number of periods does not exist, or the profile belongs to another graph.

    Notes
    -----
    Costs O(periods transitions); about 0.1 s for a Markov profile on 3,000 public states and 84 periods.
    """
    if periods < 1:
        raise ParameterError(f"the exact engine needs at least 1 period, got {periods}")
    months = 12 * games.parameters.period_years
    chain = build_chain(games, draw, profile, law=law)
    sums = sum_paths(chain, periods)
    payoffs = (sums.discounted * chain.payoffs.T).sum(axis=1)
    shares = sums.layers / sums.layers[:, [ALL]]  # the rounding of propagation is common to all layers
    survival = shares[:, STANDING]
    by, at_once = (round(span / months) for span in (by_months, at_once_months))
    classes = path_classes(chain, by=by, at_once=at_once)
    values = _values(sums, payoffs, shares, months)
    return ExactOutcomes(
        outcomes={outcome.name: value for outcome, value in zip(outcomes_of(actors), values, strict=True)},
        survival=sealed(survival),
        payoffs=sealed(payoffs),
        decomposition=decomposition(chain, sums.discounted) if by_term else None,
        path_classes={name: float(value) for name, value in zip(PATH_CLASSES, classes, strict=True)},
        final=public_distribution(chain, sums.occupancy),
        deployed=sums.deployed,
        evidence=sums.evidence,
        outsider_level=sums.level,
        mirrored=sums.mirrored,
        num_states=chain.num_states,
    )


def exact_payoffs(games: TreatyGames, draw: int, profile: TreatyProfile, periods: int) -> FloatArray:
    """Return the expected discounted payoffs alone, [actors]: the quick way to a cell of the stage game."""
    return sealed(discounted_payoffs(build_chain(games, draw, profile), periods))


def public_distribution(chain: TreatyChain, occupancy: FloatArray) -> FloatArray:
    """Return the distribution over public states [S] of one over the chain's states [N X]."""
    graph = chain.games.graph
    total = np.zeros((graph.num_situations, graph.num_environments))
    np.add.at(total, chain.situation, occupancy.reshape(-1, graph.num_environments))
    return sealed(total.reshape(-1))


def _values(sums: PathSums, payoffs: FloatArray, shares: FloatArray, months: float) -> list[float | None]:
    """Return the outcomes in the order of `outcomes_of`."""
    survival = shares[:, STANDING]
    halved = (survival <= 0.5).nonzero()[0]
    return [
        float(1 - survival[-1]),
        float(months * survival[:-1].sum()),
        float(months * halved[0]) if len(halved) else None,
        float(sums.leavers[0]),
        float(sums.leavers[1]),
        months * sums.delay / sums.mirrored if sums.mirrored > 0 else None,
        float(1 - shares[-1, KEPT]),
        float(1 - shares[-1, UNRESTORED]),
        float(sums.deployed[-1, 0]),
        float(sums.deployed[-1, 1]),
        float(sums.deployed[-1, 2]),
        sums.crises,
        *(float(payoff) for payoff in payoffs),
    ]


__all__ = [
    "AT_ONCE_MONTHS",
    "NOTICE_BY_MONTHS",
    "ExactOutcomes",
    "exact_outcomes",
    "exact_payoffs",
    "public_distribution",
]
