"""Claim 5: after the end deployments rise, and the ally bears more of the cost than the party that left."""

import numpy as np

from sim.engine.exact import exact_outcomes
from sim.engine.exact_values import state_values
from sim.games.treaty.rules import ALLY, PARTIES, PARTY_0
from sim.games.treaty.situation import Agenda, Phase, Situation
from sim.games.treaty.terms import TERM_NUMBER
from sim.study.claims.claim import Claim, Measured
from sim.study.claims.interventions import standing
from sim.study.claims.worlds import WORLD, Variant, Worlds

CLAIM = Claim(
    number=5,
    sentence="After the end, deployments rise in Europe and in Asia; NATO bears more of the cost than the United "
    "States, as a share of what each held the treaty to be worth.",
    profile="equilibrium; for what the end costs, against a treaty that both parties uphold and let stand",
    start="the end of the treaty, everything else as in inf_2019",
    horizon="84 months for deployments; unlimited, discounted, for the cost",
    outcome="where the treaty is still ended at the horizon, probability of missiles in Europe, and in Asia; each "
    "actor's value of the kept treaty less its value at the end, divided by the worth of the treaty's "
    "predictability for ever",
    effect="both probabilities above one half; NATO's share of the cost above that of the United States",
    counterfactual="nobody can deploy",
)
COUNTERFACTUAL = Variant(components=(("deployments", (("usa", False), ("russia", False))),))


def measure(worlds: Worlds, counterfactual: bool) -> Measured:
    """Return the probabilities of deployments, mean levels, and the cost shares of NATO and the United States."""
    world = (
        worlds.solve(COUNTERFACTUAL, worlds.counterfactual_draws)
        if counterfactual
        else worlds.solve(WORLD, worlds.draws)
    )
    graph = world.games.graph
    _, environment = world.start
    over = Situation(phase=Phase.ENDED, agenda=Agenda.FORCED, consent=int(not graph.rules.consent))
    ended = world.begin_at(over, environment)
    places = graph.num_environments
    levels = np.repeat(graph.deployed, places, axis=0)
    still = np.repeat(graph.phase == Phase.ENDED, places)
    europe, asia = levels[:, 0] + levels[:, 2], levels[:, 1]

    def deployments(draw: int) -> tuple[float, ...]:
        final = exact_outcomes(ended.games, draw, ended.profile, worlds.periods[WORLD.scenario]).final
        mass = final * still / (final @ still)
        return mass @ (europe > 0), mass @ (asia > 0), mass @ europe, mass @ asia

    kept = standing(world.profile, complying=PARTIES)
    at_end = ended.games.graph.start_state

    def cost(draw: int) -> tuple[float, ...]:
        best = state_values(world.games, draw, kept)[0, graph.start_state]
        lost = best - world.equilibria[draw].values[at_end]
        parameters = world.games.parameters
        worth = parameters.weights[draw, TERM_NUMBER["predictability"]] / -np.log(parameters.discount[draw])
        return lost[ALLY] / worth[ALLY], lost[PARTY_0] / worth[PARTY_0]

    seen, costs = np.array(world.each_draw(deployments)), np.array(world.each_draw(cost))
    return Measured(
        effects={
            "europe_probability": seen[:, 0],
            "asia_probability": seen[:, 1],
            "europe_level": seen[:, 2],
            "asia_level": seen[:, 3],
            "nato_cost_share": costs[:, 0],
            "usa_cost_share": costs[:, 1],
        },
        parts={
            "europe": seen[:, 0] > 0.5,
            "asia": seen[:, 1] > 0.5,
            "nato_bears_more": costs[:, 0] > costs[:, 1],
        },
        usable=world.usable,
    )
