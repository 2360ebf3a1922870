"""How much is played, and how the equilibrium of the treaty game is computed."""

import os
from dataclasses import dataclass
from math import isfinite

from sim.errors import ParameterError
from sim.games.treaty.profile import STARTS

ESTIMATORS = ("conditional_hazard", "plain")
"""How the probability of a notice is estimated: by carrying hazards along each play, or by counting plays."""


@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """Options of a run.

    Attributes
    ----------
    draws : int, parameter draws; 1 takes each distribution's median
    replications : int, plays per draw
    seed : int, master seed, at least 0
    workers : int, threads; 0 takes all cores. Results never depend on it
    horizon_months : float, length of a play
    keep : int, plays kept whole for tables and fan charts
    estimator : one of ``ESTIMATORS``
    block : int or None, how many blocks of plays a task takes, not how many plays a block has: that is fixed;
        None takes one. Results never depend on it

    Raises
    ------
    ParameterError
        Naming the config path, what is legal, and what was got.
    """

    draws: int = 48
    replications: int = 2000
    seed: int = 20190802
    workers: int = 0
    horizon_months: float = 84.0
    keep: int = 10_000
    estimator: str = "conditional_hazard"
    block: int | None = None

    @property
    def threads(self) -> int:
        """How many threads `workers` asks for."""
        return self.workers or os.cpu_count() or 1

    def __post_init__(self) -> None:
        for name, least in (("draws", 1), ("replications", 1), ("seed", 0), ("workers", 0), ("keep", 1)):
            if getattr(self, name) < least:
                raise ParameterError(f"engine.{name} must be at least {least}, got {getattr(self, name)}")
        if self.block is not None and self.block < 1:
            raise ParameterError(f"engine.block must be null or at least 1, got {self.block}")
        if not isfinite(self.horizon_months) or self.horizon_months <= 0:
            raise ParameterError(
                f"engine.horizon_months must be finite and above 0, got {self.horizon_months:g}"
            )
        if self.estimator not in ESTIMATORS:
            raise ParameterError(
                f"engine.estimator must be one of {', '.join(ESTIMATORS)}, got {self.estimator!r}"
            )


@dataclass(frozen=True, kw_only=True)
class SolverOptions:
    """How the logit Markov equilibrium of the treaty game is computed.

    Attributes
    ----------
    rationality : float, λ, at least 0: per payoff unit
    tol : float, largest residual of a choice's log-odds
    max_steps : int, points along each branch
    start : profile at which the branch begins, which selects among several equilibria; one of ``STARTS``
    """

    rationality: float = 4.0
    tol: float = 1e-9
    max_steps: int = 600
    start: str = "centroid"

    def __post_init__(self) -> None:
        if not isfinite(self.rationality) or self.rationality < 0:
            raise ParameterError(
                f"solver.rationality must be finite and at least 0, got {self.rationality:g}"
            )
        if not 0 < self.tol < 1:
            raise ParameterError(f"solver.tol must lie in (0, 1), got {self.tol:g}")
        if self.start not in STARTS:
            raise ParameterError(f"solver.start must be one of {', '.join(STARTS)}, got {self.start!r}")
        if self.max_steps < 1:
            raise ParameterError(f"solver.max_steps must be at least 1, got {self.max_steps}")
