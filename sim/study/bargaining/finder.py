"""The deal finder: the smallest change, and the cheapest package for each side, that keeps the treaty alive.

Everything is screened at the medians, where one solution is enough: every lever at both ends of its range, every pair
of levers at the better ends, every package. The most promising are evaluated on parameter draws. Where one reaches
the target at its far end, the change is made smaller by bisection, first along the straight line, then one lever at a
time; the change so found is not proven to be the least. What is reported is evaluated afresh, on the draws of another
seed, and the interval is of those.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import NamedTuple

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.engine.options import EngineOptions, SolverOptions
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyGames
from sim.model.lever import Lever, moved
from sim.model.scenario import Scenario
from sim.study.bargaining.found import Alive, Bought, Change, Found, summarised
from sim.study.bargaining.worlds import (
    DealWorld,
    consenting,
    solve_world,
    standing_payoffs,
)
from sim.study.draws import games_of
from sim.study.progress import Progress

CANDIDATES = 3
"""Changes, and packages for each side, that are taken from the medians to the draws."""

NEAR = 0.1
"""How far below the target a package may be at the medians and still be tried on the draws."""

BISECTIONS = 4

FRESH = 1
"""What is added to the seed for the last evaluation."""


def find(
    worlds: Sequence[DealWorld],
    levers: Sequence[Lever],
    *,
    target: float,
    players: tuple[int, int],
    draws: int,
    engine: EngineOptions,
    solver: SolverOptions,
    progress: Progress,
    notes: Sequence[str] = (),
) -> Found:
    """Return the smallest change and the cheapest packages that keep the treaty alive with probability `target`.

    Parameters
    ----------
    worlds : no deal first
    levers : what may be moved, one or two at a time
    target : probability, in (0, 1), that the treaty has not ended by the horizon

    Raises
    ------
    ParameterError
        If the target is no probability.
    """
    if not 0 < target < 1:
        raise ParameterError(f"bargain.target must lie in (0, 1), got {target:g}")
    search = _Search(worlds[0].scenario, draws=draws, engine=engine, solver=solver, progress=progress)
    without = search.alive(search.scenario)
    fresh_without = search.alive(search.scenario, fresh=True)
    change, reached = _smallest(search, levers, target)
    cheapest, closest = _cheapest(search, worlds, without, target, players)
    return Found(
        scenario=search.scenario,
        target=target,
        horizon_months=engine.horizon_months,
        seed=engine.seed,
        draws=draws,
        players=players,
        without=without,
        fresh_without=fresh_without,
        change=change,
        change_reached=reached,
        cheapest=cheapest,
        closest=closest,
        screened=search.screened,
        solutions=search.solutions,
        notes=(*notes, *search.notes),
    )


class _Outcome(NamedTuple):
    """What is kept of a solution: its graph is large."""

    stands: float
    suspended: float
    payoffs: FloatArray
    converged: bool


class _Search:
    """Evaluates worlds, and counts what that takes."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        draws: int,
        engine: EngineOptions,
        solver: SolverOptions,
        progress: Progress,
    ) -> None:
        self.scenario, self.draws, self.engine, self.solver = scenario, draws, engine, solver
        self.progress = progress
        self.workers = engine.threads
        self.solutions = self.screened = 0
        self.notes: list[str] = []

    def screen(self, stage: str, scenarios: Sequence[Scenario]) -> list[_Outcome]:
        """Return what each scenario leads to at the medians."""
        self.screened += len(scenarios)
        return self._solve(stage, [(scenario, 1, 0) for scenario in scenarios])

    def alive(self, scenario: Scenario, stage: str = "as things stand", *, fresh: bool = False) -> Alive:
        """Return how often the treaty stands over the draws, of another seed if `fresh`."""
        jobs = [(scenario, self.draws, draw) for draw in range(self.draws)]
        solved = self._solve(stage, jobs, seed=self.engine.seed + FRESH * fresh)
        lost = sum(not each.converged for each in solved)
        if lost:
            self.notes.append(f"{stage}: the equilibrium of {lost} of {self.draws} draws did not converge")
        return summarised(
            np.array([each.stands for each in solved]),
            np.array([each.payoffs for each in solved]),
            np.array([each.suspended for each in solved]),
        )

    def _solve(
        self, stage: str, jobs: Sequence[tuple[Scenario, int, int]], *, seed: int | None = None
    ) -> list[_Outcome]:
        seed = self.engine.seed if seed is None else seed
        periods = self.scenario.treaty.periods(self.engine.horizon_months)
        built: dict[int, TreatyGames] = {}

        def solve(job: tuple[Scenario, int, int]) -> _Outcome:
            scenario, draws, draw = job
            games = games_of(scenario, draws, seed) if draws == 1 else built[id(scenario)]
            solved = solve_world(games, draw, solver=self.solver, periods=periods)
            return _Outcome(
                1 - solved.collapse, solved.suspended, solved.payoffs, solved.equilibrium.converged
            )

        for scenario, draws, _ in jobs:
            if draws > 1 and id(scenario) not in built:
                built[id(scenario)] = games_of(scenario, draws, seed)
        self.solutions += len(jobs)
        self.progress(stage, 0.0)
        solved = []
        with ThreadPoolExecutor(self.workers) as pool:
            for done, each in enumerate(pool.map(solve, jobs), 1):
                solved.append(each)
                self.progress(stage, done / len(jobs))
        return solved


