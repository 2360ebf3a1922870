"""Why it ended: the moments at which notice was given most often, what decided them, and what would have changed them.

A *moment* is a public state in which a party gave the first notice. There the worth of every move is computed exactly:
the move once, then everyone as before, for ever; and it is a sum over payoff terms. Payoffs are linear in the weights,
so with everyone's later behaviour held fixed a weight times ``1 + x`` changes the lead of leaving over its best
alternative by `x` times that term's part of it: the smallest such change that takes the lead away is a division. Where
the strategies were solved for, the game with the changed weight is solved again, because behaviour changes too.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.engine.exact_chain import build_chain
from sim.engine.exact_terms import decomposition
from sim.engine.exact_values import transition_matrix
from sim.engine.monte_carlo import Recording
from sim.games.treaty.graph import TreatyGraph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames, TreatyParameters, build_games
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import NUM_ACTORS, PARTIES
from sim.games.treaty.situation import Agenda, Situation
from sim.games.treaty.terms import TERM_NUMBER, TERMS
from sim.solvers.treaty_logit import TreatyEquilibrium
from sim.study.cast import Cast
from sim.study.claims.interventions import prescribed, with_automaton


@dataclass(frozen=True, eq=False, kw_only=True)
class Moment:
    """A public state in which a party gave the first notice, seen through one parameter draw.

    Attributes
    ----------
    party, situation, environment : who, and where in the graph
    share : of all first notices in the kept plays
    plays [n] : the kept plays that came to their first notice here, `periods` [n] when
    draw, combination : the parameter draw, and the types, in which it happened most often; what follows is theirs
    probability : of giving notice here, at an opportunity
    alternative : the party's best other move
    lead : worth of leaving less that of `alternative`, payoff units
    terms [terms] : the same by payoff term
    tipping : term and relative change of its weight, the smallest that takes the lead away (or gives it); None if
        no single weight can
    solved_again : the lead in the game with that weight changed, solved afresh; None where nothing was solved again
    """

    party: int
    situation: int
    environment: int
    share: float
    plays: IntArray
    periods: IntArray
    draw: int
    combination: int
    probability: float
    alternative: Move
    lead: float
    terms: FloatArray
    tipping: tuple[str, float] | None
    solved_again: float | None = None


def moments_of(cast: Cast, recording: Recording, types: IntArray, *, most: int = 2) -> tuple[Moment, ...]:
    """Return the `most` frequent moments of a first notice, the most frequent first.

    Parameters
    ----------
    types [plays] : number of the combination of types of each kept play

    Notes
    -----
    Empty where a strategy has a memory, because a public state is then no whole description of a moment. Costs one
    factorisation each, a tenth of a second for 3,000 states.
    """
    graph = cast.games[0].graph
    if any(automaton.num_states > 1 for profile in cast.profiles for automaton in profile.automata):
        return ()
    found = first_notices(graph, recording)
    alike = _alike(graph)
    counted = Counter((party, alike[m], x) for party, _, _, m, x in found)
    moments = []
    for (party, kind, x), count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:most]:
        here = [(play, t) for p, play, t, m, x_ in found if (p, alike[m], x_) == (party, kind, x)]
        places = Counter(m for p, _, _, m, x_ in found if (p, alike[m], x_) == (party, kind, x))
        m = min(places, key=lambda place: (-places[place], place))
        cases = Counter((int(recording.draws[play]), int(types[play])) for play, _ in here)
        draw, combination = min(cases, key=lambda case: (-cases[case], case))
        seen = _through(cast.games[combination], cast.profiles[combination], draw, party, m, x)
        if seen is not None:
            moments.append(
                Moment(
                    party=party,
                    situation=m,
                    environment=x,
                    share=count / len(found),
                    plays=sealed([play for play, _ in here], np.int64),
                    periods=sealed([t for _, t in here], np.int64),
                    draw=draw,
                    combination=combination,
                    **seen,  # type: ignore[arg-type]
                )
            )
    return tuple(moments)


def first_notices(graph: TreatyGraph, recording: Recording) -> list[tuple[int, int, int, int, int]]:
    """Return party, play, period, situation and environment of every first notice; two leavers count twice."""
    rows = recording.acts[:, :, 0]
    leaving = graph.row_moves[rows][:, :, : len(PARTIES)] == Move.WITHDRAW
    found = []
    for play in np.flatnonzero(leaving.any(axis=(1, 2))):
        t = int(leaving[play].any(axis=1).argmax())
        m, x = (int(value) for value in recording.states[play, t, :2])
        found += [(party, int(play), t, m, x) for party in PARTIES if leaving[play, t, party]]
    return found


def worths_by_term(
    games: TreatyGames,
    draw: int,
    profile: TreatyProfile,
    actor: int,
    moves: Sequence[Move],
    place: tuple[int, int],
) -> dict[Move, FloatArray]:
    """Return what `actor` gets from a public state on for each of `moves` that it may make there, by term [terms].

    It makes the move if there is an opportunity in the first period, and plays on as before in any case, for ever.

    Parameters
    ----------
    profile : TreatyProfile
        Without memory: where a play goes on depends on the public state alone.
    place : situation and environment

    Notes
    -----
    One factorisation, whatever the number of moves: they differ in the first period, and then in where it leads.
    """
    from scipy import sparse
    from scipy.sparse.linalg import splu

    chain = build_chain(games, draw, profile, everywhere=True)
    factor = float(games.discount[draw, actor])
    system = sparse.eye_array(chain.num_states) - factor * transition_matrix(chain)
    after = splu(system.T.tocsc())
    here = np.zeros(chain.num_states)
    here[place[0] * games.graph.num_environments + place[1]] = 1.0
    worths = {}
    for move in moves:
        playing = with_automaton(profile, prescribed(games.graph, profile.automata[actor], move))
        first = build_chain(games, draw, playing, everywhere=True)
        reached = np.asarray(here @ transition_matrix(first))
        later = np.maximum(after.solve(factor * reached), 0.0)
        parts = [
            decomposition(each, np.tile(visits, (NUM_ACTORS, 1)))[:, actor]
            for each, visits in ((first, here), (chain, later))
        ]
        worths[move] = parts[0] + parts[1]
    return worths


def _alike(graph: TreatyGraph) -> list[int]:
    """Return for each situation the first that differs from it at most by what forced a decision."""
    first: dict[Situation, int] = {}
    quiet = (Agenda.QUIET, Agenda.FORCED)
    same = [s._replace(agenda=Agenda.QUIET) if s.agenda in quiet else s for s in graph.situations]
    return [first.setdefault(each, m) for m, each in enumerate(same)]


def _through(
    games: TreatyGames, profile: TreatyProfile, draw: int, party: int, m: int, x: int
) -> dict[str, object] | None:
    """Return what the draw says about a moment, None if there was nothing to choose."""
    graph = games.graph
    menu = [Move(code) for code in graph.legal[m, party] if code >= 0]
    if len(menu) < 2:
        return None
    automaton = profile.automata[party]
    played = automaton.moves[draw if len(automaton.moves) > 1 else 0][0, m * graph.num_environments + x]
    worth = worths_by_term(games, draw, profile, party, menu, (m, x))
    others = [move for move in menu if move is not Move.WITHDRAW]
    alternative = max(others, key=lambda move: float(worth[move].sum()))
    chance = (
        1.0 if graph.forced[m] else float(games.opportunity[draw])
    )  # moves differ only where there is one
    terms = (worth[Move.WITHDRAW] - worth[alternative]) / chance
    return {
        "probability": float(played[menu.index(Move.WITHDRAW)]),
        "alternative": alternative,
        "lead": float(terms.sum()),
        "terms": sealed(terms),
        "tipping": tipping(terms),
    }


def solve_again(
    games: TreatyGames, moment: Moment, solve: Callable[[TreatyGames], TreatyEquilibrium]
) -> Moment:
    """Return the moment with its lead in the game whose tipping weight has changed, solved afresh by `solve`.

    `games` are those in which the moment was seen, without types. `solve` gets the changed game as its one draw.
    Where it does not converge nothing is told.
    """
    if moment.tipping is None:
        return moment
    term, change = moment.tipping
    changed = one_draw(games.parameters, moment.draw, term, moment.party, 1 + change)
    graph = games.graph
    equilibrium = solve(build_games(graph, changed))
    if not equilibrium.converged:
        return moment
    menu = [code for code in graph.legal[moment.situation, moment.party].tolist() if code >= 0]
    state = moment.situation * graph.num_environments + moment.environment
    worth = equilibrium.move_values[state, moment.party]
    lead = worth[menu.index(Move.WITHDRAW)] - worth[menu.index(moment.alternative)]
    return replace(moment, solved_again=float(lead))


def one_draw(
    parameters: TreatyParameters, draw: int, term: str, actor: int, factor: float
) -> TreatyParameters:
    """Return the parameters of one draw alone, one weight of one actor multiplied."""
    arrays: dict[str, Any] = {
        part.name: np.array(getattr(parameters, part.name)[[draw]])
        for part in fields(parameters)
        if part.name != "period_years"
    }
    arrays["weights"][0, TERM_NUMBER[term], actor] *= factor
    return replace(parameters, **arrays)


def tipping(terms: FloatArray) -> tuple[str, float] | None:
    """Return the term whose weight has to change least, relatively, to bring the sum of `terms` to zero, and by what.

    Examples
    --------
    >>> terms = np.zeros(len(TERMS))
    >>> terms[:3] = 0.3, -0.1, -0.15  # the lead of 0.05 is gone if the third weighs a third more
    >>> name, change = tipping(terms)
    >>> name == list(TERMS)[0], round(change, 3)
    (True, -0.167)
    """
    lead = float(terms.sum())
    changes = {name: -lead / float(part) for name, part in zip(TERMS, terms, strict=True) if abs(part) > 1e-9}
    possible = {name: change for name, change in changes.items() if change >= -1}
    if not possible:
        return None
    name = min(possible, key=lambda each: abs(possible[each]))
    return name, possible[name]


__all__ = ["Moment", "first_notices", "moments_of", "one_draw", "solve_again", "tipping", "worths_by_term"]
