"""``treaty-sim run``: build the game, solve it, play it, write the numbers, the figures and the report."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from omegaconf import DictConfig

from sim.app.companion import companion
from sim.app.hydra_door import launch
from sim.app.manifest import provenance
from sim.app.progress import Narrator
from sim.app.task import output_directory, plan_here, task_arguments
from sim.study.aside import Aside, at_once


def command(arguments: Sequence[str]) -> None:
    """Run the scenario that the arguments describe."""
    with companion(wanted=not any(argument.startswith("--") for argument in arguments)) as aside:
        launch("run", arguments, partial(run, aside=aside))


def run(config: DictConfig, aside: Aside = at_once) -> None:
    """Run one scenario and write its directory; ``manifest.json`` comes last, when everything is there."""
    started = datetime.now().astimezone()
    plan = plan_here(
        config
    )  # everything that a user can get wrong is found here, before anything is computed
    directory = output_directory()
    if plan.engine.workers == 1:
        aside = at_once
    with Narrator() as narrator:
        if narrator.say_if_cold():
            from sim.study.stage_game import rehearse

            aside(rehearse)  # compiles there while the rest is compiled here
        result = plan.run(narrator.progress, aside=aside)
        narrator.progress("writing numbers, figures and report", 0.0)

        from sim.app.artifacts import as_json, write_numbers
        from sim.app.stored_tables import write_tables
        from sim.files import write_whole
        from sim.report.html import write_report
        from sim.report.write import write_figures
        from sim.study.stored_manifest import MANIFEST

        digests = write_tables(result, directory)
        write_numbers(result, directory)
        made = provenance(
            config,
            verb="run",
            arguments=task_arguments(),
            started=started,
            scenario=plan.scenario.name,
            tables=digests,
            automata=plan.automata_played(),
        )
        write_figures(result, directory, seed_note=f"seed {plan.engine.seed}, {made.mark}", aside=aside)
        write_report(result, directory, made)
        write_whole(directory / MANIFEST, as_json(made.manifest))
    narrator.finish(result, directory)
