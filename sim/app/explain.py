"""Where a value comes from: every file and argument that set a key, the last of which won."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.app.complaints import unknown_key
from sim.errors import ParameterError

SETTING = "setting"
"""How the source of a number begins that is about the computation, not about the world."""


@dataclass(frozen=True)
class Setting:
    """A value that one file or argument gave to a key."""

    source: str
    value: Any


@dataclass(frozen=True)
class Layer:
    """The content of one file, the package of the configuration that it goes to, and the argument that chose it."""

    place: str
    choice: str
    package: str
    content: Any
    is_schema: bool


def layers() -> list[Layer]:
    """Return the files that the configuration is merged from, in order; only inside a Hydra task."""
    loader = GlobalHydra.instance().config_loader()
    job = HydraConfig.get()
    arguments = list(job.overrides.task)
    chosen = {argument.lstrip("+") for argument in arguments}
    defaults = loader.compute_defaults_list(
        config_name=job.job.config_name, overrides=[*job.overrides.hydra, *arguments], run_mode=RunMode.RUN
    )
    found = []
    for default in defaults.defaults:
        path = default.config_path or ""
        loaded = loader.repository.load_config(path)  # type: ignore[attr-defined]
        if loaded is None or path.startswith("hydra/"):
            continue
        choice = "=".join(path.rsplit("/", 1))
        found.append(
            Layer(
                place=_place(loaded, path),
                choice=choice * (choice in chosen),
                package=default.package or "",
                content=loaded.config,
                is_schema=path.startswith("schema/"),
            )
        )
    return found


def settings_of(key: str, merged: Sequence[Layer]) -> list[Setting]:
    """Return who set `key` or something below it, in order; only inside a Hydra task."""
    found = []
    for layer in merged:
        value = _at(layer.content, layer.package, key)
        if value is not None and not (layer.is_schema and _is_missing(value)):
            by = f", chosen on the command line ({layer.choice})" * bool(layer.choice)
            found.append(Setting(layer.place + by, value))
    return found + [Setting(f"command line ({argument})", text) for argument, text in _given(key)]


def without_source(merged: Sequence[Layer]) -> dict[str, str]:
    """Return the numbers that a later file sets than the one that says where they are from, with that file.

    Such a number is told with the source of the one that it replaced. Settings have none. Only inside a Hydra task.
    """
    set_by: dict[str, tuple[int, str]] = {}
    told: dict[str, int] = {}
    for rank, layer in enumerate(merged):
        for path, value in _leaves(
            OmegaConf.to_container(layer.content), layer.package.replace("_global_", "")
        ):
            if path.startswith("about."):
                number, _, said = path.removeprefix("about.").rpartition(".")
                if said == "source" and not str(value).startswith(SETTING):
                    told[number] = rank
            elif value is None:
                set_by.pop(path, None)
            elif not layer.is_schema:
                set_by[path] = rank, layer.place
    return {
        path: place
        for path, (rank, place) in set_by.items()
        if told.get(path, rank) < rank and not _given(path)
    }


def explain(key: str, config: DictConfig) -> str:
    """Return the final value of `key`, who set it, who was overruled, and what the number is.

    Raises
    ------
    ParameterError
        If there is no such key.
    """
    try:
        value = OmegaConf.select(config, key, throw_on_missing=False)
        known = value is not None or key in _all_keys(config)
    except OmegaConfBaseException:
        known = False
    if not known:
        raise ParameterError(unknown_key(key, config))
    merged = layers()
    settings = settings_of(key, merged)
    lines = [f"{key} = {_shown(value)}"]
    for rank, setting in enumerate(reversed(settings)):
        words = "set by" if rank == 0 else "before that"
        lines.append(f"  {words:12} {setting.source}" + f": {_shown(setting.value)}" * (rank > 0))
    lines += _by_policy(key, config)
    about = OmegaConf.select(config, f"about.{key}")
    if isinstance(about, DictConfig) and "unit" in about:
        assumed = "assumed: " if about.get("assumed") else ""
        source = f"{assumed}{about.source}"
        if _given(key):
            source = "command line"
        elif key in without_source(merged):
            source = f"none is given with it; that of the number it replaces: {source}"
        lines.append(f"  {'unit':12} {about.unit}")
        lines.append(f"  {'source':12} {source}")
    return "\n".join(lines)


def _given(key: str) -> list[tuple[str, str]]:
    """Return the arguments that set `key`, something above or below it, each with its value."""
    found = []
    for argument in HydraConfig.get().overrides.task:
        name, _, text = argument.partition("=")
        name = name.lstrip("+~")
        if "." in name and (name == key or key.startswith(f"{name}.") or name.startswith(f"{key}.")):
            found.append((argument, text))
    return found


def _leaves(content: Any, path: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(content, dict):
        yield path, content
        return
    for name, child in content.items():
        yield from _leaves(child, f"{path}.{name}" if path else str(name))


def _by_policy(key: str, config: DictConfig) -> list[str]:
    """Return what each policy of ``policies`` makes of `key`, one line a policy that touches it."""
    from sim.app.policies import apply_policy, read_policies
    from sim.app.task import config_directories

    lines = []
    for policy in read_policies(list(config.policies), config_directories()):
        if any(path == key or path.startswith(f"{key}.") for path in policy.paths):
            changed, _ = apply_policy(policy, config)
            value = OmegaConf.select(changed, key, throw_on_missing=False)
            lines.append(f"  {'policy':12} {policy.name} makes it {_shown(value)}")
    return lines


def _at(config: Any, package: str, key: str) -> Any:
    """Return what a file whose content goes to `package` says about `key`, or None."""
    if package == "_global_":
        package = ""
    if not isinstance(config, DictConfig):
        return None
    if package and key != package and not key.startswith(f"{package}."):
        return None
    inner = key[len(package) :].lstrip(".") if package else key
    try:
        value = OmegaConf.select(config, inner, throw_on_missing=False) if inner else config
    except OmegaConfBaseException:
        return None
    parent = OmegaConf.select(config, inner.rpartition(".")[0]) if "." in inner else config
    present = isinstance(parent, DictConfig) and inner.rpartition(".")[2] in parent
    return "null" if value is None and present else value


def _is_missing(value: Any) -> bool:
    return OmegaConf.is_config(value) or str(value) == "???"


def _place(loaded: Any, path: str) -> str:
    if loaded.provider in ("schema", "structured") or path.startswith("schema/"):
        return "the schema's default"
    return str(Path(str(loaded.path).removeprefix("file://")) / f"{path}.yaml")


def _shown(value: Any) -> str:
    if OmegaConf.is_config(value):
        value = OmegaConf.to_container(value)
    match value:
        case dict():
            return f"{{{', '.join(f'{name}: {_shown(item)}' for name, item in value.items())}}}"
        case list():
            return f"[{', '.join(_shown(item) for item in value)}]"
        case None:
            return "null"
    return str(value)


def _all_keys(config: DictConfig, path: str = "") -> set[str]:
    keys = set()
    for name in config:
        here = f"{path}.{name!s}" if path else str(name)
        keys.add(here)
        if not OmegaConf.is_missing(config, name) and isinstance(config[name], DictConfig):
            keys |= _all_keys(config[name], here)
    return keys
