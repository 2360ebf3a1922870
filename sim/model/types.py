"""Types: what an actor is, privately and for the whole of a play; and how others form beliefs about it.

A type is drawn once per play from its prior. It may value things otherwise than its actor's weights say, hold a
course that it cannot choose (a hidden stock of banned missiles is there or is not), or follow a strategy of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.model.uncertain import (
    ANYTHING,
    PROBABILITY,
    RATE,
    Distribution,
    Value,
    check_domain,
    parse_value,
)

COURSES = ("uphold", "breach")
CONJECTURES = ("equilibrium", "true")
"""Conjectures that are words; any other names one strategy per type."""


@dataclass(frozen=True, kw_only=True)
class ActorType:
    """One type of one actor.

    Attributes
    ----------
    actor, name : str
    prior : number or distribution in [0, 1], or None for what the actor's other types leave
    sentence : str, who this is
    course : ``uphold`` or ``breach`` wherever the actor is bound, or None to choose it as its strategy does
    inspected : the same while an offer to be inspected is being answered; None: as `course`
    strategy : name of its strategy; None: the actor's own
    weights : term -> number or distribution, in place of the actor's weight
    scale : term -> number or distribution of at least 0, by which the actor's weight is multiplied
    """

    actor: str
    name: str
    prior: Value | None = None
    sentence: str = ""
    course: str | None = None
    inspected: str | None = None
    strategy: str | None = None
    weights: Mapping[str, Value] = field(default_factory=dict)
    scale: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.prior is not None:
            prior = check_domain(
                parse_value(self.prior, f"{self.path}.prior"), f"{self.path}.prior", PROBABILITY
            )
            object.__setattr__(self, "prior", prior)
        for name in ("course", "inspected"):
            if getattr(self, name) not in (None, *COURSES):
                raise ParameterError(
                    f"{self.path}.{name} must be null or one of {', '.join(COURSES)}, got {getattr(self, name)!r}"
                )
        for name, domain in (("weights", ANYTHING), ("scale", RATE)):
            given = {
                term: check_domain(
                    parse_value(value, f"{self.path}.{name}.{term}"), f"{self.path}.{name}.{term}", domain
                )
                for term, value in getattr(self, name).items()
            }
            object.__setattr__(self, name, given)
        both = sorted(set(self.weights) & set(self.scale))
        if both:
            raise ParameterError(
                f"{self.path}: {both[0]} stands under weights and under scale, one is enough"
            )

    @property
    def path(self) -> str:
        """Where the type stands in the configuration."""
        return f"types.{self.actor}.{self.name}"

    @property
    def numbers(self) -> dict[str, Value]:
        """Every number of the type by its config path."""
        prior = {} if self.prior is None else {f"{self.path}.prior": self.prior}
        weights = {f"{self.path}.weights.{term}": value for term, value in self.weights.items()}
        return {**prior, **weights, **{f"{self.path}.scale.{term}": v for term, v in self.scale.items()}}


@dataclass(frozen=True, kw_only=True)
class BeliefOptions:
    """How beliefs about types are updated.

    Attributes
    ----------
    conjecture : ``equilibrium`` (the solved strategy of each type), ``true`` (what each type does play), or actor ->
        type -> name of the strategy that the others take it to play
    tremble : in (0, 1), the share of every choice that is taken to be made at random
    resolution : above 0, step of the grid of log-odds
    clip : above 0, largest log-odds
    threshold : in (0, 1), belief in an actor's second type above which it is in doubt
    """

    conjecture: str | Mapping[str, Mapping[str, str]] = "equilibrium"
    tremble: float = 0.02
    resolution: float = 0.001
    clip: float = 7.0
    threshold: float = 0.5

    def __post_init__(self) -> None:
        if (
            self.conjecture not in CONJECTURES
            if isinstance(self.conjecture, str)
            else not _is_named(self.conjecture)
        ):
            raise ParameterError(
                f"beliefs.conjecture must be one of {', '.join(CONJECTURES)}, or name a strategy per type, "
                f"got {self.conjecture!r}"
            )
        for name in ("tremble", "threshold"):
            if not 0 < getattr(self, name) < 1:
                raise ParameterError(f"beliefs.{name} must lie in (0, 1), got {getattr(self, name):g}")
        for name in ("resolution", "clip"):
            value = getattr(self, name)
            if not (isfinite(value) and value > 0):
                raise ParameterError(f"beliefs.{name} must be finite and above 0, got {value:g}")
        if self.clip < self.resolution:
            raise ParameterError(
                f"beliefs.clip must be at least beliefs.resolution ({self.resolution:g}), got {self.clip:g}"
            )

    @property
    def top(self) -> int:
        """Largest log-odds in steps of the grid, which goes from ``-top`` to ``top``."""
        return round(self.clip / self.resolution)


def _is_named(conjecture: object) -> bool:
    """Tell whether a conjecture maps actors to mappings of types to names."""
    return isinstance(conjecture, Mapping) and all(
        isinstance(names, Mapping) and all(isinstance(name, str) for name in names.values())
        for names in conjecture.values()
    )


def check_types(types: tuple[ActorType, ...], actor: str) -> None:
    """Raise ParameterError unless the priors of one actor's `types` sum to 1 in every draw.

    Examples
    --------
    >>> check_types((ActorType(actor="usa", name="treaty", prior=0.5),
    ...              ActorType(actor="usa", name="pretext", prior=0.6)), "usa")
    Traceback (most recent call last):
        ...
    sim.errors.ParameterError: types.usa: the priors of treaty, pretext must sum to 1, got 1.1
    """
    path, names = f"types.{actor}", ", ".join(each.name for each in types)
    if len(types) < 2:
        raise ParameterError(f"{path} must hold at least two types, got {names or 'none'}")
    rest = [each.name for each in types if each.prior is None]
    given = [each.prior for each in types if each.prior is not None]
    if len(rest) > 1:
        raise ParameterError(
            f"{path}: only one prior may be null (what the others leave), got {' and '.join(rest)}"
        )
    uncertain = any(isinstance(prior, Distribution) for prior in given)
    if not rest and uncertain:
        raise ParameterError(
            f"{path}: with an uncertain prior one of {names} must be null: what the others leave"
        )
    highest = sum(prior.support[1] if isinstance(prior, Distribution) else prior for prior in given)
    if rest and highest > 1 + 1e-9:
        raise ParameterError(
            f"{path}: the priors of {names} must sum to 1, got up to {highest:.6g} without {rest[0]}"
        )
    if not rest and abs(highest - 1) > 1e-9:
        raise ParameterError(f"{path}: the priors of {names} must sum to 1, got {highest:.6g}")


def priors_of(types: tuple[ActorType, ...], values: Mapping[str, FloatArray], draws: int) -> FloatArray:
    """Return the prior of each type in every draw, [draws, types], summing to 1.

    `values` maps config paths to numbers [draws], as ``Scenario.values`` returns them.
    """
    priors = np.zeros((draws, len(types)))
    for k, each in enumerate(types):
        if each.prior is not None:
            priors[:, k] = values[f"{each.path}.prior"]
    for k, each in enumerate(types):
        if each.prior is None:
            priors[:, k] = np.clip(1 - priors.sum(axis=1), 0.0, 1.0)
    return sealed(priors)


__all__ = ["CONJECTURES", "COURSES", "ActorType", "BeliefOptions", "check_types", "priors_of"]
