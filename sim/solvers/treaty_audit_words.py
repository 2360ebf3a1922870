"""The treaty game's audit told in words: verdicts first, then whose promise or threat is not credible, and why."""

from typing import TYPE_CHECKING

from sim.games.treaty.rules import other_party
from sim.games.treaty.situation import OFFER, OPENNESS, Agenda, Environment, Phase, Situation

if TYPE_CHECKING:
    from sim.solvers.treaty_audit import TreatyAudit, TreatyDeviation

SHARE_TOLD = 0.1
"""A term is named if it is at least this share of the largest one."""
TERMS_TOLD = 4
EVIDENCE = ("no", "contested", "compelling")
VERBS = {  # how a move is said where its name is no verb
    "none": "make no move",
    "withdraw": "give notice",
    "deploy europe": "deploy in Europe",
    "deploy asia": "deploy in Asia",
    "offer": "offer to restore the treaty",
    "back": "back the first party",
    "host": "host deployments",
}


def tell(audit: "TreatyAudit") -> tuple[str, ...]:
    """Return the sentences of `audit`, the verdicts first and the deviations by falling gain."""
    if audit.logit:
        return (
            f"A logit equilibrium: ε = {audit.epsilon:.3g} payoff units, the most that anybody gives up at once "
            f"in any of {audit.num_cells} cells, is the price of noise and no lack of credibility.",
        )
    return (*_verdicts(audit), *(deviation_sentence(audit, found) for found in audit.deviations))


def _verdicts(audit: "TreatyAudit") -> list[str]:
    if audit.nash:
        sentences = ["Nash: from the start nobody gains by any other plan."]
    else:
        tempted = [
            f"{name} gains {gain:.3g}"
            for name, gain in zip(audit.players, audit.gains, strict=True)
            if gain > audit.tol
        ]
        sentences = [f"Not a Nash equilibrium: with the best plan from the start {_list(tempted)}."]
    if audit.perfect:
        sentences.append(f"Perfect: in none of {audit.num_cells} cells does anybody gain by deviating once.")
    else:
        sentences.append(
            f"Not perfect: one-shot deviations would pay {audit.num_deviations} times in {audit.num_cells} "
            f"cells of automata and public states; the largest of each kind follow."
        )
    return sentences


def deviation_sentence(audit: "TreatyAudit", found: "TreatyDeviation") -> str:
    """Return one deviation: whose promise or threat, where, what would be done instead, the gain, and why."""
    players = audit.players
    kind = "promise" if found.on_path else "threat"
    path = "" if found.on_path else ", which play does not reach"
    prescribed, action = found.prescribed.replace("_", " "), found.action.replace("_", " ")
    held = memory_words(found.memory, players)
    why = " and ".join(f"{name.replace('_', ' ')} {amount:+.2f}" for name, amount in deciding_terms(found))
    whose = players[found.actor] + ("'" if players[found.actor].endswith("s") else "'s")
    return (
        f"{whose} {kind} to {_verb(prescribed)} {phase_words(found.situation, players)} is not "
        f"credible: with {place_words(found.situation, found.environment, players)}"
        f"{f', when {held}' if held else ''}{path}, it gains {found.gain:.2f} by choosing to {_verb(action)}, "
        f"because of {why}."
    )


def memory_words(memory: tuple[str, ...], players: tuple[str, ...]) -> str:
    """Return in which states the automata are, those in the same state together; empty without memory."""
    together: dict[str, list[str]] = {}
    for player, state in zip(players, memory, strict=True):
        if state:
            together.setdefault(state.replace("_", " "), []).append(player)
    told = []
    for state, names in together.items():
        who = "everyone" if len(names) == len(players) else _list(names)
        told.append(f"{who} {'is' if len(names) in (1, len(players)) else 'are'} {state}")
    return " and ".join(told)


def deciding_terms(found: "TreatyDeviation") -> tuple[tuple[str, float], ...]:
    """Return the few terms that make up most of a gain."""
    if not found.terms:
        return ()
    least = SHARE_TOLD * abs(found.terms[0][1])
    return tuple(pair for pair in found.terms[:TERMS_TOLD] if abs(pair[1]) >= least)


def phase_words(situation: Situation, players: tuple[str, ...]) -> str:
    """Return the phase as an adverbial: "while the treaty is in force", "during the ultimatum of usa"."""
    who = " and ".join(players[party] for party in (0, 1) if situation.who >> party & 1)
    match situation.phase:
        case Phase.IN_FORCE:
            return "while the treaty is in force"
        case Phase.ULTIMATUM:
            return f"during the ultimatum of {who}"
        case Phase.NOTICE:
            return f"while the notice of {who} runs"
        case Phase.ENDED:
            return "after the end"


def place_words(situation: Situation, environment: Environment, players: tuple[str, ...]) -> str:
    """Return the rest of a public state in words."""
    words = []
    if situation.clock:
        words.append(f"{situation.clock} period{'s' * (situation.clock > 1)} left")
    if situation.phase is not Phase.ENDED:
        words += [
            f"{EVIDENCE[level]} evidence against {players[p]}" for p, level in enumerate(situation.evidence)
        ]
    words += [f"{players[p]} suspended" for p in (0, 1) if situation.suspended >> p & 1]
    words += [f"{players[p]} under sanctions" for p in (0, 1) if situation.sanctioned >> p & 1]
    for p in (0, 1):
        if situation.agenda is OPENNESS[p]:
            words.append(f"an offer of openness by {players[p]} to {players[other_party(p)]}")
        if situation.agenda is OFFER[p]:
            words.append(f"an offer of {players[p]} to restore the treaty")
    if situation.agenda is Agenda.INVITATION:
        words.append(f"an invitation to {players[3]}")
    if any(situation.deployed):
        words.append("deployments " + "-".join(str(level) for level in situation.deployed))
    words.append(f"{players[3]} {'bound' if situation.bound else f'at level {environment.level}'}")
    words.append(f"{'a toxic' if environment.toxic else 'an open'} climate")
    if environment.near:
        words.append("a review conference near")
    return _list(words)


def _verb(action: str) -> str:
    return VERBS.get(action, action)


def _list(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


__all__ = ["deciding_terms", "deviation_sentence", "phase_words", "place_words", "tell"]
