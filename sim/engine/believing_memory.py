"""Memories and beliefs along an observed path: where they go from one node, for all rows and signals at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import IntArray
from sim.engine.belief_kernel import FIRST_CONJECTURE, FIRST_DOUBT
from sim.engine.belief_law import BeliefLaw, belief_tables
from sim.engine.codes import ALARM
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyAutomaton
from sim.games.treaty.rules import NUM_ACTORS, PARTIES


class BelievingMemory:
    """The memory of a play that follows beliefs: four automata, two doubts, two conjectures, as the kernels keep it."""

    def __init__(self, games: TreatyGames, law: BeliefLaw, automata: Sequence[TreatyAutomaton]) -> None:
        self.graph: TreatyGraph = games.graph
        self.tables = belief_tables(games, law, automata)
        self.following: list[NDArray[Any]] = [a.following for a in automata]
        self.following += [each.following for each in law.conjectures]
        self.conjectures = law.conjectures
        self.cells = law.cells
        self.start: tuple[int, ...] = tuple(int(each) for each in self.tables.start)
        counts = [len(each) for each in self.following]
        self.radix = (*counts[:NUM_ACTORS], law.cells, law.cells, *counts[NUM_ACTORS:])

    def after(self, memory: tuple[int, ...], first_state: int, rows: IntArray, *, offered: bool) -> IntArray:
        """Return the number of the memory that follows, [environments, rows, 9], see `unpacked`.

        Parameters
        ----------
        first_state : public state with the first environment
        offered : whether there was an opportunity, so that moves say something
        """
        graph, tables = self.graph, self.tables
        states = first_state + np.arange(graph.num_environments)
        pair = np.arange(9)
        signals = (pair // 3, pair % 3)
        doubts = []
        for party, conjecture in enumerate(self.conjectures):
            c = memory[FIRST_CONJECTURE + party]
            kernel = graph.kernels[rows, party]
            step = conjecture.signals[c][
                states[:, None, None], kernel[None, :, None], signals[party][None, None]
            ].astype(np.int64)
            if offered:
                step = step + conjecture.moves[c][states[:, None], tables.slots[rows, party][None]][..., None]
            doubts.append(np.clip(memory[FIRST_DOUBT + party] + step, 0, self.cells - 1))
        events = graph.events[rows][:, None] | (signals[0] == ALARM) * 1 | (signals[1] == ALARM) * 2
        held = []
        for k, following in enumerate(self.following):
            place = k if k < NUM_ACTORS else k + len(PARTIES)
            level = tables.levels[k, 0][doubts[0]] + tables.levels[k, 1][doubts[1]]
            held.append(following[memory[place] - memory[place] % tables.sizes[k] + level, events[None]])
        number: IntArray = np.zeros_like(doubts[0])
        for part, radix in zip([*held[:NUM_ACTORS], *doubts, *held[NUM_ACTORS:]], self.radix, strict=True):
            number = number * radix + part
        return number

    def unpacked(self, number: int) -> tuple[int, ...]:
        """Return the memory with this number."""
        parts = []
        for radix in reversed(self.radix):
            parts.append(number % radix)
            number //= radix
        return tuple(reversed(parts))


__all__ = ["BelievingMemory"]
