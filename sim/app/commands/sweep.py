"""``treaty-sim sweep study=…``: evaluate a study's points; the same command, or ``--resume DIR``, goes on."""

import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from omegaconf import OmegaConf

from sim.app.build import typed
from sim.app.complaints import complaint
from sim.app.executors import executor_of
from sim.app.hydra_door import flags_in, launch, stop
from sim.app.main import INTERRUPTED
from sim.app.manifest import manifest
from sim.app.progress import Narrator
from sim.app.stored_sweep import stored_sweep, with_executor
from sim.app.study_plan import Composed, composed_here, study_of
from sim.errors import SolverError
from sim.files import write_whole
from sim.study.stored_manifest import MANIFEST
from sim.study.sweep.driver import SweepEnd, run_sweep
from sim.study.sweep.store import FAILED, Store, check_plan, read_manifest
from sim.study.sweep.study import Study

ROOT = Path("results/sweep")
CONFIG, REPORT = "config.yaml", "report.html"


def command(arguments: Sequence[str]) -> None:
    """Sweep the study that the arguments describe, or go on with the one in a directory."""
    directory, rest = _resumed(list(arguments))
    if directory is None:
        launch("sweep", rest, lambda config: sweep(composed_here(config), rest), writes=False)
        return
    if any(
        not argument.startswith("executor.") and not argument.startswith("executor=") for argument in rest
    ):
        stop("sweep --resume DIR takes nothing else but executor=…; the directory knows its study", 2)
    try:
        source = stored_sweep(directory)
        if rest:
            source = replace(source, config=with_executor(source, rest))
        sweep(source, [], directory)
    except Exception as error:
        found = complaint(error)
        if found is None:
            raise
        stop(*found)


def sweep(source: Composed, arguments: Sequence[str], directory: Path | None = None) -> None:
    """Evaluate what is not yet evaluated, and say how it ended."""
    started = datetime.now().astimezone()
    config = source.config
    study = study_of(source)
    executor = executor_of(typed(config))
    place = directory_of(study, fresh=bool(config.study.fresh)) if directory is None else directory
    if directory is not None:
        check_plan(directory, read_manifest(directory), study)
    facts = manifest(
        config,
        verb="sweep",
        arguments=[argument for argument in source.arguments if not argument.startswith("study.fresh")],
        started=started,
        study=study.facts(),
        flags=flags_in(arguments),
        choices=dict(source.choices),
        composed=OmegaConf.to_container(config, resolve=True),
    )
    shown = os.path.relpath(place) if place.resolve().is_relative_to(Path.cwd()) else str(place)
    again = f"treaty-sim sweep --resume {shown}"
    with Narrator() as narrator:
        narrator.say_if_cold()
        narrator.say(
            f"{study.title or study.name}: {study.design.num_points:,} points in {study.num_batches:,} batches"
        )
        for remark in study.remarks:
            narrator.say(f"note: {remark}")
        try:
            if not (place / CONFIG).exists():
                write_whole(place / CONFIG, OmegaConf.to_yaml(config, resolve=True).encode())
            end = run_sweep(
                study,
                place,
                executor,
                manifest=facts,
                progress=_spoken(narrator),
                tell=lambda line: narrator.say(f"note: {line}"),
            )
        except KeyboardInterrupt:
            stop(f"interrupted: every finished batch is kept; go on with: {again}", INTERRUPTED)
        seconds = round((datetime.now().astimezone() - started).total_seconds(), 3)
        if end.found < end.points:
            Store(place, study).update_manifest(finished=not end.lost, seconds=seconds)
        if not end.lost and (end.found < end.points or not (place / REPORT).exists()):
            narrator.say("analysing the points")
            _analyse(place)
    sys.stdout.write(_told(end, shown))
    if end.lost:
        raise SolverError(
            f"{len(end.lost)} batches ended their workers and are not there, batch {end.lost[0]} for instance; "
            f"try again with: {again}"
        )


def directory_of(study: Study, *, fresh: bool) -> Path:
    """Return where a study's sweep lies: the latest directory of its plan, or a new one if `fresh`."""
    stem = f"{study.name}-{study.plan_hash}"
    taken = [1] if (ROOT / stem / MANIFEST).exists() else []
    for path in ROOT.glob(f"{stem}-*"):
        number = re.fullmatch(rf"{re.escape(stem)}-(\d+)", path.name)
        taken += [int(number[1])] if number else []
    latest = max(taken, default=0) + (fresh or not taken)
    return ROOT / (stem if latest == 1 else f"{stem}-{latest}")


def _analyse(place: Path) -> None:
    """Write the figures and sentences of a finished sweep, if any of its points did not fail."""
    from sim.report.sweep_report import write_sweep_report
    from sim.study.sweep.results import study_facts, sweep_table

    table = sweep_table(place)
    if table.num_points:
        write_sweep_report(table, study_facts(place), place)


def _resumed(arguments: list[str]) -> tuple[Path | None, list[str]]:
    """Take ``--resume DIR`` or ``--resume=DIR`` out of the arguments."""
    for place, argument in enumerate(arguments):
        if argument == "--resume":
            if place + 1 == len(arguments):
                stop("--resume needs the directory of a sweep", 2)
            return Path(arguments[place + 1]), arguments[:place] + arguments[place + 2 :]
        if argument.startswith("--resume="):
            return Path(argument.partition("=")[2]), arguments[:place] + arguments[place + 1 :]
    return None, arguments


def _spoken(narrator: Narrator) -> Callable[[str, float], None]:
    """Show progress on a terminal; elsewhere say a line every tenth of the way."""
    said = [0]

    def progress(stage: str, share: float) -> None:
        narrator.progress(stage, share)
        if not narrator.is_terminal and int(10 * share) > said[0]:
            said[0] = int(10 * share)
            narrator.say(f"{10 * said[0]} % done")

    return progress


def _told(end: SweepEnd, shown: str) -> str:
    new = end.points - end.found
    lines: list[str] = []
    if not new:
        lines.append(f"finished before: all {end.points:,} points are in {shown}; nothing was run again")
    elif not end.lost:
        before = f", {end.found:,} of them from before" if end.found else ""
        lines.append(f"finished: {end.points:,} points{before} in {shown}: open {REPORT}")
    if end.failed:
        lines.append(f"{end.failed:,} points failed: {shown}/{FAILED} says why")
    return "".join(f"{line}\n" for line in lines)
