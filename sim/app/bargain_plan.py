"""What a study of deals is about to do: every package built and checked, nothing computed yet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig

from sim.app.build import compose, typed
from sim.app.config_dir import files_of
from sim.app.deals import apply_package, check_signatories, read_issues
from sim.app.levers import read_levers
from sim.app.plan import RunPlan, plan_of
from sim.app.schema import RunConf
from sim.errors import ParameterError
from sim.model.deal import NO_DEAL, Issue, Package, all_packages, named_package
from sim.model.lever import Lever
from sim.study.bargaining.bargain import SECONDS_PER_SOLUTION, bargain
from sim.study.bargaining.finder import BISECTIONS, CANDIDATES, find
from sim.study.bargaining.found import Found
from sim.study.bargaining.options import BargainOptions
from sim.study.bargaining.result import Bargaining
from sim.study.bargaining.worlds import DealWorld
from sim.study.comparison.result import Change
from sim.study.progress import Progress, silent


@dataclass(frozen=True, kw_only=True)
class BargainPlan:
    """A study of deals, ready to start.

    Attributes
    ----------
    base : the scenario without a deal
    worlds : no deal first
    changes : package -> what it moves
    texts : issue -> what its file says
    levers, target : of the deal finder
    notes : sentences to show beside the numbers
    """

    base: RunPlan
    worlds: tuple[DealWorld, ...]
    changes: Mapping[str, tuple[Change, ...]]
    options: BargainOptions
    texts: Mapping[str, str]
    levers: tuple[Lever, ...]
    target: float
    notes: tuple[str, ...]

    @property
    def cost_of_finding(self) -> str:
        """What the deal finder costs at most, in words."""
        levers, packages = len(self.levers), len(self.worlds) - 1
        medians = 2 * levers + levers * (levers - 1) // 2 + packages
        evaluations = 2 + 2 * CANDIDATES * (1 + 2 * BISECTIONS) + 3 * CANDIDATES + 4
        solutions = medians + evaluations * self.options.draws
        return (
            f"{levers} levers, one and two at a time, and {packages} packages at the medians, the best of them over "
            f"{self.options.draws} draws: at most {solutions} equilibria, {_minutes(solutions)} of processor time"
        )

    def find(self, progress: Progress = silent) -> Found:
        """Find what keeps the treaty alive with the target's probability."""
        names = self.base.scenario.actor_names
        first, second = (names.index(name) for name in self.options.players)
        return find(
            self.worlds,
            self.levers,
            target=self.target,
            players=(first, second),
            draws=self.options.draws,
            engine=self.base.engine,
            solver=self.base.solver,
            progress=progress,
            notes=self.notes,
        )

    @property
    def cost(self) -> str:
        """What the study costs, in words."""
        solutions = len(self.worlds) + 1 + (self.options.examined + 1) * self.options.draws
        return (
            f"{len(self.worlds) - 1} deals at the medians and the {self.options.examined} best over "
            f"{self.options.draws} draws: {solutions} equilibria, {_minutes(solutions)} of processor time"
        )

    def run(self, progress: Progress = silent) -> Bargaining:
        """Compute everything."""
        return bargain(
            self.worlds,
            self.changes,
            options=self.options,
            engine=self.base.engine,
            solver=self.base.solver,
            progress=progress,
            notes=self.notes,
        )


def load_bargain(
    name: str = "inf_2019", overrides: Sequence[str] = (), *, directories: Iterable[Path | str] = ()
) -> BargainPlan:
    """Return the plan to bargain over scenario `name`, from the same configs and overrides as the command line.

    Examples
    --------
    >>> plan = load_bargain(overrides=["bargain.deals=[moratorium,notice_period.year+moratorium]"])
    >>> [world.package.name for world in plan.worlds]
    ['no_deal', 'moratorium.offered', 'moratorium.offered+notice_period.year']
    """
    places = [Path(directory) for directory in directories]
    given = [f"scenario={name}", *overrides]
    return bargain_plan(compose(given, directories=places), given, directories=places)


