r"""Markov perfect equilibria of a stochastic game, certified by the largest one-shot gain.

The logit branch (`markov_logit.py`) is followed until its ε is small; the actions that are still played
then are taken for the support, and Newton's method solves for exact indifference on it.  If the result is
no equilibrium the path is followed on.  Other priors at λ = 0 lead to other equilibria; small games are
also searched through for all equilibria in pure strategies.  Nothing proves that a list is complete.

References
----------
Fink (1964), existence; Herings & Peeters (2004), Stationary equilibria in stochastic games: structure,
selection, and computation; Eibelshäuser & Poensgen (2019), Markov quantal response equilibrium.
"""

from itertools import product

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ParameterError
from sim.games.stochastic import MarkovProfile, StochasticGame
from sim.solvers.markov_arrays import FlatGame, flat_game
from sim.solvers.markov_logit import markov_regrets, markov_values
from sim.solvers.markov_walk import Outcome, branch_of, polish
from sim.solvers.solution import Solution, Status

PURE_LIMIT = 2_000  # pure Markov profiles that are tried one by one
THRESHOLDS = (1e-2, 1e-3, 3e-2, 1e-4)  # of a probability, below which an action is taken to be unplayed
RETRIES = 6  # further priors if none was certified


def markov_perfect(
    game: StochasticGame,
    *,
    starts: int = 4,
    seed: int = 0,
    tol: float = 1e-9,
    max_steps: int = 5_000,
) -> Solution:
    """Return Markov perfect equilibria, each with its largest one-shot gain in any state.

    Parameters
    ----------
    game : StochasticGame
    starts : int
        Number of random priors followed besides the uniform one. With 0 only the principal branch is followed
        and no pure profiles are tried; others follow only if it fails.
    seed : int
        Of the random priors.
    tol : float
        Largest gain, relative to the range of the payoffs, of what is called an equilibrium.
    max_steps : int
        Limit of linear solves per path.

    Returns
    -------
    solution : Solution
        ``profiles``: per equilibrium one array [states, actions] per player; ``payoffs`` from the initial
        state; ``extra["values"]``: per equilibrium [states, players]. If no path could be certified the
        best profile found is returned with its ε in ``regrets`` and the status says so.

    Raises
    ------
    ParameterError
        If `starts` is negative or `tol` not positive.

    Notes
    -----
    The step control makes it unlikely, not impossible, that a path passes to another branch near a sharp
    fold; the certificate does not depend on that, the selection of the principal branch does.
    Deterministic for a given seed. See `markov_logit` for the cost of a linear solve; a path of a game
    with 15 states, 3 players and 4 actions takes a few hundred.

    Examples
    --------
    >>> import numpy as np
    >>> dilemma = np.array([[[3.0, 0.0], [5.0, 1.0]], [[3.0, 5.0], [0.0, 1.0]]])
    >>> solution = markov_perfect(StochasticGame([dilemma], np.ones((1, 2, 2, 1)), 0.9))
    >>> [strategy.round(6).tolist() for strategy in solution.profiles[0]], solution.payoffs.round(6).tolist()
    ([[[0.0, 1.0]], [[0.0, 1.0]]], [[10.0, 10.0]])
    """
    if starts < 0 or starts != int(starts):
        raise ParameterError(f"starts must be a whole number of at least 0, got {starts}")
    if not tol > 0:
        raise ParameterError(f"tol must be positive, got {tol}")
    flat = flat_game(game)
    accepted = tol * flat.scale
    rng = np.random.default_rng(seed)
    found: list[tuple[MarkovProfile, FloatArray, float]] = []
    best: tuple[MarkovProfile, FloatArray, float] | None = None
    for attempt in range(1 + starts + RETRIES):
        if attempt > starts and found:
            break
        prior = None if attempt == 0 else _random_prior(flat, rng)
        candidate = follow_to_equilibrium(flat, prior, accepted, max_steps)
        if candidate[2] <= accepted:
            _add(found, candidate)
        elif best is None or candidate[2] < best[2]:
            best = candidate
    if starts > 0:
        for candidate in pure_markov_equilibria(game, accepted):
            _add(found, candidate)
    status = Status.CONVERGED if found else Status.OUT_OF_STEPS
    if not found and best is not None:
        found = [best]
    return Solution(
        profiles=tuple(profile for profile, _, _ in found),
        payoffs=np.array([values[game.initial] for _, values, _ in found]),
        regrets=np.array([gain for _, _, gain in found]),
        concept="markov_perfect",
        method=f"logit branch and polish from {1 + starts} priors" + (", pure profiles" if starts else ""),
        status=status,
        extra={"values": tuple(values for _, values, _ in found)},
    )


def follow_to_equilibrium(
    flat: FlatGame, prior: FloatArray | None, accepted: float, max_steps: int
) -> tuple[MarkovProfile, FloatArray, float]:
    """Follow one branch and polish; return (profile, values, largest one-shot gain), certified or not."""
    walk = branch_of(flat, prior)
    floor, left = 3e-3, max_steps
    while True:
        outcome, solves = walk.advance(np.inf, floor, left)
        left -= solves
        for threshold in THRESHOLDS:
            sigma = polish(flat, walk.sigma, walk.values, threshold)
            if sigma is not None:
                candidate = _certified(flat, sigma)
                if candidate[2] <= accepted:
                    return candidate
        if outcome is not Outcome.SATISFIED or left <= 0 or floor < 1e-10:
            return _certified(flat, walk.sigma)
        floor *= 0.2


def pure_markov_equilibria(
    game: StochasticGame, accepted: float, limit: int = PURE_LIMIT
) -> list[tuple[MarkovProfile, FloatArray, float]]:
    """Return all equilibria in pure strategies by trying every profile, none beyond `limit` of them."""
    number = 1
    for counts in game.num_actions:
        number *= int(np.prod(counts))
        if number > limit:
            return []
    found = []
    for joint in product(*(np.ndindex(counts) for counts in game.num_actions)):
        profile = tuple(
            np.eye(width)[[here[player] for here in joint]] for player, width in enumerate(game.max_actions)
        )
        values = markov_values(game, profile)
        gain = float(markov_regrets(game, profile, values).max())
        if gain <= accepted:
            found.append((profile, values, gain))
    return found


def _certified(flat: FlatGame, sigma: FloatArray) -> tuple[MarkovProfile, FloatArray, float]:
    profile = flat.profile(sigma)
    values = markov_values(flat.game, profile)
    return profile, values, float(markov_regrets(flat.game, profile, values).max())


def _add(
    found: list[tuple[MarkovProfile, FloatArray, float]], candidate: tuple[MarkovProfile, FloatArray, float]
) -> None:
    for known, _, _ in found:
        if all(abs(a - b).max() < 1e-6 for a, b in zip(known, candidate[0], strict=True)):
            return
    found.append(candidate)


def _random_prior(flat: FlatGame, rng: np.random.Generator) -> FloatArray:
    """Return a prior whose log-odds are normal with deviation 2: far enough to reach other equilibria."""
    weights = np.exp(2.0 * rng.standard_normal(flat.num_numbers))
    start, count = flat.arrays[5], flat.arrays[6]
    for place in np.ndindex(*start.shape):
        own = slice(start[place], start[place] + count[place])
        weights[own] /= weights[own].sum()
    return weights
