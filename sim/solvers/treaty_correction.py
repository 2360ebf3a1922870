"""Corrections of a predicted point of the treaty game's branch: quasi-Newton steps with Anderson acceleration.

The factors of the Newton matrix of an earlier point nearby are used as long as corrections shrink quickly, because
a factorisation costs as much as ten corrections.

Source: Walker & Ni (2011), SIAM J. Numer. Anal. 49 (Anderson acceleration).
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray
from sim.solvers.treaty_newton import ComponentProblem, Factors

WINDOW = 8
"""Corrections that Anderson acceleration remembers."""
PATIENCE = 30
"""Corrections tried with one factorisation."""
SLOW = 3
"""Corrections in turn that may fail to halve the gap."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Corrected:
    """Where a correction ended.

    Attributes
    ----------
    point : the point and λ in one array
    gap, first_gap : largest gap there, and where the correction began
    steps : corrections made
    moved, bent : largest change of a choice probability since the guess, and since the first correction of it
    reached : whether the gap is small enough
    """

    point: FloatArray
    gap: float
    first_gap: float
    steps: int
    moved: float
    bent: float
    reached: bool


class Corrector:
    """Corrects points of one component, and keeps the factors of the last Newton matrix.

    Attributes
    ----------
    evaluations, factorisations : work done so far
    """

    def __init__(self, problem: ComponentProblem) -> None:
        self.problem = problem
        self.evaluations = 0
        self.factorisations = 0
        self._slope: FloatArray | None = None
        self._ready = False

    def factorise(self, point: FloatArray, strength: float) -> None:
        """Compute and factorise the Newton matrix at a point."""
        self.problem.evaluate(point, strength, derivatives=True)
        self._slope = np.append(self.problem.slope(), 1.0)
        self._ready = True
        self.factorisations += 1

    def tangent(self) -> FloatArray:
        """Return the branch's unit direction, point and λ, where the matrix was factorised last.

        Along the branch λ rises where the determinant of the Newton matrix is positive and falls elsewhere.
        """
        slope = self._slope
        assert slope is not None
        tangent: FloatArray = self.problem.sign * slope / np.sqrt(self.problem.product(slope, slope))
        return tangent

    def correct(self, guess: FloatArray, *, tol: float, across: FloatArray | None = None) -> Corrected:
        """Return the solution near `guess`, at the same λ or in the hyperplane across a direction.

        `guess` and `across` hold point and λ in one array.
        """
        found = None
        if self._ready:
            found = self._iterate(guess, tol, across)
        if found is None or not found.reached:
            self.factorise(guess[:-1], float(guess[-1]))
            found = self._iterate(guess, tol, across)
        return found

    def correct_with(self, factors: Factors, guess: FloatArray, *, tol: float) -> Corrected:
        """Return the solution near `guess` at the same λ, by factors found elsewhere; at least one correction."""
        self.problem.borrow(factors)
        self._slope, self._ready = None, False
        return self._iterate(guess, tol, None, least=1)

    def _iterate(self, now: FloatArray, tol: float, across: FloatArray | None, least: int = 0) -> Corrected:
        problem, slope = self.problem, self._slope
        gap = first_gap = problem.evaluate(now[:-1], float(now[-1]))
        guessed = after_one = problem.choices()
        self.evaluations += 1
        most, best, slow = 30 * max(gap, 0.1), gap, 0
        history: list[tuple[FloatArray, FloatArray]] = []
        reached = False
        for steps in range(PATIENCE):
            reached = gap <= tol and steps >= least
            if reached or not gap <= most or slow >= SLOW:
                break
            step = np.append(problem.newton_step(), 0.0)
            if across is not None:
                assert slope is not None
                step -= problem.product(across, step) / problem.product(across, slope) * slope
            history.append((now, step))
            del history[:-WINDOW]
            now = _accelerated(history)
            gap = problem.evaluate(now[:-1], float(now[-1]))
            self.evaluations += 1
            if steps == 0:
                after_one = problem.choices()
            slow = slow + 1 if gap > 0.5 * best else 0
            best = min(best, gap)
        choices = problem.choices()
        return Corrected(
            point=now,
            gap=gap,
            first_gap=first_gap,
            steps=steps,
            moved=float(np.abs(choices - guessed).max()),
            bent=float(np.abs(choices - after_one).max()),
            reached=reached,
        )


def _accelerated(history: list[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """Return the next point: the combination of past ones whose step would be least, with that step."""
    point, step = history[-1]
    following: FloatArray = point + step
    if len(history) == 1:
        return following
    steps = np.stack([step - earlier for _, earlier in history[:-1]])
    points = np.stack([point - earlier for earlier, _ in history[:-1]])
    gram = np.einsum("ki,li->kl", steps, steps)  # not a BLAS product, whose bits depend on its threads
    gram[np.diag_indices_from(gram)] *= 1 + 1e-12
    try:
        weights = np.linalg.solve(gram, np.einsum("ki,i->k", steps, step))
    except np.linalg.LinAlgError:
        return following
    following -= np.einsum("k,ki->i", weights, points + steps)
    return following


__all__ = ["Corrected", "Corrector"]
