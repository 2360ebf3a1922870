"""Several equilibria of a scenario's treaty game at the central parameters, with what each would bring."""

from dataclasses import dataclass
from typing import Any

from sim.arrays import FloatArray, sealed
from sim.engine.exact import exact_outcomes
from sim.engine.options import EngineOptions, SolverOptions
from sim.model.scenario import Scenario
from sim.solvers.treaty_several import treaty_equilibria
from sim.study.credibility import central_games
from sim.study.profiles import equilibrium_profile
from sim.study.progress import Progress


@dataclass(frozen=True, eq=False, kw_only=True)
class ListedEquilibrium:
    """One equilibrium, told by what it brings.

    Attributes
    ----------
    priors : names of the priors whose branches end there ; selected : whether runs play it
    residual : largest change of a probability under one more exact response
    regret [actors] : largest one-shot gains ; payoffs [actors] : discounted, from the start
    collapse_probability : that the treaty ends within the horizon, exact
    """

    priors: tuple[str, ...]
    selected: bool
    residual: float
    regret: FloatArray
    payoffs: FloatArray
    collapse_probability: float


def several_equilibria(
    scenario: Scenario, *, engine: EngineOptions, solver: SolverOptions, priors: int, progress: Progress
) -> tuple[ListedEquilibrium, ...]:
    """Return the distinct equilibria that the branches from `priors` priors end at, every parameter at its median."""
    games = central_games(scenario, engine.seed)
    progress("looking for several equilibria", 0.0)
    found = treaty_equilibria(
        games,
        0,
        rationality=solver.rationality,
        priors=priors,
        seed=engine.seed,
        tol=solver.tol,
        max_steps=solver.max_steps,
    )
    periods = scenario.treaty.periods(engine.horizon_months)
    start = games.graph.start
    first = start[0] * games.graph.num_environments + start[1]
    listed = []
    for each in found:
        own = each.equilibrium
        exact = exact_outcomes(games, 0, equilibrium_profile(games, (own,)), periods)
        listed.append(
            ListedEquilibrium(
                priors=each.priors,
                selected=each.selected,
                residual=own.residual,
                regret=own.regret,
                payoffs=sealed(own.values[first]),
                collapse_probability=float(exact.outcomes["collapse_probability"] or 0.0),
            )
        )
    return tuple(listed)


def several_as_mapping(listed: tuple[ListedEquilibrium, ...]) -> list[dict[str, Any]]:
    """Return equilibria as JSON can hold them."""
    return [
        {
            "priors": list(each.priors),
            "selected": each.selected,
            "residual": each.residual,
            "regret": each.regret.tolist(),
            "payoffs": each.payoffs.tolist(),
            "collapse_probability": each.collapse_probability,
        }
        for each in listed
    ]


__all__ = ["ListedEquilibrium", "several_as_mapping", "several_equilibria"]
