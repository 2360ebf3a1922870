"""Types in configs: a mapping of actors to mappings of types, checked key by key."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sim.app.schema import BeliefsConf, TypeConf
from sim.errors import ParameterError
from sim.model.types import ActorType, BeliefOptions

KEYS = tuple(part.name for part in fields(TypeConf))


def types_of(tree: Mapping[str, Any]) -> dict[str, tuple[ActorType, ...]]:
    """Return the types of each actor in the order in which they are written; the first is what doubt begins from.

    Raises
    ------
    ParameterError
        If something else than a type stands where a type should, or a type has a key that no type has.

    Examples
    --------
    >>> types_of({"usa": {"treaty": {"prior": 0.5}, "pretext": {"prio": 0.5}}})
    Traceback (most recent call last):
        ...
    sim.errors.ParameterError: types.usa.pretext.prio is no key of a type; its keys are prior, sentence, course,
    inspected, strategy, weights, scale
    """
    return {
        actor: tuple(_type(actor, name, node) for name, node in _mapping(kinds, f"types.{actor}").items())
        for actor, kinds in tree.items()
    }


def belief_options(conf: BeliefsConf) -> BeliefOptions:
    """Return how beliefs are updated."""
    given = {part.name: getattr(conf, part.name) for part in fields(conf)}
    if given["conjecture"] is True:  # YAML reads the bare word as a truth value
        given["conjecture"] = "true"
    return BeliefOptions(**given)


def _type(actor: str, name: str, node: Any) -> ActorType:
    path = f"types.{actor}.{name}"
    given = _mapping(node, path)
    for key in given:
        if key not in KEYS:
            raise ParameterError(f"{path}.{key} is no key of a type; its keys are {', '.join(KEYS)}")
    for key in ("weights", "scale"):
        _mapping(given.get(key, {}), f"{path}.{key}")
    return ActorType(actor=actor, name=name, **given)


def _mapping(node: Any, path: str) -> dict[str, Any]:
    if not isinstance(node, Mapping):
        raise ParameterError(f"{path} must hold a mapping, got {node!r}")
    return {str(key): value for key, value in node.items()}
