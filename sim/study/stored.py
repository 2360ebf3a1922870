"""The profile of an earlier run, read back from its tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.engine.quantised import markov_from_tables, quantised
from sim.engine.tables import PlayTables
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.profile import TreatyProfile
from sim.strategies.catalogue import resolve
from sim.strategies.treaty_automaton import compile_automaton


def stored_profile(
    tables: Sequence[PlayTables],
    graph: TreatyGraph,
    names: Sequence[str],
    automata: Mapping[str, Mapping[str, Any]],
) -> TreatyProfile:
    """Return what was played: strategies that had to be solved for from the tables, others as described."""
    specs = [resolve(name, automata) for name in names]
    return quantised(
        TreatyProfile(
            graph=graph,
            automata=tuple(
                compile_automaton(spec, graph, actor)
                if spec.solved is None
                else markov_from_tables(tables, graph, name=name, actor=actor)
                for actor, (name, spec) in enumerate(zip(names, specs, strict=True))
            ),
        )
    )
