"""Claim 4, first half: openness lowers the probability of collapse if it is accepted, not if it is ignored."""

import numpy as np

from sim.arrays import FloatArray
from sim.engine.exact import exact_outcomes
from sim.games.treaty.moves import Move
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import PARTIES, PARTY_0, PARTY_1
from sim.study.claims.claim import Claim, Measured
from sim.study.claims.interventions import after_move, first_move, with_automaton
from sim.study.claims.worlds import WORLD, Variant, World, Worlds

NEGLIGIBLE = 0.01
"""A change of a probability that counts as none."""

CLAIM = Claim(
    number=4,
    sentence="Openness accepted by the other side lowers the probability of collapse; openness ignored does not.",
    profile="equilibrium, after a first period in which Russia's offer is accepted, or declined, or in which there "
    "is none and the parties make no move",
    start="inf_2019, with Russia's openness pending",
    horizon="84 months",
    outcome="probability that the treaty ends, and mean months until then",
    effect="accepting lowers the probability below that of declining; declining does not lower it by 0.01 or more "
    "below that without an offer",
    counterfactual="inspections that clear nothing (`inspection_clearing` 0)",
)
COUNTERFACTUAL = Variant(parameters=(("inspection_clearing", 0.0),))
INSIGNIFICANT = 1e-6
"""A change of a probability that the solver's tolerance explains."""


def measure(worlds: Worlds, counterfactual: bool) -> Measured:
    """Return the probability of collapse and mean months to it by what happens to the offer.

    Beside the claim, ``accepted_and_upheld`` is an inspection of a Russia that does not breach while inspected.
    """
    world = (
        worlds.solve(COUNTERFACTUAL, worlds.counterfactual_draws)
        if counterfactual
        else worlds.solve(WORLD, worlds.draws)
    )
    situation, environment = world.start
    offered = after_move(world.games.graph, situation, PARTY_1, Move.OPEN_UP)
    pending = world.begin_at(offered, environment)
    graph = pending.games.graph
    periods = worlds.periods[WORLD.scenario]
    courses = {}
    for name, answer in (("accepted", Move.ACCEPT), ("declined", Move.DECLINE)):
        answering = first_move(graph, pending.profile.automata[PARTY_0], answer)
        courses[name] = collapse(pending, with_automaton(pending.profile, answering), periods)
    complying = first_move(graph, pending.profile.automata[PARTY_1], Move.NONE, uphold=True)
    accepting = first_move(graph, pending.profile.automata[PARTY_0], Move.ACCEPT)
    shown = with_automaton(with_automaton(pending.profile, accepting), complying)
    courses["accepted_and_upheld"] = collapse(pending, shown, periods)
    idle = world.profile
    for party in PARTIES:
        idle = with_automaton(idle, first_move(world.games.graph, idle.automata[party], Move.NONE))
    courses["no_offer"] = collapse(world, idle, periods)
    at = graph.start_state
    ends = {name: each[:, 0] for name, each in courses.items()}
    return Measured(
        effects={f"collapse_{name}": end for name, end in ends.items()}
        | {f"months_{name}": each[:, 1] for name, each in courses.items()}
        | {"breach_when_inspected": np.array([each.breach[at, PARTY_1] for each in pending.equilibria])},
        parts={
            "accepted_lowers": ends["accepted"] < ends["declined"] - INSIGNIFICANT,
            "ignored_does_not": ends["declined"] > ends["no_offer"] - NEGLIGIBLE,
        },
        usable=world.usable,
    )


def collapse(world: World, profile: TreatyProfile, periods: int) -> FloatArray:
    """Return the probability that the treaty ends and the mean months until then, [D, 2]."""

    def ends(draw: int) -> tuple[float, float]:
        outcomes = exact_outcomes(world.games, draw, profile, periods).outcomes
        return outcomes["collapse_probability"] or 0.0, outcomes["months_to_collapse"] or 0.0

    return np.array(world.each_draw(ends))
