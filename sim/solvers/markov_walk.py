"""Following the logit branch of a stochastic game: Newton and pseudo-arclength steps from point to point.

Every step linearises the equations once in compiled code (`sim.solvers.kernels.markov_equations`); how far to go,
whether to accept and when to stop is decided here.

Source: Allgower & Georg (1990), Numerical Continuation Methods, chapters 3 and 6.
"""

from enum import Enum

import numpy as np

from sim.arrays import BoolArray, FloatArray, IntArray
from sim.solvers.markov_arrays import FlatGame, everything, likeliest

FAR = 0.3
CLOSE = 1e-2
NEAR = 3e-2
BEND = 0.8
"""A step is taken if it lands within `FAR` of its length, on a residual below `CLOSE` and a last correction
below `NEAR`, and if the tangent turns by less than the angle with cosine `BEND`: near folds a small residual
alone may belong to no solution."""

FIRST_LENGTH, SHORTEST = 0.5, 1e-9
"""Length of the first step, and below which there is no going on."""


class Outcome(Enum):
    """How a walk ended."""

    REACHED = "at the rationality wanted"
    SATISFIED = "regret below the floor"
    OUT_OF_STEPS = "too many linear solves"
    STUCK = "no step succeeds"


class _Phase(Enum):
    SETTLING = "Newton at a fixed rationality"
    POLISHING = "Newton for indifference on the support"
    RENEWING = "correcting the last point and its tangent"
    TRYING = "a step along the branch"