def bargain_plan(
    config: DictConfig, arguments: Sequence[str], *, directories: Sequence[Path] = ()
) -> BargainPlan:
    """Return the study of deals that `config` describes, after checking that every package fits the scenario.

    Raises
    ------
    ParameterError
        In one line, naming the deal and the key.
    """
    whole = typed(config)
    base = _planned(NO_DEAL, whole, arguments, directories)
    if base.scenario.types:
        raise ParameterError(f"bargain solves without types, got types of {', '.join(base.scenario.types)}")
    _refuse_strategies(base)
    issues = _issues(config, base, directories)
    packages = _packages(config, issues)
    notes = list(base.notes)
    worlds = [DealWorld(package=Package(), scenario=base.scenario)]
    changes: dict[str, tuple[Change, ...]] = {}
    light, about = config.copy(), whole.about
    light.about = {}  # where numbers are from is the same but for what a deal sets; copying it is most of the work
    for package in packages:
        _check_free(package, arguments)
        changed, told = apply_package(package, light)
        conf = typed(changed)
        conf.about = about
        plan = _planned(package.name, conf, arguments, directories)
        worlds.append(DealWorld(package=package, scenario=plan.scenario))
        changes[package.name] = told
        notes += [f"{package.name}: {note}" for note in plan.notes if note not in base.notes]
    used = dict.fromkeys(issue for package in packages for issue in package.issues)
    files = files_of("deal", directories)
    return BargainPlan(
        base=base,
        worlds=tuple(worlds),
        changes=changes,
        options=bargain_options(config, base),
        texts={name: files[name].read_text("utf-8") for name in used},
        levers=tuple(read_levers(list(config.bargain.levers), directories)),
        target=_target(config.bargain.target),
        notes=tuple(notes),
    )


def _target(given: float) -> float:
    if not 0 < given < 1:
        raise ParameterError(f"bargain.target must be a probability, in (0, 1), got {given:g}")
    return given


def _minutes(solutions: int) -> str:
    return f"about {max(1, round(solutions * SECONDS_PER_SOLUTION / 60))} min"


def bargain_options(config: DictConfig, base: RunPlan) -> BargainOptions:
    """Return the options of the study, the parties being the players unless others are named."""
    given = config.bargain
    players = tuple(given.players) or base.scenario.party_names
    if len(players) != 2:
        raise ParameterError(f"bargain.players must name two actors, got {', '.join(players) or 'none'}")
    return BargainOptions(
        players=(players[0], players[1]),
        trigger=tuple(given.trigger),
        reversion_months=given.reversion_months,
        examined=given.examined,
        draws=given.draws,
        first=given.first or "",
        rounds=given.rounds,
        round_months=given.round_months,
        offer_strategies=tuple(given.offers.strategies),
        offer_rounds=given.offers.rounds,
        aspiration=given.offers.aspiration,
    )


def _issues(config: DictConfig, base: RunPlan, directories: Sequence[Path]) -> dict[str, Issue]:
    known = read_issues(directories)
    wanted = list(config.bargain.issues)
    for name in wanted:
        if name not in known:
            named_package(name, known)  # says what the issues are
    issues = {name: issue for name, issue in known.items() if not wanted or name in wanted}
    check_signatories(issues.values(), base.scenario.actor_names)
    return issues


def _packages(config: DictConfig, issues: Mapping[str, Issue]) -> list[Package]:
    named = list(config.bargain.deals)
    if named:
        packages = [named_package(name, issues) for name in named if name != NO_DEAL]
        twice = [each.name for k, each in enumerate(packages) if each in packages[:k]]
        if twice:
            raise ParameterError(f"bargain.deals must differ, got {twice[0]} twice")
        return packages
    return list(all_packages(list(issues.values()), config.bargain.most_issues))


def _check_free(package: Package, arguments: Sequence[str]) -> None:
    for argument in arguments:
        key = argument.split("=", 1)[0].lstrip("+~")
        for issue, level in package.terms:
            for path in level.changes.paths:
                if "." in key and (path == key or path.startswith(f"{key}.") or key.startswith(f"{path}.")):
                    raise ParameterError(
                        f"deal {issue.name}.{level.name} changes {path}, which the command line fixes ({argument}); "
                        f"leave it out by bargain.issues or bargain.deals"
                    )


def _refuse_strategies(plan: RunPlan) -> None:
    given = [f"{actor}: {name}" for actor, name in plan.strategies.items() if name != "equilibrium"]
    if given:
        raise ParameterError(
            f"bargain compares equilibria, so that strategy must be equilibrium for everybody, got {given[0]}"
        )


def _planned(name: str, conf: RunConf, arguments: Sequence[str], directories: Sequence[Path]) -> RunPlan:
    try:
        plan = plan_of(conf, command_line=arguments, directories=directories)
        plan.parameters()
    except ParameterError as error:
        raise ParameterError(str(error) if name == NO_DEAL else f"deal {name}: {error}") from None
    return plan
