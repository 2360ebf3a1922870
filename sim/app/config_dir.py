"""Where the configs lie: inside the installed package, or beside it in a checkout; and a user's own before them."""

from collections.abc import Iterable
from pathlib import Path

from sim.errors import ArtifactError


def config_dir() -> Path:
    """Return the directory that holds the shipped ``config.yaml``.

    An editable install can leave an outdated copy of the configs behind, so the checkout is looked at first.
    """
    package = Path(__file__).resolve().parent.parent
    for directory in (package.parent / "configs", package / "configs"):
        if (directory / "config.yaml").is_file():
            return directory
    raise ArtifactError(
        f"no config.yaml in {package.parent / 'configs'} or {package / 'configs'}: "
        "the installation is incomplete"
    )


def files_of(group: str, directories: Iterable[Path] = ()) -> dict[str, Path]:
    """Return the files of a config group by name; `directories` come before the shipped one.

    Examples
    --------
    >>> "inf_2019" in files_of("scenario")
    True
    """
    files: dict[str, Path] = {}
    for directory in (*directories, config_dir()):
        for file in sorted((directory / group).glob("*.yaml")):
            files.setdefault(file.stem, file)
    return files