class MarkovWalk:
    """A point of the branch and the means to move on; rationality λ in units of one over the payoffs' range.

    Parameters
    ----------
    flat : FlatGame
    theta, prior : float arrays [actions]
        Log-odds at which to begin, and those at λ = 0.
    values : float array [states, players]
    reference : int array [states, players]
        Action of each player in each state against which log-odds count.
    support : bool array [actions]
        What polishing keeps.

    Attributes
    ----------
    rationality : float
    regret : float
        Largest gain of a one-shot deviation, as of the last point that was asked for it.
    """

    def __init__(
        self,
        flat: FlatGame,
        *,
        theta: FloatArray,
        values: FloatArray,
        prior: FloatArray,
        reference: IntArray,
        support: BoolArray,
    ) -> None:
        from sim.solvers.kernels.markov_equations import linearise

        self.flat = flat
        self.rationality = 0.0
        self.regret = np.inf
        self._point = np.concatenate([theta, values.ravel()])  # θ, then V
        self._prior, self._reference, self._support = prior, reference, support
        self._direction = np.zeros_like(self._point)
        self._slope = 0.0  # how λ moves along the direction; 0 says that none is known yet
        self._length = FIRST_LENGTH
        self._work = flat.workspace()
        self._kernel = linearise

    @property
    def sigma(self) -> FloatArray:
        """The strategies, flat."""
        sigma: FloatArray = self._work.strategies
        return sigma

    @property
    def values(self) -> FloatArray:
        """Discounted payoffs [states, players], in units of the payoffs' range."""
        return self._point[self.flat.num_numbers :].reshape(self.flat.starts.shape)

    def advance(self, stop: float, floor: float, limit: int) -> tuple[Outcome, int]:
        """Follow the branch until λ reaches `stop` or the regret falls below `floor`; return linear solves too."""
        phase = _Phase.TRYING if self._slope else _Phase.RENEWING
        return self._walk(phase, stop, floor, limit)

    def settle(self, rationality: float, limit: int = 30) -> bool:
        """Solve at `rationality`, near the present one, to machine accuracy; return whether that worked."""
        self.rationality = rationality
        return self._walk(_Phase.SETTLING, 0.0, 0.0, limit)[0] is Outcome.REACHED

    def polish(self, limit: int = 40) -> bool:
        """Solve for exact indifference on the support; return whether that worked."""
        return self._walk(_Phase.POLISHING, 0.0, 0.0, limit)[0] is Outcome.REACHED

    def _walk(self, phase: _Phase, stop: float, floor: float, limit: int) -> tuple[Outcome, int]:
        with np.errstate(all="ignore"):  # a hopeless trial may overflow; it is not taken
            return self._walked(phase, stop, floor, limit)

    def _walked(self, phase: _Phase, stop: float, floor: float, limit: int) -> tuple[Outcome, int]:
        cut = self.flat.num_numbers
        step, tangent = self._work.step, self._work.tangent
        polishing, at_rest = phase is _Phase.POLISHING, phase in (_Phase.SETTLING, _Phase.POLISHING)
        trial, rationality = self._point.copy(), self.rationality
        length, landing, fresh = self._length, False, False
        before, tries, steps = np.inf, 0, 0
        for solves in range(1, limit + 1):
            if phase is _Phase.TRYING and tries == 0:
                length = self._length
                landing = self._slope > 0 and self.rationality + length * self._slope >= stop
                if landing:
                    length = (stop - self.rationality) / self._slope
                trial = self._point + length * self._direction
                rationality = self.rationality + length * self._slope
                before = np.inf
            regular, worst = self._linearise(trial, rationality, polishing)
            usable = regular and worst < 1e12
            if phase is not _Phase.TRYING and not usable:
                return Outcome.STUCK, solves
            fixed = at_rest or landing or self._slope == 0
            turn = np.float64(self._slope + self._direction[:cut] @ tangent[:cut])
            square = float(1.0 + tangent[:cut] @ tangent[:cut])
            change = 0.0 if fixed else float(-(self._direction[:cut] @ step[:cut]) / turn)
            shift = step + change * tangent
            moved = float(change**2 + shift[:cut] @ shift[:cut])
            largest, size = float(np.abs(shift[:cut]).max()), max(1.0, float(np.abs(trial[:cut]).max()))
            hopeless = phase is _Phase.TRYING and (
                not usable or not worst < 0.5 * before or (not landing and moved > (FAR * length) ** 2)
            )
            if not hopeless:
                trial += shift * (3.0 / largest if polishing and largest > 3.0 else 1.0)
                rationality += change
            before = worst
            tries += 1
            if at_rest and not (worst < 1e-12 * size and largest < 1e-7 * size):
                continue
            cosine = float(turn) / np.sqrt(square)
            accepted = True
            if phase is _Phase.RENEWING and worst > 1e-10 and tries < 6 and self._slope:
                continue  # near a fold the last point and its tangent are too rough: correct the one, renew the other
            if phase is _Phase.TRYING:
                close = worst < (1e-9 if landing else CLOSE) and moved < NEAR**2
                accepted = close and not hopeless and abs(cosine) > BEND and rationality > -1e-9
                if not accepted and not hopeless and not close and tries < 6:
                    continue
            if not accepted:
                self._length = 0.4 * length
                if self._length < SHORTEST:
                    return Outcome.STUCK, solves
                phase = _Phase.TRYING if fresh else _Phase.RENEWING
                fresh, tries = True, 0
                trial, rationality, landing = self._point.copy(), self.rationality, False
                continue
            norm = (-1.0 if cosine < 0 and self._slope else 1.0) / np.sqrt(square)
            self._point, self._direction = trial.copy(), tangent * norm
            self.rationality, self._slope = float(rationality), float(norm)
            reached = at_rest
            if phase is _Phase.TRYING:
                fresh = False
                steps += 1
                if not landing:
                    quick = tries <= 2 and abs(cosine) > 0.98
                    self._length = length * (1.4 if quick else 1.2 if tries <= 3 else 0.7)
                reached = landing or rationality >= stop
            if reached or (phase is _Phase.TRYING and steps % 4 == 3):
                _, self.regret = self._linearise(self._point, self.rationality, polishing, solving=False)
                if reached or self.regret < floor:
                    return Outcome.REACHED if reached else Outcome.SATISFIED, solves
            phase, tries = _Phase.TRYING, 0
        return Outcome.OUT_OF_STEPS, limit

    def _linearise(
        self, point: FloatArray, rationality: float, polishing: bool, *, solving: bool = True
    ) -> tuple[bool, float]:
        cut = self.flat.num_numbers
        regular, worst = self._kernel(
            self.flat.arrays,
            *(point[:cut], point[cut:].reshape(self.flat.starts.shape), float(rationality)),
            *(self._prior, self._reference, self._support, polishing, solving, self._work.arrays),
        )
        return regular, worst


def branch_of(flat: FlatGame, prior: FloatArray | None = None) -> MarkovWalk:
    """Return the beginning of the branch at λ = 0, where play is the flat `prior`, by default even."""
    odds = np.zeros(flat.num_numbers) if prior is None else np.log(prior)
    walk = MarkovWalk(
        flat,
        theta=odds,
        values=np.zeros(flat.starts.shape),
        prior=odds,
        reference=flat.starts.copy(),
        support=everything(flat),
    )
    walk.settle(0.0, 5)  # there only the values are unknown, and linear
    return walk


def polish(flat: FlatGame, sigma: FloatArray, values: FloatArray, threshold: float) -> FloatArray | None:
    """Return the strategies exactly indifferent on the support {σ > `threshold`}, flat; None if none are found."""
    reference: IntArray = likeliest(flat, sigma)
    theta = np.log(np.maximum(sigma, 1e-300))
    start, count = flat.starts, flat.arrays[6]
    for place in np.ndindex(*start.shape):
        own = slice(start[place], start[place] + count[place])
        theta[own] -= theta[reference[place]]
    support = sigma > threshold
    support[reference.ravel()] = True
    walk = MarkovWalk(
        flat, theta=theta, values=values, prior=np.zeros_like(theta), reference=reference, support=support
    )
    return walk.sigma if walk.polish() else None
