"""The decisive moments in sentences: who left and where, what decided it, what was believed, what would turn it."""

from typing import TYPE_CHECKING

import numpy as np

from sim.games.treaty.moves import Move
from sim.games.treaty.situation import Environment, Phase, Situation
from sim.games.treaty.terms import TERMS
from sim.report.beliefs import type_words
from sim.report.labels import sentence_case, term_label, the, titles
from sim.report.numbers import percent, signed

if TYPE_CHECKING:
    from sim.study.result import ScenarioResult
    from sim.study.why import Moment

_EVIDENCE = ("no", "contested", "compelling")
_PHASES = {
    Phase.IN_FORCE: "with the treaty in force",
    Phase.ULTIMATUM: "under an ultimatum",
    Phase.NOTICE: "during a notice",
    Phase.ENDED: "after the end",
}
_MOVES = {
    Move.NONE: "making no move",
    Move.OPEN_UP: "offering openness",
    Move.PRESS: "pressing",
    Move.SUSPEND: "suspending",
    Move.RESCIND: "taking back what it had begun",
    Move.ACCEPT: "accepting",
    Move.DECLINE: "declining",
    Move.SANCTION: "imposing sanctions",
    Move.INVITE: "inviting the outsider",
}
EVEN = 0.005
"""A lead of less than this many payoff units is told as none."""


def why_sentences(result: "ScenarioResult") -> list[str]:
    """Return a paragraph per decisive moment, the most frequent first; none where none was found."""
    return [_paragraph(result, moment) for moment in result.moments]


def place_words(situation: Situation, environment: Environment, actors: tuple[str, ...]) -> str:
    """Return a public state as it stands in a sentence.

    Examples
    --------
    >>> place_words(Situation(evidence=(0, 1)), Environment(toxic=1), ("United States", "Russia", "NATO", "China"))
    'with the treaty in force, contested evidence against Russia, in a toxic climate'
    """
    words = [_PHASES[situation.phase]]
    found = [(level, the(actor)) for level, actor in zip(situation.evidence, actors, strict=False) if level]
    if len(found) == 2 and found[0][0] == found[1][0]:
        found = [(found[0][0], "both")]
    words += [f"{_EVIDENCE[level]} evidence against {actor}" for level, actor in found]
    if not found:
        words.append("no evidence against anyone")
    if environment.toxic:
        words.append("in a toxic climate")
    if environment.near:
        words.append("a review conference near")
    if environment.level:
        words.append(f"{the(actors[3])} at level {environment.level}")
    return ", ".join(words)


def _paragraph(result: "ScenarioResult", moment: "Moment") -> str:
    graph, names = result.games.graph, titles(result.scenario)
    who = the(names[moment.party])
    where = place_words(graph.situations[moment.situation], graph.environments[moment.environment], names)
    other = _MOVES.get(moment.alternative, moment.alternative.name.lower().replace("_", " "))
    first = (
        f"{percent(moment.share)} of first notices: {where}, {who} leaves. "
        f"In the draw{_types(result, moment)} in which that was most frequent "
        f"it does so at {percent(moment.probability)} of opportunities there"
    )
    parts = [
        first + _believed(result, moment) + ".",
        _decided(moment, other),
        _changed(moment, names[moment.party]),
    ]
    return sentence_case(" ".join(part for part in parts if part))


def _types(result: "ScenarioResult", moment: "Moment") -> str:
    """Return the types in which a moment was most frequent."""
    if result.cast is None or not result.cast.space.secret:
        return ""
    space, names = result.cast.space, titles(result.scenario)
    chosen = space.combinations[moment.combination]
    kinds = [f"{the(names[p])} \u201c{type_words(space.names[p][chosen[p]])}\u201d" for p in space.secret]
    return f" and with the types ({', '.join(kinds)})"


def _decided(moment: "Moment", other: str) -> str:
    terms = list(zip(TERMS, moment.terms, strict=True))
    for_, against = (
        sorted((t for t in terms if sign * t[1] > EVEN), key=lambda t: -abs(t[1]))[:3] for sign in (1, -1)
    )
    if abs(moment.lead) < EVEN:
        start = f"Leaving and {other} were worth the same"
    else:
        more = "more" if moment.lead > 0 else "less"
        start = f"Leaving was worth {abs(moment.lead):.2f} {more} than {other}"
    reasons = [
        f"{word} {', '.join(f'{term_label(name)} ({signed(float(value))})' for name, value in chosen)}"
        for word, chosen in (("for it", for_), ("against it", against))
        if chosen
    ]
    return f"{start}: {'; '.join(reasons)}." if reasons else f"{start}."


def _changed(moment: "Moment", title: str) -> str:
    if moment.tipping is None:
        return "No change of a single weight would have turned the choice."
    term, change = moment.tipping
    if abs(moment.lead) < EVEN:
        return (
            f"The choice was on the edge: {abs(change):.1%} of the weight of {term_label(term)} decides it."
        )
    direction = f"{percent(abs(change))} {'more' if change > 0 else 'less'}"
    if change > 3:
        direction = f"{1 + change:.1f} times as much"
    sentence = (
        f"The smallest change of one weight that would have made the two even for {the(title)}: "
        f"{term_label(term)} weighing {direction}, as long as everyone else behaves as before"
    )
    if moment.solved_again is None:
        return f"{sentence}."
    if abs(moment.solved_again) < EVEN:
        return f"{sentence}; with the game solved again they are even indeed."
    more = "more" if moment.solved_again > 0 else "less"
    return (
        f"{sentence}; with the game solved again leaving is then worth {abs(moment.solved_again):.2f} {more}."
    )


def _believed(result: "ScenarioResult", moment: "Moment") -> str:
    """Return what was believed of each type at the moment, on average over the plays that came to it."""
    if result.beliefs is None:
        return ""
    names = {actor.name: actor.title for actor in result.scenario.actors}
    said = []
    for actor, believed in dict.fromkeys((fan.actor, fan.believed) for fan in result.beliefs.fans):
        kinds = [kind.name for kind in result.scenario.types[actor]]
        path = result.beliefs.paths[actor][moment.plays, moment.periods, kinds.index(believed)]
        kind = f"{the(names[actor])} is of the type \u201c{type_words(believed)}\u201d"
        said.append(f"that {kind} {percent(float(np.mean(path)))}")
    return f"; everyone then held probable, on average, {' and '.join(said)}"


__all__ = ["place_words", "why_sentences"]
