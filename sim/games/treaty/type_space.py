"""The combinations of types that a play can have, and the treaty game of each.

Types of different parties are independent. Given one type of each party the treaty game is the game with those
types' weights: public states, moves and signals are the same in all of them, so all share one graph.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyParameters
from sim.games.treaty.rules import PARTIES
from sim.games.treaty.terms import TERM_NUMBER, TERMS
from sim.model.scenario import Scenario
from sim.model.types import ActorType, priors_of

Combination = tuple[int, int]
"""The number of each party's type."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TypeSpace:
    """What types there are; `D` draws, `K_p` types of party `p`, `C` combinations, the second party's changing first.

    Attributes
    ----------
    types : the types of each party, empty for a party without a secret
    priors [D, K_p] per party : a party without a secret has one type with prior 1
    """

    types: tuple[tuple[ActorType, ...], tuple[ActorType, ...]]
    priors: tuple[FloatArray, FloatArray]

    @property
    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of each party's types; one empty name for a party without a secret."""
        first, second = (tuple(each.name for each in types) or ("",) for types in self.types)
        return first, second

    @property
    def secret(self) -> tuple[int, ...]:
        """The parties that have types."""
        return tuple(party for party in PARTIES if self.types[party])

    @property
    def combinations(self) -> tuple[Combination, ...]:
        """All combinations, in the order of their numbers."""
        return tuple(product(*(range(len(names)) for names in self.names)))  # type: ignore[arg-type]

    @property
    def weights(self) -> FloatArray:
        """Probability of each combination in every draw, [D, C]."""
        first, second = self.priors
        return sealed((first[:, :, None] * second[:, None, :]).reshape(len(first), -1))

    def type_of(self, party: int, number: int) -> ActorType | None:
        """Return a party's type, None for a party without a secret."""
        return self.types[party][number] if self.types[party] else None


def type_space(scenario: Scenario, values: Mapping[str, FloatArray]) -> TypeSpace:
    """Return the types of a scenario with their priors in every draw.

    `values` maps config paths to numbers [draws], as ``Scenario.values`` returns them.

    Raises
    ------
    ParameterError
        If a type's weight belongs to no payoff term.
    """
    draws = len(values["treaty.detection"])
    first, second = (tuple(scenario.types.get(name, ())) for name in scenario.party_names)
    check_type_terms(scenario)
    one = sealed(np.ones((draws, 1)))
    return TypeSpace(
        types=(first, second),
        priors=(
            priors_of(first, values, draws) if first else one,
            priors_of(second, values, draws) if second else one,
        ),
    )


def check_type_terms(scenario: Scenario) -> None:
    """Raise ParameterError if a type's weight belongs to no payoff term."""
    for each in (kind for types in scenario.types.values() for kind in types):
        for group in ("weights", "scale"):
            unknown = [term for term in getattr(each, group) if term not in TERMS]
            if unknown:
                raise ParameterError(
                    f"{each.path}.{group}.{unknown[0]} is no payoff term; the terms are {', '.join(TERMS)}"
                )


def parameters_of_types(
    parameters: TreatyParameters,
    space: TypeSpace,
    values: Mapping[str, FloatArray],
    combination: tuple[int | None, int | None],
) -> TreatyParameters:
    """Return `parameters` with the weights of the given type of each party; None keeps the actor's own."""
    weights = parameters.weights.copy()
    for party, number in zip(PARTIES, combination, strict=True):
        chosen = None if number is None else space.type_of(party, number)
        if chosen is None:
            continue
        for term in chosen.scale:
            weights[:, TERM_NUMBER[term], party] *= values[f"{chosen.path}.scale.{term}"]
        for term in chosen.weights:
            weights[:, TERM_NUMBER[term], party] = values[f"{chosen.path}.weights.{term}"]
    return replace(parameters, weights=weights)


__all__ = ["Combination", "TypeSpace", "check_type_terms", "parameters_of_types", "type_space"]
