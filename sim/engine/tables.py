"""The integer tables of one draw: all that a play needs, so that play given the tables is the same everywhere.

Probabilities become integers out of ``2**31``, compared with the upper 31 bits of a random word, so that 0 and 1
are exact. Payoffs stay floating; they are only added up, in a fixed order.
"""

import hashlib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import FloatArray, sealed
from sim.engine.belief_law import BeliefLaw, BeliefTables, belief_tables
from sim.errors import ArtifactError, ParameterError
from sim.games.treaty.graph import MAX_MOVES, TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames, TreatyParameters, build_games
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import NUM_ACTORS, PARTIES
from sim.games.treaty.transitions import Signal

ONE = 2**31
"""The integer that stands for probability 1."""

BELIEFS = "beliefs"

Thresholds = NDArray[np.uint32]


@dataclass(frozen=True, eq=False, kw_only=True)
class PlayTables:
    """Integer probabilities and payoffs of one draw under one profile.

    Attributes
    ----------
    opportunity [1] ; signals [kernels, parties, courses, 2] : alarm, clear
    toxic [2], near [2], build [1]
    breach [2, Q, S] and moves [4, Q, S, MAX_MOVES] : padded to the widest automaton; moves are cumulative
    following [4, Q, event masks] : next automaton state
    discount [4], flows [S, 4], courses [S, 2, 4], lumps [R, 3, 4], finding [2], building [1]
    beliefs : the law of beliefs where somebody's strategy conditions on them, else None
    """

    opportunity: Thresholds
    signals: Thresholds
    toxic: Thresholds
    near: Thresholds
    build: Thresholds
    breach: Thresholds
    moves: Thresholds
    following: NDArray[np.int16]
    discount: FloatArray
    flows: FloatArray
    courses: FloatArray
    lumps: FloatArray
    finding: FloatArray
    building: FloatArray
    beliefs: BeliefTables | None = None

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array by name; those of the beliefs, if there are any, under ``beliefs.``."""
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name != BELIEFS}
        if self.beliefs is None:
            return own
        return own | {
            f"{BELIEFS}.{each.name}": getattr(self.beliefs, each.name) for each in fields(BeliefTables)
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class Board:
    """The graph in the form in which plays read it; the same for every draw.

    Attributes
    ----------
    withdraw [M, 2] : slot of WITHDRAW, -1 if absent
    place [2, 2, levels] : environment by climate, review and level, -1 if absent
    toxic, near, level [X] : the components of an environment
    """

    graph: TreatyGraph
    withdraw: NDArray[np.int64]
    place: NDArray[np.int64]
    toxic: NDArray[np.int64]
    near: NDArray[np.int64]
    level: NDArray[np.int64]


def build_board(graph: TreatyGraph) -> Board:
    """Return the graph's board."""
    places = graph.environments
    place = np.full((2, 2, max(e.level for e in places) + 1), -1)
    for x, e in enumerate(places):
        place[e.toxic, e.near, e.level] = x
    withdraw = np.full((graph.num_situations, len(PARTIES)), -1)
    for m, party, slot in np.argwhere(graph.legal[:, : len(PARTIES)] == Move.WITHDRAW):
        withdraw[m, party] = slot
    columns = np.array(places).T
    return Board(
        graph=graph,
        withdraw=sealed(withdraw, np.int64),
        place=sealed(place, np.int64),
        toxic=sealed(columns[0], np.int64),
        near=sealed(columns[1], np.int64),
        level=sealed(columns[2], np.int64),
    )


def build_tables(
    games: TreatyGames, draw: int, profile: TreatyProfile, law: BeliefLaw | None = None
) -> PlayTables:
    """Return the tables of one draw. Cost: one pass over the profile's arrays.

    `law` is that of beliefs, without which nobody's strategy may condition on them.
    """
    tables = _joined(games, draw, _strategies(games.graph, profile, draw))
    if not profile.conditions_on_beliefs:
        return tables
    if law is None:
        raise ParameterError("a strategy conditions on beliefs, and no law of beliefs is given")
    return replace(tables, beliefs=belief_tables(games, law, profile.automata))


def tables_of_draws(games: TreatyGames, profile: TreatyProfile) -> tuple[PlayTables, ...]:
    """Return ``build_tables`` of every draw; strategies that all draws share are tabulated once.

    Cost of a further draw under such strategies: about a millisecond, and half a megabyte, at the size of the
    shipped scenarios.
    """
    if not profile.conditions_on_beliefs and all(
        len(automaton.moves) == len(automaton.breach) == 1 for automaton in profile.automata
    ):
        shared = _strategies(games.graph, profile, 0)
        return tuple(_joined(games, draw, shared) for draw in range(games.num_draws))
    return tuple(build_tables(games, draw, profile) for draw in range(games.num_draws))


