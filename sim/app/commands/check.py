"""``treaty-sim check``: compose, validate and build without running; ``--explain KEY``: who set a value."""

import sys
from collections.abc import Sequence
from dataclasses import replace

from omegaconf import DictConfig

from sim.app.hydra_door import launch, stop
from sim.app.plan import RunPlan
from sim.app.task import plan_here


def command(arguments: Sequence[str]) -> None:
    """Check what the arguments describe, or explain one key."""
    key, rest = _explained(list(arguments))
    task = check if key is None else lambda config: explain_key(key, config)
    launch("check", rest, task, writes=False)


def check(config: DictConfig) -> None:
    """Build everything and say what was built."""
    from sim.app.explain import layers, without_source

    plan = plan_here(config)
    inherited = [
        f"{path} is set in {place} without a unit and a source in about.{path}: it keeps those of the number before"
        for path, place in without_source(layers()).items()
    ]
    sys.stdout.write(description(replace(plan, notes=(*plan.notes, *inherited))))


def explain_key(key: str, config: DictConfig) -> None:
    """Print the final value of `key` and what set it."""
    from sim.app.explain import explain

    sys.stdout.write(f"{explain(key, config)}\n")


def description(plan: RunPlan) -> str:
    """Return what a plan would do, in a few lines."""
    graph, parameters = plan.graph(), plan.parameters()
    plan.strategies_on(graph)
    scenario, engine = plan.scenario, plan.engine
    assumed = sum(scenario.about[path].assumed for path in scenario.numbers)
    lines = [
        f"{scenario.title} ({scenario.name}), reading {scenario.reading}, from {scenario.start_date}",
        f"  {scenario.question}",
        f"  {graph.num_states:,} public states: {graph.num_situations} situations in "
        f"{graph.num_environments} environments",
        f"  {len(scenario.numbers)} numbers, {len(scenario.uncertain)} of them uncertain, {assumed} assumed",
        f"  {parameters.num_draws} draws of {engine.replications:,} plays over {engine.horizon_months:g} "
        f"months in periods of {scenario.treaty.period_months:g}, seed {engine.seed}",
        f"  strategies: {', '.join(f'{actor} {name}' for actor, name in plan.strategies.items())}",
        *(f"  note: {note}" for note in plan.notes),
        "everything fits",
    ]
    return "\n".join(lines) + "\n"


def _explained(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Take ``--explain KEY`` or ``--explain=KEY`` out of the arguments."""
    for place, argument in enumerate(arguments):
        if argument == "--explain":
            if place + 1 == len(arguments):
                stop("--explain needs a key, such as treaty.detection", 2)
            return arguments[place + 1], arguments[:place] + arguments[place + 2 :]
        if argument.startswith("--explain="):
            return argument.partition("=")[2], arguments[:place] + arguments[place + 1 :]
    return None, arguments
