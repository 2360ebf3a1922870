"""The treaty game as a table plays it: one period at a time, people and robots side by side.

The dice are those of the engine: table number k plays replication k of draw 0 under the lesson's seed, word for
word. A table that only robots play is therefore the play that the compiled engine makes at that address, and a
lesson can be replayed from its decisions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.app.plan import RunPlan, load
from sim.arrays import FloatArray
from sim.engine.exact_values import state_values
from sim.engine.philox import key_of_seed, philox4x32
from sim.engine.quantised import quantised
from sim.engine.registry import (
    ALARM_LANE,
    BUILD_UP_LANE,
    CLIMATE_LANE,
    COURSE_LANE,
    MOVE_LANE,
    OPPORTUNITY_LANE,
    REVIEW_LANE,
    STREAMS,
    stream_of,
)
from sim.engine.tables import ONE, Board, PlayTables, build_board, build_tables
from sim.errors import ParameterError
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames, build_games
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import NUM_ACTORS, OUTSIDER, PARTIES
from sim.games.treaty.situation import Agenda, Environment, Phase, Situation
from sim.games.treaty.terms import TERM_NUMBER
from sim.games.treaty.transitions import Signal
from sim.model.scenario import Scenario
from sim.seminar.deals import Deal, under
from sim.seminar.setup import Setup
from sim.seminar.state import Choice, Played, Position
from sim.study.profiles import build_profile
from sim.study.progress import silent


@dataclass(frozen=True, eq=False, kw_only=True)
class TableGame:
    """A scenario under some deals, ready to be played.

    Attributes
    ----------
    plan : the scenario with its strategies and options
    games : the game's numbers, one draw
    profile : what robots play
    tables, board : the same as integers, as the engine reads them
    periods : length of a play
    """

    plan: RunPlan
    games: TreatyGames
    profile: TreatyProfile
    tables: PlayTables
    board: Board
    periods: int

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.plan.scenario

    @property
    def graph(self) -> TreatyGraph:
        """The reachable part of the game."""
        return self.games.graph

    @property
    def start(self) -> Position:
        """Where every table begins."""
        situation, environment = self.graph.start
        return Position(period=0, situation=int(situation), environment=int(environment))

    @cached_property
    def _key(self) -> tuple[np.uint64, np.uint64]:
        return key_of_seed(self.plan.engine.seed)

    def situation(self, position: Position) -> Situation:
        """Return the public situation at a position."""
        return self.graph.situations[position.situation]

    def environment(self, position: Position) -> Environment:
        """Return the environment at a position."""
        return self.graph.environments[position.environment]

    def state(self, position: Position) -> int:
        """Return the number of the public state at a position."""
        return position.situation * self.graph.num_environments + position.environment

    def is_over(self, position: Position) -> bool:
        """Whether the play has reached its horizon."""
        return position.period >= self.periods

    def is_free(self, position: Position, party: int) -> bool:
        """Whether a party has no course to choose, because the treaty does not bind it."""
        return bool(self.graph.free[position.situation, party])

    def menu(self, position: Position, seat: int) -> tuple[Move, ...]:
        """Return the moves of a seat at an opportunity, in slot order; a build-up that cannot be is left out."""
        codes = [Move(code) for code in self.graph.legal[position.situation, seat] if code >= 0]
        if not self.graph.can_build[position.situation, position.environment]:
            codes = [code for code in codes if code is not Move.BUILD]
        return tuple(codes)

    def is_offered(self, position: Position, number: int) -> bool:
        """Whether moves are possible in this period at table `number`."""
        forced = bool(self.graph.forced[position.situation])
        word = self._words(position.period, number, STREAMS["world"])[OPPORTUNITY_LANE]
        return forced or word < int(self.tables.opportunity[0])

    def robot_choice(self, position: Position, number: int, seat: int) -> Choice:
        """Return what a robot does in a seat: what the engine's dice at this address say."""
        state, memory = self.state(position), position.memory[seat]
        words = self._words(position.period, number, stream_of(self.scenario.actor_names[seat]))
        thresholds = self.tables.moves[seat, memory, state]
        slot = int(np.searchsorted(thresholds, words[MOVE_LANE], side="right"))
        breach = (
            seat in PARTIES
            and not self.is_free(position, seat)
            and words[COURSE_LANE] < int(self.tables.breach[seat, memory, state])
        )
        # where the engine draws nothing, the only slot is the first
        only = self.graph.num_legal[position.situation, seat] == 1
        code = self.graph.legal[position.situation, seat, 0 if only else slot]
        expected = [
            None if seat == party else round(100 * self.breach_probability(position, party))
            for party in PARTIES
        ]
        return Choice(move=int(code), breach=breach, suspicion=(expected[0], expected[1]))

    def breach_probability(self, position: Position, party: int) -> float:
        """Return how likely the robots' profile makes a party's breach at a position."""
        if self.is_free(position, party):
            return 0.0
        table = self.tables.breach[party, position.memory[party], self.state(position)]
        return float(table) / ONE

    @cached_property
    def _values(self) -> FloatArray:
        """Expected discounted payoffs from every state on if robots play all seats, [Q, S, actors]."""
        return state_values(self.games, 0, self.profile)

    def prepare(self) -> None:
        """Compute now what `worth` would compute when first asked."""
        assert self._values is not None

    def worth(self, position: Position, seat: int) -> float:
        """Return a seat's expected discounted payoff from a position on, robots in all seats."""
        product = 0
        for automaton, q in zip(self.profile.automata, position.memory, strict=True):
            product = product * automaton.num_states + q
        return float(self._values[product, self.state(position), seat])

    def step(
        self,
        position: Position,
        number: int,
        breaches: Sequence[bool],
        moves: Sequence[int] | None,
    ) -> tuple[Played, Position]:
        """Return one period played at table `number`, and where it leads.

        Parameters
        ----------
        breaches : course of each party; those of a free party count for nothing
        moves : code of every actor's move, or None where there is no opportunity

        Raises
        ------
        ValueError
            If a move is not legal.
        """
        graph, m, x, t = self.graph, position.situation, position.environment, position.period
        row, built = int(graph.idle_row[m]), False
        if moves is not None:
            row, built = self._row(position, moves)
        world = self._words(t, number, STREAMS["world"])
        signals, course = [], []
        for party in PARTIES:
            breaching = bool(breaches[party]) and not self.is_free(position, party)
            word = self._words(t, number, stream_of(self.scenario.actor_names[party]))[ALARM_LANE]
            alarm, clear = (
                int(p) for p in self.tables.signals[graph.kernels[row, party], party, int(breaching)]
            )
            seen = Signal.ALARM if word < alarm else Signal.CLEAR if word >= ONE - clear else Signal.NOTHING
            signals.append(seen)
            course.append(breaching)
        paid, observed = self._payoffs(position, row, course, signals, moves is not None, built)
        mask = int(graph.events[row]) | (signals[0] == Signal.ALARM) | (signals[1] == Signal.ALARM) << 1
        following, e = self.tables.following, self.environment(position)
        wide = following.shape[2] > 1
        memory = tuple(int(following[seat, q, mask]) if wide else q for seat, q in enumerate(position.memory))
        toxic = int(world[CLIMATE_LANE] < int(self.tables.toxic[e.toxic]))
        near = int(world[REVIEW_LANE] < int(self.tables.near[e.near]))
        higher = int(built and world[BUILD_UP_LANE] < int(self.tables.build[0]))
        after = Position(
            period=t + 1,
            situation=int(graph.following[row, 3 * signals[0] + signals[1]]),
            environment=int(self.board.place[toxic, near, e.level + higher]),
            memory=memory,  # type: ignore[arg-type]
        )
        played = Played(
            period=t,
            situation=m,
            environment=x,
            row=row,
            signals=(int(signals[0]), int(signals[1])),
            breaches=sum(int(course[party]) << party for party in PARTIES),
            offered=moves is not None,
            built=built,
            payoffs=tuple(float(v) for v in paid),  # type: ignore[arg-type]
            observed=tuple(float(v) for v in observed),  # type: ignore[arg-type]
        )
        return played, after

    def _row(self, position: Position, moves: Sequence[int]) -> tuple[int, bool]:
        """Return the row of a joint move, and whether the outsider builds."""
        graph, m = self.graph, position.situation
        slots = 0
        for seat in range(NUM_ACTORS):
            menu = [int(code) for code in graph.legal[m, seat] if code >= 0]
            if moves[seat] not in self.menu(position, seat):
                raise ValueError(f"{Move(moves[seat]).name} is not legal for seat {seat} here")
            if seat != OUTSIDER:
                slots = slots * int(graph.num_legal[m, seat]) + menu.index(moves[seat])
            elif graph.outsider_rows[m] > 1:
                slots = slots * int(graph.outsider_rows[m]) + menu.index(moves[seat])
        return int(graph.first_row[m]) + slots, moves[OUTSIDER] == Move.BUILD

    def _payoffs(
        self,
        position: Position,
        row: int,
        breaches: Sequence[bool],
        signals: Sequence[Signal],
        offered: bool,
        built: bool,
    ) -> tuple[FloatArray, FloatArray]:
        """Return the period's discounted payoffs [actors], and what of them each actor can see."""
        tables, s = self.tables, self.state(position)
        factor = tables.discount**position.period
        seen = tables.flows[s].astype(float)
        hidden = np.zeros(NUM_ACTORS)
        for party in PARTIES:
            if breaches[party]:
                own = np.arange(NUM_ACTORS) == party
                seen = seen + np.where(own, tables.courses[s, party], 0.0)
                hidden = hidden + np.where(own, 0.0, tables.courses[s, party])
            if signals[party] is Signal.ALARM and self.graph.rises[row, party]:
                seen[party] += tables.finding[party]
        if offered:
            relevance = self.graph.factors[:, position.environment]
            seen = seen + relevance @ tables.lumps[row]
            seen[OUTSIDER] += built * float(tables.building[0])
        return factor * (seen + hidden), factor * seen

    def _words(self, period: int, number: int, stream: int) -> list[int]:
        """Return the upper 31 bits of the four words at an address."""
        c0, c2, c3 = np.uint64(number), np.uint64(period), np.uint64(stream)
        words = philox4x32(c0, np.uint64(0), c2, c3, *self._key)
        return [int(word) >> 1 for word in words]


