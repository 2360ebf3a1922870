"""Reading YAML by the C parser: the same values as OmegaConf's own loader, in a fifth of the time.

OmegaConf reads with the parser written in Python. What it makes of the parsed events (numbers, duplicate keys, no
dates) is kept: only the parser below it is another one, where PyYAML was built with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import omegaconf._utils as places
import yaml  # type: ignore[import-untyped]

_loader_of: Any = getattr(places, "get_yaml_loader", None)


@contextmanager
def quick_yaml() -> Iterator[None]:
    """Let OmegaConf read YAML by the C parser inside this context; do nothing where either does not allow it."""
    if _loader_of is None or not yaml.__with_libyaml__:
        yield
        return
    before = places.get_yaml_loader
    places.get_yaml_loader = quick_loader
    try:
        yield
    finally:
        places.get_yaml_loader = before


@cache
def quick_loader() -> Any:
    """Return OmegaConf's loader class on top of the C parser."""
    own: Any = _loader_of()
    parser: Any = yaml.cyaml.CParser

    class QuickLoader(parser, own):  # type: ignore[misc]
        def __init__(self, stream: Any) -> None:
            parser.__init__(self, stream)
            yaml.constructor.SafeConstructor.__init__(self)
            yaml.resolver.Resolver.__init__(self)

    return QuickLoader
