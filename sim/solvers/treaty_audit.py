"""The credibility audit of the treaty game: who would deviate, where, by doing what, and what it would gain.

Two verdicts on a profile of automata, exact up to round-off:

* *perfect*: in no cell (automata's memory and public state) that public play can reach does anybody gain by another
  course in one period, by another move at an opportunity, or by both at once, and then returning to its automaton.
* *nash*: from the start nobody gains by any other plan at all: an optimal-control problem against the others'
  automata, solved by policy iteration.

Of a logit equilibrium the largest one-shot gain is ε, the price of noise, and no lack of credibility.

Sources: Abreu (1988), Econometrica 56 (one-shot deviations); Howard (1960), policy iteration.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.games.treaty.graph import MAX_MOVES
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import NUM_ACTORS, PARTIES, ROLES
from sim.games.treaty.situation import Environment, Situation
from sim.solvers.treaty_product import Choice, Response, TreatyProduct

COURSES = ("uphold", "breach")
MOST_TOLD = 2
"""Deviations kept of each actor, on and off the path of play, in courses and in moves: the largest of kinds."""

Found = tuple[float, int, int, int, str, str]
"""Gain, actor, cell, slot or course less two, what is prescribed, what pays."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TreatyDeviation:
    """One profitable one-shot deviation.

    Attributes
    ----------
    actor : role
    situation, environment : public state ; memory : names of the automata's states, empty for those with one
    prescribed, action : what the automaton does there and what would pay, `uphold`, `breach` or a move's name
    gain : payoff units; of a course in one period, of a move given an opportunity
    on_path : whether play meets the cell when everyone follows the profile
    terms : (term, part of the gain), largest first
    """

    actor: int
    situation: Situation
    environment: Environment
    memory: tuple[str, ...]
    prescribed: str
    action: str
    gain: float
    on_path: bool
    terms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class TreatyAudit:
    """What the audit found.

    Attributes
    ----------
    nash, perfect : the verdicts, at tolerance `tol`
    deviations : the largest of each kind (actor, phase, prescribed, action), those on the path of play first
    largest [actors] : largest one-shot gain in any cell, the ε of an ε-equilibrium
    gains [actors] : what the best plan gains from the start
    values [actors] : discounted payoffs from the start
    num_cells, num_deviations : cells, and pairs of cell and actor in which some deviation pays
    logit : whether ε is the price of noise
    """

    nash: bool
    perfect: bool
    deviations: tuple[TreatyDeviation, ...]
    largest: FloatArray
    gains: FloatArray
    values: FloatArray
    num_cells: int
    num_deviations: int
    logit: bool
    players: tuple[str, ...]
    tol: float

    @property
    def epsilon(self) -> float:
        """Largest one-shot gain of anybody."""
        return float(self.largest.max())

    def sentences(self) -> tuple[str, ...]:
        """Return the findings in words, the verdicts first."""
        from sim.solvers.treaty_audit_words import tell

        return tell(self)


def audit_treaty(
    games: TreatyGames,
    profile: TreatyProfile,
    *,
    draw: int = 0,
    players: tuple[str, ...] = ROLES,
    logit: bool = False,
    tol: float = 1e-9,
) -> TreatyAudit:
    """Audit `profile` in one draw.

    Parameters
    ----------
    players : names of the actors, in the order of the roles
    logit : bool
        The profile is a logit equilibrium.
    tol : float
        Gains up to `tol` times the largest absolute value count as none.

    Notes
    -----
    Costs a sparse factorisation for each discount and step of policy iteration, and a response for each term.
    """
    product = TreatyProduct(games, draw, profile)
    values = product.values(product.choice)
    response = product.respond(values, product.choice)
    threshold = tol * max(1.0, float(np.abs(values).max()))
    moves, courses = one_shot_gains(product, response.moves, response.advantage)
    largest, gains = np.zeros(NUM_ACTORS), np.zeros(NUM_ACTORS)
    joint = np.zeros((product.cells, NUM_ACTORS))
    for actor in range(NUM_ACTORS):
        improved, worth = best_reply(product, product.choice, values, actor)
        joint[:, actor] = worth - values[:, actor]
        best = _best_plan(product, actor, improved, values)
        gains[actor] = max(0.0, float((best - values[:, actor])[product.initial]))
        largest[actor] = max(float(moves[:, actor].max()), 0.0)
        if actor in PARTIES:
            largest[actor] = max(largest[actor], float(courses[:, actor].max()))
    deviations = _deviations(product, response, moves, courses, threshold)
    return TreatyAudit(
        nash=bool((gains <= threshold).all()),
        perfect=bool(joint.max() <= threshold),
        deviations=deviations,
        largest=sealed(np.maximum(largest, 0.0)),
        gains=sealed(gains),
        values=sealed(values[product.initial]),
        num_cells=product.cells,
        num_deviations=int((joint > threshold).sum()),
        logit=logit,
        players=players,
        tol=threshold,
    )


