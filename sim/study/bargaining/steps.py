"""The steps of the study of deals: solving every package, auditing it, examining the best over the draws."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.engine.exact_values import state_values
from sim.engine.options import EngineOptions, SolverOptions
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import STARTS
from sim.model.scenario import Scenario
from sim.study.bargaining.crisis import Place, collapse_from, crisis_of, state_number, under_deal
from sim.study.bargaining.enforcement import KeptDeal, at_discount, trigger_mask
from sim.study.bargaining.offers import CrisisDeal, Negotiation, negotiate, strategies_asked
from sim.study.bargaining.options import BargainOptions
from sim.study.bargaining.result import Assessed, Disagreement, OverDraws
from sim.study.bargaining.reversion import Reversion
from sim.study.bargaining.worlds import (
    DealWorld,
    SolvedWorld,
    consenting,
    games_of_world,
    solve_world,
    standing_payoffs,
)
from sim.study.bargaining.zone import Zone, zone_of
from sim.study.comparison.result import Change
from sim.study.progress import Progress

DISCOUNTS = (0.995, 0.97, 0.94, 0.9, 0.8, 0.6, 0.3, 0.05)
"""Common discounts per year, down which the least that enforces a deal is sought."""

Item = TypeVar("Item")
Made = TypeVar("Made")


class DealStudy:
    """What every step of the study of deals needs: solve, audit, examine; see `sim.study.bargaining.bargain`."""

    def __init__(
        self,
        worlds: Sequence[DealWorld],
        *,
        options: BargainOptions,
        engine: EngineOptions,
        solver: SolverOptions,
        progress: Progress,
    ) -> None:
        if len(worlds) < 2:
            raise ParameterError("bargain needs at least one deal, got none")
        self.worlds, self.options, self.engine, self.solver = worlds, options, engine, solver
        self.scenario: Scenario = worlds[0].scenario
        names = self.scenario.actor_names
        unknown = [name for name in options.players if name not in names]
        if unknown:
            raise ParameterError(
                f"bargain.players must name actors, of {', '.join(names)}, got {unknown[0]!r}"
            )
        first, second = (names.index(name) for name in options.players)
        self.players = (first, second)
        self.proposer = options.players.index(options.first or options.players[0])
        self.trigger = trigger_mask(options.trigger)
        self.periods = self.scenario.treaty.periods(engine.horizon_months)
        self.workers = engine.threads
        self.progress = progress
        self.base = games_of_world(worlds[0], 1, engine.seed)
        self.selected: SolvedWorld | None = None
        self.issuer = min(self.players)
        self.crisis: Place | None = None
        with suppress(ParameterError):  # a scenario in which nobody can put an ultimatum
            self.crisis = crisis_of(self.base.graph, self.issuer)

    def each(self, stage: str, make: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
        """Return what is made of every item, with progress."""
        todo = list(items)
        made = []
        self.progress(stage, 0.0)
        with ThreadPoolExecutor(self.workers) as pool:
            for done, result in enumerate(pool.map(make, todo), 1):
                made.append(result)
                self.progress(stage, done / len(todo))
        return made

    def disagreements(self) -> list[tuple[Disagreement, FloatArray]]:
        """Return the no-deal equilibria found, the selected first, each with its values [S, actors]."""
        starts = [self.solver.start, *(start for start in STARTS if start != self.solver.start)]
        found: list[tuple[Disagreement, FloatArray]] = []
        for start, world in zip(
            starts,
            self.each(
                "the equilibria without a deal",
                lambda start: solve_world(
                    self.base, 0, solver=self.solver, periods=self.periods, start=start
                ),
                starts,
            ),
            strict=True,
        ):
            if self.selected is None:
                self.selected = world
            elif not world.equilibrium.converged or any(
                np.abs(world.payoffs - told.payoffs).max() <= 1e-6 * max(1.0, np.abs(told.payoffs).max())
                for told, _ in found
            ):
                continue
            told = Disagreement(
                start=start,
                payoffs=world.payoffs,
                collapse=world.collapse,
                residual=world.equilibrium.residual,
                regret=float(world.equilibrium.regret.max()),
                converged=world.equilibrium.converged,
            )
            found.append((told, world.equilibrium.values))
        return found

    def assess(
        self, changes: Mapping[str, tuple[Change, ...]], disagreements: list[tuple[Disagreement, FloatArray]]
    ) -> tuple[Assessed, ...]:
        """Return every package at the medians."""
        base_values = disagreements[0][1]
        names = self.scenario.actor_names

        def assessed(world: DealWorld) -> Assessed:
            games = games_of_world(world, 1, self.engine.seed)
            if world is self.worlds[0]:
                solved = self.selected_world
            else:
                solved = solve_world(games, 0, solver=self.solver, periods=self.periods)
            standing = standing_payoffs(world.package, games.parameters, names)[0]
            against = np.array([solved.payoffs - told.payoffs - standing for told, _ in disagreements])
            enforcement, note = None, ""
            try:
                enforcement = self.kept(world, games, 0).audit(
                    base_values + standing, reversion=self.reversion(self.selected_world)
                )
            except ParameterError as error:
                note = f"not audited: {error}"
            return Assessed(
                package=world.package,
                changes=changes.get(world.package.name, ()),
                payoffs=solved.payoffs,
                gains=sealed(against[0]),
                collapse=solved.collapse,
                consented=consenting(world.package, against[0], names),
                robustly=consenting(world.package, against.min(axis=0), names),
                enforcement=enforcement,
                least_discount=None,
                converged=solved.equilibrium.converged,
                regret=float(solved.equilibrium.regret.max()),
                states=games.graph.num_states,
                crisis=self.struck(world, solved, standing),
                note=note,
            )

        return tuple(self.each("deals at the central parameters", assessed, self.worlds))

    def struck(self, world: DealWorld, solved: SolvedWorld, standing: FloatArray) -> CrisisDeal | None:
        """Return a package as it is worth while the ultimatum stands."""
        if self.crisis is None or self.selected is None:
            return None
        here = state_number(self.base.graph, self.crisis)
        graph = solved.games.graph
        there = state_number(graph, under_deal(self.crisis, self.base.graph.rules, graph.rules))
        if here is None or there is None:
            return None
        gains = solved.equilibrium.values[there] - self.selected.equilibrium.values[here] - standing
        return CrisisDeal(
            package=world.package,
            gains=sealed(gains),
            collapse=collapse_from(solved, there, self.periods),
            consented=consenting(world.package, gains, self.scenario.actor_names),
        )

    def negotiation(self, deals: Sequence[Assessed]) -> Negotiation | None:
        """Return the exchange of offers while the ultimatum stands."""
        base = deals[0].crisis
        if base is None:
            return None
        options = self.options
        return negotiate(
            [deal.crisis for deal in deals[1:] if deal.crisis is not None],
            base.collapse,
            players=self.players,
            issuer=self.issuer,
            rounds=options.offer_rounds,
            first=self.proposer,
            aspiration=options.aspiration,
            asked=strategies_asked(options.offer_strategies),
        )

    @property
    def selected_world(self) -> SolvedWorld:
        """The selected no-deal equilibrium, once it has been found."""
        assert self.selected is not None
        return self.selected

    def reversion(self, base: SolvedWorld, games: TreatyGames | None = None) -> Reversion | None:
        """Return what is played after a lapse, in `games` if not in those of `base`; None if that is for ever."""
        months = self.options.reversion_months
        if months is None:
            return None
        periods = max(1, round(months / self.scenario.treaty.period_months))
        return Reversion(games or base.games, base.draw, base.profile, periods)

    def kept(self, world: DealWorld, games: TreatyGames, draw: int) -> KeptDeal:
        """Return the product in which a deal is kept by its signatories; without a deal, by both players."""
        names = self.scenario.actor_names
        signatories = [names.index(name) for name in world.package.signatories] or list(self.players)
        return KeptDeal(games, self.base.graph, draw=draw, signatories=signatories, trigger=self.trigger)

    def zone(self, gains: FloatArray, possible: np.ndarray) -> Zone:
        """Return the zone of agreement at the medians."""
        per_year = self.base.parameters.discount[0][list(self.players)]
        return zone_of(
            gains,
            possible,
            discounts=(per_year ** (self.options.round_months / 12)).tolist(),
            deadline=self.options.rounds,
            first=self.proposer,
        )

    def examined(self, zone: Zone, deals: Sequence[Assessed]) -> list[int]:
        """Return the packages to look at over the draws: those chosen by a theory, efficient ones, those that hold."""
        chosen = [*zone.nash_pure.ties[:1], *zone.kalai_smorodinsky_pure.ties[:1], *zone.nash.ties]
        chosen += [*zone.kalai_smorodinsky.ties, *([] if zone.agreed is None else [zone.agreed])]
        holding = [k for k in np.flatnonzero(zone.rational).tolist() if deals[k].enforced]
        holding.sort(key=lambda k: -float(np.prod(np.clip(zone.gains[k], 0, None))))
        efficient = np.flatnonzero(zone.efficient).tolist()
        order: dict[int, None] = dict.fromkeys([*chosen, *holding[:2], *efficient, *holding])
        return [k for k in order if k != 0][: self.options.examined]

    def with_least_discount(
        self, deals: tuple[Assessed, ...], examined: Sequence[int]
    ) -> tuple[Assessed, ...]:
        """Return `deals` with the least common discount of those examined."""
        found = dict(
            zip(examined, self.each("least common discounts", self._least_discount, examined), strict=True)
        )
        return tuple(replace(deal, least_discount=found.get(k)) for k, deal in enumerate(deals))

    def _least_discount(self, number: int, tol: float = 1e-3) -> float:
        """Return the least common discount per year from which on the deal is kept, NaN if there is none.

        The strategies after a lapse are held fixed; what they are worth is computed anew. Down a ladder to the first
        discount at which the deal is not kept, then by bisection; the lowest rung where it is kept at all of them.
        """
        world = self.worlds[number]
        games = games_of_world(world, 1, self.engine.seed)
        profile = self.selected_world.profile

        def holds(discount: float) -> bool:
            patient = at_discount(games, 0, discount)
            base = at_discount(self.base, 0, discount)
            standing = standing_payoffs(world.package, patient.parameters, self.scenario.actor_names)[0]
            values = state_values(base, 0, profile)[0] + standing
            try:
                reversion = self.reversion(self.selected_world, base)
                return self.kept(world, patient, 0).audit(values, reversion=reversion).perfect
            except ParameterError:
                return False

        if not holds(DISCOUNTS[0]):
            return float("nan")
        high = DISCOUNTS[0]
        for low in DISCOUNTS[1:]:
            if not holds(low):
                break
            high = low
        else:
            return high
        while high - low > tol:
            middle = (low + high) / 2
            low, high = (low, middle) if holds(middle) else (middle, high)
        return high

    def over_draws(self, examined: Sequence[int]) -> tuple[OverDraws, ...]:
        """Return no deal and the examined packages in every draw."""
        draws, seed = self.options.draws, self.engine.seed
        names = self.scenario.actor_names
        rows = [0, *examined]
        games = {row: games_of_world(self.worlds[row], draws, seed) for row in rows}
        jobs = [(row, draw) for row in rows for draw in range(draws)]
        solved = dict(
            zip(
                jobs,
                self.each(
                    "deals over the parameter draws",
                    lambda job: solve_world(games[job[0]], job[1], solver=self.solver, periods=self.periods),
                    jobs,
                ),
                strict=True,
            )
        )

        def audited(job: tuple[int, int]) -> bool:
            row, draw = job
            standing = standing_payoffs(self.worlds[row].package, games[row].parameters, names)[draw]
            try:
                kept = self.kept(self.worlds[row], games[row], draw)
                base = solved[0, draw]
                values = base.equilibrium.values + standing
                return kept.audit(values, reversion=self.reversion(base)).perfect
            except ParameterError:
                return False

        held = dict(zip(jobs, self.each("deals audited over the draws", audited, jobs), strict=True))
        told = []
        for row in rows:
            package = self.worlds[row].package
            standing = standing_payoffs(package, games[row].parameters, names)
            mine = [solved[row, draw] for draw in range(draws)]
            gains = np.array([one.payoffs - solved[0, d].payoffs - standing[d] for d, one in enumerate(mine)])
            told.append(
                OverDraws(
                    package=package,
                    gains=sealed(gains),
                    consented=sealed([consenting(package, each, names) for each in gains], np.bool_),
                    enforced=sealed([held[row, draw] for draw in range(draws)], np.bool_),
                    collapse=sealed([one.collapse for one in mine]),
                    converged=sealed([one.equilibrium.converged for one in mine], np.bool_),
                )
            )
        return tuple(told)
