"""A scenario: actors, a treaty, the facts at the start, and what every number is and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.model.actors import Actor, in_role_order
from sim.model.components import Components, Start
from sim.model.history import History
from sim.model.treaty import BY_PARTY, Treaty
from sim.model.types import ActorType, BeliefOptions, check_types
from sim.model.uncertain import About, Distribution, Value


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Everything a play needs to know about the world.

    Attributes
    ----------
    name, title : str
    question : str, one sentence
    reading : str, whose view of the disputed numbers this is
    start_date : str, ISO date of the first period
    actors : four, in the order of their roles (first party, second party, ally, outsider)
    treaty : Treaty
    components : which components of the public state are used
    start : where they stand at the start
    about : config path -> what the number is
    levers : config paths that this scenario changes from the default scenario, facts aside
    history : what happened to the treaty, where that is recorded
    types : party -> its possible types, the first of which is the one that doubt is measured against; empty: no
        party has a secret
    beliefs : how beliefs about types are updated
    """

    name: str
    title: str
    question: str
    reading: str
    start_date: str
    actors: tuple[Actor, ...]
    treaty: Treaty
    components: Components = field(default_factory=Components)
    start: Start = field(default_factory=Start)
    about: Mapping[str, About] = field(default_factory=dict)
    levers: tuple[str, ...] = ()
    history: History | None = None
    types: Mapping[str, tuple[ActorType, ...]] = field(default_factory=dict)
    beliefs: BeliefOptions = field(default_factory=BeliefOptions)

    def __post_init__(self) -> None:
        object.__setattr__(self, "actors", in_role_order(self.actors))
        try:
            date.fromisoformat(self.start_date)
        except ValueError:
            raise ParameterError(
                f"scenario.start_date must be a date such as 2018-10-20, got {self.start_date!r}"
            ) from None
        for name in BY_PARTY:
            for party in getattr(self.treaty, name):
                if party not in self.party_names:
                    raise ParameterError(
                        f"treaty.{name}.{party}: must name a party, one of {', '.join(self.party_names)}"
                    )
        for name, types in self.types.items():
            if name not in self.party_names:
                raise ParameterError(f"types.{name}: must name a party, one of {', '.join(self.party_names)}")
            check_types(types, name)

    @property
    def actor_names(self) -> tuple[str, ...]:
        """Names of the actors, in the order of their roles."""
        return tuple(actor.name for actor in self.actors)

    @property
    def party_names(self) -> tuple[str, str]:
        """Names of the two parties."""
        return self.actors[0].name, self.actors[1].name

    @property
    def numbers(self) -> dict[str, Value]:
        """Every number and distribution of the scenario by its config path."""
        numbers: dict[str, Value] = {}
        for actor in self.actors:
            numbers |= actor.numbers
        for types in self.types.values():
            for each in types:
                numbers |= each.numbers
        return numbers | self.treaty.numbers

    @property
    def uncertain(self) -> dict[str, Distribution]:
        """The parameters that have a distribution, by config path."""
        return {path: value for path, value in self.numbers.items() if isinstance(value, Distribution)}

    def values(self, uniforms: Mapping[str, FloatArray], draws: int) -> dict[str, FloatArray]:
        """Return every number in each draw, config path -> [draws].

        An uncertain number takes the quantile of its uniform in `uniforms` (config path -> [draws]), or its
        median where it has none.

        Raises
        ------
        ParameterError
            If `draws` is below 1, or a uniform has another length or belongs to no uncertain number.
        """
        if draws < 1:
            raise ParameterError(f"engine.draws must be at least 1, got {draws}")
        uncertain = self.uncertain
        for path, u in uniforms.items():
            if path not in uncertain:
                raise ParameterError(f"{path} is not uncertain: it takes no uniform number")
            if np.shape(u) != (draws,):
                raise ParameterError(f"uniforms of {path} must have shape ({draws},), got {np.shape(u)}")
        values: dict[str, FloatArray] = {}
        for path, value in self.numbers.items():
            if not isinstance(value, Distribution):
                values[path] = sealed(np.full(draws, value))
            elif path in uniforms:
                values[path] = sealed(value.quantile(np.asarray(uniforms[path])))
            else:
                values[path] = sealed(np.full(draws, value.median))
        return values