def one_shot_gains(
    product: TreatyProduct, move_values: FloatArray, advantage: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the largest gain of another move [cells, actors] and of another course [cells, parties]."""
    played, breach = product.choice
    best = np.where(product.legal, move_values, -np.inf).max(axis=2)
    moves = best - (played * move_values).sum(axis=2)
    courses = np.where(product.bound, np.maximum(advantage, 0) - breach * advantage, 0.0)
    return moves, courses


def best_reply(
    product: TreatyProduct, choice: Choice, values: FloatArray, actor: int
) -> tuple[Choice, FloatArray]:
    """Return `choice` with the actor's best course and move in every cell, and what they are worth to it.

    Course and move are chosen together: the best move is found for each course, then the better pair.
    """
    pairs: list[tuple[FloatArray, FloatArray, FloatArray]] = []
    for course in range(2 if actor in PARTIES else 1):
        breach = choice[1].copy()
        if actor in PARTIES:
            breach[:, actor] = course * product.bound[:, actor]
        response = product.respond(values, (choice[0], breach))
        worths = response.moves[:, actor]
        best = np.where(product.legal[:, actor], worths, -np.inf).argmax(axis=1)
        moves = choice[0].copy()
        moves[:, actor] = np.eye(MAX_MOVES)[best]
        gain = ((moves[:, actor] - choice[0][:, actor]) * worths).sum(axis=1)
        pairs.append((moves, breach, response.total[:, actor] + product.chance * gain))
    moves, breach, worth = pairs[0]
    if len(pairs) == 2:
        better = pairs[1][2] > worth
        moves = np.where(better[:, None, None], pairs[1][0], moves)
        breach = np.where(better[:, None], pairs[1][1], breach)
        worth = np.maximum(worth, pairs[1][2])
    return (moves, breach), worth


def _best_plan(
    product: TreatyProduct, actor: int, choice: Choice, values: FloatArray, max_steps: int = 200
) -> FloatArray:
    """Return what the best plan of `actor` against the others is worth [cells], by Howard's policy iteration."""
    own = values[:, actor]
    for _ in range(max_steps):
        everyone = product.values(choice)
        worth = everyone[:, actor]
        if float((worth - own).max()) <= 1e-11 * max(1.0, float(np.abs(worth).max())):
            return np.asarray(np.maximum(worth, own))
        own = worth
        better, ahead = best_reply(product, choice, everyone, actor)
        gain = ahead > worth + 1e-11 * max(1.0, float(np.abs(worth).max()))
        if not gain.any():
            break
        choice = (
            np.where(gain[:, None, None], better[0], choice[0]),
            np.where(gain[:, None], better[1], choice[1]),
        )
    return np.asarray(own)


def _deviations(
    product: TreatyProduct,
    response: Response,
    moves: FloatArray,
    courses: FloatArray,
    threshold: float,
) -> tuple[TreatyDeviation, ...]:
    """Return the largest deviation of each kind, with the terms that decide it."""
    from scipy.sparse.csgraph import breadth_first_order

    met = np.zeros(product.cells, dtype=bool)
    reached = breadth_first_order(
        product.transition(product.choice), product.initial, return_predecessors=False
    )
    met[reached] = True
    kept: list[Found] = []
    for actor in range(NUM_ACTORS):
        best: dict[tuple[bool, bool], dict[tuple[object, ...], Found]] = {}
        for course in (False, True) if actor in PARTIES else (False,):
            gains = courses[:, actor] if course else moves[:, actor]
            for cell in np.flatnonzero(gains > threshold):
                slot, prescribed, action = _words(product, response, int(cell), actor, course)
                phase = product.graph.phase[product.situation[cell // product.graph.num_environments]]
                group = best.setdefault((bool(met[cell]), course), {})
                kind = (int(phase), prescribed, action)
                found = (float(gains[cell]), actor, int(cell), slot, prescribed, action)
                if kind not in group or found[0] > group[kind][0] + threshold:
                    group[kind] = found
        for group in best.values():
            kept += sorted(group.values(), key=lambda entry: -entry[0])[:MOST_TOLD]
    kept.sort(key=lambda entry: (not met[entry[2]], -entry[0]))
    split = _gains_by_term(product, [(actor, cell, slot) for _, actor, cell, slot, _, _ in kept])
    places = product.graph.num_environments
    return tuple(
        TreatyDeviation(
            actor=actor,
            situation=product.graph.situations[product.situation[cell // places]],
            environment=product.graph.environments[cell % places],
            memory=tuple(
                automaton.states[product.memory[cell // places, i]] if automaton.num_states > 1 else ""
                for i, automaton in enumerate(product.profile.automata)
            ),
            prescribed=prescribed,
            action=action,
            gain=gain,
            on_path=bool(met[cell]),
            terms=terms,
        )
        for (gain, actor, cell, _, prescribed, action), terms in zip(kept, split, strict=True)
    )


def _words(
    product: TreatyProduct, response: Response, cell: int, actor: int, course: bool
) -> tuple[int, str, str]:
    """Return the slot, or the course less two, what is prescribed and what pays, in words."""
    played, breach = product.choice
    if course:
        b, better = float(breach[cell, actor]), int(response.advantage[cell, actor] > 0)
        prescribed = COURSES[round(b)] if b in (0.0, 1.0) else f"breach with probability {b:.2g}"
        return better - len(COURSES), prescribed, COURSES[better]
    codes = product.graph.legal[product.situation[cell // product.graph.num_environments], actor]
    worth = np.where(product.legal[cell, actor], response.moves[cell, actor], -np.inf)
    slot = int(worth.argmax())
    names = [Move(codes[k]).name.lower() for k in np.flatnonzero(played[cell, actor])]
    return slot, " or ".join(names), Move(codes[slot]).name.lower()


def _gains_by_term(
    product: TreatyProduct, wanted: list[tuple[int, int, int]]
) -> list[tuple[tuple[str, float], ...]]:
    """Split the gains of (actor, cell, slot) by term, largest first: values are linear in the weights."""
    if not wanted:
        return []
    parts: list[list[tuple[str, float]]] = [[] for _ in wanted]
    played, breach = product.choice
    for name, games in product.by_term():
        values = product.values(product.choice, games)
        response = product.respond(values, product.choice, games)
        for part, (actor, cell, slot) in zip(parts, wanted, strict=True):
            if slot < 0:
                advantage = float(response.advantage[cell, actor])
                amount = advantage * (slot + len(COURSES) - float(breach[cell, actor]))
            else:
                worth = response.moves[cell, actor]
                amount = float(worth[slot] - (played[cell, actor] * worth).sum())
            part.append((name, amount))
    return [tuple(sorted(part, key=lambda pair: -abs(pair[1]))) for part in parts]


__all__ = ["TreatyAudit", "TreatyDeviation", "audit_treaty", "best_reply", "one_shot_gains"]
