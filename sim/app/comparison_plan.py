"""What a comparison is about to do: every policy under every reading built and checked, nothing computed yet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig

from sim.app.build import compose, typed
from sim.app.config_dir import files_of
from sim.app.plan import RunPlan, load, plan_of
from sim.app.policies import apply_policy, check_free, read_policies, twins_of
from sim.errors import ParameterError
from sim.study.comparison.evaluate import World
from sim.study.comparison.result import BASELINE, Comparison, Policy
from sim.study.progress import Progress, silent

Key = tuple[str, str]
"""A policy and a reading."""

BASE = Policy(name=BASELINE, title="Baseline", sentence="What the scenario says, without any policy.")


@dataclass(frozen=True, kw_only=True)
class ComparisonPlan:
    """A comparison, ready to start.

    Attributes
    ----------
    policies : the baseline first
    plans : (policy, reading) -> what to run
    same : (policy, reading) -> an earlier one with the same world
    reading : whose numbers the table is for
    readings : what regret is told across
    objective : what policies are ranked by
    resamples : of the draws
    texts : policy -> what its file says
    """

    policies: tuple[Policy, ...]
    plans: Mapping[Key, RunPlan]
    same: Mapping[Key, Key]
    reading: str
    readings: tuple[str, ...]
    objective: str
    resamples: int
    texts: Mapping[str, str]

    @property
    def twins(self) -> tuple[str, ...]:
        """Sentences about policies that change nothing under the reading, or the same as another."""
        sentences = []
        for policy in self.policies[1:]:
            twin = self.same.get((policy.name, self.reading))
            if twin is not None:
                equal = "the baseline" if twin[0] == BASELINE else twin[0]
                nothing = "changes nothing here: it " if twin[0] == BASELINE else ""
                sentences.append(f"{policy.name} {nothing}equals {equal}")
        return tuple(sentences)

    def run(self, progress: Progress = silent) -> Comparison:
        """Evaluate every world and compare."""
        from sim.study.comparison.compare import compare

        return compare(
            self.policies,
            {key: _world(plan) for key, plan in self.plans.items()},
            reading=self.reading,
            readings=self.readings,
            objective=self.objective,
            resampled=self.resamples,
            same=self.same,
            twins=self.twins,
            progress=progress,
        )


def load_comparison(
    policies: Sequence[str],
    overrides: Sequence[str] = (),
    *,
    directories: Iterable[Path | str] = (),
) -> ComparisonPlan:
    """Return the plan to compare `policies`, from the same configs and overrides as the command line.

    Examples
    --------
    >>> plan = load_comparison(["longer_notice"], ["engine=quick", "comparison.readings=[neutral]"])
    >>> sorted(plan.plans)
    [('baseline', 'neutral'), ('longer_notice', 'neutral')]
    """
    places = [Path(directory) for directory in directories]
    given = [*overrides, f"policies=[{','.join(policies)}]"]

    def under(arguments: Sequence[str]) -> DictConfig:
        return compose(arguments, directories=places)

    return comparison_of(under(given), given, directories=places, under=under)


def load_world(scenario: str, overrides: Sequence[str] = ()) -> World:
    """Return one world to evaluate, from the same configs and overrides as the command line.

    Examples
    --------
    >>> load_world("inf_2019", ["treaty.detection=0.9", "engine.draws=3"]).engine.draws
    3
    """
    return _world(load(scenario, overrides))


def comparison_of(
    config: DictConfig,
    arguments: Sequence[str],
    *,
    directories: Sequence[Path],
    under: Callable[[Sequence[str]], DictConfig],
) -> ComparisonPlan:
    """Return the comparison that `config` describes, after checking that every world fits together.

    Parameters
    ----------
    arguments : what the command line said
    under : composes a configuration from arguments, to be asked for each further reading

    Raises
    ------
    ParameterError
        In one line, naming the policy and the key.
    """
    if not config.policies:
        names = ",".join(sorted(files_of("policy", directories)))
        raise ParameterError(f"policies must name at least one policy, such as policies=[{names}]")
    files = read_policies(list(config.policies), directories)
    for file in files:
        check_free(file, arguments)
    own = config.reading.name
    readings = list(config.comparison.readings)
    readings = readings if own in readings else [own, *readings]
    if config.comparison.resamples < 1:
        raise ParameterError(f"comparison.resamples must be at least 1, got {config.comparison.resamples}")
    others = [argument for argument in arguments if not argument.startswith("reading=")]
    configs: dict[Key, DictConfig] = {}
    told: dict[str, Policy] = {}
    for reading in readings:
        base = config if reading == own else under([*others, f"reading={reading}"])
        configs[BASELINE, reading] = base
        for file in files:
            configs[file.name, reading], policy = apply_policy(file, base)
            if reading == own:
                told[file.name] = policy
    return ComparisonPlan(
        policies=(BASE, *(told[file.name] for file in files)),
        plans={key: _planned(key, each, arguments, directories) for key, each in configs.items()},
        same=twins_of(configs),
        reading=own,
        readings=tuple(readings),
        objective=str(config.comparison.objective),
        resamples=int(config.comparison.resamples),
        texts={file.name: file.text for file in files},
    )


def _planned(key: Key, config: DictConfig, arguments: Sequence[str], directories: Sequence[Path]) -> RunPlan:
    try:
        plan = plan_of(typed(config), command_line=arguments, directories=directories)
        plan.strategies_on(plan.graph())
        plan.parameters()
    except ParameterError as error:
        raise ParameterError(str(error) if key[0] == BASELINE else f"policy {key[0]}: {error}") from None
    if plan.scenario.types:
        raise ParameterError(f"compare plays without types, got types of {', '.join(plan.scenario.types)}")
    return plan


def _world(plan: RunPlan) -> World:
    return World(
        scenario=plan.scenario,
        strategies=plan.strategies,
        automata=plan.automata,
        engine=plan.engine,
        solver=plan.solver,
        notes=plan.notes,
    )
