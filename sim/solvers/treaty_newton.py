"""One component of the treaty game as a system of equations: distances from the logit response, Newton steps.

A *point* is a flat array: values [C N, actors] divided by their scale, then log-odds [C N, Y] of moves and of
breaching.  The Newton matrix is not formed: log-odds are eliminated state by state, values by sparse block
factors (`sim.solvers.kernels.block_lu`), which are kept and serve for many steps at points nearby.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray
from sim.games.treaty.graph import MAX_MOVES
from sim.games.treaty.numbers import TreatyGames, environment_law
from sim.games.treaty.rules import NUM_ACTORS, PARTIES
from sim.solvers.kernels.block_lu import factorise, solve
from sim.solvers.kernels.treaty_response import respond
from sim.solvers.kernels.treaty_system import eliminate, expect, recover
from sim.solvers.kernels.treaty_workspace import workspace
from sim.solvers.treaty_components import Component, successors_of


class TreatyNumbers:
    """One draw's numbers in the order in which the kernels take them."""

    def __init__(self, games: TreatyGames, draw: int) -> None:
        graph = games.graph
        self.graph = graph
        self.successors = successors_of(graph)
        self.law = environment_law(games, draw)
        self.opportunity = float(games.opportunity[draw])
        self.structure = (
            graph.first_row,
            graph.outsider_rows,
            graph.idle_row,
            graph.forced,
            graph.kernels,
            graph.rises,
            graph.following,
            self.successors.place,
            self.successors.count,
            graph.factors,
        )
        self.numbers = (
            self.law,
            games.discount[draw],
            games.flows[draw],
            games.courses[draw],
            games.lumps[draw],
            games.finding[draw],
            float(games.building[draw]),
            self.opportunity,
            games.signals[draw],
        )


@dataclass(frozen=True, eq=False)
class Factors:
    """A factorised Newton matrix of one component, for steps at points nearby, also of another draw.

    Attributes
    ----------
    inverse [C N, Y, Y], pull [C N, K, Y], lever [C N, actors, Y] : the log-odds' part, eliminated state by state
    blocks [B, 4 N, 4 N] : factors of what remains, in values
    sign : sign of the determinant in values
    """

    inverse: FloatArray
    pull: FloatArray
    lever: FloatArray
    blocks: FloatArray
    sign: float


