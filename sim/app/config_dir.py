"""Where the configs lie: inside the installed package, or beside it in a checkout."""

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
