"""Claim 8: of four classes of path from October 2018, the observed one is the most probable."""

import numpy as np

from sim.engine.exact import exact_outcomes
from sim.engine.exact_paths import PATH_CLASSES
from sim.study.claims.claim import Claim, Measured
from sim.study.claims.worlds import WORLD, Variant, Worlds

OBSERVED = "ended_without_russian_deployment"
CLAIM = Claim(
    number=8,
    sentence="From the state of the world in October 2018, the observed class of path is the most probable.",
    profile="equilibrium",
    start="inf_2019",
    horizon="a notice by August 2019, its clock, and two months",
    outcome="probabilities of four disjoint classes: no notice; notice rescinded; ended without, and with, deployment "
    "by Russia declared at once",
    effect="ended without deployment by Russia declared at once has the largest",
    counterfactual="the world of June 1988 (inf_1988), with the same weights",
)
COUNTERFACTUAL = Variant(scenario="inf_1988")


def measure(worlds: Worlds, counterfactual: bool) -> Measured:
    """Return the probabilities of the classes of path."""
    world = (
        worlds.solve(COUNTERFACTUAL, worlds.counterfactual_draws)
        if counterfactual
        else worlds.solve(WORLD, worlds.draws)
    )

    def classes(draw: int) -> list[float]:
        found = exact_outcomes(world.games, draw, world.profile, 1).path_classes
        return [found[name] for name in PATH_CLASSES]

    probability = np.array(world.each_draw(classes))
    return Measured(
        effects={name: probability[:, k] for k, name in enumerate(PATH_CLASSES)},
        parts={"observed_is_likeliest": probability.argmax(axis=1) == PATH_CLASSES.index(OBSERVED)},
        usable=world.usable,
    )
