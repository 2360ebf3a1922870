"""The one door to Hydra: compose what the arguments say, run a task on it, end with the right exit status.

Hydra prints its own complaints over several lines, so it is asked to raise them (``HYDRA_FULL_ERROR``) and
they are shown in one line here. If the caller has set the variable, everything is shown in full.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import hydra
from hydra._internal.hydra import Hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from sim.app.automata import offer_automata
from sim.app.complaints import complaint
from sim.app.config_dir import config_dir
from sim.app.quick_yaml import quick_yaml
from sim.app.schema import register_schema

FULL = "HYDRA_FULL_ERROR"
MULTIRUN = ("-m", "--multirun")
DIRECTORY_FLAGS = ("--config-dir", "-cd")
NO_MULTIRUN = ("sweep", "seminar", "replay", "verify")
"""Commands that are a whole study by themselves."""

OWN = ".hydra"
"""Where Hydra keeps the composed configuration inside a run's directory."""

Task = Callable[[DictConfig], Any]


def launch(verb: str, arguments: Sequence[str], task: Task, *, writes: bool = True) -> None:
    """Compose the configuration from `arguments` and run `task` on it, once or for each point of ``-m``.

    Results go to ``results/<verb>/``; a command that does not write leaves no directory behind.
    Exits with status 1 and one line on an error of value, with 2 on an error of use.
    """
    flags = [argument for argument in arguments if argument in MULTIRUN]
    if flags and verb in NO_MULTIRUN:
        stop(f"{verb} cannot be multiplied with -m", 2)
    # Hydra's parser wants the arguments that are no flags in one piece
    given = [*flags, *(argument for argument in arguments if argument not in MULTIRUN)]
    register_schema()
    offer_automata(directories_in(given))
    in_full = os.environ.get(FULL) == "1"
    os.environ[FULL] = "1"
    sys.argv = ["treaty-sim", *given]

    def guarded(config: DictConfig) -> None:
        # inside the task, because Hydra would print a line of its own about an exception that leaves it
        try:
            task(config)
        except KeyboardInterrupt:
            _remove_if_empty(Path(HydraConfig.get().runtime.output_dir))
            raise
        except Exception as error:
            _remove_if_empty(Path(HydraConfig.get().runtime.output_dir))
            found = None if in_full else complaint(error)
            if found is None:
                raise
            stop(*found)

    with TemporaryDirectory(prefix="treaty-sim-") as nowhere:
        root = f"results/{verb}" if writes else nowhere
        OmegaConf.register_new_resolver("results", lambda name: f"{root}/{name}", replace=True)
        OmegaConf.register_new_resolver("subject", _subject, replace=True)
        try:
            with quick_yaml(), _composed_once(given):
                hydra.main(version_base="1.3", config_path=str(config_dir()), config_name="config")(guarded)()
        except Exception as error:
            found = None if in_full else complaint(error)
            if found is None:
                raise
            stop(*found)


def stop(line: str, status: int) -> NoReturn:
    """Write one line to standard error and exit with `status`."""
    sys.stderr.write(f"error: {line}\n")
    raise SystemExit(status)


def _subject(game: str, scenario: str) -> str:
    """Return what a run's directory is named after: the scenario, or a game that is not the treaty's."""
    return scenario if game == "treaty" else game


def directories_in(arguments: Sequence[str]) -> list[Path]:
    """Return the directories that ``--config-dir`` or ``-cd`` names.

    Examples
    --------
    >>> [str(path) for path in directories_in(["--config-dir", "mine", "scenario=my_scenario"])]
    ['mine']
    """
    found = []
    for flag, argument in zip(arguments, [*arguments[1:], ""], strict=False):
        if flag in DIRECTORY_FLAGS and argument:
            found.append(Path(argument))
        elif flag.startswith("--config-dir="):
            found.append(Path(flag.partition("=")[2]))
    return found


def flags_in(arguments: Sequence[str]) -> list[str]:
    """Return the config directories among the arguments, absolute, so that a command can be given again from anywhere.

    Examples
    --------
    >>> flags_in(["study=mine", "--config-dir", "/configs"])
    ['--config-dir', '/configs']
    """
    found: list[str] = []
    for flag, argument in zip(arguments, [*arguments, ""][1:], strict=True):
        if flag in DIRECTORY_FLAGS:
            found += [flag, str(Path(argument).resolve())]
        elif flag.startswith("--config-dir="):
            found += ["--config-dir", str(Path(flag.partition("=")[2]).resolve())]
    return found


@contextmanager
def _composed_once(arguments: Sequence[str]) -> Iterator[None]:
    """Spare Hydra from composing everything a first time only to find whether ``hydra.mode`` asks for a multirun.

    It cannot, unless an argument touches Hydra's own settings or brings in other config files: then, and should
    Hydra have no such step, nothing is changed.
    """
    step = getattr(Hydra, "get_mode", None)
    plain = not any("hydra" in each or each.startswith("-") for each in arguments)
    if step is None or not plain:
        yield
        return
    setattr(Hydra, "get_mode", lambda *_, **__: None)  # noqa: B010
    try:
        yield
    finally:
        setattr(Hydra, "get_mode", step)  # noqa: B010


def _remove_if_empty(directory: Path) -> None:
    """Remove the directory of a run that ended before it wrote anything of its own, and empty ones above it."""
    with suppress(OSError):
        if all(child.name == OWN for child in directory.iterdir()):
            shutil.rmtree(directory / OWN)
            for empty in (directory, *directory.parents):
                if empty == Path.cwd():
                    break
                empty.rmdir()
