"""Claim 1: the threat to leave does not deter the party that leaving frees."""

import numpy as np

from sim.arrays import FloatArray
from sim.engine.exact_values import state_values
from sim.games.treaty.moves import Move
from sim.games.treaty.rules import PARTY_0, PARTY_1
from sim.study.claims.claim import Claim, Measured
from sim.study.claims.interventions import after_move, standing
from sim.study.claims.worlds import WORLD, Variant, World, Worlds

CLAIM = Claim(
    number=1,
    sentence="The threat to leave does not deter Russia when leaving frees it.",
    profile="equilibrium; for compliance the same with Russia always upholding and parties that neither leave, "
    "press nor open up",
    start="inf_2019",
    horizon="unlimited, discounted",
    outcome="Russia's continuation value in the situation right after US notice, and in the start situation "
    "when it complies and the United States stays",
    effect="the first is at least the second",
    counterfactual="the harm that US missiles in Europe do to Russia (weight `security`) three times as large, "
    "and no consent of the allies needed for them",
)
COUNTERFACTUAL = Variant(components=(("consent", False),), weights=(("security", PARTY_1, 3.0),))


def measure(worlds: Worlds, counterfactual: bool) -> Measured:
    """Return Russia's values after US notice and under compliance, payoff units."""
    world = (
        worlds.solve(COUNTERFACTUAL, worlds.counterfactual_draws)
        if counterfactual
        else worlds.solve(WORLD, worlds.draws)
    )
    after, complying = notice_against_compliance(world)
    return Measured(
        effects={"after_notice": after, "complying": complying, "difference": after - complying},
        parts={"threat_does_not_deter": after >= complying},
        usable=world.usable,
    )


def notice_against_compliance(world: World) -> tuple[FloatArray, FloatArray]:
    """Return the second party's value right after the first's notice, and when it complies and is let be, [D]."""
    situation, environment = world.start
    given = after_move(world.games.graph, situation, PARTY_0, Move.WITHDRAW)
    noticed = world.state(given, environment)
    kept = standing(world.profile, complying=[PARTY_1])

    def complied(draw: int) -> float:
        return float(state_values(world.games, draw, kept)[0, world.games.graph.start_state, PARTY_1])

    after = np.array([each.values[noticed, PARTY_1] for each in world.equilibria])
    return after, np.array(world.each_draw(complied))
