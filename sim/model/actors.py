"""Actors: who they are, which role they play, how patient they are and what they care about."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.errors import ParameterError
from sim.model.uncertain import ANYTHING, DISCOUNT, Value, check_domain, parse_value

ROLES = ("party_0", "party_1", "ally", "outsider")
"""Roles carry behaviour, names do not: another treaty is other actors in the same roles."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """One actor.

    Attributes
    ----------
    name : str, how configs and outcomes call it (``usa``)
    title : str, how people call it (``United States``)
    role : one of ``ROLES``
    discount : number or distribution in (0, 1), per year
    weights : term -> number or distribution, payoff units per year or once; terms left out weigh nothing
    """

    name: str
    title: str
    role: str
    discount: Value
    weights: Mapping[str, Value]

    def __post_init__(self) -> None:
        path = f"actors.{self.name}"
        if self.role not in ROLES:
            raise ParameterError(f"{path}.role must be one of {', '.join(ROLES)}, got {self.role!r}")
        discount = check_domain(parse_value(self.discount, f"{path}.discount"), f"{path}.discount", DISCOUNT)
        weights = {
            term: check_domain(
                parse_value(weight, f"{path}.weights.{term}"), f"{path}.weights.{term}", ANYTHING
            )
            for term, weight in self.weights.items()
        }
        object.__setattr__(self, "discount", discount)
        object.__setattr__(self, "weights", weights)

    @property
    def numbers(self) -> dict[str, Value]:
        """Every number of the actor by its config path."""
        path = f"actors.{self.name}"
        weights = {f"{path}.weights.{term}": weight for term, weight in self.weights.items()}
        return {f"{path}.discount": self.discount, **weights}


def in_role_order(actors: Mapping[str, Actor] | tuple[Actor, ...]) -> tuple[Actor, ...]:
    """Return the actors in the order of ``ROLES``; each role must be filled exactly once."""
    given = tuple(actors.values()) if isinstance(actors, Mapping) else actors
    by_role: dict[str, Actor] = {}
    for actor in given:
        if actor.role in by_role:
            raise ParameterError(
                f"actors.{actor.name}.role must differ from that of {by_role[actor.role].name}, "
                f"got {actor.role}"
            )
        by_role[actor.role] = actor
    missing = [role for role in ROLES if role not in by_role]
    if missing:
        raise ParameterError(f"actors must fill every role, got none for {', '.join(missing)}")
    return tuple(by_role[role] for role in ROLES)
