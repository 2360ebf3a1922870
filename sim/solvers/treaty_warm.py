"""The branch of one component followed beside that of the study's central point: a warm start that is checked.

Of the central branch a few points are kept, the *rungs*, each with its factorised Newton matrix. For other
parameters the branch is climbed from rung to rung: the central point at the rung's λ, moved by what the last
rung had to be moved by, is corrected at that λ with the central factors.

A correction may end on another branch, so that no choice probability may change by more than `FAR`, and by no more
than `BENT` after the first correction, which is linear in the change of parameters. Besides, corrections must shrink
the gap quickly, a sign that the central Newton matrix is near to the point's own, whose determinant is then positive
too, so that λ rises along the branch here as there.

Where a rung cannot be climbed so, the branch is followed on from the last one by the steps of the cold path, which are
shorter and have their own derivatives. A central branch with folds has no rungs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.solvers.treaty_branch import CLOSER, LOOSE, Branch
from sim.solvers.treaty_correction import Corrector
from sim.solvers.treaty_newton import ComponentProblem, Factors

RUNGS = 5
"""Points of the central branch that are kept, at most."""
FAR, BENT = 0.25, 0.06
"""Most that a correction may change a choice probability: altogether, and after its first step."""
NEAR = 0.01
"""Where the first rung changes no choice probability by more than this, the last one is next."""

CLEAR = 0.5
"""Factor by which a correction shrinks the gap, on average, where the factors used are near enough."""


@dataclass(frozen=True, eq=False)
class Rung:
    """A point of the central branch and λ in one array, the scale of its values, and the factors there."""

    point: FloatArray
    scale: float
    factors: Factors


@dataclass(frozen=True, eq=False)
class Climb:
    """How far the rungs led.

    Attributes
    ----------
    point : last point reached and λ in one array; None if there is none
    gap : its largest gap
    done : whether that was the last rung
    evaluations : work done
    """

    point: FloatArray | None
    gap: float
    done: bool
    evaluations: int


def rungs_of(
    problem: ComponentProblem, branch: Branch, rationality: float, *, tol: float
) -> tuple[Rung, ...]:
    """Return the rungs of a branch that was followed with its points kept; none if it folds or was left."""
    if not branch.reached or branch.folds or branch.jumps or branch.strayed:
        return ()
    points = [*branch.trail, np.append(branch.point, rationality)]
    passed = np.array([point[-1] for point in points])
    wanted = np.linspace(0, rationality, RUNGS + 1)[1:]
    corrector = Corrector(problem)
    found = []
    for place in np.unique(np.abs(passed[:, None] - wanted).argmin(axis=0)).tolist():
        corrector.factorise(points[place][:-1], float(points[place][-1]))
        exact = corrector.correct(points[place], tol=tol)
        if not exact.reached or problem.sign <= 0:
            return ()
        found.append(Rung(sealed(exact.point), problem.scale, problem.lend()))
    return tuple(found)


def climb(problem: ComponentProblem, rungs: Sequence[Rung], *, tol: float) -> Climb:
    """Return the last point of the branch that the rungs lead to; the last rung's is solved to `CLOSER` times `tol`."""
    corrector = Corrector(problem)
    reached, gap, number, last = None, np.inf, 0, len(rungs) - 1
    if rungs:
        problem.target = float(rungs[-1].point[-1]) or 1.0
        problem.scale = rungs[0].scale
        guess = rungs[0].point.copy()  # a sealed array would compile the kernels once more
    while number <= last:
        rung = rungs[number]
        found = corrector.correct_with(rung.factors, guess, tol=CLOSER * tol if number == last else LOOSE)
        if not found.reached or found.moved > FAR or found.bent > BENT:
            break
        if found.gap > max(CLEAR**found.steps * found.first_gap, CLOSER * tol):
            break
        reached, gap = found.point, found.gap
        number = last if number == 0 < last and found.moved <= NEAR else number + 1
        if number <= last:
            shift = found.point - rung.point
            shift[problem.cut :] *= rungs[number].point[-1] / rung.point[-1]
            guess = rungs[number].point.copy()
            guess[:-1] += shift[:-1]
    return Climb(reached, gap, reached is not None and number > last, corrector.evaluations)


__all__ = ["Climb", "Rung", "climb", "rungs_of"]
