"""Policies in configs: found by name in ``policy/`` of every config directory, the user's first.

A file holds a title, a sentence, and what it changes: ``set`` (path to value), ``scale`` and ``add`` (path to
number, relative to the baseline, so that they mean the same under each reading); ``about`` says for each path
where the number is from. A policy comes after every config file and before the command line: whoever fixes a
key there fixes it for all policies, so that a policy which touches it is an error.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError  # type: ignore[import-untyped]

from sim.app.complaints import unknown_key
from sim.app.config_dir import config_dir
from sim.errors import ParameterError
from sim.model.moved import scaled, shifted
from sim.model.treaty import BY_PARTY
from sim.model.uncertain import Distribution, parse_value
from sim.study.comparison.result import BASELINE, Change, Policy

KEYS = ("title", "sentence", "caution", "set", "scale", "add", "about")
ROOTS = ("actors", "treaty", "start", "components", "strategy")
"""What a policy may change: the world, not how it is computed."""

Key = TypeVar("Key")

_MISSING = object()


@dataclass(frozen=True, kw_only=True)
class PolicyFile:
    """What a policy's file holds; `about` maps a path to its unit, source and `assumed`."""

    name: str
    title: str
    sentence: str
    caution: str = ""
    sets: Mapping[str, Any] = field(default_factory=dict)
    scales: Mapping[str, float] = field(default_factory=dict)
    adds: Mapping[str, float] = field(default_factory=dict)
    about: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that it touches, those of single parties included."""
        relative = [*self.scales, *self.adds]
        by_party = [
            f"treaty.{name}" for name, stem in BY_PARTY.items() if f"treaty.{stem}" in (*relative, *self.sets)
        ]
        return tuple(dict.fromkeys([*self.sets, *relative, *by_party]))


def policy_files(directories: Iterable[Path] = ()) -> dict[str, Path]:
    """Return the file of every policy by name; `directories` come before the shipped one."""
    files: dict[str, Path] = {}
    for directory in (*directories, config_dir()):
        for file in sorted((directory / "policy").glob("*.yaml")):
            files.setdefault(file.stem, file)
    return files


def read_policies(names: Sequence[str], directories: Iterable[Path] = ()) -> list[PolicyFile]:
    """Return the policies called `names`.

    Raises
    ------
    ParameterError
        If one is unknown, named twice, or its file is wrong.
    """
    files = policy_files(directories)
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
        policies.append(_read(name, files[name]))
    return policies


def apply_policy(policy: PolicyFile, config: DictConfig) -> tuple[DictConfig, Policy]:
    """Return `config` changed by `policy`, and the policy as it reads there.

    Raises
    ------
    ParameterError
        Naming the policy, the path, and what is wrong.
    """
    made = config.copy()
    changes = []
    for path, value in policy.sets.items():
        before = _at(config, path, policy.name)
        OmegaConf.update(made, path, value, merge=False)
        changes.append(_change(policy, path, f"{_shown(before)} → {_shown(value)}"))
        _tell_source(made, policy, path, value)
    for path, number in (*policy.scales.items(), *policy.adds.items()):
        relative = scaled if path in policy.scales else shifted
        sign = "×" if path in policy.scales else "+"
        for each in (path, *_of_parties(config, path)):
            before = _at(config, each, policy.name)
            if before is None:
                continue
            try:
                after = relative(parse_value(_plain(before), each), number)
            except ParameterError as error:
                raise ParameterError(f"policy {policy.name}: {error}") from None
            shown = (
                [after.word, *map(_rounded, after.numbers)]
                if isinstance(after, Distribution)
                else _rounded(after)
            )
            OmegaConf.update(made, each, shown, merge=False)
            changes.append(
                _change(policy, path, f"{each}: {sign} {number:g}" if each != path else f"{sign} {number:g}")
            )
            _tell_source(made, policy, each, shown, path)
    told = Policy(
        name=policy.name,
        title=policy.title,
        sentence=policy.sentence,
        caution=policy.caution,
        changes=tuple(changes),
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


def _read(name: str, file: Path) -> PolicyFile:
    try:
        content = OmegaConf.to_container(OmegaConf.load(file), resolve=True)
    except (OSError, YAMLError, OmegaConfBaseException) as error:
        raise ParameterError(f"{file} cannot be read as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise ParameterError(f"{file} must hold a mapping, got {type(content).__name__}")
    unknown = [str(key) for key in content if key not in KEYS]
    if unknown:
        raise ParameterError(f"{file}: {unknown[0]} is no key of a policy; they are {', '.join(KEYS)}")
    parts: dict[str, dict[str, Any]] = {}
    for key in ("set", "scale", "add", "about"):
        part = content.get(key) or {}
        if not isinstance(part, dict):
            raise ParameterError(f"{file}: {key} must map paths, got {part!r}")
        parts[key] = {str(path): value for path, value in part.items()}
    for key in ("title", "sentence"):
        if not isinstance(content.get(key), str):
            raise ParameterError(f"{file}: {key} must be a text, got {content.get(key)!r}")
    touched = [*parts["set"], *parts["scale"], *parts["add"]]
    if not touched:
        raise ParameterError(f"{file}: a policy must change something by set, scale or add")
    for path in touched:
        if touched.count(path) > 1:
            raise ParameterError(f"{file}: {path} is changed twice")
        if path.split(".")[0] not in ROOTS or "." not in path:
            raise ParameterError(f"{file}: a policy changes keys under {', '.join(ROOTS)}, got {path}")
        described = path in parts["about"] or parts["set"].get(path, _MISSING) is None
        if not described or not parts["about"].get(path, {"source": ""}).keys() & {"source"}:
            raise ParameterError(
                f"{file}: about.{path} is missing: it needs its source, or `assumed: true` with one"
            )
    for key in ("scale", "add"):
        for path, number in parts[key].items():
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise ParameterError(f"{file}: {key}.{path} must be a number, got {number!r}")
    return PolicyFile(
        name=name,
        title=str(content["title"]),
        sentence=str(content["sentence"]),
        caution=str(content.get("caution") or ""),
        sets=parts["set"],
        scales={path: float(number) for path, number in parts["scale"].items()},
        adds={path: float(number) for path, number in parts["add"].items()},
        about=parts["about"],
    )


def _of_parties(config: DictConfig, path: str) -> list[str]:
    """Return the paths of single parties that replace a number for both where they are set."""
    found = []
    for name, stem in BY_PARTY.items():
        if path == f"treaty.{stem}":
            found += [f"treaty.{name}.{party}" for party in config.treaty[name]]
    return found


def _at(config: DictConfig, path: str, policy: str) -> Any:
    parent, _, leaf = path.rpartition(".")
    try:
        node = OmegaConf.select(config, parent)
    except OmegaConfBaseException:
        node = None
    if not isinstance(node, DictConfig) or leaf not in node:
        raise ParameterError(f"policy {policy}: {unknown_key(path, config)}")
    return node[leaf]


def _tell_source(
    config: DictConfig, policy: PolicyFile, path: str, value: Any, root: str | None = None
) -> None:
    """Write into the tree ``about`` where a number that the policy moved is from."""
    about = policy.about.get(root or path)
    if about is None or value is None or isinstance(value, str | bool):
        return
    unit = OmegaConf.select(config, f"about.{path}.unit") or OmegaConf.select(config, f"about.{root}.unit")
    entry = {
        "unit": str(about.get("unit") or unit or "number"),
        "source": f"policy {policy.name}: {about['source']}",
        "assumed": bool(about.get("assumed", False)),
    }
    OmegaConf.update(config, f"about.{path}", entry, merge=False, force_add=True)


def _change(policy: PolicyFile, path: str, words: str) -> Change:
    about = policy.about.get(path, {})
    return Change(
        path=path, words=words, source=str(about.get("source", "")), assumed=bool(about.get("assumed", False))
    )


def _rounded(number: float) -> float:
    """Return a product as it would be written: 0.2 · 0.05 is 0.01, not 0.010000000000000002."""
    return float(f"{number:.12g}")


def _plain(value: Any) -> Any:
    return OmegaConf.to_container(value) if OmegaConf.is_config(value) else value


def _shown(value: Any) -> str:
    value = _plain(value)
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case float() | int():
            return f"{value:g}"
        case list():
            return f"[{', '.join(_shown(item) for item in value)}]"
    return str(value)
