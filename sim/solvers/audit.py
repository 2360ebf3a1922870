r"""The credibility audit: whether anybody would rather not do what its automaton says.

Two verdicts on a profile of automata:

* *nash*: from the first cell, no player gains by *any* other plan against the others' automata.  The best
plan
  is an optimal-control problem on the product of the automata, solved by policy iteration.
* *perfect*: in *no* cell that public play can reach does a player gain by deviating once and then
returning to
  its automaton.  By the one-shot deviation principle this is perfection of the profile in public strategies.

A threat is credible only under the second.  Tit for tat with the payoffs (5, 3, 1, 0) is the first for
:math:`δ ≥ 2/3` and the second for no δ.

References
----------
Abreu (1988), On the theory of infinitely repeated games with discounting; Blackwell (1965), Discounted
dynamic programming; Howard (1960), policy iteration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from sim.arrays import BoolArray, FloatArray, sealed
from sim.errors import ParameterError
from sim.games.automaton import AutomatonProfile
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.games.stochastic import StochasticGame
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyProfile
from sim.solvers.audit_words import tell
from sim.solvers.product_chain import (
    ProductChain,
    action_values,
    controlled,
    discounted,
    product_chain,
    values,
)
from sim.solvers.treaty_audit import TreatyAudit, audit_treaty


@dataclass(frozen=True, eq=False, kw_only=True)
class Deviation:
    """One profitable one-shot deviation: who, where, which action, what gain.

    Attributes
    ----------
    player : int
    name : str
        The player's name.
    cell : names of the automata's states and of the public state (empty in a repeated game)
    prescribed : str
        What the automaton plays there, in words.
    action : str
    gain : float
        Total discounted gain, payoff units; `now` of it at once, `later` afterwards.
    on_path : bool
        Whether the cell is met when everybody follows the profile.
    terms : pairs of name and gain, largest first
        The gain split by payoff terms; empty if no decomposition was given.
    """

    player: int
    name: str
    cell: tuple[str, ...]
    prescribed: str
    action: str
    gain: float
    now: float
    later: float
    on_path: bool
    terms: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Audit:
    """What the audit found.

    Attributes
    ----------
    nash, perfect : bool
        The two verdicts, at tolerance `tol`.
    deviations : tuple of Deviation
        All profitable one-shot deviations, largest gain first; empty exactly when `perfect`.
    gains : float array [players]
        What the best plan from the first cell gains over the automaton; all at most `tol` exactly when
        `nash`.
    epsilon : float
        Largest one-shot gain in any cell (0 if none): the ε of an ε-equilibrium.
    slack : float
        Least loss of any action that is not prescribed: how far the profile is from a profitable deviation;
        negative if there is one, infinite if nobody has another action.
    values : float array [players]
        Discounted payoffs from the first cell.
    residual : float or None
        For a logit profile, the largest distance of a played probability from the logit response to it.
    num_cells : int
    tol : float
        Payoff units.
    """

    nash: bool
    perfect: bool
    deviations: tuple[Deviation, ...]
    gains: FloatArray
    epsilon: float
    slack: float
    values: FloatArray
    residual: float | None
    num_cells: int
    players: tuple[str, ...]
    tol: float

    def sentences(self) -> tuple[str, ...]:
        """Return the findings in words, the verdicts first."""
        return tell(self)


@overload
def audit(game: TreatyGames, profile: TreatyProfile, **options: Any) -> TreatyAudit: ...


@overload
def audit(
    game: RepeatedGame | StochasticGame,
    profile: AutomatonProfile | Sequence[Any],
    *,
    terms: Mapping[str, Any] | None = None,
    rationality: float | None = None,
    everywhere: bool = False,
    tol: float = 1e-9,
) -> Audit: ...


def audit(
    game: RepeatedGame | StochasticGame | TreatyGames,
    profile: AutomatonProfile | TreatyProfile | Sequence[Any],
    *,
    terms: Mapping[str, Any] | None = None,
    rationality: float | None = None,
    everywhere: bool = False,
    tol: float = 1e-9,
    **options: Any,
) -> Audit | TreatyAudit:
    """Check whether every promise and threat in `profile` is credible.

    Parameters
    ----------
    game : RepeatedGame, StochasticGame, or TreatyGames, whose audit takes other options: see `audit_treaty`
    profile : one Automaton per player, or arrays (a mixed action, a Markov strategy [states, actions]); of a
        treaty game a TreatyProfile
    terms : mapping of names to arrays shaped like the payoffs, optional
        A decomposition of the payoffs; the sentences then name the deciding terms.
    rationality : float, optional
        Audit a logit profile: report its fixed-point residual at this λ beside its ε.
    everywhere : bool
        Check every public state, also those that play from the game's first state cannot reach.
    tol : float
        Gains up to `tol` times the largest absolute value count as none.

    Raises
    ------
    ParameterError
        If the profile or the terms do not fit the game.

    Notes
    -----
    Exact up to round-off: one linear solve per player and one per step of policy iteration.

    Examples
    --------
    >>> from sim.games.automaton import Automaton
    >>> from sim.games.normal_form import NormalFormGame
    >>> stage = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]], actions=[["comply", "breach"]] * 2)
    >>> grim = Automaton("grim", ("calm", "angry"), 0, [[1, 0], [0, 1]], [[0, 1, 1, 1], [1, 1, 1, 1]])
    >>> found = audit(RepeatedGame(stage, 0.4), (grim, grim))
    >>> found.nash, found.perfect, round(found.deviations[0].gain, 4)
    (False, False, 0.6667)
    """
    if isinstance(game, TreatyGames):
        if not isinstance(profile, TreatyProfile):
            raise ParameterError("the treaty game is audited with a profile of treaty automata")
        return audit_treaty(game, profile, tol=tol, **options)
    what: object = game  # whatever the annotation says
    if not isinstance(what, RepeatedGame | StochasticGame):
        once = "; a game played once is RepeatedGame(game, 0.0)" if isinstance(what, NormalFormGame) else ""
        raise ParameterError(
            f"game must be a RepeatedGame, a StochasticGame or TreatyGames, got {type(what).__name__}{once}"
        )
    if options:
        raise ParameterError(f"audit: unknown option {next(iter(options))!r}")
    if isinstance(profile, TreatyProfile):
        raise ParameterError("a profile of treaty automata belongs to a treaty game")
    if not isinstance(profile, AutomatonProfile | Sequence | np.ndarray) or isinstance(profile, str):
        raise ParameterError(
            f"profile must be one Automaton, mixed action or Markov strategy per player, got {type(profile).__name__}"
        )
    return audit_chain(
        product_chain(game, profile, terms=terms, everywhere=everywhere), rationality=rationality, tol=tol
    )


def audit_chain(chain: ProductChain, *, rationality: float | None = None, tol: float = 1e-9) -> Audit:
    """Audit a profile that is given as its product chain; see `audit`."""
    everyones = values(chain)
    threshold = tol * max(1.0, float(abs(everyones).max()))
    on_path = _on_path(chain)
    gains = np.zeros(len(chain.players))
    deviations: list[Deviation] = []
    epsilon, slack = 0.0, np.inf
    residual = None if rationality is None else 0.0
    for player in range(len(chain.players)):
        own = everyones[:, player]
        action_worth = action_values(chain, player, own)
        gain = action_worth - own[:, None]
        epsilon = max(epsilon, float(gain.max()))
        unplayed = chain.legal[player] & (chain.behaviour[player] == 0)
        slack = min(slack, float(-gain[unplayed].max(initial=-np.inf)))
        best = best_plan_values(chain, player, own)
        gains[player] = max(0.0, float(best[chain.initial] - own[chain.initial]))
        if rationality is not None and residual is not None:
            response = _logit(rationality * action_worth)
            residual = max(residual, float(abs(response - chain.behaviour[player]).max()))
        deviations += _deviations(chain, player, gain, on_path, threshold)
    if deviations:
        slack = min(slack, -max(found.gain for found in deviations))
    deviations.sort(key=lambda found: -found.gain)
    return Audit(
        nash=bool((gains <= threshold).all()),
        perfect=not deviations,
        deviations=tuple(deviations),
        gains=sealed(gains),
        epsilon=epsilon,
        slack=slack,
        values=sealed(everyones[chain.initial]),
        residual=residual,
        num_cells=chain.num_cells,
        players=chain.players,
        tol=threshold,
    )


def best_plan_values(
    chain: ProductChain, player: int, start: FloatArray, max_steps: int = 1000
) -> FloatArray:
    """Return the value [cells] of the best plan of `player` against the others' automata.

    Howard's policy iteration from the greedy reply to `start` [cells]; every step improves, so it ends.
    """
    num_cells, count = chain.rewards[player].shape
    choice = action_values(chain, player, start).argmax(axis=1)
    cells = np.arange(num_cells)
    worth = start
    for _ in range(max_steps):
        policy = np.zeros((num_cells, count))
        policy[cells, choice] = 1.0
        worth = discounted(
            controlled(chain, player, policy),
            float(chain.discounts[player]),
            chain.rewards[player][cells, choice],
        )
        action_worth = action_values(chain, player, worth)
        better = action_worth.max(axis=1) > worth + 1e-11 * max(1.0, float(abs(worth).max()))
        if not better.any():
            break
        choice = np.where(better, action_worth.argmax(axis=1), choice)
    return worth


def _deviations(
    chain: ProductChain, player: int, gain: FloatArray, on_path: BoolArray, threshold: float
) -> list[Deviation]:
    rewards, behaviour = chain.rewards[player], chain.behaviour[player]
    current = (behaviour * rewards).sum(axis=1)
    by_term = _gain_by_term(chain, player)
    found = []
    for cell, action in np.argwhere(gain > threshold):
        now = float(rewards[cell, action] - current[cell])
        split = zip(chain.term_names, by_term[cell, action].tolist(), strict=True)
        found.append(
            Deviation(
                player=player,
                name=chain.players[player],
                cell=chain.cell_name(int(cell)),
                prescribed=_prescribed(behaviour[cell], chain.actions[player]),
                action=chain.actions[player][action],
                gain=float(gain[cell, action]),
                now=now,
                later=float(gain[cell, action]) - now,
                on_path=bool(on_path[cell]),
                terms=tuple(sorted(split, key=lambda pair: -abs(pair[1]))),
            )
        )
    return found


def _gain_by_term(chain: ProductChain, player: int) -> FloatArray:
    """Split every one-shot gain by payoff term, [cells, actions, terms]: values are linear in payoffs."""
    if not chain.term_names:
        return np.zeros((*chain.rewards[player].shape, 0))
    rewards, behaviour = chain.term_rewards[player], chain.behaviour[player]
    discount = float(chain.discounts[player])
    worth = discounted(chain.transition(), discount, (behaviour[:, :, None] * rewards).sum(axis=1))
    ahead = (chain.moves[player] @ worth).reshape(rewards.shape)
    split: FloatArray = rewards + discount * ahead - worth[:, None, :]
    return split


def _on_path(chain: ProductChain) -> BoolArray:
    from scipy.sparse.csgraph import breadth_first_order

    reached = np.zeros(chain.num_cells, dtype=bool)
    reached[breadth_first_order(chain.transition(), chain.initial, return_predecessors=False)] = True
    return reached


def _prescribed(probabilities: FloatArray, actions: tuple[str, ...]) -> str:
    if probabilities.max() > 1 - 1e-12:
        return actions[int(probabilities.argmax())]
    return ", ".join(
        f"{name} {weight:.3g}" for name, weight in zip(actions, probabilities, strict=True) if weight > 0
    )


def _logit(exponents: FloatArray) -> FloatArray:
    weights = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    result: FloatArray = weights / weights.sum(axis=1, keepdims=True)
    return result
