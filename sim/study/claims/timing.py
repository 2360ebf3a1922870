"""Claim 7: a review conference ahead delays leaving, and a toxic climate hastens it."""

from sim.study.claims.claim import Claim, Measured
from sim.study.claims.openness import collapse
from sim.study.claims.worlds import WORLD, Variant, Worlds

CLAIM = Claim(
    number=7,
    sentence="A review conference ahead delays leaving; a toxic climate hastens it.",
    profile="equilibrium",
    start="inf_2019, with a review conference near or far and the climate toxic or open",
    horizon="84 months",
    outcome="mean months to the end of the treaty, cut at the horizon",
    effect="more with a conference near than far (climate toxic, as in inf_2019), fewer with a toxic climate than "
    "with an open one (conference far)",
    counterfactual="no further blame near a conference, no cost at home of staying or yielding in a toxic climate "
    "(weights `review_blame`, `domestic`, `concession` 0)",
)
COUNTERFACTUAL = Variant(
    weights=(("review_blame", None, 0.0), ("domestic", None, 0.0), ("concession", None, 0.0))
)
INSIGNIFICANT = 1e-6
"""Months that the solver's tolerance explains."""


def measure(worlds: Worlds, counterfactual: bool) -> Measured:
    """Return mean months to the end from the three environments."""
    world = (
        worlds.solve(COUNTERFACTUAL, worlds.counterfactual_draws)
        if counterfactual
        else worlds.solve(WORLD, worlds.draws)
    )
    situation, environment = world.start
    months = {}
    for name, toxic, near in (("toxic_far", 1, 0), ("toxic_near", 1, 1), ("open_far", 0, 0)):
        begun = world.begin_at(situation, environment._replace(toxic=toxic, near=near))
        months[name] = collapse(begun, begun.profile, worlds.periods[WORLD.scenario])[:, 1]
    return Measured(
        effects={f"months_{name}": value for name, value in months.items()},
        parts={
            "conference_delays": months["toxic_near"] > months["toxic_far"] + INSIGNIFICANT,
            "toxic_climate_hastens": months["toxic_far"] < months["open_far"] - INSIGNIFICANT,
        },
        usable=world.usable,
    )