def weights_of(game: TableGame, seat: int) -> dict[str, float]:
    """Return the payoff terms that count for a seat with their weights, the heaviest first."""
    column = game.games.parameters.weights[0, :, seat]
    named = {term: float(column[number]) for term, number in TERM_NUMBER.items() if column[number]}
    return dict(sorted(named.items(), key=lambda item: -abs(item[1])))


def load_plan(setup: Setup) -> RunPlan:
    """Return the plan of a lesson's scenario.

    Raises
    ------
    ParameterError
        If the setup does not compose, or draws types, which a class does not play.
    """
    plan = load(setup.scenario, setup.arguments())
    if plan.scenario.types:
        raise ParameterError(f"seminar plays without types, got types of {', '.join(plan.scenario.types)}")
    return plan


def build_table_game(plan: RunPlan, deals: Sequence[str], shelf: Mapping[str, Deal]) -> TableGame:
    """Return the game of `plan` with the named deals in force. Cost: solving the game, if robots play it solved.

    A play begins with a decision where the rules know the start also as a situation that calls for one.
    """
    base = plan.graph()
    graph = replace(base, start=(_opening(base), base.start[1]))
    games = build_games(graph, under(plan.parameters(), deals, shelf))
    names = tuple(plan.strategies[actor] for actor in plan.scenario.actor_names)
    profile, _ = build_profile(games, names, plan.automata, plan.solver, workers=1, progress=silent)
    profile = quantised(profile)
    return TableGame(
        plan=plan,
        games=games,
        profile=profile,
        tables=build_tables(games, 0, profile),
        board=build_board(graph),
        periods=plan.scenario.treaty.periods(plan.engine.horizon_months),
    )


def _opening(graph: TreatyGraph) -> int:
    """Return the situation in which a lesson begins: the scenario's, with a decision called for if there is one."""
    start = graph.situations[graph.start[0]]
    if start.agenda is not Agenda.QUIET or start.phase is not Phase.IN_FORCE:
        return int(graph.start[0])
    called = start._replace(agenda=Agenda.FORCED)
    return graph.situations.index(called) if called in graph.situations else int(graph.start[0])
