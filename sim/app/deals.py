"""Deals in configs: issues found by name in ``deal/`` of every config directory, the user's first.

A file is an issue: title, sentence, signatories, and levels, each with a title, a sentence and what it changes
(`sim.app.changes`). A package of levels is applied to a configuration like a policy, one level after the other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from sim.app.changes import KEYS as CHANGES
from sim.app.changes import apply_changes, check_keys, read_changes, read_mapping, read_text
from sim.app.config_dir import files_of
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyParameters
from sim.model.deal import Issue, Level, Package, all_packages, named_package
from sim.study.comparison.result import Change

KEYS = ("title", "sentence", "signatories", "caution", "standing", "levels")
LEVEL_KEYS = ("title", "sentence", *CHANGES)


def deal_file(name: str, directories: Iterable[Path] = ()) -> Path:
    """Return the file of the issue `name`, which must exist."""
    return files_of("deal", directories)[name]


def read_issues(directories: Iterable[Path] = ()) -> dict[str, Issue]:
    """Return every issue by name.

    Raises
    ------
    ParameterError
        In one line naming the file and the key, if one is wrong.
    """
    return {name: _read(name, file) for name, file in files_of("deal", directories).items()}


def read_package(name: str, directories: Iterable[Path] = ()) -> Package:
    """Return the package called `name`, such as ``inspections.exchanged+notice_period.year``."""
    return named_package(name, read_issues(directories))


def check_signatories(issues: Iterable[Issue], actors: Sequence[str]) -> None:
    """Refuse an issue that wants the signature, or counts the standing payoffs, of nobody in `actors`."""
    for issue in issues:
        for place, names in (
            ("signatories", issue.signatories),
            *((f"standing.{term}", tuple(by_actor)) for term, by_actor in issue.standing.items()),
        ):
            for name in names:
                if name not in actors:
                    raise ParameterError(
                        f"deal {issue.name}: {place} must name actors, of {', '.join(actors)}, got {name!r}"
                    )


def apply_package(package: Package, config: DictConfig) -> tuple[DictConfig, tuple[Change, ...]]:
    """Return `config` under `package`, and its changes as they read there.

    Raises
    ------
    ParameterError
        Naming the deal, the path, and what is wrong.
    """
    made = config
    told: list[Change] = []
    for issue, level in package.terms:
        made, changes = apply_changes(level.changes, made, f"deal {issue.name}.{level.name}")
        told += changes
    return made, tuple(told)


@dataclass(frozen=True, kw_only=True)
class ParameterPackage:
    """A package that changes numbers of the treaty game and leaves its graph as it is, for a play under way.

    Attributes
    ----------
    name, title, sentence : str
    signatories : roles that must accept, as numbers
    changed : field of the treaty game's parameters -> what the package makes of its values
    """

    name: str
    title: str
    sentence: str
    signatories: tuple[int, ...]
    changed: Mapping[str, Callable[[Any], Any]]

    def applied(self, parameters: TreatyParameters) -> TreatyParameters:
        """Return `parameters` with the fields that the package changes replaced by what it makes of them."""
        from dataclasses import replace

        return replace(
            parameters, **{name: change(getattr(parameters, name)) for name, change in self.changed.items()}
        )


def parameter_packages(
    scenario: str = "inf_2019",
    overrides: Sequence[str] = (),
    *,
    most_issues: int = 1,
    directories: Iterable[Path] = (),
) -> Iterator[ParameterPackage]:
    """Yield the packages of a scenario that change numbers and leave the graph of public states as it is.

    Issues whose signatories are no actors of the scenario are left out. What a package makes of a number is found at
    the medians: where that number is replaced, it is replaced in every draw; where it is moved, every draw is moved
    by the same factor.

    Examples
    --------
    >>> [package.name for package in parameter_packages()]
    ['china_accession.pause', 'verification.inspected', 'verification.data_exchange']
    """
    from sim.app.build import compose, scenario_of, typed
    from sim.games.treaty.compose import parameters_of, rules_of

    given = [f"scenario={scenario}", *overrides]
    config = compose(given, directories=directories)

    def numbers(of: DictConfig) -> tuple[object, TreatyParameters]:
        world = scenario_of(typed(of), command_line=given)
        return rules_of(world)[0], parameters_of(world, world.values({}, 1))

    rules, before = numbers(config)
    actors = scenario_of(typed(config)).actor_names
    issues = [issue for issue in read_issues(directories).values() if set(issue.signatories) <= set(actors)]
    for package in all_packages(issues, most_issues):
        if any(issue.standing for issue, _ in package.terms):
            continue
        changed_rules, after = numbers(apply_package(package, config)[0])
        if changed_rules != rules:
            continue
        changed = {}
        for name in before.__dataclass_fields__:
            old, new = getattr(before, name), getattr(after, name)
            if name != "period_years" and (old != new).any():
                moved = any(f"treaty.{name}" in level.changes.scales for _, level in package.terms)
                changed[name] = partial(_moved, factor=new / old) if moved else partial(_put, value=new)
        if changed:
            yield ParameterPackage(
                name=package.name,
                title=package.title,
                sentence=package.sentence,
                signatories=tuple(actors.index(name) for name in package.signatories),
                changed=changed,
            )


def _moved(values: Any, *, factor: Any) -> Any:
    return values * factor


def _put(values: Any, *, value: Any) -> Any:
    return 0.0 * values + value


def _read(name: str, file: Path) -> Issue:
    content = read_mapping(file, KEYS, "an issue")
    where = str(file)
    signatories = content.get("signatories")
    if not isinstance(signatories, list) or not all(isinstance(each, str) for each in signatories):
        raise ParameterError(f"{where}: signatories must be a list of actors, got {signatories!r}")
    levels = content.get("levels")
    if not isinstance(levels, dict) or not levels:
        raise ParameterError(f"{where}: levels must map names to what they change, got {levels!r}")
    made = []
    for key, level in levels.items():
        place = f"{where}: levels.{key}"
        if not isinstance(level, dict):
            raise ParameterError(f"{place} must be a mapping, got {level!r}")
        check_keys(level, LEVEL_KEYS, place, "a level")
        made.append(
            Level(
                name=str(key),
                title=read_text(level, "title", place),
                sentence=read_text(level, "sentence", place),
                changes=read_changes(level, place, "a level"),
            )
        )
    return Issue(
        name=name,
        title=read_text(content, "title", where),
        sentence=read_text(content, "sentence", where),
        signatories=tuple(signatories),
        levels=tuple(made),
        caution=str(content.get("caution") or ""),
        standing=_standing(content.get("standing") or {}, where),
    )


def _standing(content: Any, where: str) -> dict[str, dict[str, float]]:
    from sim.games.treaty.terms import TERMS

    if not isinstance(content, dict):
        raise ParameterError(f"{where}: standing must map payoff terms, got {content!r}")
    standing = {}
    for term, features in content.items():
        if term not in TERMS:
            raise ParameterError(
                f"{where}: standing.{term} is no payoff term; the terms are {', '.join(TERMS)}"
            )
        if not isinstance(features, dict) or not all(
            isinstance(each, int | float) for each in features.values()
        ):
            raise ParameterError(f"{where}: standing.{term} must map actors to numbers, got {features!r}")
        standing[str(term)] = {str(actor): float(each) for actor, each in features.items()}
    return standing
