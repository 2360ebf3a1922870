"""The reachable part of the treaty game as arrays: everything that does not depend on a parameter's value.

Letters: `M` situations, `X` environments, `R` joint moves over all situations, `S = M X` public states. State
`s = m X + x`. The joint moves of a situation are a block of rows: with legal moves numbered by *slot*,

    row = first_row[m] + ((slot_0 n_1 + slot_1) n_2 + slot_2) n_3 + slot_3,

where `n_3` counts the outsider's moves only where they change the situation (an invitation); its build-up
belongs to the environment.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from sim.arrays import BoolArray, FloatArray, IntArray, sealed
from sim.games.treaty.moves import Move, legal_moves
from sim.games.treaty.rules import NUM_ACTORS, OUTSIDER, PARTIES, Rules
from sim.games.treaty.situation import (
    Agenda,
    Environment,
    Phase,
    Situation,
    environments,
    initial_environment,
    initial_situation,
)
from sim.games.treaty.terms import COURSE_FEATURES, ENVIRONMENT_FACTORS, FLOW_FEATURES, LUMP_FEATURES
from sim.games.treaty.transitions import After, Signal, after_moves, after_signals

MAX_MOVES = 7
"""Widest menu of any actor in any situation; move tables have this many slots."""

EVENTS = (
    "alarm_0",
    "alarm_1",
    "press_0",
    "press_1",
    "exit_0",
    "exit_1",
    "open_0",
    "open_1",
    "accept",
    "decline",
    "rescind",
    "restored",
)
"""Public events of a period that automata react to; an event's number is its bit in an event mask."""

NUM_SIGNAL_PAIRS = len(Signal) ** 2


@dataclass(frozen=True, eq=False, kw_only=True)
class TreatyGraph:
    """Reachable situations, their joint moves and what follows, and the features of every payoff term.

    Attributes
    ----------
    situations [M], environments [X]
    first_row [M + 1] ; num_legal [M, actors] ; legal [M, actors, slots] move codes, -1 beyond the last
    outsider_rows [M] : number of the outsider's moves that a row distinguishes (1 or more)
    idle_row [M] : row played when there is no opportunity, -1 where one is forced
    forced [M] ; free [M, parties] ; phase [M] ; who [M] bits ; suspended [M] bits ; deployed [M, 3]
    row_moves [R, actors] codes ; kernels [R, parties] ; rises [R, parties] whether an alarm raises evidence
    following [R, 9] : next situation by signal pair ``3 z_0 + z_1``
    events [R] : event mask of the moves (alarms are added by the signals)
    can_build [M, X] : whether BUILD is legal
    flows [terms, S, actors], courses [terms, S, parties, actors], lumps [terms, R, actors], factors [3, X]
    start : (situation, environment) in which plays begin
    """

    rules: Rules
    situations: tuple[Situation, ...]
    environments: tuple[Environment, ...]
    start: tuple[int, int]
    first_row: IntArray
    num_legal: IntArray
    legal: IntArray
    outsider_rows: IntArray
    idle_row: IntArray
    forced: BoolArray
    free: BoolArray
    phase: IntArray
    who: IntArray
    suspended: IntArray
    deployed: IntArray
    can_build: BoolArray
    row_moves: IntArray
    kernels: IntArray
    rises: IntArray
    following: IntArray
    events: IntArray
    flows: FloatArray
    courses: FloatArray
    lumps: FloatArray
    factors: FloatArray
    fired: frozenset[str]

    @property
    def num_situations(self) -> int:
        """Number of situations, M."""
        return len(self.situations)

    @property
    def num_environments(self) -> int:
        """Number of environments, X."""
        return len(self.environments)

    @property
    def num_states(self) -> int:
        """Number of public states, S = M X."""
        return len(self.situations) * len(self.environments)

    @property
    def start_state(self) -> int:
        """Number of the public state in which plays begin."""
        return self.start[0] * self.num_environments + self.start[1]


