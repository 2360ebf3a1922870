r"""Bargaining solutions of Nash and of Kalai and Smorodinsky.

Deals give utilities :math:`u^k ∈ R^n`; without agreement the players get the disagreement point :math:`d`.
With :math:`g^k = u^k - d`:

* **Nash (1950)** maximises :math:`\prod_i g_i`;
* **Kalai-Smorodinsky (1975)** maximises the common share :math:`\min_i g_i / \hat g_i` of the *ideal*
  gains, the most that each player can get at an individually rational point.

Both are found on the convex hull of the deals (a lottery over deals) and on the deals themselves,
where ties are listed.  A deal is *individually rational* if no player gains less than nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import FloatArray, finite, sealed
from sim.errors import ParameterError


@dataclass(frozen=True, eq=False, kw_only=True)
class Bargain:
    """A bargaining solution.

    Attributes
    ----------
    utilities : float array [players]
        What each player gets; the disagreement point if no deal is individually rational.
    lottery : float array [deals]
        Probability of each deal; all zero if there is no agreement.
    gap : float
        The certificate. On the hull: a bound on how far the objective lies below its maximum (Nash:
        relative to the sum of logarithms; Kalai-Smorodinsky: in shares of the ideal gain). Among pure
        deals: 0.
    ties : tuple of int
        Among pure deals all that are equally good; on the hull the deals in the lottery.
    agreement : bool
    """

    utilities: FloatArray
    lottery: FloatArray
    gap: float
    ties: tuple[int, ...]
    agreement: bool


def nash_bargain(utilities: Any, disagreement: Any, *, lotteries: bool = True, tol: float = 1e-9) -> Bargain:
    """Return the Nash bargaining solution.

    Parameters
    ----------
    utilities : float array [deals, players]
    disagreement : float array [players]
    lotteries : bool
        Whether mixtures of deals may be agreed on; otherwise the best deals, with ties.
    tol : float
        Relative difference of Nash products below which deals tie.

    Raises
    ------
    ParameterError
        If shapes do not fit or numbers are not finite.

    Notes
    -----
    On the hull the sum of logarithms is maximised over the lottery, a concave problem; the gap is its exact
    optimality bound, max over deals of the mean of g^k_i / g_i, minus 1.

    Where some player can gain nothing in any individually rational mixture, the product is zero everywhere;
    then the players who can gain are served and the others get their disagreement utility.

    Examples
    --------
    >>> nash_bargain([[4, 0], [0, 2]], [0, 0]).utilities.round(9).tolist()
    [2.0, 1.0]
    """
    table, point = _checked(utilities, disagreement)
    gains = table - point
    if not lotteries:
        return _pure(table, point, np.prod(np.clip(gains, 0.0, None), axis=1), tol)
    ideal = ideal_gains(table, point)
    if ideal is None:
        return _none(table, point)
    able = ideal > tol * max(1.0, float(np.abs(gains).max()))
    if not able.any():
        return _none(table, point)
    lottery = _largest_product(gains, able)
    reached = lottery @ gains
    gap = 0.0
    if able.all():
        gap = float((gains / reached).mean(axis=1).max() - 1.0)
    return Bargain(
        utilities=sealed(lottery @ table),
        lottery=sealed(lottery),
        gap=max(gap, 0.0),
        ties=tuple(int(k) for k in np.flatnonzero(lottery > 1e-9)),
        agreement=True,
    )


def kalai_smorodinsky(
    utilities: Any, disagreement: Any, *, lotteries: bool = True, tol: float = 1e-9
) -> Bargain:
    """Return the Kalai-Smorodinsky solution.

    Parameters and errors as for `nash_bargain`.  The ideal gains are those of the set on which the solution
    is sought: of the hull with lotteries, of the individually rational deals without.

    Examples
    --------
    >>> kalai_smorodinsky([[4, 0], [0, 2]], [0, 0]).utilities.round(9).tolist()
    [2.0, 1.0]
    """
    from scipy.optimize import linprog

    table, point = _checked(utilities, disagreement)
    gains = table - point
    if not lotteries:
        rational = (gains >= 0).all(axis=1)
        if not rational.any():
            return _none(table, point)
        best = gains[rational].max(axis=0)
        # a player who can gain nothing has no share; where that is everybody, no deal is better than another
        shares = np.where(best > 0, gains / np.where(best > 0, best, 1.0), 1.0).min(axis=1)
        return _pure(table, point, np.where(rational, shares, -np.inf), tol)
    ideal = ideal_gains(table, point)
    if ideal is None or ideal.max() <= 0:
        return _none(table, point)
    able = ideal > tol * max(1.0, float(np.abs(gains).max()))
    # maximise the share s: lottery @ gains >= s * ideal; then, so that nothing is wasted, the sum of gains
    count, players = gains.shape
    objective = np.append(np.zeros(count), -1.0)
    above = np.hstack([-gains.T, np.where(able, ideal, 0.0)[:, None]])
    simplex = np.append(np.ones(count), 0.0)[None, :]
    first = linprog(objective, A_ub=above, b_ub=np.zeros(players), A_eq=simplex, b_eq=[1.0], method="highs")
    share = -float(first.fun)
    floor = np.where(able, share * ideal, 0.0) - 1e-12
    second = linprog(
        -(gains / np.where(able, ideal, 1.0)).sum(axis=1),
        A_ub=-gains.T, b_ub=-floor, A_eq=np.ones((1, count)), b_eq=[1.0], method="highs",
    )  # fmt: skip
    lottery = _cleaned(second.x if second.success else first.x[:-1])
    reached = float(((lottery @ gains)[able] / ideal[able]).min())
    return Bargain(
        utilities=sealed(lottery @ table),
        lottery=sealed(lottery),
        gap=max(share - reached, 0.0),
        ties=tuple(int(k) for k in np.flatnonzero(lottery > 1e-9)),
        agreement=True,
    )


def ideal_gains(utilities: Any, disagreement: Any) -> FloatArray | None:
    """Return the most that each player can gain at an individually rational lottery; None without any."""
    from scipy.optimize import linprog

    table, point = _checked(utilities, disagreement)
    gains = table - point
    ideal = []
    for player in range(gains.shape[1]):
        result = linprog(
            -gains[:, player], A_ub=-gains.T, b_ub=np.zeros(gains.shape[1]), A_eq=np.ones((1, len(gains))),
            b_eq=[1.0], method="highs",
        )  # fmt: skip
        if not result.success:
            return None
        ideal.append(max(-float(result.fun), 0.0))
    return np.array(ideal)


def pareto_frontier(utilities: Any, *, tol: float = 0.0) -> tuple[int, ...]:
    """Return the deals that no other deal weakly dominates, in their order.

    Examples
    --------
    >>> pareto_frontier([[1, 1], [2, 0], [1, 0]])
    (0, 1)
    """
    table = finite(utilities, "utilities")
    keep = []
    for k, own in enumerate(table):
        dominated = (table >= own - tol).all(axis=1) & (table > own + tol).any(axis=1)
        if not dominated.any():
            keep.append(k)
    return tuple(keep)


def _largest_product(gains: FloatArray, able: Any) -> FloatArray:
    """Return the lottery with the largest product of the able players' gains, nobody losing."""
    from scipy.optimize import linprog, minimize

    count = len(gains)
    scale = np.abs(gains).max(axis=0)
    scaled = gains / np.where(scale > 0, scale, 1.0)
    # an interior start: the largest least gain
    start = linprog(
        np.append(np.zeros(count), -1.0),
        A_ub=np.hstack([-scaled.T, able.astype(float)[:, None]]), b_ub=np.zeros(gains.shape[1]),
        A_eq=np.append(np.ones(count), 0.0)[None, :], b_eq=[1.0], method="highs",
    ).x[:-1]  # fmt: skip
    idle = scaled[:, ~able]
    constraints: list[dict[str, Any]] = [
        {"type": "eq", "fun": lambda p: p.sum() - 1.0, "jac": lambda _: np.ones(count)}
    ]
    if idle.shape[1]:
        constraints.append({"type": "ineq", "fun": lambda p: p @ idle, "jac": lambda _: idle.T})
    active = scaled[:, able]

    def loss(p: FloatArray) -> float:
        return -float(np.log(np.maximum(p @ active, 1e-300)).sum())

    def slope(p: FloatArray) -> FloatArray:
        return np.asarray(-(active / np.maximum(p @ active, 1e-300)).sum(axis=1))

    result = minimize(
        loss, start, jac=slope, bounds=[(0.0, 1.0)] * count, constraints=constraints, method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )  # fmt: skip
    best = result.x if np.isfinite(result.fun) and result.fun <= loss(start) else start
    best = _cleaned(best)
    return _polished(best, active) if not idle.shape[1] else best


