"""Automata in configs: found by name in ``automaton/`` of every config directory, the user's first.

Each name is also an option of the group ``strategy``, which lets every actor play it.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError  # type: ignore[import-untyped]

from sim.app.config_dir import config_dir, files_of
from sim.app.schema import EVERYONE
from sim.errors import ParameterError

FAMILY = tuple(f"tolerance_{alarms}" for alarms in range(1, 10))
"""Automata that are named without a file; more alarms by ``strategy.<actor>=tolerance_<alarms>``."""


class AutomatonShelf(Mapping[str, Mapping[str, Any]]):
    """What every automaton's file holds, by name; a file is read when it is first asked for."""

    def __init__(self, directories: Iterable[Path] = ()) -> None:
        self._files = files_of("automaton", directories)
        self._read: dict[str, Mapping[str, Any]] = {}

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        if name not in self._read:
            self._read[name] = _mapping_in(self._files[name])
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def offer_automata(directories: Iterable[Path] = ()) -> None:
    """Make every automaton an option of the group ``strategy``; a file of that group takes precedence."""
    from hydra.core.config_store import ConfigStore

    places = [*directories, config_dir()]
    for name in (*files_of("automaton", places), *FAMILY):
        if not any((place / "strategy" / f"{name}.yaml").is_file() for place in places):
            ConfigStore.instance().store(group="strategy", name=name, node={EVERYONE: name})


def strategies_of(strategy: Mapping[str, Any], actors: Iterable[str]) -> dict[str, str]:
    """Return the name of each actor's strategy.

    Raises
    ------
    ParameterError
        If an actor has none, or `strategy` names someone who is not an actor.
    """
    names = list(actors)
    unknown = [name for name in strategy if name not in (*names, EVERYONE)]
    if unknown:
        raise ParameterError(f"strategy.{unknown[0]}: must name an actor, one of {', '.join(names)}")
    chosen = {name: strategy.get(name) or strategy.get(EVERYONE) for name in names}
    missing = [name for name, played in chosen.items() if played is None]
    if missing:
        raise ParameterError(f"strategy.{missing[0]} is not set: which automaton does {missing[0]} play?")
    return {name: str(played) for name, played in chosen.items()}


def _mapping_in(file: Path) -> Mapping[str, Any]:
    try:
        content = OmegaConf.to_container(OmegaConf.load(file), resolve=True)
    except (OSError, YAMLError, OmegaConfBaseException) as error:
        raise ParameterError(f"{file} cannot be read as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, Mapping):
        raise ParameterError(f"{file} must hold a mapping, got {type(content).__name__}")
    return {str(key): _restored(value) for key, value in content.items()}


def _restored(node: Any) -> Any:
    """Return `node` with its keys as they were written: YAML reads a bare ``on`` as true."""
    match node:
        case dict():
            return {"on" if key is True else str(key): _restored(value) for key, value in node.items()}
        case list():
            return [_restored(item) for item in node]
    return node
