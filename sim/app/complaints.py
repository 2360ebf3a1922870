"""Errors of use in one line: what, where, what is legal, and what was got.

Everything that a user can get wrong ends here: values that the model refuses, files that cannot be written,
and what Hydra has to say about keys, types and options. An unexpected exception is not touched.
"""

import errno
import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from difflib import get_close_matches

from hydra.errors import (
    ConfigCompositionException,
    HydraException,
    MissingConfigException,
    OverrideParseException,
)
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import InterpolationToMissingValueError, MissingMandatoryValue, OmegaConfBaseException
from yaml import MarkedYAMLError  # type: ignore[import-untyped]

from sim.app.schema import EVERYONE, RunConf
from sim.errors import SimError

USE, VALUE = 2, 1
"""Exit statuses: of an unknown verb or flag, and of a wrong value."""

DISK = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOSPC,
    errno.EDQUOT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
    errno.ENAMETOOLONG,
    errno.EFBIG,
    errno.ENOENT,
)
"""What can go wrong with a disk without any fault of the program."""


def complaint(error: BaseException) -> tuple[str, int] | None:
    """Return the one line to show and the exit status, or None if `error` is no error of use."""
    match error:
        case SimError():
            return _one_line(str(error)), VALUE
        case OverrideParseException():
            if "=" not in error.override:
                return f"an argument must be key=value, got {error.override!r}", USE
            words = _one_line(str(error).split("See https")[0])
            return f"the argument {error.override!r} cannot be read: {words}", VALUE
        case MissingConfigException():
            return _unknown_option(error), VALUE
        case ConfigCompositionException():
            return _bad_override(error), VALUE
        case MarkedYAMLError():
            return _bad_yaml(error), VALUE
        case OmegaConfBaseException() | HydraException():
            return _from_omegaconf(error), VALUE
        case OSError() if error.errno in DISK:
            return f"{error.filename or 'the results'} cannot be used: {error.strerror}", VALUE
        case ValueError() if (key := _key_below_a_value(error)) is not None:
            return unknown_key(key, _composed(error)), VALUE
    return None


def unknown_key(key: str, config: DictConfig | None = None) -> str:
    """Return the line about a key that does not exist, with the legal ones or the nearest of them.

    Examples
    --------
    >>> unknown_key("treaty.detction")
    'treaty.detction is no key of the configuration; did you mean treaty.detection or treaty.detection_of?'
    """
    tree = OmegaConf.structured(RunConf) if config is None else config
    node, parts = tree, key.split(".")
    for depth, name in enumerate(parts):
        legal = [str(child) for child in node if child not in ("hydra", EVERYONE)]
        if name not in legal:
            break
        node = node[name]
        if not isinstance(node, DictConfig):
            return f"{key} is no key of the configuration: {'.'.join(parts[: depth + 1])} is a value"
    parent = ".".join(parts[:depth])
    line = f"{key} is no key of the configuration"
    near = get_close_matches(name, legal, n=2)
    if near:
        return f"{line}; did you mean {' or '.join('.'.join([*parts[:depth], child]) for child in near)}?"
    return f"{line}; {f'the keys of {parent} are' if parent else 'its keys are'} {', '.join(legal)}"


def _bad_override(error: ConfigCompositionException) -> str:
    cause = error.__cause__
    text = str(error)
    placed = re.match(r"In '([^']+)': ConfigKeyError[^']*Key '(\w+)' not in", text)
    if placed and placed[2] in {part.name for part in fields(RunConf)}:
        return (
            f"{placed[1]}.yaml holds {placed[2]}, a key of the whole configuration: its first line must be "
            "'# @package _global_'"
        )
    flat = re.match(
        r"In '([^']+)': .*Merge error: \w+ is not a subclass of (\w+)\. value: (.*?) full_key",
        _one_line(text),
    )
    if flat:
        names = [
            part.name for part in fields(RunConf) if getattr(part.type, "__name__", part.type) == flat[2]
        ]
        return f"{flat[1]}.yaml: {names[0] if names else flat[2]} must hold keys, got {flat[3]}"
    missing = re.match(r"Could not override '([^']+)'", text)
    if missing:
        key = missing[1]
        found = re.search(r"No match in the defaults list", text)
        return f"{key} names no group of configs" if found else unknown_key(key, _composed(error))
    if isinstance(cause, OmegaConfBaseException):
        argument = text.removeprefix("Error merging override ").split("\n")[0]
        where = cause.full_key or argument.split("=")[0]
        if argument.startswith("~"):
            return f"{where} cannot be removed"
        return f"{where}: {_words(cause)}, got {argument.partition('=')[2] or argument}"
    return _one_line(text)


def _bad_yaml(error: MarkedYAMLError) -> str:
    """Return the line about a file that is no YAML, with the place in it."""
    mark = error.problem_mark
    if mark is None:
        return _one_line(str(error))
    return (
        f"{mark.name} cannot be read as YAML: line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    )


def _composed(error: BaseException) -> DictConfig | None:
    """Return the configuration that an override did not fit: it knows the actors, the schema does not."""
    trace = error.__traceback__
    config = None
    while trace is not None:
        found = trace.tb_frame.f_locals.get("cfg")
        config = found if isinstance(found, DictConfig) else config
        trace = trace.tb_next
    return config


def _key_below_a_value(error: ValueError) -> str | None:
    """Return the key of an override like ``treaty.detection.low=0.2``: OmegaConf takes `low` for a place."""
    trace, key = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "_apply_overrides_to_config":
            key = trace.tb_frame.f_locals.get("key")
        trace = trace.tb_next
    return key


def _unknown_option(error: MissingConfigException) -> str:
    wanted = error.missing_cfg_file
    name = wanted if isinstance(wanted, str) else ", ".join(wanted or ())
    if not error.options:
        return _one_line(str(error).split("Config search path")[0])
    group, _, option = name.rpartition("/")
    return f"{group} must be one of {_listed(error.options)}, got {option!r}"


def _from_omegaconf(error: BaseException) -> str:
    where = getattr(error, "full_key", None)
    words = _words(error)
    missing = isinstance(error, MissingMandatoryValue | InterpolationToMissingValueError)
    if missing and where in ("scenario.name", "hydra.run.dir"):  # the directory is named after it
        return "scenario.name has no value: the scenario's file sets it, and its first line is '# @package _global_'"
    return f"{where}: {words}" if where and where not in words else words


def _words(error: BaseException) -> str:
    """Return the first line of an OmegaConf message, in the words of the configuration."""
    line = _one_line(str(error).split("\n")[0])
    if "missing mandatory value" in line.lower():
        return "has no value"
    line = re.sub(r"Value .* of type '\w+' could not be converted to (\w+)", r"must be of type \1", line)
    return line.replace("Integer", "integer").replace("Float", "number").replace("Boolean", "true or false")


def stray_key(config: DictConfig, path: str = "") -> str | None:
    """Return the path of a key that ``+key=value`` added although the schema has no place for it."""
    kind = OmegaConf.get_type(config)
    known = {part.name for part in fields(kind)} if is_dataclass(kind) else None
    for name in config:
        here = f"{path}.{name!s}" if path else str(name)
        if known is not None and name not in known:
            return here
        child = None if OmegaConf.is_missing(config, name) else config[name]
        found = stray_key(child, here) if isinstance(child, DictConfig) else None
        if found:
            return found
    return None


def _listed(options: Iterable[str]) -> str:
    return ", ".join(sorted(options))


def _one_line(text: str) -> str:
    return " ".join(text.split())
