"""``treaty-sim history``: the observed path under the profile, step by step; ``calibrate=true``: what it teaches."""

from collections.abc import Sequence
from datetime import datetime

from omegaconf import DictConfig
from rich.console import Console

from sim.app.build import typed
from sim.app.hydra_door import launch
from sim.app.manifest import provenance
from sim.app.progress import Narrator
from sim.app.task import output_directory, plan_here, task_arguments
from sim.errors import ParameterError


def command(arguments: Sequence[str]) -> None:
    """Set the recorded history against the scenario that the arguments describe."""
    launch("history", arguments, history)


def history(config: DictConfig) -> None:
    """Compute the likelihood of the path, calibrate if asked to, and write the directory, its manifest last."""
    from sim.study.history_study import CalibrationOptions, study_history

    started = datetime.now().astimezone()
    plan, conf = plan_here(config), typed(config)
    if plan.scenario.types:
        raise ParameterError(f"history is told without types, got types of {', '.join(plan.scenario.types)}")
    options = CalibrationOptions(
        parameters=tuple(conf.calibration.parameters),
        draws=conf.calibration.draws,
        rounds=conf.calibration.rounds,
    )
    with Narrator() as narrator:
        narrator.say_if_cold()
        result = study_history(
            plan.scenario,
            engine=plan.engine,
            solver=plan.solver,
            strategies=plan.strategies,
            automata=plan.automata,
            calibration=options if conf.calibrate else None,
            progress=narrator.progress,
            notes=plan.notes,
        )

        from sim.app.history_files import write_history
        from sim.report.history_report import history_lines

        directory = output_directory()
        made = provenance(
            config,
            verb="history",
            arguments=task_arguments(),
            started=started,
            scenario=plan.scenario.name,
        )
        write_history(result, directory, made)
    console = Console()
    for line in history_lines(result):
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    narrator.show_place(directory)
