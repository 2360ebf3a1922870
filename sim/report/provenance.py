"""What made a page: the manifest of its command, the configuration, and the texts that were read beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What the pages and figures of a command say about how they were made; all of it may be left out.

    Attributes
    ----------
    manifest : what ``manifest.json`` holds
    config_yaml : the composed configuration
    texts : name -> text of what was read beside it, such as policies or issues

    Examples
    --------
    >>> made = Provenance(manifest={"command": "treaty-sim run", "config_hash": "0123abcd"})
    >>> made.command, made.mark
    ('treaty-sim run', 'config 0123abcd')
    """

    manifest: Mapping[str, Any] = field(default_factory=dict)
    config_yaml: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def command(self) -> str:
        """The command that makes it again."""
        return str(self.manifest.get("command", ""))

    @property
    def mark(self) -> str:
        """What stands in the margin of a figure: the hash of the configuration."""
        return f"config {self.manifest.get('config_hash', 'unknown')}"
