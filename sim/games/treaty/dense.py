"""A small treaty game written out as a plain stochastic game, for tests and for solvers of generic games.

A state is a public state. A bound party's action is a course together with the move that it would make at an
opportunity (which nature then grants or not); everyone else's is that move alone. Actions are ordered by
course, then by slot: ``action = course * number of legal moves + place among the legal moves``.
"""

from itertools import product

import numpy as np

from sim.arrays import FloatArray, IntArray
from sim.errors import ParameterError
from sim.games.stochastic import MarkovProfile, StochasticGame
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames, environment_law
from sim.games.treaty.profile import TreatyProfile, legal_slots
from sim.games.treaty.rules import NUM_ACTORS, OUTSIDER, PARTIES, PARTY_1, ROLES
from sim.games.treaty.transitions import Signal

MAX_ENTRIES = 30_000_000
"""Most numbers that the transition arrays may hold."""

NUM_COURSES = 2


def to_stochastic_game(games: TreatyGames, draw: int) -> StochasticGame:
    """Return the treaty game of one draw with every joint action written out.

    Raises
    ------
    ParameterError
        If the game is too large for that.

    Notes
    -----
    Costs O(states^2 joint actions); meant for tens of states.
    """
    graph, places = games.graph, games.graph.num_environments
    menus = [[np.flatnonzero(row) for row in legal_slots(graph, actor)] for actor in range(NUM_ACTORS)]
    counts = [_num_actions(games, menus, s) for s in range(graph.num_states)]
    entries = graph.num_states * sum(int(np.prod(count)) for count in counts)
    if entries > MAX_ENTRIES:
        raise ParameterError(
            f"this treaty game has {graph.num_states} states, too many to write out every joint action: "
            f"{entries} numbers, at most {MAX_ENTRIES}"
        )
    law = environment_law(games, draw)
    payoffs, transitions = [], []
    for s, count in enumerate(counts):
        here = np.zeros((NUM_ACTORS, *count))
        then = np.zeros((*count, graph.num_states))
        for joint in np.ndindex(*count):
            courses, slots = _decoded(games, menus, s, joint)
            here[:, *joint], situations, built = _period(games, draw, s, courses, slots)
            for build in range(2):
                spread = np.outer(situations[build], law[build, s % places])
                then[joint] += spread.reshape(-1)
            here[OUTSIDER][joint] += built * games.building[draw]
        payoffs.append(here)
        transitions.append(then)
    return StochasticGame(
        tuple(payoffs),
        tuple(transitions),
        games.discount[draw],
        initial=graph.start_state,
        players=ROLES,
    )


def to_markov_profile(games: TreatyGames, draw: int, profile: TreatyProfile) -> MarkovProfile:
    """Return a profile of one-state automata as mixed actions of `to_stochastic_game`.

    One array [states, actions] for each actor.
    """
    if profile.num_product_states != 1:
        raise ParameterError("only automata with a single state are Markov strategies")
    graph = games.graph
    strategies = []
    for actor, automaton in enumerate(profile.automata):
        d = draw if len(automaton.moves) > 1 else 0
        rows = []
        for s, legal in enumerate(legal_slots(graph, actor)):
            moves = automaton.moves[d, 0, s][legal > 0]
            breach = automaton.breach[d, 0, s]
            bound = _is_bound(games, s, actor)
            rows.append(np.concatenate([(1 - breach) * moves, breach * moves]) if bound else moves)
        widest = max(len(row) for row in rows)
        strategies.append(np.stack([np.pad(row, (0, widest - len(row))) for row in rows]))
    return tuple(strategies)


def _is_bound(games: TreatyGames, s: int, actor: int) -> bool:
    return actor in PARTIES and not games.graph.free[s // games.graph.num_environments, actor]


def _num_actions(games: TreatyGames, menus: list[list[IntArray]], s: int) -> tuple[int, ...]:
    return tuple(
        len(menus[actor][s]) * (NUM_COURSES if _is_bound(games, s, actor) else 1)
        for actor in range(NUM_ACTORS)
    )


def _decoded(
    games: TreatyGames, menus: list[list[IntArray]], s: int, joint: tuple[int, ...]
) -> tuple[list[int], list[int]]:
    """Return the parties' courses and everyone's slots of a joint action."""
    courses, slots = [0, 0], []
    for actor, action in enumerate(joint):
        course, k = divmod(action, len(menus[actor][s]))
        if _is_bound(games, s, actor):
            courses[actor] = course
        slots.append(int(menus[actor][s][k]))
    return courses, slots


def _period(
    games: TreatyGames, draw: int, s: int, courses: list[int], slots: list[int]
) -> tuple[FloatArray, FloatArray, float]:
    """Return payoffs [actors], next situations without and with a build-up move [2, M], and its chance."""
    graph = games.graph
    m, x = divmod(s, graph.num_environments)
    payoffs = games.flows[draw, s].copy()
    for party in PARTIES:
        payoffs += courses[party] * games.courses[draw, s, party]
    menu = graph.num_legal[m]
    last = slots[OUTSIDER] if graph.outsider_rows[m] > 1 else 0
    row = ((slots[0] * menu[1] + slots[1]) * menu[2] + slots[2]) * graph.outsider_rows[m] + last
    chance = 1.0 if graph.forced[m] else float(games.opportunity[draw])
    building = int(graph.legal[m, OUTSIDER, slots[OUTSIDER]] == Move.BUILD)
    situations = np.zeros((2, graph.num_situations))
    for played, likely, build in (
        (int(graph.first_row[m] + row), chance, building),
        (int(graph.idle_row[m]), 1 - chance, 0),
    ):
        if likely == 0:
            continue
        payoffs += likely * graph.factors[:, x] @ games.lumps[draw, played]
        laws = [games.signals[draw, graph.kernels[played, party], party, courses[party]] for party in PARTIES]
        for party in PARTIES:
            if graph.rises[played, party]:
                payoffs[party] += likely * laws[party][Signal.ALARM] * games.finding[draw, party]
        for pair in product(Signal, repeat=2):
            then = graph.following[played, len(Signal) * pair[0] + pair[PARTY_1]]
            situations[build, then] += likely * laws[0][pair[0]] * laws[1][pair[PARTY_1]]
    return payoffs, situations, chance * building