Point = tuple[float, ...]


def _smallest(search: _Search, levers: Sequence[Lever], target: float) -> tuple[Change | None, bool]:
    """Return the smallest change that reaches the target, or the one that comes closest."""
    scenario = search.scenario

    def at(chosen: Sequence[Lever], values: Point) -> Scenario:
        return moved(scenario, {lever.path: value for lever, value in zip(chosen, values, strict=True)})

    single = [
        ((lever,), (end,))
        for lever in levers
        for end in (lever.low, lever.high)
        if lever.distance(scenario, end) > 1e-9
    ]
    if not single:
        return None, False
    stands = [each.stands for each in search.screen("one lever at a time", [at(*each) for each in single])]
    best: dict[str, tuple[float, tuple[tuple[Lever, ...], Point]]] = {}
    for value, each in zip(stands, single, strict=True):
        name = each[0][0].name
        if name not in best or value > best[name][0]:
            best[name] = (value, each)
    pairs = [
        (first[1][0] + second[1][0], first[1][1] + second[1][1])
        for first, second in combinations(best.values(), 2)
    ]
    both = [each.stands for each in search.screen("two levers at a time", [at(*each) for each in pairs])]
    ranked = sorted(
        [*zip(stands, single, strict=True), *zip(both, pairs, strict=True)], key=lambda item: -item[0]
    )
    ones = [item for item in ranked if len(item[1][0]) == 1][:CANDIDATES]
    twos = [item for item in ranked if len(item[1][0]) == 2][:CANDIDATES]
    candidates = []
    for _, (chosen, ends) in [*ones, *twos]:
        title = " and ".join(lever.title for lever in chosen)
        alive = search.alive(at(chosen, ends), f"{title}, over draws")
        candidates.append((chosen, ends, alive))
    reaching = [each for each in candidates if each[2].mean >= target]
    if not reaching:
        chosen, ends, alive = max(candidates, key=lambda each: each[2].mean)
        return _change(search, chosen, ends, alive, at), False
    made = []
    for chosen, ends, alive in reaching:
        title = " and ".join(lever.title for lever in chosen)

        def stands_at(values: Point, chosen: tuple[Lever, ...] = chosen, title: str = title) -> Alive:
            return search.alive(at(chosen, values), f"{title}, made smaller")

        made.append((chosen, *shortened(chosen, scenario, ends, alive, stands_at, target)))
    chosen, values, alive = min(made, key=lambda each: _steps(scenario, each[0], each[1]))
    return _change(search, chosen, values, alive, at), True


