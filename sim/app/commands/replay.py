"""``treaty-sim replay DIR``: play a run again from its stored tables, or print one play of it.

Nothing is solved: the numbers follow from the tables. ``--resolve`` solves again and says how far the tables moved.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from sim.app.artifacts import OUTCOMES, SUMMARY, write_numbers
from sim.app.complaints import complaint
from sim.app.hydra_door import stop
from sim.app.narration import narrate
from sim.app.progress import Narrator
from sim.app.stored_run import StoredRun
from sim.engine.tables import ONE, PlayTables
from sim.errors import ArtifactError, ParameterError

SAME = (OUTCOMES, SUMMARY)
"""Files that must come out with the same bytes."""

USAGE = "replay takes the directory of a run, then --resolve, or draw=N replication=N; or that of a sweep and point=N"
PLAY = ("draw", "replication")
POINT = ("point",)


def command(arguments: Sequence[str]) -> None:
    """Replay the run that the arguments name; exits with 1 if a number came out differently."""
    flags = [argument for argument in arguments if argument.startswith("-")]
    places = [argument for argument in arguments if "=" not in argument and argument not in flags]
    play = dict(argument.split("=", 1) for argument in arguments if "=" in argument)
    legal = set(play) <= set(PLAY) or set(play) == set(POINT)
    if len(places) != 1 or not set(flags) <= {"--resolve"} or not legal or (flags and play):
        stop(f"{USAGE}, got {' '.join(arguments) or 'nothing'}", 2)
    try:
        if "point" in play:
            from sim.app.commands.replay_point import replay_point

            replay_point(Path(places[0]), play["point"])
            return
        run = StoredRun(Path(places[0]))
        if play:
            print_play(run, play)
        elif flags:
            resolve(run)
        else:
            replay(run)
    except Exception as error:
        found = complaint(error)
        if found is None:
            raise
        stop(*found)


def replay(run: StoredRun) -> None:
    """Play the stored tables again, write the numbers, and compare them with those of the run."""
    plan, tables = run.plan(), run.tables()
    with Narrator() as narrator:
        result = plan.run(narrator.progress, stored=tables)
    directory = _new_directory(plan.scenario.name)
    # what was said about solving is repeated, because nothing was solved here
    write_numbers(replace(result, notes=_notes(run)), directory)
    different = [
        name for name in SAME if (directory / name).read_bytes() != (run.directory / name).read_bytes()
    ]
    for name in SAME:
        sys.stdout.write(f"{name}: {'differs' if name in different else 'same bytes'}\n")
    sys.stdout.write(f"written to {os.path.relpath(directory)}\n")
    if different:
        raise ArtifactError(f"{', '.join(different)} of {run.directory} did not come out the same")


def resolve(run: StoredRun) -> None:
    """Solve again and say by how much the tables of each draw differ from the stored ones."""
    plan, tables = run.plan(), run.tables()
    with Narrator() as narrator:
        result = plan.run(narrator.progress)
    solved = result.tables()
    each = len(solved) // result.draws
    changed = set()
    for number, (stored, now) in enumerate(zip(tables, solved, strict=True)):
        name, size = largest_difference(stored, now)
        if size:
            changed.add(number // each)
            of = f", combination of types {number % each}" if each > 1 else ""
            sys.stdout.write(f"draw {number // each}{of}: largest difference {size:.3g} in {name}\n")
    sys.stdout.write(f"{len(changed)} of {result.draws} draws have other tables\n")


def print_play(run: StoredRun, which: dict[str, str]) -> None:
    """Print one play of the run, period by period."""
    from sim.engine.monte_carlo import record
    from sim.engine.type_draws import drawn_types
    from sim.games.treaty.type_space import type_space
    from sim.study.draws import values_of
    from sim.study.play_plan import plan_of_tables

    plan, tables = run.plan(), run.tables()
    draw, replication = (
        _whole(which, name, count)
        for name, count in zip(PLAY, (plan.engine.draws, plan.engine.replications), strict=True)
    )
    scenario, graph = plan.scenario, plan.graph()
    space = type_space(scenario, values_of(scenario, plan.engine.draws, plan.engine.seed))
    number = int(
        drawn_types(space, scenario.party_names, plan.engine.seed, replication + 1)[draw, replication]
    )
    played = plan_of_tables(scenario, graph, tables, len(space.combinations), plan.engine)
    recording = record(played, [(draw * len(space.combinations) + number, replication)])
    for party in space.secret:
        name = space.names[party][space.combinations[number][party]].replace("_", " ")
        sys.stdout.write(f"({scenario.party_names[party]} is of the type: {name})\n")
    for line in narrate(scenario, graph, recording):
        sys.stdout.write(f"{line}\n")


def largest_difference(first: PlayTables, second: PlayTables) -> tuple[str, float]:
    """Return the name of the table that differs most, and by how much; integers count as probabilities."""
    worst = ("nothing", 0.0)
    mine, theirs = first.arrays, second.arrays
    if mine.keys() != theirs.keys():  # beliefs are followed in one of them only
        return min(mine.keys() ^ theirs.keys()), float("inf")
    for name, one in mine.items():
        other = theirs[name]
        if one.shape != other.shape:
            return name, float("inf")
        scale = ONE if one.dtype == np.uint32 else 1
        size = float(np.abs(one.astype(np.float64) - other.astype(np.float64)).max(initial=0.0)) / scale
        if size > worst[1]:
            worst = (name, size)
    return worst


def _whole(which: dict[str, str], name: str, count: int) -> int:
    text = which.get(name, "0")
    if not text.isdecimal() or int(text) >= count:
        raise ParameterError(f"{name} must be a whole number from 0 to {count - 1}, got {text!r}")
    return int(text)


def _notes(run: StoredRun) -> tuple[str, ...]:
    import json

    path = run.directory / SUMMARY
    try:
        return tuple(json.loads(path.read_text(encoding="utf-8"))["notes"])
    except (OSError, ValueError, KeyError) as error:
        raise ArtifactError(f"{path} cannot be read: {error}") from None


def _new_directory(name: str) -> Path:
    now = datetime.now().astimezone()
    directory = Path("results/replay") / now.strftime("%Y-%m-%d") / f"{now.strftime('%H-%M-%S.%f')}-{name}"
    try:
        directory.mkdir(parents=True)
    except OSError as error:
        raise ArtifactError(f"{directory} cannot be made: {error.strerror}") from None
    return directory