def _polished(lottery: FloatArray, gains: FloatArray, steps: int = 20_000) -> FloatArray:
    """Improve by Cover's (1984) update p_k <- p_k · mean_i(g^k_i / g_i), which never lowers the product."""
    if (gains < 0).any():  # the update needs gains that are not negative; the programme's answer stands
        return lottery
    for _ in range(steps):
        factors = (gains / (lottery @ gains)).mean(axis=1)
        if factors.max() - 1.0 < 1e-12:
            break
        lottery = lottery * factors
        lottery = lottery / lottery.sum()
    return lottery


def _cleaned(lottery: FloatArray) -> FloatArray:
    clipped = np.where(lottery > 1e-11, lottery, 0.0)
    return np.asarray(clipped / clipped.sum())


def _pure(table: FloatArray, point: FloatArray, scores: FloatArray, tol: float) -> Bargain:
    rational = (table >= point).all(axis=1)
    if not rational.any():
        return _none(table, point)
    scores = np.where(rational, scores, -np.inf)
    best = scores.max()
    ties = np.flatnonzero(scores >= best - tol * max(1.0, abs(float(best))))
    # where the product is zero for all, only deals that nobody can improve upon are worth listing
    frontier = set(pareto_frontier(table[rational]))
    position = {int(k): n for n, k in enumerate(np.flatnonzero(rational))}
    kept = [int(k) for k in ties if position[int(k)] in frontier] or [int(k) for k in ties]
    lottery = np.zeros(len(table))
    lottery[kept[0]] = 1.0
    return Bargain(
        utilities=sealed(table[kept[0]]), lottery=sealed(lottery), gap=0.0, ties=tuple(kept), agreement=True
    )


def _none(table: FloatArray, point: FloatArray) -> Bargain:
    return Bargain(utilities=point, lottery=sealed(np.zeros(len(table))), gap=0.0, ties=(), agreement=False)


def _checked(utilities: Any, disagreement: Any) -> tuple[FloatArray, FloatArray]:
    table, point = finite(utilities, "utilities"), finite(disagreement, "disagreement")
    if table.ndim != 2 or not len(table) or point.shape != table.shape[1:]:
        raise ParameterError(
            "utilities must have shape [deals, players], at least one deal, and disagreement [players], got "
            f"{table.shape} and {point.shape}"
        )
    return table, point
