"""Levers in configs: numbers that the deal finder may move, by name in ``lever/`` of every config directory."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from sim.app.changes import read_mapping, read_text
from sim.app.config_dir import files_of
from sim.errors import ParameterError
from sim.model.lever import Lever

KEYS = ("title", "path", "low", "high", "step", "source")


def read_levers(names: Sequence[str] = (), directories: Iterable[Path] = ()) -> list[Lever]:
    """Return the levers called `names`, or all.

    Raises
    ------
    ParameterError
        In one line, if one is unknown or its file is wrong.

    Examples
    --------
    >>> [lever.path for lever in read_levers(["notice"])]
    ['treaty.notice_months']
    """
    files = files_of("lever", directories)
    for name in names:
        if name not in files:
            near = get_close_matches(name, files, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the levers are {', '.join(sorted(files))}"
            raise ParameterError(f"bargain.levers: there is no lever {name!r}; {hint}")
    return [_read(name, files[name]) for name in (names or sorted(files))]


def _read(name: str, file: Path) -> Lever:
    content = read_mapping(file, KEYS, "a lever")
    numbers = {}
    for key in ("low", "high", "step"):
        value = content.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ParameterError(f"{file}: {key} must be a number, got {value!r}")
        numbers[key] = float(value)
    return Lever(
        name=name,
        title=read_text(content, "title", str(file)),
        path=read_text(content, "path", str(file)),
        source=read_text(content, "source", str(file)),
        **numbers,
    )
