"""``treaty-sim bargain``: deals, their zone of agreement and who keeps them; ``bargain find`` looks for one.

``deals=``, ``target=``, ``horizon_months=`` and ``offers=`` stand for the keys under ``bargain`` and ``engine``.
"""

import sys
from collections.abc import Sequence
from datetime import datetime

from omegaconf import DictConfig

from sim.app.hydra_door import launch
from sim.app.manifest import provenance
from sim.app.progress import Narrator
from sim.app.task import config_directories, output_directory, task_arguments

FIND = "find"

SHORT = {
    "deals": "bargain.deals",
    "target": "bargain.target",
    "horizon_months": "engine.horizon_months",
    "offers": "bargain.offers.strategies",
}
"""What may be said shortly after this verb."""


def command(arguments: Sequence[str]) -> None:
    """Bargain over the deals that the arguments describe; ``find`` first looks for what keeps the treaty alive."""
    finding = list(arguments[:1]) == [FIND]
    launch("bargain", [spelt_out(each) for each in arguments[finding:]], find if finding else bargain)


def find(config: DictConfig) -> None:
    """Look for the smallest change and the cheapest packages, and write the directory, the manifest last."""
    from sim.app.bargain_plan import bargain_plan

    started = datetime.now().astimezone()
    arguments, directory = task_arguments(), output_directory()
    plan = bargain_plan(config, arguments, directories=config_directories())
    sys.stderr.write(f"{plan.cost_of_finding}\n")
    with Narrator() as narrator:
        narrator.say_if_cold()
        found = plan.find(narrator.progress)
        narrator.progress("writing numbers and report", 0.0)

        from sim.app.finder_files import write_found
        from sim.report.finder import terminal_lines

        made = provenance(
            config,
            verb="bargain",
            arguments=[FIND, *arguments],
            started=started,
            texts=plan.texts,
            scenario=found.scenario.name,
        )
        write_found(found, directory, made)
    narrator.show(terminal_lines(found), directory)


def spelt_out(argument: str) -> str:
    """Return an argument with its whole key.

    Examples
    --------
    >>> spelt_out("target=0.9"), spelt_out("scenario=inf_1988")
    ('bargain.target=0.9', 'scenario=inf_1988')
    """
    key, sign, value = argument.partition("=")
    return f"{SHORT.get(key, key)}{sign}{value}"


def bargain(config: DictConfig) -> None:
    """Study the deals and write the directory; ``manifest.json`` comes last, when everything is there."""
    from sim.app.bargain_plan import bargain_plan

    started = datetime.now().astimezone()
    arguments, directory = task_arguments(), output_directory()
    plan = bargain_plan(config, arguments, directories=config_directories())
    sys.stderr.write(f"{plan.cost}\n")
    with Narrator() as narrator:
        narrator.say_if_cold()
        result = plan.run(narrator.progress)
        narrator.progress("writing numbers, figures and report", 0.0)

        from sim.app.bargain_files import write_bargaining
        from sim.report.bargaining_words import terminal_table

        made = provenance(
            config,
            verb="bargain",
            arguments=arguments,
            started=started,
            texts=plan.texts,
            scenario=result.scenario.name,
        )
        write_bargaining(result, directory, made)
    narrator.show(terminal_table(result), directory)
