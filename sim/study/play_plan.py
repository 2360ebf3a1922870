"""What is played: board, tables, horizon and deadlines, from a scenario and a profile."""

from collections.abc import Sequence
from dataclasses import replace

from sim.engine.exact import AT_ONCE_MONTHS, NOTICE_BY_MONTHS
from sim.engine.monte_carlo import Plan
from sim.engine.options import EngineOptions
from sim.engine.tables import Board, PlayTables, build_board, tables_of_draws
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyProfile
from sim.model.scenario import Scenario


def plan_of(scenario: Scenario, games: TreatyGames, profile: TreatyProfile, engine: EngineOptions) -> Plan:
    """Return what to play, with the tables of every draw."""
    tables = tables_of_draws(games, profile)
    return replace(frame_of(scenario, build_board(games.graph), engine), tables=tables)


def plan_of_tables(
    scenario: Scenario, graph: TreatyGraph, tables: Sequence[PlayTables], each: int, engine: EngineOptions
) -> Plan:
    """Return what to play with types: `tables` hold the `each` combinations of the first draw first, and so on."""
    addresses = tuple(number // each for number in range(len(tables)))
    return replace(frame_of(scenario, build_board(graph), engine), tables=tuple(tables), addresses=addresses)


def frame_of(scenario: Scenario, board: Board, engine: EngineOptions) -> Plan:
    """Return what to play on a board, with no tables yet.

    Path classes need a horizon that lets the last notice run out; else none are told.
    """
    months = scenario.treaty.period_months
    periods = scenario.treaty.periods(engine.horizon_months)
    deadline, at_once = round(NOTICE_BY_MONTHS / months), round(AT_ONCE_MONTHS / months)
    enough = periods >= deadline + board.graph.rules.notice_periods + at_once
    return Plan(
        board=board,
        tables=(),
        actors=scenario.actor_names,
        seed=engine.seed,
        periods=periods,
        deadline=deadline if enough else 0,
        at_once=at_once,
    )