@lru_cache(maxsize=32)
def build_graph(rules: Rules) -> TreatyGraph:
    """Return the graph of everything reachable under `rules`.

    Breadth first from the start; O(rows) rule applications. Cached, because scenarios share rules.
    """
    step = lru_cache(maxsize=None)(lambda after, z: after_signals(after, z, rules))
    signal_pairs = tuple(product(Signal, repeat=2))
    number: dict[Situation, int] = {}
    situations: list[Situation] = []

    def number_of(situation: Situation) -> int:
        if situation not in number:
            number[situation] = len(situations)
            situations.append(situation)
        return number[situation]

    number_of(initial_situation(rules))
    menus: list[tuple[tuple[Move, ...], ...]] = []
    first_row, outsider_rows, idle_row = [0], [], []
    row_moves: list[tuple[Move, ...]] = []
    afters: list[After] = []
    following: list[list[int]] = []
    row_situation: list[int] = []
    fired: set[str] = set()
    while len(menus) < len(situations):
        m = len(menus)
        situation = situations[m]
        menu = legal_moves(situation, rules)
        menus.append(menu)
        distinguished = menu[OUTSIDER] if situation.agenda is Agenda.INVITATION else menu[OUTSIDER][:1]
        outsider_rows.append(len(distinguished))
        idle = -1
        for moves in product(*menu[:OUTSIDER], distinguished):
            if all(move is Move.NONE for move in moves):
                idle = len(row_moves)
            after = after_moves(situation, moves, rules)
            fired.update(after.fired)
            steps = [step(after, signals) for signals in signal_pairs]
            for _, names in steps:
                fired.update(names)
            row_situation.append(m)
            row_moves.append(moves)
            afters.append(after)
            following.append([number_of(next_situation) for next_situation, _ in steps])
        first_row.append(len(row_moves))
        idle_row.append(idle if situation.agenda is Agenda.QUIET else -1)

    places = environments(rules)
    forced = [s.agenda is not Agenda.QUIET for s in situations]
    return TreatyGraph(
        rules=rules,
        situations=tuple(situations),
        environments=places,
        start=(0, places.index(initial_environment(rules))),
        first_row=sealed(first_row, np.int64),
        num_legal=sealed([[len(menu[actor]) for actor in range(NUM_ACTORS)] for menu in menus], np.int64),
        legal=sealed([[_padded(menu[actor]) for actor in range(NUM_ACTORS)] for menu in menus], np.int64),
        outsider_rows=sealed(outsider_rows, np.int64),
        idle_row=sealed(idle_row, np.int64),
        forced=sealed(forced, np.bool_),
        free=sealed([[s.is_free(party) for party in PARTIES] for s in situations], np.bool_),
        phase=sealed([s.phase for s in situations], np.int64),
        who=sealed([s.who for s in situations], np.int64),
        suspended=sealed([s.suspended for s in situations], np.int64),
        deployed=sealed([s.deployed for s in situations], np.int64),
        can_build=sealed([[_can_build(s, e, rules) for e in places] for s in situations], np.bool_),
        row_moves=sealed(row_moves, np.int64),
        kernels=sealed([after.kernels for after in afters], np.int64),
        rises=sealed([_rises(after, rules) for after in afters], np.int64),
        following=sealed(following, np.int64),
        events=sealed(
            [
                _events(situations[m], mv, af)
                for m, mv, af in zip(row_situation, row_moves, afters, strict=True)
            ],
            np.int64,
        ),
        flows=sealed([[f(s, e, rules) for s in situations for e in places] for _, f in FLOW_FEATURES]),
        courses=sealed(
            [
                [
                    [(0.0,) * NUM_ACTORS if s.is_free(party) else f(s, e, rules, party) for party in PARTIES]
                    for s in situations
                    for e in places
                ]
                for _, f in COURSE_FEATURES
            ]
        ),
        lumps=sealed(
            [
                [
                    lump.features(situations[m], mv, af)
                    for m, mv, af in zip(row_situation, row_moves, afters, strict=True)
                ]
                for lump in LUMP_FEATURES
            ]
        ),
        factors=sealed([[_factor(name, e) for e in places] for name in ENVIRONMENT_FACTORS]),
        fired=frozenset(fired),
    )


def _padded(moves: tuple[Move, ...]) -> list[int]:
    return [int(move) for move in moves] + [-1] * (MAX_MOVES - len(moves))


def _can_build(situation: Situation, environment: Environment, rules: Rules) -> bool:
    return (
        not situation.bound
        and situation.agenda is not Agenda.INVITATION
        and environment.level < rules.outsider_levels
    )


def _rises(after: After, rules: Rules) -> tuple[int, int]:
    """Whether an alarm would raise the evidence against each party; after the end nothing is looked for."""
    situation = after.situation
    if situation.phase is Phase.ENDED:
        return 0, 0
    first, second = (int(situation.evidence[party] < rules.evidence_levels[party]) for party in PARTIES)
    return first, second


def _factor(name: str, environment: Environment) -> float:
    return {"always": 1.0, "near": float(environment.near), "toxic": float(environment.toxic)}[name]


def _events(situation: Situation, moves: tuple[Move, ...], after: After) -> int:
    leaving = (Move.WITHDRAW, Move.SUSPEND)
    happened = {
        "press_0": moves[0] is Move.PRESS,
        "press_1": moves[1] is Move.PRESS,
        "exit_0": moves[0] in leaving,
        "exit_1": moves[1] in leaving,
        "open_0": moves[0] is Move.OPEN_UP,
        "open_1": moves[1] is Move.OPEN_UP,
        "accept": Move.ACCEPT in moves,
        "decline": Move.DECLINE in moves,
        "rescind": Move.RESCIND in moves,
        "restored": situation.phase is Phase.ENDED and after.situation.phase is Phase.IN_FORCE,
    }
    return sum(1 << bit for bit, name in enumerate(EVENTS) if happened.get(name, False))
