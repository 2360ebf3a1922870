r"""Where in the space of what is not known an equilibrium of the stage game begins and ends.

A cell of the matrix is a pure equilibrium exactly where its *advantage*

.. math::  A = \min_{i, a_i'} \big[u_i(a) - u_i(a_i', a_{-i})\big]

is not negative.  The map takes the cell that is an equilibrium in the share of draws nearest to one half, the two
uncertain numbers that go most with its advantage, and the line on which a linear fit of the advantage is zero.

The best of a hundred numbers goes with anything in a few dozen draws.  So the line is only given if the strongest
correlation exceeds what shuffled advantages reach in all but 5 % of cases.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.engine.philox import epistemic_uniforms
from sim.model.scenario import Scenario
from sim.study.result import StageGame

FEWEST = 6
"""Parameter draws below which a map would show nothing."""

FEWEST_TO_FIT = 16
SHUFFLES, CHANCE = 400, 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class RegimeMap:
    """The draws placed by two uncertain numbers.

    Attributes
    ----------
    cell : (row, column) of the stage game
    paths : config paths of the two numbers
    values : float array [draws, 2]
    advantage : float array [draws], payoff units
        Of the cell; an equilibrium where it is not negative.
    line : (constant, first, second) or None
        The fitted advantage is ``constant + first * x + second * y``; None with few draws, where it never
        changes its sign, or where chance would explain the choice of numbers.
    chance : float
        Share of shufflings of the advantage in which some number goes with it as much as the first one does.
    explained : float
        Share of the advantage's variance that the fit explains in these same draws, an optimistic figure.
    candidates : int
        Uncertain numbers among which the two were chosen.
    """

    cell: tuple[int, int]
    paths: tuple[str, str]
    values: FloatArray
    advantage: FloatArray
    line: tuple[float, float, float] | None
    explained: float
    chance: float
    candidates: int


def regime_map(scenario: Scenario, stage: StageGame, seed: int) -> RegimeMap | None:
    """Return the map, None if there are fewer than `FEWEST` draws or two uncertain numbers.

    Cost: milliseconds; nothing is solved again.
    """
    draws = len(stage.equilibria)
    names = sorted(scenario.uncertain)
    if draws < FEWEST or len(names) < 2:
        return None
    values = scenario.values(epistemic_uniforms(seed, names, draws), draws)
    columns = np.stack([np.asarray(values[name], dtype=float) for name in names], axis=1)
    advantages = cell_advantages(stage.payoffs[:, :2])
    share = (advantages >= 0).mean(axis=0)
    doubt = np.abs(share - 0.5) - 1e-6 * advantages.mean(axis=0) / (np.abs(advantages).max() or 1.0)
    row, column = (int(k) for k in np.unravel_index(int(doubt.argmin()), doubt.shape))
    advantage = advantages[:, row, column]
    strength = np.abs(_correlations(columns, advantage))
    first, second = np.argsort(-strength, kind="stable")[:2]
    chance = _by_chance(columns, advantage, float(strength[first]))
    chosen = columns[:, [first, second]]
    design = np.column_stack([np.ones(draws), chosen])
    fit = np.linalg.lstsq(design, advantage, rcond=None)[0]
    spread = float(advantage.var())
    explained = 1 - float((advantage - design @ fit).var()) / spread if spread > 0 else 0.0
    changes = bool((advantage >= 0).any() and (advantage < 0).any())
    return RegimeMap(
        cell=(row, column),
        paths=(names[first], names[second]),
        values=sealed(chosen),
        advantage=sealed(advantage),
        line=(float(fit[0]), float(fit[1]), float(fit[2]))
        if changes and draws >= FEWEST_TO_FIT and chance <= CHANCE
        else None,
        explained=explained,
        chance=chance,
        candidates=len(names),
    )


def cell_advantages(payoffs: FloatArray) -> FloatArray:
    """Return each cell's advantage [..., rows, columns] from the `payoffs` [..., 2, rows, columns] of two players.

    Examples
    --------
    >>> dilemma = np.array([[[3.0, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> cell_advantages(dilemma).tolist()
    [[-2.0, -1.0], [-1.0, 1.0]]
    """
    first, second = payoffs[..., 0, :, :], np.swapaxes(payoffs[..., 1, :, :], -1, -2)
    return np.minimum(_over_the_best_other(first), np.swapaxes(_over_the_best_other(second), -1, -2))


def _over_the_best_other(own: FloatArray) -> FloatArray:
    """Return payoffs [..., actions, others] minus the best payoff of any other action against the same."""
    count = own.shape[-2]
    if count == 1:
        return np.full(own.shape, np.inf)
    order = np.sort(own, axis=-2)
    best, next_best = order[..., -1:, :], order[..., -2:-1, :]
    is_first_best = np.arange(count)[:, np.newaxis] == own.argmax(axis=-2)[..., np.newaxis, :]
    rest: FloatArray = np.where(is_first_best, next_best, best)
    return np.asarray(own - rest)


def _by_chance(columns: FloatArray, target: FloatArray, strength: float) -> float:
    """Return the share of shufflings of `target` whose largest correlation with a column is at least `strength`."""
    shuffles = np.random.Generator(np.random.Philox(len(target)))
    reached = sum(
        float(np.abs(_correlations(columns, shuffles.permutation(target))).max()) >= strength
        for _ in range(SHUFFLES)
    )
    return (reached + 1) / (SHUFFLES + 1)


def _correlations(columns: FloatArray, target: FloatArray) -> FloatArray:
    """Return the correlation of each column with `target`; 0 where either does not vary."""
    centred, aim = columns - columns.mean(axis=0), target - target.mean()
    scale = np.sqrt((centred**2).sum(axis=0) * (aim**2).sum())
    found: FloatArray = np.divide(aim @ centred, scale, out=np.zeros(len(scale)), where=scale > 0)
    return found
