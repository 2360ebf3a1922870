"""One play in words, period by period."""

from collections.abc import Iterator
from datetime import date

from sim.engine.monte_carlo import Recording
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.rules import PARTIES
from sim.games.treaty.situation import Environment, Phase, Situation
from sim.games.treaty.transitions import Signal
from sim.model.scenario import Scenario

LEVELS = ("none", "contested", "compelling")


def narrate(scenario: Scenario, graph: TreatyGraph, recording: Recording) -> Iterator[str]:
    """Yield one line per period of the first recorded play: the public state, the moves, the courses, the signals.

    What was hidden from the actors, the courses, stands in brackets.
    """
    actors, period = scenario.actor_names, scenario.treaty.period_months
    start = date.fromisoformat(scenario.start_date)
    periods = recording.acts.shape[1]
    for t in range(periods + 1):
        situation = graph.situations[recording.states[0, t, 0]]
        environment = graph.environments[recording.states[0, t, 1]]
        state = f"{month_of(start, t * period)}  {describe(situation, environment, actors)}"
        if t == periods:
            yield state
            return
        row, *signals, breaching, opportunity = (int(value) for value in recording.acts[0, t])
        words = [
            f"{actor} {Move(move).name.lower().replace('_', ' ')}"
            for actor, move in zip(actors, graph.row_moves[row], strict=True)
            if opportunity and move != Move.NONE
        ]
        words += [f"({actors[party]} breaches)" for party in PARTIES if breaching >> party & 1]
        words += [
            f"{Signal(signal).name.lower()} about {actors[party]}"
            for party, signal in zip(PARTIES, signals, strict=True)
            if signal != Signal.NOTHING
        ]
        yield f"{state}{': ' if words else ''}{', '.join(words)}"


def describe(situation: Situation, environment: Environment, actors: tuple[str, ...]) -> str:
    """Return a public state in words.

    Examples
    --------
    >>> names = ("usa", "russia", "nato", "china")
    >>> describe(Situation(evidence=(0, 1)), Environment(toxic=1, level=2), names)
    'in force, evidence russia contested, china level 2, toxic'
    """
    parties = actors[:2]
    words = [situation.phase.name.lower().replace("_", " ")]
    involved = [name for party, name in enumerate(parties) if situation.who >> party & 1]
    if involved:
        words[0] += f" by {' and '.join(involved)} ({situation.clock} left)"
    words += [f"{name} suspended" for party, name in enumerate(parties) if situation.suspended >> party & 1]
    if situation.phase is not Phase.ENDED:
        words += [
            f"evidence {name} {LEVELS[level]}"
            for name, level in zip(parties, situation.evidence, strict=True)
            if level
        ]
    places = (f"{parties[0]} in Europe", f"{parties[0]} in Asia", f"{parties[1]} in Europe")
    words += [f"{place} {level}" for place, level in zip(places, situation.deployed, strict=True) if level]
    words += [
        f"sanctions on {name}" for party, name in enumerate(parties) if situation.sanctioned >> party & 1
    ]
    words.append(f"{actors[3]} {'bound, ' * situation.bound}level {environment.level}")
    words += ["toxic"] * environment.toxic + ["review near"] * environment.near
    return ", ".join(words)


def month_of(start: date, months: float) -> str:
    """Return the month that lies `months` after `start`.

    Examples
    --------
    >>> month_of(date(2018, 10, 20), 4)
    '2019-02'
    """
    whole = start.month - 1 + int(months)
    return f"{start.year + whole // 12}-{whole % 12 + 1:02d}"
