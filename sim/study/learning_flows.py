"""Where learning leads in a small game: four rules on the square of a 2×2 game or the simplex of a symmetric 3×3.

*Fictitious play* (and the best-response flow that it follows in the long run), *logit response*, *regret
matching* and the *replicator dynamics*, each from the same few starts. Rules with a flow have its velocity on a
grid; regret matching is random and has runs only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.games.normal_form import NormalFormGame
from sim.strategies.fictitious_play import best_response_field, fictitious_play
from sim.strategies.learning import Field, integrate
from sim.strategies.logit_response import logit_field
from sim.strategies.regret_matching import regret_matching
from sim.strategies.replicator import replicator, replicator_field

SQUARE, SIMPLEX = "square", "simplex"
GRID = 11  # arrows along an edge
STEPS = 1500  # plays of a run of fictitious play and of regret matching
POINTS = 400  # of a path in continuous time
PATIENCE = 40.0  # how long a flow is followed, in units of one over the largest payoff difference
SELECTIVITY = 10.0  # λ times the largest payoff difference, in the logit response
SEEDS = (1, 2, 3)

_SQUARE_STARTS = ((0.15, 0.35), (0.85, 0.65), (0.35, 0.85), (0.65, 0.15))
_SIMPLEX_STARTS = ((0.7, 0.2, 0.1), (0.1, 0.7, 0.2), (0.2, 0.1, 0.7), (0.4, 0.35, 0.25))


@dataclass(frozen=True, eq=False, kw_only=True)
class LearningFlow:
    """One rule in one game.

    Attributes
    ----------
    rule : str, in words
    points, velocities : float array [arrows, coordinates]
        On the square the probabilities of each player's first action, on the simplex the shares of the three
        actions; empty for a rule without a flow.
    paths : float arrays [times, coordinates]
    """

    rule: str
    points: FloatArray
    velocities: FloatArray
    paths: tuple[FloatArray, ...]


def domain_of(game: NormalFormGame) -> str | None:
    """Return what strategies of `game` can be drawn on: ``square``, ``simplex`` or nothing.

    Examples
    --------
    >>> from sim.games.catalogue import chicken
    >>> domain_of(chicken()), domain_of(NormalFormGame(np.zeros((3, 2, 2, 2))))
    ('square', None)
    """
    if game.num_actions == (2, 2):
        return SQUARE
    if game.num_actions == (3, 3) and np.array_equal(game.payoffs[0], game.payoffs[1].T):
        return SIMPLEX
    return None


def learning_flows(game: NormalFormGame) -> tuple[LearningFlow, ...]:
    """Return the four rules in `game`, nothing where they cannot be drawn.

    Cost: about a second, most of it regret matching and SciPy's import.

    Examples
    --------
    >>> from sim.games.catalogue import stag_hunt
    >>> flows = learning_flows(stag_hunt())
    >>> [flow.rule for flow in flows]
    ['fictitious play', 'logit response, λ = 3', 'regret matching', 'replicator dynamics']
    >>> flows[3].paths[1][-1].round(3).tolist()  # from a start at which both mostly hunt the stag
    [1.0, 1.0]
    """
    domain = domain_of(game)
    if domain is None:
        return ()
    spread = float(np.ptp(game.payoffs.reshape(2, -1), axis=1).max()) or 1.0
    rationality = float(f"{SELECTIVITY / spread:.1g}")
    times = np.linspace(0, PATIENCE / spread, POINTS)
    starts = [_profile(start, domain) for start in (_SQUARE_STARTS if domain == SQUARE else _SIMPLEX_STARTS)]

    def flow(rule: str, field: Field | None, paths: Sequence[Sequence[FloatArray]]) -> LearningFlow:
        points, velocities = np.empty((0, len(_coordinates(starts[0], domain)))), None
        if field is not None:
            points = _grid(domain)
            velocities = [_coordinates(field(game, _profile(point, domain)), domain) for point in points]
        return LearningFlow(
            rule=rule,
            points=sealed(points),
            velocities=sealed(points if velocities is None else velocities),
            paths=tuple(sealed(_thinned(_coordinates(path, domain))) for path in paths),
        )

    soft = logit_field(rationality)
    return (
        flow(
            "fictitious play",
            best_response_field,
            [fictitious_play(game, STEPS, start=start, weight=20.0).strategies for start in starts],
        ),
        flow(
            f"logit response, λ = {rationality:g}",
            soft,
            [integrate(soft, game, start, (times * spread).tolist()).strategies for start in starts],
        ),
        flow(
            "regret matching",
            None,
            [regret_matching(game, STEPS, seed=seed).trajectory.strategies for seed in SEEDS],
        ),
        flow(
            "replicator dynamics",
            replicator_field,
            [replicator(game, start, times.tolist()).strategies for start in starts],
        ),
    )


def _profile(at: Sequence[float] | FloatArray, domain: str) -> tuple[FloatArray, FloatArray]:
    """Return the profile at a point of the square or, for both players, of the simplex."""
    if domain == SQUARE:
        first, second = (np.array([share, 1 - share]) for share in at)
        return first, second
    shares = np.asarray(at, dtype=float)
    return shares, shares


def _coordinates(parts: Sequence[FloatArray], domain: str) -> FloatArray:
    """Return points (or velocities) of strategies ``[..., actions]``, one per player, on the domain."""
    if domain == SQUARE:
        return np.stack([np.asarray(part)[..., 0] for part in parts], axis=-1)
    return np.asarray(parts[0])


def _thinned(path: FloatArray) -> FloatArray:
    """Return every point at first, where plays move much, and every fifth later."""
    return np.concatenate([path[:150], path[150::5]])


def _grid(domain: str) -> FloatArray:
    """Return evenly spaced points inside the domain, off its edges."""
    if domain == SQUARE:
        ticks = (np.arange(GRID) + 0.5) / GRID
        return np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    return np.array(
        [(i + 1 / 3, j + 1 / 3, GRID - 1 - i - j + 1 / 3) for i in range(GRID) for j in range(GRID - i)]
    ) / (GRID)
