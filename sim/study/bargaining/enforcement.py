"""Whether a deal enforces itself: compliance, and the end of the deal after its public trigger.

While the deal is kept every signatory complies: parties uphold, accept what is offered, take back what they pressed
for, and make no other move; the outsider does not build. Who did not sign does what is best for it. After the public
trigger the deal lapses and the no-deal Markov equilibrium is played from the public state that has been reached, for
ever, in the game without the deal. That equilibrium needs no audit of its own: its gains are its certificate, the
price of noise. What is audited is every public state in which the deal is kept, whoever brought it about: nobody may
gain by another course in one period, another move at an opportunity, or both at once.

Sources: Abreu (1988), Econometrica 56 (one-shot deviations); Green & Porter (1984), Econometrica 52 (reversion after
a public trigger).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

import numpy as np

from sim.arrays import BoolArray, FloatArray, IntArray, sealed
from sim.errors import ParameterError
from sim.games.treaty.graph import EVENTS, MAX_MOVES, TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames, build_games
from sim.games.treaty.profile import (
    NUM_EVENT_MASKS,
    TreatyAutomaton,
    TreatyProfile,
    event_mask,
    legal_slots,
)
from sim.games.treaty.rules import NUM_ACTORS, PARTIES
from sim.solvers.treaty_audit import best_reply
from sim.solvers.treaty_product import Choice, TreatyProduct
from sim.study.bargaining.lapse import lapsed_states
from sim.study.bargaining.reversion import Reversion

KEPT, LAPSED = range(2)
TRIGGERS = tuple(dict.fromkeys(event.split("_")[0] for event in EVENTS))
"""Public events that may end a deal: by whomever they are caused, or of one party (``alarm_1``)."""

_TAKEN = (Move.ACCEPT, Move.RESCIND, Move.JOIN)
"""Moves that a signatory makes wherever it can."""

_MOST_REPLIES = 50


@dataclass(frozen=True, eq=False, kw_only=True)
class Deviation:
    """The least costly, or most profitable, deviation: who, what in place of what, where, and its margin."""

    actor: int
    action: str
    phase: str
    margin: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Enforcement:
    """What the audit of one deal in one draw found.

    Attributes
    ----------
    perfect : whether nobody gains anywhere while the deal is kept
    gain [actors] : largest gain of a one-shot deviation, course and move together, over the audited states
    slack : least margin of what is prescribed over anything else, payoff units; negative if some deviation pays
    binding : the deviation with the least margin, None where nobody ever has a choice
    values [actors] : what keeping the deal from the start is worth
    cells : public states in which the deal is kept
    """

    perfect: bool
    gain: FloatArray
    slack: float
    binding: Deviation | None
    values: FloatArray
    cells: int


def trigger_mask(names: Sequence[str]) -> int:
    """Return the mask of the public events that end a deal.

    Raises
    ------
    ParameterError
        If a name is no event.

    Examples
    --------
    >>> trigger_mask(["alarm"])
    3
    """
    for name in names:
        if name not in TRIGGERS and name not in EVENTS:
            raise ParameterError(
                f"bargain.trigger must name public events, of {', '.join(TRIGGERS)}, or of one party such as "
                f"alarm_1, got {name!r}"
            )
    events = [event for event in EVENTS if event in names or event.split("_")[0] in names]
    return reduce(or_, (event_mask([event]) for event in events), 0)


class KeptDeal:
    """A deal that is kept until its trigger, as a product of memory and public states: built once, audited often.

    Parameters
    ----------
    games : the treaty game under the deal, whose `draw` is audited
    base : graph of the game without the deal
    signatories : roles that comply
    trigger : mask of the public events after which the deal has lapsed

    Attributes
    ----------
    product : memory (kept or lapsed) and public states
    kept [cells] ; lapsed : numbers of the other cells
    counterparts [lapsed], known [kept] : public states without the deal, -1 for none
    reached : which of `lapsed` can come right after a kept cell
    """

    def __init__(
        self, games: TreatyGames, base: TreatyGraph, *, draw: int, signatories: Sequence[int], trigger: int
    ) -> None:
        self._signatories = tuple(signatories)
        self.product = TreatyProduct(games, draw, _profile(games.graph, trigger))
        places = games.graph.num_environments
        kept = self.product.memory[:, 0] == KEPT
        self.kept: BoolArray = np.repeat(kept, places)
        self.lapsed: IntArray = np.flatnonzero(~self.kept)
        self.counterparts = lapsed_states(games.graph, base, self.product.situation[~kept])
        self.known = lapsed_states(games.graph, base, self.product.situation[kept])
        self.reached: IntArray = self._reached()

    def _reached(self) -> IntArray:
        """Return which lapsed cells can come right after a kept one, whatever anybody does, as numbers in `lapsed`.

        Refuses a deal that can lapse where the game without it knows no public state.
        """
        legal = self.product.legal
        anything = (sealed(legal / legal.sum(axis=2, keepdims=True)), sealed(0.5 * self.product.bound))
        reached = self.product.transition(anything)[np.flatnonzero(self.kept)].tocoo().col
        numbers = np.flatnonzero(np.isin(self.lapsed, reached))
        unknown = self.lapsed[numbers[self.counterparts[numbers] < 0]]
        if len(unknown):
            graph = self.product.graph
            situation = graph.situations[self.product.situation[unknown[0] // graph.num_environments]]
            raise ParameterError(
                f"the deal can lapse where the game without it has no public state: {situation}"
            )
        return numbers

    def audit(
        self, base_values: FloatArray, *, reversion: Reversion | None = None, tol: float = 1e-9
    ) -> Enforcement:
        """Return the audit, given what each public state is worth without the deal, [S of the base, actors].

        A lapse is for ever unless `reversion` says for how long. Gains up to `tol` times the largest absolute value
        count as none.
        """
        lapse = _Lapse(self, base_values, reversion)
        choice = _copied(self.product.choice)
        threshold = tol * max(1.0, float(np.abs(base_values).max()))
        values = lapse.values(choice)
        outside = [actor for actor in range(NUM_ACTORS) if actor not in self._signatories]
        for _ in range(_MOST_REPLIES):
            gained = False
            for actor in outside:
                better, worth = best_reply(self.product, choice, values, actor)
                gains = self.kept & (worth > values[:, actor] + threshold)
                if gains.any():
                    choice[0][gains, actor] = better[0][gains, actor]
                    if actor in PARTIES:
                        choice[1][gains, actor] = better[1][gains, actor]
                    values = lapse.values(choice)
                    gained = True
            if not gained:
                break
        gain = np.zeros(NUM_ACTORS)
        for actor in range(NUM_ACTORS):
            worth = best_reply(self.product, choice, values, actor)[1]
            gain[actor] = max(0.0, float((worth - values[:, actor])[self.kept].max()))
        if reversion is not None and gain.max() <= threshold:
            gain = reversion.excess(base_values, self.known, values[self.kept])
        binding = self._binding(choice, values)
        return Enforcement(
            perfect=bool(gain.max() <= threshold),
            gain=sealed(gain),
            slack=binding.margin if binding else np.inf,
            binding=binding,
            values=sealed(values[self.product.initial]),
            cells=int(self.kept.sum()),
        )

    def _binding(self, choice: Choice, values: FloatArray) -> Deviation | None:
        product, graph = self.product, self.product.graph
        response = product.respond(values, choice)
        cells = np.flatnonzero(self.kept)
        least: Deviation | None = None

        def offer(actor: int, margins: FloatArray, actions: IntArray | None) -> None:
            nonlocal least
            k = int(margins.argmin())
            if not np.isfinite(margins[k]) or (least is not None and margins[k] >= least.margin):
                return
            situation = graph.situations[product.situation[cells[k] // graph.num_environments]]
            action = "breach" if actions is None else Move(int(actions[k])).name.lower()
            least = Deviation(
                actor=actor, action=action, phase=situation.phase.name.lower(), margin=float(margins[k])
            )

        menu = graph.legal[product.situation[cells // graph.num_environments]]
        for actor in range(NUM_ACTORS):
            worth = np.where(product.legal[cells, actor], response.moves[cells, actor], -np.inf)
            played = choice[0][cells, actor].argmax(axis=1)
            rows = np.arange(len(cells))
            own = worth[rows, played].copy()
            worth[rows, played] = -np.inf
            other = worth.argmax(axis=1)
            offer(actor, own - worth[rows, other], menu[rows, actor, other])
            if actor in PARTIES:
                sign = 1 - 2 * choice[1][cells, actor]
                margin = np.where(
                    product.bound[cells, actor], -sign * response.advantage[cells, actor], np.inf
                )
                offer(actor, margin, None)
        return least


class _Lapse:
    """What cells are worth while a deal is kept, given what comes after it lapses."""

    def __init__(self, deal: KeptDeal, base_values: FloatArray, reversion: Reversion | None) -> None:
        self._deal = deal
        self._cells = deal.lapsed[deal.reached]
        states = deal.counterparts[deal.reached]
        self._after = base_values[states]
        self._known = base_values[np.maximum(deal.known, 0)]
        self._periods = 0 if reversion is None else reversion.periods
        self._back = (
            np.zeros((len(states), len(deal.known)))
            if reversion is None
            else reversion.landing(states, deal.known)
        )

    def values(self, choice: Choice) -> FloatArray:
        """Return what every cell is worth [cells, actors] if `choice` is played while the deal is kept.

        The worth of a lapse depends on that of the deal to which play comes back: one linear system for both.
        """
        product, kept = self._deal.product, np.flatnonzero(self._deal.kept)
        values = np.zeros((product.cells, NUM_ACTORS))
        here = product.respond(values, choice).total[kept]
        law = product.transition(choice)[kept]
        inside, outside = law[:, kept].toarray(), law[:, self._cells].toarray()
        for actor, discount in enumerate(product.games.discount[product.draw].tolist()):
            back = discount**self._periods * self._back
            never = self._after[:, actor] - back @ self._known[:, actor]
            system = np.eye(len(kept)) - discount * (inside + outside @ back)
            worth = np.linalg.solve(system, here[:, actor] + discount * (outside @ never))
            values[kept, actor] = worth
            values[self._cells, actor] = never + back @ worth
        return values


def _profile(graph: TreatyGraph, trigger: int) -> TreatyProfile:
    """Return everyone keeping the deal, with a memory of whether it has lapsed."""
    following = np.zeros((2, NUM_EVENT_MASKS), dtype=np.int64)
    following[KEPT] = (np.arange(NUM_EVENT_MASKS) & trigger) > 0
    following[LAPSED] = LAPSED
    silent = np.zeros((1, 2, graph.num_states))
    return TreatyProfile(
        graph=graph,
        automata=tuple(
            TreatyAutomaton(
                name="keep the deal",
                actor=actor,
                states=("kept", "lapsed"),
                breach=silent,
                moves=np.repeat(_complying(graph, actor)[None, None], 2, axis=1),
                following=following,
            )
            for actor in range(NUM_ACTORS)
        ),
    )


def _complying(graph: TreatyGraph, actor: int) -> FloatArray:
    """Return the moves of a signatory that complies, [S, slots]."""
    legal = legal_slots(graph, actor) > 0
    codes = np.repeat(graph.legal[:, actor], graph.num_environments, axis=0)
    chosen = np.zeros(graph.num_states, dtype=np.int64)  # the first of the menu is the default, or to accept
    for move in _TAKEN:
        can = (codes == move) & legal
        chosen = np.where(can.any(axis=1), can.argmax(axis=1), chosen)
    return np.eye(MAX_MOVES)[chosen]


def _copied(choice: Choice) -> Choice:
    return choice[0].copy(), choice[1].copy()


def at_discount(games: TreatyGames, draw: int, discount: float) -> TreatyGames:
    """Return the game of one draw in which everyone has the same `discount` per year."""
    given = games.parameters
    one = {
        name: getattr(given, name)[draw : draw + 1]
        for name in given.__dataclass_fields__
        if name != "period_years"
    }
    one["discount"] = np.full((1, NUM_ACTORS), discount)
    return build_games(games.graph, replace(given, **one))


__all__ = ["TRIGGERS", "Deviation", "Enforcement", "KeptDeal", "at_discount", "trigger_mask"]
