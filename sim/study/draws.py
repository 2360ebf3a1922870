"""A scenario in every parameter draw: its numbers, and the treaty game that they make."""

from sim.arrays import FloatArray
from sim.engine.philox import epistemic_uniforms
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import TreatyGames, build_games
from sim.model.scenario import Scenario


def values_of(scenario: Scenario, draws: int, seed: int) -> dict[str, FloatArray]:
    """Return every number of the scenario in every draw; one draw takes every distribution's median."""
    uniforms = epistemic_uniforms(seed, scenario.uncertain if draws > 1 else (), draws)
    return scenario.values(uniforms, draws)


def games_of(scenario: Scenario, draws: int, seed: int) -> TreatyGames:
    """Return the scenario's treaty game, without types, in every draw."""
    rules, _ = rules_of(scenario)
    return build_games(build_graph(rules), parameters_of(scenario, values_of(scenario, draws, seed)))
