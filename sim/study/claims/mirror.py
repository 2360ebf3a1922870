"""Claim 6: the other party's withdrawal follows the first one soon."""

import numpy as np

from sim.engine.exact_chain import TreatyChain, build_chain
from sim.engine.exact_values import transition_matrix
from sim.games.treaty.moves import Move
from sim.games.treaty.rules import PARTIES
from sim.games.treaty.situation import Phase
from sim.study.claims.claim import Claim, Measured
from sim.study.claims.interventions import with_automaton, without_moves
from sim.study.claims.worlds import WORLD, Worlds

WITHIN_MONTHS = 2.0
CLAIM = Claim(
    number=6,
    sentence="The other party's withdrawal follows the first within two months in most plays that see one.",
    profile="equilibrium",
    start="inf_2019",
    horizon="first notices within 84 months",
    outcome="probability that within two months of the first notice the other party has given notice or suspended, "
    "given a first notice",
    effect="above one half",
    counterfactual="no party answers: neither suspends while the other's notice runs",
)
BOTH = 3


def measure(worlds: Worlds, counterfactual: bool) -> Measured:
    """Return the probability that a first notice is mirrored in time, and that there is one."""
    draws = worlds.counterfactual_draws if counterfactual else worlds.draws
    world = worlds.solve(WORLD, worlds.draws)
    profile = world.profile
    if counterfactual:
        for party in PARTIES:
            still = without_moves(world.games.graph, profile.automata[party], [Move.SUSPEND])
            profile = with_automaton(profile, still)
    periods = worlds.periods[WORLD.scenario]
    within = round(WITHIN_MONTHS / (12 * world.games.parameters.period_years))

    def mirrored(draw: int) -> tuple[float, float]:
        return mirrored_share(build_chain(world.games, draw, profile), periods, within)

    found = np.array([mirrored(draw) for draw in range(draws)])
    return Measured(
        effects={"mirrored": found[:, 0], "notice": found[:, 1]},
        parts={"in_most_plays": found[:, 0] > 0.5},
        usable=world.usable[:draws],
    )


def mirrored_share(chain: TreatyChain, periods: int, within: int) -> tuple[float, float]:
    """Return the share of first notices that both parties have joined `within` periods, and P(first notice).

    A notice counts from the first period in which it runs; joint notices are joined at once.
    """
    graph = chain.games.graph
    matrix = transition_matrix(chain).T.tocsr()
    at = np.repeat(chain.situation, graph.num_environments)
    running = graph.phase[at] == Phase.NOTICE
    joined = (graph.who[at] | graph.suspended[at]) == BOTH
    untouched = np.zeros(chain.num_states)
    untouched[chain.start[0] * graph.num_environments + chain.start[1]] = 1.0
    noticed = np.zeros_like(untouched)
    for _ in range(periods):
        untouched = matrix @ untouched
        noticed += untouched * running
        untouched = untouched * ~running
    total, followed = noticed.sum(), 0.0
    for period in range(within + 1):
        if period:
            noticed = matrix @ noticed * running  # what was taken back or ran out is not waited for
        followed += float(noticed[joined].sum())
        noticed = noticed * ~joined
    return followed / total, float(total)
