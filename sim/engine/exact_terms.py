"""Which named term earned what: the exact decomposition of payoffs.

Payoffs are linear in the weights, so a term's contribution is its weight times the discounted expected number
of times its features occur: in public states for flows, in public states while breaching for courses, in
joint moves for lumps.
"""

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.compiled import loop_kernel
from sim.engine.exact_chain import TreatyChain
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyParameters, terms_of
from sim.games.treaty.rules import NUM_ACTORS, OUTSIDER, PARTIES
from sim.games.treaty.terms import (
    BUILDING,
    COURSE_FEATURES,
    ENVIRONMENT_FACTORS,
    FINDING,
    FLOW_FEATURES,
    LUMP_FEATURES,
    TERM_NUMBER,
    TERMS,
)


def decomposition(chain: TreatyChain, discounted: FloatArray) -> FloatArray:
    """Return the contribution of each payoff term to each actor's expected payoff, [terms, actors].

    Parameters
    ----------
    discounted : float array [actors, N X]
        Discounted expected number of periods in each state of the chain.

    Notes
    -----
    Sums over terms to the expected payoffs. Costs O(states joint moves).
    """
    games, draw, graph = chain.games, chain.draw, chain.games.graph
    pairs = [(a, draw if len(a.breach) > 1 else 0) for a in chain.profile.automata]
    places = graph.num_environments
    visits, breaches = (
        np.zeros((NUM_ACTORS, graph.num_states)),
        np.zeros((NUM_ACTORS, graph.num_states, len(PARTIES))),
    )
    played, alarms = np.zeros((NUM_ACTORS, len(graph.row_moves), places)), np.zeros(len(PARTIES))
    built = _frequencies(
        chain.memory,
        chain.situation,
        discounted,
        tuple(automaton.breach[d] for automaton, d in pairs[: len(PARTIES)]),
        tuple(automaton.moves[d] for automaton, d in pairs),
        (graph.first_row, graph.outsider_rows, graph.idle_row, graph.num_legal),
        graph.kernels,
        graph.rises,
        sealed(graph.legal[:, OUTSIDER] == Move.BUILD, np.int64),
        float(games.opportunity[draw]),
        games.signals[draw],
        places,
        (visits, breaches, played, alarms),
    )
    counted = np.zeros((len(TERMS), NUM_ACTORS))
    per_period = _worth_of_a_period(games.parameters, draw)
    _add(counted, terms_of(FLOW_FEATURES), np.einsum("as,ksa->ka", visits, graph.flows) * per_period)
    _add(counted, terms_of(COURSE_FEATURES), np.einsum("asp,kspa->ka", breaches, graph.courses) * per_period)
    _add(counted, [TERM_NUMBER[lump.term] for lump in LUMP_FEATURES], _lumps(graph, played))
    counted[TERM_NUMBER[FINDING], : len(PARTIES)] -= alarms
    counted[TERM_NUMBER[BUILDING], OUTSIDER] -= built
    return sealed(counted * games.parameters.weights[draw])


def _worth_of_a_period(parameters: TreatyParameters, draw: int) -> FloatArray:
    """Return the worth of one unit of flow per year over one period, [actors]."""
    discount = parameters.discount[draw]
    return np.asarray((1 - discount**parameters.period_years) / -np.log(discount))


def _lumps(graph: TreatyGraph, played: FloatArray) -> FloatArray:
    """Return the discounted sum of every lump feature, [lumps, actors]."""
    by_factor = np.einsum("arx,fx->afr", played, graph.factors)
    factors = [ENVIRONMENT_FACTORS.index(lump.factor) for lump in LUMP_FEATURES]
    return np.stack([np.einsum("ar,ra->a", by_factor[:, f], graph.lumps[k]) for k, f in enumerate(factors)])


def _add(counted: FloatArray, terms: list[int], sums: FloatArray) -> None:
    """Add feature sums [features, actors] to their terms; a term may have several features."""
    np.add.at(counted, np.array(terms), sums)


@loop_kernel
def _frequencies(  # type: ignore[no-untyped-def]
    memory,
    situation,
    discounted,
    breach,
    moves,
    menus,
    kernels,
    rises,
    builds,
    opportunity,
    signals,
    places,
    written,
):
    """Write how often, discounted, things happen, and return how many steps of build-up are tried.

    Visits [actors, S], breaches [actors, S, parties], joint moves [actors, rows, X] and alarms that raise
    evidence [parties].
    """
    visits, breaches, played, alarms = written
    first_row, outsider_rows, idle_row, num_legal = menus
    breach0, breach1 = breach
    moves0, moves1, moves2, moves3 = moves
    q1, q2, q3 = moves1.shape[0], moves2.shape[0], moves3.shape[0]
    built = 0.0
    for node in range(situation.size):
        m = situation[node]
        a3 = memory[node] % q3
        a2 = memory[node] // q3 % q2
        a1 = memory[node] // (q3 * q2) % q1
        a0 = memory[node] // (q3 * q2 * q1)
        n1, n2, n3 = num_legal[m, 1], num_legal[m, 2], outsider_rows[m]
        chance = 1.0 if idle_row[m] < 0 else opportunity
        for x in range(places):
            z, s = node * places + x, m * places + x
            if discounted[0, z] == 0.0:
                continue
            b0, b1 = breach0[a0, s], breach1[a1, s]
            for actor in range(4):
                visits[actor, s] += discounted[actor, z]
                breaches[actor, s, 0] += discounted[actor, z] * b0
                breaches[actor, s, 1] += discounted[actor, z] * b1
            for i3 in range(num_legal[m, 3]):
                if builds[m, i3]:
                    built += discounted[3, z] * chance * moves3[a3, s, i3]
            for k in range(-1, first_row[m + 1] - first_row[m]):
                if k < 0:
                    row, likely = idle_row[m], 1.0 - chance
                else:
                    row = first_row[m] + k
                    likely = chance * moves0[a0, s, k // (n3 * n2 * n1)] * moves1[a1, s, k // (n3 * n2) % n1]
                    likely *= moves2[a2, s, k // n3 % n2]
                    if n3 > 1:
                        likely *= moves3[a3, s, k % n3]
                if likely == 0.0:
                    continue
                for actor in range(4):
                    played[actor, row, x] += discounted[actor, z] * likely
                for party in range(2):
                    if rises[row, party]:
                        kernel = kernels[row, party]
                        b = b0 if party == 0 else b1
                        alarm = (1 - b) * signals[kernel, party, 0, 1] + b * signals[kernel, party, 1, 1]
                        alarms[party] += discounted[party, z] * likely * alarm
    return built
