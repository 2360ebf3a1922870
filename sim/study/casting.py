"""Who plays as whom: how the strategy of every type is found.

Where everybody plays the equilibrium, it is that in public state, belief and own type (`BELIEF_EQUILIBRIUM`), if the
grid of beliefs is coarse enough for it and it converges. Else strategies that have to be solved for are solved
without types (`COMPLETE_INFORMATION`): actors without a secret play the equilibrium of the game in which there are no
types, and each type of a party plays its logit best reply to that equilibrium, with its own weights and the course
that it is bound to. What an actor does then depends on its own type and on what is public only.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.arrays import FloatArray
from sim.engine.belief_equilibrium import BeliefEquilibrium, BeliefRole, law_of
from sim.engine.belief_law import BeliefLaw, belief_law, stored_law
from sim.engine.options import SolverOptions
from sim.engine.quantised import believing_from_tables, quantised
from sim.engine.tables import PlayTables
from sim.errors import ParameterError
from sim.games.treaty.numbers import TreatyGames, build_games
from sim.games.treaty.profile import TreatyAutomaton, TreatyProfile, markov_automaton
from sim.games.treaty.rules import ALLY, OUTSIDER, PARTIES
from sim.games.treaty.type_space import TypeSpace, parameters_of_types
from sim.model.types import ActorType, BeliefOptions
from sim.solvers.treaty_logit import TreatyEquilibrium
from sim.solvers.type_reply import TypeReply, given_course, solve_type_reply, with_course
from sim.strategies.catalogue import resolve
from sim.strategies.doubt import DoubtGrid
from sim.strategies.specification import AutomatonSpec
from sim.strategies.treaty_automaton import compile_automaton
from sim.study.belief_profile import (
    BELIEF_EQUILIBRIUM,
    certificate_of,
    check_size,
    played_of,
    role_without_types,
    solve_beliefs,
)
from sim.study.cast import Cast
from sim.study.profiles import solve_draws
from sim.study.progress import Progress

COMPLETE_INFORMATION = "complete_information_profile"
"""Label of solved strategies that were solved without types."""

Solved = dict[float, tuple[TreatyEquilibrium, ...]]
"""Equilibria of every draw by rationality, so that nothing is solved twice."""

Kept = tuple[int | None, int | None]
"""The type of each party, None where its weights are the actor's own."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Casting:
    """What is needed to find every type's strategy.

    Attributes
    ----------
    games : the game without types, in every draw
    values : config path -> numbers [draws]
    names : name of each actor's strategy, by role; actors : names of the actors
    beliefs : how they are formed
    solved : equilibria without types that have been computed; what is computed here is added
    stored : tables of an earlier run, from which solved strategies are read back; None: solve them
    """

    games: TreatyGames
    space: TypeSpace
    values: Mapping[str, FloatArray]
    names: Sequence[str]
    actors: Sequence[str]
    automata: Mapping[str, Mapping[str, Any]]
    options: SolverOptions
    beliefs: BeliefOptions
    solved: Solved
    workers: int
    progress: Progress
    stored: Sequence[PlayTables] | None = None
    replies: dict[tuple[str, float], tuple[TypeReply, ...]] = field(default_factory=dict)
    weighted: dict[Kept, TreatyGames] = field(default_factory=dict)

    def cast(self, profile: TreatyProfile) -> Cast:
        """Return every combination's game and profile, given the profile of the game without types.

        Raises
        ------
        ParameterError
            If a type or a conjecture names a strategy that does not exist.
        """
        space = self.space
        kinds = [space.types[party] for party in PARTIES]
        found, reason = self._in_beliefs()
        if found:
            played, others = played_of(found, space, self.names)
        else:
            others = [self._believing(automaton) for automaton in profile.automata]
            played = [
                [self._automaton(kind, k, self._name(kind)) for k, kind in enumerate(kinds[party])]
                or [others[party]]
                for party in PARTIES
            ]
        games, profiles = [], []
        for first, second in space.combinations:
            kept = (_if_weighty(space, 0, first), _if_weighty(space, 1, second))
            games.append(self._games_of(kept))
            automata = (played[0][first], played[1][second], *others[2:])
            profiles.append(quantised(TreatyProfile(graph=self.games.graph, automata=automata)))
        for pair, whole in zip(space.combinations, profiles, strict=True):
            for party, number in zip(
                PARTIES, pair, strict=True
            ):  # in units of the tables, as a replay reads them
                played[party][number] = whole.automata[party]
        conjectured = [self._conjectured(party, played[party], profiles[0]) for party in PARTIES]
        laws: tuple[BeliefLaw, ...] = ()
        if any(each.conditions_on_beliefs for each in profiles):
            laws = self._laws(conjectured, found)
        solution = ""
        for each in (each for group in kinds for each in group):
            if self._spec(each, self._name(each)).solved is not None:
                solution = solution or COMPLETE_INFORMATION
        if solution and (
            found or (self.stored is not None and laws and played[space.secret[0]][0].num_levels > 1)
        ):
            solution = BELIEF_EQUILIBRIUM
        return Cast(
            space=space,
            games=tuple(games),
            profiles=tuple(profiles),
            played=tuple(map(tuple, played)),
            conjectured=tuple(map(tuple, conjectured)),
            solution=solution,
            certificate=certificate_of(found) if found else None,
            reason=reason,
            failed=sum(not reply.converged for replies in self.replies.values() for reply in replies),
            laws=laws,
        )

    @property
    def _grid(self) -> DoubtGrid:
        return DoubtGrid(resolution=self.beliefs.resolution, secret=self.space.secret)

    def _believing(self, automaton: TreatyAutomaton) -> TreatyAutomaton:
        """Return an actor's automaton of the game without types with its conditions on beliefs, if it has any."""
        spec = resolve(self.names[automaton.actor], self.automata)
        if spec.solved is not None and self.stored is not None:
            first = self.stored[:: len(self.space.combinations)]
            return believing_from_tables(first, self.games.graph, name=automaton.name, actor=automaton.actor)
        if spec.solved is not None:
            return automaton
        return compile_automaton(spec, self.games.graph, automaton.actor, self._grid)

    def _in_beliefs(self) -> tuple[tuple[BeliefEquilibrium, ...], str]:
        """Return the equilibrium in public state, belief and own type of every draw, or nothing and why."""
        space = self.space
        kinds = [kind for party in PARTIES for kind in space.types[party]]
        specs = [self._spec(kind, self._name(kind)) for kind in kinds]
        if self.stored is not None or all(spec.solved is None for spec in specs):
            return (), ""
        specs += [resolve(name, self.automata) for name in self.names]
        given = [spec.name for spec in specs if spec.solved is None]
        if given:
            return (), f"not everybody plays the equilibrium: {given[0]} is a strategy that is given"
        rationalities = {
            self.options.rationality if spec.rationality is None else spec.rationality for spec in specs
        }
        if len(rationalities) > 1 or not isinstance(self.beliefs.conjecture, str):
            return (), "it needs one rationality for all, and itself as beliefs.conjecture"
        rationality = rationalities.pop()
        try:
            check_size(self.space, self.games.graph, self.beliefs)
            for kind, spec in zip(kinds, specs, strict=False):
                self._replies(kind, space.types[self.actors.index(kind.actor)].index(kind), spec)
            found = solve_beliefs(
                lambda draw: self._roles(draw, rationality),
                space,
                self.beliefs,
                rationality=rationality,
                workers=self.workers,
                progress=self.progress,
            )
        except ParameterError as error:
            return (), str(error)
        return found, ""

    def _roles(self, draw: int, rationality: float) -> list[BeliefRole]:
        """Return the roles of the equilibrium in beliefs, each starting from the profile solved without types."""
        graph, equilibrium = self.games.graph, self.solved[rationality][draw]
        roles = []
        for party in PARTIES:
            for number, kind in enumerate(self.space.types[party]):
                own = (number, None) if party == 0 else (None, number)
                reply = self.replies[kind.path, rationality][draw]
                roles.append(
                    BeliefRole(
                        actor=party,
                        games=self._games_of(own if kind.weights or kind.scale else (None, None)),
                        course=given_course(graph, party, kind.course, kind.inspected),
                        moves=reply.moves,
                        breach=reply.breach,
                        values=reply.values,
                    )
                )
            if not self.space.types[party]:
                roles.append(role_without_types(self.games, equilibrium, party))
        return [*roles, *(role_without_types(self.games, equilibrium, actor) for actor in (ALLY, OUTSIDER))]

    def _laws(
        self, conjectured: Sequence[Sequence[TreatyAutomaton]], found: Sequence[BeliefEquilibrium]
    ) -> tuple[BeliefLaw, ...]:
        """Return how beliefs move in every draw."""
        draws = range(self.games.num_draws)
        priors = [[each[draw] for each in self.space.priors] for draw in draws]
        if self.stored is not None:
            each = len(self.space.combinations)
            tabulated = [self.stored[draw * each].beliefs for draw in draws]
            return tuple(
                stored_law(beliefs, priors[draw], self.beliefs.resolution)
                for draw, beliefs in enumerate(tabulated)
                if beliefs is not None
            )
        if found:
            return tuple(law_of(self.games, found[draw], priors[draw], self.beliefs) for draw in draws)
        return tuple(belief_law(self.games, draw, conjectured, priors[draw], self.beliefs) for draw in draws)

    def _name(self, kind: ActorType) -> str:
        return kind.strategy or self.names[self.actors.index(kind.actor)]

    def _spec(self, kind: ActorType, name: str) -> AutomatonSpec:
        try:
            return resolve(name, self.automata)
        except ParameterError as error:
            raise ParameterError(f"{kind.path}: {error}") from None

    def _games_of(self, kept: Kept) -> TreatyGames:
        """Return the game in which parties have the weights of their types."""
        if kept == (None, None):
            return self.games
        if kept not in self.weighted:
            parameters = parameters_of_types(self.games.parameters, self.space, self.values, kept)
            self.weighted[kept] = build_games(self.games.graph, parameters)
        return self.weighted[kept]

    def _automaton(self, kind: ActorType, number: int, name: str) -> TreatyAutomaton:
        """Return what a type plays that follows the strategy called `name`."""
        graph, party = self.games.graph, self.actors.index(kind.actor)
        spec = self._spec(kind, name)
        if spec.solved is None:
            plain = compile_automaton(spec, graph, party, self._grid)
            course = given_course(graph, party, kind.course, kind.inspected)
            return replace(plain, breach=with_course(graph, party, plain.breach, course))
        if self.stored is not None:
            combinations = self.space.combinations
            found = next(c for c, pair in enumerate(combinations) if pair[party] == number)
            tables = self.stored[found :: len(combinations)]
            return believing_from_tables(tables, graph, name=name, actor=party)
        replies = self._replies(kind, number, spec)
        return markov_automaton(
            graph,
            name=name,
            actor=party,
            breach=np.stack([each.breach for each in replies]),
            moves=np.stack([each.moves for each in replies]),
        )

    def _replies(self, kind: ActorType, number: int, spec: AutomatonSpec) -> tuple[TypeReply, ...]:
        """Return a type's logit best reply to the equilibrium without types in every draw."""
        rationality = self.options.rationality if spec.rationality is None else spec.rationality
        key = (kind.path, rationality)
        if key in self.replies:
            return self.replies[key]
        if rationality not in self.solved:
            self.solved[rationality] = solve_draws(
                self.games,
                self.options,
                rationality=rationality,
                workers=self.workers,
                progress=self.progress,
            )
        party = self.actors.index(kind.actor)
        own = (number, None) if party == 0 else (None, number)
        games = self._games_of(own if kind.weights or kind.scale else (None, None))
        course = given_course(games.graph, party, kind.course, kind.inspected)

        def solve(draw: int) -> TypeReply:
            equilibrium = self.solved[rationality][draw]
            return solve_type_reply(
                *(games, draw, party),
                moves=equilibrium.moves,
                breach=equilibrium.breach,
                rationality=rationality,
                course=course,
                values=equilibrium.values[:, party],
                tol=self.options.tol,
            )

        replies = []
        with ThreadPoolExecutor(self.workers) as pool:
            for each in pool.map(solve, range(games.num_draws)):
                replies.append(each)
                self.progress(f"solving the reply of the type {kind.name}", len(replies) / games.num_draws)
        self.replies[key] = tuple(replies)
        return self.replies[key]

    def _conjectured(
        self, party: int, played: Sequence[TreatyAutomaton], profile: TreatyProfile
    ) -> list[TreatyAutomaton]:
        """Return what the others take each type of a party to play; nothing if it cannot be read back."""
        kinds, actor = self.space.types[party], self.actors[party]
        if not kinds:
            return []
        if self.beliefs.conjecture == "true":
            return list(played)
        if isinstance(self.beliefs.conjecture, str):
            named: dict[str, str] = {kind.name: self.beliefs.conjecture for kind in kinds}
        else:
            named = dict(self.beliefs.conjecture.get(actor, {}))
        if set(named) != {kind.name for kind in kinds}:
            raise ParameterError(
                f"beliefs.conjecture.{actor} must name a strategy for each of "
                f"{', '.join(kind.name for kind in kinds)}, got {', '.join(named) or 'none'}"
            )
        automata = []
        for number, kind in enumerate(kinds):
            other = named[kind.name] != self._name(kind)
            if self.stored is not None and other and self._spec(kind, named[kind.name]).solved is not None:
                return []
            automata.append(self._automaton(kind, number, named[kind.name]) if other else played[number])
        whole = [quantised(replace(profile, automata=_with(profile, each))) for each in automata]
        return [each.automata[party] for each in whole]


def _with(profile: TreatyProfile, automaton: TreatyAutomaton) -> tuple[TreatyAutomaton, ...]:
    return tuple(automaton if each.actor == automaton.actor else each for each in profile.automata)


def _if_weighty(space: TypeSpace, party: int, number: int) -> int | None:
    """Return the number of a type that changes weights, None for one that does not."""
    kind = space.type_of(party, number)
    return number if kind is not None and (kind.weights or kind.scale) else None


__all__ = ["COMPLETE_INFORMATION", "Casting", "Solved"]
