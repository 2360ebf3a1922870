"""``treaty-sim compare policies=[…]``: policies against a baseline, on the same draws, with a one-page report."""

import sys
from collections.abc import Sequence
from datetime import datetime

from hydra import compose
from omegaconf import DictConfig, OmegaConf

from sim.app.build import typed
from sim.app.hydra_door import launch
from sim.app.manifest import config_hash, manifest, reproduce
from sim.app.plan import RunPlan, plan_of
from sim.app.policies import apply_policy, check_free, policy_files, read_policies, twins_of
from sim.app.progress import Narrator
from sim.app.task import config_directories, output_directory, task_arguments
from sim.errors import ParameterError
from sim.study.comparison.evaluate import World
from sim.study.comparison.result import BASELINE, Policy

Worlds = dict[tuple[str, str], World]

BASE = Policy(name=BASELINE, title="Baseline", sentence="What the scenario says, without any policy.")


def command(arguments: Sequence[str]) -> None:
    """Compare the policies that the arguments name."""
    launch("compare", arguments, compare)


def compare(config: DictConfig) -> None:
    """Compare policies and write the directory; ``manifest.json`` comes last, when everything is there."""
    started = datetime.now().astimezone()
    arguments, directory = task_arguments(), output_directory()
    policies, configs = composed(config, arguments)
    worlds: Worlds = {}
    plans: dict[tuple[str, str], RunPlan] = {}
    for key, each in configs.items():
        try:
            plans[key] = plan_of(typed(each), command_line=arguments, directories=config_directories())
        except ParameterError as error:
            raise ParameterError(str(error) if key[0] == BASELINE else f"policy {key[0]}: {error}") from None
        plans[key].strategies_on(plans[key].graph())
        worlds[key] = _world(plans[key])
    same = twins_of(configs)
    twins = _twin_sentences(same, policies, config.reading.name)
    for sentence in twins:  # named before anything is computed
        sys.stderr.write(f"note: {sentence}\n")
    with Narrator() as narrator:
        narrator.say_if_cold()

        from sim.app.comparison_files import write_comparison
        from sim.study.comparison.compare import compare as compared

        result = compared(
            policies,
            worlds,
            reading=config.reading.name,
            readings=_readings(config),
            objective=config.comparison.objective,
            resampled=config.comparison.resamples,
            same=same,
            twins=twins,
            progress=narrator.progress,
        )
        narrator.progress("writing numbers, figures and report", 0.0)
        facts = manifest(
            config,
            verb="compare",
            arguments=arguments,
            started=started,
            scenario=result.scenario.name,
            policies=[policy.name for policy in policies[1:]],
        )
        write_comparison(
            result,
            directory,
            command=reproduce("compare", arguments),
            config_yaml=OmegaConf.to_yaml(config, resolve=True),
            policy_yaml={
                policy.name: policy_files(config_directories())[policy.name].read_text("utf-8")
                for policy in policies[1:]
            },
            config_hash=config_hash(config),
            facts=facts,
        )

    from sim.report.comparison_words import terminal_table

    narrator.show(terminal_table(result), directory)


def composed(
    config: DictConfig, arguments: Sequence[str]
) -> tuple[list[Policy], dict[tuple[str, str], DictConfig]]:
    """Return the policies, the baseline first, and the configuration of every (policy, reading)."""
    if not config.policies:
        names = ", ".join(sorted(policy_files(config_directories())))
        raise ParameterError(f"policies must name at least one policy, such as policies=[{names}]")
    files = read_policies(list(config.policies), config_directories())
    for file in files:
        check_free(file, arguments)
    configs: dict[tuple[str, str], DictConfig] = {}
    told: dict[str, Policy] = {}
    for reading in _readings(config):
        base = config if reading == config.reading.name else _under(reading, arguments)
        configs[BASELINE, reading] = base
        for file in files:
            configs[file.name, reading], policy = apply_policy(file, base)
            if reading == config.reading.name:
                told[file.name] = policy
    return [BASE, *(told[file.name] for file in files)], configs


def _readings(config: DictConfig) -> list[str]:
    """Return the readings that regret is told across, the one of the command line among them."""
    wanted = list(config.comparison.readings)
    own = config.reading.name
    return wanted if own in wanted else [own, *wanted]


def _under(reading: str, arguments: Sequence[str]) -> DictConfig:
    """Return the configuration of the same arguments under another reading."""
    others = [argument for argument in arguments if not argument.startswith("reading=")]
    return compose("config", overrides=[*others, f"reading={reading}"])


def _world(plan: RunPlan) -> World:
    return World(
        scenario=plan.scenario,
        strategies=plan.strategies,
        automata=plan.automata,
        engine=plan.engine,
        solver=plan.solver,
    )


def _twin_sentences(
    same: dict[tuple[str, str], tuple[str, str]], policies: Sequence[Policy], reading: str
) -> list[str]:
    sentences = []
    for policy in policies:
        twin = same.get((policy.name, reading))
        if twin is not None and twin[0] == BASELINE:
            sentences.append(f"{policy.name} changes nothing here: it equals the baseline")
        elif twin is not None and twin[0] != policy.name:
            sentences.append(f"{policy.name} equals {twin[0]} here")
    return sentences
