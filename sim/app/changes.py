"""Sets of changes in configs: read and checked once, applied to a configuration, told path by path.

Policies (``policy/``) and deals (``deal/``) hold them in the same words: ``set``, ``scale``, ``add`` and ``about``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError  # type: ignore[import-untyped]

from sim.app.complaints import unknown_key
from sim.errors import ParameterError
from sim.model.changes import Changes
from sim.model.moved import scaled, shifted
from sim.model.treaty import BY_PARTY
from sim.model.uncertain import Distribution, parse_value
from sim.study.comparison.result import Change

KEYS = ("set", "scale", "add", "about")
ROOTS = ("actors", "treaty", "start", "components", "strategy")
"""What may be changed: the world, not how it is computed."""

_MISSING = object()


def read_mapping(file: Path, keys: tuple[str, ...], what: str) -> dict[str, Any]:
    """Return what a YAML file holds, a mapping with none but `keys`.

    Raises
    ------
    ParameterError
        Naming the file, if it cannot be read or holds something else.
    """
    try:
        content = OmegaConf.to_container(OmegaConf.load(file), resolve=True)
    except (OSError, YAMLError, OmegaConfBaseException) as error:
        raise ParameterError(f"{file} cannot be read as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise ParameterError(f"{file} must hold a mapping, got {type(content).__name__}")
    check_keys(content, keys, str(file), what)
    return {str(key): value for key, value in content.items()}


def check_keys(content: Mapping[Any, Any], keys: tuple[str, ...], where: str, what: str) -> None:
    """Refuse a key that `what` does not have."""
    unknown = [str(key) for key in content if key not in keys]
    if unknown:
        raise ParameterError(f"{where}: {unknown[0]} is no key of {what}; they are {', '.join(keys)}")


def read_text(content: Mapping[str, Any], key: str, where: str) -> str:
    """Return the text at `key`, which must be there."""
    if not isinstance(content.get(key), str):
        raise ParameterError(f"{where}: {key} must be a text, got {content.get(key)!r}")
    return str(content[key])


def read_changes(content: Mapping[str, Any], where: str, what: str) -> Changes:
    """Return the changes in `content`; `where` and `what` name the place in what is said about mistakes.

    Raises
    ------
    ParameterError
        If nothing is changed, a path is changed twice or lies outside `ROOTS`, a source is missing, or what must be
        a number is none.
    """
    parts: dict[str, dict[str, Any]] = {}
    for key in KEYS:
        part = content.get(key) or {}
        if not isinstance(part, dict):
            raise ParameterError(f"{where}: {key} must map paths, got {part!r}")
        parts[key] = {str(path): value for path, value in part.items()}
    touched = [*parts["set"], *parts["scale"], *parts["add"]]
    if not touched:
        raise ParameterError(f"{where}: {what} must change something by set, scale or add")
    for path in touched:
        if touched.count(path) > 1:
            raise ParameterError(f"{where}: {path} is changed twice")
        if path.split(".")[0] not in ROOTS or "." not in path:
            raise ParameterError(f"{where}: {what} changes keys under {', '.join(ROOTS)}, got {path}")
        described = path in parts["about"] or parts["set"].get(path, _MISSING) is None
        if not described or not parts["about"].get(path, {"source": ""}).keys() & {"source"}:
            raise ParameterError(
                f"{where}: about.{path} is missing: it needs its source, or `assumed: true` with one"
            )
    for key in ("scale", "add"):
        for path, number in parts[key].items():
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise ParameterError(f"{where}: {key}.{path} must be a number, got {number!r}")
    return Changes(
        sets=parts["set"],
        scales={path: float(number) for path, number in parts["scale"].items()},
        adds={path: float(number) for path, number in parts["add"].items()},
        about=parts["about"],
    )


def apply_changes(changes: Changes, config: DictConfig, label: str) -> tuple[DictConfig, tuple[Change, ...]]:
    """Return a copy of `config` with `changes`, and each change as it reads there.

    `label`, such as ``policy longer_notice``, says in complaints and in the tree ``about`` whose changes they are.

    Raises
    ------
    ParameterError
        Naming `label`, the path, and what is wrong.
    """
    made = config.copy()
    told = []
    for path, value in changes.sets.items():
        before = _at(config, path, label)
        OmegaConf.update(made, path, value, merge=False)
        told.append(_change(changes, path, f"{_shown(before)} → {_shown(value)}"))
        _tell_source(made, changes, label, path, value)
    for path, number in (*changes.scales.items(), *changes.adds.items()):
        relative = scaled if path in changes.scales else shifted
        sign = "×" if path in changes.scales else "+"
        for each in (path, *_of_parties(config, path)):
            before = _at(config, each, label)
            if before is None:
                continue
            try:
                after = relative(parse_value(_plain(before), each), number)
            except ParameterError as error:
                raise ParameterError(f"{label}: {error}") from None
            shown = (
                [after.word, *map(_rounded, after.numbers)]
                if isinstance(after, Distribution)
                else _rounded(after)
            )
            OmegaConf.update(made, each, shown, merge=False)
            words = f"{each}: {sign} {number:g}" if each != path else f"{sign} {number:g}"
            told.append(_change(changes, path, words))
            _tell_source(made, changes, label, each, shown, path)
    return made, tuple(told)


def _of_parties(config: DictConfig, path: str) -> list[str]:
    """Return the paths of single parties that replace a number for both where they are set."""
    found = []
    for name, stem in BY_PARTY.items():
        if path == f"treaty.{stem}":
            found += [f"treaty.{name}.{party}" for party in config.treaty[name]]
    return found


def _at(config: DictConfig, path: str, label: str) -> Any:
    parent, _, leaf = path.rpartition(".")
    try:
        node = OmegaConf.select(config, parent)
    except OmegaConfBaseException:
        node = None
    if not isinstance(node, DictConfig) or leaf not in node:
        raise ParameterError(f"{label}: {unknown_key(path, config)}")
    return node[leaf]


def _tell_source(
    config: DictConfig, changes: Changes, label: str, path: str, value: Any, root: str | None = None
) -> None:
    """Write into the tree ``about`` where a number that was moved is from."""
    about = changes.about.get(root or path)
    if about is None or value is None or isinstance(value, str | bool):
        return
    unit = OmegaConf.select(config, f"about.{path}.unit") or OmegaConf.select(config, f"about.{root}.unit")
    entry = {
        "unit": str(about.get("unit") or unit or "number"),
        "source": f"{label}: {about['source']}",
        "assumed": bool(about.get("assumed", False)),
    }
    OmegaConf.update(config, f"about.{path}", entry, merge=False, force_add=True)


def _change(changes: Changes, path: str, words: str) -> Change:
    about = changes.about.get(path, {})
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
