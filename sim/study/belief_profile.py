"""The equilibrium in public state, belief and own type as a profile of plays, where it can be had.

It can where everybody plays the solved strategy, the conjecture is the equilibrium itself, and states times cells of
belief are few enough. Else plays take the profile solved without types, and the reason is told.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.engine.belief_equilibrium import (
    BeliefEquilibrium,
    BeliefRole,
    automaton_of,
    cells_of,
    most_sweeps,
    solve_belief_equilibrium,
)
from sim.errors import ParameterError
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyAutomaton
from sim.games.treaty.rules import PARTIES
from sim.games.treaty.type_space import TypeSpace
from sim.model.types import BeliefOptions
from sim.solvers.treaty_logit import TreatyEquilibrium
from sim.study.progress import Progress

BELIEF_EQUILIBRIUM = "belief_equilibrium"
"""Label of the equilibrium in public state, belief and own type."""

MOST_PLAYED = 1_500_000
"""Most draws × cells of belief × public states that are tabulated for plays; each costs about 400 bytes."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BeliefCertificate:
    """How near the profiles of all draws are to an equilibrium; `D` draws, `V` roles.

    Attributes
    ----------
    points : number of points of the grid of doubt about each party
    residual [D] : largest distance of any log-odds from those of the logit reply
    regret [D, V] : largest one-shot gain of each role, payoff units
    mismatch [D] : largest distance of a log-likelihood ratio from the step of belief in use; 0.5 is exact rounding
    sweeps [D], converged [D]
    """

    points: tuple[int, int]
    residual: FloatArray
    regret: FloatArray
    mismatch: FloatArray
    sweeps: IntArray
    converged: IntArray


def check_size(space: TypeSpace, graph: TreatyGraph, options: BeliefOptions) -> None:
    """Raise ParameterError if the equilibria of all draws would be too large to play; nothing is computed."""
    draws, points = len(space.priors[0]), cells_of(space.secret, options)
    if draws * points[0] * points[1] * graph.num_states > MOST_PLAYED:
        raise ParameterError(
            f"{draws} draws times {points[0]} × {points[1]} cells of belief times {graph.num_states} public states "
            f"are more than {MOST_PLAYED}; beliefs.resolution=1 beliefs.clip=3 and fewer draws fit"
        )


def solve_beliefs(
    roles: Callable[[int], Sequence[BeliefRole]],
    space: TypeSpace,
    options: BeliefOptions,
    *,
    rationality: float,
    workers: int,
    progress: Progress,
) -> tuple[BeliefEquilibrium, ...]:
    """Return the equilibrium in public state, belief and own type of every draw.

    Parameters
    ----------
    roles : the roles of a draw, see `solve_belief_equilibrium`

    Raises
    ------
    ParameterError
        If it does not fit, or does not converge in some draw; the message is a sentence's end.
    """
    draws = len(space.priors[0])
    points = cells_of(space.secret, options)
    cells = points[0] * points[1]

    def solve(draw: int) -> BeliefEquilibrium:
        return solve_belief_equilibrium(
            roles(draw),
            draw,
            priors=[each[draw] for each in space.priors],
            options=options,
            rationality=rationality,
            max_sweeps=most_sweeps(cells),
        )

    found: list[BeliefEquilibrium] = []
    with ThreadPoolExecutor(workers) as pool:
        for each in pool.map(solve, range(draws)):
            found.append(each)
            progress("solving the equilibrium in beliefs", len(found) / draws)
    bad = [each for each in found if not each.converged]
    if bad:
        raise ParameterError(
            f"it did not converge in {len(bad)} of {draws} draws, residual up to "
            f"{max(each.residual for each in bad):.1e} after {max(each.sweeps for each in bad)} sweeps; a lower "
            "solver.rationality or another beliefs.resolution may help"
        )
    return tuple(found)


def role_without_types(games: TreatyGames, equilibrium: TreatyEquilibrium, actor: int) -> BeliefRole:
    """Return the role of an actor without types, starting from the equilibrium without types."""
    return BeliefRole(
        actor=actor,
        games=games,
        course=None,
        moves=equilibrium.moves[:, actor],
        breach=equilibrium.breach[:, actor] if actor in PARTIES else np.zeros(games.graph.num_states),
        values=equilibrium.values[:, actor],
    )


def played_of(
    found: Sequence[BeliefEquilibrium], space: TypeSpace, names: Sequence[str]
) -> tuple[list[list[TreatyAutomaton]], list[TreatyAutomaton]]:
    """Return what each type of each party plays in the equilibrium, and what each actor does that has no types."""
    automata, role = [], 0
    for actor, name in enumerate(names):
        count = max(1, len(space.types[actor])) if actor in PARTIES else 1
        automata.append([automaton_of(found, role=role + k, name=name, actor=actor) for k in range(count)])
        role += count
    return automata[: len(PARTIES)], [each[0] for each in automata]


def certificate_of(found: Sequence[BeliefEquilibrium]) -> BeliefCertificate:
    """Return the certificates of all draws together."""
    return BeliefCertificate(
        points=found[0].points,
        residual=sealed([each.residual for each in found]),
        regret=sealed([each.regret for each in found]),
        mismatch=sealed([each.mismatch for each in found]),
        sweeps=sealed([each.sweeps for each in found], np.int64),
        converged=sealed([each.converged for each in found], np.int64),
    )


__all__ = [
    "BELIEF_EQUILIBRIUM",
    "MOST_PLAYED",
    "BeliefCertificate",
    "certificate_of",
    "check_size",
    "played_of",
    "role_without_types",
    "solve_beliefs",
]
