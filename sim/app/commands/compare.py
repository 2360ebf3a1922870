"""``treaty-sim compare policies=[…]``: policies against a baseline, on the same draws, with a one-page report."""

import sys
from collections.abc import Sequence
from datetime import datetime

from hydra import compose
from omegaconf import DictConfig

from sim.app.comparison_plan import comparison_of
from sim.app.hydra_door import launch
from sim.app.manifest import provenance
from sim.app.progress import Narrator
from sim.app.task import config_directories, output_directory, task_arguments


def command(arguments: Sequence[str]) -> None:
    """Compare the policies that the arguments name."""
    launch("compare", arguments, compare)


def compare(config: DictConfig) -> None:
    """Compare policies and write the directory; ``manifest.json`` comes last, when everything is there."""
    started = datetime.now().astimezone()
    arguments, directory = task_arguments(), output_directory()
    plan = comparison_of(
        config,
        arguments,
        directories=config_directories(),
        under=lambda given: compose("config", overrides=list(given)),
    )
    for sentence in plan.twins:  # named before anything is computed
        sys.stderr.write(f"note: {sentence}\n")
    with Narrator() as narrator:
        narrator.say_if_cold()
        result = plan.run(narrator.progress)
        narrator.progress("writing numbers, figures and report", 0.0)

        from sim.app.comparison_files import write_comparison
        from sim.report.comparison_words import terminal_table

        made = provenance(
            config,
            verb="compare",
            arguments=arguments,
            started=started,
            texts=plan.texts,
            scenario=result.scenario.name,
            policies=list(plan.texts),
        )
        write_comparison(result, directory, made)
    narrator.show(terminal_table(result), directory)
