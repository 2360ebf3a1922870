"""What the theory says of the game that a class has played: its stage game, its survival, its threats."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.app.plan import RunPlan
from sim.arrays import FloatArray
from sim.engine.exact import exact_outcomes
from sim.engine.exact_values import state_values
from sim.engine.tables import ONE
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import environment_law
from sim.games.treaty.rules import OUTSIDER, PARTIES
from sim.games.treaty.situation import Phase, Situation
from sim.games.treaty.transitions import Signal
from sim.seminar.state import Table
from sim.seminar.table_game import TableGame
from sim.study.progress import silent
from sim.study.stage_game import PURE, build_stage_game


@dataclass(frozen=True, kw_only=True)
class Threat:
    """A threat or promise: who would do what, where, and whether carrying it out pays there.

    `gain` is the expected payoff of carrying it out once, minus that of the best other move, the robots' profile
    before and after; `probability` is how often the robots' profile carries it out.
    """

    key: str
    seat: int
    move: int
    gain: float
    probability: float

    @property
    def credible(self) -> bool:
        """Whether carrying it out pays when the time has come."""
        return self.gain > 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Theory:
    """What is known of a game before anyone plays it.

    Attributes
    ----------
    plans [P] : plans of the two parties
    payoffs [actors, P, P] : expected discounted payoffs
    equilibria : cells (row, column) that are pure equilibria
    mixed : number of equilibria that mix
    survival [T + 1] : probability that the treaty has not ended, if robots play
    threats : what is threatened, and whether it is credible
    """

    plans: tuple[str, ...]
    payoffs: FloatArray
    equilibria: tuple[tuple[int, int], ...]
    mixed: int
    survival: FloatArray
    threats: tuple[Threat, ...]


def theory_of(game: TableGame, plan: RunPlan) -> Theory:
    """Return the theory of a game. Cost: about as much as its stage game, half a second."""
    stage = build_stage_game(
        game.games, game.profile, plan.plans, plan.automata, game.periods, workers=1, progress=silent
    )
    pure = [p for p in stage.central.profiles if all(s.max() >= PURE for s in p)]
    exact = exact_outcomes(game.games, 0, game.profile, game.periods, actors=game.scenario.actor_names)
    return Theory(
        plans=stage.plans,
        payoffs=stage.payoffs[0],
        equilibria=tuple((int(p[0].argmax()), int(p[1].argmax())) for p in pure),
        mixed=len(stage.central.profiles) - len(pure),
        survival=exact.survival,
        threats=tuple(threats(game)),
    )


def threats(game: TableGame) -> list[Threat]:
    """Return what is threatened in this game, where the game has the situation in which it falls due."""
    rules = game.graph.rules
    top = rules.evidence_levels
    places: list[tuple[str, int, Move, dict[str, object]]] = [
        ("expired_0", 0, Move.WITHDRAW, {"phase": Phase.ULTIMATUM, "who": 1, "clock": 0}),
        ("expired_1", 1, Move.WITHDRAW, {"phase": Phase.ULTIMATUM, "who": 2, "clock": 0}),
        (
            "leave_on_proof_0",
            0,
            Move.WITHDRAW,
            {"phase": Phase.IN_FORCE, "suspended": 0, "evidence": (None, top[1])},
        ),
        (
            "mirror_1",
            1,
            Move.SUSPEND,
            {"phase": Phase.NOTICE, "who": 1, "suspended": 0, "clock": rules.notice_periods},
        ),
        ("deploy_back_1", 1, Move.DEPLOY_EUROPE, {"phase": Phase.ENDED, "deployed": (1, 0, 0)}),
        ("host_2", 2, Move.HOST, {"phase": Phase.ENDED, "deployed": (0, 0, 1), "consent": 0}),
    ]
    values = state_values(game.games, 0, game.profile)
    found = []
    for key, seat, move, facts in places:
        m = _situation(game, seat, move, facts)
        if m is not None:
            found.append(_threat(game, key, seat, move, m, values))
    return found


def _situation(game: TableGame, seat: int, move: Move, facts: dict[str, object]) -> int | None:
    """Return the first situation with these facts in which the move is on the menu; nearest to the start first."""

    def fits(s: Situation) -> bool:
        for name, wanted in facts.items():
            actual = getattr(s, name)
            if isinstance(wanted, tuple):
                if any(w is not None and w != a for w, a in zip(wanted, actual, strict=True)):
                    return False
            elif actual != wanted:
                return False
        return True

    for m, situation in enumerate(game.graph.situations):
        if move in game.graph.legal[m, seat] and fits(situation):
            return m
    return None


def _threat(game: TableGame, key: str, seat: int, move: Move, m: int, values: FloatArray) -> Threat:
    x = game.graph.start[1]
    worth = move_values(game, m, x, seat, values)
    menu = [int(code) for code in game.graph.legal[m, seat] if code >= 0]
    slot = menu.index(int(move))
    thresholds = game.tables.moves[seat, 0, m * game.graph.num_environments + x].astype(np.int64)
    probability = (thresholds[slot] - (thresholds[slot - 1] if slot else 0)) / ONE
    others = max(value for k, value in enumerate(worth) if k != slot) if len(menu) > 1 else worth[slot]
    return Threat(
        key=key, seat=seat, move=int(move), gain=float(worth[slot] - others), probability=float(probability)
    )


def move_values(game: TableGame, m: int, x: int, seat: int, values: FloatArray) -> list[float]:
    """Return what each move of a seat is worth at an opportunity in situation `m` and environment `x`.

    Everyone else, and the seat ever after, plays the robots' profile, all automata in their first state. Exact: a
    sum over the others' moves, both courses and signals, and what the environment does.
    """
    graph, tables, places = game.graph, game.tables, game.graph.num_environments
    s = m * places + x
    menus = [[int(code) for code in graph.legal[m, actor] if code >= 0] for actor in range(4)]
    law = environment_law(game.games, 0)
    mixes = [np.diff(tables.moves[actor, 0, s].astype(np.int64), prepend=0) / ONE for actor in range(4)]
    breach = [0.0 if graph.free[m, party] else float(tables.breach[party, 0, s]) / ONE for party in PARTIES]
    relevance = graph.factors[:, x]
    total = [0.0] * len(menus[seat])
    for slots in np.ndindex(*(len(menu) for menu in menus)):
        probability = np.prod([mixes[a][k] for a, k in enumerate(slots) if a != seat])
        if probability == 0:
            continue
        row, built = _row(game, m, slots, menus)
        base = float(tables.flows[s, seat] + relevance @ tables.lumps[row, :, seat])
        base += built * float(tables.building[0]) * (seat == OUTSIDER)
        ahead = 0.0
        for courses in np.ndindex(2, 2):
            weight = np.prod([breach[p] if courses[p] else 1 - breach[p] for p in PARTIES])
            if weight == 0:
                continue
            base_course = sum(float(tables.courses[s, p, seat]) for p in PARTIES if courses[p])
            ahead += float(weight) * (
                base_course + _after(game, row, courses, built, seat, values, law[:, x])
            )
        total[slots[seat]] += float(probability) * (base + ahead)
    return total


def _after(
    game: TableGame,
    row: int,
    courses: Sequence[int],
    built: bool,
    seat: int,
    values: FloatArray,
    law: FloatArray,
) -> float:
    """Return the expected payoff of signals and everything that follows them."""
    graph, tables, places = game.graph, game.tables, game.graph.num_environments
    kernels, total = graph.kernels[row], 0.0
    odds = []
    for party in PARTIES:
        alarm, clear = (float(p) / ONE for p in tables.signals[kernels[party], party, courses[party]])
        odds.append({Signal.NOTHING: 1 - alarm - clear, Signal.ALARM: alarm, Signal.CLEAR: clear})
    for first, p in odds[0].items():
        for second, q in odds[1].items():
            if p * q == 0:
                continue
            seen = (first, second)
            mask = int(graph.events[row]) | (first == Signal.ALARM) | (second == Signal.ALARM) << 1
            memory = 0
            for actor, automaton in enumerate(game.profile.automata):
                wide = tables.following.shape[2] > 1
                memory = memory * automaton.num_states + (
                    int(tables.following[actor, 0, mask]) if wide else 0
                )
            there = int(graph.following[row, 3 * first + second]) * places
            worth = float(tables.discount[seat]) * float(
                law[int(built)] @ values[memory, there : there + places, seat]
            )
            if seat in PARTIES and seen[seat] is Signal.ALARM and graph.rises[row, seat]:
                worth += float(tables.finding[seat])
            total += p * q * worth
    return total


def _row(game: TableGame, m: int, slots: Sequence[int], menus: Sequence[Sequence[int]]) -> tuple[int, bool]:
    graph, row = game.graph, 0
    for actor, slot in enumerate(slots):
        if actor != OUTSIDER:
            row = row * int(graph.num_legal[m, actor]) + slot
        elif graph.outsider_rows[m] > 1:
            row = row * int(graph.outsider_rows[m]) + slot
    return int(graph.first_row[m]) + row, menus[OUTSIDER][slots[OUTSIDER]] == Move.BUILD


def plan_followed(table: Table, party: int, plans: Sequence[str]) -> str | None:
    """Return the plan of the stage game that a party's conduct at a table comes nearest to.

    Leaving without having given an ultimatum is ``leave``, with one ``ultimatum``, as is giving one; else whoever
    offered openness followed ``open_up``; else the course held in most decisions decides.
    """
    moves = [Move(decided.choices[party].move) for decided in table.decided]
    breaches = [played.breaches >> party & 1 for played in table.played if played.breaches >= 0]
    left = Move.WITHDRAW in moves
    pressed = Move.PRESS in moves
    if left and not pressed:
        followed = "leave"
    elif pressed:
        followed = "ultimatum"
    elif Move.OPEN_UP in moves:
        followed = "open_up"
    else:
        followed = "breach" if 2 * sum(breaches) > len(breaches) else "uphold"
    return followed if followed in plans else None
