"""Worlds that are bargained over: the treaty game under a package, solved, played exactly and audited."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.engine.exact import exact_outcomes
from sim.engine.options import SolverOptions
from sim.engine.quantised import quantised
from sim.games.treaty.numbers import TreatyGames, TreatyParameters
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import NUM_ACTORS
from sim.games.treaty.situation import Phase
from sim.games.treaty.terms import TERM_NUMBER
from sim.model.deal import Package
from sim.model.scenario import Scenario
from sim.solvers.treaty_logit import TreatyEquilibrium, solve_treaty_logit
from sim.study.draws import games_of
from sim.study.profiles import equilibrium_profile


@dataclass(frozen=True, eq=False, kw_only=True)
class DealWorld:
    """A package and the scenario under it."""

    package: Package
    scenario: Scenario


@dataclass(frozen=True, eq=False, kw_only=True)
class SolvedWorld:
    """One draw of a world in equilibrium.

    Attributes
    ----------
    equilibrium : TreatyEquilibrium
    payoffs [actors] : discounted payoffs from the start, for ever
    collapse : probability that the treaty has ended by the horizon
    suspended : probability that it stands at the horizon on paper, suspended by a party or more
    """

    games: TreatyGames
    draw: int
    equilibrium: TreatyEquilibrium
    payoffs: FloatArray
    collapse: float
    suspended: float

    @property
    def profile(self) -> TreatyProfile:
        """The equilibrium as a profile, of this draw alone."""
        return equilibrium_profile(self.games, [self.equilibrium])


def solve_world(
    games: TreatyGames, draw: int, *, solver: SolverOptions, periods: int, start: str | None = None
) -> SolvedWorld:
    """Return draw `draw` of `games` in equilibrium, on the branch that begins at `start`.

    Costs one solution, some 2 s for 3,000 public states, and one exact chain.
    """
    equilibrium = solve_treaty_logit(
        games,
        draw,
        rationality=solver.rationality,
        tol=solver.tol,
        max_steps=solver.max_steps,
        start=start or solver.start,
    )
    return played(games, draw, equilibrium, periods)


def played(games: TreatyGames, draw: int, equilibrium: TreatyEquilibrium, periods: int) -> SolvedWorld:
    """Return an equilibrium with what it is worth and what it leads to."""
    # an automaton of one draw plays in every draw, so that the profile fits whatever draw is asked for
    profile = quantised(equilibrium_profile(games, [equilibrium]))
    exact = exact_outcomes(games, draw, profile, periods)
    graph = games.graph
    on_paper = (graph.phase != Phase.ENDED) & (graph.suspended != 0)
    return SolvedWorld(
        games=games,
        draw=draw,
        equilibrium=equilibrium,
        payoffs=sealed(equilibrium.values[games.graph.start_state]),
        collapse=float(exact.outcomes["collapse_probability"] or 0.0),
        suspended=float(exact.final.reshape(graph.num_situations, -1)[on_paper].sum()),
    )


def games_of_world(world: DealWorld, draws: int, seed: int) -> TreatyGames:
    """Return the treaty game of a world in every draw; of one draw every distribution takes its median."""
    return games_of(world.scenario, draws, seed)


def standing_payoffs(package: Package, parameters: TreatyParameters, actors: Sequence[str]) -> FloatArray:
    r"""Return what stands for ever without a deal on the package's issues and the scenario leaves out, [D, actors].

    A feature f of a term with weight w per year is worth :math:`w f / (-\ln δ)`.
    """
    worth = np.zeros((parameters.num_draws, NUM_ACTORS))
    for issue, _ in package.terms:
        for term, features in issue.standing.items():
            for actor, feature in features.items():
                k = list(actors).index(actor)
                worth[:, k] += (
                    parameters.weights[:, TERM_NUMBER[term], k] * feature / -np.log(parameters.discount[:, k])
                )
    return sealed(worth)


def consenting(package: Package, gains: FloatArray, actors: Sequence[str]) -> bool:
    """Whether no signatory of the package loses by it; round-off aside."""
    values = np.asarray(gains)
    return all(values[list(actors).index(name)] >= -1e-9 for name in package.signatories)


__all__ = [
    "DealWorld",
    "SolvedWorld",
    "consenting",
    "games_of_world",
    "played",
    "solve_world",
    "standing_payoffs",
]