class ComponentProblem:
    """The equations of one component of one draw, given the values of all that follows it.

    Attributes
    ----------
    states [C N] : public states, in the order of the component
    scale : float, payoff units per unit of a point's values
    prior [C N, Y] or None : log-odds at λ = 0, which fade linearly until λ is `target`
    moves, move_values [C N, actors, slots] ; breach, advantage [C N, parties] : as of the last evaluation
    sign : sign of the determinant of the Newton matrix in values, as of the last factorisation
    """

    def __init__(
        self,
        numbers: TreatyNumbers,
        component: Component,
        values: FloatArray,
        prior: FloatArray | None = None,
    ) -> None:
        graph = numbers.graph
        elimination, places = component.elimination, component.places
        self.numbers, self.component = numbers, component
        self.states = (elimination.members[:, None] * graph.num_environments + places).reshape(-1)
        size, width, far = component.num_states, component.width, numbers.successors.lists.shape[1]
        outside = np.array(values)
        outside[self.states] = 0.0
        shape = (graph.num_situations, graph.num_environments, NUM_ACTORS)
        self._base = np.einsum("bxy,myi->bmxi", numbers.law, outside.reshape(shape))
        self._expected = self._base.copy()
        self.scale = 1.0
        self.prior = prior
        self.target = 1.0
        self.cut = size * NUM_ACTORS
        self.moves = np.zeros((size, NUM_ACTORS, MAX_MOVES))
        self.move_values = np.zeros((size, NUM_ACTORS, MAX_MOVES))
        self.breach = np.zeros((size, len(PARTIES)))
        self.advantage = np.zeros((size, len(PARTIES)))
        self.value_gap = np.zeros((size, NUM_ACTORS))
        self.odds_gap = np.zeros((size, width))
        self.odds_slope = np.zeros((size, width))
        self._inverse = np.zeros((size, width, width))
        self._pull = np.zeros((size, far, width))
        self._lever = np.zeros((size, NUM_ACTORS, width))
        block = NUM_ACTORS * len(places)
        self._blocks = np.zeros((elimination.num_blocks, block, block))
        self.sign = 1.0
        self._lent = False
        self._evaluated: tuple[FloatArray, tuple[float, ...]] | None = None
        self._room = workspace(width, far)
        self._block_room = (np.zeros((block, block)), np.zeros(block, dtype=np.int64), np.zeros(block))
        self._step_room = (np.zeros(width), np.zeros(NUM_ACTORS))

    @property
    def size(self) -> int:
        """Length of a point."""
        return self.cut + self.odds_gap.size

    def values(self, point: FloatArray) -> FloatArray:
        """Return the values [C N, actors] of a point, payoff units."""
        return point[: self.cut].reshape(-1, NUM_ACTORS) * self.scale

    def odds(self, point: FloatArray) -> FloatArray:
        """Return the log-odds [C N, Y] of a point."""
        return point[self.cut :].reshape(self.odds_gap.shape)

    def rescale(self, point: FloatArray) -> FloatArray:
        """Choose the largest value of `point` as the scale, and return the point in it."""
        values = self.values(point)
        self.scale = max(1.0, float(np.abs(values).max()))
        return np.concatenate([(values / self.scale).reshape(-1), point[self.cut :]])

    def evaluate(
        self, point: FloatArray, strength: float, *, derivatives: bool = False, damping: float = 0.0
    ) -> float:
        """Compute the gaps of `point` at rationality `strength`, and return the largest of them.

        Gaps of values count in units of the scale, gaps of log-odds as they are. With `derivatives` the Newton
        matrix, with `damping` on its diagonal, is computed and factorised too. Where the point evaluated last is asked
        for again without, nothing is computed.
        """
        if derivatives or not self._was_last(point, strength):
            self._respond(point, strength, derivatives, damping)
            self._evaluated = point.copy(), (strength, self.scale, self.target)
        return max(float(np.abs(self.value_gap).max()) / self.scale, float(np.abs(self.odds_gap).max()))

    def _was_last(self, point: FloatArray, strength: float) -> bool:
        if self._evaluated is None:
            return False
        last, given = self._evaluated
        return given == (strength, self.scale, self.target) and np.array_equal(last, point)

    def _respond(self, point: FloatArray, strength: float, derivatives: bool, damping: float) -> None:
        numbers, component = self.numbers, self.component
        elimination = component.elimination
        if derivatives and self._lent:
            self._inverse, self._pull, self._lever, self._blocks = (
                np.zeros_like(each) for each in (self._inverse, self._pull, self._lever, self._blocks)
            )
            self._lent = False
        values = self.values(point)
        expect(values, numbers.law, elimination.members, component.places, self._base, self._expected)
        sign = respond(
            *(values, self.odds(point), strength, derivatives, damping, self._expected),
            *(elimination.members, component.places),
            *(component.menus, component.who, component.what, component.count, elimination.block_of),
            *(*numbers.structure, *numbers.numbers),
            *(self.moves, self.move_values, self.breach, self.advantage),
            *(self.value_gap, self.odds_gap, self.odds_slope),
            *(self._inverse, self._pull, self._lever, self._blocks, *self._room),
        )
        if self.prior is not None:
            self.odds_gap += (1 - strength / self.target) * self.prior
            self.odds_slope -= self.prior / self.target
        if derivatives:
            self.sign = sign * factorise(
                *(self._blocks, elimination.first_row, elimination.rows),
                *(elimination.first_column, elimination.columns),
                *(elimination.first_target, elimination.targets, *self._block_room),
            )

    def lend(self) -> Factors:
        """Return the factors of the last factorisation; the next one leaves them as they are."""
        self._lent = True
        return Factors(self._inverse, self._pull, self._lever, self._blocks, self.sign)

    def borrow(self, factors: Factors) -> None:
        """Use the factors of a point nearby, or of another draw, for the steps to come."""
        self._inverse, self._pull = factors.inverse, factors.pull
        self._lever, self._blocks = factors.lever, factors.blocks
        self.sign = factors.sign
        self._lent = True

    def origin(self) -> FloatArray:
        """Return the point without values at which everyone plays the prior, or evenly."""
        point = np.zeros(self.size)
        if self.prior is not None:
            point[self.cut :] = self.prior.reshape(-1)
        return point

    def gaps(self) -> FloatArray:
        """Return the gaps of the last evaluation as a step."""
        return np.concatenate([self.value_gap.reshape(-1) / self.scale, self.odds_gap.reshape(-1)])

    def product(self, left: FloatArray, right: FloatArray) -> float:
        """Return the inner product that measures arc length; both hold point and λ.

        Log-odds count by their mean square over states; values follow from them and do not count.
        """
        odds = slice(self.cut, -1)
        # summed by numpy itself: the bits of a BLAS product depend on how many threads it takes
        inner = float(np.einsum("i,i->", left[odds], right[odds]))
        return inner / len(self.states) + float(left[-1] * right[-1])

    def choices(self) -> FloatArray:
        """Return all choice probabilities of the last evaluation in one array."""
        return np.concatenate([self.moves.reshape(-1), self.breach.reshape(-1)])

    def newton_step(self) -> FloatArray:
        """Return the step that closes the gaps of the last evaluation, by the last factorisation."""
        return self._step(self.odds_gap, self.value_gap)

    def slope(self) -> FloatArray:
        """Return the derivative of the solution by rationality, by the last factorisation."""
        return self._step(self.odds_slope, np.zeros_like(self.value_gap))

    def _step(self, odds_gap: FloatArray, value_gap: FloatArray) -> FloatArray:
        numbers, component = self.numbers, self.component
        elimination = component.elimination
        right = np.empty_like(value_gap)
        eliminate(odds_gap, self._lever, value_gap, right)
        solve(
            *(self._blocks, elimination.first_row, elimination.rows),
            *(elimination.first_column, elimination.columns),
            *(right.reshape(len(elimination.members), -1), self._block_room[-1]),
        )
        odds_step = np.zeros_like(odds_gap)
        recover(
            *(right, odds_gap, self._inverse, self._pull, numbers.law, elimination.members, component.places),
            *(component.who, component.count, numbers.successors.lists, numbers.successors.count),
            *(elimination.member_of, *self._step_room, odds_step),
        )
        return np.concatenate([right.reshape(-1) / self.scale, odds_step.reshape(-1)])