def shortened(
    levers: Sequence[Lever],
    scenario: Scenario,
    ends: Point,
    alive: Alive,
    stands: Callable[[Point], Alive],
    target: float,
    bisections: int = BISECTIONS,
) -> tuple[Point, Alive]:
    """Return values between what stands and `ends` that still reach the target, and how often the treaty stands there.

    By bisection along the straight line, then of each lever alone, the others held; `ends` reach the target.
    """
    here = tuple(lever.present(scenario) for lever in levers)

    def between(start: Point, stop: Point, share: float) -> Point:
        return tuple(
            lever.rounded(a + share * (b - a)) for lever, a, b in zip(levers, start, stop, strict=True)
        )

    def bisected(start: Point, stop: Point, best: Alive) -> tuple[Point, Alive]:
        low, high, reached = 0.0, 1.0, stop
        for _ in range(bisections):
            middle = (low + high) / 2
            values = between(start, stop, middle)
            if values in (reached, start):
                break
            found = stands(values)
            if found.mean >= target:
                high, reached, best = middle, values, found
            else:
                low = middle
        return reached, best

    reached, best = bisected(here, ends, alive)
    if len(levers) > 1:
        for k in range(len(levers)):
            start = tuple(here[j] if j == k else value for j, value in enumerate(reached))
            reached, best = bisected(start, reached, best)
    return reached, best


def _steps(scenario: Scenario, levers: Sequence[Lever], values: Point) -> float:
    return sum(lever.distance(scenario, value) for lever, value in zip(levers, values, strict=True))


def _change(
    search: _Search,
    levers: tuple[Lever, ...],
    values: Point,
    alive: Alive,
    at: Callable[[Sequence[Lever], Point], Scenario],
) -> Change:
    return Change(
        levers=levers,
        present=tuple(lever.present(search.scenario) for lever in levers),
        values=values,
        distance=_steps(search.scenario, levers, values),
        searched=alive,
        fresh=search.alive(at(levers, values), "the change, afresh", fresh=True),
    )


def _cheapest(
    search: _Search,
    worlds: Sequence[DealWorld],
    without: Alive,
    target: float,
    players: tuple[int, int],
) -> tuple[dict[int, Bought], Bought | None]:
    """Return each player's cheapest package that reaches the target, and the package that comes closest."""
    names = search.scenario.actor_names
    packages = worlds[1:]
    if not packages:
        return {}, None
    stands = search.screen("packages at the medians", [world.scenario for world in packages])
    order = sorted(range(len(packages)), key=lambda k: -stands[k].stands)
    near = [k for k in order if stands[k].stands >= target - NEAR]
    promising = order[:CANDIDATES]
    for player in players:
        promising += sorted(near, key=lambda k: -float(stands[k].payoffs[player]))[:CANDIDATES]

    def bought(k: int) -> Bought:
        world = packages[k]
        alive = search.alive(world.scenario, f"{world.package.title}, over draws")
        parameters = games_of(world.scenario, search.draws, search.engine.seed).parameters
        gains = (alive.payoffs - without.payoffs - standing_payoffs(world.package, parameters, names)).mean(0)
        return Bought(
            package=world.package,
            gains=sealed(gains),
            consented=consenting(world.package, gains, names),
            searched=alive,
        )

    tried = [bought(k) for k in dict.fromkeys(promising)]
    reaching = [each for each in tried if each.searched.mean >= target]
    scenarios = {world.package.name: world.scenario for world in packages}

    def checked(each: Bought) -> Bought:
        stage = f"{each.package.title}, afresh"
        return Bought(
            package=each.package,
            gains=each.gains,
            consented=each.consented,
            searched=each.searched,
            fresh=search.alive(scenarios[each.package.name], stage, fresh=True),
        )

    closest = checked(max(tried, key=lambda each: each.searched.mean))
    cheapest: dict[int, Bought] = {}
    for player in players:
        if reaching:
            best = max(reaching, key=lambda each: float(each.gains[player]))
            known = [each for each in (closest, *cheapest.values()) if each.package is best.package]
            cheapest[player] = known[0] if known else checked(best)
    return cheapest, closest
