"""Claim 2: the wish to leave rises with the level of an outsider that is not bound."""

import numpy as np

from sim.arrays import FloatArray
from sim.games.treaty.moves import Move
from sim.games.treaty.rules import PARTY_0
from sim.study.claims.claim import Claim, Measured
from sim.study.claims.worlds import WORLD, Variant, World, Worlds

CLAIM = Claim(
    number=2,
    sentence="The United States' wish to leave is positive and rises with the outsider's level, and is no longer "
    "positive once the outsider is bound.",
    profile="equilibrium",
    start="inf_2019 with the outsider at levels 0, 1 and 2, and at 2 but bound",
    horizon="unlimited, discounted",
    outcome="value to the United States of giving notice at an opportunity less that of making no move",
    effect="it rises from level to level, is positive at the highest, and is not positive there when the outsider "
    "is bound",
    counterfactual="banned systems whose worth does not depend on the outsider (weight `own_forces_outsider` 0)",
)
COUNTERFACTUAL = Variant(lowest_level=0, weights=(("own_forces_outsider", None, 0.0),))
INSIGNIFICANT = 1e-6
"""Differences of values that the solver's tolerance explains, payoff units."""


def measure(worlds: Worlds, counterfactual: bool) -> Measured:
    """Return the wish to leave by level of the outsider, and at the highest when it is bound."""
    draws = worlds.counterfactual_draws if counterfactual else worlds.draws
    world = worlds.solve(COUNTERFACTUAL if counterfactual else WORLD, draws)
    top = world.games.graph.rules.outsider_levels
    free = np.stack([wish_to_leave(world, level) for level in range(top + 1)])
    joined = Variant(
        start=(("outsider_level", top), ("outsider_bound", True)),
        weights=COUNTERFACTUAL.weights if counterfactual else (),
    )
    together = worlds.solve(joined, draws)
    bound = wish_to_leave(together, top)
    return Measured(
        effects={f"level_{level}": free[level] for level in range(top + 1)} | {"bound": bound},
        parts={
            "rises": np.asarray((np.diff(free, axis=0) > INSIGNIFICANT).all(axis=0)),
            "positive_at_the_top": free[-1] > 0,
            "not_positive_when_bound": bound <= 0,
        },
        usable=world.usable & together.usable,
    )


def wish_to_leave(world: World, level: int) -> FloatArray:
    """Return the value of notice less that of no move to the first party at an opportunity, [D]."""
    graph = world.games.graph
    situation, environment = world.start
    state = world.state(situation, environment._replace(level=level))
    menu = list(graph.legal[graph.start[0], PARTY_0])
    leave, stay = menu.index(Move.WITHDRAW), menu.index(Move.NONE)
    values = np.stack([each.move_values[state, PARTY_0] for each in world.equilibria])
    return np.asarray(values[:, leave] - values[:, stay])