def tables_of_points(
    graph: TreatyGraph, parameters: TreatyParameters, profile: TreatyProfile
) -> tuple[PlayTables, ...]:
    """Return the tables of many points of a study, one per draw of `parameters`, all under one profile.

    The same bits as ``build_tables(build_games(graph, parameters), point, profile)``. What the points share, the
    graph and the strategies, is built once. Half a megabyte and less than a millisecond per point, if taken some
    twenty at a time: beyond that, asking the system for memory costs more than the numbers.
    """
    return tables_of_draws(build_games(graph, parameters), profile)


def _strategies(
    graph: TreatyGraph, profile: TreatyProfile, draw: int
) -> tuple[Thresholds, Thresholds, NDArray[np.int16]]:
    """Return `breach`, `moves` and `following` of one draw."""
    widest = max(automaton.num_states for automaton in profile.automata)
    breach = np.zeros((len(PARTIES), widest, graph.num_states))
    moves = np.ones((NUM_ACTORS, widest, graph.num_states, MAX_MOVES))
    following = np.zeros((NUM_ACTORS, widest, profile.automata[0].following.shape[1]), np.int16)
    for actor, automaton in enumerate(profile.automata):
        mine = draw if len(automaton.moves) > 1 else 0
        moves[actor, : automaton.num_states] = np.cumsum(automaton.moves[mine], axis=-1)
        following[actor, : automaton.num_states] = automaton.following
        if actor in PARTIES:
            breach[actor, : automaton.num_states] = automaton.breach[draw if len(automaton.breach) > 1 else 0]
    return _integers(breach), _integers(moves), sealed(following, np.int16)


def _joined(
    games: TreatyGames, draw: int, strategies: tuple[Thresholds, Thresholds, NDArray[np.int16]]
) -> PlayTables:
    """Return the tables of a draw from strategies that may be shared and from its numbers, which are not copied."""
    rules = games.graph.rules
    stays = np.array([0.0, 1.0])
    breach, moves, following = strategies
    return PlayTables(
        opportunity=_integers([games.opportunity[draw]]),
        signals=_integers(games.signals[draw][..., [Signal.ALARM, Signal.CLEAR]]),
        toxic=_integers(games.toxic[draw] if rules.climate else stays),
        near=_integers(games.near[draw] if rules.review else stays),
        build=_integers([games.build[draw]]),
        breach=breach,
        moves=moves,
        following=following,
        discount=games.discount[draw],
        flows=games.flows[draw],
        courses=games.courses[draw],
        lumps=games.lumps[draw],
        finding=games.finding[draw],
        building=sealed([games.building[draw]]),
    )


def digest(tables: PlayTables) -> str:
    """Return the SHA-256 of the tables, for the manifest."""
    total = hashlib.sha256()
    for name, array in tables.arrays.items():
        total.update(f"{name} {array.dtype.str} {array.shape}".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


def save_tables(path: Path, tables: list[PlayTables]) -> None:
    """Write the tables of all draws to `path`, compressed; arrays that all draws share are written once."""
    arrays: dict[str, Any] = {"draws": np.array(len(tables))}
    listed = [each.arrays for each in tables]
    for name in listed[0]:
        values = [each[name] for each in listed]
        shared = all(np.array_equal(values[0], value) for value in values[1:])
        arrays[name] = values[0][None] if shared else np.stack(values)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


def load_tables(path: Path) -> list[PlayTables]:
    """Return the tables of all draws; raise ArtifactError if `path` is not such a file, or is damaged."""
    try:
        with path.open("rb") as stream:
            file = np.load(stream, allow_pickle=False)
            draws = int(file["draws"])
            names = [field.name for field in fields(PlayTables) if field.name != BELIEFS]
            within = [f"{BELIEFS}.{field.name}" for field in fields(BeliefTables)]
            arrays = {name: file[name] for name in (*names, *(within if within[0] in file else ()))}
    except Exception as error:  # noqa: BLE001  a damaged archive raises anything from EOFError to zlib.error
        why = " ".join(str(error).split()) or type(error).__name__
        raise ArtifactError(f"{path} does not hold the tables of a run: {why}") from None
    if any(len(values) not in (1, draws) for values in arrays.values()):
        raise ArtifactError(f"{path} does not hold the tables of a run: not every array has {draws} draws")
    return [
        _read({name: values[min(d, len(values) - 1)] for name, values in arrays.items()})
        for d in range(draws)
    ]


def _read(arrays: dict[str, NDArray[Any]]) -> PlayTables:
    own = {name: sealed(values, values.dtype) for name, values in arrays.items() if "." not in name}
    within = {
        name.partition(".")[2]: sealed(values, values.dtype) for name, values in arrays.items() if "." in name
    }
    return PlayTables(**own, beliefs=BeliefTables(**within) if within else None)


def _integers(probabilities: Any) -> Thresholds:
    return sealed(np.rint(np.clip(probabilities, 0.0, 1.0) * ONE), np.uint32)


__all__ = [
    "ONE",
    "Board",
    "PlayTables",
    "build_board",
    "build_tables",
    "digest",
    "load_tables",
    "save_tables",
    "tables_of_draws",
    "tables_of_points",
]
