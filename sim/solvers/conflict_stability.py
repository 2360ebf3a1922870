r"""Stability in the graph model of conflict: Nash, GMR, SMR and SEQ, each with its reason in words.

A state is stable for a player if every *unilateral improvement* (a move of its own to a state it prefers) is
deterred:

* **Nash**: there is none;
* **GMR** (general metarationality): the others can answer each by moving to a state that the player does not
  prefer to the original one;
* **SMR** (symmetric): they can, and the player has no move out of there to a state it prefers to the
  original;
* **SEQ** (sequential): they can, by moves that are improvements for those who make them.

With several opponents the answer is any sequence of their moves in which nobody moves twice in a row.  A
state stable for every player is an *equilibrium* of that kind.

References
----------
Howard (1971), Paradoxes of Rationality. Fraser & Hipel (1984), Conflict Analysis.
Fang, Hipel & Kilgour (1993), Interactive Decision Making: The Graph Model for Conflict Resolution, chapter 3.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import BoolArray, sealed
from sim.games.conflict_graph import ConflictGraph

CONCEPTS = ("nash", "gmr", "smr", "seq")
_CAN = {"gmr": "", "smr": " and from which it cannot escape", "seq": ", by moves that they gain from"}
_CANNOT = {"gmr": "", "smr": " and cannot escape from", "seq": " by moves that they gain from"}


@dataclass(frozen=True, eq=False)
class Stability:
    """Which states are stable, for whom, and why.

    Attributes
    ----------
    graph : ConflictGraph
    stable : bool array [concepts, players, states], concepts in the order nash, gmr, smr, seq
    reasons : [concepts][players][states] sentences
    """

    graph: ConflictGraph
    stable: BoolArray
    reasons: tuple[tuple[tuple[str, ...], ...], ...]

    def equilibria(self, concept: str) -> tuple[str, ...]:
        """Return the states that are stable for every player."""
        both = self.stable[CONCEPTS.index(concept)].all(axis=0)
        return tuple(name for name, good in zip(self.graph.states, both, strict=True) if good)

    def reason(self, concept: str, player: str, state: str) -> str:
        """Return why `state` is or is not stable for `player`."""
        graph = self.graph
        return self.reasons[CONCEPTS.index(concept)][graph.players.index(player)][graph.states.index(state)]


def conflict_stability(graph: ConflictGraph, *, single_answers: bool = False) -> Stability:
    """Return the stability of every state for every player under four concepts.

    Parameters
    ----------
    graph : ConflictGraph
    single_answers : bool
        Whether the others answer by one move of one of them, as some programs have it, rather than by any
        sequence of moves. With two players there is no difference.

    Notes
    -----
    Cost: players × states² × states per answer.

    Examples
    --------
    In the prisoner's dilemma mutual cooperation is no Nash equilibrium, yet stable once answers are foreseen.

    >>> from sim.games.normal_form import NormalFormGame
    >>> dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]], ["A", "B"], [["C", "D"]] * 2)
    >>> stability = conflict_stability(ConflictGraph.from_normal_form(dilemma))
    >>> stability.equilibria("nash"), stability.equilibria("seq")
    (('D, D',), ('C, C', 'D, D'))
    >>> print(stability.reason("smr", "A", "C, C"))
    If A moves from C, C to D, C, the others can move on to D, D, which A does not prefer to C, C ...
    """
    reach = [
        [_answers(graph, player, gain, single_answers) for gain in (False, True)]
        for player in range(len(graph.players))
    ]
    stable = np.zeros((len(CONCEPTS), len(graph.players), len(graph.states)), dtype=bool)
    reasons = []
    for number, concept in enumerate(CONCEPTS):
        by_player = []
        for player in range(len(graph.players)):
            sentences = []
            for state in range(len(graph.states)):
                good, why = _judge(graph, concept, player, state, reach[player][concept == "seq"])
                stable[number, player, state] = good
                sentences.append(why)
            by_player.append(tuple(sentences))
        reasons.append(tuple(by_player))
    return Stability(graph, sealed(stable, bool), tuple(reasons))


def _judge(
    graph: ConflictGraph, concept: str, player: int, state: int, answers: BoolArray
) -> tuple[bool, str]:
    """Return whether the state is stable for the player, and the sentence that says why."""
    name, here = graph.players[player], graph.states[state]
    order = graph.preferences[player]
    better = np.flatnonzero(graph.moves[player, state] & (order > order[state]))
    if not len(better):
        return True, f"{name} has no move from {here} to a state that it prefers."
    if concept == "nash":
        return False, f"{name} gains by moving from {here} to {graph.states[better[0]]}."
    sentences = []
    for there in better:
        threats = np.flatnonzero(answers[there] & (order <= order[state]))
        if concept == "smr":
            escapes = graph.moves[player] & (order > order[state])
            threats = threats[~escapes[threats].any(axis=1)]
        if not len(threats):
            return False, (
                f"{name} gains by moving from {here} to {graph.states[there]}, and the others cannot answer "
                f"with a state that {name} does not prefer to {here}{_CANNOT[concept]}."
            )
        worst = threats[np.argmin(order[threats])]
        sentences.append(
            f"If {name} moves from {here} to {graph.states[there]}, the others can move on to "
            f"{graph.states[worst]}, which {name} does not prefer to {here}{_CAN[concept]}."
        )
    return True, " ".join(sentences)


def _answers(graph: ConflictGraph, player: int, improving: bool, single: bool) -> BoolArray:
    """Return which states the others can reach from each state, [states, states], in alternating moves."""
    states = len(graph.states)
    others = [k for k in range(len(graph.players)) if k != player]
    moves = graph.moves.copy()
    if improving:
        for other in others:
            order = graph.preferences[other]
            moves[other] &= order[None, :] > order[:, None]
    if single or len(others) == 1:
        return np.asarray(moves[others].any(axis=0))
    reached = np.zeros((states, states), dtype=bool)
    for start in range(states):
        seen: set[tuple[int, int]] = set()  # (state, who moved last): nobody moves twice in a row
        front = [(start, -1)]
        while front:
            state, last = front.pop()
            for other in others:
                if other == last:
                    continue
                for there in np.flatnonzero(moves[other, state]):
                    step = (int(there), other)
                    if step not in seen:
                        seen.add(step)
                        front.append(step)
        reached[start, [state for state, _ in seen]] = True
    return reached
