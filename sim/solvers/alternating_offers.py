r"""Alternating offers: the players propose in turn, and waiting costs.

A refusal multiplies player i's gains over the disagreement point by its discount factor :math:`δ_i`.  For a
pie of 1 between two players without a deadline the first proposer gets :math:`(1 - δ_2) / (1 - δ_1 δ_2)`
(Rubinstein 1982); over a finite set of deals the game is solved by backward induction from a stated deadline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import BoolArray, FloatArray, finite, sealed
from sim.errors import ParameterError


def rubinstein_share(proposer: float, responder: float) -> float:
    r"""Return the first proposer's share of a pie of 1, :math:`(1 - δ_2) / (1 - δ_1 δ_2)`.

    Parameters
    ----------
    proposer, responder : float
        Discount factors per round, in [0, 1), of the first proposer and of the other.

    References
    ----------
    Rubinstein (1982), Perfect equilibrium in a bargaining model, Econometrica 50, 97-109.

    Examples
    --------
    >>> round(rubinstein_share(0.9, 0.9), 6)
    0.526316
    """
    for name, value in (("proposer", proposer), ("responder", responder)):
        if not 0 <= value < 1:
            raise ParameterError(f"discount of the {name} must lie in [0, 1), got {value}")
    return (1 - responder) / (1 - proposer * responder)


@dataclass(frozen=True, eq=False, kw_only=True)
class Round:
    """What happens when a round is reached.

    Attributes
    ----------
    proposer : int
    proposals : tuple of int
        The deals that are equally good for the proposer among those that will be accepted; empty if it rather
        waits.
    accepted : bool array [deals]
        Which deals every other player would accept.
    values : float array [players]
        Gains over disagreement, counted at this round, if the first of `proposals` is made.
    """

    proposer: int
    proposals: tuple[int, ...]
    accepted: BoolArray
    values: FloatArray


def alternating_offers(
    utilities: Any,
    disagreement: Any,
    discounts: Sequence[float],
    *,
    deadline: int,
    first: int = 0,
    tol: float = 1e-12,
) -> tuple[Round, ...]:
    """Return the play of alternating offers over a finite set of deals, by backward induction.

    In round t the players propose in turn (`first`, then the next …); a deal is made when all others accept;
    each refusal multiplies player i's gains by ``discounts[i]``; after round `deadline` there is no
    agreement. A responder who is indifferent accepts; a proposer who is indifferent between a deal and
    waiting makes the deal, and among equally good deals the one listed first (all are listed).

    Parameters
    ----------
    utilities : float array [deals, players]
    disagreement : float array [players]
    discounts : one per player, in [0, 1]
    deadline : int
        Number of rounds, at least 1.
    first : int
        Who proposes in the first round.

    Returns
    -------
    tuple of Round
        From the first to the last; the first says what is agreed, the differences between rounds who
        concedes what.

    Raises
    ------
    ParameterError
        If shapes do not fit, a discount is outside [0, 1], or the deadline is not positive.

    Examples
    --------
    >>> pies = [[k, 10 - k] for k in range(11)]
    >>> [r.proposals for r in alternating_offers(pies, [0, 0], [0.5, 0.5], deadline=2)]
    [(5,), (0,)]
    """
    table, point = finite(utilities, "utilities"), finite(disagreement, "disagreement")
    if table.ndim != 2 or not len(table) or point.shape != table.shape[1:]:
        raise ParameterError(
            "utilities must have shape [deals, players], at least one deal, and disagreement [players], got "
            f"{table.shape} and {point.shape}"
        )
    gains = table - point
    factors = finite(discounts, "discounts")
    players = gains.shape[1]
    if factors.shape != (players,) or (factors < 0).any() or (factors > 1).any():
        raise ParameterError(f"discounts must be {players} numbers in [0, 1], got {factors.tolist()}")
    if deadline < 1:
        raise ParameterError(f"deadline must be at least 1 round, got {deadline}")
    if not 0 <= first < players:
        raise ParameterError(f"first must lie in 0..{players - 1}, got {first}")
    slack = tol * max(1.0, float(np.abs(gains).max()))
    rounds: list[Round] = []
    later = np.zeros(players)
    for number in range(deadline - 1, -1, -1):
        proposer = (first + number) % players
        waiting = factors * later
        others = [k for k in range(players) if k != proposer]
        accepted = (gains[:, others] >= waiting[others] - slack).all(axis=1)
        own = np.where(accepted, gains[:, proposer], -np.inf)
        if own.max() >= waiting[proposer] - slack:
            proposals = tuple(int(k) for k in np.flatnonzero(own >= own.max() - slack))
            values = gains[proposals[0]]
        else:
            proposals, values = (), waiting
        rounds.append(
            Round(
                proposer=proposer, proposals=proposals, accepted=sealed(accepted, bool), values=sealed(values)
            )
        )
        later = np.asarray(values)
    return tuple(reversed(rounds))
