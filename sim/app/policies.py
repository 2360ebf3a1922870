"""Policies in configs: found by name in ``policy/`` of every config directory, the user's first.

A file holds a title, a sentence, and what it changes (`sim.app.changes`); or, under ``deal``, the name of a level in
``deal/``, whose changes, and words where it has none, are then its own. A policy comes after every config file and
before the command line: whoever fixes a key there fixes it for all policies, so that a policy which touches it is an
error.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from omegaconf import DictConfig, OmegaConf

from sim.app.changes import KEYS as CHANGES
from sim.app.changes import ROOTS, apply_changes, read_changes, read_mapping, read_text
from sim.app.config_dir import files_of
from sim.app.deals import deal_file, read_package
from sim.errors import ParameterError
from sim.model.changes import Changes
from sim.study.comparison.result import BASELINE, Policy

KEYS = ("title", "sentence", "caution", "deal", *CHANGES)

Key = TypeVar("Key")


@dataclass(frozen=True, kw_only=True)
class PolicyFile:
    """What a policy's file holds: words and changes, or the deal whose words and changes they are."""

    name: str
    title: str
    sentence: str
    caution: str = ""
    changes: Changes
    text: str

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that it touches, those of single parties included."""
        return self.changes.paths


def read_policies(names: Sequence[str], directories: Iterable[Path] = ()) -> list[PolicyFile]:
    """Return the policies called `names`.

    Raises
    ------
    ParameterError
        If one is unknown, named twice, or its file is wrong.
    """
    directories = tuple(directories)
    files = files_of("policy", directories)
    policies = []
    for place, name in enumerate(names):
        if name in names[:place]:
            raise ParameterError(f"policies must differ, got {name} twice")
        if name == BASELINE:
            raise ParameterError(
                f"policies: {BASELINE} is what every policy is compared with, and always there"
            )
        if name not in files:
            near = get_close_matches(name, files, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; the policies are {', '.join(sorted(files))}"
            raise ParameterError(f"policies: there is no {name!r} in policy/ of any config directory{hint}")
        policies.append(_read(name, files[name], directories))
    return policies


def apply_policy(policy: PolicyFile, config: DictConfig) -> tuple[DictConfig, Policy]:
    """Return `config` changed by `policy`, and the policy as it reads there.

    Raises
    ------
    ParameterError
        Naming the policy, the path, and what is wrong.
    """
    made, changes = apply_changes(policy.changes, config, f"policy {policy.name}")
    told = Policy(
        name=policy.name,
        title=policy.title,
        sentence=policy.sentence,
        caution=policy.caution,
        changes=changes,
    )
    return made, told


def check_free(policy: PolicyFile, arguments: Sequence[str]) -> None:
    """Refuse a policy that touches a key which the command line fixes, naming both."""
    for argument in arguments:
        key = argument.split("=", 1)[0].lstrip("+~")
        for path in policy.paths:
            if "." in key and (path == key or path.startswith(f"{key}.") or key.startswith(f"{path}.")):
                raise ParameterError(
                    f"policy {policy.name} changes {path}, which the command line fixes for every policy ({argument})"
                )


def twins_of(configs: Mapping[Key, DictConfig]) -> dict[Key, Key]:
    """Return, for each world that equals an earlier one in all but its words, the key of that one."""
    seen: dict[str, Key] = {}
    twins = {}
    for name, config in configs.items():
        content = OmegaConf.to_container(config, resolve=True)
        assert isinstance(content, dict)
        world = repr([content.get(root) for root in ROOTS])
        if world in seen:
            twins[name] = seen[world]
        seen.setdefault(world, name)
    return twins


def _read(name: str, file: Path, directories: Iterable[Path]) -> PolicyFile:
    content = read_mapping(file, KEYS, "a policy")
    text = file.read_text("utf-8")
    caution = str(content.get("caution") or "")
    if "deal" not in content:
        return PolicyFile(
            name=name,
            title=read_text(content, "title", str(file)),
            sentence=read_text(content, "sentence", str(file)),
            caution=caution,
            changes=read_changes(content, str(file), "a policy"),
            text=text,
        )
    twice = [key for key in CHANGES if key in content]
    if twice:
        raise ParameterError(
            f"{file}: a policy that is a deal changes what the deal changes, got {twice[0]} too"
        )
    package = read_package(read_text(content, "deal", str(file)), directories)
    if len(package.terms) != 1:
        raise ParameterError(f"{file}: deal must name one level of one issue, got {content['deal']!r}")
    ((issue, level),) = package.terms
    agreed = deal_file(issue.name, directories)
    return PolicyFile(
        name=name,
        title=str(content.get("title") or level.title),
        sentence=str(content.get("sentence") or level.sentence),
        caution=caution or issue.caution,
        changes=level.changes,
        text=f"{text}\n# deal/{agreed.name}, of which the level is {level.name}\n{agreed.read_text('utf-8')}",
    )
