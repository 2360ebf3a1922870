"""A game as its plays read it: one short record per situation and one per joint move.

What a period looks up together lies together, in integers no wider than needed, so that a whole game stays in the
processor's nearest memory. Nothing is computed here that changes a result.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.arrays import FloatArray, sealed
from sim.engine.tables import Board, PlayTables

# columns of a situation's record
FIRST_ROW, IDLE_ROW, FORCED, FREE, WITHDRAW, LEGAL, OUTSIDER_ROWS = 0, 1, 2, 3, 5, 7, 11
PHASE, WHO, SUSPENDED, MISSILES = 12, 13, 14, 15
SITUATION_COLUMNS = 18
"""FREE and WITHDRAW have a column per party, LEGAL one per actor, MISSILES three."""

# columns of a joint move's record
KERNEL, RISES, EVENTS, FOLLOWING = 0, 2, 4, 5
ROW_COLUMNS = 14
"""KERNEL and RISES have a column per party, FOLLOWING one per pair of signals."""

Records = NDArray[np.int32]


@dataclass(frozen=True, eq=False, kw_only=True)
class Layout:
    """What plays read of a graph; `M` situations, `R` joint moves, `X` environments.

    Attributes
    ----------
    situations [M, 18], rows [R, 14] : records, see the columns above
    places [X, 8] : next environment by (toxic, near, one level up) as bits 4, 2 and 1; -1 if absent
    can_build [M, X]
    factors [3, X] : by which lumps are multiplied
    """

    situations: Records
    rows: Records
    places: Records
    can_build: NDArray[np.bool_]
    factors: FloatArray

    @property
    def arrays(self) -> tuple[object, ...]:
        """The arrays in the order in which the kernel takes them."""
        return self.situations, self.rows, self.places, self.can_build, self.factors


def lay_out(board: Board) -> Layout:
    """Return the layout of a board."""
    graph = board.graph
    situations = np.column_stack(
        (
            *(graph.first_row[:-1], graph.idle_row, graph.forced, graph.free, board.withdraw),
            *(graph.num_legal, graph.outsider_rows, graph.phase, graph.who, graph.suspended, graph.deployed),
        )
    )
    rows = np.column_stack((graph.kernels, graph.rises, graph.events, graph.following))
    highest = board.place.shape[-1] - 1
    places = np.full((graph.num_environments, 2, 2, 2), -1)
    for rise in (0, 1):
        stays = board.level + rise <= highest
        places[stays, ..., rise] = np.moveaxis(board.place[..., board.level[stays] + rise], -1, 0)
    return Layout(
        situations=sealed(situations, np.int32),
        rows=sealed(rows, np.int32),
        places=sealed(places.reshape(-1, 8), np.int32),
        can_build=graph.can_build,
        factors=graph.factors,
    )


def play_arrays(board: Board, tables: PlayTables) -> tuple[object, ...]:
    """Return the tables of one draw in the order in which the kernel takes them.

    The law of the climate and the review conference is looked up by environment [X, 2].
    """
    weather = np.column_stack((tables.toxic[board.toxic], tables.near[board.near]))
    return (
        *(tables.opportunity, tables.signals, sealed(weather, np.uint32), tables.build, tables.breach),
        *(tables.moves, tables.following, tables.discount, tables.flows, tables.courses, tables.lumps),
        *(tables.finding, tables.building),
    )


__all__ = [
    "EVENTS",
    "FIRST_ROW",
    "FOLLOWING",
    "FORCED",
    "FREE",
    "IDLE_ROW",
    "KERNEL",
    "LEGAL",
    "MISSILES",
    "OUTSIDER_ROWS",
    "PHASE",
    "RISES",
    "ROW_COLUMNS",
    "SITUATION_COLUMNS",
    "SUSPENDED",
    "WHO",
    "WITHDRAW",
    "Layout",
    "lay_out",
    "play_arrays",
]
