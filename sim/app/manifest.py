"""What made a run: versions, commit, configuration, seed, and the command that makes it again."""

import hashlib
import json
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from sim.app.hydra_door import flags_in
from sim.report.provenance import Provenance

SCHEMA_VERSION = 1
PACKAGES = ("treaty-sim", "hydra-core", "matplotlib", "nashpy", "numba", "numpy", "pyarrow", "scipy")
IMMATERIAL = ("workers", "block")
"""Engine options that no number depends on; the hash leaves them out."""

ELSEWHERE = ("executor",)
"""Parts of the configuration that say where to compute, not what."""


def config_hash(config: DictConfig) -> str:
    """Return 16 hexadecimal digits that any change of a key which matters changes."""
    content = OmegaConf.to_container(config, resolve=True)
    assert isinstance(content, dict)
    engine = {key: value for key, value in content.get("engine", {}).items() if key not in IMMATERIAL}
    study = {key: value for key, value in content.get("study", {}).items() if key != "fresh"}
    what = {key: value for key, value in content.items() if key not in ELSEWHERE}
    canonical = json.dumps({**what, "engine": engine, "study": study}, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def reproduce(verb: str, arguments: Sequence[str]) -> str:
    """Return the command line that makes the run again, quoted for a shell.

    Examples
    --------
    >>> reproduce("run", ["treaty.detection=[uniform,0.2,0.8]"])
    "treaty-sim run 'treaty.detection=[uniform,0.2,0.8]'"
    """
    return shlex.join(["treaty-sim", verb, *arguments])


def manifest(
    config: DictConfig, *, verb: str, arguments: Sequence[str], started: datetime, **more: Any
) -> dict[str, Any]:
    """Return what ``manifest.json`` holds; times and host stand here and nowhere else."""
    finished = datetime.now().astimezone()
    return {
        "schema_version": SCHEMA_VERSION,
        "command": reproduce(verb, [*arguments, *flags_in(sys.argv[1:])]),
        "verb": verb,
        "arguments": list(arguments),
        "seed": OmegaConf.select(config, "engine.seed"),
        "config_hash": config_hash(config),
        **more,
        "versions": versions(),
        "source": commit(),
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((finished - started).total_seconds(), 3),
        "host": platform.platform(),
    }


def provenance(
    config: DictConfig,
    *,
    verb: str,
    arguments: Sequence[str],
    started: datetime,
    texts: Mapping[str, str] | None = None,
    **more: Any,
) -> Provenance:
    """Return what the files of a command say about how they were made; `more` goes into the manifest."""
    return Provenance(
        manifest=manifest(config, verb=verb, arguments=arguments, started=started, **more),
        config_yaml=OmegaConf.to_yaml(config, resolve=True),
        texts=texts or {},
    )


def commit() -> dict[str, Any]:
    """Return the commit of the checkout that the package runs from, and whether it was changed since.

    Both are None for an installed package.
    """
    checkout = Path(__file__).resolve().parents[2]
    if not (checkout / ".git").exists():
        return {"commit": None, "dirty": None}
    try:
        head = _git(checkout, "rev-parse", "HEAD")
        changes = _git(checkout, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return {"commit": None, "dirty": None}
    return {"commit": head, "dirty": bool(changes)}


def _git(checkout: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(checkout), *arguments], capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout.strip()


def versions() -> dict[str, str | None]:
    """Return the versions of Python and of the packages that numbers may depend on; None if not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found
