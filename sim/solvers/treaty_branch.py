"""The branch of logit equilibria of one component, followed from λ = 0 through its folds.

At λ = 0 everyone plays the prior (evenly, on the principal branch), the equations are linear and have one solution. The
branch of solutions that starts there is generically a smooth curve which reaches every λ; it may turn back in λ
on the way (a *fold*).  It is followed in arc length: a polynomial through the last points predicts the next one, and
where the curve turns sharply its tangent does; the prediction is corrected in the hyperplane across it.  The
solution selected is where the branch first reaches the λ wanted.

Many alike states with a coordination of their own, such as two notices that both parties might take back, fold
one after the other and wind the branch up. Where λ has not risen for `STALL` steps the branch is left: from its last
point play moves towards its response, in continuous time and at a slightly greater λ, until it comes to rest, and
the branch through that point is followed on. Such *jumps* are counted.

Along the branch λ rises exactly where the determinant of the Newton matrix is positive, which orients tangents and
tells where a correction has ended on another branch: at the end, where λ has risen to what is wanted, it must be
positive. Where it is not, the branch is followed once more in shorter steps; in longer ones where it did not arrive.
A negative sign shows that a correction has strayed, a positive one does not exclude it: short steps have to.

Sources: Allgower & Georg (1990), Numerical Continuation Methods, chapters 2 and 6; Kelley & Keyes (1998), SIAM J.
Numer. Anal. 35 (implicit steps of growing length).
"""

from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import FloatArray
from sim.solvers.treaty_correction import Corrector
from sim.solvers.treaty_newton import ComponentProblem

