"""The profile that a run plays: automata from their descriptions, solved strategies from the solver."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from sim.arrays import sealed
from sim.engine.options import SolverOptions
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyAutomaton, TreatyProfile, markov_automaton
from sim.games.treaty.rules import NUM_ACTORS, PARTIES
from sim.solvers.treaty_logit import TreatyEquilibrium, solve_treaty_logit
from sim.strategies.catalogue import resolve
from sim.strategies.treaty_automaton import compile_automaton
from sim.study.progress import Progress
from sim.study.result import MarkovEquilibrium


def solve_draws(
    games: TreatyGames, options: SolverOptions, *, rationality: float, workers: int, progress: Progress
) -> tuple[TreatyEquilibrium, ...]:
    """Return the logit Markov equilibrium of every draw, each from a cold start, so that order cannot matter."""
    done = 0

    def solve(draw: int) -> TreatyEquilibrium:
        return solve_treaty_logit(
            games,
            draw,
            rationality=rationality,
            tol=options.tol,
            max_steps=options.max_steps,
            start=options.start,
        )

    solutions = []
    with ThreadPoolExecutor(workers) as pool:
        for solution in pool.map(solve, range(games.num_draws)):
            solutions.append(solution)
            done += 1
            progress("solving the treaty game", done / games.num_draws)
    return tuple(solutions)


def build_profile(
    games: TreatyGames,
    names: Sequence[str],
    automata: Mapping[str, Mapping[str, Any]],
    options: SolverOptions,
    *,
    workers: int,
    progress: Progress,
    solved: dict[float, tuple[TreatyEquilibrium, ...]] | None = None,
) -> tuple[TreatyProfile, MarkovEquilibrium | None]:
    """Return one automaton per role, and the equilibrium if one of them had to be solved for.

    Strategies solved at different rationalities are solved separately; the certificate returned is that of the
    configured rationality, or of the first one solved. `solved` takes what is computed, for others to use.
    """
    solved = {} if solved is None else solved
    chosen: list[TreatyAutomaton] = []
    for actor, name in enumerate(names):
        spec = resolve(name, automata)
        if spec.solved is None:
            chosen.append(compile_automaton(spec, games.graph, actor))
            continue
        rationality = options.rationality if spec.rationality is None else spec.rationality
        if rationality not in solved:
            solved[rationality] = solve_draws(
                games, options, rationality=rationality, workers=workers, progress=progress
            )
        chosen.append(equilibrium_automaton(games, solved[rationality], actor, name))
    profile = TreatyProfile(graph=games.graph, automata=tuple(chosen))
    if not solved:
        return profile, None
    shown = options.rationality if options.rationality in solved else next(iter(solved))
    return profile, certificate(solved[shown], shown)


def equilibrium_automaton(
    games: TreatyGames, solutions: Sequence[TreatyEquilibrium], actor: int, name: str = "equilibrium"
) -> TreatyAutomaton:
    """Return the Markov strategy of `actor` in the equilibria of all draws."""
    silent = np.zeros((len(solutions), games.graph.num_states))
    return markov_automaton(
        games.graph,
        name=name,
        actor=actor,
        breach=np.stack([each.breach[:, actor] for each in solutions]) if actor in PARTIES else silent,
        moves=np.stack([each.moves[:, actor] for each in solutions]),
    )


def equilibrium_profile(games: TreatyGames, solutions: Sequence[TreatyEquilibrium]) -> TreatyProfile:
    """Return the profile in which everyone plays the equilibrium of each draw."""
    automata = tuple(equilibrium_automaton(games, solutions, actor) for actor in range(NUM_ACTORS))
    return TreatyProfile(graph=games.graph, automata=automata)


def certificate(solutions: Sequence[TreatyEquilibrium], rationality: float) -> MarkovEquilibrium:
    """Return the equilibria's values with residual and regret."""
    return MarkovEquilibrium(
        rationality=rationality,
        values=sealed([each.values for each in solutions]),
        residual=sealed([each.residual for each in solutions]),
        regret=sealed([each.regret for each in solutions]),
        iterations=sealed([each.iterations for each in solutions], np.int64),
        jumps=sealed([each.jumps for each in solutions], np.int64),
        converged=sealed([each.converged for each in solutions], np.int64),
    )
