"""The manifest in the directory of a finished command, read back."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.errors import ArtifactError

MANIFEST = "manifest.json"


def stored_manifest(directory: Path, verb: str, keys: Sequence[str], what: str) -> dict[str, Any]:
    """Return the manifest that the command `verb` left in `directory`.

    Parameters
    ----------
    keys : what it must hold
    what : what the directory should be that of, in words

    Raises
    ------
    ArtifactError
        If there is none, or it is that of another command, or lacks a key.
    """
    path = directory / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ArtifactError(
            f"{directory} is not the directory of {what}: {MANIFEST}: {error.strerror}"
        ) from None
    except ValueError as error:
        raise ArtifactError(f"{path} is not JSON: {error}") from None
    if not isinstance(content, dict) or content.get("verb") != verb or not set(keys) <= set(content):
        raise ArtifactError(f"{path} is not the manifest of a {verb}")
    return content
