"""Which promises and threats of a scenario's profile are credible: the audit at the central parameters."""

from collections.abc import Iterable, Mapping
from typing import Any

from sim.engine.options import EngineOptions, SolverOptions
from sim.engine.philox import epistemic_uniforms
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import TreatyGames, build_games
from sim.model.scenario import Scenario
from sim.solvers.treaty_audit import TreatyAudit, audit_treaty
from sim.strategies.catalogue import resolve
from sim.study.profiles import build_profile
from sim.study.progress import Progress


def audit_scenario(
    scenario: Scenario,
    *,
    engine: EngineOptions,
    solver: SolverOptions,
    strategies: Mapping[str, str],
    automata: Mapping[str, Mapping[str, Any]],
    progress: Progress,
) -> TreatyAudit:
    """Return the audit of a scenario's profile, every parameter at its median.

    A profile whose strategies are all solved for is audited as a logit equilibrium: its gains are its ε.
    """
    games = central_games(scenario, engine.seed)
    names = tuple(strategies[actor] for actor in scenario.actor_names)
    solved: dict[float, Any] = {}
    profile, _ = build_profile(games, names, automata, solver, workers=1, progress=progress, solved=solved)
    progress("auditing promises and threats", 0.0)
    logit = all_solved(names, automata)
    return audit_treaty(games, profile, players=scenario.actor_names, logit=logit)


def central_games(scenario: Scenario, seed: int) -> TreatyGames:
    """Return the treaty game of one draw in which every distribution takes its median."""
    rules, _ = rules_of(scenario)
    values = scenario.values(epistemic_uniforms(seed, (), 1), 1)
    return build_games(build_graph(rules), parameters_of(scenario, values))


def audit_as_mapping(audit: TreatyAudit) -> dict[str, Any]:
    """Return an audit as JSON can hold it."""
    return {
        "nash": audit.nash,
        "perfect": audit.perfect,
        "logit": audit.logit,
        "epsilon": audit.epsilon,
        "players": list(audit.players),
        "best_plan_gains": audit.gains.tolist(),
        "largest_one_shot_gains": audit.largest.tolist(),
        "cells": audit.num_cells,
        "deviating_cells": audit.num_deviations,
        "deviations": [
            {
                "actor": audit.players[found.actor],
                "situation": {**found.situation._asdict(), "phase": found.situation.phase.name.lower()},
                "environment": found.environment._asdict(),
                "memory": list(found.memory),
                "on_path": found.on_path,
                "prescribed": found.prescribed,
                "action": found.action,
                "gain": found.gain,
                "terms": dict(found.terms),
            }
            for found in audit.deviations
        ],
        "sentences": list(audit.sentences()),
    }


def all_solved(names: Iterable[str], automata: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether every named strategy is an equilibrium to be solved for, so that nothing is prescribed."""
    return all(resolve(name, automata).solved is not None for name in names)


__all__ = ["all_solved", "audit_as_mapping", "audit_scenario", "central_games"]
