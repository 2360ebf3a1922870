"""The law of beliefs in play: whole steps of log-odds by what was seen, tabulated once before anything is played.

Where strategies condition on beliefs, what is believed is part of the state of a play: the doubt about each party,
an integer on the grid of ``-top .. top`` counted from 0, and the memory of the automata by which the others explain
the party's moves (the conjecture; both types' in one). A party has one or two types. Where its prior is 0 or 1, or
where it has no types, nothing is learnt about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.arrays import BoolArray, FloatArray, IntArray, sealed
from sim.engine.beliefs import initial_odds, log_likelihoods, row_slots, steps_of
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import NUM_EVENT_MASKS, Thresholds, TreatyAutomaton
from sim.games.treaty.rules import PARTIES
from sim.games.treaty.transitions import Kernel, Signal
from sim.model.types import BeliefOptions

Steps = NDArray[np.int32]


@dataclass(frozen=True, eq=False, kw_only=True)
class Conjecture:
    """What is learnt about one party; `C` states of the conjecture.

    Attributes
    ----------
    moves [C, S, slots], signals [C, S, kernels, 3] : steps of doubt that a move, a signal adds
    following [C, NUM_EVENT_MASKS] and doubts : as in ``TreatyAutomaton``
    """

    moves: Steps
    signals: Steps
    following: Steps
    doubts: Thresholds

    @property
    def num_levels(self) -> int:
        """Number of levels of doubt that it tells apart."""
        return (len(self.doubts[0]) + 1) * (len(self.doubts[1]) + 1)


@dataclass(frozen=True, eq=False, kw_only=True)
class BeliefLaw:
    """How beliefs move in one draw; the same for whatever types are true.

    Attributes
    ----------
    conjectures : one per party
    first [parties] : doubt at the start, counted from the grid's lowest point
    top : int, see ``BeliefOptions``
    certain [parties] : 0 or 1 where the prior is, else NaN
    resolution : step of the grid
    """

    conjectures: tuple[Conjecture, Conjecture]
    first: IntArray
    top: int
    certain: FloatArray
    resolution: float

    @property
    def cells(self) -> int:
        """Points of the grid."""
        return 2 * self.top + 1

    @property
    def moving(self) -> BoolArray:
        """Whether anything can be learnt about each party."""
        return np.array([bool(each.moves.any() or each.signals.any()) for each in self.conjectures])

    def probability(self, party: int) -> FloatArray:
        """Return the probability of the second type at each point of the grid, [cells]."""
        if not np.isnan(self.certain[party]):
            return sealed(np.full(self.cells, self.certain[party]))
        log_odds = self.resolution * np.arange(-self.top, self.top + 1)
        return sealed(1 / (1 + np.exp(-log_odds)))


def belief_law(
    games: TreatyGames,
    draw: int,
    conjectured: Sequence[Sequence[TreatyAutomaton]],
    priors: Sequence[FloatArray],
    options: BeliefOptions,
) -> BeliefLaw:
    """Return the law of beliefs of one draw.

    Parameters
    ----------
    conjectured [parties][types] : the automaton that each type is taken to play, none for a party without types
    priors [parties][types] : of this draw

    Raises
    ------
    ParameterError
        If a party has more than two types.

    Notes
    -----
    Costs one logarithm per entry of the conjectured automata's tables.
    """
    first, certain = np.full(len(PARTIES), options.top), np.zeros(len(PARTIES))
    conjectures = []
    for party in PARTIES:
        kinds, prior = conjectured[party], np.asarray(priors[party])
        if len(kinds) > 2:
            raise ParameterError(
                f"strategies that condition on beliefs need at most two types a party, party {party} has {len(kinds)}"
            )
        if len(kinds) < 2 or prior[1] in (0.0, 1.0):
            certain[party] = prior[1] if len(kinds) == 2 else 0.0
            conjectures.append(_nothing(games))
        else:
            certain[party] = np.nan
            odds = int(initial_odds(prior, options)[1])
            first[party] = options.top + min(max(odds, -options.top), options.top)
            conjectures.append(_conjecture(games, draw, party, kinds, options))
    return BeliefLaw(
        conjectures=(conjectures[0], conjectures[1]),
        first=sealed(first, np.int64),
        top=options.top,
        certain=sealed(certain),
        resolution=options.resolution,
    )


def level_table(doubts: Thresholds, top: int) -> IntArray:
    """Return what each point of the grid adds to the level, [parties, cells].

    Examples
    --------
    >>> level_table(((0,), (-1, 1)), 1).tolist()
    [[0, 3, 3], [1, 1, 2]]
    """
    steps = np.arange(-top, top + 1)
    widths = (len(doubts[1]) + 1, 1)
    return sealed(
        [np.searchsorted(doubts[party], steps, side="right") * widths[party] for party in PARTIES], np.int64
    )


def expanded(automaton: TreatyAutomaton, doubts: Thresholds) -> IntArray:
    """Return, for every memory of `automaton` and every level of finer `doubts`, its state, [memories, levels]."""
    coarse = [
        np.searchsorted(mine, np.array([-(2**31), *finer]), side="right")
        for mine, finer in zip(automaton.doubts, doubts, strict=True)
    ]
    level = (coarse[0][:, None] * (len(automaton.doubts[1]) + 1) + coarse[1]).reshape(-1)
    memories = automaton.num_states // automaton.num_levels
    return sealed(np.arange(memories)[:, None] * automaton.num_levels + level, np.int64)


def _conjecture(
    games: TreatyGames, draw: int, party: int, kinds: Sequence[TreatyAutomaton], options: BeliefOptions
) -> Conjecture:
    doubts: Thresholds = tuple(  # type: ignore[assignment]
        tuple(sorted({step for kind in kinds for step in kind.doubts[about]})) for about in PARTIES
    )
    said = log_likelihoods(games, draw, party, kinds, options.tremble)
    states = [expanded(kind, doubts) for kind in kinds]  # [memories, levels] each
    memories, levels = [len(each) for each in states], states[0].shape[1]
    pairs = [np.repeat(states[0], memories[1], axis=0), np.tile(states[1], (memories[0], 1))]

    def steps(tables: Sequence[FloatArray]) -> Steps:
        both = np.stack([table[pair.reshape(-1)] for table, pair in zip(tables, pairs, strict=True)], axis=-1)
        return sealed(steps_of(both, options)[..., 1], np.int32)

    after = [kind.following // kind.num_levels for kind in kinds]
    number = after[0][pairs[0]] * memories[1] + after[1][pairs[1]]
    following = number * levels + np.arange(levels)[:, None]
    return Conjecture(
        moves=steps(said.moves),
        signals=steps(said.signals),
        following=sealed(following.reshape(-1, NUM_EVENT_MASKS), np.int32),
        doubts=doubts,
    )


def _nothing(games: TreatyGames) -> Conjecture:
    """Return the conjecture about a party about which there is nothing to learn."""
    states, slots = games.graph.num_states, games.graph.legal.shape[2]
    return Conjecture(
        moves=sealed(np.zeros((1, states, slots)), np.int32),
        signals=sealed(np.zeros((1, states, len(Kernel), len(Signal))), np.int32),
        following=sealed(np.zeros((1, NUM_EVENT_MASKS)), np.int32),
        doubts=((), ()),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class BeliefTables:
    """The law of beliefs in the form in which a kernel takes it, for one profile; `B` points of the grid.

    Attributes
    ----------
    moves_0, moves_1 [C, S, slots], signals_0, signals_1 [C, S, kernels, 3], following_0, following_1 [C, masks]
    slots [R, parties] : slot of each party's move in a joint move
    levels [6, parties, B] : what a point adds to the level of the four automata and the two conjectures
    sizes [6] : number of levels of each
    start [8] : memories of the automata, the two doubts, memories of the conjectures
    """

    moves_0: Steps
    moves_1: Steps
    signals_0: Steps
    signals_1: Steps
    following_0: Steps
    following_1: Steps
    slots: IntArray
    levels: Steps
    sizes: IntArray
    start: IntArray

    @property
    def arrays(self) -> tuple[object, ...]:
        """The arrays in the order in which kernels take them; `start` is no part of them."""
        return (
            *(self.moves_0, self.moves_1, self.signals_0, self.signals_1),
            *(self.following_0, self.following_1, self.slots, self.levels, self.sizes),
        )


def belief_tables(games: TreatyGames, law: BeliefLaw, automata: Sequence[TreatyAutomaton]) -> BeliefTables:
    """Return the law of beliefs for plays of four automata."""
    graph = games.graph
    read = [*(automaton.doubts for automaton in automata), *(each.doubts for each in law.conjectures)]
    levels = np.stack([level_table(doubts, law.top) for doubts in read])
    begun = levels[:, 0, law.first[0]] + levels[:, 1, law.first[1]]
    first, second = law.conjectures
    return BeliefTables(
        moves_0=first.moves,
        moves_1=second.moves,
        signals_0=first.signals,
        signals_1=second.signals,
        following_0=first.following,
        following_1=second.following,
        slots=sealed(np.stack([row_slots(graph, party) for party in PARTIES], axis=1), np.int64),
        levels=sealed(levels, np.int32),
        sizes=sealed([*(a.num_levels for a in automata), *(c.num_levels for c in law.conjectures)], np.int64),
        start=sealed([*begun[:4], *law.first, *begun[4:]], np.int64),
    )


def stored_law(beliefs: BeliefTables, priors: Sequence[FloatArray], resolution: float) -> BeliefLaw:
    """Return the law of beliefs that was tabulated; `priors` [parties][types] are those of the draw."""
    top = beliefs.levels.shape[2] // 2
    told = [
        (beliefs.moves_0, beliefs.signals_0, beliefs.following_0),
        (beliefs.moves_1, beliefs.signals_1, beliefs.following_1),
    ]
    conjectures = []
    for party, (moves, signals, following) in enumerate(told):
        first, second = (
            tuple(int(step) for step in np.flatnonzero(np.diff(each)) + 1 - top)
            for each in beliefs.levels[4 + party]
        )
        conjectures.append(
            Conjecture(moves=moves, signals=signals, following=following, doubts=(first, second))
        )
    known = [float(each[1]) if len(each) == 2 else 0.0 for each in priors]
    return BeliefLaw(
        conjectures=(conjectures[0], conjectures[1]),
        first=sealed(beliefs.start[4:6], np.int64),
        top=top,
        certain=sealed([each if each in (0.0, 1.0) else np.nan for each in known]),
        resolution=resolution,
    )


__all__ = [
    "BeliefLaw",
    "BeliefTables",
    "Conjecture",
    "belief_law",
    "belief_tables",
    "expanded",
    "level_table",
]