LOOSE = 2e-3
"""Largest gap at points on the way."""
FIRST_STEP, LONGEST_STEP, SHORTEST_STEP = 0.25, 4.0, 1e-6
"""Arc lengths: root mean square change of a state's log-odds, and of λ."""
FURTHER_STEP = 1.0
"""First of them where the branch is gone on from."""
CLOSER = 0.01
"""Share of the tolerance that the end of the branch is brought to if rounding allows."""
FAR = 0.05
"""Most that a correction may change a choice probability: a larger one may have jumped to another branch."""
SHORTER, LONGER = (0.015, 0.004), (0.2,)
"""What is tried in its place where the end shows that one has, and where the branch winds and does not arrive."""
EASY = 8
"""Corrections up to which the next step may be longer."""
HISTORY = 4
"""Points through which the prediction runs."""
STALL, PROGRESS = 80, 0.01
"""Steps after which a branch whose λ has not risen by `PROGRESS` is left."""
JUMPS = (0.01, 0.03, 0.1, 0.3)
"""How far above the greatest λ so far play is then let respond."""
REPLIES = 80
"""Implicit steps that play may take to come to rest."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Branch:
    """Where the branch got to.

    Attributes
    ----------
    point : first point of the branch at the rationality wanted, or the last found if it was not `reached`
    gap : largest gap of that point
    folds, jumps : turns in λ before it, and times that the branch was left
    strayed : whether the determinant at the point shows that it lies on another branch
    steps : of the attempt that led there
    evaluations, factorisations : work done, in all attempts
    trail : points on the way, each with its λ, if they were to be kept
    """

    point: FloatArray
    gap: float
    reached: bool
    folds: int
    jumps: int
    strayed: bool
    steps: int
    evaluations: int
    factorisations: int
    trail: tuple[FloatArray, ...] = ()


def follow_branch(
    problem: ComponentProblem,
    rationality: float,
    *,
    tol: float,
    max_steps: int,
    keep: bool = False,
    start: FloatArray | None = None,
) -> Branch:
    """Follow the branch from λ = 0 and return its first point at `rationality`.

    Parameters
    ----------
    tol : float
        Largest gap of the point returned, in log-odds and in values relative to the largest.
    max_steps : int
        Limit on steps along the branch in one attempt, rejected ones included; with shorter steps, more.
    keep : bool
        Whether to return the points on the way too.
    start : FloatArray
        A point of the branch and λ in one array, to go on from; nothing is asked about what lies before it.
    """
    problem.target = rationality or 1.0
    corrector = Corrector(problem)
    if start is None:
        point = problem.origin()
        corrector.factorise(point, 0.0)
        start, length = np.append(problem.rescale(point + problem.newton_step()), 0.0), FIRST_STEP
    else:
        length = FURTHER_STEP

    def attempt(far: float) -> Branch:
        more = max(1.0, FAR / far)  # shorter steps, more of them
        walk = _Walk(problem, start, length, round(more * STALL))
        trail: list[FloatArray] | None = [] if keep else None
        point, gap, steps = _follow(corrector, walk, rationality, tol, round(more * max_steps), far, trail)
        reached = bool(gap <= tol)
        return Branch(
            point=point,
            gap=gap,
            reached=reached,
            folds=walk.folds,
            jumps=walk.jumps,
            strayed=reached and problem.sign < 0,
            steps=steps,
            evaluations=corrector.evaluations,
            factorisations=corrector.factorisations,
            trail=tuple(trail or ()),
        )

    first = attempt(FAR)
    for far in SHORTER if first.strayed else () if first.reached else LONGER:
        found = attempt(far)
        if found.reached and not found.strayed:
            return found
    return replace(first, evaluations=corrector.evaluations, factorisations=corrector.factorisations)


def _follow(
    corrector: Corrector,
    walk: "_Walk",
    rationality: float,
    tol: float,
    max_steps: int,
    far: float,
    trail: list[FloatArray] | None,
) -> tuple[FloatArray, float, int]:
    """Walk the branch to `rationality`, in at most `max_steps` steps; return the last point, its gap, and the steps.

    Points on the way are added to `trail`. If the end is reached, the determinant there has the sign of the problem's.
    """
    problem = corrector.problem
    corrector.factorise(walk.now[:-1], float(walk.now[-1]))
    tangent: FloatArray | None = corrector.tangent()
    rejected = steps = 0
    while steps < max_steps:
        steps += 1
        if walk.stalled() or walk.length < SHORTEST_STEP:
            rest = _rest(corrector, walk.now, walk.greatest, rationality)
            if rest is not None:
                walk.jump(rest)
                tangent, rejected = corrector.tangent(), 0
            elif walk.length < SHORTEST_STEP:
                break
        guess, final = walk.predict(tangent, rationality)
        found = corrector.correct(guess, tol=LOOSE, across=None if final else walk.direction(guess))
        moved = found.moved if found.reached else np.inf
        if moved > far or (not final and tangent is None and walk.turns_back(found.point)):
            walk.length /= 2 if found.reached else 3
            rejected += 1
            if rejected > 1:
                corrector.factorise(walk.now[:-1], float(walk.now[-1]))
                tangent = corrector.tangent()
            continue
        rejected, tangent = 0, None
        if final:
            # for the sign here, not nearby, and for few steps
            corrector.factorise(found.point[:-1], rationality)
            return *_polished(problem, found.point[:-1], rationality, CLOSER * tol), steps
        walk.accept(found.point)
        if trail is not None:
            trail.append(found.point)
        if moved < far / 3 and found.steps <= EASY:
            walk.length = min(1.5 * walk.length, LONGEST_STEP)
        elif moved > far / 2:
            walk.length *= 0.75
    return walk.now[:-1], problem.evaluate(walk.now[:-1], rationality), steps


def _polished(
    problem: ComponentProblem, point: FloatArray, rationality: float, wanted: float
) -> tuple[FloatArray, float]:
    """Return `point`, or where a few more Newton steps lead, with its gap."""
    gap, fresh = problem.evaluate(point, rationality), False
    while gap > wanted:
        further = point + problem.newton_step()
        left = problem.evaluate(further, rationality)
        if left < 0.5 * gap:
            point, gap = further, left
        elif fresh:
            break
        else:
            gap, fresh = problem.evaluate(point, rationality, derivatives=True), True
    return point, gap


def _rest(corrector: Corrector, now: FloatArray, greatest: float, most: float) -> FloatArray | None:
    """Return where play comes to rest from `now` at a λ above `greatest`; the matrix is factorised there.

    Play follows ``dx/dt = response(x) - x`` by implicit steps, whose length grows as the gap closes; only a
    stable rest point attracts it.
    """
    problem = corrector.problem
    for rise in JUMPS:
        strength = min(greatest + rise, most)
        point = now[:-1]
        damping = 1.0
        gap = problem.evaluate(point, strength)
        for _ in range(REPLIES):
            problem.evaluate(point, strength, derivatives=True, damping=damping)
            point = point + problem.newton_step()
            before, gap = gap, problem.evaluate(point, strength)
            if not np.isfinite(gap):
                break
            damping = max(damping * min(max(gap / before, 0.3), 2.0), 1e-3)
            if gap <= LOOSE:
                corrector.factorise(point, strength)
                if problem.sign > 0:
                    return np.append(point, strength)
                break
    return None


class _Walk:
    """The last points of the branch, each a point and λ in one array, and the arc lengths between them."""

    def __init__(self, problem: ComponentProblem, start: FloatArray, length: float, patience: int) -> None:
        self.problem, self.patience = problem, patience
        self.trail = [(0.0, start)]
        self.length = length
        self.folds = self.jumps = 0
        self.greatest = float(start[-1])
        self._rise = 1.0
        self._asked = 0

    @property
    def now(self) -> FloatArray:
        return self.trail[-1][1]

    def stalled(self) -> bool:
        """Whether λ has not risen for long; asked once a step, and true only now and then."""
        self._asked += 1
        return self._asked % self.patience == 0

    def jump(self, point: FloatArray) -> None:
        """Go on from `point`, which is not on the branch so far."""
        self.trail = [(0.0, point)]
        self.length, self._rise, self._asked = FIRST_STEP, 1.0, 0
        self.greatest = float(point[-1])
        self.jumps += 1

    def predict(self, tangent: FloatArray | None, rationality: float) -> tuple[FloatArray, bool]:
        """Return the next point, and whether it is at `rationality`, beyond which no step goes."""
        guess = self._ahead(self.length, tangent)
        if guess[-1] < rationality:
            return guess, False
        share = (rationality - self.now[-1]) / (guess[-1] - self.now[-1])
        self.length *= share
        guess = self._ahead(self.length, tangent)
        guess[-1] = rationality
        return guess, True

    def direction(self, guess: FloatArray) -> FloatArray:
        """Return the unit vector from the present point to `guess`."""
        change: FloatArray = guess - self.now
        change /= np.sqrt(self.problem.product(change, change))
        return change

    def turns_back(self, point: FloatArray) -> bool:
        """Whether the way to `point` would go back along the last step."""
        if len(self.trail) < 2:
            return False
        return self.problem.product(point - self.now, self.now - self.trail[-2][1]) <= 0

    def accept(self, point: FloatArray) -> None:
        """Go to `point`."""
        change = point - self.now
        self.folds += int(change[-1] * self._rise < 0)
        self._rise = float(change[-1])
        distance = np.sqrt(self.problem.product(change, change))
        self.trail.append((self.trail[-1][0] + distance, point))
        del self.trail[:-HISTORY]
        if point[-1] >= self.greatest + PROGRESS:
            self.greatest, self._asked = float(point[-1]), 0

    def _ahead(self, length: float, tangent: FloatArray | None) -> FloatArray:
        if tangent is not None:
            return self.now + length * tangent
        at = self.trail[-1][0] + length
        guess = np.zeros_like(self.now)
        for k, (here, point) in enumerate(self.trail):  # Lagrange's formula
            weight = 1.0
            for j, (other, _) in enumerate(self.trail):
                if j != k:
                    weight *= (at - other) / (here - other)
            guess += weight * point
        return guess


__all__ = ["Branch", "follow_branch"]
